"""The CSV of twarc-csv: flattened tweets of X API v2, one a row, their nested fields as columns with dots."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from crosspost.sources import x
from crosspost.sources.row import Fields, Item, Row, post_of
from crosspost.sources.sample import Sample
from crosspost.sources.table import Table
from crosspost.sources.times import given_time

_OWN = frozenset(
    {"author_id", "conversation_id", "author.username", "referenced_tweets.retweeted.id", "__twarc.version"}
)
_RENAMED = {
    "conversation_id": "thread",
    "author.username": "author",
    "referenced_tweets.replied_to.id": "reply_to",
    "referenced_tweets.retweeted.id": "repost_of",
    "referenced_tweets.quoted.id": "quotes",
}
_IDS = ("id", "thread", "reply_to", "repost_of", "quotes")
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
    yield from table.items(lambda row: post_of(_mapped(row)), _RENAMED)


def _mapped(row: Row) -> Row:
    number, author_id = row.get("id"), row.get("author_id")
    author = row.get("author")
    urls = Fields({"urls": _json(row.pop("entities.urls", None))}).objects("urls")
    text = row.get("text", "").replace("\\n", "\n")  # so that a post stays on a line
    row["text"] = x.shown(text, urls)
    if author is None and author_id is not None:
        row["author"] = author_id
    row |= {"platform": x.PLATFORM, "url": x.post_url(author, number)}
    for name in _IDS:
        if name in row:
            row[name] = x.post_id(row[name])
    if "created_at" in row:
        row |= given_time(row["created_at"])
    if "repost_of" in row and (original := row.get("retweeted_username")) and not text.startswith("RT @"):
        row["text"] = x.retweet_text(original, row["text"], row["text"])
    if (media := row.pop("attachments.media", None) or row.pop("attachments.media_keys", None)) is not None:
        row["media"] = _media(_json(media))
    if "geo.full_name" in row or "geo.coordinates.coordinates" in row:
        geo = Fields({name: _json(row.get(name)) for name in ("geo.geo.bbox", "geo.coordinates.coordinates")})
        row["location"] = x.place(
            row.get("geo.full_name"), geo.numbers("geo.geo.bbox"), geo.numbers("geo.coordinates.coordinates")
        )
    return {name: value for name, value in row.items() if not name.startswith(_KNOWN_PREFIXES)}


def _media(items: Any) -> list[Row]:
    """The media that stand as JSON in their cell, or their keys alone."""
    keys = [{"media_key": item} if isinstance(item, str) else item for item in _list(items)]
    return [
        {
            "id": x.media_id(item.id("media_key")),
            "type": x.kind(item.text("type")),
            "url": item.text("url") or x.best_variant(item.objects("variants")) or item.text("preview_image_url"),
            "alt": item.text("alt_text"),
        }
        for item in Fields({"media": keys}).objects("media")
    ]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _json(cell: str | None) -> Any:
    if cell is None:
        return None
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return None
