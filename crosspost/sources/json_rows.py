"""The rows of a JSON export: an object a line, or one document that holds lists of them, however large.

A file whose first line is a whole JSON value is read line by line, so that a broken line costs nothing but itself. Any
other is one document (or several, one after the other): its lists are read element by element, in bounded memory.
"""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from crosspost.sources.row import RowError
from crosspost.text import repair_surrogates

LONGEST_ROW = 64 * 1024 * 1024  # bytes of a line or an element; more is no post
_CHUNK = 1 << 20  # characters of a document that are read at once
_NAMES = {list: "array", str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def _null(_constant: str) -> None:
    """NaN and Infinity are no JSON, though Python writes them for a missing number: read as null."""


_DECODER = json.JSONDecoder(parse_constant=_null)
# Three times as fast, but stricter: what it refuses, the decoder above reads, or says what is wrong.
_QUICK = msgspec.json.Decoder()

Around = Mapping[str, Any]  # what stands beside a list in the objects that hold it
JsonRow = tuple[int, dict[str, Any] | RowError, Around]


@dataclass(frozen=True)
class Lists:
    """The names of the lists that hold rows, and of the objects and lists in which such lists are looked for."""

    rows: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        """Both."""
        return self.rows | self.inside


NO_LISTS = Lists()


def json_rows(lines: io.BufferedReader, lists: Lists = NO_LISTS) -> Iterator[JsonRow]:
    """Yield the rows of a file with their line and what stands around them, or why one cannot be read."""
    number, first = 1, lines.readline(LONGEST_ROW + 1)
    while first and not first.strip():
        number, first = number + 1, lines.readline(LONGEST_ROW + 1)
    if not first:
        return
    start = first.lstrip()[:1]
    if start == b"[" or (start == b"{" and not _is_whole(first, lines.peek(1)[:1])):
        yield from _Document(first, lines, number, lists)
    else:
        yield from _by_line(lines, number, first, lists)


def _is_whole(line: bytes, after: bytes) -> bool:
    """Whether a line holds a JSON value, or a broken one: not the beginning of one that goes on in the next line.

    `after` is what the next line begins with; it mostly spares the parsing.
    """
    if len(line) > LONGEST_ROW:
        return False
    if line.rstrip().endswith(b"}") and after in (b"", b"{", b"\n", b"\r"):
        return True
    try:
        json.loads(line)
    except UnicodeDecodeError:
        return True
    except json.JSONDecodeError as error:
        return bool(error.doc[error.pos :].strip())
    except (ValueError, RecursionError):
        return True
    return True


def _by_line(lines: io.BufferedReader, number: int, line: bytes, lists: Lists) -> Iterator[JsonRow]:
    nothing: Around = {}
    looked_for = lists.all
    while line:
        try:
            row = _parsed(line)
        except UnicodeDecodeError as error:
            reason = f"not UTF-8: byte 0x{line[error.start]:02x} at column {error.start + 1}"
            yield number, RowError(reason), nothing
        except (ValueError, RecursionError) as error:
            if len(line) > LONGEST_ROW:
                yield number, RowError(f"the line has more than {LONGEST_ROW:,} bytes: not a post"), nothing
                while line and not line.endswith(b"\n"):
                    line = lines.readline(LONGEST_ROW)
            elif line.strip():
                yield number, RowError(_not_json(error)), nothing
        else:
            if looked_for and type(row) is dict and not looked_for.isdisjoint(row):
                yield from ((number, found, around) for found, around in _unpacked(row, lists, nothing))
            else:
                yield number, row if type(row) is dict else _object(row), nothing
        number += 1
        line = lines.readline(LONGEST_ROW + 1)


def _parsed(line: bytes) -> Any:
    if len(line) > LONGEST_ROW:
        raise ValueError
    try:
        return _QUICK.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return repair_surrogates(_DECODER.decode(line.decode()))


def _unpacked(value: Any, lists: Lists, around: Around) -> Iterator[tuple[dict[str, Any] | RowError, Around]]:
    """The rows of an object that is in memory."""
    if not isinstance(value, dict) or lists.all.isdisjoint(value):
        yield _object(value), around
        return
    around = {**around, **{name: item for name, item in value.items() if name not in lists.all}}
    for name in value.keys() & lists.all:
        held = value[name]
        if name in lists.rows and isinstance(held, list):
            yield from ((_object(item), around) for item in held)
        elif name in lists.inside:
            for item in held if isinstance(held, list) else [held]:
                yield from _unpacked(item, lists, around)
        elif held is not None:
            yield RowError(f"`{name}` is a JSON {_NAMES.get(type(held), 'object')}: an array was expected"), around


def _object(row: Any) -> dict[str, Any] | RowError:
    return row if type(row) is dict else RowError(f"a JSON {_NAMES[type(row)]}: an object was expected")


def _not_json(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return "not JSON: nested too deep; an object was expected"
    return f"not JSON: {error}; one JSON object a line was expected"


_CUT = "the file ends in the middle: what came before was read"


class _Broken(Exception):  # never leaves this file
    """A place of a document from where it cannot be read on."""


class _Document:
    """A JSON document, read in chunks; iterating yields the rows of its lists."""

    _space = re.compile(r"[ \t\r\n,]*+")  # commas too: one too many or too few does not matter here
    _fresh_start = re.compile(r"[\n,]\s*+(?=\{)")

    def __init__(self, first: bytes, lines: io.BufferedReader, number: int, lists: Lists) -> None:
        self._lines, self._lists = lines, lists
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._lost = False
        self._text = self._decoded(first)
        self._at = self._counted = 0
        self._line = number
        self._parse = _DECODER.raw_decode

    def __iter__(self) -> Iterator[JsonRow]:
        while start := self._next():
            if start == "[":
                self._at += 1
                yield from self._elements({}, rows=True)
            elif start == "{" and self._lists.all:
                yield from self._whole_or_inside({})
            else:
                yield from self._row({})
        if self._lost:
            yield self._line, RowError("not UTF-8 everywhere: what could not be read is shown as U+FFFD", kept=True), {}

    def _elements(self, around: Around, *, rows: bool) -> Iterator[JsonRow]:
        """The elements of the list whose bracket was read."""
        while start := self._next():
            if start == "]":
                self._at += 1
                return
            if rows or start != "{":
                yield from self._row(around)
            else:
                yield from self._whole_or_inside(around)
        yield self._number(), RowError(_CUT), around

    def _row(self, around: Around) -> Iterator[JsonRow]:
        number = self._number()
        try:
            value = self._value()
        except _Broken as broken:
            yield number, RowError(str(broken)), around
            self._skip()
        else:
            for found, beside in _unpacked(value, self._lists, around):
                yield number, found, beside

    def _whole_or_inside(self, around: Around) -> Iterator[JsonRow]:
        """The rows of the lists of an object, or the object itself where it has no such list."""
        number = self._number()
        fields: dict[str, Any] = {}
        found = False
        self._at += 1
        try:
            while (start := self._next()) != "}":
                if not start:
                    yield self._number(), RowError(_CUT), around
                    return
                name = self._name()
                start = self._next()
                if name in self._lists.all and start == "[":
                    found = True
                    self._at += 1
                    yield from self._elements({**around, **fields}, rows=name in self._lists.rows)
                elif name in self._lists.inside and start == "{":
                    found = True
                    yield from self._whole_or_inside({**around, **fields})
                else:
                    fields[name] = self._value()
        except _Broken as broken:
            yield self._number(), RowError(str(broken)), around
            self._skip()
            return
        self._at += 1
        if not found:
            yield number, fields, around

    def _name(self) -> str:
        """Read the name of a field and its colon."""
        name = self._value()
        if not isinstance(name, str) or self._next() != ":":
            raise _Broken('not JSON: "name": value was expected')
        self._at += 1
        return name

    def _next(self) -> str:
        """Pass over space and commas, and return the character that comes then; "" at the end."""
        while True:
            match = self._space.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _more(self) -> bool:
        """Read on; what lies behind is forgotten."""
        self._number()
        kept = self._text[self._at :]
        chunk = self._lines.read(max(_CHUNK, len(kept)))
        self._text, self._at, self._counted = kept + self._decoded(chunk), 0, 0
        return bool(chunk)

    def _decoded(self, chunk: bytes) -> str:
        try:
            return self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            waiting = self._decoder.getstate()
            self._decoder, self._lost = codecs.getincrementaldecoder("utf-8")("replace"), True
            self._decoder.setstate(waiting)
            return self._decoder.decode(chunk, final=not chunk)

    def _number(self) -> int:
        """The line of the place that was read to."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _value(self) -> Any:
        while True:
            try:
                value, end = self._parse(self._text, self._at)
            except json.JSONDecodeError as error:
                unfinished = error.msg.startswith("Unterminated") or len(self._text) - error.pos < 16
                if len(self._text) - self._at > LONGEST_ROW:
                    raise _Broken(f"more than {LONGEST_ROW:,} characters: not a post") from None
                if not unfinished:
                    raise _Broken(f"not JSON: {error.msg}") from None
                if not self._more():
                    self._at = len(self._text)
                    raise _Broken(_CUT) from None
            except (RecursionError, ValueError) as error:
                raise _Broken(_not_json(error)) from None
            else:
                if end < len(self._text) or not self._more():  # else a number might go on
                    escaped = max(self._text.find(half, self._at, end) for half in ("\\ud", "\\uD")) >= 0
                    self._at = end
                    return repair_surrogates(value) if escaped else value

    def _skip(self) -> None:
        """Go on after a broken place, where the next object seems to start."""
        self._at = min(self._at + 1, len(self._text))
        while not (match := self._fresh_start.search(self._text, self._at)):
            self._at = max(self._at, len(self._text) - 1)
            if not self._more():
                self._at = len(self._text)
                return
        self._at = match.end()
