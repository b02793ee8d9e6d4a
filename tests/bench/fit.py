"""Fit the weights of evidence on made pairs and write them: `fit.py [--pairs N] [--write]`.

Every evidence has a curve of bits over what is measured, linear between knots and monotone (what speaks for the same
media may not speak less when there is more of it): a logistic regression whose increments keep their sign, fitted by
projected gradient. What comes out are log likelihood ratios in bits, as Fellegi and Sunter (1969) add them up; the odds
of the training pairs are taken out and the prior put in their place.

Printed are: each kind of rewording when it was left out of the fit; calibration in ten bins on stories that the fit
did not see.
"""

from __future__ import annotations

import argparse
import pathlib
from collections.abc import Sequence
from dataclasses import astuple
from itertools import pairwise
from math import log

import numpy as np
from numpy.typing import NDArray
from pairs import OTHER, SAME, Maker, Pair

import crosspost
from crosspost import Checker, Post
from crosspost.compare import measure
from crosspost.rarity import Rarity

Array = NDArray[np.float64]
TABLE = pathlib.Path(crosspost.__file__).parent / "data" / "weights.tsv"
# Evidence, its knots, and whether more of it speaks for the same media (+1) or against it (-1).
CURVES: tuple[tuple[str, tuple[float, ...], int], ...] = (
    ("words", (0, 5, 10, 15, 20, 30, 45, 70, 120), 1),
    ("together", (0, 4, 8, 15, 30, 60), 1),
    ("covered", (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1), 1),
    ("covered-less", (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1), 1),
    ("figures", (0, 3, 6, 10, 16), 1),
    ("differing", (0, 1, 2, 4), -1),
)
_SMOOTH = 0.003  # how much a step in the slope of a curve costs
_STEPS = 6_000


def measured(pairs: Sequence[Pair]) -> Array:
    """What is measured of each pair: one row a pair, one column a curve."""
    posts = [Post(id=f"{n}{side}", text=text) for n, p in enumerate(pairs) for side, text in (("a", p.a), ("b", p.b))]
    found = Checker().annotate(posts)
    rarity = Rarity()
    return np.array(
        [astuple(measure(a, b, rarity)[0]) for a, b in zip(found[::2], found[1::2], strict=True)], dtype=np.float64
    )


def basis(values: Array) -> Array:
    """One column an interval between knots: how much of it each pair has passed, 0..1, with the sign of the curve."""
    columns = []
    for column, (_, knots, sign) in zip(values.T, CURVES, strict=True):
        for low, high in pairwise(knots):
            columns.append(sign * np.clip((column - low) / (high - low), 0, 1))
    return np.stack(columns, axis=1)


def _roughness() -> Array:
    """The matrix of the penalty: steps in slope within a curve."""
    widths = [np.diff(knots) / (knots[-1] - knots[0]) for _, knots, _ in CURVES]
    size, at, rows = sum(map(len, widths)), 0, []
    for width in widths:
        for step in range(len(width) - 1):
            row = np.zeros(size)
            row[at + step], row[at + step + 1] = 1 / width[step], -1 / width[step + 1]
            rows.append(row)
        at += len(width)
    matrix = np.stack(rows) / 10
    return matrix.T @ matrix


def fitted(values: Array, same: Array) -> Array:
    """Return the increments (bits, each at least 0) of all curves, and last the intercept.

    Both classes weigh the same, so that the intercept holds no odds of the training pairs.
    """
    design = np.hstack([basis(values), np.ones((len(values), 1))])
    share = np.where(same == 1, 0.5 / same.sum(), 0.5 / (1 - same).sum())
    penalty = np.zeros((design.shape[1],) * 2)
    penalty[:-1, :-1] = _SMOOTH * _roughness() + 1e-4 * np.eye(design.shape[1] - 1)
    curvature = 0.25 * np.linalg.norm((design * share[:, None]).T @ design, 2) + np.linalg.norm(penalty, 2)
    increments = momentum = np.zeros(design.shape[1])
    for step in range(_STEPS):
        chance = 1 / (1 + np.exp(-design @ momentum))
        moved = momentum - (design.T @ (share * (chance - same)) + penalty @ momentum) / curvature
        moved[:-1] = np.maximum(0, moved[:-1])
        momentum = moved + (step / (step + 3)) * (moved - increments)
        increments = moved
    return np.asarray(increments / log(2))


def bits(values: Array, increments: Array) -> Array:
    """The bits of each pair, without a prior."""
    return np.asarray(basis(values) @ increments[:-1] + increments[-1])


# ------------------------------------------------------------------ how good it is


