"""Post JSONL: one JSON object a line (README: "A post"), or an array of such objects."""

from __future__ import annotations

import io
from collections.abc import Iterator

from crosspost.sources.columns import Columns, renamed_by
from crosspost.sources.json_rows import json_rows
from crosspost.sources.row import Item, RowError, post_of
from crosspost.sources.sample import Sample


def recognise(sample: Sample) -> float:
    """Tell how sure it is that a file is Post JSONL (0..1): any JSON may be, where no platform's shape was seen."""
    if not sample.is_json:
        return 0.1 if sample.suffix in (".jsonl", ".ndjson", ".json") else 0.01
    return 0.5 if {"id", "text"} <= sample.row.keys() else 0.2


def read_jsonl(
    lines: io.BufferedReader,
    file: str,  # noqa: ARG001  # a source may need the name
    columns: Columns | None = None,
) -> Iterator[tuple[int, Item]]:
    """Yield the post of each object, or why it is none. Blank lines are passed over.

    Args:
        lines: the file.
        file: its name.
        columns: field of a post -> name of the field that holds it.
    """
    renamed = renamed_by(columns or {})
    for number, row, _ in json_rows(lines):
        if isinstance(row, RowError):
            yield number, row
        else:
            for item in post_of({renamed.get(name, name): value for name, value in row.items()} if renamed else row):
                yield number, item
