"""What two media show alike, side by side: single pictures, and a sheet of them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from crosspost.media.shapes import Fingerprint, Match, Seconds, Segment

_MOST_ROWS = 24
_MARGIN, _LINE = 8, 14  # pixels
_GROUND, _INK = "white", "black"


class Beside(NamedTuple):
    """A frame of A and the frame of B that shows the same: small JPEGs, and seconds from the start of each."""

    a: bytes
    b: bytes
    at_a: float
    at_b: float


def beside(
    a: tuple[Fingerprint, Sequence[bytes]], b: tuple[Fingerprint, Sequence[bytes]], match: Match, each: int = 1
) -> list[Beside]:
    """Return frames of two media that show the same, `each` of every segment; of two pictures themselves.

    Args:
        a: a medium and its small JPEGs, one for each of its frames.
        b: another.
        match: how they correspond.
        each: how many pairs of frames to take of a segment, spread over it.
    """
    moments = [(0.0, 0.0)]
    if match.segments:
        moments = [moment for segment in match.segments for moment in _moments(segment, each)]
    return [_nearest(a, b, at_a, at_b) for at_a, at_b in moments]


def _moments(segment: Segment, each: int) -> Iterable[tuple[float, float]]:
    for share in (np.arange(each) + 0.5) / each:
        yield _within(segment.a, share), _within(segment.b, share)


def _within(seconds: Seconds, share: float) -> float:
    return seconds[0] + share * (seconds[1] - seconds[0])


def _nearest(
    a: tuple[Fingerprint, Sequence[bytes]], b: tuple[Fingerprint, Sequence[bytes]], at_a: float, at_b: float
) -> Beside:
    places = [int(np.abs(medium.frames.times - at).argmin()) for (medium, _), at in ((a, at_a), (b, at_b))]
    times = [float(medium.frames.times[place]) for (medium, _), place in zip((a, b), places, strict=True)]
    return Beside(a[1][places[0]], b[1][places[1]], *times)


def contact_sheet(rows: Sequence[Beside]) -> bytes:
    """Return a JPEG that shows pairs of frames below each other, A left and B right, with their seconds."""
    from PIL import Image, ImageDraw

    rows = [rows[place] for place in np.linspace(0, len(rows) - 1, min(len(rows), _MOST_ROWS)).round().astype(int)]
    pictures = [[Image.open(io.BytesIO(jpeg)) for jpeg in (row.a, row.b)] for row in rows]
    heights = [max(picture.height for picture in pair) + _LINE + _MARGIN for pair in pictures]
    width = max(picture.width for pair in pictures for picture in pair) + _MARGIN
    sheet = Image.new("RGB", (2 * width + _MARGIN, sum(heights) + _MARGIN), _GROUND)
    draw, top = ImageDraw.Draw(sheet), _MARGIN
    for row, pair, height in zip(rows, pictures, heights, strict=True):
        for side, (picture, at) in enumerate(zip(pair, (row.at_a, row.at_b), strict=True)):
            left = _MARGIN + side * width
            draw.text((left, top), f"{'AB'[side]}  {at:.2f} s", fill=_INK)
            sheet.paste(picture, (left, top + _LINE))
        top += height
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=90)
    return out.getvalue()
