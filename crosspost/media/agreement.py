"""Where two small grey pictures of one window agree, tile by tile: what a hash of the whole cannot tell.

A banner or a sticker changes some tiles and leaves the others as they were. Two screenshots of one app that show
different pictures agree in every tile but those of the picture, which lie in one block. What is measured here was
measured by tests/bench/media.py, on screenshots of 110 pictures under one template.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from crosspost.media.geometry import PATCH, Floats, blurred, contrast
from crosspost.media.states import SAME

_TILES = 8  # across and down
_ALIKE = 0.5  # correlation of two tiles from where they show the same
_TEXTURE, _FAINT = 2.0, 1.0  # grey levels of detail that a tile needs in one of the two, and in both, to be compared
_PAGE = 0.35  # of a page of text and boxes is one grey, its background
_BLOCK = 3  # tiles across and down, in which a picture would stand ...
_MOST_OTHER = 5  # ... and how many of them may differ where both are pages,
_MOST_CHANGED = 2  # and where both are one page, which leaves none once it is encoded again, and 2 under a logo
_FEWEST = 8  # tiles to go by
_UNMOVED, _MOVED = 3.0, 10.0  # grey levels up to which a tile is as bright as the other, and beyond which it is not
_MUCH_ALIKE = 0.8  # correlation of two tiles of one picture that only became brighter
_LEAST_PART = 24  # tiles of 64 that are left once what was laid over a picture is cut off
_ONE_PAGE = 0.5  # of the tiles are as bright in both, where all but a picture in them is one page


@dataclass(frozen=True, slots=True)
class Agreement:
    """How much of a window agrees.

    `alike` is the number of tiles that show the same, `share` theirs of the tiles with something in them; `pages` tells
    that both look like drawn pages; `unmoved` is the share of tiles as bright in both; `other` and `changed` are the
    most tiles of one block of 3 x 3 that hold something else in both, and that do or are of another brightness.
    """

    alike: int
    share: float
    pages: bool
    unmoved: float
    other: int
    changed: int

    @property
    def one_page(self) -> bool:
        """Whether both are one page, but perhaps for a picture in it."""
        return self.pages and self.unmoved >= _ONE_PAGE

    def another_picture(self, distance: int) -> bool:
        """Tell whether two pages are alike and the picture in them is not, of hashes so many bits apart.

        A page that only was encoded again stays within SAME, and brightness tells of pictures with little in them.
        """
        if not self.pages:
            return False
        return distance > SAME or self.other > _MOST_OTHER or (self.one_page and self.changed > _MOST_CHANGED)


def agreed_part(one: Floats, other: Floats) -> tuple[float, ...] | None:
    """Return the largest box of a window in which no tile shows another thing: left, right, top, bottom, -1..1.

    What lies over one of two pictures, such as a banner, is left out. None where that leaves all, or little.
    """
    alike, texture = _compared(one, other)
    another = (np.maximum(*texture) > _TEXTURE) & (alike < _ALIKE)
    before = np.pad(another.astype(np.int64).cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))  # how many above and left
    sides = [(first, last) for first in range(_TILES) for last in range(first + 1, _TILES + 1)]
    free = [
        ((bottom - top) * (right - left), (left, right, top, bottom))
        for top, bottom in sides
        for left, right in sides
        if before[bottom, right] - before[top, right] - before[bottom, left] + before[top, left] == 0
    ]
    area, box = max(free, default=(0, ()))
    return tuple(2 * edge / _TILES - 1 for edge in box) if _LEAST_PART <= area < _TILES**2 else None


def agreement(one: Floats, other: Floats) -> Agreement:
    """Compare two windows of 64 x 64."""
    alike, texture = _compared(one, other)
    told, both = np.maximum(*texture) > _TEXTURE, np.minimum(*texture) > _FAINT
    count = int((told & both & (alike > _ALIKE)).sum())
    moved = np.abs(_tiles(one).mean(axis=-1) - _tiles(other).mean(axis=-1))
    elsewhere = both & (alike < _ALIKE)
    changed = elsewhere | ((moved > _MOVED) & ((alike < _MUCH_ALIKE) | ~both))
    pages = min(_background(one), _background(other)) >= _PAGE
    return Agreement(
        alike=count,
        share=count / max(int(told.sum()), _FEWEST),
        pages=pages,
        unmoved=float((moved <= _UNMOVED).mean()),
        other=_in_a_block(elsewhere),
        changed=_in_a_block(changed),
    )


def _compared(one: Floats, other: Floats) -> tuple[Floats, list[Floats]]:
    """Return the correlation of each tile of one with that of the other, and how much detail is in those of each."""
    tiles = [_tiles(contrast(picture)) for picture in (one, other)]
    energy = np.sqrt((tiles[0] ** 2).sum(axis=-1) * (tiles[1] ** 2).sum(axis=-1)) + 1e-9
    detail = [_tiles(picture - blurred(picture, 2.5)).std(axis=-1) for picture in (one, other)]
    return (tiles[0] * tiles[1]).sum(axis=-1) / energy, detail


def _in_a_block(tiles: NDArray[np.bool_]) -> int:
    """Return the most tiles of one block that are so."""
    return int(sliding_window_view(tiles.astype(np.int64), (_BLOCK, _BLOCK)).sum(axis=(2, 3)).max())


def _background(picture: Floats) -> float:
    """Return the share of the commonest grey, give or take one."""
    counts = np.bincount(np.clip(picture + 1.5, 0, 257).astype(np.int64).ravel(), minlength=259)
    return float(sliding_window_view(counts, 3).sum(axis=-1).max() / picture.size)


def _tiles(picture: Floats) -> Floats:
    side = PATCH // _TILES
    parted = picture.reshape(_TILES, side, _TILES, side).transpose(0, 2, 1, 3)
    return parted.reshape(_TILES, _TILES, side * side)
