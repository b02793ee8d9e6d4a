"""The rows of a CSV or TSV file, as dictionaries by the names of their columns."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from crosspost.sources.row import Item, RowError
from crosspost.sources.sample import delimiter_of
from crosspost.sources.shape import Row

LONGEST_CELL = 16 * 1024 * 1024  # characters; also the longest line, in bytes
_REFUSED = f"a cell or line of more than {LONGEST_CELL:,} characters: no table of posts; not read any further"

TableRow = tuple[int, dict[str, Any] | RowError]


class Table:
    """A table whose first row names the columns.

    `rows` yields each row with its first line, empty cells left out, or why it cannot be read. Bytes that are no
    UTF-8 are replaced by U+FFFD, and their row is reported.
    """

    def __init__(self, lines: io.BufferedReader) -> None:
        self._bytes = _Bounded(lines)
        self._text = io.TextIOWrapper(
            self._bytes,  # type: ignore[type-var]  # all that it reads with
            encoding="utf-8",
            errors="surrogateescape",
            newline="",
        )
        self.names: list[str] = []
        self.line = 0
        self._delimiter = ","

    def header(self) -> RowError | None:
        """Read the names of the columns; return why that could not be done, at `line`."""
        try:
            header = ""
            while not header.strip():
                self.line += 1
                header = self._text.readline(LONGEST_CELL)
                if not header:
                    return None
            self._delimiter = delimiter_of(header)
            cells = next(csv.reader([_sound(header)], delimiter=self._delimiter), [])
        except csv.Error as error:
            return RowError(f"not CSV: {_why(error)}")
        except _TooLong:
            return RowError(_REFUSED)
        self.names = [name.strip() for name in cells]
        return None

    def rows(self, renamed: Mapping[str, str] | None = None) -> Iterator[TableRow]:
        """Yield the rows; a column in `renamed`, by its name in small letters, goes by the name given there."""
        if not self.names:
            return
        names = [(renamed or {}).get(name.lower(), name) for name in self.names]
        before = csv.field_size_limit(LONGEST_CELL)  # one for the whole process: put back in the end
        try:
            yield from self._rows(names)
        finally:
            csv.field_size_limit(before)

    def items(
        self, posts_of: Callable[[Row], Iterable[Item]], renamed: Mapping[str, str] | None = None
    ) -> Iterator[tuple[int, Item]]:
        """Yield what `posts_of` makes of each row, and why a row cannot be read, with the line; see `rows`."""
        for number, row in self.rows(renamed):
            for item in [row] if isinstance(row, RowError) else posts_of(row):
                yield number, item

    def _rows(self, names: list[str]) -> Iterator[TableRow]:
        width, offset, bytes_ = len(names), self.line + 1, self._bytes
        reader = csv.reader(self._text, delimiter=self._delimiter, strict=True)  # else an open quote swallows the rest
        while True:
            number = reader.line_num + offset
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "field limit" in str(error):
                    yield number, RowError(_REFUSED)
                    return
                yield number, RowError(f"not CSV: {_why(error)}")
                continue
            except _TooLong:
                yield number, RowError(_REFUSED)
                return
            if len(cells) != width:
                if any(cells):
                    yield number, RowError(f"{len(cells)} cells where the header has {width}")
                continue
            row = {name: cell for name, cell in zip(names, cells, strict=True) if cell}
            if bytes_.broken and _broken("".join(cells)):
                row = {name: _sound(cell) for name, cell in row.items()}
                yield number, RowError("not UTF-8: what could not be read is shown as U+FFFD", kept=True)
            if row:
                yield number, row


class _TooLong(Exception):  # never leaves this file
    """A line beyond all measure."""


class _Bounded(io.BufferedIOBase):
    """Bytes, refused when no line ends among the last `LONGEST_CELL` of them; `broken` once some are no UTF-8."""

    def __init__(self, lines: io.BufferedReader) -> None:
        self._lines = lines
        self._since = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.broken = False

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1, /) -> bytes:
        chunk = self._lines.read1(size)
        self._since = 0 if b"\n" in chunk else self._since + len(chunk)
        if self._since > LONGEST_CELL:
            raise _TooLong
        if not self.broken:
            try:
                self._decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError:
                self.broken = True
        return chunk


def _broken(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _sound(text: str) -> str:
    """Bytes that were smuggled through as surrogates -> U+FFFD."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _why(error: csv.Error) -> str:
    reason = str(error)
    return "a quote that opens in this row is never closed" if reason == "unexpected end of data" else reason
