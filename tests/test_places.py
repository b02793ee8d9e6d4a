"""Places: which words of a post are a place, what they claim, and how two places stand to each other.

The lines are invented and hand-written; they claim nothing about the world.
"""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crosspost import places
from crosspost.data import folder, rows
from crosspost.models import ClaimKind, Level, Location, LocationClaim, Place, Relation, Stance
from crosspost.places.relation import COMPATIBLE, RELATION_STRENGTH, kilometers
from crosspost.text import tokenize

GAZETTEER = places.load()
ALL = [GAZETTEER.places[place_id] for place_id in sorted(GAZETTEER.places)]
BY_HAND = [place for place in ALL if GAZETTEER.places.is_by_hand(place.id)]


def claimed(text: str) -> list[LocationClaim]:
    return places.claims(text, tokenize(text), GAZETTEER)


# ------------------------------------------------------------------ spans, strengths, candidates


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("انفجار بإدلب قبل دقائق", "إدلب"),
        ("Fire in Port Sudan tonight", "Port Sudan"),
        ("Les secours arrivent #Khartoum", "Khartoum"),
        ("The Yemeni army's radar was destroyed", "Yemeni army"),
        ("L'incendie gagne à N'Djamena", "N'Djamena"),
    ],
)
def test_a_claim_stands_on_the_words_that_name_the_place(text: str, words: str) -> None:
    (claim,) = claimed(text)
    assert claim.text == words
    assert text[claim.start : claim.end] == words


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(st.sampled_from(["Idlib", "in", "#Libya", "ليست", "بحلب", "Syrian", "army", "'s", "."]), st.text())
    )
)
def test_any_text_is_read_and_every_claim_stands_in_it(words: list[str]) -> None:
    text = " ".join(words)
    for claim in claimed(text):
        assert claim.start is not None
        assert text[claim.start : claim.end] == claim.text != ""
        assert claim.kind in get_args(ClaimKind)
        assert 0 < claim.strength <= 1


def test_kinds_of_claims_are_ordered_by_their_strength() -> None:
    lines = [
        "Fire in Idlib",
        "Fire #Idlib",
        "Idlib tonight",
        "A tank of the Syrian army burns",
        "The Syrian army said no",
    ]
    strengths = [claimed(line)[0].strength for line in lines]
    assert strengths == sorted(strengths, reverse=True)
    assert len(set(strengths)) == len(strengths)


@pytest.mark.parametrize("text", ["Floods in Tripoli", "Inondations à Tripoli"])
def test_a_bare_tripoli_may_be_in_libya_or_in_lebanon(text: str) -> None:
    (claim,) = claimed(text)
    assert {place.country for place in claim.candidates} == {"LY", "LB"}


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("Floods in Tripoli #Lebanon", "LB"),
        ("Manifestation à Tripoli, au Liban", "LB"),
        ("حريق في طرابلس، لبنان", "LB"),
        ("Floods in Tripoli #Libya", "LY"),
        ("Manifestation à Tripoli, en Libye", "LY"),
        ("اشتباكات في طرابلس الغرب", "LY"),
    ],
)
def test_the_rest_of_the_post_tells_which_tripoli_is_meant(text: str, country: str) -> None:
    assert {place.country for place in claimed(text)[0].candidates} == {country}


def test_a_name_of_town_and_province_may_be_either() -> None:
    (claim,) = claimed("Fire in Aleppo")
    assert {place.level for place in claim.candidates} == {"admin1", "town"}


# ------------------------------------------------------------------ geotags, translations, threads


def test_a_geotag_is_known_by_its_name() -> None:
    (claim,) = places.geotag_claim(Location(name="Benghazi, Libya"), GAZETTEER)
    assert (claim.place.name, claim.kind, claim.start, claim.end) == ("Benghazi", "geotag", None, None)


def test_a_geotag_without_a_known_name_is_known_by_its_coordinates() -> None:
    (claim,) = places.geotag_claim(Location(name="Chez moi", lat=32.12, lon=20.07), GAZETTEER)
    assert (claim.place.name, claim.kind) == ("Benghazi", "geotag")


