"""The report as JSON (README: "The report"), and annotations as `crosspost annotate` prints them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from crosspost.models import Annotation, Report

# What JSON need not escape, and a terminal or another program's line reader should not meet raw: DEL and the second
# set of controls, line separators, what turns a line around, halves of surrogate pairs.
_RAW = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def render(report: Report) -> Iterator[str]:
    """Yield the report as one JSON object, indented, a group, a finding or a post at a time."""
    head = _adapter(Report).dump_python(report, mode="json", exclude={"groups", "findings", "posts", "stills"})
    for problem in head["problems"]:
        if not problem["kept"]:
            del problem["kept"]
    yield dumps(head, indent=1).removesuffix("\n}")
    yield from _members("groups", "[]", map(plain, report.groups))
    yield from _members("findings", "[]", map(plain, report.findings))
    yield from _members("posts", "{}", ({i: post_dict(annotation)} for i, annotation in report.posts.items()))
    yield "\n}\n"


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) that a report as JSON keeps to: `report.schema.json` beside this file."""
    parts: dict[str, Any] = json.loads(Path(__file__).with_name("report.schema.json").read_bytes())
    return parts


def _members(name: str, brackets: str, values: Iterable[Any]) -> Iterator[str]:
    """Yield one more member of an object: a list of values, or an object made of objects with one key each."""
    yield f',\n "{name}": {brackets[0]}'
    empty = True
    for value in values:
        text = dumps(value, indent=1)
        if brackets == "{}":
            text = text.removeprefix("{\n ").removesuffix("\n}").replace("\n ", "\n")
        yield ("\n  " if empty else ",\n  ") + text.replace("\n", "\n  ")
        empty = False
    yield brackets[1] if empty else f"\n {brackets[1]}"


def dumps(value: Any, indent: int | None = None) -> str:
    """Return plain data as JSON in the letters of its languages, with what cannot be seen escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _RAW.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def post_dict(annotation: Annotation) -> dict[str, Any]:
    """Return a post and what was understood of it, as plain data.

    Unknown fields that bear the name of an annotation go under `extra`, and so does one that bears this name.
    """
    post = annotation.post.model_dump(mode="json", exclude_none=True)
    understood = annotation_dict(annotation)
    clashing = {name: post.pop(name) for name in annotation.post.extra if name in understood or name == "extra"}
    return {**post, **understood, **({"extra": clashing} if clashing else {})}


def annotation_dict(annotation: Annotation) -> dict[str, Any]:
    """Return a post as understood, as plain data."""
    parts = _adapter(Annotation).dump_python(
        annotation, mode="json", include={"language", "pivot", "claims", "figures"}
    )
    for claim in parts["claims"]:
        for told in ("via", "respelled"):
            if claim[told] is None:
                del claim[told]
    media = [item.model_dump(mode="json", exclude_none=True) for item in annotation.post.media]
    return {"id": annotation.id, **parts, "media": media}


def plain(value: Any) -> Any:
    """Return one of the nouns of `crosspost.models`, or some of them, as plain dicts, lists, strings and numbers."""
    return _adapter(object).dump_python(value, mode="json")


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
