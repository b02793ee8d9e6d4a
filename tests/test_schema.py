"""The published JSON Schema and the reports that are written, held together from both sides."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from example_report import example
from jsonschema import Draft202012Validator

import crosspost
from crosspost import models
from crosspost.report import render
from crosspost.report.json import schema
from crosspost.report.redaction import redacted

FIXTURES = Path(__file__).parents[1] / "fixtures"
EXAMPLES = [FIXTURES / "examples" / "posts.jsonl", FIXTURES / "exports" / "telegram" / "result.json"]
NOUNS = {
    "claim": models.LocationClaim,
    "conflict": models.Conflict,
    "difference": models.Difference,
    "dispute": models.Dispute,
    "evidence": models.Evidence,
    "figure": models.Figure,
    "finding": models.Finding,
    "group": models.Group,
    "language": models.Language,
    "link": models.Link,
    "pivot": models.Translation,
    "place": models.Place,
    "placeClaim": models.PlaceClaim,
    "problem": models.Problem,
}
Json = dict[str, Any]


def wrong(report: Json) -> list[str]:
    return [
        f"{'/'.join(map(str, error.path))}: {error.message}"
        for error in Draft202012Validator(schema()).iter_errors(report)
    ]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.name)
def test_reports_of_checks_keep_to_the_schema(file: Path) -> None:
    assert wrong(json.loads(render(crosspost.check(crosspost.read(file)), "json"))) == []


def test_reports_with_everything_in_them_keep_to_the_schema() -> None:
    assert wrong(json.loads(render(example(), "json"))) == []
    assert wrong(json.loads(render(redacted(example()), "json"))) == []


@pytest.mark.parametrize("noun", NOUNS)
def test_the_schema_has_the_fields_of_each_noun_and_no_others(noun: str) -> None:
    assert list(schema()["$defs"][noun]["properties"]) == [field.name for field in fields(NOUNS[noun])]


def test_the_schema_has_the_fields_of_posts_media_and_options() -> None:
    known = schema()["$defs"]
    understood = {"language", "pivot", "claims", "figures", "extra"}
    assert set(known["post"]["properties"]) == {*models.Post.model_fields, *understood}
    assert set(known["media"]["properties"]) == {*models.Media.model_fields}
    assert set(known["options"]["properties"]) == {*models.Options.model_fields}


def broken() -> Iterator[tuple[str, Json]]:
    """Reports with one thing wrong each."""
    report = json.loads(render(example(), "json"))
    for name in report:
        yield f"without {name}", {key: value for key, value in report.items() if key != name}
    for told, finding in (
        ("a level of its own", {"level": "fake"}),
        ("a score above 1", {"score": 1.5}),
        ("a field more", {"verdict": "true"}),
        ("no conflict", {"conflicts": []}),
    ):
        other = copy.deepcopy(report)
        other["findings"][0] |= finding
        yield told, other
    other = copy.deepcopy(report)
    other["posts"]["en-1"]["claims"][0]["start"] = -1
    yield "a span before the text", other


@pytest.mark.parametrize(("told", "report"), [*broken()], ids=lambda value: value if isinstance(value, str) else "")
def test_a_broken_report_does_not_keep_to_the_schema(told: str, report: Json) -> None:
    assert wrong(report), told
