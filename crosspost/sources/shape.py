"""The shape of a platform's rows, declared as classes: which fields a reader looks at, and of what type each is.

A row is held against its shape at once, by msgspec, which costs a tenth of parsing it; so a reader need ask no value
what it is. What is of another type than declared is set aside and told, as deep inside as it stands; the rest is read.
"""

from __future__ import annotations

from functools import cache
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin

import msgspec

Row = dict[str, Any]  # fields by name
Number = str | int  # what tells a post, an account or a media apart; platforms write it either way
Faults = dict[str, Any]  # what was of another type than declared, by its path

NO_FAULTS: Faults = {}


class Shape(msgspec.Struct, frozen=True):
    """The fields of an object that a reader looks at; each has a default, for any may be missing."""


_Declared = TypeVar("_Declared", bound=Shape)


def shaped(row: object, shape: type[_Declared]) -> tuple[_Declared, Faults]:
    """Return an object as the shape that it has, and what of it was of another type than declared."""
    try:
        return msgspec.convert(row, shape), NO_FAULTS
    except msgspec.ValidationError:
        faults: Faults = {}
        return msgspec.convert(_sound(row, shape, "", faults) or {}, shape), faults


@cache
def used(*shapes: type[Shape]) -> frozenset[str]:
    """Return the names that the fields of shapes have in a row."""
    return frozenset(name for shape in shapes for name in shape.__struct_encode_fields__)


def rest_of(row: Row, known: frozenset[str]) -> Row:
    """Return the fields of a row that are not known, so that what a platform adds survives."""
    return {name: value for name, value in row.items() if name not in known and value is not None}


def string_of(number: Number | None) -> str | None:
    """Return what tells something apart as a string; None for none."""
    return None if number is None or number == "" else str(number)


def _sound(value: object, declared: Any, path: str, faults: Faults) -> object:
    """What of a value is of the type that was declared; the rest is put among the faults, and is None."""
    try:
        msgspec.convert(value, declared)
    except msgspec.ValidationError:
        for option in get_args(declared) if get_origin(declared) is UnionType else (declared,):
            if isinstance(value, dict) and isinstance(option, type) and issubclass(option, Shape):
                return _sound_fields(value, option, path and f"{path}.", faults)
            if isinstance(value, list) and get_origin(option) is list:
                (inner,) = get_args(option)
                items = [_sound(item, inner, f"{path}.{place}", faults) for place, item in enumerate(value)]
                return [item for item in items if item is not None]
        if value is not None:
            faults[path] = value
        return None
    return value


def _sound_fields(row: Row, shape: type[Shape], path: str, faults: Faults) -> Row:
    fields = msgspec.structs.fields(shape)
    inside = {field.encode_name: field.type for field in fields if field.encode_name in row}
    return {name: _sound(row[name], declared, f"{path}{name}", faults) for name, declared in inside.items()}
