"""Texts on the page: what is marked in them, and characters that cannot be seen."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from example_report import (
    ARABIC,
    ENGLISH,
    FRENCH,
    IDLIB,
    LIBYA,
    annotation,
    example,
    example_links,
    example_posts,
    spans,
)
from hypothesis import given
from hypothesis import strategies as st

from crosspost.models import Evidence, Link, Post
from crosspost.report.html import render
from crosspost.report.html.marks import Mark, correspondences, differing, in_original, in_pivot, marked
from crosspost.report.html.visible import isolated, sentence, shown, web_address

COLUMNS = {"en-1": "A", "ar-1": "B", "fr-1": "x"}

# ------------------------------------------------------------------ the pieces of a text


def test_a_word_stands_under_its_number() -> None:
    assert marked("a drone b", [Mark(2, 7, "word", "3")]) == "a <u data-w=3>drone</u> b"


def test_the_letter_of_a_place_stands_on_the_last_piece_of_its_name() -> None:
    marks = [Mark(0, 9, "place", "A"), Mark(3, 6, "differs")]
    assert marked("Port Said", marks) == "<mark>Port S</mark><mark data-l=A>aid</mark>"


def test_a_place_has_its_letter_and_no_number() -> None:
    marks = [Mark(3, 8, "place", "A"), Mark(3, 8, "word", "1")]
    assert marked("in Idlib", marks) == "in <mark data-l=A>Idlib</mark>"


@pytest.mark.parametrize("text", ["47 seconds", "47-seconds"])
@pytest.mark.parametrize("first", [Mark(0, 2, "word", "1"), Mark(0, 10, "word", "1")])
def test_neighbours_with_one_number_are_one_word(text: str, first: Mark) -> None:
    assert marked(text, [Mark(3, 10, "word", "1"), first]) == f"<u data-w=1>{text}</u>"


def test_words_of_one_number_that_another_word_parts_stay_two() -> None:
    marks = [Mark(0, 1, "word", "1"), Mark(2, 3, "word", "2"), Mark(4, 5, "word", "1"), Mark(7, 8, "word", "1")]
    assert marked("a b c, d", marks) == ("<u data-w=1>a</u> <u data-w=2>b</u> <u data-w=1>c</u>, <u data-w=1>d</u>")


SEEN = "ab <>&\"'é\n\tعرّ🔥{}%"
MARKS = st.lists(
    st.builds(
        Mark,
        st.integers(-3, 40),
        st.integers(-3, 40),
        st.sampled_from(["word", "place", "denied", "differs"]),
        st.integers(1, 99).map(str),
    )
)


@given(st.text(alphabet=SEEN, max_size=40), MARKS)
def test_without_its_tags_a_marked_text_is_the_text(text: str, marks: list[Mark]) -> None:
    unmarked = re.sub(r"</?(u|mark)( [^>]*)?>", "", marked(text, marks))
    assert unmarked == marked(text, [])


def test_an_empty_text_has_no_pieces() -> None:
    assert marked("", [Mark(0, 4, "place")]) == ""


# ------------------------------------------------------------------ words that correspond


def test_words_that_correspond_share_a_number_in_every_post() -> None:
    numbers = correspondences(example_links(), COLUMNS, example_posts())
    drone, video = spans(ENGLISH, "Drone", "video")
    assert numbers["en-1", drone] == numbers["ar-1", spans(ARABIC, "طائرة مسيرة")[0]] == 1
    assert numbers["fr-1", spans(FRENCH, "drone")[0]] == 1
    assert numbers["en-1", video] == numbers["ar-1", spans(ARABIC, "فيديو")[0]] == 2


def test_words_that_only_one_column_shares_have_no_number() -> None:
    numbers = correspondences(example_links(), {**COLUMNS, "ar-1": "A"}, example_posts())
    assert spans(ENGLISH, "video")[0] not in {span for _, span in numbers}
    assert numbers["ar-1", spans(ARABIC, "طائرة مسيرة")[0]] == 1  # the French post has it too


def test_the_name_of_a_place_has_no_number() -> None:
    names = Evidence("names", 1.0, "Libya", spans(ARABIC, "ليبيا"), spans(FRENCH, "Libye"))
    link = Link("ar-1", "fr-1", 1.0, 0.7, (names,))
    assert correspondences([link], COLUMNS, example_posts()) == {}


def test_figures_that_differ_do_not_correspond() -> None:
    differ = Link("a", "b", 1.0, 0.7, (Evidence("differing-figures", -2.0, "3 / 4", ((0, 1),), ((5, 6),)),))
    assert correspondences([differ], {"a": "A", "b": "B"}, {}) == {}
    assert differing([differ], ()) == {"a": {(0, 1)}, "b": {(5, 6)}}


def test_a_mark_is_carried_over_to_the_word_of_the_pivot_that_means_the_same() -> None:
    annotation = example_posts()["ar-1"]
    letters = {IDLIB.id: "A", LIBYA.id: "B"}
    numbers = correspondences(example_links(), COLUMNS, example_posts())
    carried = in_pivot(annotation, letters, in_original(annotation, letters, numbers, ()))
    text = annotation.pivot.text
    assert {(text[mark.start : mark.end], mark.label) for mark in carried} == {
        ("video", "2"),
        ("drone", "1"),
        ("destruction", "4"),
        ("Pantsir", "3"),
        ("Libya", "B"),
    }


def test_a_figure_is_marked_in_the_pivot_as_it_stands() -> None:
    post = annotation(Post(id="a", text="بعد 47 ثانية"), "ar", gloss="after 47 second")
    (mark,) = in_pivot(post, {}, [Mark(4, 12, "word", "1")])
    assert (post.pivot.text[mark.start : mark.end], mark.label) == ("47", "1")


def test_a_place_that_was_seen_in_the_pivot_alone_is_marked_there() -> None:
    annotation = example_posts()["ar-1"]
    seen = replace(annotation.claims[0], side="pivot", start=None, end=None, text="Libya")
    (mark,) = in_pivot(replace(annotation, claims=(seen,), terms=()), {LIBYA.id: "B"}, ())
    assert (annotation.pivot.text[mark.start : mark.end], mark.kind, mark.label) == ("Libya", "place", "B")


# ------------------------------------------------------------------ characters that cannot be seen


@pytest.mark.parametrize("char", [*"\u202a\u202e\u2066\u2069\u200b\u200e\ufeff\0\x1b\x85", "\U000e0041", "\ud800"])
def test_a_character_that_cannot_be_seen_becomes_a_badge(char: str) -> None:
    html = shown(f"a{char}b")
    assert char not in html
    assert f">⟦{ord(char):04X}⟧<" in html


def test_a_badge_names_its_character() -> None:
    assert 'title="U+202E RIGHT-TO-LEFT OVERRIDE"' in shown("\u202e")


@pytest.mark.parametrize("text", ["line\nbreak\ttab", "👨‍👩‍👧", "❤️‍🔥", "می‌خواهم", "مدينة الرقّة", "détruit"])
def test_spelling_and_joined_emoji_stay_as_they_are(text: str) -> None:
    assert shown(text) == text


def test_a_run_of_invisible_characters_is_one_short_badge() -> None:
    assert "⟦200B 200B 200B +99997⟧" in shown("\u200b" * 100_000)


def test_a_text_full_of_invisible_characters_does_not_swell_the_page() -> None:
    text = "a\u200b" * 100_000
    assert len(shown(text)) < 5 * len(text)


@given(st.text())
def test_no_text_can_open_a_tag_or_leave_an_attribute(text: str) -> None:
    assert not re.search(r"[<>\"']", re.sub(r"<span [^<>]*>|</span>|</?bdi>", "", isolated(text)))


@given(st.text(alphabet=SEEN))
def test_a_text_that_can_be_seen_is_shown_as_it_is(text: str) -> None:
    assert unescape(shown(text)) == text


# ------------------------------------------------------------------ sentences


def test_figures_of_an_arabic_word_stay_with_it() -> None:
    assert sentence("in common: 47 ثانية = 47 seconds") == "in common: <bdi>47 ثانية</bdi> = 47 seconds"


def test_a_list_of_arabic_words_keeps_its_order() -> None:
    assert sentence("only one has: سرت, خندق | ditch") == "only one has: سرت, <bdi>خندق</bdi> | ditch"


def test_a_sentence_is_escaped() -> None:
    assert sentence("وقود ~ <b>, 3 < خندق") == "وقود ~ &lt;b&gt;, <bdi>3 &lt; خندق</bdi>"


# ------------------------------------------------------------------ addresses


@pytest.mark.parametrize("url", ["https://example.org/a?b=c#d", "HTTP://example.org", "https://مثال.إختبار/خبر"])
def test_an_http_address_may_be_a_link(url: str) -> None:
    assert web_address(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>1</script>",
        "file:///etc/passwd",
        "//example.org",
        "https:///example.org",
        "https://bank.example@evil.example/",
        "https://evil.example\\@bank.example",
        "https://example.org/\u202egnp.exe",
        "https://example.org/a b",
        "https://example.org/\n",
    ],
)
def test_any_other_address_is_no_link(url: str | None) -> None:
    assert web_address(url) is None


def test_an_address_that_is_no_link_is_shown_as_text() -> None:
    assert "<span dir=ltr>tg://resolve?domain=somebody</span>" in render(example())
