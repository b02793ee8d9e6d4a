"""CrowdTangle: its CSV of Facebook (pages and groups) and of Instagram. The service ended in 2024; its exports stay."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from crosspost.sources.addresses import id_of_url
from crosspost.sources.row import Fields, Item, Row, RowError, posts_of
from crosspost.sources.sample import Sample
from crosspost.sources.table import Table
from crosspost.sources.times import given_time

_MEDIA_NUMBER = re.compile(r"(?:[?&](?:fbid|v)=|/videos/(?:[^/]+/)?|/photos/(?:[^/]+/)?|/reel/)(\d+)")
_KINDS = {"photo": "image", "album": "image", "igtv": "video"}
_KNOWN = frozenset({"Post Created Date", "Post Created Time"})


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
    for number, row in table:
        if isinstance(row, RowError):
            yield number, row
        else:
            for item in _post(row):
                yield number, item


def _post(cells: Row) -> Iterator[Item]:
    row = Fields(cells)
    url = row.text("URL")
    known = id_of_url(url) if url else None
    platform = "instagram" if "Account" in row or (known and known[0] == "instagram") else "facebook"
    name = row.text("User Name") or row.text("Page Name") or row.text("Group Name") or row.text("Account")
    mapped: Row = {
        "id": known[1] if known else None,
        "text": row.text("Message") or row.text("Description") or row.text("Link Text") or row.text("Title") or "",
        "author": name,
        "platform": platform,
        "url": url,
        **given_time(row.text("Post Created")),
    }
    if mapped["id"] is None:
        yield RowError("no URL: a post of CrowdTangle goes by its URL")
        return
    if media := _media(row, platform):
        mapped["media"] = [media]
    yield from posts_of(row, mapped, row.rest(_KNOWN))


def _media(row: Fields, platform: str) -> Row | None:
    kind_said = (row.text("Type") or "").lower()
    kind = "video" if "video" in kind_said or "live" in kind_said else _KINDS.get(kind_said, "other")
    alt = row.text("Image Text")
    if platform == "instagram":
        url = row.text("Photo")
        return {"type": "image" if kind != "video" else kind, "url": url, "alt": alt} if url else None
    link = row.text("Link") or ""
    number = _MEDIA_NUMBER.search(link) if "facebook.com" in link else None
    if number is None and kind == "other" and alt is None:
        return None
    return {"id": number and f"{platform}:{number[1]}", "type": kind, "url": link or None, "alt": alt}
