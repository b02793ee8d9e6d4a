"""Whether two pictures show the same: by their hashes, then by the part of one that is the other."""

from __future__ import annotations

from crosspost.media.index import distances
from crosspost.media.shapes import Fingerprint, Match
from crosspost.media.states import EDITED, meetings, telling


def nearest(a: Fingerprint, b: Fingerprint) -> Match | None:
    """Return the states in which two pictures are nearest, however far that is; None if one is too flat to tell."""
    met = [
        Match(int(distances(of_a.hashes[0], of_b.hashes[0])), how)
        for how, of_a, of_b in meetings(a, b)
        if telling(of_a)[0] and telling(of_b)[0]
    ]
    return min(met, key=lambda match: (match.distance, match.how != "full", match.how), default=None)


def match(a: Fingerprint, b: Fingerprint) -> Match | None:
    """Return how two pictures correspond by their hashes, None where they do not."""
    met = nearest(a, b)
    return met if met is not None and met.distance <= EDITED else None
