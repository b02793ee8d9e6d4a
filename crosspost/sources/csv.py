"""CSV and TSV whose columns are named like the fields of a post.

Spreadsheets in French part the columns of a CSV by semicolons.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import IO, Any

from crosspost.models import Post
from crosspost.sources.row import RowError, post_of

LONGEST_CELL = 16 * 1024 * 1024  # characters
_NESTED = frozenset({"location", "translations", "media"})  # written as JSON in their cells


def read_csv(lines: IO[bytes], file: str) -> Iterator[Post | RowError]:  # noqa: ARG001  # a source may need the name
    """Yield the post of each row, or why it is none; the first row names the columns (`id` and `text` at least).

    Bytes that are no UTF-8 are replaced by U+FFFD, and their row is reported. A row is told by its first line.
    """
    csv.field_size_limit(LONGEST_CELL)
    decoded = _Decoded(lines)
    header = next((line for line in decoded if line.strip()), "")
    if not header:
        return
    delimiter = max(",;\t", key=header.count)
    try:
        names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
    except csv.Error as error:
        yield RowError(decoded.read, f"not CSV: {_why(error)}")
        return
    if missing := [name for name in ("id", "text") if name not in names]:
        yield RowError(decoded.read, f"no column {missing[0]!r} {_among(names)}: the first row names the columns")
        return
    rows = csv.reader(decoded, delimiter=delimiter, strict=True)  # else a quote left open swallows the rest in silence
    while True:
        number = decoded.read + 1
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield RowError(number, f"not CSV: {_why(error)}")
            continue
        if not any(cells):
            continue
        if len(cells) != len(names):
            yield RowError(number, f"{len(cells)} cells where the header has {len(names)}")
            continue
        if decoded.broken >= number:
            yield RowError(number, "not UTF-8: what could not be read is shown as U+FFFD", kept=True)
        yield from post_of(_row(names, cells), number)


class _Decoded:
    """The lines of a file as text; `read` counts them, `broken` is the number of the last that was no UTF-8."""

    def __init__(self, lines: IO[bytes]) -> None:
        self._lines = iter(lines)
        self.read = self.broken = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.read += 1
        encoding = "utf-8-sig" if self.read == 1 else "utf-8"
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            self.broken = self.read
            return line.decode(encoding, "replace")


def _why(error: csv.Error) -> str:
    reason = str(error)
    if reason == "unexpected end of data":
        return "a quote that opens in this row is never closed"
    if reason.startswith("new-line character"):
        return "a carriage return alone ends no row: line feeds were expected"
    return reason


def _among(names: list[str]) -> str:
    """The names of a header; but a first row that names no field of a post may hold one, which is not repeated."""
    return f"among {', '.join(names)}" if Post.model_fields.keys() & {*names} else f"among {len(names)} columns"


def _row(names: list[str], cells: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = {name: cell for name, cell in zip(names, cells, strict=True) if cell or name == "text"}
    for name in _NESTED & row.keys():
        with io.StringIO(row[name]) as cell:
            try:
                row[name] = json.load(cell)
            except (ValueError, RecursionError):
                continue  # told by the validation of the field
    return row
