"""PDQ held to the reference implementation, on pictures that are made of whole numbers, the same on every machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from crosspost.media.pdq import STATES, coefficients, from_hex, hashes_of, pdq, thinned, to_hex

VECTORS = Path(__file__).parent.parent / "fixtures" / "media" / "pdq.tsv"
ROWS = [line.split("\t") for line in VECTORS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


def picture(seed: int, height: int, width: int) -> NDArray[np.uint8]:
    """Return colours (height, width, 3): folded waves of several lengths and directions, contrast by the seed."""
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    layers = []
    for colour in range(3):
        total = np.zeros((height, width), np.int64)
        for wave in range(1, 9):
            down, right, length = (seed * wave) % 5 - 2, (seed + wave * colour) % 7 - 3, 512 // wave
            at = (down * y * 256 // height + right * x * 256 // width + wave * seed * 37) % length
            total += np.abs(2 * at - length) * 96 // length // (1 + wave // 3)
        layers.append(total)
    return np.clip(np.stack(layers, axis=-1) * (1 + seed % 4) // 4, 0, 255).astype(np.uint8)


def luma(colours: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return brightness (1, height, width) as the reference reckons it."""
    red, green, blue = (colours[..., colour] for colour in range(3))
    return np.asarray((red * 0.299 + green * 0.587 + blue * 0.114).astype(np.float32)[None])


def bits_apart(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> int:
    return int(np.bitwise_count(a ^ b).sum())


@pytest.mark.parametrize(("seed", "height", "width", "digits", "quality"), ROWS)
def test_a_picture_has_the_hash_and_quality_of_the_reference(
    seed: str, height: str, width: str, digits: str, quality: str
) -> None:
    hashed = pdq(luma(picture(int(seed), int(height), int(width))))
    assert (to_hex(hashed.hashes[0]), int(hashed.quality[0])) == (digits, int(quality))


def test_brightness_in_whole_numbers_changes_few_bits() -> None:
    for seed, height, width, digits, quality in ROWS:
        whole = np.rint(luma(picture(int(seed), int(height), int(width)))).astype(np.uint8)
        assert int(quality) < 50 or bits_apart(pdq(whole).hashes, from_hex(digits)) <= 10


def test_several_pictures_at_once_have_the_hashes_of_each() -> None:
    pictures = np.concatenate([luma(picture(seed, 90, 120)) for seed in (3, 7, 11)])
    alone = [pdq(one[None]).hashes for one in pictures]
    assert np.array_equal(pdq(pictures).hashes, np.concatenate(alone))


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("mirrored", lambda seen: seen[:, :, ::-1]),
        ("upside down", lambda seen: seen[:, ::-1, ::-1]),
        ("turned left", lambda seen: np.rot90(seen, 1, axes=(1, 2))),
        ("turned right", lambda seen: np.rot90(seen, 3, axes=(1, 2))),
        ("negative", lambda seen: 255 - seen),
    ],
)
def test_the_hash_of_another_state_is_that_of_the_picture_shown_so(
    state: str, shown: Callable[[NDArray[np.int64]], NDArray[np.int64]]
) -> None:
    y, x = np.mgrid[0:64, 0:64]
    seen = ((x * x * 31 + y * y * 17 + x * y * 7) % 251)[None]  # no coefficient near the median
    foretold = hashes_of(STATES[state](coefficients(thinned(seen))))
    assert bits_apart(foretold, pdq(shown(seen)).hashes) == 0


def test_a_flat_picture_has_no_quality() -> None:
    assert pdq(np.full((1, 200, 300), 127, np.uint8)).quality[0] == 0


@given(st.text("0123456789abcdef", min_size=64, max_size=64))
def test_a_hash_is_written_with_the_digits_that_it_was_read_from(digits: str) -> None:
    assert to_hex(from_hex(digits)[0]) == digits
