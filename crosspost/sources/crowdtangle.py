"""CrowdTangle: its CSV of Facebook (pages and groups) and of Instagram. The service ended in 2024; its exports stay."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import partial

from crosspost.sources.addresses import id_of_url
from crosspost.sources.row import Item, Row, RowError, post_of
from crosspost.sources.sample import Sample
from crosspost.sources.table import Table
from crosspost.sources.times import given_time

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


def _post(row: Row, *, instagram: bool) -> Iterator[Item]:
    known = id_of_url(row.get("url", ""))
    if known is None:
        yield RowError("no URL: a post of CrowdTangle goes by its URL")
        return
    row["platform"], row["id"] = known
    if known[0] == "web":
        row["platform"] = "instagram" if instagram else "facebook"
    if "text" not in row:
        row["text"] = next((row.pop(name) for name in _TEXTS if name in row), "")
    if name := next((name for name in _NAMES if name in row), None):
        row["author"] = row.pop(name)
    if "created_at" in row:
        row |= given_time(row["created_at"])
        row.pop("Post Created Date", None)
        row.pop("Post Created Time", None)
    if media := _media(row, instagram=instagram):
        row["media"] = [media]
    yield from post_of(row)


def _media(row: Row, *, instagram: bool) -> Row | None:
    said = row.pop("Type", "").lower()
    kind = "video" if "video" in said or "live" in said else _KINDS.get(said, "other")
    alt = row.pop("Image Text", None)
    if instagram:
        url = row.pop("Photo", None)
        return {"type": "image" if kind == "other" else kind, "url": url, "alt": alt} if url else None
    link = row.get("Link", "")
    number = _MEDIA_NUMBER.search(link) if "facebook.com" in link else None
    if number is None and kind == "other" and alt is None:
        return None
    return {"id": number and f"facebook:{number[1]}", "type": kind, "url": row.pop("Link", None), "alt": alt}
