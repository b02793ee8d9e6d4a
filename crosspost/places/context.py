"""What the posts around a post say about its ambiguous names: its thread, what it quotes, its author's other posts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from crosspost.models import LocationClaim, Place


def spoken_of(claims: Iterable[LocationClaim]) -> set[str]:
    """Return the ids of the places, and of what contains them, whose country claims tell beyond doubt."""
    sure = (claim for claim in claims if claim.stance == "asserted" and not _may_be_in_several_countries(claim))
    return {place_id for claim in sure for place in claim.candidates for place_id in _lineage(place)}


def settled(claims: Sequence[LocationClaim], around: AbstractSet[str], *, for_certain: bool) -> list[LocationClaim]:
    """Let what is spoken of around a post decide between namesakes: "Tripoli" in a thread on Lebanon.

    Only names that may be in several countries are looked at. Those that fit come first; where it is `for_certain`
    (the same thread, a quoted post) the others are left out, else (the author's other posts) they stay.
    """
    return [_settled(claim, around, for_certain=for_certain) for claim in claims]


def _settled(claim: LocationClaim, around: AbstractSet[str], *, for_certain: bool) -> LocationClaim:
    if not _may_be_in_several_countries(claim):
        return claim
    fitting = [place for place in claim.candidates if around & {*_lineage(place)}]
    rest = [place for place in claim.candidates if place not in fitting]
    if not fitting or not rest:
        return claim
    first, *others = fitting if for_certain else [*fitting, *rest]
    return replace(claim, place=first, alternatives=tuple(others))


def _may_be_in_several_countries(claim: LocationClaim) -> bool:
    return len({place.country for place in claim.candidates}) > 1


def _lineage(place: Place) -> tuple[str, ...]:
    return (place.id, *place.within)
