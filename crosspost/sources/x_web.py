"""Tweets as X's own web client gets them (GraphQL), as API v1.1 gave them, and as twarc 1 collected them.

All three are one object inside: `legacy`, or the tweet itself, with its user beside it. Quoted and retweeted posts
stand inside their tweet, and are posts too.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

from crosspost.sources import x
from crosspost.sources.json_rows import Lists, json_rows
from crosspost.sources.row import Fields, Item, Row, RowError, posts_of
from crosspost.sources.sample import Sample, has
from crosspost.sources.times import given_time

_DEEPEST = 4  # a quoted post may quote another
# Known and of no use: told elsewhere in the post, or about the account or the client instead of the post.
_KNOWN = frozenset(
    "__typename id rest_id core card user unmention_data is_translatable grok_analysis_button grok_annotations"
    " has_birdwatch_notes quotedRefResult unified_card note_tweet quick_promote_eligibility".split()
)
_KNOWN_LEGACY = frozenset(
    "id id_str entities extended_entities display_text_range user user_id_str favorited retweeted bookmarked text"
    " full_text is_quote_status quoted_status_permalink in_reply_to_user_id in_reply_to_user_id_str"
    " in_reply_to_status_id in_reply_to_status_id_str quoted_status_id truncated contributors geo".split()
)
_TWEETS = Lists(rows=frozenset({"statuses"}))


def recognise(sample: Sample) -> float:
    """Tell how sure it is that a file holds tweets of API v1.1 or of the web client (0..1)."""
    row = sample.first("statuses") or sample.row
    if has(row, "id_str") and (has(row, "user", "screen_name") or has(row, "full_text")):
        return 0.9
    return 0.9 if has(row, "rest_id") and has(row, "legacy") and not has(row, "__import_meta") else 0.0


def read_x_web(lines: io.BufferedReader, file: str) -> Iterator[tuple[int, Item]]:  # noqa: ARG001
    """Yield the post of each tweet, then those inside it."""
    for number, tweet, _ in json_rows(lines, _TWEETS):
        if isinstance(tweet, RowError):
            yield number, tweet
        else:
            for item in web_posts(tweet):
                yield number, item


def web_posts(tweet: Row, beside: Row | None = None, levels: int = _DEEPEST) -> Iterator[Item]:
    """Yield the post that a tweet is, with fields of its envelope `beside` it, then the posts inside it."""
    row = _bare(Fields(tweet))
    tweet = row.object
    if "tombstone" in tweet or not ({"legacy", "id_str", "full_text", "text"} & tweet.keys()):
        yield RowError("the post is not there: X shows a notice in its place" if "tombstone" in tweet else "no tweet")
        return
    legacy = row.fields("legacy") if "legacy" in tweet else row
    inside = {
        "repost_of": _inside(row, legacy, "retweeted_status_result", "retweeted_status"),
        "quotes": _inside(row, legacy, "quoted_status_result", "quoted_status"),
    }
    mapped = _mapped(row, legacy)
    media = _media(legacy) or list(_card_media(row))
    for field, other in inside.items():
        if (number := _number(other)) is not None:
            mapped[field] = x.post_id(number)
    if original := inside["repost_of"]:
        whole = _mapped(Fields(original), _legacy(original))
        mapped["text"] = x.retweet_text(whole["author"], whole["text"], mapped["text"])
        media = media or _media(_legacy(original))
    if media:
        mapped["media"] = media
    rest = row.rest(_KNOWN | _KNOWN_LEGACY) if legacy is row else {**legacy.rest(_KNOWN_LEGACY), **row.rest(_KNOWN)}
    yield from posts_of(row, mapped, {**rest, **(beside or {})})
    for other in inside.values():
        if other and "tombstone" not in other and _number(other) and levels > 0:
            yield from web_posts(other, levels=levels - 1)


def _mapped(row: Fields, legacy: Fields) -> Row:
    number = row.id("rest_id") or legacy.id("id_str") or legacy.id("id")
    user = row.fields("core", "user_results", "result") if "core" in row else row.fields("user")
    author = user.text("core", "screen_name") or user.text("legacy", "screen_name") or user.text("screen_name")
    entities = legacy.fields("entities")
    urls, text = entities.objects("urls"), legacy.take("full_text")
    if "note_tweet" in row:
        note = row.fields("note_tweet", "note_tweet_results", "result")
        urls += note.objects("entity_set", "urls")
        text = note.text("text") or text
    elif "extended_tweet" in legacy:
        text = legacy.text("extended_tweet", "full_text") or text
    text = legacy.take("text") if text is None else text
    quoted = legacy.id("quoted_status_id_str") or legacy.id("quoted_status_id")
    answered = legacy.id("in_reply_to_status_id_str") or legacy.id("in_reply_to_status_id")
    return {
        "id": x.post_id(number),
        "text": x.shown(text, urls, entities.objects("media")),
        "author": author or legacy.id("user_id_str"),
        "platform": x.PLATFORM,
        "url": x.post_url(author, number),
        "lang": legacy.take("lang"),
        "thread": x.post_id(legacy.id("conversation_id_str")),
        "reply_to": x.post_id(answered),
        "quotes": x.post_id(quoted),
        **given_time(legacy.take("created_at")),
        "location": _location(legacy),
    }


def _location(legacy: Fields) -> Row | None:
    if "place" not in legacy and "coordinates" not in legacy:
        return None
    place = legacy.fields("place")
    box, point = place.numbers("bounding_box", "coordinates"), legacy.numbers("coordinates", "coordinates")
    return x.place(place.text("full_name"), box, point)


def _bare(tweet: Fields) -> Fields:
    """A tweet out of its wrappers: one of limited visibility lies one deeper."""
    for wrapper in ("result", "tweet"):
        if wrapper in tweet:
            tweet = tweet.fields(wrapper)
    return tweet


def _inside(row: Fields, legacy: Fields, web: str, v1: str) -> Row:
    """The tweet that another one quotes or retweets."""
    for fields, name in ((row, web), (legacy, web), (legacy, v1)):
        if name in fields:
            return _bare(fields.fields(name)).object
    return {}


def _legacy(tweet: Row) -> Fields:
    row = Fields(tweet)
    return row.fields("legacy") if isinstance(tweet.get("legacy"), dict) else row


def _number(tweet: Row) -> str | None:
    legacy = _legacy(tweet)
    return Fields(tweet).id("rest_id") or legacy.id("id_str") or legacy.id("id")


def _media(legacy: Fields) -> list[Row]:
    if "extended_tweet" in legacy and "extended_entities" not in legacy:
        legacy = legacy.fields("extended_tweet")
    items = legacy.objects("extended_entities", "media") or legacy.objects("entities", "media")
    return [_one_media(item) for item in items]


def _card_media(row: Fields) -> Iterator[Row]:
    """The media of a card (of an advertisement, mostly), which is JSON in a string of the tweet's JSON."""
    values = row.fields("card", "legacy").take("binding_values") if isinstance(row.take("card"), dict) else None
    for value in values if isinstance(values, list) else []:
        if isinstance(value, dict) and value.get("key") == "unified_card":
            try:
                card = json.loads(Fields(value).text("value", "string_value") or "{}")
            except (ValueError, RecursionError):
                continue
            entities = card.get("media_entities") if isinstance(card, dict) else None
            for item in entities.values() if isinstance(entities, dict) else ():
                if isinstance(item, dict):
                    yield _one_media(Fields(item))


def _one_media(item: Fields) -> Row:
    media = {
        "id": x.media_id(item.id("id_str") or item.id("media_key") or item.id("id")),
        "type": x.kind(item.text("type")),
        "url": x.best_variant(item.objects("video_info", "variants")) or item.text("media_url_https"),
        "alt": item.text("ext_alt_text"),
    }
    if source := item.id("source_status_id_str"):
        media["first_posted_in"] = x.post_id(source)
    return media
