"""Print how well scorers tell pairs of the same story from others: `scorers.py [--pairs N] [--data DIR]`.

Ours stands beside what is used for this elsewhere: three scorers of rapidfuzz, the cosine of TF-IDF vectors
(scikit-learn) and the Jaccard similarity that MinHash estimates (datasketch; both are installed for this bench alone).
Each of these sees the text in English: as given, or translated word by word by the gloss.

The pairs are the made ones of pairs.py, ours scored by fits that saw none of the pair's story; and with `--data` those
of `DIR/claims/*.jsonl`: pairs told to be of the same story against all pairs of posts from two cases, with the given
translations and with the gloss. Printed are recall at 1% false positives and the area under the ROC curve.
"""

from __future__ import annotations

import argparse
import json
import pathlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from datasketch import MinHash
from fit import Array, area, measured, recall_at, unseen
from pairs import Maker
from rapidfuzz import fuzz
from sklearn.feature_extraction.text import TfidfVectorizer

from crosspost import Checker, Post
from crosspost.compare import compare
from crosspost.models import Annotation
from crosspost.rarity import Rarity
from crosspost.text import fold

OURS = "crosspost"
Pairs = Sequence[tuple[int, int]]  # places in a list of texts


# ------------------------------------------------------------------ the other scorers


def by_rapidfuzz(scorer: Callable[[str, str], float]) -> Callable[[Sequence[str], Pairs], Array]:
    def scores(texts: Sequence[str], pairs: Pairs) -> Array:
        return np.array([scorer(texts[a], texts[b]) for a, b in pairs])

    return scores


def by_tfidf(texts: Sequence[str], pairs: Pairs) -> Array:
    rows = TfidfVectorizer(sublinear_tf=True).fit_transform(texts)
    left, right = ([pair[side] for pair in pairs] for side in (0, 1))
    return np.asarray(rows[left].multiply(rows[right]).sum(axis=1)).ravel()


def by_minhash(texts: Sequence[str], pairs: Pairs) -> Array:
    hashes = []
    for text in texts:
        hashed = MinHash(num_perm=256)
        hashed.update_batch([text[at : at + 4].encode() for at in range(max(1, len(text) - 3))])
        hashes.append(hashed)
    return np.array([hashes[a].jaccard(hashes[b]) for a, b in pairs])


OTHERS = {
    "token_set_ratio": by_rapidfuzz(fuzz.token_set_ratio),
    "token_sort_ratio": by_rapidfuzz(fuzz.token_sort_ratio),
    "WRatio": by_rapidfuzz(fuzz.WRatio),
    "TF-IDF cosine": by_tfidf,
    "MinHash, 4 letters": by_minhash,
}


def others(found: Sequence[Annotation], pairs: Pairs) -> dict[str, Array]:
    texts = [" ".join(map(fold, (annotation.pivot.text or annotation.post.text).split())) for annotation in found]
    return {name: score(texts, pairs) for name, score in OTHERS.items()}


# ------------------------------------------------------------------ the pairs


def made(count: int) -> tuple[dict[str, Array], Array]:
    pairs = [*Maker(1).pairs(count)]
    same = np.array([float(pair.same) for pair in pairs])
    posts = [Post(id=f"{n}{side}", text=text) for n, p in enumerate(pairs) for side, text in (("a", p.a), ("b", p.b))]
    at = [(2 * n, 2 * n + 1) for n in range(len(pairs))]
    scores = {OURS: unseen(measured(pairs), same, pairs)}
    return scores | others(Checker().annotate(posts), at), same


def told(cases: Sequence[Mapping[str, Any]], *, translated: bool) -> tuple[dict[str, Array], Array]:
    """The scores of the labelled pairs of some cases, with their translations or with the gloss."""
    posts = [Post(**row) for row in _rows(cases, translated=translated)]
    found = Checker().annotate(posts)
    pairs, labels = zip(*_labelled(cases), strict=True)
    rarity = Rarity(found)
    ours = np.array([compare(found[a], found[b], rarity).bits for a, b in pairs])
    return {OURS: ours} | others(found, pairs), np.array(labels, dtype=np.float64)


def _rows(cases: Sequence[Mapping[str, Any]], *, translated: bool) -> Iterator[dict[str, Any]]:
    for case in cases:
        for post in case["posts"]:
            row = {"id": post["id"], "text": post["text"]}
            if post.get("date"):
                row["created_at"] = f"{post['date']}T12:00:00Z"
            if translated and post["lang"] != "en" and post.get("en"):
                row["translations"] = {"en": post["en"]}
            yield row


def _labelled(cases: Sequence[Mapping[str, Any]]) -> Iterator[tuple[tuple[int, int], bool]]:
    """Pairs of places with whether they are of one story; pairs of one case that nobody labelled are left out."""
    place = {post["id"]: n for n, post in enumerate(post for case in cases for post in case["posts"])}
    case_of = [n for n, case in enumerate(cases) for _ in case["posts"]]
    for case in cases:
        for pair in case["related"]:
            if pair["link"] != "media":  # nothing in the words tells these
                yield (place[pair["a"]], place[pair["b"]]), True
    for a, b in combinations(range(len(case_of)), 2):
        if case_of[a] != case_of[b]:
            yield (a, b), False


def table(title: str, scores: Mapping[str, Array], same: Array) -> None:
    print(f"\n{title}: {int(same.sum())} of the same story, {int((1 - same).sum())} others")
    print(f"  {'':20s} recall at 1% false   AUC")
    for name, values in scores.items():
        print(f"  {name:20s} {recall_at(values, same):18.3f}   {area(values, same):.4f}")


def main() -> None:
    """Print a table for each set of pairs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=400, help="made pairs of each kind")
    parser.add_argument("--data", type=pathlib.Path, help="a folder that holds claims/*.jsonl")
    args = parser.parse_args()
    table("made pairs", *made(args.pairs))
    for path in sorted(args.data.glob("claims/*.jsonl")) if args.data else ():
        cases = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
        if "related" not in cases[0]:  # posts without labels
            continue
        table(f"{path.stem}, as given", *told(cases, translated=True))
        if any(post["lang"] != "en" for case in cases for post in case["posts"]):
            table(f"{path.stem}, by the gloss", *told(cases, translated=False))


if __name__ == "__main__":
    main()
