"""Which seconds of one video are which seconds of another: alignment of two sequences of hashes in time.

Local alignment (Smith and Waterman, 1981) over the distances of all frames of A to all frames of B: a pair of near
frames adds to a path, a pair of different ones takes away, so paths begin and end where the videos meet and part. A
path moves on by one frame in both, or by two in one of them, so that it follows a video that is played faster or
slower. Each path is then laid on a straight line, whose offset is found between the frames.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from crosspost.media.index import HashIndex, distances
from crosspost.media.shapes import Frames, Seconds
from crosspost.media.states import EDITED, SAME, telling

_TEMPO_COST = 0.15  # of a step that skips a frame
_FLAT_COST = 0.02  # of a frame that tells nothing
_LEAST_SCORE = 1.2  # of a path: three frames as near as re-encoding leaves them
_MOST_CELLS = 4_000_000  # pairs of frames up to which all are compared; beyond, the rows and columns of near ones
_MARGIN = 6  # frames kept around those
_ANOTHER = 24  # bits from where a frame counts as another than the last that counted
_RATES = (0.45, 2.2)  # how much slower and faster B may be
_STILL = 3.0  # bits by which distance must grow beside the right place; else a piece is still and tells no offset
_MOST_PATHS = 200  # a still shot has as many as it has frames

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Seconds of A that are seconds of B.

    `distance` is the mean in bits of 256, `nearest` the least; `different` counts the frames that differ among
    themselves, in the video that has fewer of them; `score` is the sum of what each frame adds.
    """

    a: Seconds
    b: Seconds
    distance: float
    nearest: int
    different: int
    score: float

    def swapped(self) -> Stretch:
        """Return the same as seen from B."""
        return replace(self, a=self.b, b=self.a)


def shown(picture: Frames, video: Frames, seconds: float) -> list[Stretch]:
    """Return the stretches of a video (B) in which it shows a picture (A, whose seconds are 0 to 0)."""
    apart = distances(picture.hashes[0], video.hashes)
    near = np.flatnonzero((apart <= EDITED) & telling(video) & telling(picture)[0])
    half = _step(video.times) / 2
    found = []
    for run in np.split(near, np.flatnonzero(np.diff(near) > 1) + 1):
        if len(run):
            span = max(0.0, float(video.times[run[0]]) - half), min(seconds, float(video.times[run[-1]]) + half)
            least = int(apart[run].min())
            found.append(Stretch((0.0, 0.0), span, least, least, 1, float((EDITED - apart[run]).sum()) / EDITED))
    return found


def aligned(a: Frames, b: Frames, ends: tuple[float, float]) -> list[Stretch]:
    """Return the stretches in which two sequences of frames run along each other, the best first.

    Args:
        a: The frames of one video, in one of its states.
        b: Those of another.
        ends: The lengths of both in seconds.
    """
    rows, columns = _worth(a, b)
    if not len(rows) or not len(columns):
        return []
    part_a, part_b = _taken(a, rows), _taken(b, columns)
    found = []
    for first, last in _paths(part_a, part_b):
        stretch = _laid(
            a, b, (int(rows[first[0]]), int(columns[first[1]])), (int(rows[last[0]]), int(columns[last[1]])), ends
        )
        if stretch is not None:
            found.append(stretch)
    return without_duplicates(found)


def without_duplicates(stretches: list[Stretch]) -> list[Stretch]:
    """Return the best stretches, without those that say of the same seconds of both something else.

    In a still shot every frame is like every other, so that it runs along itself at every offset.
    """
    kept: list[Stretch] = []
    for one in sorted(stretches, key=lambda stretch: (-stretch.score, stretch.a, stretch.b)):
        if not any(_shared(one.a, other.a) > 0.3 and _shared(one.b, other.b) > 0.3 for other in kept):
            kept.append(one)
    return kept


def different_frames(hashes: NDArray[np.uint64]) -> Ints:
    """Return the number, from 0, of the scene of each frame: another begins where one differs from its first frame."""
    scenes, first, number = np.zeros(len(hashes), np.int64), 0, 0
    for place in range(1, len(hashes)):
        if distances(hashes[place], hashes[first]) > _ANOTHER:
            first, number = place, number + 1
        scenes[place] = number
    return scenes


def _shared(one: Seconds, other: Seconds) -> float:
    """Return which share of the shorter of two spans lies in the other."""
    inner = min(one[1], other[1]) - max(one[0], other[0])
    return inner / max(min(one[1] - one[0], other[1] - other[0]), 1e-9)


def _taken(frames: Frames, which: Ints) -> Frames:
    return Frames(frames.times[which], frames.hashes[which], frames.quality[which])


# ------------------------------------------------------------------ paths


