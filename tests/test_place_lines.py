"""Every line of `fixtures/places.tsv` claims the places that its writer says, and no other."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from crosspost import places
from crosspost.data import rows
from crosspost.language import detector
from crosspost.models import LocationClaim
from crosspost.text import tokenize

FILE = Path(__file__).parents[1] / "fixtures" / "places.tsv"
LINES = [*rows(FILE)]


@pytest.mark.parametrize(
    ("text", "expected"), [pytest.param(text, claims, id=f"{rule}: {text}") for rule, text, claims in LINES]
)
def test_a_line_claims_what_its_writer_says(text: str, expected: str) -> None:
    said = places.claims(text, tokenize(text), places.load())
    wanted = [] if expected == "-" else expected.split("; ")
    told_apart = [("@" in claim) for claim in wanted] + [False] * len(said)
    found = [_shown(claim, with_country=country) for claim, country in zip(said, told_apart, strict=False)]
    assert found == wanted


def test_the_lines_are_shared_fairly_among_the_three_languages() -> None:
    languages = Counter(
        language.code for language in detector("profiles", ("en", "ar", "fr")).detect([t for _, t, _ in LINES])
    )
    assert len(LINES) >= 250
    assert min(languages[code] for code in ("en", "ar", "fr")) >= 60


def _shown(claim: LocationClaim, *, with_country: bool) -> str:
    country = f"@{claim.place.country}" if with_country else ""
    return f"{claim.place.name}{country} {claim.kind}" + (" denied" if claim.stance == "denied" else "")
