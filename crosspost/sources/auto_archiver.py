"""Bellingcat's auto-archiver: its sheet, saved as CSV. Names of columns are those of its default configuration.

Its perceptual hashes are PDQ written as a number in hexadecimal, which loses leading zeros: they are put back.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from crosspost.sources.addresses import id_of_url
from crosspost.sources.row import Item, Mapped, RowError, posts_of
from crosspost.sources.sample import Sample
from crosspost.sources.shape import Row
from crosspost.sources.table import Table

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


def _post(row: Row) -> Sequence[Item]:
    url = row.pop("url", None)
    known = id_of_url(url) if url else None
    if known is None:
        return [RowError("no web address under `Link`: a post of the auto-archiver goes by its address")]
    platform, id_ = known
    title, text = row.pop("title", ""), row.pop("text", "")
    pdqs = [
        found.lower().removeprefix("0x") for found in re.split(r"[\s,;]+", row.pop("perceptual hashes", "")) if found
    ]
    mapped: Mapped = {
        "id": id_,
        "text": text if title.rstrip(".…") in text else f"{title}\n{text}".strip(),
        "url": url,
        "platform": None if platform == "web" else platform,
        "created_at": row.pop("created_at", None),
        "media": [*_archived(row), *({"type": "image", "pdq": pdq.zfill(_PDQ_DIGITS)} for pdq in pdqs if _is_hex(pdq))],
    }
    if all(map(_is_hex, pdqs)):
        return posts_of(mapped, row)
    return posts_of(mapped, row, {"Perceptual hashes": " ".join(pdq for pdq in pdqs if not _is_hex(pdq))})


def _is_hex(pdq: str) -> bool:
    return _HEX.fullmatch(pdq) is not None


def _archived(row: Row) -> Iterator[Row]:
    """The media that were archived: those with a suffix of media, for a page is none."""
    digest = _SHA256.fullmatch(row.get("hash", ""))
    for place, url in enumerate(row.get("archive location", "").split()):
        kind = _KINDS.get(PurePosixPath(urlsplit(url).path).suffix.lower()) if url.startswith("http") else None
        if kind is not None:
            yield {"url": url, "type": kind, **({"sha256": digest[1]} if digest and place == 0 else {})}
    if thumbnail := _IMAGE_FORMULA.match(row.pop("thumbnail", "")):
        yield {"url": thumbnail[1], "type": "image"}
