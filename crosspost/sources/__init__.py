"""Sources: reading posts from whatever export people have, one file a format."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from os import PathLike
from pathlib import Path
from typing import IO

from crosspost.errors import ReadError, UsageError
from crosspost.models import Post, Problem
from crosspost.sources.csv import read_csv
from crosspost.sources.jsonl import read_jsonl
from crosspost.sources.row import RowError

# A source turns the binary lines of a file into posts, or a `RowError` for a row that is none, in order.
Source = Callable[[IO[bytes], str], Iterator[Post | RowError]]

SOURCES: dict[str, Source] = {"jsonl": read_jsonl, "csv": read_csv}
_PROBLEMS_SHOWN = 20
_SUFFIXES = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv", ".tsv": "csv"}


class Export:
    """The posts of one or more files. Iterating reads them, row by row, as often as it is done.

    After an iteration `problems` lists the rows that could not be read as they stand, and `inputs` what was read:
    file, source, SHA-256, rows. Two equal rows of one id are one post; different rows of one id are both kept, the
    later with a suffix, and reported.
    """

    def __init__(self, files: list[str], source: str | None = None) -> None:
        self.files = files
        self.problems: list[Problem] = []
        self.inputs: list[dict[str, object]] = []
        self._source = source
        self._stdin: IO[bytes] | None = None

    def __iter__(self) -> Iterator[Post]:
        self.problems, self.inputs = [], []
        seen: dict[str, bytes] = {}
        for file in self.files:
            yield from self._read(file, seen)
        if not seen:
            raise ReadError(_nothing_read(self.problems))

    def _read(self, file: str, seen: dict[str, bytes]) -> Iterator[Post]:
        try:
            lines = self._open(file)
        except OSError as error:
            self.problems.append(Problem(file, None, _why_not_opened(file, error)))
            return
        with lines:
            name = self._source or _recognise(file, lines)
            digest = hashlib.sha256()
            rows = 0
            hashing = _Hashing(lines, digest)
            for row in SOURCES[name](hashing, file):  # type: ignore[arg-type]  # reads like a file
                rows += 1
                if isinstance(row, RowError):
                    self.problems.append(Problem(file, row.line, row.reason, kept=row.kept))
                    rows -= row.kept
                elif (post := self._unique(row, file, seen)) is not None:
                    yield post
            for _ in hashing:  # what a source left unread when it gave up counts in the hash too
                pass
            if rows == 0:
                self.problems.append(Problem(file, None, "holds no rows: one post a line was expected"))
            self.inputs.append({"file": file, "source": name, "sha256": digest.hexdigest(), "rows": rows})

    def _open(self, file: str) -> io.BufferedReader:
        if file != "-":
            return Path(file).open("rb")
        if self._stdin is None:  # kept, so that it can be read a second time
            if sys.stdin is None:
                raise OSError(errno.EBADF, "Standard input is closed")
            self._stdin = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the export
            while chunk := sys.stdin.buffer.read(1 << 20):
                self._stdin.write(chunk)
        self._stdin.seek(0)
        return open(self._stdin.fileno(), "rb", closefd=False)  # closed by the caller

    def _unique(self, post: Post, file: str, seen: dict[str, bytes]) -> Post | None:
        row = json.dumps(post.model_dump(mode="json"), sort_keys=True)  # equal rows may order their fields differently
        digest = hashlib.blake2b(row.encode(), digest_size=12).digest()
        if post.id not in seen:
            seen[post.id] = digest
            return post
        if seen[post.id] == digest:
            return None
        number = 2
        while (suffixed := f"{post.id}~{number}") in seen and seen[suffixed] != digest:
            number += 1
        if suffixed in seen:
            return None
        seen[suffixed] = digest
        reason = f"id {post.id!r} is taken by a different row: this one is kept as {suffixed!r}"
        self.problems.append(Problem(file, None, reason, kept=True))
        return post.model_copy(update={"id": suffixed})


def read(*files: str | PathLike[str], source: str | None = None) -> Export:
    """Return the posts of files (`-` is standard input), in any format that is known, read when iterated.

    Args:
        files: paths, read in order.
        source: the name of a format of `SOURCES`; recognised from the content when left out.

    Raises:
        UsageError: no source has that name.
        ReadError: while iterating, when no post could be read from any of the files.
    """
    if source is not None and source not in SOURCES:
        raise UsageError(f"unknown source {source!r}: known are {', '.join(SOURCES)}")
    return Export([str(file) for file in files], source)


def _recognise(file: str, lines: io.BufferedReader) -> str:
    """Tell the format from the first bytes, or from the name where they leave it open."""
    start = lines.peek().lstrip(b"\xef\xbb\xbf \t\r\n")  # peeked at, since a pipe cannot be read twice
    if start.startswith((b"{", b"[")):
        return "jsonl"
    by_name = _SUFFIXES.get(Path(file).suffix.lower())
    if by_name is not None:
        return by_name
    header = start.split(b"\n", 1)[0]
    return "csv" if b"text" in header.lower() and any(mark in header for mark in (b",", b";", b"\t")) else "jsonl"


def _nothing_read(problems: list[Problem]) -> str:
    lines = []
    for problem in problems[:_PROBLEMS_SHOWN]:
        where = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
        lines.append(f"{where}: {problem.error}")
    if len(problems) > _PROBLEMS_SHOWN:
        lines.append(f"and {len(problems) - _PROBLEMS_SHOWN} more rows: no post among them")
    return "\n".join(lines)


def _why_not_opened(file: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    if isinstance(error, IsADirectoryError):
        return f"is a folder: name the files in it, such as {Path(file) / 'posts.jsonl'}"
    return (error.strerror or "cannot be opened").lower()


class _Hashing:
    """Lines of a file, hashed as they are read."""

    def __init__(self, lines: IO[bytes], digest: hashlib._Hash) -> None:
        self._lines, self._digest = lines, digest

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self._digest.update(line)
            yield line
