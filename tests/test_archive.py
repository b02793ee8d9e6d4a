"""The archive: what it holds and answers, in which order, through interruptions and beside other writers."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import crosspost
from crosspost.archive import Archive
from crosspost.archive.store import FORMAT
from crosspost.errors import ArchiveError
from crosspost.models import Annotation, Media, Post

EXAMPLE = Path(__file__).parents[1] / "fixtures" / "examples" / "posts.jsonl"
POSTS = [
    Post(id="fire", text="A fuel depot burns at night near the railway station, two drivers run away"),
    Post(id="flood", text="Heavy rain floods the old market and sweeps away parked cars"),
    Post(id="bridge", text="The bridge over the river collapsed after the explosion of a truck"),
    Post(id="fire-fr", text="Un dépôt de carburant brûle la nuit près de la gare, deux chauffeurs s'enfuient"),
    Post(id="flood-ar", text="أمطار غزيرة تغرق السوق القديم وتجرف السيارات المتوقفة"),
    Post(id="picture", text="Look at this", media=(Media(id="m-1", type="image"),)),
]
QUERIES = [
    Post(id="q-fire", text="مستودع وقود يحترق ليلا قرب محطة القطار وسائقان يهربان"),
    Post(id="q-flood", text="De fortes pluies inondent le vieux marché et emportent des voitures garées"),
    Post(id="q-picture", text="Another text altogether", media=(Media(id="m-1", type="image"),)),
    Post(id="q-none", text="قصيدة"),
    Post(id="q-empty", text=""),
]


@pytest.fixture(scope="module")
def checker() -> crosspost.Checker:
    return crosspost.Checker()


@pytest.fixture
def store(tmp_path: Path, checker: crosspost.Checker) -> Path:
    path = tmp_path / "store.db"
    with Archive(path, checker, create=True) as archive:
        archive.add(POSTS)
    return path


def answers(path: Path, checker: crosspost.Checker, posts: list[Post] = QUERIES, limit: int = 10) -> dict[str, Any]:
    with Archive(path, checker) as archive:
        return {
            answer.query.id: [(match.id, match.link, match.coverage, match.level) for match in answer.matches]
            for answer in archive.search(posts, limit)
        }


def first_of(path: Path, checker: crosspost.Checker) -> dict[str, str | None]:
    found = answers(path, checker)
    return {query: matches[0][0] if matches else None for query, matches in found.items()}


# ------------------------------------------------------------------ finding


def test_the_same_story_is_found_across_languages(store: Path, checker: crosspost.Checker) -> None:
    first = first_of(store, checker)
    assert first["q-fire"] in ("fire", "fire-fr")
    assert first["q-flood"] in ("flood", "flood-ar")


def test_the_same_media_is_found_under_other_words(store: Path, checker: crosspost.Checker) -> None:
    assert first_of(store, checker)["q-picture"] == "picture"


def test_a_post_without_words_has_no_matches(store: Path, checker: crosspost.Checker) -> None:
    assert answers(store, checker)["q-empty"] == []


def test_the_limit_is_kept(store: Path, checker: crosspost.Checker) -> None:
    assert len(answers(store, checker, limit=1)["q-fire"]) == 1


def test_a_post_is_no_match_of_itself(store: Path, checker: crosspost.Checker) -> None:
    assert "fire" not in [match[0] for match in answers(store, checker, [POSTS[0]])["fire"]]


def test_a_match_below_a_finding_has_no_level_and_no_conflicts(store: Path, checker: crosspost.Checker) -> None:
    assert {match[3] for match in answers(store, checker)["q-flood"]} == {None}


def test_search_compares_as_check_does(tmp_path: Path, checker: crosspost.Checker) -> None:
    posts = [*crosspost.read(EXAMPLE)]
    report = checker.check(posts)
    (finding,) = report.findings
    links = {frozenset((link.a, link.b)): link for group in report.groups for link in group.links}
    query = next(post for post in posts if post.id == "tg-7")
    with Archive(tmp_path / "store.db", checker, create=True) as archive:
        archive.add(post for post in posts if post is not query)
        (answer,) = archive.search([query], limit=20)
    found = {match.id: match for match in answer.matches}
    assert {i for i, match in found.items() if match.conflicts} >= {c.b for c in finding.conflicts if c.a == "tg-7"}
    assert [match.level for match in answer.matches if match.id == "x-101"] == [finding.level]
    for pair, link in links.items():
        if query.id in pair:
            (other,) = pair - {query.id}
            assert (found[other].link.bits, found[other].score) == (link.bits, link.score)


# ------------------------------------------------------------------ what it holds


def test_a_stored_post_comes_back_as_it_was_understood(tmp_path: Path, checker: crosspost.Checker) -> None:
    posts = [*crosspost.read(EXAMPLE), *POSTS]
    with Archive(tmp_path / "store.db", checker, create=True) as archive:
        archive.add(posts)
        stored = [archive.get(post.id) for post in posts]
    assert stored == checker.annotate(posts)


def test_adding_again_changes_nothing(store: Path, checker: crosspost.Checker) -> None:
    before = answers(store, checker)
    with Archive(store, checker) as archive:
        added = archive.add([*POSTS, *POSTS])
        assert (added.new, added.known, len(archive)) == (0, 2 * len(POSTS), len(POSTS))
    assert answers(store, checker) == before


def test_a_changed_post_is_kept_beside_the_first_under_another_id(store: Path, checker: crosspost.Checker) -> None:
    changed = Post(id="fire", text="The fuel depot was empty")
    with Archive(store, checker) as archive:
        first, second = archive.add([changed]), archive.add([changed])
        assert (first.renamed, first.new, second.new) == ([("fire", "fire~2")], 1, 0)
        kept = archive.get("fire~2")
    assert kept is not None
    assert kept.post.text == changed.text


def test_a_removed_post_is_found_no_more_and_leaves_no_trace(
    store: Path, tmp_path: Path, checker: crosspost.Checker
) -> None:
    with Archive(store, checker) as archive:
        assert archive.remove(["fire", "nothing"]) == ["fire"]
        assert archive.get("fire") is None
    without = tmp_path / "without.db"
    with Archive(without, checker, create=True) as archive:
        archive.add(POSTS[1:])
    assert answers(store, checker) == answers(without, checker)
    with sqlite3.connect(store) as one, sqlite3.connect(without) as other:
        counts = "SELECT key, length(posts) FROM postings ORDER BY key"
        assert one.execute(counts).fetchall() == other.execute(counts).fetchall()


def test_info_counts_posts_by_language(store: Path, checker: crosspost.Checker) -> None:
    with Archive(store, checker) as archive:
        info = archive.info()
    assert info["posts"] == len(POSTS)
    assert info["languages"] == {"en": 4, "ar": 1, "fr": 1}
    assert info["format"] == FORMAT


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(len(POSTS))), cuts=st.sets(st.integers(1, len(POSTS) - 1)))
def test_neither_order_nor_portions_change_what_is_answered(
    store: Path,
    tmp_path_factory: pytest.TempPathFactory,
    checker: crosspost.Checker,
    order: list[int],
    cuts: set[int],
) -> None:
    path = tmp_path_factory.mktemp("order") / "store.db"
    edges = [0, *sorted(cuts), len(POSTS)]
    with Archive(path, checker, create=True) as archive:
        for start, end in pairwise(edges):
            archive.add(POSTS[i] for i in order[start:end])
    assert answers(path, checker) == answers(store, checker)


def test_copies_beyond_the_limit_come_in_the_order_of_their_ids(tmp_path: Path, checker: crosspost.Checker) -> None:
    copies = [POSTS[0].model_copy(update={"id": f"copy-{number:03}"}) for number in range(400)]
    with Archive(tmp_path / "store.db", checker, create=True) as archive:
        archive.add(reversed(copies))
        (answer,) = archive.search([POSTS[0]], limit=5)
    assert [match.id for match in answer.matches] == [f"copy-{number:03}" for number in range(5)]


def test_more_than_one_block_of_posts_is_told_apart(
    tmp_path: Path, checker: crosspost.Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crosspost.archive.store._BLOCK_BITS", 1)
    monkeypatch.setattr("crosspost.archive.store._IN_BLOCK", 1)
    with Archive(tmp_path / "store.db", checker, create=True) as archive:
        archive.add(POSTS)
        archive.remove(["bridge"])
        assert {answer.query.id: answer.matches[0].id for answer in archive.search(QUERIES[2:3])} == {
            "q-picture": "picture"
        }
        assert archive.get("bridge") is None


# ------------------------------------------------------------------ files that are none of ours


def test_a_missing_archive_is_said_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"no archive there.*archive add"):
        Archive(tmp_path / "gone.db")
    assert not (tmp_path / "gone.db").exists()


@pytest.mark.parametrize("content", [b"id,text\n1,hello\n" * 100, b"\x00" * 5000, b"{}"])
def test_a_file_of_another_kind_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "posts.csv"
    path.write_bytes(content)
    with pytest.raises(ArchiveError, match="not a crosspost archive"):
        Archive(path, create=True)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE cookies (name)")
    with pytest.raises(ArchiveError, match="not a crosspost archive"):
        Archive(path, create=True)
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("cookies",)]


def test_an_archive_of_another_format_is_named_with_both_formats(store: Path) -> None:
    with sqlite3.connect(store) as later:
        later.execute("PRAGMA user_version = 99")
    with pytest.raises(ArchiveError, match=rf"format 99.*format {FORMAT}"):
        Archive(store)


def test_a_damaged_post_is_named_with_the_file(store: Path, checker: crosspost.Checker) -> None:
    with sqlite3.connect(store) as damaged:
        damaged.execute("UPDATE annotations SET annotation = x'00' WHERE number = 1")
    with Archive(store, checker) as archive, pytest.raises(ArchiveError, match=r"store\.db: post 1 .*damaged"):
        archive.get("fire")


def test_a_folder_is_no_archive(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError):
        Archive(tmp_path, create=True)


# ------------------------------------------------------------------ interruptions and other writers


def many(count: int) -> list[dict[str, str]]:
    words = "fire flood bridge market truck road school hospital harbour village soldier smoke train tower".split()
    return [
        {"id": f"p{n:05}", "text": " ".join(words[(n * k + k) % len(words)] for k in range(1, 9)) + f" number{n}"}
        for n in range(count)
    ]


def written(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def adding(store: Path, file: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "crosspost", "archive", "add", str(store), str(file)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")


def held(store: Path) -> int:
    if not store.exists():
        return 0
    connection = sqlite3.connect(store)
    try:
        return int(connection.execute("SELECT count(*) FROM posts").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def test_a_killed_add_loses_no_portion_and_goes_on_where_it_stopped(tmp_path: Path, checker: crosspost.Checker) -> None:
    rows, store = many(4000), tmp_path / "store.db"
    file = written(tmp_path / "posts.jsonl", rows)
    with adding(store, file) as process:
        deadline = time.monotonic() + 60
        while held(store) == 0 and time.monotonic() < deadline:
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
    kept = held(store)
    assert kept > 0
    with Archive(store, checker) as archive:
        added = archive.add(crosspost.read(file))
        assert (added.known, added.new, len(archive)) == (kept, len(rows) - kept, len(rows))
    whole = tmp_path / "whole.db"
    with Archive(whole, checker, create=True) as archive:
        archive.add(crosspost.read(file))
    query = [Post(id="q", text="A truck on the road to the harbour, smoke over the market number77")]
    assert answers(store, checker, query) == answers(whole, checker, query)


def test_an_interrupted_add_says_what_is_kept_and_ends_with_130(tmp_path: Path) -> None:
    store, file = tmp_path / "store.db", written(tmp_path / "posts.jsonl", many(6000))
    with adding(store, file) as process:
        deadline = time.monotonic() + 60
        while held(store) == 0 and time.monotonic() < deadline:
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"interrupted; {held(store)} posts are in" in said


def test_two_writers_at_once_add_every_post_once(tmp_path: Path) -> None:
    rows, store = many(1500), tmp_path / "store.db"
    files = [written(tmp_path / "a.jsonl", rows[:1000]), written(tmp_path / "b.jsonl", rows[500:])]
    writers = [adding(store, file) for file in files]
    said = [writer.communicate(timeout=120) for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0], said
    with Archive(store) as archive:
        assert len(archive) == 1500


def test_all_who_make_one_archive_at_the_same_moment_open_it(tmp_path: Path) -> None:
    starting = threading.Barrier(8)

    def opened(store: Path) -> int:
        starting.wait()
        with Archive(store, create=True) as archive:
            return len(archive)

    with ThreadPoolExecutor(8) as pool:
        for number in range(10):
            assert list(pool.map(opened, [tmp_path / f"{number}.db"] * 8)) == [0] * 8


def test_a_search_sees_the_archive_as_it_was_when_it_began(store: Path, checker: crosspost.Checker) -> None:
    late = Post(id="late", text=POSTS[0].text)
    with Archive(store, checker) as archive:
        search = archive.search([QUERIES[0], Post(id="q-again", text=POSTS[0].text)])
        next(search)
        with Archive(store, checker) as other:
            other.add([late])
        assert "late" not in [match.id for match in next(search).matches]
    assert "late" in [match[0] for match in answers(store, checker)["q-fire"]]


# ------------------------------------------------------------------ the command line


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "crosspost", "archive", *map(str, arguments)],
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> dict[str, subprocess.CompletedProcess[str]]:
    """One archive through its life on the command line."""
    folder = tmp_path_factory.mktemp("archive")
    store, file = folder / "store.db", written(folder / "q.jsonl", [{"id": "q", "text": QUERIES[0].text}])
    return {
        "early": run("info", store),
        "add": run("add", store, EXAMPLE),
        "info": run("info", store),
        "jsonl": run("search", store, EXAMPLE, "--limit", "3", "--format", "jsonl"),
        "text": run("search", store, EXAMPLE, "--limit", "3"),
        "none": run("search", store, file),
        "remove": run("remove", store, "x-101", "gone"),
        "limit": run("search", store, file, "--limit", "0"),
    }


def test_add_says_how_many_posts_were_added(session: dict[str, subprocess.CompletedProcess[str]]) -> None:
    assert "14 posts added, 0 known already, 14 in" in session["add"].stderr
    assert session["add"].stdout == ""


def test_every_query_has_one_line_of_the_contract(session: dict[str, subprocess.CompletedProcess[str]]) -> None:
    rows = [json.loads(line) for line in session["jsonl"].stdout.split("\n") if line]
    assert len(rows) == 14
    assert all(set(row) == {"query", "matches"} and len(row["matches"]) <= 3 for row in rows)
    matches = [match for row in rows for match in row["matches"]]
    assert all(set(match) == {"id", "score", "level", "conflicts"} for match in matches)
    conflicts = [conflict for match in matches for conflict in match["conflicts"]]
    assert {conflict["relation"] for conflict in conflicts} == {"other-country"}


def test_the_text_names_matches_and_conflicting_places(session: dict[str, subprocess.CompletedProcess[str]]) -> None:
    assert "look-first" in session["text"].stdout
    assert "cannot both be true (other-country)" in session["text"].stdout


def test_info_says_what_is_held(session: dict[str, subprocess.CompletedProcess[str]]) -> None:
    assert "posts: 14\n" in session["info"].stdout
    assert "languages: " in session["info"].stdout


def test_remove_names_ids_that_are_not_there(session: dict[str, subprocess.CompletedProcess[str]]) -> None:
    assert "no post 'gone'" in session["remove"].stderr
    assert "1 posts removed, 13 in" in session["remove"].stderr


def test_what_cannot_be_ends_with_two_and_says_what_would_be_right(
    session: dict[str, subprocess.CompletedProcess[str]],
) -> None:
    assert (session["early"].returncode, session["limit"].returncode) == (2, 2)
    assert "archive add" in session["early"].stderr
    assert "give 1 or more" in session["limit"].stderr


def test_the_annotation_of_the_archive_is_the_one_of_the_models() -> None:
    assert Annotation.__dataclass_fields__.keys() == {
        "post", "language", "pivot", "terms", "claims", "figures", "urls",
    }, "a changed annotation needs a new FORMAT in crosspost/archive/store.py"  # fmt: skip