@pytest.mark.parametrize("location", [None, Location(), Location(name="Home"), Location(lat=0.0, lon=-150.0)])
def test_a_geotag_that_leads_nowhere_claims_nothing(location: Location | None) -> None:
    assert places.geotag_claim(location, GAZETTEER) == []


def test_a_place_of_both_sides_is_one_claim() -> None:
    merged = places.merge_sides(claimed("حريق في بنغازي"), claimed("Fire in Benghazi"))
    assert [(claim.text, claim.side) for claim in merged] == [("بنغازي", "original")]


def test_a_place_of_the_translation_alone_has_no_span() -> None:
    (claim,) = places.merge_sides([], claimed("Fire in Benghazi"))
    assert (claim.side, claim.start, claim.end) == ("pivot", None, None)


def test_what_is_inherited_says_from_whom_and_leaves_out_denials_and_speakers() -> None:
    source = claimed("Ankara said: filmed in Libya, not in Syria")
    inherited = places.inherited_claims("post-1", source)
    assert [(claim.place.name, claim.kind, claim.via) for claim in inherited] == [("Libya", "inherited", "post-1")]


# ------------------------------------------------------------------ laws of the gazetteer


def test_everything_that_contains_a_place_is_in_the_gazetteer() -> None:
    assert [(place.id, i) for place in ALL for i in place.within if i not in GAZETTEER.places] == []


def test_no_row_names_a_container_that_does_not_exist() -> None:
    missing = [(row[0], i) for row in rows_of_places() for i in row[2].split("|") if i and i not in GAZETTEER.places]
    assert missing == []


def test_ids_are_unique() -> None:
    ids = [row[0] for row in rows_of_places()]
    assert sorted({i for i in ids if ids.count(i) > 1}) == []


def test_every_row_of_places_has_its_eight_columns() -> None:
    assert [row for row in rows_of_places() if len(row) != 8] == []


def test_coordinates_are_on_the_globe() -> None:
    wrong = [
        place.id
        for place in ALL
        if not place.id.startswith("us:")  # counties, whose coordinates the source does not have
        and (place.lat is None or place.lon is None or not (-90 <= place.lat <= 90 and -180 <= place.lon <= 180))
    ]
    assert wrong == []


def test_no_place_contains_itself() -> None:
    assert [place.id for place in ALL if place.id in place.within] == []


def test_every_place_has_a_name_and_a_known_level() -> None:
    assert [place.id for place in ALL if not place.name.strip() or place.level not in get_args(Level)] == []


def test_every_place_is_found_by_its_own_name() -> None:
    lost = []
    for row in rows_of_places():
        name = row[5].split("|")[0]
        forms = [token.form for token in tokenize(name)]
        match = GAZETTEER.find(forms, 0)
        if match is None or row[0] not in match.ids:
            lost.append((row[0], name))
    assert lost == []


def test_every_demonym_belongs_to_a_place() -> None:
    assert [i for ids in GAZETTEER.demonyms.values() for i in ids.split() if i not in GAZETTEER.places] == []


def test_countries_are_countries() -> None:
    assert [p.id for p in ALL if p.country is not None and GAZETTEER.places[p.country].level != "country"] == []


def test_towns_lie_near_the_middle_of_the_division_that_holds_them() -> None:
    far = [
        (place.id, place.admin1)
        for place in BY_HAND
        if place.level == "town" and place.admin1 is not None and _far_apart(place, GAZETTEER.places[place.admin1])
    ]
    assert far == []


def _far_apart(town: Place, division: Place) -> bool:
    """Tell of a distance that no division has from its middle to its edge, but for the widest countries of all."""
    widest = {"RU", "US", "CA", "AU", "BR", "CN", "GL"}
    most = 2_500 if town.country in widest else 900
    return kilometers(town.lat, town.lon, division.lat, division.lon) > most


def rows_of_places() -> list[list[str]]:
    files = sorted(folder("places").iterdir(), key=lambda entry: entry.name)
    skipped = {"demonyms.tsv", "ambiguous.tsv", "cues.tsv"}
    found = [row for file in files if file.name.endswith(".tsv") and file.name not in skipped for row in rows(file)]
    return [row for row in found if row[0] != "id"]


