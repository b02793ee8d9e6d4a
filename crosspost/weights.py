"""What a measured comparison of two posts is worth in bits: the fitted curves of `data/weights.tsv`."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from math import log2

from crosspost.data import rows


def weight(evidence: str, measure: float) -> float:
    """Return the bits of an evidence for what was measured: linear between the knots of its curve, flat outside.

    Raises:
        KeyError: there is no such curve.
    """
    measures, bits = curve(evidence)
    at = bisect_right(measures, measure)
    if at in (0, len(measures)):
        return bits[max(0, at - 1)]
    low, high = measures[at - 1], measures[at]
    return bits[at - 1] + (bits[at] - bits[at - 1]) * (measure - low) / (high - low)


def prior_bits(posts: int) -> float:
    """Return the log odds, before looking, that a candidate pair among so many posts is of the same media."""
    return weight("prior", log2(max(2, posts)))


def curve(evidence: str) -> tuple[list[float], list[float]]:
    """Return the knots of an evidence: what is measured, ascending, and the bits at each."""
    return _curves()[evidence]


@cache
def _curves() -> dict[str, tuple[list[float], list[float]]]:
    curves: dict[str, tuple[list[float], list[float]]] = {}
    for evidence, measure, bits in rows("weights.tsv"):
        measures, values = curves.setdefault(evidence, ([], []))
        measures.append(float(measure))
        values.append(float(bits))
    return curves
