"""Links -> groups -> conflicts -> findings: what is told to the user, and in which order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

import crosspost
from crosspost import conflicts
from crosspost.cluster import groups as cluster
from crosspost.models import (
    Annotation,
    Conflict,
    Finding,
    Group,
    Link,
    Options,
    Place,
    PlaceClaim,
    Problem,
    Report,
)
from crosspost.places import strongest_tier

SCHEMA = "crosspost.report/1"
LOOK_FIRST_SCORE = 0.8
LOOK_FIRST_STRENGTH = 0.6  # located or hashtag claims on both sides, of places that lie far apart
_SHORT_TERMS = 6  # a post of fewer terms is too short to be sure of by its words
_HARD_EVIDENCE = frozenset({"media", "image", "video", "repost", "quote"})

Compared = Callable[[str, str], Link]


def conclude(
    posts: Mapping[str, Annotation], links: Sequence[Link], compared: Compared
) -> tuple[list[Group], list[Finding]]:
    """Return all groups, ordered by their first post, and the findings among them, what to look at first in front.

    `compared` answers the comparison of any two posts, also of those that were no candidates.
    """
    known = {(link.a, link.b): link for link in links}

    def link_of(a: str, b: str) -> Link:
        pair = (a, b) if a < b else (b, a)
        if pair not in known:
            known[pair] = compared(*pair)
        return known[pair]

    scored = [(link.a, link.b, link.score) for link in links]
    members = cluster(scored, lambda a, b: link_of(a, b).score)
    group_of = {post: index for index, group in enumerate(members) for post in group}
    inside: list[list[Link]] = [[] for _ in members]
    for link in sorted(links, key=lambda link: (link.a, link.b)):
        index = group_of.get(link.a)
        if index is not None and index == group_of.get(link.b):
            inside[index].append(link)
    groups = [
        Group(_digest("g", *ids), ids, tuple(found), tuple(conflicts.disputes([posts[i] for i in ids])))
        for ids, found in zip(members, inside, strict=True)
    ]
    findings = [finding for group in groups if (finding := _finding(group, posts, link_of)) is not None]
    findings.sort(key=lambda finding: (finding.level != "look-first", -finding.score, finding.id))
    return groups, findings


def report(
    posts: Mapping[str, Annotation],
    concluded: tuple[Sequence[Group], Sequence[Finding]],
    source: object,
    *,
    options: Options,
    provenance: Mapping[str, Any],
    problems: Iterable[Problem] = (),
) -> Report:
    """Return the report of a check; `source` is what was read, with its problems and files if it knows them.

    `problems` are those that came up while the posts were understood.
    """
    groups, findings = concluded
    problems = (*getattr(source, "problems", ()), *problems)
    inputs = getattr(source, "inputs", ())
    files = {
        name: value and file_name(value) for name in ("memory", "media_cache") if (value := getattr(options, name))
    }
    return Report(
        schema=SCHEMA,
        crosspost=crosspost.__version__,
        options=options.model_copy(update=files),
        provenance={**provenance, "inputs": [{**item, "file": file_name(item["file"])} for item in inputs]},
        counts={
            "posts": len(posts),
            "unreadable": sum(not problem.kept for problem in problems),
            "groups": len(groups),
            "findings": len(findings),
        },
        problems=tuple(replace(problem, file=file_name(problem.file)) for problem in problems),
        groups=tuple(groups),
        findings=tuple(findings),
        posts={i: posts[i] for group in groups for i in group.posts},
    )


def file_name(file: str) -> str:
    """Return how a report names a file: the same on every machine, and telling nothing of its folders."""
    return PurePath(file).name or file


# ------------------------------------------------------------------ conflicts and findings


def _finding(group: Group, posts: Mapping[str, Annotation], link_of: Compared) -> Finding | None:
    involved = [posts[i] for i in group.posts]
    listed, omitted = conflicts.conflicts(involved)
    if not listed:
        return None
    best = max(listed, key=lambda c: (_joined_score(link_of(c.a, c.b), c), c.b, c.a))
    link = link_of(best.a, best.b)
    level = "look-first" if any(_looks_first(c, posts, link_of(c.a, c.b)) for c in listed) else "possible"
    claims = _claims(involved)
    return Finding(
        id=_digest("f", group.id, *(claim.place.id for claim in claims)),
        group=group.id,
        level=level,  # type: ignore[arg-type]  # one of the two names above
        score=_joined_score(link, best),
        summary=_summary(best, len(group.posts), link),
        posts=group.posts,
        claims=tuple(claims),
        conflicts=listed,
        disputes=group.disputes,
        differences=tuple(conflicts.differences(involved)),
        links=_links_shown(group, listed, link_of),
        omitted=omitted,
    )


def _joined_score(link: Link, conflict: Conflict) -> float:
    """The probability of the same media, lowered by how weakly the places are claimed."""
    return round(link.score * conflict.strength, 4)


def _looks_first(conflict: Conflict, posts: Mapping[str, Annotation], link: Link) -> bool:
    if conflict.strength < LOOK_FIRST_STRENGTH or link.score < LOOK_FIRST_SCORE:
        return False
    if any(evidence.kind in _HARD_EVIDENCE for evidence in link.evidence):
        return True
    return min(len(posts[conflict.a].terms), len(posts[conflict.b].terms)) >= _SHORT_TERMS


def _links_shown(group: Group, listed: Sequence[Conflict], link_of: Compared) -> tuple[Link, ...]:
    """The links between conflicting posts first, then those that hold the group together."""
    shown = {(c.a, c.b): link_of(c.a, c.b) for c in listed}
    shown |= {(link.a, link.b): link for link in group.links}
    return tuple(shown[pair] for pair in sorted(shown, key=lambda pair: (-shown[pair].bits, pair)))


def _claims(involved: Sequence[Annotation]) -> list[PlaceClaim]:
    """The places that the posts of a finding stand for, the first claimed first."""
    claimants: dict[str, dict[str, Annotation]] = {}
    place_of: dict[str, Place] = {}
    for annotation in involved:
        for claim in strongest_tier(annotation.claims):
            place_of[claim.place.id] = claim.place
            claimants.setdefault(claim.place.id, {})[annotation.id] = annotation
    claims = [
        PlaceClaim(place_of[i], tuple(found), conflicts.first_seen(found.values())) for i, found in claimants.items()
    ]
    return sorted(claims, key=lambda claim: (claim.first_seen or "~", claim.place.id))


def _summary(conflict: Conflict, size: int, link: Link) -> str:
    a, b = conflict.places
    because = [e for e in link.evidence if e.weight > 0]
    because.sort(key=lambda e: -e.weight)
    reason = because[0].detail if because else "they belong to one group"
    return f"The same media or story in {size} posts, under {a.full_name} and under {b.full_name}, because: {reason}"


def _digest(kind: str, *parts: str) -> str:
    return f"{kind}-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:12]}"