# ------------------------------------------------------------------ laws of relations

A_PLACE = st.sampled_from(ALL)


def place(name: str, level: str = "") -> Place:
    """Return the one place of that name that was written by hand, and of that level where one is given."""
    (found,) = [p for p in BY_HAND if p.name == name and level in ("", p.level)]
    return found


@settings(deadline=None, max_examples=500)
@given(A_PLACE, A_PLACE)
def test_a_relation_is_the_same_from_both_sides(a: Place, b: Place) -> None:
    assert places.relation(a, b) == places.relation(b, a)


@settings(deadline=None)
@given(A_PLACE)
def test_a_place_is_the_same_as_itself(a: Place) -> None:
    assert places.relation(a, a) == "same"


@settings(deadline=None)
@given(A_PLACE.filter(lambda a: a.within), st.data())
def test_a_place_is_compatible_with_everything_that_contains_it(a: Place, data: st.DataObject) -> None:
    container = GAZETTEER.places[data.draw(st.sampled_from(a.within))]
    assert places.relation(a, container) == "contains"


@settings(deadline=None, max_examples=300)
@given(A_PLACE, A_PLACE)
def test_every_relation_is_compatible_or_has_a_strength(a: Place, b: Place) -> None:
    found = places.relation(a, b)
    assert (found in COMPATIBLE) != (found in RELATION_STRENGTH)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("Idlib", "town"), ("Idlib", "admin1"), "contains"),
        (("Idlib", "town"), ("Syria", ""), "contains"),
        (("Idlib", "town"), ("Libya", ""), "other-country"),
        (("Idlib", "admin1"), ("Libya", ""), "other-country"),
        (("Benghazi", "town"), ("Aleppo", "town"), "other-country"),
        (("Benghazi", "town"), ("Derna", "town"), "far"),
        (("Aleppo", "town"), ("Daraa", "town"), "far"),
        (("Syria", ""), ("Libya", ""), "other-country"),
        (("Oran", "town"), ("Algeria", ""), "contains"),
        (("Kherson", "town"), ("Donbas", ""), "near"),
    ],
)
def test_two_places_stand_to_each_other_as_on_the_map(
    one: tuple[str, str], other: tuple[str, str], expected: Relation
) -> None:
    assert places.relation(place(*one), place(*other)) == expected


@pytest.mark.parametrize("contested", ["UA.11", "UA.11/kerch-bridge", "golan-heights", "EH"])
@pytest.mark.parametrize("state", ["UA", "RU", "SY", "IL", "MA"])
def test_a_contested_place_is_never_of_another_country_than_its_claimants(contested: str, state: str) -> None:
    claimant = state in GAZETTEER.places[contested].within
    found = places.relation(GAZETTEER.places[contested], GAZETTEER.places[state])
    assert (found == "contains") is claimant


@pytest.mark.parametrize("state", ["UA", "RU"])
@settings(deadline=None)
@given(data=st.data())
def test_nothing_in_crimea_is_of_another_country_than_ukraine_or_russia(state: str, data: st.DataObject) -> None:
    inside = data.draw(st.sampled_from([p for p in ALL if "UA.11" in (p.id, *p.within)]))
    other = data.draw(st.sampled_from([p for p in ALL if state in (p.id, *p.within)]))
    assert places.relation(inside, other) != "other-country"


# ------------------------------------------------------------------ two posts


def test_two_countries_are_incompatible() -> None:
    found = places.incompatibility(claimed("Fire in Idlib"), claimed("حريق في ليبيا"))
    assert found is not None
    assert (found.relation, found.strength) == ("other-country", 0.9)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fire in Idlib", "حريق في سوريا"),
        ("Fire in Idlib", "Incendie à Idlib"),
        ("Fire in Tripoli", "حريق في لبنان"),
        ("Fire in Tripoli", "Incendie en Libye"),
        ("Fire in Idlib and in Benghazi", "حريق في ليبيا"),
        ("Fire in Sevastopol", "Incendie en Russie"),
        ("Fire in Sevastopol", "Incendie en Ukraine"),
        ("Fire in Idlib", "A fire, filmed somewhere"),
        ("Fire in Idlib", "Not filmed in Libya"),
        ("Fire in Idlib, not in Libya", "Fire in Idlib"),
        ("Fire in Idlib", "A Libyan family waits"),
        ("Fire in Idlib", "The Libyan army said no"),
        ("Fire in Idlib", "A Libyan-made lamp"),
    ],
)
def test_two_posts_that_can_both_be_right_are_no_conflict(one: str, other: str) -> None:
    assert places.incompatibility(claimed(one), claimed(other)) is None
    assert places.incompatibility(claimed(other), claimed(one)) is None


