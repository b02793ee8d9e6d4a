"""Post JSONL: one JSON object a line (README: "A post")."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO

from crosspost.models import Post
from crosspost.sources.row import RowError, post_of

LONGEST_LINE = 64 * 1024 * 1024  # bytes; a longer line is no post


def read_jsonl(lines: IO[bytes], file: str) -> Iterator[Post | RowError]:  # noqa: ARG001  # a source may need the name
    """Yield the post of each line, or why it is none. Blank lines are passed over."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if len(line) > LONGEST_LINE:
            yield RowError(number, f"the line has {len(line):,} bytes, more than {LONGEST_LINE:,}: not a post")
            continue
        try:
            row = json.loads(line.decode("utf-8-sig"), parse_constant=_null)
        except UnicodeDecodeError as error:
            yield RowError(number, f"not UTF-8: byte 0x{line[error.start]:02x} at column {error.start + 1}")
            continue
        except (ValueError, RecursionError) as error:
            yield RowError(number, f"not JSON: {error}; one JSON object a line was expected")
            continue
        if not isinstance(row, dict):
            yield RowError(number, f"a JSON {_JSON_NAMES[type(row)]}: an object with `id` and `text` was expected")
            continue
        yield from post_of(row, number)


_JSON_NAMES = {list: "array", str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def _null(_constant: str) -> None:
    """NaN and Infinity are no JSON, though Python writes them for a missing number: read as null."""
