"""Whether two videos show the same, and which seconds of one are which of the other; a picture is a video of one frame.

First by the hashes of whole frames, in each state that is known of them. Where that finds nothing, or little that is
near, and the pixels are at hand: a few frames of one are searched for in those of the other, the window that they share
is cut out of all frames of both, and what is left is hashed and aligned again. A camera that moves shows one thing at
several times in several places, so each window is tried, and the one counts along which most of both videos runs. What
is measured here was measured by tests/bench/media.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product

import numpy as np
from numpy.typing import NDArray

from crosspost.media import pdq
from crosspost.media.agreement import agreed_part
from crosspost.media.alignment import Stretch, aligned, shown, without_duplicates
from crosspost.media.geometry import Window, patches
from crosspost.media.index import distances
from crosspost.media.pictures import Grey, Look, region
from crosspost.media.shapes import Fingerprint, Frames, Luma, Match, Segment
from crosspost.media.states import EDITED, SAME, meetings, telling

_LEAST_DIFFERENT = 3  # frames that differ among themselves; fewer are one still scene, which has to be nearer
_ANCHORS = 3  # frames of one that are searched for ...
_SEARCHED = 8  # ... in that many of the other
_BESIDE = 8  # frames before and after one that was met: a moving camera shows a place at the wrong time too
_SHARPER = 2  # times the quality that a window of a small frame has is that of the same in the file
_MOST_TRIED = 40  # windows that are tried
_SURE = 16  # bits from where a window fits as well as any will
_MOST = 0.8  # of the shorter video, from where no more is looked for


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
    if look is not None and a.sha256 is not None and b.sha256 is not None and not _enough(met, a, b):
        met += _looked_at(a, b, look(a), look(b))
    return _match(met)


def _enough(met: list[_Met], a: Fingerprint, b: Fingerprint) -> bool:
    """Tell whether what was met leaves nothing to look for: it is near, or most of the shorter video."""
    return any(one.stretch.distance <= SAME for one in met) or _covers(met, a, b)


def _covers(met: list[_Met], a: Fingerprint, b: Fingerprint) -> bool:
    """Tell whether most of the shorter video runs along stretches; of a picture there is only one."""
    stretches = without_duplicates([one.stretch for one in met])
    seconds = sum(min(stretch.a[1] - stretch.a[0], stretch.b[1] - stretch.b[0]) for stretch in stretches)
    return bool(stretches) and seconds >= _MOST * min(a.seconds, b.seconds)


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


def _looked_at(a: Fingerprint, b: Fingerprint, grey_a: Luma, grey_b: Luma) -> list[_Met]:
    """Return the stretches in which a window of one video runs along one of the other: of the window that fits best."""
    best: list[_Met] = []
    for window in islice(_windows(a.frames, b.frames, grey_a, grey_b), _MOST_TRIED):
        hashed_a = _hashed(a.frames, grey_a, window.in_a)
        hashed_b = _hashed(b.frames, grey_b, window.in_b, window.negative)
        how = "mirrored region" if window.mirrored else "region"
        found = [_Met(stretch, how) for stretch in _stretches(a, b, hashed_a, hashed_b) if _telling(stretch)]
        best = max(best, found, key=_score)  # the earlier one of two that are as good
        if _covers(best, a, b) and best[0].stretch.distance <= _SURE:
            break  # a camera that moves fits a frame too early or too late as well, and less
    return best


def _score(met: list[_Met]) -> float:
    return sum(stretch.score for stretch in without_duplicates([one.stretch for one in met]))


def _windows(a: Frames, b: Frames, grey_a: Luma, grey_b: Luma) -> Iterator[Window]:
    """Yield windows that frames of two videos share: of each anchor the first that is met, then of frames beside it."""
    others = _spread(b, _SEARCHED)
    met = []
    for anchor in _spread(a, _ANCHORS):
        apart = distances(a.hashes[anchor], b.hashes[others])
        for other in others[np.argsort(apart, kind="stable")]:
            found = list(_shared(grey_a[anchor], grey_b[other]))
            if found:
                yield from found
                met.append((anchor, other))
                break
    for beside, (anchor, other), way in product(range(1, _BESIDE + 1), met, (-1, 1)):
        frame = other + way * beside
        if 0 <= frame < len(grey_b):
            yield from _shared(grey_a[anchor], grey_b[frame])


def _shared(one: Grey, other: Grey) -> Iterator[Window]:
    """Yield the window that two frames share, and the part of it upon which nothing lies in one, such as a banner."""
    found = region(one, other)
    if found is not None:
        yield found.window
        shown = (patches(one[None], found.window.in_a)[0], patches(other[None], found.window.in_b)[0])
        part = agreed_part(shown[0], 255 - shown[1] if found.window.negative else shown[1])
        if part is not None:
            yield found.window.part(*part)


def _spread(frames: Frames, count: int) -> NDArray[np.int64]:
    """Return some frames that have much in them, spread over the video."""
    told = np.flatnonzero(telling(frames))
    return told[np.linspace(0, len(told) - 1, min(count, len(told))).round().astype(np.int64)] if len(told) else told


def _hashed(frames: Frames, grey: Luma, where: NDArray[np.float64], negative: bool = False) -> Frames:  # noqa: FBT001, FBT002
    kept = pdq.thinned(patches(grey, where).astype(np.float64))
    transformed = pdq.coefficients(kept)
    quality = np.minimum(_SHARPER * pdq.quality(kept).astype(np.int64), 100).astype(np.uint8)
    return Frames(frames.times, pdq.hashes_of(-transformed if negative else transformed), quality)
