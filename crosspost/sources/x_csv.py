"""The CSV of twarc-csv: flattened tweets of X API v2, one a row, their nested fields as columns with dots."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TypeVar

import msgspec

from crosspost.sources import x
from crosspost.sources.row import Item, Mapped, posts_of
from crosspost.sources.sample import Sample
from crosspost.sources.shape import Row
from crosspost.sources.table import Table

_OWN = frozenset(
    {"author_id", "conversation_id", "author.username", "referenced_tweets.retweeted.id", "__twarc.version"}
)
_USED = frozenset({"id", "text", "created_at", "lang", "conversation_id"})
_KNOWN_PREFIXES = ("author.", "entities.", "attachments.", "referenced_tweets.", "geo.", "context_annotations")


def recognise(sample: Sample) -> float:
    """Tell how sure it is that a file is a CSV of twarc-csv (0..1)."""
    seen = len(_OWN & sample.columns)
    return 0.95 if seen >= 3 else 0.0


def read_x_csv(lines: io.BufferedReader, file: str) -> Iterator[tuple[int, Item]]:  # noqa: ARG001
    """Yield the post of each row."""
    table = Table(lines)
    if (broken := table.header()) is not None:
        yield table.line, broken
    unknown = frozenset(name for name in table.names if name not in _USED and not name.startswith(_KNOWN_PREFIXES))
    yield from table.items(partial(_post, unknown=unknown))


def _post(row: Row, unknown: frozenset[str]) -> Sequence[Item]:
    number, author, repost_of = row.get("id"), row.get("author.username"), row.get("referenced_tweets.retweeted.id")
    text = row.get("text", "").replace("\\n", "\n")  # so that a post stays on a line
    urls = _parsed(row.get("entities.urls"), list[x.Url | str]) or ()
    shown = x.shown(text, [url for url in urls if isinstance(url, x.Url)])
    if repost_of and (original := row.get("retweeted_username")) and not text.startswith("RT @"):
        shown = x.retweet_text(original, shown, shown)
    mapped: Mapped = {
        "id": x.post_id(number),
        "text": shown,
        "author": author or row.get("author_id"),
        "platform": x.PLATFORM,
        "url": x.post_url(author, number),
        "lang": row.get("lang"),
        "created_at": row.get("created_at"),
        "thread": x.post_id(row.get("conversation_id")),
        "reply_to": x.post_id(row.get("referenced_tweets.replied_to.id")),
        "repost_of": x.post_id(repost_of),
        "quotes": x.post_id(row.get("referenced_tweets.quoted.id")),
        "location": _location(row),
        "media": _media(row),
    }
    return posts_of(mapped, {name: value for name, value in row.items() if name in unknown})


def _location(row: Row) -> Row | None:
    box, point = row.get("geo.geo.bbox"), row.get("geo.coordinates.coordinates")
    if not (point or box or "geo.full_name" in row):
        return None
    corners, at = _parsed(box, x.Numbers), _parsed(point, x.Numbers)
    return x.place(row.get("geo.full_name"), x.Point(bbox=corners), x.Point(coordinates=at))


def _media(row: Row) -> list[Row]:
    """The media that stand as JSON in their cell, or their keys alone."""
    if cell := row.get("attachments.media") or row.get("attachments.media_keys"):
        media = _parsed(cell, list[x.Media | str]) or ()
        return [x.media_of_api(x.Media(item) if isinstance(item, str) else item) for item in media]
    return []


_Parsed = TypeVar("_Parsed")


def _parsed(cell: str | None, kind: type[_Parsed]) -> _Parsed | None:
    try:
        return msgspec.json.decode(cell, type=kind) if cell else None
    except (msgspec.DecodeError, RecursionError):
        return None
