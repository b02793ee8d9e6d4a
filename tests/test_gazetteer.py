"""The compiled gazetteer: what it is made of, and that it is what its sources give."""

from __future__ import annotations

from pathlib import Path

import pytest

from crosspost import places
from crosspost.data import folder
from crosspost.places import build
from crosspost.text import tokenize

LOCALE = Path("/usr/share/locale")
GAZETTEER = places.load()


@pytest.mark.skipif(
    not (LOCALE / "ar/LC_MESSAGES/geonames.mo").exists(), reason="needs Debian's package libgeonames-common"
)
def test_the_compiled_gazetteer_is_byte_for_byte_what_its_sources_give() -> None:
    assert build.compiled(LOCALE) == folder("gazetteer.tsv").read_text(encoding="utf-8")


def test_another_version_of_a_source_is_refused(tmp_path: Path) -> None:
    catalog = tmp_path / "en/LC_MESSAGES/geonames.mo"
    catalog.parent.mkdir(parents=True)
    catalog.write_bytes(b"something else")
    with pytest.raises(ValueError, match=r"geonames.mo: sha256 .* was expected"):
        build.compiled(tmp_path)


def test_it_holds_the_places_that_were_written_by_hand_and_many_more() -> None:
    by_hand = sum(GAZETTEER.places.is_by_hand(place_id) for place_id in GAZETTEER.places)
    assert by_hand >= 1_500
    assert len(GAZETTEER.places) >= 50_000


@pytest.mark.parametrize(
    ("joined", "place_id"), [("sanantonio", "gn:4726206"), ("حفرالباطن", "gn:106297"), ("newzealand", "NZ")]
)
def test_a_name_is_found_with_its_words_written_together(joined: str, place_id: str) -> None:
    match = GAZETTEER.find_joined(joined)
    assert match is not None
    assert match.ids[0] == place_id


def test_a_name_of_a_country_is_not_that_of_a_town_elsewhere() -> None:
    match = GAZETTEER.find(["iran"], 0)
    assert match is not None
    assert match.ids == ("IR",)


def named(text: str) -> list[tuple[str, str | None]]:
    """The words that are read as places, with their countries."""
    return [(claim.text, claim.place.country) for claim in places.claims(text, tokenize(text), GAZETTEER)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Roofs torn off by Hurricane Florence", []),
        ("Water rises in #SanAntonio", [("SanAntonio", "US")]),
        ("Fire near Paradise, CA", [("Paradise", "US"), ("CA", "US")]),
        ("Evacuation of Butte County tonight", [("Butte County", "US")]),
        ("Le match des Kings de Los Angeles", []),
        ("Inondations dans le Morbihan", [("Morbihan", "FR")]),
        ("نتغلب على كورونا قريبا", []),
        ("توفي رياض أمس", []),
        ("انقطاع الماء في محافظة إدلب", [("محافظة إدلب", "SY")]),
        ("أمطار غزيرة على #حفرالباطن", [("حفرالباطن", "SA")]),
    ],
)
def test_what_stands_beside_a_name_tells_whether_it_is_a_place(
    text: str, expected: list[tuple[str, str | None]]
) -> None:
    assert named(text) == expected
