"""Media files on this machine -> fingerprints, each decoded once."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import threading
import weakref
from collections.abc import Sequence
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import Protocol, Self

import numpy as np

from crosspost.errors import MediaRefused, MissingExtra, NoMedia
from crosspost.media.kept import Kept
from crosspost.media.kinds import HEAD, Kind, kind_of
from crosspost.media.packed import Packed
from crosspost.media.sandbox import Sandbox
from crosspost.media.shapes import Fingerprint, Luma

MOST_BYTES = 4 << 30  # of a file


class MediaFingerprinter(Protocol):
    """Recognise media by their content."""

    def fingerprint(self, path: str | PathLike[str]) -> Fingerprint:
        """Return the fingerprint of a picture or video.

        Raises:
            NoMedia: it is something else.
            MediaRefused: it is not there, is broken, or is too large; the message is a sentence without the folder.
        """
        ...

    def small(self, fingerprint: Fingerprint) -> list[bytes]:
        """Return a small JPEG of each frame of what was fingerprinted, one for each of `fingerprint.frames.times`."""
        ...


class Fingerprinter:
    """The `MediaFingerprinter` that decodes in a child process and keeps what it saw.

    Safe to share between threads, which wait for each other. A context manager; `close` ends the child.

    Args:
        cache: a file for what was seen, so that a later run decodes nothing again; without one it is forgotten.

    Raises:
        MissingExtra: what decodes media is not installed.
        MediaCacheError: the cache is something else.
    """

    def __init__(self, cache: str | PathLike[str] | None = None) -> None:
        if not is_installed():
            raise MissingExtra("media files are decoded by Pillow and PyAV: pip install 'crosspost[media]'")
        self._kept = Kept(cache)
        self._sandbox = Sandbox()
        self._turn = threading.Lock()
        self._end = weakref.finalize(self, _end, self._sandbox, self._kept)

    def fingerprint(self, path: str | PathLike[str]) -> Fingerprint:
        """Return the fingerprint of a picture or video (see `MediaFingerprinter`)."""
        with self._turn, _plain_file(Path(path)) as file:
            kind = kind_of(file.read(HEAD))
            if kind is None:
                raise NoMedia("no picture or video of a kind that is opened, by its first bytes")
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            known = self._kept.find(sha256)
            if known is None:
                known = self._seen(file, kind)
                self._kept.keep(sha256, *known)
        packed, refused = known
        if packed is None:
            raise MediaRefused(refused or "")
        return Packed(packed).fingerprint(sha256)

    def luma(self, fingerprint: Fingerprint) -> Luma:
        """Return small grey frames, shape (n, height, width), of what was fingerprinted."""
        return grey(self.small(fingerprint))

    def small(self, fingerprint: Fingerprint) -> list[bytes]:
        """Return a small JPEG in colour of each frame of what was fingerprinted.

        Raises:
            KeyError: it is not of this fingerprinter.
        """
        with self._turn:
            known = self._kept.find(fingerprint.sha256 or "")
        if known is None or known[0] is None:
            raise KeyError(fingerprint.sha256)
        return Packed(known[0]).small()

    def close(self) -> None:
        """End the child process and close the cache."""
        with self._turn:
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _seen(self, file: io.BufferedReader, kind: Kind) -> tuple[bytes | None, str | None]:
        file.seek(0)
        try:
            return self._sandbox.decode(file, kind), None
        except MediaRefused as refused:
            return None, str(refused)


def grey(small: Sequence[bytes]) -> Luma:
    """Return small JPEGs as grey frames of one size, shape (n, height, width)."""
    from PIL import Image

    frames = [Image.open(io.BytesIO(jpeg)).convert("L") for jpeg in small]
    size = frames[0].size
    return np.stack([np.asarray(frame if frame.size == size else frame.resize(size)) for frame in frames])


def _end(sandbox: Sandbox, kept: Kept) -> None:
    sandbox.close()
    kept.close()


def is_installed() -> bool:
    """Tell whether what decodes media is installed (the extra `media`)."""
    return all(find_spec(name) is not None for name in ("PIL", "av"))


def _plain_file(path: Path) -> io.BufferedReader:
    """Open a file; one that is none, such as a pipe that would never end, is refused without waiting for it."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise MediaRefused((error.strerror or type(error).__name__).lower()) from None
    found = os.fstat(handle)
    reason = None
    if not stat.S_ISREG(found.st_mode):
        reason = "no plain file"
    elif not 0 < found.st_size <= MOST_BYTES:
        reason = f"{found.st_size} bytes, more than {MOST_BYTES >> 30} GB" if found.st_size else "an empty file"
    if reason:
        os.close(handle)
        raise MediaRefused(reason)
    return os.fdopen(handle, "rb")
