"""The coastlines of the map, and how they are compiled: `python -m crosspost.report.html.coastline land-50m.json`.

The source is Natural Earth 1:50m land (public domain), as the npm package world-atlas 2.0.2 brings it in TopoJSON
(https://github.com/topojson/topojson-specification). It holds land alone: no borders can be drawn from it. The command
writes `data/coastline.txt`, byte for byte; the package is not needed to run the program.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import cos, radians
from pathlib import Path
from typing import Any

from crosspost.data import folder
from crosspost.report.html.map import UNITS

CHECKSUM = "619477ff690c0868"
"""The first 16 hex digits of the SHA-256 of `land-50m.json` of world-atlas 2.0.2."""

_LEAST_CORNER = 0.013  # square degrees at the equator, 160 km²: a corner below it is left out
_LEAST_ISLAND = 0.012  # the same of a whole island: Malta stays
_FEWEST = 4  # points of a closed line: a triangle
_SOUTH = -58.0  # posts of Antarctica are few, and its coast is long

Point = tuple[float, float]


def compiled(topology: dict[str, Any]) -> str:
    """Return the land of a TopoJSON file as one SVG path, its lines simplified and its smallest islands left out.

    x is the longitude and y the negated latitude, both in `UNITS` of a degree.
    """
    rings = [ring for ring in _rings(topology) if _extent(ring) >= _LEAST_ISLAND and max(y for _, y in ring) > _SOUTH]
    return "".join(_closed(simplified(ring)) for ring in rings) + "\n"


def _rings(topology: dict[str, Any]) -> Iterator[list[Point]]:
    """Yield the closed rings of all polygons as (longitude, latitude)."""
    (scale_x, scale_y), (left, bottom) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs: list[list[Point]] = []
    for steps in topology["arcs"]:
        x = y = 0
        arcs.append([(left + (x := x + dx) * scale_x, bottom + (y := y + dy) * scale_y) for dx, dy in steps])
    for geometry in topology["objects"]["land"]["geometries"]:
        for polygon in geometry["arcs"]:
            for ring in polygon:
                yield [point for arc in ring for point in (arcs[arc] if arc >= 0 else arcs[~arc][::-1])]


def simplified(ring: Sequence[Point]) -> list[Point]:
    """Take the corners of a line away whose triangle is too small to be seen, the smallest first.

    Visvalingam and Whyatt, "Line generalisation by repeated elimination of points", 1993.
    """
    before, after = list(range(-1, len(ring) - 1)), list(range(1, len(ring) + 1))
    kept = [True] * len(ring)
    queue = [(_area(*ring[at - 1 : at + 2]), at) for at in range(1, len(ring) - 1)]
    heapq.heapify(queue)
    current = {at: area for area, at in queue}
    left = len(ring)
    while queue and left > _FEWEST:
        area, at = heapq.heappop(queue)
        if area >= _LEAST_CORNER:
            break
        if not kept[at] or area != current[at]:
            continue
        kept[at] = False
        left -= 1
        a, b = before[at], after[at]
        after[a], before[b] = b, a
        for near in (a, b):
            if 0 < near < len(ring) - 1:
                wide = max(area, _area(ring[before[near]], ring[near], ring[after[near]]))
                current[near] = wide
                heapq.heappush(queue, (wide, near))
    return [point for point, keep in zip(ring, kept, strict=True) if keep]


def _extent(ring: Sequence[Point]) -> float:
    """The area of a closed line in square degrees as they are at the equator."""
    doubled = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
    return abs(doubled) / 2 * cos(radians(ring[0][1]))


def _area(a: Point, b: Point, c: Point) -> float:
    """The area of a triangle in square degrees as they are at the equator."""
    doubled = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
    return abs(doubled) / 2 * cos(radians(b[1]))


def _closed(ring: Sequence[Point]) -> str:
    points = [(round(lon * UNITS), round(-lat * UNITS)) for lon, lat in ring[:-1]]
    numbers = [step for a, b in pairwise(points) if a != b for step in (b[0] - a[0], b[1] - a[1])]
    return f"M{points[0][0]} {points[0][1]}l" + " ".join(map(str, numbers)).replace(" -", "-") + "z"


def main(arguments: Sequence[str]) -> int:
    """Write the data file."""
    (source,) = arguments
    given = Path(source).read_bytes()
    if not hashlib.sha256(given).hexdigest().startswith(CHECKSUM):
        sys.stderr.write(f"{source}: not land-50m.json of world-atlas 2.0.2 (its SHA-256 begins with {CHECKSUM})\n")
        return 2
    target = Path(str(folder("coastline.txt")))
    target.write_text(compiled(json.loads(given)), encoding="ascii", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
