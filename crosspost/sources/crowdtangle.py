"""CrowdTangle: its CSV of Facebook (pages and groups) and of Instagram. The service ended in 2024; its exports stay."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from crosspost.sources.addresses import id_of_url
from crosspost.sources.row import Item, Mapped, RowError, posts_of
from crosspost.sources.sample import Sample
from crosspost.sources.shape import Row
from crosspost.sources.table import Table

_RENAMED = {"url": "url", "message": "text", "post created": "created_at"}
_TEXTS = ("Description", "Link Text", "Title")  # in place of a message
_NAMES = ("User Name", "Page Name", "Group Name", "Account")
_MEDIA_NUMBER = re.compile(r"(?:[?&](?:fbid|v)=|/videos/(?:[^/]+/)?|/photos/(?:[^/]+/)?|/reel/)(\d+)")
_KINDS = {"photo": "image", "album": "image", "igtv": "video"}


def recognise(sample: Sample) -> float:
    """Tell how sure it is that a file is a CSV of CrowdTangle (0..1)."""
    columns = sample.columns
    if {"post created", "total interactions"} <= columns:
        return 0.98 if {"message", "account", "page name", "group name", "url"} & columns else 0.5
    return 0.0


def read_crowdtangle(lines: io.BufferedReader, file: str) -> Iterator[tuple[int, Item]]:  # noqa: ARG001
    """Yield the post of each row."""
    table = Table(lines)
    if (broken := table.header()) is not None:
        yield table.line, broken
    instagram = "Account" in table.names
    yield from table.items(partial(_post, instagram=instagram), _RENAMED)


def _post(row: Row, *, instagram: bool) -> Sequence[Item]:
    url = row.pop("url", None)
    known = id_of_url(url) if url else None
    if known is None:
        return [RowError("no URL: a post of CrowdTangle goes by its URL")]
    platform, id_ = known
    mapped: Mapped = {
        "id": id_,
        "text": row.pop("text", None) or _first_of(_TEXTS, row) or "",
        "author": _first_of(_NAMES, row),
        "url": url,
        "platform": ("instagram" if instagram else "facebook") if platform == "web" else platform,
        "created_at": row.pop("created_at", None),
        "media": _media(row, instagram=instagram),
    }
    for again in ("Post Created Date", "Post Created Time"):
        row.pop(again, None)
    return posts_of(mapped, row)


def _first_of(names: Iterable[str], row: Row) -> str | None:
    """Take the first of some cells that is not empty."""
    return next((row.pop(name) for name in names if name in row), None)


def _media(row: Row, *, instagram: bool) -> list[Row]:
    said = row.pop("Type", "").lower()
    kind = "video" if "video" in said or "live" in said else _KINDS.get(said, "other")
    alt = row.pop("Image Text", None)
    if instagram:
        url = row.pop("Photo", None)
        return [{"type": "image" if kind == "other" else kind, "url": url, "alt": alt}] if url else []
    link = row.get("Link", "")
    number = _MEDIA_NUMBER.search(link) if "facebook.com" in link else None
    if number is None and kind == "other" and alt is None:
        return []
    return [{"id": number and f"facebook:{number[1]}", "type": kind, "url": row.pop("Link", None), "alt": alt}]
