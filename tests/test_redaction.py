"""`--redact-authors`: no account's name in any format, and every span where it was."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from example_report import annotation, example
from hypothesis import given, settings
from hypothesis import strategies as st

import crosspost
from crosspost.cli import main
from crosspost.models import Annotation, Post, Problem, Report
from crosspost.report import FORMATS, read_report, render
from crosspost.report.redaction import pseudonym, redacted

EXAMPLE = Path(__file__).parents[1] / "fixtures" / "examples" / "posts.jsonl"
FEW = settings(deadline=None, max_examples=60)


def post(text: str = "", **fields: object) -> Annotation:
    return annotation(Post.model_validate({"id": "en-1", "text": text, "author": "@field_notes", **fields}))


def with_post(changed: Annotation) -> Report:
    report = example()
    return replace(report, posts={**report.posts, "en-1": changed})


def told(changed: Annotation) -> Post:
    return redacted(with_post(changed)).posts["en-1"].post


@pytest.mark.parametrize("format_", FORMATS)
def test_no_format_names_an_account(format_: str) -> None:
    report = crosspost.check(crosspost.read(EXAMPLE))
    written = render(redacted(report), format_)
    accounts = {annotation.post.author.lstrip("@") for annotation in report.posts.values() if annotation.post.author}
    assert len(accounts) == 7
    assert [name for name in accounts if name in written] == []


def test_an_author_has_the_same_pseudonym_in_every_report() -> None:
    assert told(post("one")).author == told(post("two")).author == pseudonym("@field_notes") == pseudonym("Field_Notes")
    assert re.fullmatch(r"account-[0-9a-f]{8}", pseudonym("field_notes"))


def test_two_authors_have_two_pseudonyms() -> None:
    assert len({annotation.post.author for annotation in redacted(example()).posts.values()}) == 4  # None among them


def test_a_mention_is_as_long_as_before_and_begins_as_the_author_does() -> None:
    text = told(post("RT @field_notes: seen by @someone_else, not by me@example.org")).text
    mark = pseudonym("field_notes").removeprefix("account-")
    assert text.startswith(f"RT @{mark}")
    assert len(text) == len("RT @field_notes: seen by @someone_else, not by me@example.org")
    assert "someone_else" not in text
    assert text.endswith("me@example.org")


def test_a_name_is_replaced_in_the_addresses_of_a_text() -> None:
    assert "field_notes" not in told(post("see https://x.example/FIELD_NOTES/status/1 and x:field_notes/2")).text


def test_an_author_named_as_a_word_of_the_language_leaves_that_word_alone() -> None:
    changed = told(post("Rain in Paris, see https://x.example/Paris/1", author="Paris"))
    assert changed.text.startswith("Rain in Paris, see https://x.example/")
    assert changed.text.count("Paris") == 1


def test_what_leads_to_an_account_is_left_out() -> None:
    media = {
        "id": "m",
        "url": "https://x.example/field_notes.jpg",
        "path": "field_notes/1.jpg",
        "alt": "by @field_notes",
    }
    given_ = post(
        "t",
        url="https://x.example/1",
        user={"name": "Field Notes"},
        media=[media],
        location={"name": "Here", "by": "x"},
    )
    written = told(given_).model_dump(exclude_none=True)
    assert "url" not in written
    assert "user" not in written
    assert written["location"] == {"name": "Here"}
    assert {*written["media"][0]} == {"id", "type", "alt"}
    assert "field_notes" not in str(written)


def test_ids_that_hold_a_name_change_everywhere_alike(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text(render(example(), "json").replace("en-1", "t:field_notes/1"), encoding="utf-8")
    report = redacted(read_report(file))
    finding = report.findings[0]
    ids = {*finding.posts, *(end for link in finding.links for end in (link.a, link.b)), *finding.claims[0].posts}
    assert ids <= {*report.posts}
    assert "field_notes" not in render(report, "json")


def test_a_problem_does_not_tell_a_name() -> None:
    problem = Problem("field_notes.jsonl", 3, "two rows of the id t:field_notes/1")
    changed = redacted(replace(example(), problems=(problem,))).problems[0]
    assert "field_notes" not in f"{changed.file} {changed.error}"


def test_places_keep_their_names() -> None:
    report = with_post(post("x", author="Idlib_"))
    assert [c.place.name for c in redacted(report).findings[0].claims] == ["Idlib", "Libya"]


@FEW
@given(st.text(max_size=30), st.text("ab_1 @./:", min_size=1, max_size=8))
def test_texts_keep_their_length_whatever_the_names(text: str, name: str) -> None:
    changed = post(f"{text} @{name} {name} {text}", author=name)
    assert len(told(changed).text) == len(changed.post.text)


def test_the_command_writes_pseudonyms(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(EXAMPLE), "--redact-authors", "-q"])
    written = capsys.readouterr().out
    assert "_example" not in written
    assert pseudonym("@sahel_notes_example") in written
