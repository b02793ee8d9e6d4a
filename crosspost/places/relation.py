"""How two places, and the claims of two posts, stand to each other (README: "When do two places conflict?")."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from crosspost.models import ClaimKind, LocationClaim, Place, Relation

NEAR_KM = 60.0  # a day's news calls places this close by one another's names
FAR_KM = 150.0  # where one of the two is a first-level division: these are about 100 km wide
COMPATIBLE: frozenset[Relation] = frozenset({"same", "contains", "near"})
# Strongest first; claims of speakers and inherited claims never count.
TIERS: tuple[tuple[ClaimKind, ...], ...] = (("located", "hashtag"), ("geotag",), ("mentioned",), ("implied",))
# How much an incompatibility weighs: neighbours in one country are easily named for one another.
RELATION_STRENGTH: dict[Relation, float] = {"other-country": 1.0, "far": 1.0, "other-governorate": 0.5}
_POINTS = frozenset({"town", "site"})
_WIDE = frozenset({"region", "natural", "country"})


@dataclass(frozen=True, slots=True)
class Incompatibility:
    """Why two posts' claims cannot both hold: the two claims, their relation, and the weaker claim's strength."""

    a: LocationClaim
    b: LocationClaim
    relation: Relation
    strength: float


def relation(a: Place, b: Place) -> Relation:
    """Return how two places stand to each other: from `same` (compatible) to `other-country` (incompatible).

    Distances are taken between towns, sites and first-level divisions: the middle of a country says nothing.
    Places that share a possible sovereign are never of another country. Both places must have a level.
    """
    if a.id == b.id:
        return "same"
    if a.id in b.within or b.id in a.within:
        return "contains"
    if _both_points(a, b) and _distance(a, b) <= NEAR_KM:
        return "near"
    if not _sovereigns(a) & _sovereigns(b):
        return "other-country" if _sovereigns(a) and _sovereigns(b) else "near"
    return _within_one_country(a, b)


def _within_one_country(a: Place, b: Place) -> Relation:
    if {a.level, b.level} & _WIDE:
        return "near"  # one of the two is too wide, or too vague, to contradict the other
    if a.admin1 == b.admin1:
        return "far" if _distance(a, b) > FAR_KM else "near"
    return "far" if _distance(a, b) > (NEAR_KM if _both_points(a, b) else FAR_KM) else "other-governorate"


def _sovereigns(place: Place) -> frozenset[str]:
    """The states that a place is in, claimed by, or touches (two-letter ids)."""
    return frozenset(i for i in (place.id, *place.within) if len(i) == 2)


def _both_points(a: Place, b: Place) -> bool:
    return a.level in _POINTS and b.level in _POINTS


def _distance(a: Place, b: Place) -> float:
    return kilometers(a.lat, a.lon, b.lat, b.lon)


def kilometers(lat_a: float | None, lon_a: float | None, lat_b: float | None, lon_b: float | None) -> float:
    """Return the great-circle distance (haversine, earth radius 6,371 km); infinite where a coordinate is missing."""
    if lat_a is None or lon_a is None or lat_b is None or lon_b is None:
        return float("inf")
    lat_a, lon_a, lat_b, lon_b = map(radians, (lat_a, lon_a, lat_b, lon_b))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 12742 * asin(min(1.0, sqrt(half)))


def strongest_tier(claims: Iterable[LocationClaim]) -> list[LocationClaim]:
    """Return the asserted claims of the strongest tier that a post has: what it stands for."""
    asserted = [claim for claim in claims if claim.stance == "asserted"]
    for kinds in TIERS:
        if tier := [claim for claim in asserted if claim.kind in kinds]:
            return tier
    return []


def incompatibility(a: Sequence[LocationClaim], b: Sequence[LocationClaim]) -> Incompatibility | None:
    """Return why the claims of two posts cannot both hold, or None where some pair of them is compatible.

    A mention is incompatible with another only if every pair of the places that they may be is.
    """
    worst: Incompatibility | None = None
    for claim_a in strongest_tier(a):
        for claim_b in strongest_tier(b):
            relations = {relation(x, y) for x in claim_a.candidates for y in claim_b.candidates}
            if relations & COMPATIBLE:
                return None
            mildest: Relation = min(relations, key=lambda found: (RELATION_STRENGTH[found], found))
            strength = min(claim_a.strength, claim_b.strength) * RELATION_STRENGTH[mildest]
            if worst is None or strength > worst.strength:
                worst = Incompatibility(claim_a, claim_b, mildest, strength)
    return worst
