"""A fingerprint and its small pictures as bytes: how they cross from the child, and how they are kept.

A head in JSON, then raw arrays and JPEGs: nothing that runs when it is read, whoever wrote it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from crosspost.errors import MediaRefused
from crosspost.media.shapes import Fingerprint, Frames

FORMAT = 2  # of the bytes and of what is in them: one more when a hash would come out otherwise
_HEAD = struct.Struct("<I")
_FRAME = 8 + 32 + 1  # bytes of a frame: when it is, its hash, its quality


def pack(fingerprint: Fingerprint, small: Sequence[bytes]) -> bytes:
    """Return a fingerprint and a small JPEG of each of its frames as bytes."""
    states = {"": fingerprint.frames, **fingerprint.variants}
    head = {
        "type": fingerprint.type,
        "seconds": fingerprint.seconds,
        "width": fingerprint.width,
        "height": fingerprint.height,
        "note": fingerprint.note,
        "frames": len(fingerprint.frames.times),
        "states": [*states],
        "small": [*map(len, small)],
    }
    written = json.dumps(head).encode()
    arrays = [array for frames in states.values() for array in (frames.times, frames.hashes, frames.quality)]
    return b"".join([_HEAD.pack(len(written)), written, *(array.tobytes() for array in arrays), *small])


class Packed:
    """Read what `pack` wrote.

    Raises:
        MediaRefused: the bytes are something else.
    """

    def __init__(self, given: bytes) -> None:
        try:
            (length,) = _HEAD.unpack_from(given)
            self._head: dict[str, Any] = json.loads(given[_HEAD.size : _HEAD.size + length])
            self._frames, self._states = int(self._head["frames"]), [str(name) for name in self._head["states"]]
            self._sizes = [int(size) for size in self._head["small"]]
        except (struct.error, ValueError, KeyError, TypeError) as error:
            raise MediaRefused("not the answer of the decoder") from error
        self._given, self._start = given, _HEAD.size + length
        self._pictures = self._start + len(self._states) * self._frames * _FRAME
        if min(self._sizes, default=0) < 0 or self._pictures + sum(self._sizes) != len(given):
            raise MediaRefused("not the answer of the decoder")

    def fingerprint(self, sha256: str) -> Fingerprint:
        """Return the fingerprint, with the hash of the file that it is of."""
        states = {name: self._state(number) for number, name in enumerate(self._states)}
        head = self._head
        return Fingerprint(
            sha256=sha256,
            type="video" if head["type"] == "video" else "image",
            frames=states.pop(""),
            variants=states,
            seconds=float(head["seconds"]),
            width=int(head["width"]),
            height=int(head["height"]),
            note=str(head["note"]),
        )

    def small(self) -> list[bytes]:
        """Return a small JPEG of each frame."""
        ends = self._pictures + np.cumsum(self._sizes, dtype=np.int64)
        return [self._given[end - size : end] for end, size in zip(ends.tolist(), self._sizes, strict=True)]

    def _state(self, number: int) -> Frames:
        start, count = self._start + number * self._frames * _FRAME, self._frames
        times = np.frombuffer(self._given, "<f8", count, start)
        hashes = np.frombuffer(self._given, "<u8", 4 * count, start + 8 * count).reshape(count, 4)
        return Frames(times, hashes, np.frombuffer(self._given, np.uint8, count, start + 40 * count))
