"""Dictionaries of the system: read where the user says so, and refused with a reason where they are none."""

from __future__ import annotations

import gzip
import string
from pathlib import Path

import pytest

from crosspost.errors import UsageError
from crosspost.models import Language, Options, Passage
from crosspost.text import tokenize
from crosspost.translate import translator
from crosspost.translate.dictd import entries, language_of
from crosspost.translate.lexicon import lexicon
from crosspost.translate.terms import terms

DIGITS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
ENTRIES = {
    "00databaseinfo": "A dictionary made for a test\n",
    "zorgle": "zorgle /zɔʀɡl/ <n, masc>\n1. gadget, thingamajig\n2. (slang) whatsit\n",
    "voiture": "voiture /vwatyʀ/ <n, fem>\nconveyance\n",
    "brimbeler": "brimbeler <v>\nto dangle; swing from side to side like a bell\n",
    "empty": "\n",
}
SYSTEM = Path("/usr/share/dictd")


def number(value: int) -> str:
    return (number(value // 64) if value >= 64 else "") + DIGITS[value % 64]


@pytest.fixture(params=[".dict.dz", ".dict"])
def found(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    text, index = b"", []
    for headword, entry in ENTRIES.items():
        index.append(f"{headword}\t{number(len(text))}\t{number(len(entry.encode()))}\n")
        text += entry.encode()
    (tmp_path / "test-fra-eng.index").write_text("".join(index), encoding="utf-8")
    packed = gzip.compress(text) if request.param == ".dict.dz" else text
    (tmp_path / f"test-fra-eng{request.param}").write_bytes(packed)
    return str(tmp_path / "test-fra-eng.index")


def test_every_entry_gives_its_headword_and_short_english_senses(found: str) -> None:
    assert dict(entries(found)) == {
        "zorgle": ("gadget", "thingamajig", "whatsit"),
        "voiture": ("conveyance",),
        "brimbeler": ("dangle",),
    }


def test_a_dictionary_may_be_named_without_its_suffix(found: str) -> None:
    assert [*entries(found.removesuffix(".index"))] == [*entries(found)]


def test_the_gloss_knows_its_words_and_keeps_its_own_senses_first(found: str) -> None:
    (made,) = translator("gloss", lexica=(found,)).translate([Passage("zorgle voiture", "fr")])
    assert made.text == "gadget car"
    assert "conveyance" in lexicon("fr", (found,)).listed("voiture", "voiture")


def test_it_is_not_used_where_it_was_not_asked_for(found: str) -> None:
    translator("gloss", lexica=(found,))
    assert lexicon("fr").listed("zorgle", "zorgle") == ()


def test_the_version_names_it(found: str) -> None:
    assert translator("gloss", lexica=(found,)).version.endswith("+test-fra-eng")


def test_terms_are_made_of_it(found: str) -> None:
    tokens, language = tokenize("zorgle"), Language("fr", 1.0)
    (made,) = translator("gloss", lexica=(found,)).translate([Passage("zorgle", "fr")])
    (term,) = terms(tokens, language, made, (found,))
    assert term.senses[0] == "gadget"


@pytest.mark.parametrize(("path", "language"), [("freedict-ara-eng.index", "ar"), ("/x/freedict-fra-eng", "fr")])
def test_the_name_tells_the_language(path: str, language: str) -> None:
    assert language_of(path) == language


@pytest.mark.parametrize("path", ["freedict-deu-eng.index", "freedict-eng-fra.index", "words.txt"])
def test_a_dictionary_of_another_language_is_refused_with_what_would_be_right(path: str) -> None:
    with pytest.raises(UsageError, match=r"freedict-ara-eng\.index"):
        translator("gloss", lexica=(path,))


def test_a_missing_dictionary_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"gone-fra-eng\.index: no such file"):
        translator("gloss", lexica=(str(tmp_path / "gone-fra-eng.index"),))


@pytest.mark.parametrize("index", ["no tabs here\n", "word\t!!\tA\n"])
def test_a_broken_index_is_refused(tmp_path: Path, index: str) -> None:
    (tmp_path / "bad-fra-eng.index").write_text(index, encoding="utf-8")
    (tmp_path / "bad-fra-eng.dict").write_bytes(b"word\nsense\n")
    with pytest.raises(UsageError, match="not a dictd dictionary"):
        translator("gloss", lexica=(str(tmp_path / "bad-fra-eng"),))


@pytest.mark.parametrize("packed", [b"no gzip", gzip.compress(b"word\nsense\n")[:-6]])
def test_a_broken_text_is_refused(tmp_path: Path, packed: bytes) -> None:
    (tmp_path / "bad-fra-eng.index").write_text("word\tA\tL\n", encoding="utf-8")
    (tmp_path / "bad-fra-eng.dict.dz").write_bytes(packed)
    with pytest.raises(UsageError, match="bad-fra-eng"):
        translator("gloss", lexica=(str(tmp_path / "bad-fra-eng"),))


@pytest.mark.parametrize("name", ["freedict-fra-eng", "freedict-ara-eng"])
def test_the_dictionaries_of_the_system_can_be_read(name: str) -> None:
    if not (SYSTEM / f"{name}.index").exists():
        pytest.skip(f"{name} is not installed: apt-get install dict-{name}")
    assert sum(1 for _ in entries(str(SYSTEM / name))) > 5_000


def test_options_name_no_dictionary_by_default() -> None:
    assert Options().lexica == ()
