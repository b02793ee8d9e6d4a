"""Which hashes lie near each other, found without comparing every hash with every other, and none of them missed.

Multi-index hashing (Norouzi, Punjani and Fleet, 2012): cut 256 bits into 16 parts of 16. If two hashes differ in at
most 31 bits, then at least one part differs in at most one. So each part is a table from its 65,536 values to the
hashes that have it, and a query looks at its own value of each part and at those one bit away. In general part p is
looked up to t(p) bits away where the t(p) + 1 add up to the radius + 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crosspost.media.shapes import Hashes

_PARTS = 16
_VALUES = 1 << 16
_AT_A_TIME = 1 << 20  # candidates, or pairs of a linear scan, that are compared at a time: 32 MB of hashes
_LOOKUP, _CANDIDATE = 4.0, 30.0  # what each costs, in hashes that a scan passes over (tests/bench/media.py --index)

Ints = NDArray[np.int64]
Words = NDArray[np.uint16]


class Near(NamedTuple):
    """Pairs of a query and a hash, sorted by both: their places, and their distance in bits. Three arrays of (k,)."""

    queries: Ints
    places: Ints
    distances: Ints


def distances(a: Hashes, b: Hashes) -> Ints:
    """Return how many bits differ, over the last axis of two arrays of hashes that broadcast."""
    apart: Ints = np.bitwise_count(a ^ b).sum(axis=-1, dtype=np.int64)
    return apart


class HashIndex:
    """Find the hashes near others, exactly.

    Args:
        hashes: (n, 4). Takes 32 bytes a hash, and 64 more for the tables once they are needed.
    """

    def __init__(self, hashes: Hashes) -> None:
        self._hashes = np.ascontiguousarray(hashes, np.uint64).reshape(-1, 4)
        self._tables: list[tuple[NDArray[np.int32], Ints]] = []  # of a part: places by value, where each value starts

    def __len__(self) -> int:
        return len(self._hashes)

    def near(self, queries: Hashes, within: int) -> Near:
        """Return every pair of a query and a hash that differ in at most `within` bits."""
        queries = np.ascontiguousarray(queries, np.uint64).reshape(-1, 4)
        nothing = np.empty(0, np.int64)
        if not len(queries) or not len(self) or within < 0:
            return Near(nothing, nothing, nothing)
        found = [
            (nothing, nothing),
            *(self._looked_up if self._worth_tables(within) else self._scanned)(queries, within),
        ]
        keys, apart = (np.concatenate(column) for column in zip(*found, strict=True))
        keys, first = np.unique(keys, return_index=True)  # a pair is met once in each part that nearly agrees
        return Near(keys // len(self), keys % len(self), apart[first])

    def _worth_tables(self, within: int) -> bool:
        """Tell whether looking up costs less than a scan (from 1,300 hashes at 31 bits, never at 56)."""
        lookups = sum(len(flips) for flips in _flips_of_parts(within))
        return lookups * (_LOOKUP + _CANDIDATE * len(self) / _VALUES) < len(self)

    def _scanned(self, queries: Hashes, within: int) -> Iterator[tuple[Ints, Ints]]:
        """Yield the pairs that are near enough, each as one number, and their distances, comparing all with all."""
        columns = np.ascontiguousarray(self._hashes.T)
        step = max(1, _AT_A_TIME // len(self))
        for start in range(0, len(queries), step):
            apart = np.zeros((len(queries[start : start + step]), len(self)), np.uint16)
            for word, column in enumerate(columns):
                apart += np.bitwise_count(queries[start : start + step, word, None] ^ column)
            near = np.flatnonzero(apart <= within)
            yield start * len(self) + near, apart.ravel()[near].astype(np.int64)

    def _looked_up(self, queries: Hashes, within: int) -> Iterator[tuple[Ints, Ints]]:
        """Yield the same by way of the tables, some pairs more than once."""
        self._tables = self._tables or [_table(column) for column in self._hashes.view(np.uint16).T]
        values = queries.view(np.uint16)
        for part, flips in enumerate(_flips_of_parts(within)):
            by_value, starts = self._tables[part]
            step = max(1, _AT_A_TIME // max(1, len(flips)))
            for start in range(0, len(queries), step):
                looked = (values[start : start + step, part, None] ^ flips).ravel()
                firsts, counts = starts[looked], starts[looked.astype(np.int64) + 1] - starts[looked]
                for lookups, nth in _unrolled(counts):
                    of, places = start + lookups // len(flips), by_value[firsts[lookups] + nth].astype(np.int64)
                    apart = distances(queries[of], self._hashes[places])
                    near = np.flatnonzero(apart <= within)
                    yield of[near] * len(self) + places[near], apart[near]


def near_pairs(hashes: Hashes, within: int) -> Near:
    """Return every pair of `hashes` that differ in at most `within` bits, the smaller place first."""
    near = HashIndex(hashes).near(hashes, within)
    once = near.queries < near.places
    return Near(near.queries[once], near.places[once], near.distances[once])


def _table(values: Words) -> tuple[NDArray[np.int32], Ints]:
    starts = np.zeros(_VALUES + 1, np.int64)
    np.cumsum(np.bincount(values, minlength=_VALUES), out=starts[1:])
    return np.argsort(values, kind="stable").astype(np.int32), starts


def _unrolled(counts: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield (i, 0), (i, 1) ... (i, counts[i] - 1) for every i as two arrays, a bounded number at a time."""
    filled = np.flatnonzero(counts)
    ends = np.cumsum(counts[filled])
    first = 0
    while first < len(filled):
        done = ends[first - 1] if first else 0
        last = max(first + 1, int(np.searchsorted(ends, done + _AT_A_TIME, side="right")))
        many = counts[filled[first:last]]
        begins = np.repeat(ends[first:last] - many - done, many)
        yield np.repeat(filled[first:last], many), np.arange(len(begins)) - begins
        first = last


@cache
def _flips_of_parts(within: int) -> tuple[Words, ...]:
    """Return, for each part, what its value is to be flipped by to meet every hash `within` that many bits."""
    each, more = divmod(min(within, 256) + 1, _PARTS)
    return tuple(_flips(each - 1 + (part < more)) for part in range(_PARTS))


@cache
def _flips(bits: int) -> Words:
    """Return the values of 16 bits with at most `bits` ones: what leads from a value to those that near."""
    ones = (sum(1 << bit for bit in some) for many in range(bits + 1) for some in combinations(range(_PARTS), many))
    return np.fromiter(ones, np.uint16)
