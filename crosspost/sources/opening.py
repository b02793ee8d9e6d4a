"""A file as UTF-8 bytes, whatever it is packed in and however it is encoded; every step of it is told.

gzip, zstd and zip are known by their first bytes. What unpacks to more than `MOST_UNPACKED` times its size is refused:
no export does, a zip bomb does. Nothing is unpacked to disk, and an archive inside an archive is not opened.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, Protocol

from crosspost.sources.encoding import Encoding, guess_encoding

MOST_UNPACKED = 200  # times; JSON and CSV of posts pack to a tenth, at most to a fiftieth of their size
ALWAYS_UNPACKED = 64 * 1024 * 1024  # bytes that may come out of anything
MOST_MEMBERS = 10_000  # files of an archive
_BUFFER = 256 * 1024  # bytes that are looked at to tell format and encoding
_WINDOW = 1 << 27  # bytes that zstd may look back: what its command line allows without being asked
_DATA = frozenset({".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".txt", ".tab"})


class Unreadable(Exception):  # named for what is wrong
    """Why a file cannot be read (any further): a sentence."""


class Readable(Protocol):
    """What bytes can be read from."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, none at the end."""
        ...


@dataclass(frozen=True)
class Opened:
    """One file, or one member of an archive, as lines of UTF-8."""

    name: str
    lines: io.BufferedReader
    packed: str | None
    encoding: Encoding


class Hashed(io.RawIOBase):
    """A file whose bytes are hashed and counted as they are read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._digest = hashlib.sha256()
        self.count = 0
        self._whole = False

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # any writable buffer
        """Fill a buffer as far as the file goes, so that what is peeked at is as much as can be."""
        filled = 0
        while filled < len(buffer) and (chunk := self._source.read(len(buffer) - filled)):
            buffer[filled : filled + len(chunk)] = chunk
            filled += len(chunk)
        self._digest.update(buffer[:filled])
        self.count += filled
        return filled

    def sha256(self) -> str:
        """Return the SHA-256 of the whole file; what was not read until now is read."""
        while not self._whole and self.read(1 << 20):
            pass
        self._whole = True  # from here on an archive moves about in it
        return self._digest.hexdigest()

    def archive(self) -> zipfile.ZipFile:
        """Return the file as a zip archive.

        Raises:
            Unreadable: it is none, or comes through a pipe.
        """
        if not self._source.seekable():
            raise Unreadable("a zip archive cannot be read from a pipe: save it as a file first")
        try:
            return zipfile.ZipFile(self._source)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise Unreadable(f"is a broken zip archive ({error})") from None


@dataclass
class _Unpacked(io.RawIOBase):
    """What comes out of a decompressor, for as long as it stands in some relation to what goes in."""

    source: Readable
    packed_size: Callable[[], int]
    what: str
    total: list[int] = field(default_factory=lambda: [0])  # bytes that came out, shared by the members of an archive

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # any writable buffer
        filled = 0
        while filled < len(buffer):
            try:
                chunk = self.source.read(len(buffer) - filled)
            except EOFError:
                raise Unreadable(f"the {self.what} ends in the middle: what came before it was read") from None
            except Exception as error:  # noqa: BLE001  # each decompressor fails in its own way
                raise Unreadable(f"the {self.what} is broken: {error}") from None
            if not chunk:
                break
            buffer[filled : filled + len(chunk)] = chunk
            filled += len(chunk)
        self.total[0] += filled
        if self.total[0] > max(ALWAYS_UNPACKED, MOST_UNPACKED * self.packed_size()):
            raise Unreadable(
                f"the {self.what} unpacks to more than {MOST_UNPACKED} times its size, which no export does: refused"
            )
        return filled


class _Recoded(io.RawIOBase):
    """Bytes of another encoding, as UTF-8; what does not fit becomes U+FFFD and is counted in `lost`."""

    def __init__(self, source: io.BufferedReader, encoding: Encoding) -> None:
        self._source, self._encoding = source, encoding
        self._decoder = codecs.getincrementaldecoder(encoding.codec)("replace")
        self._waiting = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # any writable buffer
        while len(self._waiting) < len(buffer):
            chunk = self._source.read(_BUFFER)
            text = self._decoder.decode(chunk, final=not chunk)
            self._encoding.lost += text.count("\ufffd")
            self._waiting += text.encode("utf-8", "replace")
            if not chunk:
                break
        size = min(len(buffer), len(self._waiting))
        buffer[:size] = self._waiting[:size]
        self._waiting = self._waiting[size:]
        return size


def opened(file: str, raw: Hashed) -> Iterator[Opened]:
    """Yield the file, or each data file of the archive that it is, as UTF-8.

    Raises:
        Unreadable: it cannot be unpacked, or is refused.
    """
    lines = _buffered(raw)
    start = lines.peek(8)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        yield from _members(file, raw)
    elif start.startswith(b"\x1f\x8b"):
        import gzip

        yield _recoded(file, _Unpacked(gzip.GzipFile(fileobj=lines), lambda: raw.count, "gzip file"), "gzip")
    elif start.startswith(b"\x28\xb5\x2f\xfd"):
        yield _recoded(file, _Unpacked(_zstd(lines), lambda: raw.count, "zstd file"), "zstd")
    else:
        yield _recoded_lines(file, lines, None)


def _members(file: str, raw: Hashed) -> Iterator[Opened]:
    size = len(raw.sha256()) and raw.count  # an archive is read from its end, but hashed from its beginning
    total = [0]
    with closing(raw.archive()) as archive:
        members = archive.infolist()
        if len(members) > MOST_MEMBERS:
            raise Unreadable(f"the zip archive holds {len(members):,} files, more than {MOST_MEMBERS:,}: refused")
        data = [member for member in members if _is_data(member.filename)]
        if not data:
            raise Unreadable(f"the zip archive holds no {', '.join(sorted(_DATA))} file")
        for member in sorted(data, key=lambda member: member.filename):
            name = f"{file}/{member.filename}"
            try:
                source = archive.open(member)
            except (RuntimeError, zipfile.BadZipFile, NotImplementedError, OSError) as error:
                raise Unreadable(f"{member.filename} in the zip archive cannot be unpacked: {error}") from None
            with source:
                yield _recoded(name, _Unpacked(source, lambda: size, "zip archive", total), "zip")


def _is_data(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
    return path.suffix.lower() in _DATA and not hidden


def _zstd(lines: io.BufferedReader) -> Readable:
    reader: Readable
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]  # Python 3.14
    except ImportError:
        try:
            import zstandard
        except ImportError:
            raise Unreadable(
                "is packed with zstd: pip install 'crosspost[zstd]' to read it, or unpack it first (zstd -d)"
            ) from None
        unpack = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
        reader = unpack.stream_reader(lines, read_across_frames=True)
    else:
        reader = zstd.ZstdFile(lines, options={zstd.DecompressionParameter.window_log_max: _WINDOW.bit_length() - 1})
    return reader


def _buffered(raw: io.RawIOBase) -> io.BufferedReader:
    return io.BufferedReader(raw, _BUFFER)


def _recoded(name: str, raw: io.RawIOBase, packed: str | None) -> Opened:
    return _recoded_lines(name, _buffered(raw), packed)


def _recoded_lines(name: str, lines: io.BufferedReader, packed: str | None) -> Opened:
    encoding = guess_encoding(lines.peek(_BUFFER))
    lines.read(encoding.mark)
    if encoding.codec != "utf-8":
        lines = _buffered(_Recoded(lines, encoding))
    return Opened(name, lines, packed, encoding)
