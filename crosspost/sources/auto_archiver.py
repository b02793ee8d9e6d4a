"""Bellingcat's auto-archiver: its sheet, saved as CSV. Names of columns are those of its default configuration.

Its perceptual hashes are PDQ written as a number in hexadecimal, which loses leading zeros: they are put back.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from crosspost.sources.addresses import id_of_url
from crosspost.sources.row import Item, Row, RowError, post_of
from crosspost.sources.sample import Sample
from crosspost.sources.table import Table
from crosspost.sources.times import given_time

_RENAMED = {
    "link": "url",
    "upload timestamp": "created_at",
    "text content": "text",
    "upload title": "title",
    "archive location": "archive location",
    "perceptual hashes": "perceptual hashes",
    "hash": "hash",
    "thumbnail": "thumbnail",
}
_PDQ_DIGITS = 64
_HEX = re.compile(r"[0-9a-fA-F]{1,64}")
_SHA256 = re.compile(r"(?:SHA-?256:)?([0-9a-fA-F]{64})", re.IGNORECASE)
_IMAGE_FORMULA = re.compile(r"""=IMAGE\(["'](.+?)["']""", re.IGNORECASE)
_KINDS = {
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".webp", ".gif"), "image"),
    **dict.fromkeys((".mp4", ".webm", ".mov", ".mkv"), "video"),
    **dict.fromkeys((".mp3", ".ogg", ".m4a"), "audio"),
}


def recognise(sample: Sample) -> float:
    """Tell how sure it is that a file is a sheet of the auto-archiver (0..1)."""
    columns = sample.columns
    if {"link", "archive status"} <= columns:
        return 0.98
    return 0.8 if {"link", "archive location"} <= columns else 0.0


def read_auto_archiver(lines: io.BufferedReader, file: str) -> Iterator[tuple[int, Item]]:  # noqa: ARG001
    """Yield the post of each row that has a link."""
    table = Table(lines)
    if (broken := table.header()) is not None:
        yield table.line, broken
    yield from table.items(_post, _RENAMED)


def _post(row: Row) -> Iterator[Item]:
    known = id_of_url(row.get("url", ""))
    if known is None:
        yield RowError("no web address under `Link`: a post of the auto-archiver goes by its address")
        return
    row["platform"], row["id"] = known
    if known[0] == "web":
        del row["platform"]
    title, text = row.pop("title", ""), row.get("text", "")
    row["text"] = text if title.rstrip(".…") in text else f"{title}\n{text}".strip()
    if "created_at" in row:
        row |= given_time(row["created_at"])
    if hashes := row.pop("perceptual hashes", None):
        row["pdqs"] = [found.lower().removeprefix("0x") for found in re.split(r"[\s,;]+", hashes) if found]
        if not all(map(_HEX.fullmatch, row["pdqs"])):
            yield RowError("`Perceptual hashes` holds no PDQ: up to 64 hexadecimal digits were expected", kept=True)
    if media := list(_media(row)):
        row["media"] = media
    yield from post_of(row)


def _media(row: Row) -> Iterator[Row]:
    digest = _SHA256.fullmatch(row.get("hash", ""))
    for place, url in enumerate(row.get("archive location", "").split()):
        kind = _KINDS.get(PurePosixPath(urlsplit(url).path).suffix.lower()) if url.startswith("http") else None
        if kind is not None:  # a page is not media
            yield {"url": url, "type": kind, **({"sha256": digest[1]} if digest and place == 0 else {})}
    if thumbnail := _IMAGE_FORMULA.match(row.pop("thumbnail", "")):
        yield {"url": thumbnail[1], "type": "image"}
    for found in row.pop("pdqs", ()):
        if _HEX.fullmatch(found):
            yield {"type": "image", "pdq": found.zfill(_PDQ_DIGITS)}
        else:
            row.setdefault("unread", {})["perceptual hashes"] = found
