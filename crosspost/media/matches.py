"""Which of many media show the same: an index finds pairs whose frames lie near, then each pair is looked at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from crosspost.media import pictures, videos
from crosspost.media.index import HashIndex
from crosspost.media.pictures import Look
from crosspost.media.shapes import Fingerprint, Hashes, Match
from crosspost.media.states import DOUBTFUL, EDITED, SAME, UPRIGHT, states, telling

_FEW = 5_000  # hashes up to which pairs that are DOUBTFUL are looked at too, by their pixels
_MANY = 50_000  # hashes from where pairs beyond SAME are no longer looked for: every hash would be compared with every
_PARTNERS = 50  # of a medium that has many copies, the nearest ones, each of which has its own
_AT_A_TIME = 20_000  # hashes that are looked up at a time

Ints = NDArray[np.int64]


def match(a: Fingerprint, b: Fingerprint, look: Look | None = None) -> Match | None:
    """Return how two media correspond, None where they do not.

    With `look`, which gives the small grey frames of a medium, the pixels are asked where the hashes do not decide.
    The same two in the other order give the same, seen from the other side.
    """
    if _name(b) < _name(a):
        turned = match(b, a, look)
        return turned and turned.swapped()
    if a.type == b.type == "image":
        return pictures.match(a, b, look)
    return videos.match(a, b, look)


def matches(fingerprints: Sequence[Fingerprint], look: Look | None = None) -> dict[tuple[int, int], Match]:
    """Return the pairs of places whose media correspond, the smaller place first, in order.

    Args:
        fingerprints: the media, each once. Of a group of very many copies each is paired with its nearest ones.
        look: gives the small grey frames of a medium; without it hashes alone decide.
    """
    pairs = sorted((int(a), int(b)) for a, b in _near_media(fingerprints))
    found = (((a, b), match(fingerprints[a], fingerprints[b], look)) for a, b in pairs)
    return {pair: met for pair, met in found if met is not None}


def _near_media(fingerprints: Sequence[Fingerprint]) -> Ints:
    """Return the pairs of media of which a frame of one lies near a frame of the other, shape (k, 2)."""
    order = sorted(range(len(fingerprints)), key=lambda place: _name(fingerprints[place]))
    media = [fingerprints[place] for place in order]  # so that what is kept does not hang on how they came
    upright, of_upright = _rows(media, UPRIGHT)
    shown, of_shown = _rows(media, None)
    index, within = HashIndex(upright), _reach(len(upright))
    parts = [np.empty((0, 3), np.int64)]
    for start in range(0, len(shown), _AT_A_TIME):
        near = index.near(shown[start : start + _AT_A_TIME], within)
        a, b = of_shown[start + near.queries], of_upright[near.places]
        pairs = np.stack([np.minimum(a, b), np.maximum(a, b), near.distances], axis=1)[a != b]
        parts.append(_nearest_frames(pairs))
    kept = _nearest_media(_nearest_frames(np.concatenate(parts)), len(media))
    return np.sort(np.asarray(order, np.int64)[kept], axis=1)


def _reach(hashes: int) -> int:
    """Return how far hashes may be apart for a pair to be looked at."""
    if hashes <= _FEW:
        return DOUBTFUL
    return EDITED if hashes <= _MANY else SAME


def _rows(media: Sequence[Fingerprint], names: tuple[str, ...] | None) -> tuple[Hashes, Ints]:
    """Return the different telling hashes of all media in these states (None: all), and whose each is."""
    hashes, owners = [np.empty((0, 4), np.uint64)], [np.empty(0, np.int64)]
    for place, medium in enumerate(media):
        own = [frames.hashes[telling(frames)] for name, frames in states(medium) if names is None or name in names]
        hashes.append(np.unique(np.concatenate(own), axis=0))
        owners.append(np.full(len(hashes[-1]), place))
    return np.concatenate(hashes), np.concatenate(owners)


def _nearest_frames(rows: Ints) -> Ints:
    """Return rows of (a, b, distance) with the least distance of each pair, in order."""
    rows = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
    first = np.ones(len(rows), bool)
    first[1:] = (rows[1:, :2] != rows[:-1, :2]).any(axis=1)
    return rows[first]


def _nearest_media(rows: Ints, count: int) -> Ints:
    """Return the pairs that are among the nearest of one side at least."""
    both = np.concatenate([rows, rows[:, [1, 0, 2]]])
    which = np.tile(np.arange(len(rows)), 2)
    beside = (both[:, 1] - both[:, 0]) % max(count, 1)  # of equally near ones each has others, all in one ring
    order = np.lexsort((beside, both[:, 2], both[:, 0]))
    owners = both[order, 0]
    starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]]) if len(owners) else np.empty(0, np.int64)
    rank = np.arange(len(owners)) - np.repeat(starts, np.diff(np.r_[starts, len(owners)]))
    return rows[np.unique(which[order[rank < _PARTNERS]]), :2]


def _name(medium: Fingerprint) -> tuple[str, bytes]:
    """Return what orders media by their content alone."""
    return medium.sha256 or "", medium.frames.hashes.tobytes()
