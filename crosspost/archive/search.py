"""The archived posts nearest to one: a look through the index, then the comparison that `check` makes.

The index adds up what two posts share, each meaning by its rarity in the archive, everyday words too, and weighs it
against what both say in all: of the rankings tried on parallel news lines, such a coverage both ways put the right line
first most often. What comes out in front is compared in full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from crosspost.archive.postings import exact_keys, figure_key, keys, name_key, sense_key
from crosspost.archive.store import Store
from crosspost.compare import compare, linked
from crosspost.conclude import conclude
from crosspost.models import Annotation, Conflict, Link, Term
from crosspost.rarity import Rarity

_POSTINGS = 8_000  # entries of the index that are read for one post, the shortest lists first
_ALWAYS_READ = 3  # lists, however long
_SHARING = 100  # posts that share most, whose whole weight is looked at
_COMPARED = 10  # posts that are compared in full, at least
_LEAST_BITS = 0.1  # of a word that every post holds: in an archive of copies it still finds them
_NAME_SHARE = 0.8  # of the bits of a name that is met by its consonants alone
_EXACT_BITS = 60.0  # more than words ever reach: who points to the same thing is always compared
_COVERAGE_BITS = 60.0  # of a full coverage, beside the bits of the comparison (best of 0 to 1,000 on news lines)

Bits = Callable[[int], float]
Clue = Sequence[tuple[int, float]]  # one thing that a post says: the keys under which others may say it, and their bits


@dataclass(frozen=True, slots=True)
class Match:
    """An archived post and how it compares to the one searched for.

    `coverage` (0..1) is how much of what both say they share, by rarity. `level` and `conflicts` are those of the
    finding that the two make; None and empty when they make none.
    """

    post: Annotation
    link: Link
    coverage: float
    level: str | None
    conflicts: tuple[Conflict, ...]

    @property
    def id(self) -> str:
        """The id of the archived post."""
        return self.post.id

    @property
    def score(self) -> float:
        """The probability (0..1) that the two are of the same media."""
        return self.link.score


def nearest(store: Store, query: Annotation, limit: int) -> list[Match]:
    """Return the at most `limit` posts nearest to `query`, in the order of their coverage and bits together.

    Posts of equal standing come in the order of their ids, so that the order in which they were added plays no part.
    """
    bits = _rarity_of_keys(store, keys(query))
    shared = _most(*_shared(store, _clues(query, bits)))
    shared.pop(store.number(query.id) or 0, None)  # numbers begin with 1
    said = _said(query, bits)
    numbers = _in_front(store, shared, said, max(limit, _COMPARED))
    others = store.annotations(numbers)
    bits = _rarity_of_keys(store, {key for other in others for key in keys(other)})
    rarity = _rarity(store, query, others)
    found = []
    for number, other in zip(numbers, others, strict=True):
        coverage = min(1.0, 2 * shared[number] / max(1.0, said + _said(other, bits)))
        found.append((compare(query, other, rarity), coverage, other))
    found.sort(key=lambda item: (-item[0].bits - _COVERAGE_BITS * item[1], item[2].id))
    return [_match(query, *item) for item in found[:limit]]


def _match(query: Annotation, link: Link, coverage: float, other: Annotation) -> Match:
    """What a check of the two alone would find."""
    pair = {query.id: query, other.id: other}
    _, findings = conclude(pair, [link] if linked(link) else [], lambda _a, _b: link)
    level, conflicts = (findings[0].level, findings[0].conflicts) if findings else (None, ())
    return Match(other, link, round(coverage, 4), level, conflicts)


def _rarity(store: Store, query: Annotation, others: Iterable[Annotation]) -> Rarity:
    """The rarity of words among the posts of the archive and the one that is searched for, as `check` would have it."""
    senses = {sense for post in (query, *others) for term in post.terms for sense in term.senses}
    holders = store.holders(map(sense_key, senses))
    held = {sense: holders[sense_key(sense)] for sense in senses}
    if store.number(query.id) is not None:  # it has been counted
        return Rarity.of_counts(store.posts, held)
    for sense in {sense for term in query.terms for sense in term.senses}:
        held[sense] += 1
    return Rarity.of_counts(store.posts + 1, held)


# ------------------------------------------------------------------ the index


def _rarity_of_keys(store: Store, of: Iterable[int]) -> Bits:
    """Return what these keys say by their rarity in the archive (Spärck Jones 1972), everyday words included."""
    most, holders = log2(store.posts + 1), store.holders(of)

    def bits(key: int) -> float:
        return _LEAST_BITS + most - log2(holders[key] + 1)

    return bits


def _meanings(annotation: Annotation) -> Iterable[Term]:
    """The terms of a post, each meaning once."""
    return {term.senses: term for term in annotation.terms}.values()


def _said(annotation: Annotation, bits: Bits) -> float:
    """All that a post says, in bits: of each word its commonest sense."""
    words = sum(min(bits(sense_key(sense)) for sense in term.senses) for term in _meanings(annotation))
    return words + sum(bits(figure_key(figure)) for figure in annotation.figures)


def _clues(query: Annotation, bits: Bits) -> list[Clue]:
    """What the post says, one clue a meaning, figure, and thing that it points to."""
    clues: list[Clue] = []
    for term in _meanings(query):
        chance = log2(len(term.senses)) / 2  # a word of many senses meets others by chance
        clue = [(key, max(_LEAST_BITS, bits(key) - chance)) for key in map(sense_key, term.senses)]
        if term.skeleton:
            clue.append((name_key(term), bits(name_key(term)) * _NAME_SHARE))
        clues.append(clue)
    clues += [[(key, bits(key))] for key in map(figure_key, query.figures)]
    return [*clues, *([(key, _EXACT_BITS)] for key in exact_keys(query))]


def _shared(store: Store, clues: Sequence[Clue]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The numbers of the posts that share clues with the query, and the bits shared: of each clue the best key counts.

    Lists are read from the shortest on, until `_POSTINGS` entries have been read.
    """
    holders = store.holders(key for clue in clues for key, _ in clue)
    lists = sorted((holders[key], key, bits, number) for number, clue in enumerate(clues) for key, bits in clue)
    posts, worth, read = [np.empty(0, np.int64)], [np.empty(0)], 0
    for rank, (length, key, bits, number) in enumerate(lists):
        read += length
        if read > _POSTINGS and rank >= _ALWAYS_READ:
            break
        if length:
            posts.append(store.numbers(key) * len(clues) + number)  # a post and a clue in one number
            worth.append(np.full(length, bits))
    met = np.concatenate(posts)
    order = np.argsort(met, kind="stable")
    met, best = _joined(met[order], np.concatenate(worth)[order], np.maximum)
    return _joined(met // max(1, len(clues)), best, np.add)


def _joined(
    names: NDArray[np.int64], bits: NDArray[np.float64], join: np.ufunc
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Each of these ordered names once, with its bits joined."""
    if not len(names):
        return names, bits
    starts = np.flatnonzero(np.concatenate(([True], names[1:] != names[:-1])))
    return names[starts], join.reduceat(bits, starts)


def _most(numbers: NDArray[np.int64], bits: NDArray[np.float64]) -> dict[int, float]:
    """The `_SHARING` posts that share most, and all that are even with the last of them."""
    if len(bits) > _SHARING:
        most = bits >= np.partition(bits, -_SHARING)[-_SHARING]
        numbers, bits = numbers[most], bits[most]
    return dict(zip(numbers.tolist(), bits.tolist(), strict=True))


def _in_front(store: Store, shared: dict[int, float], said: float, wanted: int) -> list[int]:
    """The numbers of the posts that share most, measured by what they say in all; equal ones by their ids."""
    ranked = []
    for number, post_id, weight in store.weights([*shared]):
        exact = shared[number] >= _EXACT_BITS
        ranked.append((not exact, -shared[number] / (said + weight + 1.0), post_id, number))
    return [number for *_, number in sorted(ranked)[:wanted]]
