"""The translation memory: a row that was acknowledged is there, whatever happens next."""

from __future__ import annotations

import json
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost.errors import TranslationMemoryError
from crosspost.models import Passage, Translation
from crosspost.translate.memory import Memory, Recall

ANY_TEXT = st.text(st.characters(exclude_categories=()), min_size=1)
STREET = Passage("شارع", "ar")


def by(engine: str, text: str, version: str = "1", quality: str = "mt_online") -> Translation:
    return Translation(text, engine, version, quality, 1.0, ("a warning",))  # type: ignore[arg-type]


FAILED = Translation("", "google", "1", "failed", 0.0, ("no answer",))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memory.db"


@pytest.fixture
def memory(path: Path) -> Memory:
    return Memory(path, create=True)


def row(**changes: object) -> str:
    whole = {"text": "rue", "source": "fr", "target": "en", "engine": "desk", "translation": "street"}
    return json.dumps({**whole, "quality": "human", **changes})


# ------------------------------------------------------------------ one translation


def test_what_was_kept_is_found_again_in_another_session(path: Path, memory: Memory) -> None:
    memory.keep(STREET, "en", by("google", "street"))
    memory.close()
    assert Memory(path).find(STREET, "en", "google", "1") == by("google", "street")


@pytest.mark.parametrize(
    ("passage", "target", "engine", "version"),
    [
        (Passage("شارع ", "ar"), "en", "google", "1"),
        (Passage("شارع", "fa"), "en", "google", "1"),
        (STREET, "fr", "google", "1"),
        (STREET, "en", "baidu", "1"),
        (STREET, "en", "google", "2"),
    ],
)
def test_another_text_language_engine_or_version_is_another_translation(
    memory: Memory, passage: Passage, target: str, engine: str, version: str
) -> None:
    memory.keep(STREET, "en", by("google", "street"))
    assert memory.find(passage, target, engine, version) is None


def test_without_an_engine_the_first_by_name_is_taken(memory: Memory) -> None:
    memory.keep(STREET, "en", by("google", "street"))
    memory.keep(STREET, "en", by("baidu", "road"))
    assert memory.find(STREET, "en") == by("baidu", "road")


def test_what_a_human_wrote_comes_before_all(memory: Memory) -> None:
    memory.keep(STREET, "en", by("baidu", "road"))
    memory.keep(STREET, "en", by("the desk", "high street", quality="human"))
    for engine in ("baidu", "google", None):
        found = memory.find(STREET, "en", engine, "1")
        assert found is not None
        assert found.text == "high street"


def test_a_failure_is_kept_and_never_found(memory: Memory) -> None:
    memory.keep(STREET, "en", FAILED)
    assert memory.find(STREET, "en", "google", "1") is None
    assert (len(memory), len(list(memory.export()))) == (0, 1)


def test_a_translation_takes_the_place_of_a_failure(memory: Memory) -> None:
    memory.keep(STREET, "en", FAILED)
    memory.keep(STREET, "en", by("google", "street"))
    assert memory.find(STREET, "en", "google", "1") == by("google", "street")


def test_neither_a_failure_nor_another_answer_takes_the_place_of_a_translation(memory: Memory) -> None:
    memory.keep(STREET, "en", by("google", "street"))
    memory.keep(STREET, "en", FAILED)
    memory.keep(STREET, "en", by("google", "another answer"))
    assert memory.find(STREET, "en", "google", "1") == by("google", "street")


@given(ANY_TEXT, ANY_TEXT)
def test_any_text_is_found_again_in_what_it_was_kept_as(
    tmp_path_factory: pytest.TempPathFactory, text: str, made: str
) -> None:
    memory = Memory(tmp_path_factory.mktemp("any") / "m.db", create=True)
    shown = made.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    memory.keep(Passage(text, "ar"), "en", by("google", shown))
    found = memory.find(Passage(text, "ar"), "en", "google", "1")
    assert found is not None
    assert found.text == shown


