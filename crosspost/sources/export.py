"""The posts of one or more files, with everything that could not be read, and what was read."""

from __future__ import annotations

import errno
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from crosspost.errors import ReadError
from crosspost.models import Post, Problem
from crosspost.sources.beside import Beside
from crosspost.sources.columns import Columns
from crosspost.sources.formats import FORMATS, Format, format_of, recognised
from crosspost.sources.opening import Hashed, Opened, Unreadable, opened
from crosspost.sources.row import Item, RowError, Said
from crosspost.sources.sample import Sample
from crosspost.sources.unique import Unique, content_of, words_of

MOST_BROKEN = 100_000  # rows before the first post; a file that has more of them is something else
_PROBLEMS_SHOWN = 20

Notice = Callable[[str], None]


def silent(_sentence: str) -> None:
    """Say nothing."""


class Export:
    """The posts of one or more files. Iterating reads them, row by row, as often as it is done.

    After an iteration `problems` lists the rows that could not be read as they stand, and `inputs` what was read:
    file, source, SHA-256, rows. Two equal rows of one id are one post; different rows of one id are both kept, the
    later with a suffix, and reported. Rows of a platform are equal when they say the same: counters change from one
    collection to the next.
    """

    def __init__(
        self,
        files: list[str],
        source: str | None = None,
        columns: Columns | None = None,
        notice: Notice = silent,
    ) -> None:
        self.files = files
        self.problems: list[Problem] = []
        self.inputs: list[dict[str, object]] = []
        self._source, self._columns, self._notice = source, columns, notice
        self._stdin: IO[bytes] | None = None

    def __iter__(self) -> Iterator[Post]:
        self.problems, self.inputs = [], []
        seen = Unique()
        for file in self.files:
            yield from self._read(file, seen)
        if not seen:
            raise ReadError(_nothing_read(self.problems))

    def _read(self, file: str, seen: Unique) -> Iterator[Post]:
        try:
            source = self._open(file)
        except OSError as error:
            self.problems.append(Problem(file, None, _why_not_opened(file, error)))
            return
        with source:
            raw = Hashed(source)
            begun = len(self.inputs)
            try:
                for one in opened(file, raw):
                    yield from self._posts(one, seen)
            except Unreadable as error:
                self.problems.append(Problem(file, None, str(error)))
            except OSError as error:
                self.problems.append(Problem(file, None, (error.strerror or "cannot be read").lower()))
                return
            digest = raw.sha256()  # what a source left unread when it gave up counts too
            for read in self.inputs[begun:]:
                read["sha256"] = digest

    def _posts(self, one: Opened, seen: Unique) -> Iterator[Post]:
        sample = Sample(one.name, one.lines.peek())
        format_ = format_of(self._source) if self._source else recognised(sample, own=self._columns is not None)
        told = f"read as {format_.title}" + "".join(
            f", {what}" for what in (one.packed, one.encoding.name) if what not in (None, "UTF-8")
        )
        self._notice(f"{one.name}: {told}")
        read = {"file": one.name, "source": format_.name, "sha256": "", "rows": 0}
        self.inputs.append(read)
        rows, beside = 0, Beside(one.name, own=format_.own, packed=one.packed == "zip")
        try:
            for line, item in self._rows(format_, one):
                rows += 1
                if isinstance(item, Said):
                    rows -= 1
                    self._notice(f"{one.name}: {item.text}")
                elif isinstance(item, RowError):
                    self.problems.append(Problem(one.name, line, item.reason, kept=item.kept))
                    rows -= item.kept
                    if rows == MOST_BROKEN and not seen:
                        raise Unreadable(f"{rows:,} rows and no post among them: not read any further")
                elif (post := self._accepted(item, one, line, seen, beside)) is not None:
                    yield post
        finally:
            read["rows"] = rows
        if one.encoding.lost:
            lost = f"{one.encoding.lost} characters are no {one.encoding.name}: shown as U+FFFD"
            self.problems.append(Problem(one.name, None, lost, kept=True))
        if rows == 0:
            self.problems.append(Problem(one.name, None, "holds no rows: one post a line was expected"))

    def _rows(self, format_: Format, one: Opened) -> Iterator[tuple[int, Item]]:
        if self._columns and format_.own:
            yield from format_.read(one.lines, one.name, columns=self._columns)
        elif format_.name in FORMATS:
            yield from format_.read(one.lines, one.name)
        else:
            try:
                yield from format_.read(one.lines, one.name)
            except Exception as error:  # another package may fail in any way
                raise Unreadable(f"the source {format_.name!r} failed: {type(error).__name__}: {error}") from error

    def _open(self, file: str) -> IO[bytes]:
        if file != "-":
            return Path(file).open("rb", buffering=0)
        if self._stdin is None:  # kept, so that it can be read a second time
            if sys.stdin is None:
                raise OSError(errno.EBADF, "Standard input is closed")
            self._stdin = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the export
            while chunk := sys.stdin.buffer.read(1 << 20):
                self._stdin.write(chunk)
        self._stdin.seek(0)
        return open(self._stdin.fileno(), "rb", closefd=False)  # closed by the caller

    def _accepted(self, post: Post, one: Opened, line: int, seen: Unique, beside: Beside) -> Post | None:
        """The post under an id of its own and with paths that lead to its media; None where it was there before."""
        id_ = seen.accept(post, content_of(post) if beside.own else words_of(post))
        if id_ is None:
            return None
        if id_ != post.id:
            reason = f"id {post.id!r} is taken by a different row: this one is kept as {id_!r}"
            self.problems.append(Problem(one.name, line, reason, kept=True))
            post = post.model_copy(update={"id": id_})
        if any(media.path for media in post.media):
            post, refused = beside.found(post)
            self.problems += [Problem(one.name, line, error.reason, kept=True) for error in refused]
        return post


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
