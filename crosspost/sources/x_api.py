"""X API v2: pages as the API answers them (`data`, `includes`), and tweets flattened by twarc.

A page is a line, or a whole file. Posts that a page only refers to (replied to, quoted, retweeted) are posts too: the
claim that a quoted post makes is often the other half of a conflict. Shapes: https://docs.x.com/x-api and twarc 2.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from crosspost.sources import x
from crosspost.sources.json_rows import json_rows
from crosspost.sources.row import Fields, Item, Row, RowError, posts_of, told_faults
from crosspost.sources.sample import Sample, has
from crosspost.sources.times import given_time

_REFERENCES = {"replied_to": "reply_to", "retweeted": "repost_of", "quoted": "quotes"}
# Known and of no use: told elsewhere in the post, or about the account instead of the post.
_KNOWN = frozenset("id text author entities in_reply_to_user edit_history_tweet_ids display_text_range type".split())
Found = dict[str, Mapping[str, Any]]  # what a page includes, by id


def recognise(sample: Sample) -> float:
    """Tell how sure it is that a file holds pages or tweets of API v2 (0..1)."""
    row = sample.row
    tweet = sample.first("data") or (row["data"] if isinstance(row.get("data"), dict) else row)
    v2 = (
        {"id", "text"} <= tweet.keys()
        and str(tweet["id"]).isdigit()
        and bool(
            {"author_id", "edit_history_tweet_ids", "public_metrics", "referenced_tweets", "conversation_id"}
            & tweet.keys()
        )
    )
    if v2 or (has(row, "meta", "result_count") and "newest_id" in row["meta"]):
        return 0.95 if has(row, "__twarc") or tweet is not row else 0.9
    return 0.0


def read_x_api(lines: io.BufferedReader, file: str) -> Iterator[tuple[int, Item]]:  # noqa: ARG001
    """Yield the posts of each page or tweet, then those that it refers to and includes."""
    for number, page, _ in json_rows(lines):
        if isinstance(page, RowError):
            yield number, page
        else:
            for item in _posts(page):
                yield number, item


def _posts(page: Row) -> Iterator[Item]:
    tweets = page.get("data")
    if "includes" not in page and "data" not in page:
        if not {"id", "text"} & page.keys() and {"errors", "meta", "title"} & page.keys():
            return  # a page without posts, or an answer that says why there are none
        tweets = page
    beside = Fields(page)
    includes = beside.fields("includes")
    expand = _Expansions(includes)
    yield from told_faults(beside)
    for tweet in tweets if isinstance(tweets, list) else [tweets]:
        yield from _post(tweet, expand)
    for tweet in expand.tweets.values():
        yield from _post(tweet, expand)


class _Expansions:
    """What a page includes beside its tweets, by id."""

    def __init__(self, includes: Fields) -> None:
        self.users = _by("id", includes.objects("users"))
        self.media = _by("media_key", includes.objects("media"))
        self.places = _by("id", includes.objects("places"))
        self.tweets = _by("id", includes.objects("tweets"))

    def username(self, row: Fields, author_id: str | None) -> str | None:
        """Return the name of the account of a row."""
        return row.text("author", "username") or row.beside(self.users.get(author_id or "", {})).text("username")


def _by(key: str, items: list[Fields]) -> Found:
    return {number: item.object for item in items if (number := item.id(key)) is not None}


def _post(tweet: object, expand: _Expansions) -> Iterator[Item]:
    if not isinstance(tweet, dict):
        if tweet is not None:
            yield RowError(f"`data` holds a {type(tweet).__name__}: tweets were expected")
        return
    row = Fields(tweet)
    number = row.id("id")
    author_id = row.id("author_id")
    author = expand.username(row, author_id)
    mapped: Row = {
        "id": x.post_id(tweet.get("id")),
        "text": _text(tweet, row),
        "author": author or author_id,
        "platform": x.PLATFORM,
        "url": x.post_url(author, number),
        "lang": row.take("lang"),
        "thread": x.post_id(row.take("conversation_id")),
        **given_time(row.take("created_at")),
        "location": _location(row.fields("geo"), expand) if "geo" in row else None,
    }
    media = _media(row, expand)
    inside: list[Row] = []
    for named in row.objects("referenced_tweets"):
        field = _REFERENCES.get(named.text("type") or "")
        if field is None:
            continue
        mapped[field] = x.post_id(named.id("id"))
        flattened = "text" in named
        whole = named.object if flattened else expand.tweets.get(named.id("id") or "", {})
        if flattened:
            inside.append(named.object)
        if field == "repost_of" and whole:
            original = Fields(whole)
            name = expand.username(original, original.id("author_id"))
            mapped["text"] = x.retweet_text(name, _text(whole, original), mapped["text"])
            media = media or _media(original, expand)
    if media:
        mapped["media"] = media
    if row.take("attachments") and not media:
        mapped["attachments"] = tweet["attachments"]  # a poll
    yield from posts_of(row, mapped, row.rest(_KNOWN))
    for referenced in inside:
        yield from _post(referenced, expand)


def _text(tweet: Mapping[str, Any], row: Fields) -> Any:
    """The long text of a note where there is one; `text` holds only its beginning."""
    urls, text = row.objects("entities", "urls"), tweet.get("text")
    if "note_tweet" in row:
        urls += row.objects("note_tweet", "entities", "urls")
        text = row.text("note_tweet", "text") or text
    return x.shown(text, urls)


def _media(row: Fields, expand: _Expansions) -> list[Row]:
    if "attachments" not in row:
        return []
    media = [_one_media(item) for item in row.objects("attachments", "media")]  # flattened
    keys = row.strings("attachments", "media_keys")
    return media or [_one_media(row.beside(expand.media.get(key, {"media_key": key}))) for key in keys]


def _one_media(item: Fields) -> Row:
    key = item.id("media_key")
    url = item.text("url") or x.best_variant(item.objects("variants")) or item.text("preview_image_url")
    kinds = {"3": "image", "7": "video", "13": "video", "16": "video"}  # the number before the id says the kind
    kind = x.kind(item.text("type")) if "type" in item else kinds.get((key or "").partition("_")[0], "other")
    return {"id": x.media_id(key), "type": kind, "url": url, "alt": item.text("alt_text")}


def _location(geo: Fields, expand: _Expansions) -> Row | None:
    place_id = geo.id("place_id")
    found = geo.beside(expand.places.get(place_id or "", {}))
    name = found.text("full_name") or geo.text("full_name")
    box = found.numbers("geo", "bbox") or geo.numbers("geo", "bbox")
    located = x.place(name, box, geo.numbers("coordinates", "coordinates"))
    return {"place_id": place_id} if located is None and place_id else located
