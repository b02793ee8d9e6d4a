"""What is known of a medium by its content, and how two media correspond."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]  # (n, 4): the 256 bits of n PDQ hashes
Luma = NDArray[np.uint8]  # (n, height, width): n small grey frames
Seconds = tuple[float, float]  # from and to, from the start of a video


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """The frames of a video that were looked at (a picture is one frame).

    `times` are seconds from the start, ascending, shape (n,); `hashes` their PDQ, shape (n, 4); `quality` that of PDQ,
    0..100, shape (n,): a flat frame has a low one and is no evidence.
    """

    times: NDArray[np.float64]
    hashes: Hashes
    quality: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """A picture or video by its content.

    `frames` are as they are shown, container rotation applied; `variants` the same frames in other states, by name
    (`trimmed` of plain borders, `mirrored`, ...). `seconds` is the length, 0 of a picture; `width` and `height` are
    pixels, 0 where only a hash was given; `sha256` is None for a hash without a file. `note` tells, in a sentence, what
    of it could not be looked at.
    """

    sha256: str | None
    type: Literal["image", "video"]
    frames: Frames
    variants: Mapping[str, Frames]
    seconds: float = 0.0
    width: int = 0
    height: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """These seconds of A are those seconds of B; `distance` is the mean of the frames' in bits of 256."""

    a: Seconds
    b: Seconds
    mirrored: bool
    distance: float


@dataclass(frozen=True, slots=True)
class Match:
    """Two media that show the same.

    `distance` is that of the nearest frames in bits of 256; `how` names the state they were met in: `full`, a variant,
    or `region` where a part of one is the other. `segments` are those of videos, in the order of A's seconds; none
    where both are pictures. `different` counts the frames that tell each other apart on which this rests: 1 of two
    pictures, and of two videos that share one still scene.
    """

    distance: int
    how: str
    segments: tuple[Segment, ...] = ()
    different: int = 1

    def swapped(self) -> Match:
        """Return the same as seen from B."""
        segments = tuple(replace(segment, a=segment.b, b=segment.a) for segment in self.segments)
        return replace(self, segments=tuple(sorted(segments, key=lambda segment: (segment.a, segment.b))))
