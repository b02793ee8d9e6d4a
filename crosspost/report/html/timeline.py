"""The timeline of a finding: when the posts of each place were published, on one axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from crosspost.models import Annotation

_STEPS = 200  # of the axis; posts nearer than that are one dot


@dataclass(frozen=True, slots=True)
class Timeline:
    """The first and the last time, and a lane of dots for each place."""

    start: datetime
    end: datetime
    lanes: tuple[Markup, ...]


def timeline(claimants: Iterable[Sequence[Annotation]]) -> Timeline | None:
    """Draw the posts of each place on one axis, or None where fewer than two moments are known."""
    lanes = [[at for post in posts if (at := post.post.created_at)] for posts in claimants]
    times = [at for lane in lanes for at in lane]
    if not times or min(times) == max(times):
        return None
    start, end = min(times), max(times)
    return Timeline(start, end, tuple(_lane(lane, start, end) for lane in lanes))


def _lane(times: Iterable[datetime], start: datetime, end: datetime) -> Markup:
    steps = sorted({round((at - start) / (end - start) * _STEPS) for at in times})
    return Markup("").join(Markup("<circle cx={:g}% />").format(step * 100 / _STEPS) for step in steps)
