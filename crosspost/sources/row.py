"""One row of an export -> a post, with everything that could not be read told and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from crosspost.models import Post

_NEEDED = frozenset({"id", "text"})
_WORDS = frozenset({"text", "translations", "alt"})  # what a post says: never repeated in a message
_LONGEST_SHOWN = 60
_DEEPEST = 100  # levels of lists and objects; Python's own limit is not far above


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row is no post; or, with `kept`, which field of a post had to be set aside."""

    line: int
    reason: str
    kept: bool = False


def post_of(row: Mapping[str, Any], line: int) -> list[Post | RowError]:
    """Return the post that a row is, after a `RowError` for each optional field that had to be set aside.

    A field that cannot be read is moved to `extra` under "unread", so that nothing is lost.
    """
    if _deeper_than(_DEEPEST, row):
        return [RowError(line, f"nested more than {_DEEPEST} levels deep: not a post")]
    try:
        return [Post.model_validate(row)]
    except ValidationError as error:
        faults = {str(fault["loc"][0]) if fault["loc"] else "": _reason(fault) for fault in error.errors()}
    if _NEEDED & faults.keys() or "" in faults:
        return [RowError(line, "; ".join(faults[field] for field in sorted(faults)))]
    kept = {"text": "", **{field: value for field, value in row.items() if field not in faults}}
    kept["unread"] = {field: row[field] for field in sorted(faults)}
    set_aside = [RowError(line, f"{faults[field]}; set aside", kept=True) for field in sorted(faults)]
    return [*set_aside, Post.model_validate(kept)]


def _reason(fault: Any) -> str:
    where = ".".join(map(str, fault["loc"]))
    if fault["type"] == "missing":
        return f"no `{where}`: every post needs an id"
    message = str(fault["msg"]).removeprefix("Value error, ")
    if not where:
        return message
    given = repr(fault["input"])
    given = given if len(given) <= _LONGEST_SHOWN else f"{given[:_LONGEST_SHOWN]}..."
    shown = type(fault["input"]).__name__ if _WORDS & {*fault["loc"]} else given
    return f"`{where}` is {shown}: {message[:1].lower()}{message[1:]}"


def _deeper_than(levels: int, value: Any) -> bool:
    if not isinstance(value, (list, Mapping)):
        return False
    inside = value.values() if isinstance(value, Mapping) else value
    return levels == 0 or any(_deeper_than(levels - 1, item) for item in inside)
