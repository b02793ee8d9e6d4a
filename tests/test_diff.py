"""`crosspost diff`: what a new report adds to an earlier one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from example_report import LIBYA, example
from hypothesis import given
from hypothesis import strategies as st

from crosspost.cli import main
from crosspost.errors import ReadError
from crosspost.models import Finding, PlaceClaim, Problem, Report
from crosspost.report import read_report, write
from crosspost.report.diff import diff

FINDING = example().findings[0]


def of(*findings: Finding) -> Report:
    return replace(example(), findings=findings)


def finding(name: str, *posts: str, **fields: object) -> Finding:
    return replace(FINDING, id=f"f-{name}", posts=posts, **fields)  # type: ignore[arg-type]  # each of its own type


def written(report: Report, file: Path) -> str:
    write(report, file)
    return str(file)


def test_a_report_says_nothing_more_than_itself() -> None:
    found = diff(example(), example())
    assert (found.new, found.changed, found.gone, found.unchanged, found.unlike) == ((), (), (), 1, ())
    assert not found.says_more


def test_a_finding_of_posts_that_were_in_none_is_new() -> None:
    found = diff(of(finding("1", "a", "b")), of(finding("1", "a", "b"), finding("2", "c", "d")))
    assert [new.id for new in found.new] == ["f-2"]
    assert found.says_more


def test_a_finding_whose_posts_are_in_none_any_more_is_gone() -> None:
    found = diff(of(finding("1", "a", "b"), finding("2", "c", "d")), of(finding("1", "a", "b")))
    assert [gone.id for gone in found.gone] == ["f-2"]
    assert not found.says_more


def test_a_finding_that_grew_names_the_posts_and_places_that_came() -> None:
    grown = finding(
        "9", "a", "b", "c", claims=(*FINDING.claims, PlaceClaim(replace(LIBYA, id="TN", name="Tunisia"), ("c",), None))
    )
    (change,) = diff(of(finding("1", "a", "b")), of(grown)).changed
    assert (change.was, change.posts_added, change.places_added, change.posts_gone) == (
        ("f-1",),
        ("c",),
        ("Tunisia",),
        (),
    )
    assert change.says_more


def test_two_findings_that_became_one_are_both_named() -> None:
    (change,) = diff(of(finding("1", "a", "b"), finding("2", "c", "d")), of(finding("3", "a", "b", "c", "d"))).changed
    assert change.was == ("f-1", "f-2")


def test_a_level_that_rose_is_more_and_one_that_fell_is_not() -> None:
    low, high = of(finding("1", "a", "b", level="possible")), of(finding("1", "a", "b"))
    assert diff(low, high).says_more
    assert not diff(high, low).says_more
    assert len(diff(high, low).changed) == 1


def test_a_score_alone_is_no_change() -> None:
    assert diff(of(finding("1", "a", "b", score=0.9)), of(finding("1", "a", "b", score=0.8))).unchanged == 1


def test_rows_that_could_not_be_read_before_are_not_told_again() -> None:
    new = Problem("more.jsonl", 7, "no id")
    assert diff(example(), replace(example(), problems=(*example().problems, new))).problems == (new,)


def test_runs_that_were_not_alike_are_told() -> None:
    other = replace(example(), options=example().options.model_copy(update={"translator": "google"}), crosspost="9.0")
    assert diff(example(), other).unlike == ("made by crosspost 0.1.0 and 9.0", "translator: gloss and google")


@given(st.lists(st.integers(0, 6), min_size=1, max_size=7), st.lists(st.integers(0, 6), min_size=1, max_size=7))
def test_every_finding_of_both_reports_is_accounted_for(before: list[int], after: list[int]) -> None:
    def grouped(numbers: list[int], start: str) -> Report:
        members: dict[int, list[str]] = {}
        for post, number in enumerate(numbers):
            members.setdefault(number, []).append(f"p{post}")
        return of(*(finding(f"{start}{number}", *posts) for number, posts in members.items()))

    old, new = grouped(before, "o"), grouped(after, "n")
    found = diff(old, new)
    assert len(found.new) + len(found.changed) + found.unchanged == len(new.findings)
    shared = {post for one in new.findings for post in one.posts}
    assert {gone.id for gone in found.gone} == {one.id for one in old.findings if not shared.intersection(one.posts)}


# ------------------------------------------------------------------ reports read back


def test_a_report_read_back_is_written_as_the_same_bytes(tmp_path: Path) -> None:
    file = written(example(), tmp_path / "report.json")
    assert written(read_report(file), tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "report.json").read_bytes()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "no JSON"),
        ("[]", "JSON without a `schema`; a report of the schema 'crosspost.report/1' was expected"),
        ('{"schema": "crosspost.report/9"}', "of the schema 'crosspost.report/9'"),
        ('{"schema": "crosspost.report/1", "findings": 3}', "no whole report: "),
        ('{"schema": "crosspost.report/1", "posts": {"a": 3}}', "no whole report: "),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_what_is_no_report_is_refused_with_its_reason(content: str, reason: str, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text(content)
    with pytest.raises(ReadError) as error:
        read_report(file)
    assert str(error.value).startswith(f"{file}: ")
    assert reason in str(error.value)


# ------------------------------------------------------------------ the command


def test_the_command_lists_what_is_new_and_ends_with_1_where_it_is_asked_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = written(of(), tmp_path / "old.json")
    new = written(example(), tmp_path / "new.json")
    assert main(["diff", old, new, "--exit-code"]) == 1
    assert capsys.readouterr().out == (
        "new  look first  0.97  f-4c1d  Idlib (SY) / Libya\n"
        "  posts: ar-1, en-1, fr-1\n"
        "1 new findings, 0 changed, 0 gone, 0 as before; 0 new problems\n"
    )
    assert main(["diff", new, new, "--exit-code"]) == 0


def test_the_command_writes_json_under_a_schema_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = written(of(), tmp_path / "old.json"), written(example(), tmp_path / "new.json")
    main(["diff", old, new, "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == "crosspost.diff/1"
    assert [one["id"] for one in told["new"]] == ["f-4c1d"]


def test_the_command_names_the_file_that_is_no_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(tmp_path / "gone.json"), str(tmp_path / "gone.json")]) == 2
    assert "gone.json: No such file or directory" in capsys.readouterr().err
