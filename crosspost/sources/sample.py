"""The beginning of a file, as far as recognisers look at it."""

from __future__ import annotations

import csv
import json
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Any

_LOOKED_AT = 64 * 1024  # bytes
_DEEP = 6  # members deeper than this are not cut at
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\],]', re.DOTALL)
_CLOSES = {"{": "}", "[": "]"}


@dataclass(frozen=True)
class Sample:
    """The name of a file and its first bytes, in UTF-8, cut anywhere."""

    name: str
    start: bytes

    @cached_property
    def text(self) -> str:
        """The first bytes as text, without a cut character at the end."""
        return self.start[:_LOOKED_AT].decode("utf-8", "ignore").lstrip("\ufeff \t\r\n")

    @property
    def suffix(self) -> str:
        """The suffix of the name, in small letters."""
        return PurePath(self.name).suffix.lower()

    @property
    def is_json(self) -> bool:
        """Whether it begins like a JSON object or array."""
        return self.text[:1] in ("{", "[")

    @cached_property
    def json(self) -> Any:
        """The first JSON value, as far as it can be seen: what is cut off is left out."""
        if not self.is_json:
            return None
        try:
            return json.JSONDecoder().raw_decode(self.text)[0]
        except (ValueError, RecursionError):
            return _mended(self.text)

    @cached_property
    def row(self) -> Mapping[str, Any]:
        """The first JSON object: the value itself, or the first element of the array that it is."""
        value = self.json
        while isinstance(value, list) and value:
            value = value[0]
        return value if isinstance(value, dict) else {}

    def first(self, *names: str) -> Mapping[str, Any]:
        """The first object of the list under one of the names in the first JSON object; nothing where there is none."""
        for name in names:
            held = self.row.get(name)
            if isinstance(held, list) and held and isinstance(held[0], dict):
                return held[0]
        return {}

    @cached_property
    def columns(self) -> frozenset[str]:
        """The names of the columns of a table, in small letters."""
        header = self.text.split("\n", 1)[0]
        if self.is_json or not header:
            return frozenset()
        try:
            cells = next(csv.reader([header], delimiter=delimiter_of(header)), [])
        except csv.Error:
            return frozenset()
        return frozenset(cell.strip().lower() for cell in cells)


def delimiter_of(header: str) -> str:
    """Return what parts the columns of a header: a comma, a semicolon (French spreadsheets), a tab or a bar."""
    return max(",;\t|", key=header.count)


def _mended(text: str) -> Any:
    """Parse a JSON value that is cut off: up to its last whole member, with the brackets closed."""
    open_: list[str] = []
    whole: deque[tuple[int, list[str]]] = deque(maxlen=3)  # where a member ended, and what was open there
    for token in _TOKEN.finditer(text):
        char = token[0]
        if char in _CLOSES:
            open_.append(char)
        elif char == ",":
            if len(open_) < _DEEP:
                whole.append((token.start(), open_.copy()))
        elif char in "}]" and open_:
            open_.pop()
    for place, still_open in reversed(whole):
        closing = "".join(_CLOSES[bracket] for bracket in reversed(still_open))
        try:
            return json.loads(text[:place] + closing)
        except (ValueError, RecursionError):
            continue
    return None


def has(value: object, *path: str) -> bool:
    """Whether there is something at a path of nested objects."""
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return False
        value = value[step]
    return True
