"""Fit the weights of evidence on made pairs and write them: `fit.py [--pairs N] [--write]`.

The bits of an evidence are a factor times a form of what is measured: the logarithm of the bits that correspond (a
doubling says as much again, since the words of a sentence come together), the log odds of being covered, the bits of
figures, the number of figures that differ. The factors are those of a logistic regression, both classes weighed alike,
so that they are log likelihood ratios as Fellegi and Sunter (1969) add them up. Free curves over the same measures
were tried: they follow the made pairs more closely and real posts less.

Printed are: each kind of rewording when it was left out of the fit; each kind of other pair; calibration in ten bins on
stories that the fit did not see.
"""

from __future__ import annotations

import argparse
import pathlib
from collections.abc import Callable, Sequence
from dataclasses import astuple
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


def _log_odds(share: Array) -> Array:
    share = np.clip(share, 0.05, 0.95)
    return np.asarray(np.log2(share / (1 - share)))


def _logarithm(bits: Array) -> Array:
    return np.asarray(np.log2(1 + bits))


def _itself(value: Array) -> Array:
    return value


# Evidence, its form, and the knots at which the form is written down.
FORMS: tuple[tuple[str, Callable[[Array], Array], tuple[float, ...]], ...] = (
    ("words", _logarithm, (0, 2, 5, 10, 15, 20, 30, 45, 70, 120)),
    ("covered", _log_odds, (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)),
    ("figures", _itself, (0, 16)),
    ("differing", _itself, (0, 2)),
)
# The log odds (bits) of a candidate pair, over log2 of the number of posts, set so that `fixtures/cases` hold: nearly
# flat for a few posts, which somebody collected because they tell one story, then falling, since pairs that are alike
# by chance grow faster with the posts than pairs that are meant. From 1,000 posts on they are as high as few posts
# that have nothing in common are linked by: measured by tests/bench/scale.py.
ODDS = ((1, -1.3), (6, -1.6), (10, -2.6), (14, -2.8), (20, -4.2))
_PULL = 1e-4  # towards no weight at all, against pairs that a weight without bound would part


def measured(pairs: Sequence[Pair]) -> Array:
    """What is measured of each pair: one row a pair, one column a curve."""
    posts = [Post(id=f"{n}{side}", text=text) for n, p in enumerate(pairs) for side, text in (("a", p.a), ("b", p.b))]
    found = Checker().annotate(posts)
    rarity = Rarity()
    return np.array(
        [astuple(measure(a, b, rarity)[0]) for a, b in zip(found[::2], found[1::2], strict=True)], dtype=np.float64
    )


def design(values: Array) -> Array:
    """The form of each measure, one column each, and a column of ones."""
    columns = [form(column) for column, (_, form, _) in zip(values.T, FORMS, strict=True)]
    return np.stack([*columns, np.ones(len(values))], axis=1)


def fitted(values: Array, same: Array) -> Array:
    """Return the factor of each form and last the intercept, in bits (Newton's method)."""
    rows, factors = design(values), np.zeros(len(FORMS) + 1)
    share = np.where(same == 1, 0.5 / same.sum(), 0.5 / (1 - same).sum())
    for _ in range(50):
        chance = 1 / (1 + np.exp(-rows @ factors))
        slope = rows.T @ (share * (same - chance)) - _PULL * factors
        curvature = (rows * (share * chance * (1 - chance))[:, None]).T @ rows + _PULL * np.eye(len(factors))
        factors = factors + np.linalg.solve(curvature, slope)
    return np.asarray(factors / log(2))


def bits(values: Array, factors: Array) -> Array:
    """The bits of each pair, without the odds of being a candidate."""
    return np.asarray(design(values) @ factors)


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


def table(factors: Array) -> str:
    """The lines of the curves; the prior holds the intercept and the odds of a candidate pair."""
    lines = []
    for factor, (name, form, knots) in zip(factors, FORMS, strict=False):
        values = factor * form(np.array(knots, dtype=np.float64))
        lines += [f"{name}\t{knot:g}\t{value:.2f}" for knot, value in zip(knots, values, strict=True)]
    lines += [f"prior\t{posts}\t{odds + factors[-1]:.2f}" for posts, odds in ODDS]
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
        by_hand, _ = TABLE.read_text(encoding="utf-8").split("# fitted on", 1)
        TABLE.write_text(f"{by_hand}# fitted on {len(pairs)} pairs of tests/bench/pairs.py\n{lines}", encoding="utf-8")


if __name__ == "__main__":
    main()
