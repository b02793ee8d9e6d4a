"""CSV and TSV: whose columns are named like the fields of a post, or like something that can be guessed.

Spreadsheets in French part the columns of a CSV by semicolons.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import PurePath
from typing import cast

from crosspost.errors import UsageError
from crosspost.models import Post
from crosspost.sources.columns import Columns, columns_of, renamed_by
from crosspost.sources.row import Item, Mapped, RowError, Said, posts_of
from crosspost.sources.sample import Sample
from crosspost.sources.shape import Row
from crosspost.sources.table import Table

_NESTED = frozenset({"location", "translations", "media"})  # written as JSON in their cells
_PARTS = {"lat": ("lat", "latitude"), "lon": ("lon", "lng", "long", "longitude"), "name": ("place", "place_name")}
_PLACED = frozenset(name for names in _PARTS.values() for name in names)
_MEDIA = frozenset({"media_url", "image_url", "video_url", "photo", "image", "video"})


def recognise(sample: Sample) -> float:
    """Tell how sure it is that a file is a table (0..1): a weak guess, where no platform's own names were seen."""
    if sample.is_json:
        return 0.0
    if sample.suffix in (".csv", ".tsv", ".tab"):
        return 0.3
    found, _ = columns_of(sorted(sample.columns))
    return 0.3 if len(sample.columns) > 1 and "text" in found else 0.05


def read_csv(lines: io.BufferedReader, file: str, columns: Columns | None = None) -> Iterator[tuple[int, Item]]:
    """Yield the post of each row, or why it is none; the first row names the columns.

    Args:
        lines: the file.
        file: its name; a table without any ids names its rows by it.
        columns: field of a post -> name of its column, where the guess would not do.

    Raises:
        UsageError: `columns` names a column that the table does not have.
    """
    table = Table(lines)
    if (broken := table.header()) is not None:
        yield table.line, broken
        return
    if not table.names:
        return
    if unknown := [name for name in (columns or {}).values() if name not in table.names]:
        raise UsageError(f"{file}: no column {unknown[0]!r} {_among(table.names)}")
    found, guessed = columns_of(table.names, columns)
    yield from ((table.line, item) for item in _said(found, guessed, table.names))
    if "text" in found or "media" in found:
        yield from _posts(table, file, found)


def _said(found: Columns, guessed: list[str], names: list[str]) -> Iterator[Item]:
    if "text" not in found and "media" not in found:
        yield RowError(f"no column 'text' {_among(names)}: name it with --map text=COLUMN")
        return
    if guessed:
        yield Said(f"columns were guessed: {', '.join(guessed)}; --map FIELD=COLUMN tells others")
    if "id" not in found:
        yield Said("no column holds ids: the rows go by file and line")


def _posts(table: Table, file: str, found: Columns) -> Iterator[tuple[int, Item]]:
    named = {field: column for field, column in found.items() if field != "id"}
    renamed = {column.lower(): field for column, field in renamed_by(named).items()}
    id_column = found.get("id")
    id_field = renamed.get((id_column or "").lower(), id_column)  # one column may be both `url` and the id
    fields = [field for field in Post.model_fields if field in found and field != "id"]
    for number, row in table.rows(renamed):
        if isinstance(row, RowError):
            yield number, row
            continue
        id_ = row.get(id_field) if id_field else f"{PurePath(file).name}:{number}"
        if id_field and id_field not in fields:
            row.pop(id_field, None)
        mapped: Row = {"id": id_, "text": ""}
        for field in fields:
            if field in row:
                mapped[field] = row.pop(field)
        for item in posts_of(_typed(mapped, row), row):
            yield number, item


def _typed(mapped: Row, rest: Row) -> Mapped:
    """What stands in a cell as text, as what it is; and a place or media that stand in columns of their own."""
    for name in _NESTED & mapped.keys():
        with io.StringIO(mapped[name]) as cell:
            try:
                mapped[name] = json.load(cell)
            except (ValueError, RecursionError):
                continue  # told by the validation of the field
    if not _PLACED.isdisjoint(rest) and "location" not in mapped and (place := _place(rest)):
        mapped["location"] = place
    if not _MEDIA.isdisjoint(rest) and "media" not in mapped:
        urls = [rest.pop(name) for name in sorted(_MEDIA & rest.keys()) if rest[name].startswith("http")]
        mapped["media"] = [{"url": url} for url in urls]
    return cast(Mapped, mapped)


def _place(row: Row) -> Row:
    """A geotag that stands in columns of its own."""
    parts = {part: row[name] for part, names in _PARTS.items() for name in names if name in row}
    return parts if "lat" in parts and "lon" in parts else {}


def _among(names: list[str]) -> str:
    """The names of a header; but a first row that names no field of a post may hold one, which is not repeated."""
    known = Post.model_fields.keys() & {*names} or columns_of(names)[0]
    return f"among {', '.join(names)}" if known else f"among {len(names)} columns"
