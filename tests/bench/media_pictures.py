"""Which of many pictures are recognised once they are edited, and whether different ones are mixed up.

Every original is brought to the size at which pictures are posted, edited in each way, and written as a JPEG; the files
then go the way of any other file. Beside our two stages stands the plain rule of PDQ: two hashes of the whole within 31
bits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from multiprocessing import Pool
from pathlib import Path

from media_edits import EASY, HARD
from PIL import Image

from crosspost.media.fingerprinter import Fingerprinter
from crosspost.media.index import distances
from crosspost.media.matches import match
from crosspost.media.shapes import Fingerprint, Luma
from crosspost.media.states import SAME

ORIGINAL = "original"
EDITS = {**EASY, **HARD}
# Where different pictures get the same things around them or upon them. Collages stand beside originals only: two of
# ours share the scene that fills them up.
TEMPLATES = (
    "screenshot phone",
    "screenshot phone dark",
    "screenshot browser",
    "news banner",
    "caption bar",
    "meme text",
)
BESIDE = ("screenshot phone", "collage of two", "collage of four", "picture in picture", "crop 40 %", "blurred pillars")
_OF_TEMPLATES, _BESIDE_OTHERS = 3, 5  # every so many-th pair
_LONGEST = 1080  # pixels of a side, as networks show pictures
_QUALITY = 85


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as the library saw it."""

    fingerprint: Fingerprint
    luma: Luma


@dataclass(frozen=True, slots=True)
class Recall:
    """How many of the pictures of one edit were recognised, by each rule."""

    edit: str
    count: int
    plain: int
    whole: int
    both: int
    missed: tuple[str, ...]


Shelf = dict[str, list[Seen]]  # by edit, in the order of the originals


def all_seen(originals: Sequence[Path], folder: Path, processes: int) -> Shelf:
    """Edit every picture in every way and look at all the files; those in the folder are taken as they are."""
    with Pool(processes) as pool:
        looked_at = pool.map(partial(_seen, folder), list(enumerate(originals)), chunksize=1)
    return {edit: [of_picture[edit] for of_picture in looked_at] for edit in (ORIGINAL, *EDITS)}


def _seen(folder: Path, numbered: tuple[int, Path]) -> dict[str, Seen]:
    number, original = numbered
    files = {edit: folder / f"{number:03}-{place:02}.jpg" for place, edit in enumerate((ORIGINAL, *EDITS))}
    if not all(file.exists() for file in files.values()):
        picture = Image.open(original).convert("RGB")
        picture.thumbnail((_LONGEST, _LONGEST), Image.Resampling.LANCZOS)
        picture.save(files[ORIGINAL], quality=92)
        for name, edit in EDITS.items():
            edit(picture).save(files[name], quality=_QUALITY)
    return looked_at(files, folder / f"{number:03}.db")


def looked_at(files: dict[str, Path], cache: Path) -> dict[str, Seen]:
    """Return files as the library sees them."""
    with Fingerprinter(cache) as fingerprinter:
        fingerprints = {name: fingerprinter.fingerprint(file) for name, file in files.items()}
        return {name: Seen(of, fingerprinter.luma(of)) for name, of in fingerprints.items()}


def recalls(shelf: Shelf, names: Sequence[str], processes: int) -> list[Recall]:
    """Return how many edited pictures are recognised as their originals."""
    originals = shelf[ORIGINAL]
    asked = [(original, shelf[edit][place]) for edit in EDITS for place, original in enumerate(originals)]
    with Pool(processes) as pool:
        told = pool.starmap(_told, asked, chunksize=16)
    found = []
    for place, edit in enumerate(EDITS):
        rows = told[place * len(originals) : (place + 1) * len(originals)]
        missed = tuple(name for name, (*_, both) in zip(names, rows, strict=True) if not both)
        plain, whole, both = (sum(column) for column in zip(*rows, strict=True))
        found.append(Recall(edit, len(rows), plain, whole, both, missed))
    return found


def _told(a: Seen, b: Seen) -> tuple[bool, bool, bool]:
    """Tell whether two pictures are the same by plain PDQ, by our hashes, and by our hashes and the pixels."""
    plain = int(distances(a.fingerprint.frames.hashes[0], b.fingerprint.frames.hashes[0])) <= SAME
    return plain, match(a.fingerprint, b.fingerprint) is not None, both_stages(a, b)


def both_stages(a: Seen, b: Seen) -> bool:
    """Tell whether two media are the same where the pixels are at hand."""
    lumas = {seen.fingerprint.sha256: seen.luma for seen in (a, b)}
    return match(a.fingerprint, b.fingerprint, lambda of: lumas[of.sha256]) is not None


@dataclass(frozen=True, slots=True)
class Mixed:
    """Which pairs of different pictures were taken for the same, of how many, by hashes and by both stages."""

    what: str
    pairs: int
    whole: list[str]
    both: list[str]


def mixed_up(shelf: Shelf, names: Sequence[str], processes: int) -> Iterator[Mixed]:
    """Compare all different originals, and of what follows every so many-th pair, other ones for each picture.

    Different pictures under one template, and originals with edits of others.
    """
    pairs = [*combinations(range(len(names)), 2)]
    plans = [((ORIGINAL, ORIGINAL), pairs)]
    plans += [((kind, kind), pairs[::_OF_TEMPLATES]) for kind in TEMPLATES]
    plans += [((ORIGINAL, kind), pairs[1::_BESIDE_OTHERS]) for kind in BESIDE]
    for kinds, some in plans:
        yield _mixed(shelf, kinds, names, some, processes)


def _mixed(
    shelf: Shelf, kinds: tuple[str, str], names: Sequence[str], pairs: Sequence[tuple[int, int]], processes: int
) -> Mixed:
    with Pool(processes) as pool:
        told = pool.starmap(_told, [(shelf[kinds[0]][a], shelf[kinds[1]][b]) for a, b in pairs], chunksize=16)
    called = [f"{names[a]} / {names[b]}" for a, b in pairs]
    what = f"{kinds[0]} beside {kinds[1]}"
    whole, both = ([name for name, row in zip(called, told, strict=True) if row[column]] for column in (1, 2))
    return Mixed(what, len(pairs), whole, both)
