"""Print which edited media are recognised: `media.py [--root DIR] [--work DIR] [--quick | --step N] [PART ...]`.

Parts: pictures, videos. The originals come with packages, which `media_originals.py` names. What is made is kept
in the work folder, and taken again by the next run.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is loaded: one thread for each process

import media_originals
import media_pictures
import media_videos
from media_edits import HARD

_MADE = 16  # clips made of pictures
_BESIDE = "glued into another|crop 25 %|screen recording|blurred pillars|in another's corner|caption bar".split("|")
_QUICK = 6


def pictures(root: Path, work: Path, *, step: int, processes: int) -> None:
    """Print the recall of every edit of pictures, and which different ones were mixed up."""
    originals = [*media_originals.pictures(root)][::step]
    names = [media_originals.name(path) for path in originals]
    folder = _made(work / f"pictures-{len(originals)}")
    shelf = media_pictures.all_seen(originals, folder, processes)
    found = media_pictures.recalls(shelf, names, processes)
    print(f"\n{len(originals)} pictures, {len(found)} edits; recognised, in %")
    print(f"{'':24}{'PDQ <= 31':>12}{'our hashes':>12}{'both stages':>12}  missed")
    for one in found:
        shares = (100 * part / one.count for part in (one.plain, one.whole, one.both))
        mark = "*" if one.edit in HARD else " "
        print(f"{mark} {one.edit:22}" + "".join(f"{share:12.0f}" for share in shares) + "  " + _some(one.missed))
    for title, chosen in (("mean of the easy", False), ("* mean of the hard", True)):
        of = [one for one in found if (one.edit in HARD) == chosen]
        shares = (100 * mean(getattr(one, rule) / one.count for one in of) for rule in ("plain", "whole", "both"))
        print(f"{title:24}" + "".join(f"{share:12.1f}" for share in shares))
    print("\ndifferent pictures taken for the same")
    for mixed in media_pictures.mixed_up(shelf, names, processes):
        print(f"  {mixed.what:52}{mixed.pairs:7} pairs: {len(mixed.whole)} by hashes, {len(mixed.both)} by both stages")
        for name in sorted({*mixed.whole, *mixed.both}):
            print(f"      {name}")


def videos(root: Path, work: Path, *, step: int, processes: int) -> None:
    """Print the recall of every edit of clips, how far seconds are off, and which different clips were mixed up."""
    shown = [*media_originals.pictures(root)]
    made = [shown[place :: 2 * _MADE][:3] for place in range(_MADE)]
    sources = [media_videos.Source(path.stem, (path,)) for path in media_originals.clips(root)]
    sources += [media_videos.Source("+".join(map(media_originals.name, some)), tuple(some)) for some in made]
    sources = sources[::step]
    stranger = media_videos.Source("stranger", tuple(shown[-3:]))
    folder = _made(work / f"videos-{len(sources)}")
    by_edit = media_videos.cases(sources, stranger, folder, processes)
    print(f"\n{len(sources)} clips, {len(by_edit)} edits; recognised, in %")
    print("seconds of segments: their error at the median, and the share of those within the bound")
    heads = f"{'vPDQ rule':>12}{'our hashes':>12}{'both stages':>12}{'edges':>8}{'<= 0.3':>8}{'offset':>8}{'<= 0.1':>8}"
    print(" " * 28 + heads + "  missed")
    every: list[media_videos.Told] = []
    for edit, cases in by_edit.items():
        told = media_videos.told(cases, processes)
        every += told
        print(f"{edit:28}" + _row(told) + "  " + _some([one.name for one in told if not one.both]))
    print(f"{'mean':28}" + _row(every))
    print("\ndifferent clips taken for the same, by both stages")
    for mixed in media_videos.mixed_up(by_edit, _BESIDE, 4, processes):
        print(f"  original beside {mixed.kind:28}{mixed.pairs:7} pairs: {len(mixed.wrong)}  {' '.join(mixed.wrong)}")


def _row(told: Sequence[media_videos.Told]) -> str:
    shares = (100 * mean(getattr(one, rule) for one in told) for rule in ("vpdq", "whole", "both"))
    row = "".join(f"{share:12.1f}" for share in shares)
    edges, offsets = ([error for one in told for error in getattr(one, part)] for part in ("edges", "offsets"))
    for errors, bound in ((edges, 0.3), (offsets, 0.1)):
        if errors:
            row += f"{median(errors):8.2f}{100 * mean(error <= bound for error in errors):8.0f}"
    return row


def _some(names: Sequence[str]) -> str:
    return " ".join(name[:12] for name in names[:6]) + (" ..." if len(names) > 6 else "")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


PARTS = {"pictures": pictures, "videos": videos}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all of them by default")
    parser.add_argument("--root", type=Path, default=Path("/"), help="where the packages are unpacked")
    parser.add_argument("--work", type=Path, help="where edited files are kept for the next run")
    parser.add_argument("--step", type=int, default=1, help="take every so many-th original")
    parser.add_argument("--quick", dest="step", action="store_const", const=_QUICK, help=f"take every {_QUICK}th")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a run takes long, and may be watched
    with tempfile.TemporaryDirectory() as folder:
        for part in args.parts or PARTS:
            PARTS[part](args.root, args.work or Path(folder), step=args.step, processes=args.processes)


if __name__ == "__main__":
    main()
