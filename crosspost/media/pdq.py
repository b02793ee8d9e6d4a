"""PDQ, the hash of a picture that survives small changes: 256 bits from its coarse structure.

The method is that of "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm" (Facebook, 2019): luma
is smoothed twice by a box and thinned out to 64 x 64, of which a cosine transform keeps 16 x 16 coefficients; a bit
tells whether a coefficient is above their median. Smoothing and thinning out are linear, and rows and columns part: so
all of it is a product with a narrow band of weights from either side. A mirrored or turned picture has the same
coefficients with other signs and in another order, so its hash costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crosspost.media.shapes import Hashes

GOOD_QUALITY = (
    50  # of 100; a picture below it is too flat for its hash to be evidence (as in the published description)
)
_SIDE = 64  # of the thinned out picture
_KEPT = 16  # coefficients kept of each side

Floats = NDArray[np.float64]


class Hashed(NamedTuple):
    """The hashes of n pictures, shape (n, 4), and their quality, 0..100, shape (n,)."""

    hashes: Hashes
    quality: NDArray[np.uint8]


def pdq(luma: NDArray[np.generic]) -> Hashed:
    """Return the PDQ of pictures.

    `luma` is brightness 0..255 of any real type, shape (n, height, width), all of one size; 601 weights (.299, .587,
    .114) where it comes from colours. Bits agree with the reference on float luma; sums are made in double precision,
    so a coefficient at the very median may fall on the other side.
    """
    thin = thinned(luma)
    return Hashed(hashes_of(coefficients(thin)), quality(thin))


def thinned(luma: NDArray[np.generic]) -> Floats:
    """Return pictures (n, height, width) smoothed and thinned out to (n, 64, 64)."""
    count, height, width = luma.shape
    columns, band = _dense(width), _bands(height)
    rows = np.empty((count, _SIDE, width))
    for row, (start, weights) in enumerate(band):
        rows[:, row] = np.einsum("r,nrw->nw", weights, luma[:, start : start + len(weights)], casting="unsafe")
    return rows @ columns


def quality(thin: Floats) -> NDArray[np.uint8]:
    """Return how much structure thinned out pictures (n, 64, 64) have, 0..100."""
    down, right = (np.abs(np.trunc(np.diff(thin, axis=axis) * 100 / 255)).sum(axis=(1, 2)) for axis in (1, 2))
    return np.asarray(np.minimum(100, (down + right) // 90).astype(np.uint8))


def coefficients(thin: Floats) -> Floats:
    """Return the cosine transform of thinned out pictures (n, 64, 64), of low frequencies alone: (n, 16, 16)."""
    cosines = _cosines()
    return np.asarray(cosines @ thin @ cosines.T)


def hashes_of(transformed: Floats) -> Hashes:
    """Return the hashes that coefficients (n, 16, 16) stand for."""
    flat = transformed.reshape(len(transformed), -1)
    lower_median = np.partition(flat, flat.shape[1] // 2 - 1, axis=1)[:, flat.shape[1] // 2 - 1]
    bits = np.packbits(flat > lower_median[:, None], axis=1, bitorder="little")
    return np.ascontiguousarray(bits).view("<u8").astype(np.uint64)


# ------------------------------------------------------------------ other states of the same picture

_ODD = np.where(np.arange(_KEPT) % 2 == 0, -1.0, 1.0)  # the first coefficient kept is that of frequency 1

# What becomes of the coefficients when a picture is shown in another state.
STATES: dict[str, Callable[[Floats], Floats]] = {
    "mirrored": lambda kept: kept * _ODD,
    "upside down": lambda kept: kept * _ODD[:, None] * _ODD,
    "turned left": lambda kept: kept.swapaxes(1, 2) * _ODD[:, None],
    "turned right": lambda kept: kept.swapaxes(1, 2) * _ODD,
    "negative": np.negative,
}


# ------------------------------------------------------------------ as text


def from_hex(digits: str) -> Hashes:
    """Return the hash (1, 4) that 64 hexadecimal digits stand for."""
    return np.frombuffer(bytes.fromhex(digits)[::-1], "<u8").astype(np.uint64).reshape(1, 4)


def to_hex(hashed: NDArray[np.uint64]) -> str:
    """Return a hash (4,) as 64 hexadecimal digits, as other programs write it."""
    return hashed.astype("<u8").tobytes()[::-1].hex()


# ------------------------------------------------------------------ weights


@lru_cache(maxsize=64)
def _bands(size: int) -> tuple[tuple[int, Floats], ...]:
    """Of each of the 64 points that are kept: where its band begins, and the weights in it."""
    window = (size + 2 * _SIDE - 1) // (2 * _SIDE)
    ahead = (window + 2) // 2 - 1  # how far the box reaches beyond its point; behind it, the rest
    at = np.arange(size)
    first, last = np.maximum(0, at + ahead + 1 - window), np.minimum(size - 1, at + ahead)
    bands = []
    for point in ((np.arange(_SIDE) + 0.5) * size / _SIDE).astype(int):
        once = np.arange(
            first[point], last[point] + 1
        )  # the points that the second box averages, each a box of its own
        start = int(first[once[0]])
        weights = np.zeros(int(last[once[-1]]) + 1 - start)
        for box in once:
            weights[first[box] - start : last[box] + 1 - start] += 1 / (len(once) * (last[box] - first[box] + 1))
        bands.append((start, weights))
    return tuple(bands)


@lru_cache(maxsize=64)
def _dense(size: int) -> Floats:
    """The same as a matrix (size, 64)."""
    matrix = np.zeros((size, _SIDE))
    for column, (start, weights) in enumerate(_bands(size)):
        matrix[start : start + len(weights), column] = weights
    return matrix


@lru_cache(maxsize=1)
def _cosines() -> Floats:
    frequency, place = np.arange(1, _KEPT + 1)[:, None], np.arange(_SIDE)
    return np.asarray(np.sqrt(2 / _SIDE) * np.cos(np.pi / 2 / _SIDE * frequency * (2 * place + 1)))
