"""Links -> groups, without chains: a group grows only while its posts are alike on the average."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import product

_AVERAGE = 0.5  # the mean score that two groups must have between them to become one
_SAMPLE = 5  # members of each side that are looked at, those with the smallest ids


def groups(links: Iterable[tuple[str, str, float]], score: Callable[[str, str], float]) -> list[tuple[str, ...]]:
    """Join linked posts into groups, the strongest links first, and return those of two or more, in order.

    `links` are (id, id, score 0..1); `score` answers for any two ids, also where no link was found. Two groups become
    one when the mean score between them reaches one half (average link, on a sample of a large group), so that a chain
    of loosely like posts does not grow into one group. The order of `links` plays no part.
    """
    group_of: dict[str, list[str]] = {}
    for a, b, _ in sorted(links, key=lambda link: (-link[2], min(link[:2]), max(link[:2]))):
        left, right = group_of.setdefault(a, [a]), group_of.setdefault(b, [b])
        if left is right:
            continue
        if _mean(left, right, score) >= _AVERAGE:
            merged = sorted([*left, *right])
            for member in merged:
                group_of[member] = merged
    unique = {id(group): group for group in group_of.values()}
    return sorted(tuple(group) for group in unique.values() if len(group) > 1)


def _mean(left: Sequence[str], right: Sequence[str], score: Callable[[str, str], float]) -> float:
    scores = [score(a, b) for a, b in product(left[:_SAMPLE], right[:_SAMPLE])]
    return sum(scores) / len(scores)
