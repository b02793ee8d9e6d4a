"""X API v2: pages as the API answers them (`data`, `includes`), and tweets flattened by twarc.

A page is a line, or a whole file. Posts that a page only refers to (replied to, quoted, retweeted) are posts too: the
claim that a quoted post makes is often the other half of a conflict. Shapes: https://docs.x.com/x-api and twarc 2.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Literal

from crosspost.sources import x
from crosspost.sources.json_rows import json_rows
from crosspost.sources.row import Item, Mapped, RowError, posts_of, told_faults
from crosspost.sources.sample import Sample, has
from crosspost.sources.shape import Number, Row, Shape, rest_of, shaped, string_of, used

_References = Literal["reply_to", "repost_of", "quotes"]
_REFERENCES: dict[str | None, _References] = {"replied_to": "reply_to", "retweeted": "repost_of", "quoted": "quotes"}


class User(Shape, frozen=True):
    """An account."""

    id: Number | None = None
    username: str | None = None


class Note(Shape, frozen=True):
    """The whole of a long post."""

    text: str | None = None
    entities: x.Entities | None = None


class Place(Shape, frozen=True):
    """A place that a page includes."""

    id: Number | None = None
    full_name: str | None = None
    geo: x.Point | None = None


class Geo(Shape, frozen=True):
    """Where a post was published; flattened, the place is part of it."""

    place_id: Number | None = None
    full_name: str | None = None
    geo: x.Point | None = None
    coordinates: x.Point | None = None


class Attachments(Shape, frozen=True):
    """What goes with a post: the keys of its media, and flattened the media themselves."""

    media_keys: list[str] | None = None
    media: list[x.Media] | None = None


class Tweet(Shape, frozen=True):
    """A post."""

    id: Number | None = None
    text: str | None = None
    author_id: Number | None = None
    author: User | None = None
    lang: str | None = None
    conversation_id: Number | None = None
    created_at: str | None = None
    geo: Geo | None = None
    attachments: Attachments | None = None
    referenced_tweets: list[Row] | None = None  # flattened, whole tweets
    type: str | None = None  # of one that is referred to: how
    entities: x.Entities | None = None
    note_tweet: Note | None = None
    article: x.Article | None = None


class Includes(Shape, frozen=True):
    """What a page holds beside its posts."""

    users: list[User] | None = None
    media: list[x.Media] | None = None
    places: list[Place] | None = None
    tweets: list[Row] | None = None


class Page(Shape, frozen=True):
    """An answer of the API."""

    data: Row | list[Row] | None = None
    includes: Includes | None = None


# Of no use: told elsewhere in the post, or about the account instead of the post.
_KNOWN = used(Tweet) | frozenset("in_reply_to_user edit_history_tweet_ids display_text_range".split())


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


def _posts(row: Row) -> Iterator[Item]:
    if "includes" not in row and "data" not in row:
        if not {"id", "text"} & row.keys() and {"errors", "meta", "title"} & row.keys():
            return  # a page without posts, or an answer that says why there are none
        yield from _post(row, _NOTHING_INCLUDED)
        return
    page, faults = shaped(row, Page)
    yield from told_faults(faults)
    included = _Included(page.includes) if page.includes else _NOTHING_INCLUDED
    for tweet in page.data if isinstance(page.data, list) else [page.data] if page.data else []:
        yield from _post(tweet, included)
    for tweet in (page.includes and page.includes.tweets) or ():
        yield from _post(tweet, included)


class _Included:
    """What a page includes beside its tweets, by id."""

    def __init__(self, includes: Includes) -> None:
        self.users = {user.id: user.username for user in includes.users or ()}
        self.media = {media.media_key: media for media in includes.media or ()}
        self.places = {place.id: place for place in includes.places or ()}
        self.tweets = {str(tweet.get("id")): tweet for tweet in includes.tweets or ()}

    def username(self, tweet: Tweet) -> str | None:
        """Return the name of the account of a tweet."""
        return (tweet.author and tweet.author.username) or self.users.get(tweet.author_id)


_NOTHING_INCLUDED = _Included(Includes())


def _post(row: Row, included: _Included, levels: int = x.DEEPEST) -> Iterator[Item]:
    tweet, faults = shaped(row, Tweet)
    author = included.username(tweet)
    mapped: Mapped = {
        "id": x.post_id(tweet.id),
        "text": _text(tweet),
        "author": author or string_of(tweet.author_id),
        "platform": x.PLATFORM,
        "url": x.post_url(author, tweet.id),
        "lang": tweet.lang,
        "thread": x.post_id(tweet.conversation_id),
        "created_at": tweet.created_at,
        "location": _location(tweet.geo, included) if tweet.geo else None,
    }
    media = _media(tweet.attachments, included)
    inside: list[Row] = []
    for named in tweet.referenced_tweets or ():
        flattened = "text" in named
        referenced, wrong = shaped(named, Tweet)
        if flattened:
            inside.append(named)
        elif wrong:
            faults = {**faults, **{f"referenced_tweets.{path}": value for path, value in wrong.items()}}
        field = _REFERENCES.get(referenced.type)
        if field is not None:
            mapped[field] = x.post_id(referenced.id)
        if field == "repost_of" and (whole := named if flattened else included.tweets.get(str(referenced.id))):
            original = referenced if flattened else shaped(whole, Tweet)[0]
            mapped["text"] = x.retweet_text(included.username(original), _text(original), mapped["text"])
            media = media or _media(original.attachments, included)
    if media:
        mapped["media"] = media
    poll = None if media else row.get("attachments")
    yield from posts_of(mapped, rest_of(row, _KNOWN), faults, attachments=poll)
    for other in inside:
        yield from _post(other, included, levels - 1) if levels else [x.TOO_DEEP]


def _text(tweet: Tweet) -> str | None:
    """The whole text: of a long post its note, of an article what it says; `text` holds the beginning, or a link."""
    urls, text = (tweet.entities and tweet.entities.urls) or [], tweet.text
    if note := tweet.note_tweet:
        urls = [*urls, *((note.entities and note.entities.urls) or ())]
        text = note.text or text
    text = x.shown(text, urls)
    return x.with_article(text, tweet.article) if tweet.article else text


def _media(attached: Attachments | None, included: _Included) -> list[Row]:
    if attached is None:
        return []
    media = attached.media or [included.media.get(key) or x.Media(key) for key in attached.media_keys or ()]
    return [x.media_of_api(item) for item in media]


def _location(geo: Geo, included: _Included) -> Row | None:
    place = included.places.get(geo.place_id) or Place()
    located = x.place(place.full_name or geo.full_name, place.geo or geo.geo, geo.coordinates)
    return {"place_id": geo.place_id} if located is None and geo.place_id else located
