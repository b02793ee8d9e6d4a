"""Where in one picture another is: crops, screenshots, a picture in a picture, borders, overlays, slight rotations.

Two steps. Correlation (by FFT) of what is left without brightness and contrast proposes a place, at every scale,
upright and mirrored; a negative gives the same peak upside down. Then a Gauss-Newton descent (Lucas and Kanade, 1981,
with the weights of a robust norm) moves, turns and tilts that window until both sides fit. What lies in the window is
for others to judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crosspost.media.shapes import Luma

PATCH = 64  # points across and down at which a window is looked at: as many as PDQ keeps
_SIDE, _SPECTRUM = 96, 128  # pixels of the longest side of a picture that is searched, and of its Fourier transform
_SCALES = (*(float(scale) for scale in 0.22 * 1.065 ** np.arange(24)), 1.0)  # steps that correlation bridges
_TURNS = (-10.0, -5.0, 5.0, 10.0)  # degrees looked at beside upright, of pictures about as large as one another
_TURNED_SCALES = (0.88, 0.94, 1.0)
_LEAST_OVERLAP = 0.5  # of the smaller one
_PROPOSALS = 3  # places that are followed up

Floats = NDArray[np.floating[Any]]
Matrix = NDArray[np.float64]  # (3, 3), of homogeneous coordinates


WHOLE = np.array([[0.5, 0, 0.5], [0, 0.5, 0.5], [0, 0, 1]])  # the map of a window that is all of a picture


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The same part of two pictures: maps from the square of -1..1 to places in each, 0..1 across and down."""

    in_a: Matrix
    in_b: Matrix
    negative: bool = False

    @property
    def mirrored(self) -> bool:
        """Whether one is the mirror image of the other."""
        return bool(np.linalg.det(self.in_a[:2, :2]) * np.linalg.det(self.in_b[:2, :2]) < 0)

    def shrunk(self, side: float) -> Window:
        """Return the middle of it, that share of it across and down."""
        return self.part(-side, side, -side, side)

    def part(self, left: float, right: float, top: float, bottom: float) -> Window:
        """Return a part of it, from and to which of its places across and down (-1..1)."""
        where = _box(left, right, top, bottom)
        return Window(self.in_a @ where, self.in_b @ where, self.negative)

    def swapped(self) -> Window:
        """Return the same seen from B."""
        return Window(self.in_b, self.in_a, self.negative)


