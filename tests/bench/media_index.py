"""Print what a search of the index costs: `media_index.py [--quick] [--hashes N ...]`.

Hashes are random bits, as those of unlike pictures nearly are; of every thousandth a copy is searched for with up to 31
bits flipped. Each size runs in a process of its own, so that memory is that of its tables. The linear scan beside it is
the fastest in NumPy, one query at a time over hashes that lie in memory word by word.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from multiprocessing import get_context
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from crosspost.media.index import HashIndex
from crosspost.media.shapes import Hashes
from crosspost.media.states import SAME

Found = TypeVar("Found")

_QUERIES = 1_000
_SCANS = 30  # queries of the linear scan: it costs the same for each


def row(count: int) -> str:
    """Return a line of the table for so many hashes."""
    chance = np.random.default_rng(3)
    hashes = np.frombuffer(chance.bytes(32 * count), np.uint64).reshape(count, 4)
    sources = chance.integers(0, count, _QUERIES)
    queries = flipped(hashes[sources], chance)
    before = _memory()
    index = HashIndex(hashes)
    build, _ = _timed(index.near, queries[:1], SAME)
    seconds, near = _timed(index.near, queries, SAME)
    single = [_timed(index.near, queries[one : one + 1], SAME)[0] for one in range(200)]
    more = _memory() - before
    columns, scans, found = np.ascontiguousarray(hashes.T), [], True
    for one in range(_SCANS):
        spent, places = _timed(scanned, columns, queries[one])
        scans.append(spent)
        found &= bool(np.array_equal(near.places[near.queries == one], places))
    found &= bool(np.isin(np.arange(_QUERIES) * count + sources, near.queries * count + near.places).all())
    alone, many, scan = 1e3 * float(np.median(single)), 1e3 * seconds / _QUERIES, 1e3 * float(np.median(scans))
    return (
        f"{count:12,}{build:10.1f}{more:10.0f}{many:12.3f}{alone:10.2f}{scan:10.2f}"
        f"{scan / many:10.1f}{scan / alone:10.1f}{'yes' if found else 'NO':>8}"
    )


def scanned(columns: NDArray[np.uint64], query: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the places of the hashes near one, comparing all: word by word, the fastest way in NumPy."""
    apart = np.zeros(columns.shape[1], np.uint16)
    for column, word in zip(columns, query, strict=True):
        apart += np.bitwise_count(column ^ word)
    return np.flatnonzero(apart <= SAME)


def flipped(hashes: Hashes, chance: np.random.Generator) -> Hashes:
    """Return hashes with 0 to 31 of their bits flipped."""
    bits = np.unpackbits(np.ascontiguousarray(hashes).view(np.uint8), axis=1)
    for row, many in zip(bits, chance.integers(0, SAME + 1, len(bits)), strict=True):
        row[chance.choice(256, many, replace=False)] ^= 1
    return np.packbits(bits, axis=1).view(np.uint64)


def _timed(what: Callable[..., Found], *given: object) -> tuple[float, Found]:
    started = time.process_time()
    found = what(*given)
    return time.process_time() - started, found


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hashes", type=int, nargs="*", help="how many, for each line")
    parser.add_argument("--quick", action="store_true", help="up to 1,000,000")
    args = parser.parse_args()
    sizes = args.hashes or (10_000, 100_000, 1_000_000, *(() if args.quick else (10_000_000,)))
    print(f"within {SAME} bits; CPU ms a query, {_QUERIES} together and one alone, and of a linear scan; times faster")
    heads = ("build, s", "MB more", "together", "alone", "scan", "together", "alone", "exact")
    widths = (10, 10, 12, 10, 10, 10, 10, 8)
    print(f"{'hashes':>12}" + "".join(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True)))
    with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for line in pool.imap(row, sizes, chunksize=1):
            print(line, flush=True)


if __name__ == "__main__":
    main()
