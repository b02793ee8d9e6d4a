"""Print what of edited pictures and videos is recognised: `media.py [--root DIR] [--work DIR] [--quick] [PART ...]`.

Parts: pictures, videos, index. The originals come with packages, which `media_originals.py` names. What is made is kept
in the work folder, and taken again by the next run.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is loaded: one thread for each process

import media_originals
import media_pictures
from media_edits import HARD

_QUICK = 6  # every so many-th original


def pictures(root: Path, work: Path, *, quick: bool, processes: int) -> None:
    """Print the recall of every edit of pictures, and which different ones were mixed up."""
    originals = [*media_originals.pictures(root)][:: _QUICK if quick else 1]
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


def _some(names: Sequence[str]) -> str:
    return " ".join(name[:12] for name in names[:6]) + (" ..." if len(names) > 6 else "")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


PARTS = {"pictures": pictures}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all of them by default")
    parser.add_argument("--root", type=Path, default=Path("/"), help="where the packages are unpacked")
    parser.add_argument("--work", type=Path, help="where edited files are kept for the next run")
    parser.add_argument("--quick", action="store_true", help="few originals")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for part in args.parts or PARTS:
            PARTS[part](args.root, args.work or Path(folder), quick=args.quick, processes=args.processes)


if __name__ == "__main__":
    main()