def _worth(a: Frames, b: Frames) -> tuple[Ints, Ints]:
    """Return the frames of A and of B between which paths are looked for: all, of long videos those near others."""
    told_a, told_b = np.flatnonzero(telling(a)), np.flatnonzero(telling(b))
    short = len(a.times) * len(b.times) <= _MOST_CELLS
    near = HashIndex(b.hashes[told_b]).near(a.hashes[told_a], EDITED if short else SAME)
    if not len(near.queries):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    if short:
        return np.arange(len(a.times)), np.arange(len(b.times))
    return _around(told_a[near.queries], len(a.times)), _around(told_b[near.places], len(b.times))


def _around(places: Ints, count: int) -> Ints:
    near = np.zeros(count, bool)
    for shift in range(-_MARGIN, _MARGIN + 1):
        near[np.clip(places + shift, 0, count - 1)] = True
    return np.flatnonzero(near)


def _paths(a: Frames, b: Frames) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return the first and the last pair of frames of each path that is worth something.

    Row by row of A, with the score and the beginning of the best path that ends at each frame of B: memory grows with
    the length of one video, not with that of both.
    """
    width = len(b.times)
    flat_a, flat_b = ~telling(a), ~telling(b)
    score, start = np.zeros((3, width + 2), np.float32), np.zeros((3, width + 2), np.int64)  # this row and two above
    ends = [np.empty((0, 3))]
    for row in range(len(a.times)):
        gain = (EDITED - distances(a.hashes[row], b.hashes)) / np.float32(EDITED)
        gain = np.where(flat_b | flat_a[row], -_FLAT_COST, np.maximum(gain, -1)).astype(np.float32)
        here, above, above2 = row % 3, (row - 1) % 3, (row - 2) % 3
        came, began = score[above, 1:-1], start[above, 1:-1]
        for other, at in (
            (score[above, :-2] - _TEMPO_COST, start[above, :-2]),
            (score[above2, 1:-1] - _TEMPO_COST, start[above2, 1:-1]),
        ):
            better = other > came
            came, began = np.where(better, other, came), np.where(better, at, began)
        fresh = came <= 0
        score[here, 2:] = np.maximum(np.where(fresh, 0, came) + gain, 0)
        start[here, 2:] = np.where(fresh, row * width + np.arange(width), began)
        strong = np.flatnonzero(score[here, 2:] >= _LEAST_SCORE)
        if len(strong):
            places = np.full(len(strong), row * width) + strong
            ends.append(np.stack([start[here, 2 + strong], score[here, 2 + strong], places], axis=1))
        if len(ends) > 1_000:
            ends = [_best_ends(np.concatenate(ends))]
    best = _best_ends(np.concatenate(ends))
    best = best[np.argsort(-best[:, 1], kind="stable")][:_MOST_PATHS]
    return [(divmod(int(begin), width), divmod(int(end), width)) for begin, _, end in best]


def _best_ends(ends: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rows of (start, score, end) with the best end of each start."""
    ends = ends[np.lexsort((ends[:, 2], -ends[:, 1], ends[:, 0]))]
    return ends[np.r_[True, ends[1:, 0] != ends[:-1, 0]]] if len(ends) else ends


# ------------------------------------------------------------------ lines


@dataclass(frozen=True, slots=True)
class _Line:
    """The second of B that each second of A is, as a straight line."""

    rate: float
    offset: float

    def to_b(self, seconds: Floats) -> Floats:
        return self.rate * seconds + self.offset

    def to_a(self, second: float) -> float:
        return (second - self.offset) / self.rate


def _laid(
    a: Frames, b: Frames, first: tuple[int, int], last: tuple[int, int], ends: tuple[float, float]
) -> Stretch | None:
    """Return the stretch of a path, laid on a straight line whose place is found between the frames."""
    rows = np.arange(first[0], last[0] + 1)
    of_a, of_b = a.times[[first[0], last[0]]], b.times[[first[1], last[1]]]
    spans = float(np.ptp(of_a)), float(np.ptp(of_b))
    rate = float(np.clip(spans[1] / spans[0], *_RATES)) if min(spans) > 0 else 1.0
    if abs(rate - 1) * spans[0] <= 1.5 * _step(b.times):
        rate = 1.0  # no faster than the frames can tell
    line = _Line(rate, float(of_b.mean() - rate * of_a.mean()))
    for _ in range(2):
        line = _fitted(a, b, rows, line)
    return _measured(a, b, rows, line, ends)


