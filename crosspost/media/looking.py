"""A file -> its fingerprint: every frame hashed as it is, without plain borders, and in other states."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from crosspost.media.decoding import MOST_FRAMES, Shown, opened
from crosspost.media.packed import pack
from crosspost.media.pdq import STATES, Hashed, coefficients, hashes_of, quality, thinned
from crosspost.media.shapes import Fingerprint, Frames

if TYPE_CHECKING:
    from crosspost.media.kinds import Kind

# The states that are kept beside the one that is shown; of a video fewer, since nobody turns one over to pass it on.
_OF_PICTURES = ("mirrored", "negative", "upside down", "turned left", "turned right")
_OF_VIDEOS = ("mirrored",)
_AT_A_TIME = 32  # frames, eight seconds: long enough to see which borders stay
_PLAIN = 6.0  # standard deviation of luma up to which a line is plain: JPEG leaves about 2 in a black bar
_LEAST_LEFT = 0.25  # of a side, when borders are cut: below it, it is a small thing on plain ground

Luma = NDArray[np.uint8]


def looked_at(file: BinaryIO, kind: Kind) -> bytes:
    """Return the packed fingerprint of a file, with a small JPEG of each frame.

    Raises:
        MediaRefused: it cannot be decoded.
    """
    of = opened(file, kind)
    states = _OF_PICTURES if kind.type == "image" else _OF_VIDEOS
    times: list[float] = []
    small: list[bytes] = []
    batches: list[dict[str, Hashed]] = []
    for batch in _batches(of.frames):
        times += [frame.time for frame in batch]
        small += [frame.small for frame in batch]
        batches.append(_hashed(np.stack([frame.luma for frame in batch]), states))
    fingerprint = Fingerprint(
        sha256=None,
        type=kind.type,
        frames=_frames(times, batches, ""),
        variants={state: _frames(times, batches, state) for state in _states_seen(batches)},
        seconds=0.0 if kind.type == "image" else max(of.seconds, times[-1]),
        width=of.width,
        height=of.height,
        note=_note(of.broken, len(times), times[-1]),
    )
    return pack(fingerprint, small)


def _note(broken: Sequence[str], frames: int, last: float) -> str:
    if broken:
        return f"it breaks off after {last:.0f} s: {broken[0]}"
    return f"only its first {last / 60:.0f} minutes were looked at" if frames == MOST_FRAMES else ""


def _batches(frames: Iterator[Shown]) -> Iterator[list[Shown]]:
    """Frames of one size, some at a time."""
    for _, alike in groupby(enumerate(frames), key=lambda each: (each[1].luma.shape, each[0] // _AT_A_TIME)):
        yield [frame for _, frame in alike]


def _hashed(luma: Luma, states: Sequence[str]) -> dict[str, Hashed]:
    """The hashes of frames (n, height, width): as shown (""), in other states, and all that without plain borders."""
    found = dict(_in_states(luma, states, ""))
    inside = _inside(luma)
    if inside.size < luma.size:
        found |= _in_states(inside, states, "trimmed")
    return found


def _in_states(luma: Luma, states: Sequence[str], prefix: str) -> Iterator[tuple[str, Hashed]]:
    thin = thinned(luma)
    kept, good = coefficients(thin), quality(thin)
    yield prefix, Hashed(hashes_of(kept), good)
    for state in states:
        yield f"{prefix} {state}".strip(), Hashed(hashes_of(STATES[state](kept)), good)


def _inside(luma: Luma) -> Luma:
    """Frames without the rows and columns at their edges that are plain in every one of them."""
    edges = (luma[:, 0], luma[:, -1], luma[:, :, 0], luma[:, :, -1])
    if all(edge.std(axis=1).max() > _PLAIN for edge in edges):
        return luma  # no border at all, as in most files: every line need not be asked
    left = luma
    for axis in (1, 2, 1):  # bars above and below hide those at the sides, and the other way round
        spread = left.std(axis=3 - axis, dtype=np.float32).max(axis=0)
        lines = np.flatnonzero(spread > _PLAIN)
        if not len(lines):
            return luma
        left = left[:, lines[0] : lines[-1] + 1] if axis == 1 else left[:, :, lines[0] : lines[-1] + 1]
    enough = all(of_left >= _LEAST_LEFT * whole for of_left, whole in zip(left.shape[1:], luma.shape[1:], strict=True))
    return left if enough else luma


def _states_seen(batches: Sequence[dict[str, Hashed]]) -> list[str]:
    return [*dict.fromkeys(state for batch in batches for state in batch if state)]


def _frames(times: Sequence[float], batches: Sequence[dict[str, Hashed]], state: str) -> Frames:
    """One state of all batches; one that has no border is there as it is."""
    untrimmed = state.removeprefix("trimmed").strip()
    found = [batch.get(state, batch[untrimmed]) for batch in batches]
    hashes, good = (np.concatenate(column) for column in zip(*found, strict=True))
    return Frames(np.array(times), hashes, good)
