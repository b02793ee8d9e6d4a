"""Links -> groups, without chains: a group grows only while its posts are alike on the average."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

_AVERAGE = 0.5  # the mean score that two groups must have between them to become one
_SAMPLE = 5  # members of each side that are looked at, those with the smallest ids


def groups(links: Iterable[tuple[str, str, float]], score: Callable[[str, str], float]) -> list[tuple[str, ...]]:
    """Join linked posts into groups, the strongest links first, and return those of two or more, in order.

    `links` are (id, id, score 0..1); `score` answers for any two ids, also where no link was found. Two groups become
    one when the mean score between them reaches one half (average link, on a sample of a large group), so that a chain
    of loosely like posts does not grow into one group. The order of `links` plays no part.
    """
    group_of: dict[str, _Group] = {}
    for a, b, _ in sorted(links, key=lambda link: (-link[2], min(link[:2]), max(link[:2]))):
        left, right = (group_of.setdefault(post, _Group([post], [post])) for post in (a, b))
        if left is right or _mean(left.sample, right.sample, score) < _AVERAGE:
            continue
        if len(left.members) < len(right.members):
            left, right = right, left
        left.members += right.members  # the smaller into the larger: each post moves a few times at most
        left.sample = sorted([*left.sample, *right.sample])[:_SAMPLE]
        group_of.update(dict.fromkeys(right.members, left))
    unique = {id(group): group for group in group_of.values()}
    return sorted(tuple(sorted(group.members)) for group in unique.values() if len(group.members) > 1)


@dataclass(slots=True, eq=False)
class _Group:
    """The posts of a group, and those of them that speak for it."""

    members: list[str]
    sample: list[str]


def _mean(left: Sequence[str], right: Sequence[str], score: Callable[[str, str], float]) -> float:
    scores = [score(a, b) for a, b in product(left, right)]
    return sum(scores) / len(scores)
