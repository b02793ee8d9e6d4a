"""A small map of the places of a finding: coastlines alone, no borders, and nothing fetched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians

from markupsafe import Markup

from crosspost.data import folder
from crosspost.models import Place
from crosspost.report.html.visible import plain

UNITS = 20
"""A degree, in the units of the coastline: a twentieth of one is two pixels of the closest map."""

_WIDTH, _HEIGHT = 320, 200
_MARGIN = 44  # around the outermost places, for their names
_CLOSEST = 10.0  # degrees of longitude on the equator that a map shows at least: nearer, the coast would be too coarse
_NAMED = 8  # of more places the letters alone are written
_DRAWN = 60  # of still more, the first
_LINE = 15  # between two names
_LONGEST_NAME = 22
_SPREAD = ("region", "country", "admin1", "natural")  # places of some extent: a ring, not a dot


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a map, by the letter of its column; `colour` counts the columns from 0."""

    letter: str
    colour: int
    place: Place


@dataclass(frozen=True, slots=True)
class _View:
    """An equirectangular map, true to scale at its middle: (`lon`, `lat`) is the middle, `scale` pixels a degree."""

    lon: float
    lat: float
    scale: float

    @property
    def narrowing(self) -> float:
        return max(0.2, cos(radians(self.lat)))

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        x = _WIDTH / 2 + ((lon - self.lon + 540) % 360 - 180) * self.narrowing * self.scale
        return round(x, 1), round(_HEIGHT / 2 - (lat - self.lat) * self.scale, 1)


def land() -> Markup:
    """Return the land of the world, once a page, for its maps to use."""
    path = folder("coastline.txt").read_text(encoding="ascii").strip()
    return Markup('<svg class="vh" aria-hidden="true"><path id="land" d="{}"/></svg>').format(path)


def drawn(spots: Iterable[Spot]) -> Markup | None:
    """Return a map of some places, or None where none of them has coordinates."""
    located = [spot for spot in spots if spot.place.lat is not None and spot.place.lon is not None][:_DRAWN]
    if not located:
        return None
    view = _around([(spot.place.lon or 0.0, spot.place.lat or 0.0) for spot in located])
    parts = [*_coasts(view), *_marks(view, located)]
    return Markup('<svg class=map viewBox="0 0 {} {}">{}</svg>').format(_WIDTH, _HEIGHT, Markup("").join(parts))


def _around(points: Sequence[tuple[float, float]]) -> _View:
    """The view that shows all points, also where the shortest way round leads over the antimeridian."""
    lons = sorted(lon for lon, _ in points)
    gaps = [(right - left, right) for left, right in zip(lons, [*lons[1:], lons[0] + 360], strict=True)]
    gap, west = max(gaps)
    west, width = (west + 180) % 360 - 180, 360 - gap
    south, north = min(lat for _, lat in points), max(lat for _, lat in points)
    middle = (south + north) / 2
    narrowing = max(0.2, cos(radians(middle)))
    scale = min(
        (_WIDTH - 2 * _MARGIN) / max(width * narrowing, 0.01),
        (_HEIGHT - 2 * _MARGIN) / max(north - south, 0.01),
        _WIDTH / _CLOSEST,
    )
    return _View(west + width / 2, middle, scale)


def _coasts(view: _View) -> Iterable[Markup]:
    """The land, and the land again beside it where the view reaches over the antimeridian."""
    half = _WIDTH / 2 / view.narrowing / view.scale
    for turn in (-360, 0, 360):
        if view.lon - half < turn + 180 and view.lon + half > turn - 180:
            x = _WIDTH / 2 + (turn - view.lon) * view.narrowing * view.scale
            y = _HEIGHT / 2 + view.lat * view.scale
            zoom = view.scale / UNITS
            yield Markup('<use href=#land transform="translate({:.0f} {:.0f})scale({:.2f} {:.2f})"/>').format(
                x, y, zoom * view.narrowing, zoom
            )


def _marks(view: _View, spots: Sequence[Spot]) -> Iterable[Markup]:
    taken: list[tuple[float, float, float]] = []
    for spot in spots:
        x, y = view.at(spot.place.lon or 0.0, spot.place.lat or 0.0)
        ring = spot.place.level in _SPREAD
        yield Markup('<circle class="k{}{}" cx={:.0f} cy={:.0f} />').format(spot.colour, " ring" if ring else "", x, y)
        name = f"{spot.letter} {_short(spot.place.name)}" if len(spots) <= _NAMED else spot.letter
        before = x > _WIDTH * 0.55
        left, width = (x - 12 - 7 * len(name) if before else x + 12), 7 * len(name)
        line = y + 4
        while any(abs(line - other) < _LINE and left < end and start < left + width for start, end, other in taken):
            line += _LINE
        taken.append((left, left + width, line))
        anchor = Markup(" class=end") if before else ""
        yield Markup("<text x={:.0f} y={:.0f}{}>{}</text>").format(
            x - 12 if before else x + 12, line, anchor, plain(name)
        )


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
