"""What the posts of one group say against each other: conflicts of place, disputes, other figures and dates.

A group may be thousands of copies under few places. Posts that claim the same are looked at together, so that what it
costs grows with the different claims, not with the pairs of posts.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, islice
from typing import Literal, NamedTuple

from crosspost.align import differing_figures
from crosspost.models import Annotation, Conflict, Difference, Dispute, Figure, Place
from crosspost.places import incompatibility, relation, strongest_tier
from crosspost.places.relation import COMPATIBLE, Incompatibility

MOST_CONFLICTS = 200  # listed of one group
MOST_DIFFERENCES = 20
_NEVER = "~"  # sorts behind every time


class Conflicts(NamedTuple):
    """The strongest and earliest conflicts of a group, and how many more there are."""

    listed: tuple[Conflict, ...]
    omitted: int


def conflicts(involved: Sequence[Annotation]) -> Conflicts:
    """Return the conflicts between posts in the order of their ids: the strongest first, then by their times."""
    ids = {annotation.id for annotation in involved}
    claimants = _together((annotation for annotation in involved if _speaks_itself(annotation, ids)), _stands_for)
    against: dict[float, dict[Hashable, dict[Hashable, Incompatibility]]] = {}
    count = 0
    for a, b in combinations(claimants, 2):
        for one, other in ((a, b), (b, a)):  # which is A and which B is told by the posts' ids
            found = incompatibility(claimants[one][0].claims, claimants[other][0].claims)
            if found is not None:
                against.setdefault(round(found.strength, 4), {}).setdefault(one, {})[other] = found
        count += len(claimants[a]) * len(claimants[b]) * (found is not None)
    listed: list[Conflict] = []
    for strength in sorted(against, reverse=True):
        listed += islice(_in_order(strength, against[strength], claimants), MOST_CONFLICTS - len(listed))
    return Conflicts(tuple(listed), count - len(listed))


def _in_order(
    strength: float,
    against: Mapping[Hashable, Mapping[Hashable, Incompatibility]],
    claimants: Mapping[Hashable, Sequence[Annotation]],
) -> Iterator[Conflict]:
    """Yield the conflicts of one strength, the earliest first."""
    by_time = {key: sorted(claimants[key], key=_when) for key in against}
    greatest = {key: claimants[key][-1].id for key in against}
    of_all = ((post, claimed) for claimed in against for post in by_time[claimed])
    for a, claimed in sorted(of_all, key=lambda each: _when(each[0])):
        partners = (
            (b, found)
            for other, found in against[claimed].items()
            if greatest[other] > a.id
            for b in by_time[other]
            if b.id > a.id
        )
        for b, found in sorted(partners, key=lambda each: _when(each[0])):
            yield Conflict(a.id, b.id, (found.a.place, found.b.place), found.relation, strength)


def _speaks_itself(annotation: Annotation, ids: set[str]) -> bool:
    """A repost is no second claimant where its original is there: what it says, the original says."""
    return annotation.post.repost_of not in ids or annotation.post.repost_of == annotation.id


def _stands_for(annotation: Annotation) -> Hashable:
    """What tells one post's conflicts from another's: places, what else they may be, and strengths."""
    return tuple(
        (claim.place.id, tuple(place.id for place in claim.alternatives), claim.strength)
        for claim in strongest_tier(annotation.claims)
    )


def _when(annotation: Annotation) -> tuple[str, str]:
    return seen(annotation), annotation.id


def seen(annotation: Annotation) -> str:
    """Return when a post was published, for sorting: posts without a time come last."""
    at = annotation.post.created_at
    return at.isoformat().replace("+00:00", "Z") if at else _NEVER


def first_seen(involved: Iterable[Annotation]) -> str | None:
    """Return the earliest time of posts (ISO 8601), None where no time is known."""
    first = min(map(seen, involved))
    return None if first == _NEVER else first


def disputes(involved: Sequence[Annotation]) -> Iterator[Dispute]:
    """Yield the posts that deny a place which others of the group claim."""
    denials = [(one, claim) for one in involved for claim in one.claims if claim.stance == "denied"]
    claiming = _together(involved, _stands_for).values()
    of_place = {
        place: [post.id for posts in claiming if _claims(posts[0], place) for post in posts]
        for place in {denied.place for _, denied in denials}
    }
    for annotation, denied in denials:
        of = tuple(sorted(other for other in of_place[denied.place] if other != annotation.id))
        if of:
            yield Dispute(annotation.id, denied.place, of, denied.start, denied.end)


def _claims(annotation: Annotation, place: Place) -> bool:
    return any(relation(claim.place, place) in COMPATIBLE for claim in strongest_tier(annotation.claims))


def differences(involved: Sequence[Annotation]) -> Iterator[Difference]:
    """Yield figures and dates that differ, the first `MOST_DIFFERENCES` in the order of the posts."""
    telling = _together(involved, lambda one: tuple((figure.unit, figure.value) for figure in one.figures))
    differing: dict[str, None] = {}
    for one, other in combinations(telling, 2):
        if differing_figures(telling[one][0].figures, telling[other][0].figures):
            differing.update(dict.fromkeys(post.id for key in (one, other) for post in telling[key]))
    found = (
        _difference(a, b, x, y)
        for a, b in combinations([one for one in involved if one.id in differing], 2)
        for x, y in differing_figures(a.figures, b.figures)
    )
    yield from islice(found, MOST_DIFFERENCES)


def _difference(a: Annotation, b: Annotation, x: Figure, y: Figure) -> Difference:
    kind: Literal["figure", "date"] = "date" if x.unit == "year" else "figure"
    return Difference(kind, a.id, b.id, f"{x.text} / {y.text}", (x.start, x.end), (y.start, y.end))


def _together(
    involved: Iterable[Annotation], key: Callable[[Annotation], Hashable]
) -> dict[Hashable, list[Annotation]]:
    """Return posts by what they have in common, in their order."""
    found: dict[Hashable, list[Annotation]] = {}
    for annotation in involved:
        found.setdefault(key(annotation), []).append(annotation)
    return found
