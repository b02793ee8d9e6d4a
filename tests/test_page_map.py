"""The small map: where places stand on it, and the coastlines beneath."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from example_report import IDLIB, LIBYA

from crosspost.data import folder
from crosspost.models import Place
from crosspost.report.html.coastline import compiled, simplified
from crosspost.report.html.map import UNITS, Spot, drawn

WIDTH, HEIGHT = 320, 200


def town(lon: float | None, lat: float | None, name: str = "Town") -> Place:
    return Place(f"{lon} {lat}", name, "XX", None, "town", lat, lon)


def dots(*places: Place) -> list[tuple[int, int]]:
    svg = drawn(Spot(chr(65 + at), at, place) for at, place in enumerate(places))
    assert svg is not None
    return [(int(x), int(y)) for x, y in re.findall(r"<circle [^>]*cx=(-?\d+) cy=(-?\d+)", svg)]


def land() -> Iterator[list[tuple[int, int]]]:
    """The outlines of the shipped coastline, in units."""
    for outline in folder("coastline.txt").read_text(encoding="ascii").strip().split("z")[:-1]:
        start, steps = outline.removeprefix("M").split("l")
        x, y = map(int, start.split())
        points = [(x, y)]
        numbers = [int(number) for number in re.findall(r"-?\d+", steps)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x, y))
        yield points


def on_land(lon: float, lat: float) -> bool:
    """Whether a line from here to the west crosses the coast an odd number of times."""
    x, y = lon * UNITS, -lat * UNITS
    odd = False
    for outline in land():
        for (xa, ya), (xb, yb) in zip(outline, outline[1:] + outline[:1], strict=True):
            if (ya > y) != (yb > y) and x > xa + (y - ya) / (yb - ya) * (xb - xa):
                odd = not odd
    return odd


# ------------------------------------------------------------------ places


def test_north_is_up_and_east_is_to_the_right() -> None:
    (idlib_x, idlib_y), (libya_x, libya_y) = dots(IDLIB, LIBYA)
    assert idlib_x > libya_x
    assert idlib_y < libya_y


@pytest.mark.parametrize(
    "places",
    [
        [town(36.6, 35.9)],
        [town(36.6, 35.9), town(36.61, 35.91)],
        [town(-180, -80), town(179, 80), town(0, 0)],
        [town(178, -17), town(-171, -14)],
        [town(0, 90), town(0, -90)],
    ],
)
def test_every_place_is_inside_the_map(places: list[Place]) -> None:
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in dots(*places))


def test_two_places_beside_the_antimeridian_are_close_to_each_other() -> None:
    svg = drawn([Spot("A", 0, town(178, -17)), Spot("B", 1, town(-171, -14))])
    assert svg is not None
    (fiji, _), (samoa, _) = dots(town(178, -17), town(-171, -14))
    assert 0 < samoa - fiji < WIDTH
    assert svg.count("<use href=#land") == 2  # the land of either side


def test_a_country_is_a_ring_and_a_town_is_a_dot() -> None:
    svg = drawn([Spot("A", 0, LIBYA), Spot("B", 1, town(20, 32))])
    assert svg is not None
    assert '<circle class="k0 ring"' in svg
    assert '<circle class="k1"' in svg


def test_a_place_without_coordinates_is_not_drawn() -> None:
    assert drawn([Spot("A", 0, town(None, None))]) is None


def test_a_hostile_name_is_text_on_the_map() -> None:
    svg = drawn([Spot("A", 0, town(1, 1, '</text><b x="\u202e'))])
    assert svg is not None
    assert "A &lt;/text&gt;&lt;b x=&#34;⟦202E⟧</text>" in svg


def test_names_of_places_on_one_spot_do_not_cover_each_other() -> None:
    svg = drawn(Spot(chr(65 + at), at, town(10, 10)) for at in range(4))
    assert svg is not None
    lines = [int(y) for y in re.findall(r"<text x=\d+ y=(\d+)", svg)]
    assert min(b - a for a, b in pairwise(lines)) >= 12


# ------------------------------------------------------------------ the shipped coastline


@pytest.mark.parametrize(
    ("lon", "lat"),
    [(36.6, 35.9), (13.2, 32.5), (2.35, 48.85), (-0.1, 51.5), (33.4, 35.1), (14.45, 35.86)],
)
def test_towns_are_on_land(lon: float, lat: float) -> None:
    assert on_land(lon, lat)


@pytest.mark.parametrize(("lon", "lat"), [(18, 34), (38, 20), (35, 43.5), (51, 42), (-30, 40), (0, -40)])
def test_seas_are_not_land(lon: float, lat: float) -> None:
    assert not on_land(lon, lat)


def test_the_coastline_is_small() -> None:
    assert len(folder("coastline.txt").read_text(encoding="ascii")) < 60_000


# ------------------------------------------------------------------ compiling it


def test_a_corner_that_cannot_be_seen_is_left_out() -> None:
    assert simplified([(0, 0), (5, 0.001), (10, 0), (10, 10), (0, 10), (0, 0)]) == [
        (0, 0),
        (10, 0),
        (10, 10),
        (0, 10),
        (0, 0),
    ]


def test_a_topology_of_one_square_and_one_islet_becomes_the_square() -> None:
    topology = {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [
            [[0, 0], [2, 0]],
            [[2, 0], [0, 3], [-2, 0], [0, -3]],
            [[50, 50], [0.01, 0], [0, 0.01], [-0.01, -0.01]],
        ],
        "objects": {"land": {"geometries": [{"type": "MultiPolygon", "arcs": [[[0, 1]], [[2]]]}]}},
    }
    assert compiled(topology) == "M0 0l40 0 0-60-40 0z\n"