# ------------------------------------------------------------------ the file


def test_a_memory_that_is_not_there_is_not_made_by_looking(path: Path) -> None:
    with pytest.raises(TranslationMemoryError, match=r"no translation memory there; .crosspost translate. fills one"):
        Memory(path)
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"not a database, but long enough to be taken for one " * 40])
def test_a_file_that_is_no_memory_is_left_as_it_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(TranslationMemoryError, match=r"memory\.db: .*not"):
        Memory(path)
    assert path.read_bytes() == content


def test_a_database_of_others_is_left_as_it_is(path: Path) -> None:
    others = sqlite3.connect(path)
    others.execute("CREATE TABLE posts (id)")
    others.commit()
    others.close()
    for create in (False, True):
        with pytest.raises(TranslationMemoryError, match="not a translation memory"):
            Memory(path, create=create)


def test_a_memory_of_another_format_says_so(path: Path, memory: Memory) -> None:
    memory.close()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 9")
    newer.close()
    with pytest.raises(TranslationMemoryError, match="format 9, this program knows format 1"):
        Memory(path)


def test_a_folder_is_no_memory(tmp_path: Path) -> None:
    with pytest.raises(TranslationMemoryError):
        Memory(tmp_path, create=True)


def test_threads_and_sessions_write_side_by_side(path: Path) -> None:
    barrier = threading.Barrier(4)

    def write(writer: int) -> None:
        memory = Memory(path, create=True)
        barrier.wait()
        for number in range(25):
            memory.keep(Passage(f"{writer} {number}", "ar"), "en", by("google", f"{writer}-{number}"))
        memory.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    memory = Memory(path)
    assert len(memory) == 100
    assert memory.find(Passage("3 24", "ar"), "en") == by("google", "3-24")


# ------------------------------------------------------------------ in and out


def test_what_is_exported_can_be_imported(memory: Memory, tmp_path: Path) -> None:
    memory.keep(STREET, "en", by("google", "street"))
    memory.keep(Passage("rue\n\u2028x", "fr"), "en", FAILED)
    lines = "".join(f"{line}\n" for line in memory.export())
    (tmp_path / "m.jsonl").write_text(lines, encoding="utf-8")
    other = Memory(tmp_path / "other.db", create=True)
    assert other.load(tmp_path / "m.jsonl") == (2, [])
    assert "".join(f"{line}\n" for line in other.export()) == lines


def test_lines_that_are_no_rows_are_named_and_the_rest_is_read(memory: Memory, tmp_path: Path) -> None:
    bad = ["nonsense", row(text=""), row(quality="superb"), row(translation=""), row(quality="failed"), row(coverage=7)]
    file = tmp_path / "m.jsonl"
    file.write_bytes("\n".join([*bad, "", row()]).encode() + b'\n{"text": "caf\xe9"}\n')
    count, problems = memory.load(file)
    assert count == 1
    assert [problem.line for problem in problems] == [1, 2, 3, 4, 5, 6, 9]
    assert all(problem.error.startswith("no row of a translation memory: ") for problem in problems)
    assert not any("superb" in problem.error for problem in problems)


def test_what_a_human_wrote_may_be_mended_by_another_import(memory: Memory, tmp_path: Path) -> None:
    for made in ("stret", "street"):
        (tmp_path / "m.jsonl").write_text(row(translation=made), encoding="utf-8")
        memory.load(tmp_path / "m.jsonl")
    found = memory.find(Passage("rue", "fr"), "en")
    assert found is not None
    assert found.text == "street"


def test_recall_asks_nobody_and_says_what_it_does_not_hold(memory: Memory) -> None:
    memory.keep(STREET, "en", by("google", "street"))
    known, unknown = Recall(memory).translate([STREET, Passage("ساحة", "ar")])
    assert known == by("google", "street")
    assert (unknown.quality, unknown.warnings) == ("failed", ("the translation memory does not hold it",))