def windows(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> Iterator[Window]:
    """Yield the places where two grey pictures may show the same, the likeliest first, fitted to one another."""
    levels_a, levels_b = _levels(a), _levels(b)
    for proposal in _proposals(a, b):
        fitted = _fitted(levels_a, levels_b, proposal)
        if fitted is not None:
            yield fitted


def patches(luma: Luma, where: Matrix) -> Floats:
    """Return what lies in the window of each of n pictures, shape (n, 64, 64)."""
    return np.stack([_sampled(_levels(picture), where, *_GRID)[0] for picture in luma])


def covered(where: Matrix) -> float:
    """Return which share of a picture a window covers."""
    x, y = _mapped(where, np.array([-1.0, 1, 1, -1]), np.array([-1.0, -1, 1, 1]))
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def contrast(picture: Floats, fine: float = 2.5, wide: float = 6.0) -> Floats:
    """Return a picture without brightness (what is wider than `fine` pixels) and without contrast (within `wide`)."""
    detail = picture - blurred(picture, fine)
    return np.asarray(detail / (np.sqrt(blurred(detail * detail, wide)) + 4), np.float32)  # 4: noise of the encoder


# ------------------------------------------------------------------ where to begin


@dataclass(frozen=True, slots=True, eq=False)
class _Searched:
    """A picture at several scales and turns, ready to be laid over others."""

    sizes: list[tuple[int, int]]
    turns: list[Matrix]  # from places in a template to places in the picture
    spectra: NDArray[np.complexfloating[Any, Any]]


def _proposals(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> list[Window]:
    sought_a, sought_b, mirrored = _searched(a), _searched(b), _searched(a[:, ::-1])
    found = [*_laid(sought_a, sought_b)]
    found += [(peak, window.swapped()) for peak, window in _laid(sought_b, sought_a)]
    found += [(peak, _of_mirrored(window)) for peak, window in _laid(mirrored, sought_b)]
    found += [(peak, _of_mirrored(window.swapped())) for peak, window in _laid(sought_b, mirrored)]
    kept: list[Window] = []
    for _, window in sorted(found, key=lambda one: -one[0]):
        if all(_apart(window, other) > 0.06 for other in kept):
            kept.append(window)
        if len(kept) == _PROPOSALS:
            break
    return kept


def _of_mirrored(window: Window) -> Window:
    across = np.array([[-1.0, 0, 1], [0, 1, 0], [0, 0, 1]])
    return Window(across @ window.in_a, window.in_b, window.negative)


def _apart(one: Window, other: Window) -> float:
    return float(np.abs(one.in_a @ np.linalg.inv(one.in_b) - other.in_a @ np.linalg.inv(other.in_b)).max())


def _searched(picture: NDArray[np.uint8]) -> _Searched:
    levels = _levels(picture)
    height, width = picture.shape
    unit = _SIDE / max(height, width)
    sizes, turns, templates = [], [], []
    for degrees, scale in (*((0.0, scale) for scale in _SCALES), *product(_TURNS, _TURNED_SCALES)):
        tall, broad = max(6, round(height * unit * scale)), max(6, round(width * unit * scale))
        if degrees:
            turn = _turn(degrees, height, width)
            x, y = np.meshgrid((np.arange(broad) + 0.5) / broad, (np.arange(tall) + 0.5) / tall)
            shown, inside = _points(levels[1 if unit * scale < 0.75 else 0], *_mapped(turn, x, y))
            template = contrast(shown) * inside
        else:
            turn, template = np.eye(3), contrast(_resized(levels[0], tall, broad))
        sizes.append((tall, broad))
        turns.append(turn)
        templates.append(np.pad(template, ((0, _SPECTRUM - tall), (0, _SPECTRUM - broad))))
    return _Searched(sizes, turns, np.fft.rfft2(np.stack(templates)))


def _turn(degrees: float, height: int, width: int) -> Matrix:
    """Return the map from places in a turned picture, 0..1, to those in the picture."""
    angle = np.deg2rad(degrees)
    pixels = np.array([[width, 0, -width / 2], [0, height, -height / 2], [0, 0, 1.0]])
    turned = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    return np.asarray(np.linalg.inv(pixels) @ turned @ pixels)


def _laid(template: _Searched, over: _Searched) -> Iterator[tuple[float, Window]]:
    """Yield, for each scale of one picture, where it fits best over the other at its full size, and how well.

    How well is the correlation over the root of the area: in units of what chance would give.
    """
    height, width = over.sizes[len(_SCALES) - 1]
    upright = over.spectra[len(_SCALES) - 1]
    correlated = np.fft.irfft2(upright * np.conj(template.spectra), (_SPECTRUM, _SPECTRUM))
    for (tall, broad), turn, values in zip(template.sizes, template.turns, correlated, strict=True):
        down, across = _overlap(tall, height), _overlap(broad, width)
        area = np.outer(down, across)
        enough = area >= _LEAST_OVERLAP * min(tall * broad, height * width)
        strength = np.where(enough, np.abs(values) / np.sqrt(np.maximum(area, 1)), 0)
        y, x = np.unravel_index(int(strength.argmax()), strength.shape)
        top, left = int(y) - _SPECTRUM * int(y >= height), int(x) - _SPECTRUM * int(x >= width)
        from_x, to_x, from_y, to_y = max(0, left), min(width, left + broad), max(0, top), min(height, top + tall)
        in_b = _box(from_x / width, to_x / width, from_y / height, to_y / height)
        in_a = _box((from_x - left) / broad, (to_x - left) / broad, (from_y - top) / tall, (to_y - top) / tall)
        yield float(strength[y, x]), Window(turn @ in_a, in_b, bool(values[y, x] < 0))


@lru_cache(maxsize=4096)
def _overlap(template: int, side: int) -> Floats:
    """Return how many pixels of a template lie over a side, for each shift (those beyond the side are negative)."""
    shift = np.arange(_SPECTRUM)
    shift = np.where(shift >= side, shift - _SPECTRUM, shift)
    return np.asarray(np.clip(np.minimum(side, shift + template) - np.maximum(0, shift), 0, None).astype(np.float32))


def _box(left: float, right: float, top: float, bottom: float) -> Matrix:
    return np.array(
        [[(right - left) / 2, 0, (left + right) / 2], [0, (bottom - top) / 2, (top + bottom) / 2], [0, 0, 1.0]]
    )


# ------------------------------------------------------------------ until it fits

_GRID = tuple(np.meshgrid(*2 * [(np.arange(PATCH, dtype=np.float32) * 2 + 1) / PATCH - 1]))
_ROUNDS = ((5.0, 10.0, 4, 6), (2.5, 6.0, 4, 6), (2.5, 6.0, 5, 8))  # fine, wide, steps, parameters: affine, perspective
_LONGEST_STEP = 0.15


def _fitted(a: list[Floats], b: list[Floats], window: Window) -> Window | None:
    x, y = _GRID
    goal, inside_b = _sampled(b, window.in_b, x, y)
    if window.negative:
        goal = -goal
    warp = np.eye(3)
    for fine, wide, steps, parameters in _ROUNDS:
        wanted = contrast(goal, fine, wide)
        for _ in range(steps):
            seen, inside = _sampled(a, window.in_a @ warp, x, y)
            step = _step(contrast(seen, fine, wide), wanted, inside & inside_b, parameters)
            warp = warp @ step
            warp /= warp[2, 2]
            if not np.isfinite(warp).all() or abs(np.linalg.det(warp[:2, :2])) < 0.1:
                return None
    return Window(window.in_a @ warp, window.in_b, window.negative)


def _step(seen: Floats, wanted: Floats, inside: NDArray[np.bool_], parameters: int) -> Matrix:
    """Return the small change of the grid that brings `seen` nearer to `wanted`."""
    x, y = _GRID
    down, across = (slope * (PATCH / 2) for slope in np.gradient(seen))
    missing = wanted - seen
    usual = 1.5 * float(np.median(np.abs(missing[inside]))) + 1e-6 if inside.any() else 1.0
    weights = inside / (1 + (missing / usual) ** 2)  # an overlay is an outlier
    slopes = [across * x, across * y, across, down * x, down * y, down]
    if parameters == 8:
        tilt = across * x + down * y
        slopes += [-tilt * x, -tilt * y]
    design = np.stack([slope.ravel() for slope in slopes]).astype(np.float64)
    weighted = design * weights.ravel()
    normal = weighted @ design.T
    damped = normal + np.eye(parameters) * (1e-3 * np.trace(normal) / parameters + 1e-9)
    moved = np.clip(np.linalg.solve(damped, weighted @ missing.ravel()), -_LONGEST_STEP, _LONGEST_STEP)
    tilted = moved[6:8] if parameters == 8 else (0.0, 0.0)
    return np.array([[1 + moved[0], moved[1], moved[2]], [moved[3], 1 + moved[4], moved[5]], [*tilted, 1.0]])


# ------------------------------------------------------------------ pictures at other sizes


def _levels(picture: NDArray[np.generic]) -> list[Floats]:
    """Return a picture and its halves, quarters ... down to 24 pixels."""
    levels = [picture.astype(np.float32)]
    while max(levels[-1].shape) > 24:
        height, width = levels[-1].shape
        levels.append(_resized(levels[-1], max(4, height // 2), max(4, width // 2)))
    return levels


def _sampled(levels: list[Floats], where: Matrix, x: Floats, y: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Return a picture at points of a window, from the level whose pixels are as far apart, and which lie in it."""
    apart = np.sqrt(abs(np.linalg.det(where[:2, :2])) * 4 * levels[0].size) / PATCH
    level = levels[int(np.clip(round(np.log2(max(apart, 1.0))), 0, len(levels) - 1))]
    return _points(level, *_mapped(where, x, y))


def _points(level: Floats, across: Matrix, down: Matrix) -> tuple[Floats, NDArray[np.bool_]]:
    """Return a picture at places 0..1 across and down, between its pixels, and which of them lie in it."""
    height, width = level.shape
    across, down = across * width - 0.5, down * height - 0.5
    inside = (across >= -0.5) & (across <= width - 0.5) & (down >= -0.5) & (down <= height - 0.5)
    across, down = np.clip(across, 0, width - 1.001), np.clip(down, 0, height - 1.001)
    column, row = across.astype(np.int32), down.astype(np.int32)
    right, below = (across - column).astype(np.float32), (down - row).astype(np.float32)
    pixels, place = level.ravel(), row * width + column
    upper = pixels[place] * (1 - right) + pixels[place + 1] * right
    lower = pixels[place + width] * (1 - right) + pixels[place + width + 1] * right
    return upper * (1 - below) + lower * below, inside


def _mapped(where: Matrix, x: NDArray[np.floating], y: NDArray[np.floating]) -> tuple[Matrix, Matrix]:
    depth = where[2, 0] * x + where[2, 1] * y + where[2, 2]
    across = (where[0, 0] * x + where[0, 1] * y + where[0, 2]) / depth
    return across, (where[1, 0] * x + where[1, 1] * y + where[1, 2]) / depth


def blurred(picture: Floats, spread: float) -> Floats:
    """Return a picture smoothed by a Gaussian of that many pixels."""
    height, width = picture.shape
    return np.asarray(_gauss(height, spread) @ picture @ _gauss(width, spread).T)


def _resized(picture: Floats, height: int, width: int) -> Floats:
    return np.asarray(_resizing(picture.shape[0], height) @ picture @ _resizing(picture.shape[1], width).T)


@lru_cache(maxsize=1024)
def _gauss(size: int, spread: float) -> Floats:
    apart = np.arange(size)[:, None] - np.arange(size)
    weights = np.exp(-0.5 * (apart / spread) ** 2)
    return np.asarray((weights / weights.sum(axis=1, keepdims=True)).astype(np.float32))


@lru_cache(maxsize=4096)
def _resizing(size: int, wanted: int) -> Floats:
    """Return (wanted, size): how much of each old pixel is in each new one; between them where there will be more."""
    if wanted <= size:
        edges = np.arange(wanted + 1) * (size / wanted)
        pixels = np.arange(size)
        weights = np.clip(np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels), 0, None)
    else:
        centres = np.clip((np.arange(wanted) + 0.5) * size / wanted - 0.5, 0, size - 1)
        weights = np.clip(1 - np.abs(centres[:, None] - np.arange(size)), 0, None)
    return np.asarray((weights / weights.sum(axis=1, keepdims=True)).astype(np.float32))