def test_a_surer_claim_of_a_post_hides_its_weaker_ones() -> None:
    found = places.incompatibility(claimed("Libya tonight: fire in Idlib"), claimed("حريق في ليبيا"))
    assert found is not None
    assert found.a.place.name == "Idlib"


def test_the_weaker_claim_gives_the_strength() -> None:
    found = places.incompatibility(claimed("Fire in Idlib"), claimed("Libya tonight"))
    assert found is not None
    assert found.strength == claimed("Libya tonight")[0].strength


KINDS = st.sampled_from(get_args(ClaimKind))
STANCES: st.SearchStrategy[Stance] = st.sampled_from(["asserted", "asserted", "denied"])


@st.composite
def claims(draw: st.DrawFn) -> LocationClaim:
    found = draw(st.lists(A_PLACE, min_size=1, max_size=3, unique_by=lambda p: p.id))
    kind, stance = draw(KINDS), draw(STANCES)
    return LocationClaim(found[0], tuple(found[1:]), "original", 0, 1, "x", kind, 0.5, stance)


POST_CLAIMS = st.lists(claims(), max_size=4)


@settings(deadline=None)
@given(POST_CLAIMS, POST_CLAIMS)
def test_a_conflict_is_the_same_from_both_sides(a: list[LocationClaim], b: list[LocationClaim]) -> None:
    one, other = places.incompatibility(a, b), places.incompatibility(b, a)
    assert (one is None) == (other is None)
    assert one is None or other is None or one.strength == other.strength


@settings(deadline=None)
@given(POST_CLAIMS, POST_CLAIMS, claims())
def test_two_posts_that_share_a_sure_claim_never_conflict(
    a: list[LocationClaim], b: list[LocationClaim], shared: LocationClaim
) -> None:
    located = replace(shared, kind="located", stance="asserted")
    assert places.incompatibility([*a, located], [located, *b]) is None


@settings(deadline=None)
@given(POST_CLAIMS, POST_CLAIMS)
def test_a_conflict_holds_for_every_pair_of_what_two_posts_stand_for(
    a: list[LocationClaim], b: list[LocationClaim]
) -> None:
    if places.incompatibility(a, b) is not None:
        pairs = [(x, y) for x in places.strongest_tier(a) for y in places.strongest_tier(b)]
        candidates = [(p, q) for x, y in pairs for p in x.candidates for q in y.candidates]
        assert not {places.relation(p, q) for p, q in candidates} & COMPATIBLE


@settings(deadline=None)
@given(POST_CLAIMS, POST_CLAIMS, st.sampled_from(["inherited", "speaker"]))
def test_what_is_inherited_or_only_speaks_never_conflicts(
    a: list[LocationClaim], b: list[LocationClaim], kind: ClaimKind
) -> None:
    assert places.incompatibility([replace(claim, kind=kind) for claim in a], b) is None


@settings(deadline=None)
@given(POST_CLAIMS, POST_CLAIMS)
def test_what_is_denied_never_conflicts(a: list[LocationClaim], b: list[LocationClaim]) -> None:
    assert places.incompatibility([replace(claim, stance="denied") for claim in a], b) is None


@settings(deadline=None)
@given(POST_CLAIMS, POST_CLAIMS, claims(), st.sampled_from(["inherited", "speaker"]))
def test_what_is_inherited_or_only_speaks_takes_no_conflict_away(
    a: list[LocationClaim], b: list[LocationClaim], added: LocationClaim, kind: ClaimKind
) -> None:
    more = [*a, replace(added, kind=kind)]
    assert places.incompatibility(more, b) == places.incompatibility(a, b)
