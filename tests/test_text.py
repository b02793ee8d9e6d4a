"""The normal form of posts: tokens, folding, skeletons, hashtags, repair of surrogates."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crosspost.text import LONGEST_TEXT, Token, fold, hashtag_words, is_arabic, repair_surrogates, skeleton, tokenize

# Everything that a Python string can hold, lone surrogates too, and pieces that the rules look for.
ANY_TEXT = st.text(st.characters(exclude_categories=()))
PIECES = st.sampled_from(
    [
        "https://t.co/a",
        "@user",
        "#إدلب_الآن",
        "#BenghaziPort",
        "S-400",
        "٧٥",
        "3\u202f400",
        "l'armée",
        "كِتَاب",
        "\ud83d",
        "\u200d",
    ]
)
POST_TEXT = st.lists(st.one_of(PIECES, ANY_TEXT)).map("".join)


def kinds(text: str) -> list[tuple[str, str]]:
    return [(token.surface, token.kind) for token in tokenize(text)]


def only(text: str) -> Token:
    (token,) = tokenize(text)
    return token


# ------------------------------------------------------------------ tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two words", [("two", "word"), ("words", "word")]),
        ("l'armée", [("l", "word"), ("armée", "word")]),
        ("don’t", [("don", "word"), ("t", "word")]),
        ("snake_case", [("snake", "word"), ("case", "word")]),
        ("مـــرحبا بكم", [("مـــرحبا", "word"), ("بكم", "word")]),
        ("a Pantsir S-1 (SA-22)", [("a", "word"), ("Pantsir", "word"), ("S-1", "identifier"), ("SA-22", "identifier")]),
        ("T72 and BMP-1", [("T72", "identifier"), ("and", "word"), ("BMP-1", "identifier")]),
        ("12 dead", [("12", "number"), ("dead", "word")]),
        ("1,234,567", [("1,234,567", "number")]),
        ("38s", [("38", "number"), ("s", "word")]),
        ("see #Derna now", [("see", "word"), ("#Derna", "hashtag"), ("now", "word")]),
        ("#إدلب_الآن", [("#إدلب_الآن", "hashtag")]),
        ("@some_one hello", [("@some_one", "handle"), ("hello", "word")]),
        ("e@mail", [("e", "word"), ("mail", "word")]),
        ("at https://t.co/aB?c=1, ok", [("at", "word"), ("https://t.co/aB?c=1,", "url"), ("ok", "word")]),
        ("🔥🔥 ... !?", []),
        ("", []),
    ],
)
def test_a_post_falls_into_tokens_of_their_kinds(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(text) == expected


def test_a_url_is_compared_without_its_scheme_and_the_punctuation_behind_it() -> None:
    assert only("https://t.co/aBc).").form == only("http://t.co/aBc").form == "t.co/aBc"


def test_an_identifier_is_compared_without_hyphen_and_case() -> None:
    assert only("SA-22").form == only("Sa22").form == "sa22"


@settings(deadline=None)
@given(POST_TEXT)
@example("\ud800")
@example("\udfff#\ud83d\ude00")
def test_every_token_is_the_text_between_its_offsets(text: str) -> None:
    assert all(text[token.start : token.end] == token.surface != "" for token in tokenize(text))


@settings(deadline=None)
@given(POST_TEXT)
def test_tokens_follow_each_other_without_overlap(text: str) -> None:
    tokens = tokenize(text)
    assert all(before.end <= after.start for before, after in pairwise(tokens))


@settings(deadline=None)
@given(POST_TEXT)
def test_no_letter_of_a_text_is_outside_all_tokens(text: str) -> None:
    covered = {index for token in tokenize(text) for index in range(token.start, token.end)}
    assert [char for index, char in enumerate(text) if char.isalpha() and char.isascii() and index not in covered] == []


@pytest.mark.parametrize("unit", ["a", "1", "1.", "#a", "@", "A-", "http://", "كِ", "_", "1A", "\u0301", "#"])
def test_a_long_run_of_anything_is_read_to_its_end(unit: str) -> None:
    text = (unit * 50_000)[:90_000] + " end"
    assert tokenize(text)[-1].surface == "end"


def test_a_text_beyond_all_posts_is_looked_at_to_its_limit() -> None:
    assert tokenize("word " * LONGEST_TEXT)[-1].end <= LONGEST_TEXT


# ------------------------------------------------------------------ folding


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Été", "ete"),
        ("STRASSE", "straße"),
        ("ﬁre", "fire"),
        ("Ａleppo", "aleppo"),
        ("كِتَابٌ", "كتاب"),
        ("مـــرحبا", "مرحبا"),
        ("إدلب", "ادلب"),
        ("أحمد", "احمد"),
        ("آب", "اب"),
        ("مدرسة", "مدرسه"),
        ("ليبى", "ليبي"),
        ("ایران", "ايران"),
        ("کربلاء", "كربلاء"),
        ("مؤتمر", "موتمر"),
        ("e\u0301te\u0301", "été"),
    ],
)
def test_spellings_of_one_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("صور", "سور"), ("قلب", "كلب"), ("port", "part"), ("حلب", "جلب")])
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@settings(deadline=None)
@given(ANY_TEXT)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


# ------------------------------------------------------------------ skeletons


@pytest.mark.parametrize(
    ("latin", "arabic"),
    [
        ("Wagner", "فاغنر"),
        ("Wagner", "واغنر"),
        ("Pantsir", "بانتسير"),
        ("Benghazi", "بنغازي"),
        ("Saraqib", "سراقب"),
        ("Zelensky", "زيلينسكي"),
        ("Khartoum", "الخرطوم"),
        ("Idlib", "إدلب"),
    ],
)
def test_a_name_has_one_skeleton_in_two_scripts(latin: str, arabic: str) -> None:
    assert skeleton(fold(latin)) == skeleton(fold(arabic)) != ""


@pytest.mark.parametrize(("one", "other"), [("Wagner", "Bagram"), ("Pantsir", "Patriot"), ("Misrata", "Mariupol")])
def test_different_names_have_different_skeletons(one: str, other: str) -> None:
    assert skeleton(fold(one)) != skeleton(fold(other))


@pytest.mark.parametrize("word", ["", "a", "io", "Mali", "Iowa", "دير", "東京", "1234"])
def test_too_few_consonants_make_no_skeleton(word: str) -> None:
    assert skeleton(fold(word)) == ""


@settings(deadline=None)
@given(ANY_TEXT)
def test_a_skeleton_is_short_and_never_of_one_or_two_letters(text: str) -> None:
    assert len(skeleton(fold(text))) in {0, *range(3, 13)}


# ------------------------------------------------------------------ hashtags


@pytest.mark.parametrize(
    ("hashtag", "words"),
    [
        ("#BenghaziPort", ["Benghazi", "Port"]),
        ("#Save_Sirte", ["Save", "Sirte"]),
        ("#غزة_الآن", ["غزة", "الآن"]),
        ("#libya", ["libya"]),
        ("#UN", ["UN"]),
        ("#été", ["été"]),
        ("#2024Floods", ["2024", "Floods"]),
        ("＃東京", ["東京"]),
        ("#___", []),
    ],
)
def test_a_hashtag_falls_into_its_words(hashtag: str, words: list[str]) -> None:
    assert [word.surface for word in hashtag_words(only(hashtag))] == words


def test_a_number_in_a_hashtag_is_a_number() -> None:
    assert [word.kind for word in hashtag_words(only("#Derna2023"))] == ["word", "number"]


@settings(deadline=None)
@given(st.text(st.characters(categories=["L", "Nd", "Pc", "Mn"]), min_size=1))
def test_the_words_of_a_hashtag_stand_at_their_offsets(tag: str) -> None:
    text = f"see #{tag} now"
    hashtags = [token for token in tokenize(text) if token.kind == "hashtag"]
    assert all(text[w.start : w.end] == w.surface for hashtag in hashtags for w in hashtag_words(hashtag))


# ------------------------------------------------------------------ scripts and surrogates


@pytest.mark.parametrize(
    ("word", "answer"), [("حلب", True), ("ڤيديو", True), ("Alep", False), ("", False), ("12", False)]
)
def test_a_word_is_arabic_by_its_first_letter(word: str, answer: bool) -> None:  # noqa: FBT001  # a table's column
    assert is_arabic(word) is answer


def test_a_surrogate_pair_becomes_the_character_that_it_stands_for() -> None:
    assert repair_surrogates("fire \ud83d\udd25") == "fire 🔥"


@pytest.mark.parametrize("half", ["\ud83d", "\udd25", "\udd25\ud83d"])  # noqa: PT014  # ruff sees one lone half in all
def test_a_lone_surrogate_becomes_the_replacement_character(half: str) -> None:
    assert repair_surrogates(f"a{half}b") == f"a{'�' * len(half)}b"


def test_surrogates_are_repaired_at_any_depth() -> None:
    row = {"te\ud800xt": ["a\ud83d\udd25", {"b": "\udfff"}, 1, None, 2.5, True]}
    assert repair_surrogates(row) == {"te�xt": ["a🔥", {"b": "�"}, 1, None, 2.5, True]}


@settings(deadline=None)
@given(ANY_TEXT)
def test_a_repaired_text_can_be_written_as_utf8_and_needs_no_second_repair(text: str) -> None:
    repaired = repair_surrogates(text)
    assert repaired.encode().decode() == repair_surrogates(repaired) == repaired


@settings(deadline=None)
@given(st.text())
def test_a_sound_text_is_left_as_it_is(text: str) -> None:
    assert repair_surrogates(text) == text
