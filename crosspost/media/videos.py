"""Whether two videos show the same, and which seconds of one are which of the other; a picture is a video of one frame.

First by the hashes of whole frames, in each state that is known of them. Where that finds nothing, and the pixels are
at hand: a few frames of one are searched for in those of the other, the window that they share is cut out of all frames
of both, and what is left is hashed and aligned again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crosspost.media import pdq
from crosspost.media.alignment import Stretch, aligned, shown, without_duplicates
from crosspost.media.geometry import Window, patches
from crosspost.media.index import distances
from crosspost.media.pictures import Look, region
from crosspost.media.shapes import Fingerprint, Frames, Luma, Match, Segment
from crosspost.media.states import EDITED, SAME, meetings, telling

_LEAST_DIFFERENT = 3  # frames that differ among themselves; fewer are one still scene, which has to be nearer
_ANCHORS = 3  # frames of one that are searched for ...
_SEARCHED = 8  # ... in that many of the other


@dataclass(frozen=True, slots=True)
class _Met:
    """A stretch, and the state in which the videos met there."""

    stretch: Stretch
    how: str


def match(a: Fingerprint, b: Fingerprint, look: Look | None = None) -> Match | None:
    """Return how two videos, or a picture and a video, correspond; None where they do not."""
    met = [
        _Met(stretch, how)
        for how, of_a, of_b in meetings(a, b)
        for stretch in _stretches(a, b, of_a, of_b)
        if _telling(stretch)
    ]
    if not met and look is not None and a.sha256 is not None and b.sha256 is not None:
        met = [*_looked_at(a, b, look(a), look(b))]
    return _match(met)


def _stretches(a: Fingerprint, b: Fingerprint, of_a: Frames, of_b: Frames) -> list[Stretch]:
    """The stretches of two videos in some states, or those of a video in which it shows a picture."""
    if a.type == "image":
        return shown(of_a, of_b, b.seconds)
    if b.type == "image":
        return [stretch.swapped() for stretch in shown(of_b, of_a, a.seconds)]
    return aligned(of_a, of_b, (a.seconds, b.seconds))


def _telling(stretch: Stretch) -> bool:
    return stretch.distance <= (EDITED if stretch.different >= _LEAST_DIFFERENT else SAME)


def _match(met: list[_Met]) -> Match | None:
    if not met:
        return None
    by_stretch = {id(one.stretch): one for one in met}
    kept = [by_stretch[id(stretch)] for stretch in without_duplicates([one.stretch for one in met])]
    segments = [
        Segment(
            one.stretch.a,
            one.stretch.b,
            "mirrored" in one.how,
            one.stretch.distance,
        )
        for one in kept
    ]
    best = kept[0]
    return Match(
        min(one.stretch.nearest for one in kept),
        best.how.replace("mirrored region", "region"),
        tuple(sorted(segments, key=lambda segment: (segment.a, segment.b))),
        max(one.stretch.different for one in kept),
    )


# ------------------------------------------------------------------ a window of one in the other


def _looked_at(a: Fingerprint, b: Fingerprint, grey_a: Luma, grey_b: Luma) -> Iterator[_Met]:
    """Yield the stretches in which a window of one video runs along one of the other."""
    window = _window(a.frames, b.frames, grey_a, grey_b)
    if window is None:
        return
    hashed_a, hashed_b = _hashed(a.frames, grey_a, window.in_a), _hashed(b.frames, grey_b, window.in_b, window.negative)
    for stretch in _stretches(a, b, hashed_a, hashed_b):
        if _telling(stretch):
            yield _Met(stretch, "mirrored region" if window.mirrored else "region")


def _window(a: Frames, b: Frames, grey_a: Luma, grey_b: Luma) -> Window | None:
    """Return the window that the frames of two videos share, by the frames that are likeliest to show it."""
    apart = distances(a.hashes[:, None], b.hashes[None])
    best = None
    for anchor in _spread(a, _ANCHORS):
        others = _spread(b, _SEARCHED)
        others = others[np.argsort(apart[anchor, others], kind="stable")]
        for other in others[:_SEARCHED]:
            found = region(grey_a[anchor], grey_b[other])
            if found is not None and (best is None or found.distance < best.distance):
                best = found
            if best is not None and best.distance <= SAME:
                return best.window
    return best.window if best is not None else None


def _spread(frames: Frames, count: int) -> NDArray[np.int64]:
    """Return some frames that have much in them, spread over the video."""
    told = np.flatnonzero(telling(frames))
    return told[np.linspace(0, len(told) - 1, min(count, len(told))).round().astype(np.int64)] if len(told) else told


def _hashed(frames: Frames, grey: Luma, where: NDArray[np.float64], negative: bool = False) -> Frames:  # noqa: FBT001, FBT002
    kept = pdq.thinned(patches(grey, where).astype(np.float64))
    transformed = pdq.coefficients(kept)
    return Frames(frames.times, pdq.hashes_of(-transformed if negative else transformed), pdq.quality(kept))
