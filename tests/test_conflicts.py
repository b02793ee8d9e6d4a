"""Conflicts, disputes and differences of a group, held to what looking at every pair of posts would tell."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosspost import Checker, Post
from crosspost.align import differing_figures
from crosspost.conflicts import MOST_CONFLICTS, MOST_DIFFERENCES, conflicts, differences, disputes, first_seen, seen
from crosspost.models import Annotation
from crosspost.places import incompatibility

TEXTS = (
    "Fire in Idlib tonight, 14 trucks burn",
    "Fire in Aleppo tonight, 12 trucks burn",
    "Fire in Sirte tonight, 14 trucks burn",
    "Fire in Benghazi tonight",
    "Fire near the town, 9 trucks burn",
    "This is not Idlib, it is Libya",
    "The Syrian army's trucks burn, Cairo said",
)


@pytest.fixture(scope="module")
def understood() -> list[Annotation]:
    return Checker().annotate([Post(id=str(number), text=text) for number, text in enumerate(TEXTS)])


def posts(understood: list[Annotation], drawn: list[tuple[int, int | None]]) -> list[Annotation]:
    """Return posts of these (text, hour), in the order of their ids."""
    made = []
    for number, (text, hour) in enumerate(drawn):
        row: dict[str, Any] = {"id": f"{number:05}", "text": TEXTS[text]}
        if hour is not None:
            row["created_at"] = f"2026-03-11T{hour:02}:00:00Z"
        made.append(replace(understood[text], post=Post.model_validate(row)))
    return made


def pairs_in_conflict(involved: list[Annotation]) -> list[tuple[float, str, str, str, str]]:
    found = []
    for a, b in combinations(involved, 2):
        why = incompatibility(a.claims, b.claims)
        if why is not None:
            found.append((-round(why.strength, 4), seen(a), a.id, seen(b), b.id))
    return sorted(found)


drawings = st.lists(st.tuples(st.integers(0, len(TEXTS) - 1), st.none() | st.integers(0, 3)), min_size=2, max_size=40)


@given(drawings)
def test_all_conflicts_are_found_the_strongest_and_earliest_first(
    understood: list[Annotation], drawn: list[tuple[int, int | None]]
) -> None:
    involved = posts(understood, drawn)
    found = conflicts(involved)
    every = pairs_in_conflict(involved)
    assert [(-c.strength, c.a, c.b) for c in found.listed] == [(s, a, b) for s, _, a, _, b in every[:MOST_CONFLICTS]]
    assert found.omitted == max(0, len(every) - MOST_CONFLICTS)


@given(drawings)
def test_what_differs_is_what_looking_at_every_pair_tells(
    understood: list[Annotation], drawn: list[tuple[int, int | None]]
) -> None:
    involved = posts(understood, drawn)
    every = [(a.id, b.id) for a, b in combinations(involved, 2) for _ in differing_figures(a.figures, b.figures)]
    assert [(found.a, found.b) for found in differences(involved)] == every[:MOST_DIFFERENCES]


def test_a_denied_place_is_disputed_with_all_who_claim_it(understood: list[Annotation]) -> None:
    found = [*disputes(posts(understood, [(0, 1), (5, 2), (2, 3), (0, 0)]))]
    assert [(one.post, one.of) for one in found if one.place.name == "Idlib"] == [("00001", ("00000", "00003"))]


def test_twenty_thousand_copies_under_two_places_are_concluded(understood: list[Annotation]) -> None:
    involved = posts(understood, [(number % 2 * 2, number % 24) for number in range(20_000)])
    found = conflicts(involved)
    assert len(found.listed) == MOST_CONFLICTS
    assert found.omitted == 10_000 * 10_000 - MOST_CONFLICTS
    assert [*differences(involved)] == []


def test_the_first_time_is_that_of_the_posts_that_have_one(understood: list[Annotation]) -> None:
    assert first_seen(posts(understood, [(0, None), (0, 3), (0, 1)])) == "2026-03-11T01:00:00Z"
    assert first_seen(posts(understood, [(0, None)])) is None