def area(scores: Array, same: Array) -> float:
    """The area under the ROC curve: how often a pair of the same media scores above another."""
    order = np.argsort(np.concatenate([scores[same == 1], scores[same == 0]]), kind="stable")
    ranks = np.empty(len(order))
    ranks[order] = np.arange(1, len(order) + 1)
    positive, negative = int(same.sum()), int((1 - same).sum())
    return float((ranks[:positive].sum() - positive * (positive + 1) / 2) / (positive * negative))


def recall_at(scores: Array, same: Array, false: float = 0.01) -> float:
    """The share of pairs of the same media above the score that `false` of the others reach."""
    return float(np.mean(scores[same == 1] > np.quantile(scores[same == 0], 1 - false)))


def calibration(chance: Array, same: Array) -> list[tuple[float, float, int]]:
    """Predicted, observed and number of pairs, in ten bins of the predicted probability."""
    bins = np.minimum(9, (chance * 10).astype(int))
    return [
        (float(chance[bins == n].mean()), float(same[bins == n].mean()), int((bins == n).sum()))
        for n in range(10)
        if (bins == n).any()
    ]


def unseen(values: Array, same: Array, pairs: Sequence[Pair], folds: int = 5) -> Array:
    """The bits of each pair by a fit that saw none of the pairs of its story."""
    names = sorted({pair.story for pair in pairs})
    fold = np.array([names.index(pair.story) % folds for pair in pairs])
    out = np.zeros(len(pairs))
    for number in range(folds):
        out[fold == number] = bits(values[fold == number], fitted(values[fold != number], same[fold != number]))
    return out


def report(values: Array, same: Array, pairs: Sequence[Pair]) -> None:
    """Print what the fit does on pairs that it did not see."""
    kinds = np.array([pair.kind for pair in pairs])
    scores = unseen(values, same, pairs)
    print(f"unseen stories: AUC {area(scores, same):.4f}, recall at 1% false {recall_at(scores, same):.3f}")
    for kind in SAME:
        kept, held = kinds != kind, (kinds == kind) | (same == 0)
        left_out = bits(values[held], fitted(values[kept], same[kept]))
        found = (area(left_out, same[held]), recall_at(left_out, same[held]))
        print(f"  {kind:12s} left out of the fit: AUC {found[0]:.4f}, recall at 1% false {found[1]:.3f}")
    for kind in OTHER:
        print(f"  {kind:12s} above even odds: {np.mean(scores[kinds == kind] > 0):.3f}")
    share = np.where(same == 1, 0.5 / same.sum(), 0.5 / (1 - same).sum())
    rng = np.random.default_rng(1)
    drawn = rng.choice(len(same), size=20_000, p=share / share.sum())
    chance = 1 / (1 + 2 ** -scores[drawn])
    print("calibration on unseen stories, classes weighed alike: predicted, observed, pairs")
    error = 0.0
    for predicted, observed, count in calibration(chance, same[drawn]):
        print(f"  {predicted:.2f} {observed:.2f} {count}")
        error += abs(predicted - observed) * count / len(drawn)
    print(f"  mean error {error:.3f}")


# The log odds (bits) of a candidate pair, over log2 of the number of posts: set so that `fixtures/cases` hold, and
# falling since pairs that are alike by chance grow faster with the posts than pairs that are meant.
ODDS = ((1, 0.0), (20, -4.0))
_NEUTRAL = 0.3  # the coverage that speaks neither for nor against


def table(increments: Array) -> str:
    """The lines of the curves; the intercept goes into the prior, with the odds of candidate pairs."""
    lines, at, base = [], 0, increments[-1]
    for name, knots, sign in CURVES:
        values = np.concatenate([[0.0], np.cumsum(increments[at : at + len(knots) - 1] * sign)])
        at += len(knots) - 1
        if name.startswith("covered"):
            neutral = values[knots.index(_NEUTRAL)]
            values, base = values - neutral, base + neutral
        lines += [f"{name}\t{knot:g}\t{value:.2f}" for knot, value in zip(knots, values, strict=True)]
    lines += [f"prior\t{posts}\t{odds + base:.2f}" for posts, odds in ODDS]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Fit, print how good it is, and write the table when told so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=400, help="of each kind")
    parser.add_argument("--write", action="store_true", help=f"write the curves to {TABLE.name}")
    args = parser.parse_args()
    pairs = [*Maker(1).pairs(args.pairs)]
    values, same = measured(pairs), np.array([float(pair.same) for pair in pairs])
    report(values, same, pairs)
    lines = table(fitted(values, same))
    print(lines)
    if args.write:
        by_hand, _ = TABLE.read_text(encoding="utf-8").split("# fitted:", 1)
        TABLE.write_text(f"{by_hand}# fitted: {len(pairs)} pairs of tests/bench/pairs.py\n{lines}", encoding="utf-8")


if __name__ == "__main__":
    main()
