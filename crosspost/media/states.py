"""The states in which two media may meet: as they are, without borders, mirrored, negative."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from crosspost.media.shapes import Fingerprint, Frames

SAME = 31  # bits of 256: what is left of one picture after re-encoding (the PDQ paper's own threshold)
EDITED = 56  # one picture edited: no pair of different ones came below 82 in tests/bench/media.py
DOUBTFUL = 90  # here and there one picture, more often two: worth a second look where the pixels are at hand
LEAST_QUALITY = 50  # below it a frame is too flat for its hash to say anything (the PDQ paper's advice)
UPRIGHT = ("full", "trimmed")


def states(medium: Fingerprint) -> Iterator[tuple[str, Frames]]:
    """Yield the frames of a medium in each state that is known of it, `full` first."""
    yield "full", medium.frames
    yield from sorted(medium.variants.items())


def meetings(a: Fingerprint, b: Fingerprint) -> Iterator[tuple[str, Frames, Frames]]:
    """Yield the pairs of states to compare, and the name of each: at least one side is upright.

    Two mirrored pictures are as far apart as the two upright ones, so that pair says nothing new.
    """
    for name_a, frames_a in states(a):
        for name_b, frames_b in states(b):
            if name_b in UPRIGHT:
                yield (name_b if name_a == "full" else name_a), frames_a, frames_b
            elif name_a in UPRIGHT:
                yield name_b, frames_a, frames_b


def telling(frames: Frames) -> NDArray[np.bool_]:
    """Return which frames have enough in them for their hash to be evidence, shape (n,) of bool."""
    return frames.quality >= LEAST_QUALITY
