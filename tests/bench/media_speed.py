"""Print what hashing costs beside the packages `pdqhash` and `vpdq`: `media_speed.py [--root DIR] [--quick]`.

CPU seconds of one run, both on the same pixels, of photographs as people post them (1000 x 1500). Of pictures three
things are timed: the hash alone, of full luma and with the reduction that our path makes before it, and the whole way
from a JPEG, where `pdqhash` gets what Pillow decodes. Of videos the whole way from the file: `vpdq` on every frame, as
it does by itself, and ours on four a second. The packages are taken where they can be imported, and said to be missing
where not.
"""

from __future__ import annotations

import argparse
import importlib
import io
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is loaded

import media_clips
import media_originals
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from crosspost.media.kinds import Kind
from crosspost.media.looking import looked_at
from crosspost.media.pdq import pdq

_SIZE = 1000, 1500  # pixels across and down
_PATH = "our path from the JPEG, all states"
_SIDE = 512  # pixels of the shorter side to which our path reduces, about


def pictures(root: Path, *, many: int) -> None:
    """Print the cost of a picture."""
    shown = [ImageOps.fit(Image.open(path).convert("RGB"), _SIZE) for path in [*media_originals.pictures(root)][:many]]
    luma, colours = [np.asarray(one.convert("L")) for one in shown], [np.asarray(one) for one in shown]
    reduced = [one.convert("L") for one in shown]
    jpegs = [_jpeg(one) for one in shown]
    other = _package("pdqhash")
    print(f"{len(shown)} pictures of {_SIZE[0]} x {_SIZE[1]}, CPU ms each (median)")
    ours = {
        "our PDQ of full luma": _cost(lambda one: pdq(one[None]), luma),
        "our PDQ, reduced first": _cost(
            lambda one: pdq(np.asarray(one.reduce(min(one.size) // _SIDE or 1))[None]), reduced
        ),
        _PATH: _cost(lambda one: looked_at(io.BytesIO(one), Kind("image", "JPEG")), jpegs),
    }
    for name, cost in ours.items():
        print(f"  {name:40}{cost:10.2f}")
    if other is not None:
        hashed = _cost(other.compute, colours)
        full, reduced_first = (hashed / ours[name] for name in list(ours)[:2])
        print(f"  {'pdqhash':40}{hashed:10.2f}  {full:.1f} times ours of full luma, {reduced_first:.1f} reduced first")
        decoded = _cost(lambda one: other.compute(_decoded(one)), jpegs)
        print(f"  {'pdqhash from the JPEG':40}{decoded:10.2f}  {decoded / ours[_PATH]:.1f} times our path")


def videos(root: Path, *, many: int) -> None:
    """Print the cost of a video."""
    other = _package("vpdq")
    paths = [*media_originals.clips(root)]
    shown = [*media_originals.pictures(root)]
    print(f"\nvideos, CPU seconds each{'':33}ours      vpdq     times")
    with tempfile.TemporaryDirectory() as folder:
        made = [Path(folder) / f"made of pictures, {down} lines.mp4" for down in (360, 720, 1080)]
        for path in made:
            down = int(path.stem.split()[-2])
            small = media_clips.made(shown[:3], 1, rate=30)
            frames = [Image.fromarray(frame).resize((down * 16 // 9, down)) for frame in small.frames]
            media_clips.write(
                media_clips.Clip(np.stack([np.asarray(frame) for frame in frames]), small.rate, bits=down * 5_000), path
            )
        for path in [*made, *paths][:many]:
            ours = _spent(_looked_at, path)
            line = f"  {path.name:50}{ours:10.2f}"
            if other is not None:
                theirs = _spent(partial(other.computeHash, seconds_per_hash=0, thread_count=1), str(path))
                line += f"{theirs:10.2f}{theirs / ours:10.1f}"
            print(line, flush=True)


def _looked_at(path: Path) -> None:
    with path.open("rb") as file:
        looked_at(file, Kind("video", path.suffix[1:]))


def _decoded(jpeg: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB"))


def _jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=88)
    return file.getvalue()


def _cost(what: Callable[[Any], object], given: list[Any]) -> float:
    """Return the median of CPU milliseconds, each the best of three."""
    what(given[0])
    return 1e3 * median(min(_spent(what, one) for _ in range(3)) for one in given)


def _spent(what: Callable[[Any], object], given: Any) -> float:
    started = time.process_time()
    what(given)
    return time.process_time() - started


def _package(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"{name} is not installed: ours alone")
        return None


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=Path("/"), help="where the packages are unpacked")
    parser.add_argument("--quick", action="store_true", help="few files")
    args = parser.parse_args()
    pictures(args.root, many=8 if args.quick else 60)
    videos(args.root, many=4 if args.quick else 20)


if __name__ == "__main__":
    main()
