"""CSV and TSV whose columns are named like the fields of a post."""

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
    """Yield the post of each row, or why it is none; the first row names the columns (`id` and `text` at least)."""
    csv.field_size_limit(LONGEST_CELL)
    decoded = (line.decode("utf-8-sig" if number == 0 else "utf-8", "replace") for number, line in enumerate(lines))
    header = next(decoded, "")
    delimiter = "\t" if header.count("\t") > header.count(",") else ","
    names = next(csv.reader([header], delimiter=delimiter), [])
    names = [name.strip() for name in names]
    if missing := [name for name in ("id", "text") if name not in names]:
        yield RowError(1, f"no column {missing[0]!r} among {', '.join(names) or 'none'}: the first row names the columns")
        return
    rows = csv.reader(decoded, delimiter=delimiter)
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield RowError(rows.line_num + 1, f"not CSV: {error}")
            continue
        if not any(cells):
            continue
        number = rows.line_num + 1
        if len(cells) != len(names):
            yield RowError(number, f"{len(cells)} cells where the header has {len(names)}")
            continue
        yield from post_of(_row(names, cells), number)


def _row(names: list[str], cells: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = {name: cell for name, cell in zip(names, cells, strict=True) if cell or name == "text"}
    for name in _NESTED & row.keys():
        with io.StringIO(row[name]) as cell:
            try:
                row[name] = json.load(cell)
            except ValueError:
                continue  # told by the validation of the field
    return row
