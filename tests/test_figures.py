"""Figures: one value and one unit, however the three languages write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost.align import differing_figures, shared_figures
from crosspost.figures import figures
from crosspost.models import Figure
from crosspost.text import tokenize

ANY_TEXT = st.text(st.characters(exclude_categories=()))
PIECES = st.sampled_from(
    ["75", " ", ",", ".", "٫", "٬", "\u202f", "million", "مليون", "$", "€", "%", "٧٥", "de", "dollars", "१२"]
)
FIGURE_TEXT = st.lists(st.one_of(PIECES, ANY_TEXT)).map("".join)


def found(text: str) -> tuple[Figure, ...]:
    return figures(text, tokenize(text))


def values(text: str) -> list[tuple[float, str | None]]:
    return [(figure.value, figure.unit) for figure in found(text)]


@pytest.mark.parametrize(
    "text",
    [
        "75 million",
        "75 millions",
        "75 mn",
        "٧٥ مليون",
        "75 مليونا",
        "75,000,000",
        "75 000 000",
        "75.000.000",
        "٧٥٬٠٠٠٬٠٠٠",
    ],
)
def test_seventy_five_million_is_one_value_in_every_spelling(text: str) -> None:
    assert values(text) == [(75_000_000.0, None)]


@pytest.mark.parametrize(
    "text",
    [
        "75 million dollars",
        "$75 million",
        "$ 75 million",
        "75 million USD",
        "75 millions de dollars",
        "75 000 000 $",
        "75 مليون دولار",
        "بقيمة ٧٥ مليون دولار",
    ],
)
def test_seventy_five_million_dollars_is_one_figure_in_every_spelling(text: str) -> None:
    assert values(text) == [(75_000_000.0, "dollar")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3,400", 3400.0),
        ("3.400", 3400.0),
        ("3 400", 3400.0),
        ("3\u00a0400", 3400.0),
        ("3\u202f400", 3400.0),
        ("٣٬٤٠٠", 3400.0),
        ("3,4", 3.4),
        ("3.45", 3.45),
        ("٣٫٥", 3.5),
        ("0,500", 0.5),
        ("1,5 million", 1_500_000.0),
        ("5k", 5000.0),
        ("2 milliards", 2e9),
        ("مليارات 3 مليار", 3e9),
        ("12 ألف", 12_000.0),
        ("१२", 12.0),
    ],
)
def test_separators_and_multipliers_make_the_value(text: str, value: float) -> None:
    assert values(text) == [(value, None)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 countries", (12.0, "country")),
        ("12 pays", (12.0, "country")),
        ("12 دولة", (12.0, "country")),
        ("30%", (30.0, "percent")),
        ("30 %", (30.0, "percent")),
        ("30 بالمئة", (30.0, "percent")),
        ("40 km", (40.0, "kilometer")),
        ("40km", (40.0, "kilometer")),
        ("40 كيلومترا", (40.0, "kilometer")),
        ("14 dead", (14.0, "dead")),
        ("14 morts", (14.0, "dead")),
        ("14 tués", (14.0, "dead")),
        ("14 قتيلا", (14.0, "dead")),
        ("9 blessés", (9.0, "wounded")),
        ("9 injured", (9.0, "wounded")),
        ("38 seconds", (38.0, "second")),
        ("38 secondes", (38.0, "second")),
        ("38 ثانية", (38.0, "second")),
        ("€5bn", (5e9, "euro")),
        ("£20", (20.0, "pound")),
        ("100$", (100.0, "dollar")),
        ("5 milliards d'euros", (5e9, "euro")),
        ("2020 dollars", (2020.0, "dollar")),
        ("a 7.8 magnitude quake", (7.8, "magnitude")),
    ],
)
def test_the_unit_beside_a_number_belongs_to_it(text: str, expected: tuple[float, str]) -> None:
    assert values(text) == [expected]


@pytest.mark.parametrize("text", ["in 2011", "en 2011", "في 2011", "عام ٢٠١١", "(2011)"])
def test_a_bare_number_of_these_centuries_is_a_year(text: str) -> None:
    assert values(text) == [(2011.0, "year")]


@pytest.mark.parametrize("text", ["1899 boxes", "2100 boxes", "2,011 boxes", "12 boxes"])
def test_another_number_is_no_year(text: str) -> None:
    assert [figure.unit for figure in found(text)] == [None]


def test_a_year_behind_a_sum_stays_a_figure_of_its_own() -> None:
    assert values("5 million dollars in 2014") == [(5_000_000.0, "dollar"), (2014.0, "year")]


@pytest.mark.parametrize("text", ["S-400", "T-72", "#2011", "https://t.co/2011", "@user2011", "12.5.2024", "1.2.3"])
def test_identifiers_addresses_and_dates_hold_no_figures(text: str) -> None:
    assert values(text) == []


@pytest.mark.parametrize("text", ["9" * 16, "9" * 5000, "٩" * 400, "1" + ",000" * 300, "+1234567890123456"])
def test_huge_digits_are_no_figure(text: str) -> None:
    assert values(text) == []


def test_fifteen_digits_are_still_a_figure() -> None:
    assert values("9" * 15) == [(999_999_999_999_999.0, None)]


def test_a_figure_shows_the_words_that_it_was_read_from() -> None:
    assert [figure.text for figure in found("it cost 75 millions de dollars, we hear")] == ["75 millions de dollars"]


def test_a_list_of_small_numbers_is_not_one_number() -> None:
    assert [value for value, _ in values("2 3 4")] == [2.0, 3.0, 4.0]


@settings(deadline=None)
@given(FIGURE_TEXT)
def test_every_figure_is_the_text_between_its_offsets(text: str) -> None:
    assert all(text[figure.start : figure.end] == figure.text != "" for figure in found(text))


@settings(deadline=None)
@given(FIGURE_TEXT)
def test_figures_follow_each_other_without_overlap(text: str) -> None:
    ends = [0, *(offset for figure in found(text) for offset in (figure.start, figure.end))]
    assert ends == sorted(ends)


@settings(deadline=None)
@given(FIGURE_TEXT)
def test_every_value_is_finite_and_not_negative(text: str) -> None:
    assert all(0 <= figure.value < 10**25 for figure in found(text))


@settings(deadline=None)
@given(st.integers(0, 10**15 - 1))
def test_a_whole_number_is_read_as_it_is_written(number: int) -> None:
    assert [value for value, _ in values(str(number))] == [float(number)]


@settings(deadline=None)
@given(st.integers(2100, 10**15 - 1))
def test_grouped_digits_mean_the_same_number(number: int) -> None:
    grouped = {f"{number:,}".replace(",", separator) for separator in ",.\u00a0\u202f٬ "}
    assert {tuple(values(text)) for text in grouped} == {((float(number), None),)}


# ------------------------------------------------------------------ figures of two posts


def test_equal_values_of_one_unit_are_shared() -> None:
    pairs = shared_figures(found("worth 75 million dollars, in 12 countries"), found("12 دولة بقيمة 75 مليون دولار"))
    assert [(x.value, y.value) for x, y in pairs] == [(75_000_000.0, 75_000_000.0), (12.0, 12.0)]


def test_equal_values_of_different_units_are_not_shared() -> None:
    assert shared_figures(found("12 dead"), found("12 vehicles")) == []


def test_a_value_without_a_unit_may_be_that_of_any_unit() -> None:
    assert len(shared_figures(found("12 dead"), found("only 12, they say"))) == 1


def test_each_figure_is_shared_once() -> None:
    assert len(shared_figures(found("12 dead, 12 dead"), found("12 dead"))) == 1


def test_values_of_one_unit_that_differ_are_told() -> None:
    pairs = differing_figures(found("12 dead"), found("15 morts"))
    assert [(x.value, y.value) for x, y in pairs] == [(12.0, 15.0)]


def test_a_value_that_the_other_post_has_as_well_does_not_differ() -> None:
    assert differing_figures(found("12 dead, then 15 dead"), found("15 morts, puis 12 morts")) == []
