"""What a new run adds to an earlier report: findings that are new, that changed, and that are gone.

A finding's id changes with its posts. Across reports a finding is told by its posts: it is the one that shares any.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crosspost.models import Finding, Problem, Report


@dataclass(frozen=True, slots=True)
class Change:
    """A finding that was there before, and what is different about it now.

    `was` holds the ids of the earlier findings that it shares posts with, `places` are full names.
    """

    finding: Finding
    was: tuple[str, ...]
    score_was: float
    level_was: str
    posts_added: tuple[str, ...]
    posts_gone: tuple[str, ...]
    places_added: tuple[str, ...]
    places_gone: tuple[str, ...]

    @property
    def says_more(self) -> bool:
        """Whether there is more to look at than before: posts, places, or a higher level."""
        risen = self.finding.level == "look-first" != self.level_was
        return bool(self.posts_added or self.places_added or risen)


@dataclass(frozen=True, slots=True)
class Diff:
    """The difference of two reports; `unlike` says in sentences what was not the same about the two runs."""

    new: tuple[Finding, ...]
    changed: tuple[Change, ...]
    gone: tuple[Finding, ...]
    unchanged: int
    problems: tuple[Problem, ...]
    unlike: tuple[str, ...]

    @property
    def says_more(self) -> bool:
        """Whether the new report holds something to look at that the old one did not."""
        return bool(self.new) or any(change.says_more for change in self.changed)


def diff(old: Report, new: Report) -> Diff:
    """Return what `new` adds to `old`, findings in the order of `new`."""
    earlier = {post: finding for finding in old.findings for post in finding.posts}
    added: list[Finding] = []
    changes: list[Change] = []
    met: set[str] = set()
    for finding in new.findings:
        was = list({earlier[post].id: earlier[post] for post in finding.posts if post in earlier}.values())
        met.update(before.id for before in was)
        if was:
            changes.append(_change(finding, was))
        else:
            added.append(finding)
    known = set(old.problems)
    return Diff(
        new=tuple(added),
        changed=tuple(change for change in changes if _is_one(change)),
        gone=tuple(finding for finding in old.findings if finding.id not in met),
        unchanged=sum(not _is_one(change) for change in changes),
        problems=tuple(problem for problem in new.problems if problem not in known),
        unlike=tuple(_unlike(old, new)),
    )


def _change(finding: Finding, was: Sequence[Finding]) -> Change:
    posts = {post for before in was for post in before.posts}
    places = {claim.place.id: claim.place.full_name for before in was for claim in before.claims}
    now = {claim.place.id: claim.place.full_name for claim in finding.claims}
    best = max(was, key=lambda before: (before.level == "look-first", before.score, before.id))
    return Change(
        finding=finding,
        was=tuple(sorted(before.id for before in was)),
        score_was=best.score,
        level_was=best.level,
        posts_added=tuple(post for post in finding.posts if post not in posts),
        posts_gone=tuple(sorted(posts - {*finding.posts})),
        places_added=tuple(name for place, name in now.items() if place not in places),
        places_gone=tuple(name for place, name in places.items() if place not in now),
    )


def _is_one(change: Change) -> bool:
    """Whether anything is different; a score alone moves with every post that is read, and is no change."""
    same = not (change.posts_added or change.posts_gone or change.places_added or change.places_gone)
    return not same or len(change.was) > 1 or change.level_was != change.finding.level


def _unlike(old: Report, new: Report) -> Iterator[str]:
    if old.crosspost != new.crosspost:
        yield f"made by crosspost {old.crosspost} and {new.crosspost}"
    before, now = old.options.model_dump(), new.options.model_dump()
    for name, value in now.items():
        if before[name] != value:
            yield f"{name}: {_told(before[name])} and {_told(value)}"
    for name in ("detector", "translator"):
        told = old.provenance.get(name), new.provenance.get(name)
        if told[0] != told[1] and before.get(name) == now.get(name):
            yield f"{name}: {_told(told[0])} and {_told(told[1])}"


def _told(value: object) -> str:
    return "none" if value is None else str(value)
