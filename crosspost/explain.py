"""Every comparison of two posts as sentences, also those that found nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crosspost.checker import Checker
from crosspost.compare import compare, linked
from crosspost.models import Annotation, Evidence, LocationClaim, Post
from crosspost.places import incompatibility, strongest_tier
from crosspost.rarity import Rarity
from crosspost.surroundings import inherit

# What may speak for or against one media, and what it means that there is nothing to say.
_COMPARISONS = {
    "prior": "",
    "media": "no media with the same id, hash or URL",
    "image": "no pictures that were seen to show the same",
    "video": "no videos that were seen to show the same",
    "repost": "neither reposts the other",
    "quote": "neither quotes the other",
    "thread": "they belong to no common thread",
    "url": "no link to the same page",
    "words": "no telling word in common",
    "names": "no name in common under another spelling",
    "identifiers": "no identifier in common",
    "figures": "no figure in common",
    "differing-figures": "no figures of one unit that differ",
    "coverage": "at least one has no telling word",
    "author": "no common account",
    "time": "at least one has no time",
}


def explain(checker: Checker, posts: Sequence[Post], a: str, b: str) -> Iterator[str]:
    """Yield the comparison of the posts `a` and `b` as lines of text; words are weighed by their rarity in `posts`."""
    annotations = inherit(checker.annotate(posts))
    by_id = {annotation.id: annotation for annotation in annotations}
    left, right = by_id[a], by_id[b]
    recognised = checker.recognise([left.post, right.post], [(a, b)])
    link = compare(left, right, Rarity(annotations), recognised)
    outcome = "linked" if linked(link) else "not linked"
    yield f"{a} and {b}: {outcome}, probability {link.score:.2f} ({link.bits:+.1f} bits)"
    for kind, nothing in _COMPARISONS.items():
        found = [evidence for evidence in link.evidence if evidence.kind == kind]
        yield from map(_sentence, found)
        if not found:
            yield f"    0.0  {kind}: {nothing}"
    for annotation in (left, right):
        yield f"{annotation.id} ({annotation.language.code}, {annotation.pivot.quality}) names: {_claims(annotation)}"
    yield _places(left, right)


def _sentence(evidence: Evidence) -> str:
    return f"  {evidence.weight:+5.1f}  {evidence.kind}: {evidence.detail}"


def _claims(annotation: Annotation) -> str:
    return "; ".join(map(_claim, annotation.claims)) or "no place"


def _claim(claim: LocationClaim) -> str:
    others = f" or {', '.join(place.name for place in claim.alternatives)}" if claim.alternatives else ""
    via = f" from {claim.via}" if claim.via else ""
    respelled = f" taken for {claim.respelled!r}" if claim.respelled else ""
    return f"{claim.place.name}{others} ({claim.kind}{via}, {claim.stance}, by {claim.text!r}{respelled})"


def _places(left: Annotation, right: Annotation) -> str:
    if not (strongest_tier(left.claims) and strongest_tier(right.claims)):
        return "places: at least one of the two asserts no place of its own, so they cannot conflict"
    found = incompatibility(left.claims, right.claims)
    if found is None:
        return "places: compatible, at least one pair of what they name can both be true"
    a, b = found.a.place.name, found.b.place.name
    return f"places: {a} and {b} cannot both be true ({found.relation}, strength {found.strength:.2f})"
