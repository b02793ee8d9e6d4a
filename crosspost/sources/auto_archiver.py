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
from crosspost.sources.row import Fields, Item, Row, RowError, posts_of
from crosspost.sources.sample import Sample
from crosspost.sources.table import Table
from crosspost.sources.times import given_time

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
    for number, row in table:
        if isinstance(row, RowError):
            yield number, row
        else:
            for item in _post(row):
                yield number, item


def _post(cells: Row) -> Iterator[Item]:
    row = Fields({name.lower(): cell for name, cell in cells.items()})
    url = row.text("link") or row.text("url")
    known = id_of_url(url) if url else None
    if known is None:
        yield RowError("no web address under `Link`: a post of the auto-archiver goes by its address")
        return
    title, text = row.text("upload title") or "", row.text("text content") or ""
    mapped: Row = {
        "id": known[1],
        "text": text if title.rstrip(".…") in text else f"{title}\n{text}".strip(),
        "platform": None if known[0] == "web" else known[0],
        "url": url,
        **given_time(row.text("upload timestamp") or row.text("timestamp")),
    }
    if media := list(_media(row)):
        mapped["media"] = media
    yield from _faults(row)
    yield from posts_of(row, mapped, row.rest())


def _pdqs(row: Fields) -> list[str]:
    cell = row.text("perceptual hashes") or row.text("pdq hash") or ""
    return [found.lower().removeprefix("0x") for found in re.split(r"[\s,;]+", cell) if found]


def _faults(row: Fields) -> Iterator[RowError]:
    for found in _pdqs(row):
        if not _HEX.fullmatch(found):
            yield RowError("`Perceptual hashes` holds no PDQ: up to 64 hexadecimal digits were expected", kept=True)


def _media(row: Fields) -> Iterator[Row]:
    archived = [url for url in (row.text("archive location") or "").split() if url.startswith("http")]
    digest = _SHA256.fullmatch(row.text("hash") or "")
    for place, url in enumerate(archived):
        kind = _KINDS.get(PurePosixPath(urlsplit(url).path).suffix.lower())
        if kind is not None:  # a page is not media
            yield {"url": url, "type": kind, "sha256": digest[1] if digest and place == 0 else None}
    if thumbnail := _IMAGE_FORMULA.match(row.text("thumbnail") or ""):
        yield {"url": thumbnail[1], "type": "image"}
    for found in _pdqs(row):
        if _HEX.fullmatch(found):
            yield {"type": "image", "pdq": found.zfill(_PDQ_DIGITS)}
