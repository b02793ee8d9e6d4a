"""Laws of the whole way: what a report may depend on, and what it may not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost import Checker, Media, Options, Post, Report
from crosspost.report import render

FEW = settings(deadline=None, max_examples=15)

POSTS = [
    Post(
        id="en-1",
        created_at=datetime(2026, 1, 14, 19, 2, tzinfo=UTC),
        text="Night-vision drone footage, 38 seconds: a T-72 tank burning at a crossroads in Idlib. The crew runs"
        " toward the olive trees before the second explosion.",
    ),
    Post(
        id="fr-1",
        created_at=datetime(2026, 1, 14, 20, 41, tzinfo=UTC),
        text="Drone en vision nocturne (38 secondes) : un char T-72 en feu à un carrefour à Idlib. L'équipage court"
        " vers les oliviers avant la seconde explosion 🔥",
    ),
    Post(
        id="ar-1",
        created_at=datetime(2026, 1, 14, 21, 15, tzinfo=UTC),
        text="تصوير ليلي من طائرة مسيّرة مدته 38 ثانية: دبابة T-72 تحترق عند مفترق طرق في ليبيا، والطاقم يركض نحو"
        " أشجار الزيتون قبل الانفجار الثاني",
    ),
    Post(
        id="ar-2",
        text="المقطع ليس في ليبيا بل في إدلب: دبابة T-72 تحترق عند مفترق طرق والطاقم يركض نحو أشجار الزيتون",
    ),
    Post(id="en-2", text="A crane collapsed onto the stadium roof in Oran", media=(Media(id="m1"),)),
    Post(id="fr-2", text="Une grue s'est effondrée sur le stade de Sfax, en Tunisie", media=(Media(id="m1"),)),
    Post(id="en-3", text="BREAKING: explosion heard in Damascus, more details soon", thread="t"),
    Post(id="en-4", text="BREAKING: explosion heard in Khartoum, more details soon", thread="t"),
    Post(id="en-5", text="Still burning", reply_to="en-1"),
    Post(id="m-1", text="", media=(Media(id="m2"), Media(url="https://example.org/v.mp4"))),
    Post(id="m-2", text="😀", media=(Media(url="https://example.org/v.mp4"),)),
]
UNRELATED = [
    "The ferry company raised its ticket prices again, commuters complain.",
    "Recette du jour : un gratin de courgettes au fromage de chèvre.",
    "افتتاح معرض الكتاب السنوي بمشاركة مئة ناشر",
    "My neighbour's parrot learned to whistle the anthem of Portugal.",
    "Le musée rouvre ses portes après deux ans de travaux à Rennes.",
    "فاز الفريق بالمباراة النهائية بهدفين دون رد في الدوحة",
    "Parliament in Nairobi votes on the new budget for hospitals.",
    "🙂🙂🙂",
    "",
]


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker()


@pytest.fixture(scope="module")
def expected(checker: Checker) -> Report:
    return checker.check(POSTS)


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("laws") / "posts.jsonl"
    file.write_text("".join(post.model_dump_json(exclude_none=True) + "\n" for post in POSTS), encoding="utf-8")
    return file


def members(report: Report) -> list[tuple[str, ...]]:
    return [group.posts for group in report.groups]


def test_the_posts_of_these_laws_hold_findings_and_groups_without(expected: Report) -> None:
    assert {frozenset(group) for group in members(expected)} >= {frozenset({"en-2", "fr-2"}), frozenset({"m-1", "m-2"})}
    assert expected.findings
    assert len(expected.findings) < len(expected.groups)


# ------------------------------------------------------------------ order and company


@FEW
@given(st.permutations(POSTS))
def test_the_order_of_the_posts_changes_no_byte(checker: Checker, expected: Report, shuffled: Sequence[Post]) -> None:
    assert render(checker.check(shuffled), "json") == render(expected, "json")


@FEW
@given(st.lists(st.sampled_from(UNRELATED), max_size=40))
def test_unrelated_posts_change_no_group(checker: Checker, expected: Report, texts: list[str]) -> None:
    # Each text stands once: copies of an unrelated post would rightly be a group of their own.
    added = [Post(id=f"other-{number}", text=text) for number, text in enumerate(dict.fromkeys(texts))]
    report = checker.check([*added, *POSTS])
    assert members(report) == members(expected)
    assert [finding.id for finding in report.findings] == [finding.id for finding in expected.findings]


@FEW
@given(st.sets(st.sampled_from(range(len(POSTS)))))
def test_every_id_of_a_report_is_of_a_post_that_was_given(checker: Checker, chosen: set[int]) -> None:
    posts = [POSTS[index] for index in sorted(chosen)]
    report = checker.check(posts)
    known = {post.id for post in posts}
    assert report.counts["posts"] == len(posts)
    assert {post for group in report.groups for post in group.posts} <= known
    assert {i for finding in report.findings for c in finding.conflicts for i in (c.a, c.b)} <= known
    assert report.posts.keys() == {post for group in report.groups for post in group.posts}


@FEW
@given(st.sets(st.sampled_from(range(len(POSTS)))))
def test_no_post_is_in_two_groups(checker: Checker, chosen: set[int]) -> None:
    found = [post for group in members(checker.check([POSTS[index] for index in chosen])) for post in group]
    assert len(found) == len(set(found))


@FEW
@given(st.lists(st.text(st.characters(exclude_categories=())), max_size=6))
def test_any_texts_make_a_report_that_can_be_written(checker: Checker, texts: list[str]) -> None:
    posts = [Post(id=f"p{number}", text=text) for number, text in enumerate(texts)]
    assert render(checker.check(posts), "json").encode().endswith(b"}\n")


def test_posts_may_come_from_anything_that_yields_them(checker: Checker, expected: Report) -> None:
    assert render(checker.check(post for post in POSTS), "json") == render(expected, "json")


def test_no_posts_make_an_empty_report(checker: Checker) -> None:
    report = checker.check([])
    assert (report.groups, report.findings, report.posts) == ((), (), {})


# ------------------------------------------------------------------ time, process, surroundings


def test_checking_twice_gives_the_same_bytes(checker: Checker, expected: Report) -> None:
    assert render(checker.check(POSTS), "json") == render(expected, "json")


def test_what_a_checker_saw_before_changes_no_byte(checker: Checker, expected: Report) -> None:
    checker.check([Post(id=f"other-{number}", text=text) for number, text in enumerate(UNRELATED)])
    assert render(checker.check(POSTS), "json") == render(expected, "json")


def test_a_new_checker_gives_the_same_bytes(expected: Report) -> None:
    assert render(Checker(Options()).check(POSTS), "json") == render(expected, "json")


def test_annotating_in_portions_changes_no_annotation(checker: Checker) -> None:
    assert [checker.annotate([post])[0] for post in POSTS] == checker.annotate(POSTS)


def output(export: Path, surroundings: dict[str, str]) -> bytes:
    """Return what the program prints for the export, run with other environment variables."""
    command = [sys.executable, "-m", "crosspost", "check", str(export), "--format", "json"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG", "PYTHON"))}
    done = subprocess.run(command, capture_output=True, check=True, env=environment | surroundings)
    return done.stdout


@pytest.fixture(scope="module")
def usual(export: Path) -> bytes:
    return output(export, {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"})


@pytest.mark.parametrize(
    "surroundings",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu"},
        {"PYTHONHASHSEED": "4294967295", "COLUMNS": "20"},
        {"LC_ALL": "C"},
        {"LC_ALL": "tr_TR.UTF-8"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
    ids=lambda surroundings: " ".join(f"{key}={value}" for key, value in surroundings.items()),
)
def test_the_surroundings_of_the_program_change_no_byte(
    export: Path, usual: bytes, surroundings: dict[str, str]
) -> None:
    assert output(export, surroundings) == usual


def test_the_program_prints_the_groups_that_python_returns(usual: bytes, expected: Report) -> None:
    text = usual.decode()
    assert all(group.id in text for group in expected.groups)
    assert all(finding.id in text for finding in expected.findings)
