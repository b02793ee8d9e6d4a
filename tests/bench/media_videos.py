"""Which of the clips are recognised once they are edited, at which seconds, and whether different ones are mixed up.

Beside our two stages stands the rule of vPDQ, on the same frames: four in five of the edited video's frames that tell
something lie within 31 bits of one of the original's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations, permutations
from multiprocessing import Pool
from pathlib import Path

import media_clips
import numpy as np
from media_clips import Clip, Truth
from media_pictures import ORIGINAL, Seen, looked_at
from media_pictures import both_stages as same

from crosspost.media.index import distances
from crosspost.media.matches import match
from crosspost.media.shapes import Frames, Match
from crosspost.media.states import SAME, telling

EDITS = tuple(media_clips.edits())
_VPDQ_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Source:
    """Where a clip comes from: one video, or the pictures that it is made of."""

    name: str
    paths: tuple[Path, ...]

    def clip(self, number: int) -> Clip:
        """Return its frames."""
        return media_clips.loaded(*self.paths) if len(self.paths) == 1 else media_clips.made(self.paths, number)


@dataclass(frozen=True, slots=True)
class Case:
    """A source and one edit of it."""

    name: str
    original: Seen
    edited: Seen
    truth: list[Truth]


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of a case: by each rule whether it is the same, and how far its seconds are off.

    `edges` holds, for each piece, the larger error of where it begins and ends in the original; `offsets` how far the
    middle of what was found lies from its place in the edited clip. In seconds, by both stages.
    """

    name: str
    vpdq: bool
    whole: bool
    both: bool
    edges: list[float]
    offsets: list[float]


def cases(sources: Sequence[Source], stranger: Source, folder: Path, processes: int) -> dict[str, list[Case]]:
    """Edit every clip in every way and look at all the files; those in the folder are taken as they are."""
    with Pool(processes) as pool:
        found = pool.map(partial(_cases, stranger, folder), list(enumerate(sources)), chunksize=1)
    return {edit: [of_clip[edit] for of_clip in found] for edit in EDITS}


def _cases(stranger: Source, folder: Path, numbered: tuple[int, Source]) -> dict[str, Case]:
    number, source = numbered
    files = {edit: folder / f"{number:02}-{place:02}.mp4" for place, edit in enumerate((ORIGINAL, *EDITS))}
    kept = folder / f"{number:02}.json"  # which seconds are which, written when all files are there
    if not kept.exists():
        clip, truths = source.clip(number), {}
        media_clips.write(clip, files[ORIGINAL])
        for name, edit in media_clips.edits(stranger.clip(99)).items():
            edited, truths[name] = edit(clip)
            media_clips.write(edited, files[name])
        kept.write_text(
            json.dumps({name: [(one.original, one.edited) for one in made] for name, made in truths.items()})
        )
    truths = {name: [Truth(*each) for each in pieces] for name, pieces in json.loads(kept.read_text()).items()}
    seen = looked_at(files, folder / f"{number:02}.db")
    return {name: Case(source.name, seen[ORIGINAL], seen[name], truth) for name, truth in truths.items()}


def told(cases: Sequence[Case], processes: int) -> list[Told]:
    """Say of each case what each rule says."""
    with Pool(processes) as pool:
        return pool.map(_told, cases, chunksize=4)


def _told(case: Case) -> Told:
    a, b = case.original.fingerprint, case.edited.fingerprint
    lumas = {seen.fingerprint.sha256: seen.luma for seen in (case.original, case.edited)}
    met = match(a, b, lambda of: lumas[of.sha256])
    errors = [_errors(met, truth, a.frames, b.frames) for truth in case.truth] if met else []
    return Told(
        name=case.name,
        vpdq=_vpdq(b.frames, a.frames),
        whole=match(a, b) is not None,
        both=met is not None,
        edges=[edge for edge, _ in errors],
        offsets=[offset for _, offset in errors],
    )


def _errors(met: Match, truth: Truth, a: Frames, b: Frames) -> tuple[float, float]:
    """Return the errors of edge and of offset of the segment that fits a piece best.

    Where a piece begins or ends with frames too flat to tell, any of their seconds is right for its edge.
    """
    (from_a, to_a), (from_b, to_b) = truth.original, truth.edited
    rate = (to_b - from_b) / (to_a - from_a)
    places = from_b + rate * (a.times - from_a)
    beside = np.abs(b.times[:, None] - places).argmin(axis=0)
    told = a.times[telling(a) & telling(b)[beside] & (a.times >= from_a) & (a.times <= to_a)]
    begins, ends = (told[0], told[-1]) if len(told) else (to_a, from_a)
    found = []
    for segment in met.segments:
        middle = (segment.a[0] + segment.a[1]) / 2
        place = (segment.b[0] + segment.b[1]) / 2
        begin = max(0.0, from_a - segment.a[0], segment.a[0] - begins)
        end = max(0.0, segment.a[1] - to_a, ends - segment.a[1])
        found.append((float(max(begin, end)), abs(place - (from_b + rate * (middle - from_a)))))
    return min(found)


def _vpdq(query: Frames, compared: Frames) -> bool:
    asked, known = (frames.hashes[telling(frames)] for frames in (query, compared))
    if not len(asked) or not len(known):
        return False
    near = (distances(asked[:, None], known[None]) <= SAME).any(axis=1)
    return bool(near.mean() >= _VPDQ_SHARE)


@dataclass(frozen=True, slots=True)
class Mixed:
    """Which pairs of an original and another clip, edited in some way, were taken for the same, of how many."""

    kind: str
    pairs: int
    wrong: list[str]


def mixed_up(by_edit: dict[str, list[Case]], edits: Sequence[str], step: int, processes: int) -> Iterator[Mixed]:
    """Compare all originals, and originals with some edits of every `step`-th of the others, by both stages."""
    originals = next(iter(by_edit.values()))
    places = range(len(originals))
    plans = {ORIGINAL: list(combinations(places, 2))}
    plans |= {edit: [(a, b) for a, b in permutations(places, 2) if (b - a) % step == 1 % step] for edit in edits}
    with Pool(processes) as pool:
        for kind, pairs in plans.items():
            others = [case.original if kind == ORIGINAL else case.edited for case in by_edit.get(kind, originals)]
            called = pool.starmap(same, [(originals[a].original, others[b]) for a, b in pairs], chunksize=4)
            wrong = [pair for pair, yes in zip(pairs, called, strict=True) if yes]
            yield Mixed(kind, len(pairs), [f"{originals[a].name} / {originals[b].name}" for a, b in wrong])
