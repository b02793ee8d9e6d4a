"""What else a video shows of itself, told neutrally: where it cuts, where it stands still, what it repeats."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from crosspost.media.alignment import Stretch, aligned
from crosspost.media.index import distances
from crosspost.media.shapes import Fingerprint, Frames, Seconds, Segment
from crosspost.media.states import DOUBTFUL, SAME, telling

_STILL = 4  # bits of 256 between frames of a picture that stands still: what coding alone changes
_STILL_SECONDS = 2.0  # from here on it is worth a word that it stands still
_REPEATED_SECONDS = 1.0  # and so for a piece that comes again


def cuts(video: Fingerprint) -> list[float]:
    """Return the seconds at which the picture changes as a whole: neighbouring frames are no one picture."""
    frames = video.frames
    told = telling(frames)
    apart = distances(frames.hashes[1:], frames.hashes[:-1])
    return [float(at) for at in frames.times[1:][(apart > DOUBTFUL) & told[1:] & told[:-1]]]


def still(video: Fingerprint) -> list[Seconds]:
    """Return the stretches of two seconds and more in which nothing moves: duplicated frames, or a still."""
    frames = video.frames
    same = np.r_[False, distances(frames.hashes[1:], frames.hashes[:-1]) <= _STILL, False] if len(frames.times) else []
    edges = np.flatnonzero(np.diff(np.asarray(same, np.int8)))
    found = [(float(frames.times[a]), float(frames.times[b])) for a, b in edges.reshape(-1, 2)]
    return [stretch for stretch in found if stretch[1] - stretch[0] >= _STILL_SECONDS]


def repeated(video: Fingerprint) -> list[Segment]:
    """Return what the video shows twice: A is a piece of one shot, B where it comes again in a later one.

    A shot is compared with what follows it, not with itself: there everything resembles everything.
    """
    frames = video.frames
    edges = np.searchsorted(frames.times, [0.0, *cuts(video), np.inf])
    return [
        Segment(stretch.a, stretch.b, mirrored=False, distance=stretch.distance)
        for start, end in pairwise(edges.tolist())
        for stretch in _again(frames, start, end, video.seconds)
    ]


def _again(frames: Frames, start: int, end: int, seconds: float) -> list[Stretch]:
    if not start < end < len(frames.times):
        return []
    found = aligned(_slice(frames, start, end), _slice(frames, end, None), (float(frames.times[end]), seconds))
    return sorted(
        (one for one in found if one.distance <= SAME and one.a[1] - one.a[0] >= _REPEATED_SECONDS),
        key=lambda one: (one.a, one.b),
    )


def _slice(frames: Frames, start: int, end: int | None) -> Frames:
    return Frames(frames.times[start:end], frames.hashes[start:end], frames.quality[start:end])
