"""A report read back from its JSON."""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from crosspost.errors import ReadError
from crosspost.models import Report

_SCHEMA = "crosspost.report/1"
_UNDERSTOOD = ("language", "pivot", "claims", "figures")


def read_report(file: str | PathLike[str]) -> Report:
    """Return the report that a JSON file holds; the terms of its posts are not in it and stay empty.

    Raises:
        ReadError: the file is no report, or one of another schema.
        OSError: the file cannot be read.
    """
    try:
        found = json.loads(Path(file).read_bytes())
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{file}: no JSON: `crosspost check -o report.json` writes a report ({error})") from None
    schema = found.get("schema") if isinstance(found, dict) else None
    if schema != _SCHEMA:
        told = f"of the schema {schema!r}" if isinstance(schema, str) else "without a `schema`"
        raise ReadError(f"{file}: JSON {told}; a report of the schema {_SCHEMA!r} was expected")
    try:
        return TypeAdapter(Report).validate_python(_report(found))
    except (ValidationError, AttributeError, TypeError) as error:
        raise ReadError(f"{file}: no whole report: {_first(error)}") from None


def _report(found: dict[str, Any]) -> dict[str, Any]:
    posts = {name: _annotation(dict(post)) for name, post in found.get("posts", {}).items()}
    return {**found, "posts": posts}


def _annotation(post: dict[str, Any]) -> dict[str, Any]:
    """Take apart what `json.post_dict` put together."""
    understood = {name: post.pop(name, None) for name in _UNDERSTOOD}
    return {"post": {**post, **post.pop("extra", {})}, **understood, "terms": ()}


def _first(error: Exception) -> str:
    """The first thing that is wrong, without repeating what stands there."""
    if not isinstance(error, ValidationError):
        return str(error)
    wrong = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}"
