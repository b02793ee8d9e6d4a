"""Whether two pictures show the same: by their hashes, then by the part of one that is the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crosspost.media import pdq
from crosspost.media.agreement import agreement
from crosspost.media.geometry import WHOLE, Window, covered, patches, windows
from crosspost.media.index import distances
from crosspost.media.shapes import Fingerprint, Luma, Match
from crosspost.media.states import EDITED, SAME, UPRIGHT, meetings, telling

_LEAST_COVERED = 0.3  # of one of the two; two pictures that share a logo are not the same picture

_FITTED = 70  # bits of 256 that overlays leave of a window, where most of its tiles agree ...
_MUCH_AGREED, _LEAST_AGREED = 0.55, 0.4  # ... shares of tiles: beyond EDITED bits, and below
_LEAST_ALIKE = 20  # tiles of 64, beyond SAME bits: fewer of smooth pictures can be made to fit anything

Grey = NDArray[np.uint8]  # (height, width)
Look = Callable[[Fingerprint], Luma]  # the small grey frames of a medium


def nearest(a: Fingerprint, b: Fingerprint) -> Match | None:
    """Return the states in which two pictures are nearest, however far that is; None if one is too flat to tell."""
    met = [
        Match(int(distances(of_a.hashes[0], of_b.hashes[0])), how)
        for how, of_a, of_b in meetings(a, b)
        if telling(of_a)[0] and telling(of_b)[0]
    ]
    return min(met, key=lambda match: (match.distance, match.how != "full", match.how), default=None)


def match(a: Fingerprint, b: Fingerprint, look: Look | None = None) -> Match | None:
    """Return how two pictures correspond, None where they do not.

    With `look` the pixels are asked where the hashes of the whole pictures do not decide (a pair costs about 50 ms).
    """
    met = nearest(a, b)
    near = met is not None and met.distance <= EDITED
    if look is None or a.sha256 is None or b.sha256 is None:
        return met if near else None
    grey_a, grey_b = look(a)[0], look(b)[0]
    if met is not None and near and _same_where_looked_at(grey_a, grey_b, met):
        return met
    shared = region(grey_a, grey_b)
    return Match(shared.distance, "region") if shared is not None else None


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A part that two pictures share, and how far their hashes of it are apart."""

    window: Window
    distance: int


def region(a: Grey, b: Grey) -> Region | None:
    """Return the part of two grey pictures that is the same in both, None where there is none."""
    judged = (judge(a, b, window) for window in windows(a, b))
    return min((one for one in judged if one is not None), key=lambda one: one.distance, default=None)


def judge(a: Grey, b: Grey, window: Window) -> Region | None:
    """Return a window with its distance, None where it shows different things."""
    inner = _inside_both(window)
    if inner is None or max(covered(inner.in_a), covered(inner.in_b)) < _LEAST_COVERED:
        return None
    shown = np.concatenate([patches(a[None], inner.in_a), patches(b[None], inner.in_b)])
    if inner.negative:
        shown[1] = 255 - shown[1]
    distance = int(distances(*pdq.hashes_of(pdq.coefficients(shown.astype(np.float64)))))
    if distance > _FITTED:
        return None
    agreed = agreement(*shown)
    told = agreed.share >= (_LEAST_AGREED if distance <= EDITED else _MUCH_AGREED)
    told &= distance <= SAME or agreed.alike >= _LEAST_ALIKE
    return Region(inner, distance) if told and not agreed.another_picture(distance) else None


def _same_where_looked_at(a: Grey, b: Grey, met: Match) -> bool:
    """Tell whether pictures that are near by their hashes are no pages with different pictures in them."""
    if met.how not in UPRIGHT:
        return True
    agreed = agreement(*np.concatenate([patches(a[None], WHOLE), patches(b[None], WHOLE)]))
    in_place = met.how == "full" or agreed.one_page  # without borders they lie elsewhere, unless they are one page
    return not (in_place and agreed.another_picture(met.distance))


def _inside_both(window: Window) -> Window | None:
    """Return the largest window around the same centre that lies within both pictures."""
    for side in np.linspace(1, 0.6, 21):
        smaller = window.shrunk(side)
        if _inside(smaller.in_a) and _inside(smaller.in_b):
            return smaller
    return None


def _inside(where: NDArray[np.float64]) -> bool:
    corners = where @ np.array([[-1.0, 1, 1, -1], [-1, -1, 1, 1], [1, 1, 1, 1]])
    places = corners[:2] / corners[2]
    return bool((places > -0.01).all() and (places < 1.01).all())
