"""The CSV of twarc-csv: flattened tweets of X API v2, one a row, their nested fields as columns with dots."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from crosspost.sources import x
from crosspost.sources.row import Fields, Item, Row, RowError, posts_of
from crosspost.sources.sample import Sample
from crosspost.sources.table import Table
from crosspost.sources.times import given_time

_OWN = frozenset(
    {"author_id", "conversation_id", "author.username", "referenced_tweets.retweeted.id", "__twarc.version"}
)
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
    for number, row in table:
        if isinstance(row, RowError):
            yield number, row
        else:
            for item in _post(row):
                yield number, item


def _post(cells: Row) -> Iterator[Item]:
    row = Fields(cells)
    number = row.text("id")
    author = row.text("author.username")
    urls = _json(row.text("entities.urls"))
    text = (row.text("text") or "").replace("\\n", "\n")  # so that a post stays on a line
    mapped: Row = {
        "id": x.post_id(number),
        "text": x.shown(text, urls if isinstance(urls, list) else ()),
        "author": author or row.text("author_id"),
        "platform": x.PLATFORM,
        "url": x.post_url(author, number),
        "lang": row.text("lang"),
        "thread": x.post_id(row.text("conversation_id")),
        "reply_to": x.post_id(row.text("referenced_tweets.replied_to.id")),
        "repost_of": x.post_id(row.text("referenced_tweets.retweeted.id")),
        "quotes": x.post_id(row.text("referenced_tweets.quoted.id")),
        **given_time(row.text("created_at")),
        "location": x.place(
            row.text("geo.full_name"),
            _json(row.text("geo.geo.bbox")),
            _json(row.text("geo.coordinates.coordinates")),
        ),
    }
    if mapped["repost_of"] and (original := row.text("retweeted_username")) and not text.startswith("RT @"):
        mapped["text"] = x.retweet_text(original, mapped["text"], mapped["text"])
    if media := _media(row):
        mapped["media"] = media
    rest = {name: value for name, value in row.rest().items() if not name.startswith(_KNOWN_PREFIXES)}
    yield from posts_of(row, mapped, rest)


def _media(row: Fields) -> list[Row]:
    items = _json(row.text("attachments.media"))
    media = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    keys = _json(row.text("attachments.media_keys"))
    if not media and isinstance(keys, list):
        return [{"id": x.media_id(key)} for key in keys]
    return [
        {
            "id": x.media_id(item.get("media_key")),
            "type": x.kind(item.get("type")),
            "url": item.get("url") or x.best_variant(item.get("variants")) or item.get("preview_image_url"),
            "alt": item.get("alt_text"),
        }
        for item in media
    ]


def _json(cell: str | None) -> Any:
    if cell is None:
        return None
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return None
