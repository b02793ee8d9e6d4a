"""The report as JSON (README: "The report"), and annotations as `crosspost annotate` prints them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from crosspost.models import Annotation, Report


def render(report: Report) -> str:
    """Return the report as one JSON object, indented, ending in a newline."""
    return json.dumps(report_dict(report), ensure_ascii=False, indent=1) + "\n"


def report_dict(report: Report) -> dict[str, Any]:
    """Return the report as plain dicts, lists, strings and numbers."""
    parts = _adapter(Report).dump_python(report, mode="json", exclude={"posts"})
    for problem in parts["problems"]:
        if not problem["kept"]:
            del problem["kept"]
    posts = {i: _post(annotation) for i, annotation in report.posts.items()}
    return {**parts, "posts": posts}


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


def _post(annotation: Annotation) -> dict[str, Any]:
    """A post and what was understood of it; unknown fields that bear the name of an annotation go under `extra`."""
    post = annotation.post.model_dump(mode="json", exclude_none=True)
    understood = annotation_dict(annotation)
    clashing = {name: post[name] for name in annotation.post.extra if name in understood}
    return {**post, **understood, **({"extra": clashing} if clashing else {})}


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