def _fitted(a: Frames, b: Frames, rows: Ints, line: _Line) -> _Line:
    """Return the line near another on which the frames are nearest."""
    pieces = np.array_split(rows, max(1, min(8, len(rows) // 8)))
    found = [(float(a.times[piece].mean()), _shift(a, b, piece, line)) for piece in pieces]
    shifts = [(centre, shift) for centre, shift in found if shift is not None]
    if not shifts:
        return line
    if line.rate == 1.0 or len(shifts) < 3:
        return _Line(line.rate, line.offset + float(np.median([shift for _, shift in shifts])))
    # Theil and Sen: some pieces are still and say nothing
    slope = float(np.median([(y - x) / (later - sooner) for (sooner, x), (later, y) in combinations(shifts, 2)]))
    lift = float(np.median([shift - slope * centre for centre, shift in shifts]))
    return _Line(line.rate + slope, line.offset + lift)


def _shift(a: Frames, b: Frames, rows: Ints, line: _Line) -> float | None:
    """Return by how many seconds of B a piece of a line is off: where distance, which grows evenly, is least."""
    step = _step(b.times)
    shifts = np.arange(-6, 7) * (step / 2)
    apart = _interpolated(a, b, rows, line.to_b(a.times[rows]) + shifts[:, None])
    usable = telling(a)[rows] & np.isfinite(apart).all(axis=0)
    if usable.sum() < 2:
        return None
    profile = apart[:, usable].mean(axis=1)
    best = int(profile.argmin())
    if profile.max() - profile[best] < _STILL:
        return None
    low, high = max(0, best - 2), min(len(shifts) - 1, best + 2)
    left, right, least = profile[low], profile[high], profile[best]
    steeper = max(left, right) - least
    return float(shifts[best] + (left - right) / (2 * max(steeper, 1e-9)) * (shifts[high] - shifts[low]) / 2)


def _interpolated(a: Frames, b: Frames, rows: Ints, wanted: Floats) -> Floats:
    """Return the distance of frames of A to B at wanted seconds, between its frames in proportion; NaN outside."""
    after = np.clip(np.searchsorted(b.times, wanted), min(1, len(b.times) - 1), len(b.times) - 1)
    before = np.maximum(after - 1, 0)
    span = np.maximum(b.times[after] - b.times[before], 1e-9)
    part = np.clip((wanted - b.times[before]) / span, 0, 1)
    near, far = (distances(a.hashes[rows], b.hashes[place]) for place in (before, after))
    outside = (wanted < b.times[0] - span) | (wanted > b.times[-1] + span)
    return np.where(outside, np.nan, near * (1 - part) + far * part)


def _measured(a: Frames, b: Frames, rows: Ints, line: _Line, ends: tuple[float, float]) -> Stretch | None:
    """Return where a line really runs: from the first to the last near frame, and half a frame beyond."""
    rows = np.arange(max(0, rows[0] - 2), min(len(a.times), rows[-1] + 3))
    wanted = line.to_b(a.times[rows])
    nearest = _nearest(b.times, wanted)
    apart = distances(a.hashes[rows], b.hashes[nearest])
    told = telling(a)[rows] & telling(b)[nearest] & (np.abs(b.times[nearest] - wanted) <= _step(b.times))
    near = np.flatnonzero(told & (apart <= EDITED))
    if not len(near):
        return None
    inside = slice(near[0], near[-1] + 1)
    rows, nearest, apart = (column[inside][told[inside]] for column in (rows, nearest, apart))
    span = _edges(a, b, (float(a.times[rows[0]]), float(a.times[rows[-1]])), line, ends)
    scenes = (different_frames(frames.hashes[which])[-1] + 1 for frames, which in ((a, rows), (b, nearest)))
    return Stretch(
        a=span,
        b=(max(0.0, line.rate * span[0] + line.offset), min(ends[1], line.rate * span[1] + line.offset)),
        distance=float(apart.mean()),
        nearest=int(apart.min()),
        different=int(min(scenes)),
        score=float(np.maximum((EDITED - apart) / EDITED, -1).sum()),
    )


def _edges(a: Frames, b: Frames, span: Seconds, line: _Line, ends: tuple[float, float]) -> Seconds:
    """Return the seconds of A from which to which a line runs, from its first and its last near frame.

    It begins half a frame before. An edge less than a frame from where one of the videos begins or ends is there.
    """
    step_a, step_b = _step(a.times), _step(b.times)
    begin, end = span[0] - step_a / 2, span[1] + step_a / 2
    earliest, latest = max(0.0, line.to_a(0.0)), min(ends[0], line.to_a(ends[1]))
    if (begin < step_a or line.rate * begin + line.offset < step_b) and earliest <= begin + step_a:
        begin = earliest
    if (end > ends[0] - step_a or line.rate * end + line.offset > ends[1] - step_b) and latest >= end - step_a:
        end = latest
    return max(0.0, begin), min(ends[0], end)


def _nearest(times: Floats, wanted: Floats) -> Ints:
    after = np.clip(np.searchsorted(times, wanted), 0, len(times) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(np.abs(times[before] - wanted) <= np.abs(times[after] - wanted), before, after)


def _step(times: Floats) -> float:
    """Return the usual time from one frame to the next."""
    return float(np.median(np.diff(times))) if len(times) > 1 else 0.25
