"""The media of posts, fetched into a folder, each file by the name of its SHA-256.

The folder keeps an index, `fetched.jsonl`, one line a file, written when the file is whole: a run that was interrupted
goes on where it stopped, and nothing is fetched twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crosspost.errors import CrosspostError, Throttled, TimedOut, Unreachable
from crosspost.fetch.asking import Asker
from crosspost.models import Media, Post

MOST_BYTES = 512 * 1024 * 1024  # of one file: two hours of video as platforms pack it
INDEX = "fetched.jsonl"

# What a file begins with: what it is, and its suffix. What begins otherwise is no media (a page, a playlist).
_BEGINNINGS = (
    (0, b"\xff\xd8\xff", "image", ".jpg"),
    (0, b"\x89PNG\r\n\x1a\n", "image", ".png"),
    (0, b"GIF8", "image", ".gif"),
    (8, b"WEBP", "image", ".webp"),
    (4, b"ftypavif", "image", ".avif"),
    (4, b"ftypheic", "image", ".heic"),
    (4, b"ftypM4A", "audio", ".m4a"),
    (4, b"ftyp", "video", ".mp4"),
    (0, b"\x1aE\xdf\xa3", "video", ".webm"),
    (8, b"AVI ", "video", ".avi"),
    (0, b"OggS", "audio", ".ogg"),
    (0, b"ID3", "audio", ".mp3"),
    (0, b"\xff\xfb", "audio", ".mp3"),
    (8, b"WAVE", "audio", ".wav"),
)


class MediaFetcher:
    """Fetch the media of posts into a folder.

    Args:
        folder: made where it is missing; what lies in it stays.
        asker: who asks.
        told: called with a sentence for each media that could not be had.
    """

    def __init__(self, folder: Path, asker: Asker, told: Callable[[str], None]) -> None:
        self.folder = folder
        self.fetched = self.known = self.failed = 0
        self.unreachable = False
        self._asker, self._told = asker, told
        folder.mkdir(parents=True, exist_ok=True)
        self._index = self._load()

    def of(self, post: Post) -> Post:
        """Return a post whose media have `path` and `sha256` of what was fetched, where there is a URL and no path."""
        media = tuple(self._one(post, one) if one.url and not one.path else one for one in post.media)
        return post.model_copy(update={"media": media})

    def _one(self, post: Post, media: Media) -> Media:
        url = media.url or ""
        entry = self._index.get(url)
        if entry is not None and (self.folder / entry["file"]).is_file():
            self.known += 1
        else:
            try:
                entry = self._fetch(url)
            except (CrosspostError, OSError) as error:
                self.failed += 1
                self.unreachable |= isinstance(error, Unreachable | TimedOut | Throttled)
                self._told(f"{post.id}: {error}")
                return media
            self.fetched += 1
        found = {"path": str(self.folder / entry["file"]), "sha256": entry["sha256"]}
        kind = entry["type"] if media.type == "other" else media.type
        return media.model_copy(update={**found, "type": kind})

    def _fetch(self, url: str) -> dict[str, Any]:
        part = self.folder / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}.part"
        try:
            with part.open("w+b") as file:
                answer = self._asker.get(url, into=file, most_bytes=MOST_BYTES)
                if answer.status_code != 200:
                    raise _NotHad(f"{_host(url)}: answered {answer.status_code}: the media is not there any more")
                size = file.seek(0, 2)
                file.seek(0)
                type_, suffix = _kind(file.read(32), url, answer.headers.get("Content-Type", ""))
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            name = f"{digest}{suffix}"
            part.replace(self.folder / name)
        finally:
            part.unlink(missing_ok=True)
        return self._note({"url": url, "file": name, "sha256": digest, "type": type_, "size": size})

    def _load(self) -> dict[str, dict[str, Any]]:
        index: dict[str, dict[str, Any]] = {}
        path = self.folder / INDEX
        for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
            try:
                entry = json.loads(line)
                name = entry["file"]
                if name == Path(name).name and len(entry["sha256"]) == 64:
                    index[entry["url"]] = {"type": "other", **entry}
            except (ValueError, TypeError, KeyError):
                continue  # a line that an interrupted run did not finish: its file is fetched again
        return index

    def _note(self, entry: dict[str, Any]) -> dict[str, Any]:
        with (self.folder / INDEX).open("a", encoding="utf-8") as index:
            index.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self._index[entry["url"]] = entry
        return entry


class _NotHad(CrosspostError):
    """A media that its service does not have, or that is none."""


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _kind(start: bytes, url: str, said: str) -> tuple[str, str]:
    for place, magic, kind, suffix in _BEGINNINGS:
        if start[place : place + len(magic)] == magic:
            return kind, suffix
    what = "a playlist" if start.startswith(b"#EXTM3U") else said.partition(";")[0] or "nothing known"
    raise _NotHad(f"{_host(url)}: holds {what}: a picture, video or sound was expected")
