"""Clips, those that come with packages and those made of pictures, and the edits that they meet.

An edit returns the clip and, for each piece of the original that is in it, which seconds are which.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import numpy as np
from media_drawn import Edit, screenshot, with_banner, with_caption, with_logo, written
from media_edits import after, centre, letterboxed, pillared, within
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageOps

_SIZE = 640, 360  # pixels of a made clip
_LONGEST_SIDE, _LONGEST_SECONDS = 640, 10
_RATE = 15  # frames a second of a made clip
_SCENES = 3  # of a made clip, each a pan over one picture
_SCENE_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames (n, height, width, 3) at a constant rate, and the bits a second at which they are written."""

    frames: NDArray[np.uint8]
    rate: Fraction
    bits: int = 1_200_000

    @property
    def seconds(self) -> float:
        """Return the length."""
        return float(len(self.frames) / self.rate)


@dataclass(frozen=True, slots=True)
class Truth:
    """Which seconds of the original are which of the edited clip."""

    original: tuple[float, float]
    edited: tuple[float, float]


Edited = tuple[Clip, list[Truth]]
ClipEdit = Callable[[Clip], Edited]


# ------------------------------------------------------------------ originals


def loaded(path: Path) -> Clip:
    """Return the first seconds of a video at the size at which networks show it."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        rate = stream.average_rate or Fraction(25)
        skipped = max(1, round(rate / _RATE))  # every so many-th frame is enough to edit
        scale = min(1.0, _LONGEST_SIDE / max(stream.width, stream.height))
        width, height = (2 * round(side * scale / 2) for side in (stream.width, stream.height))
        frames = []
        for number, frame in enumerate(container.decode(stream)):
            if number / rate >= _LONGEST_SECONDS:
                break
            if number % skipped == 0:
                frames.append(frame.to_ndarray(format="rgb24", width=width, height=height))
    return Clip(np.stack(frames), rate / skipped)


def made(pictures: Sequence[Path], number: int, rate: int = _RATE) -> Clip:
    """Return a clip that pans and zooms over some pictures, one after the other."""
    chance = np.random.default_rng(number)
    frames: list[NDArray[np.uint8]] = []
    for path in pictures:
        picture = Image.open(path).convert("RGB")
        begin, end = (_corner(chance) for _ in range(2))
        for step in np.linspace(0, 1, _SCENE_SECONDS * rate):
            left, top, side = (1 - step) * begin + step * end
            whole = _widest(picture.size)
            box = (
                left * (picture.width - side * whole[0]),
                top * (picture.height - side * whole[1]),
                left * (picture.width - side * whole[0]) + side * whole[0],
                top * (picture.height - side * whole[1]) + side * whole[1],
            )
            frames.append(np.asarray(picture.resize(_SIZE, Image.Resampling.BILINEAR, box, reducing_gap=2)))
    return Clip(np.stack(frames), Fraction(rate))


def _corner(chance: np.random.Generator) -> NDArray[np.float64]:
    """Return where a view begins or ends: shares of what is free to the left and above, and of the picture's size."""
    return np.array([chance.random(), chance.random(), chance.uniform(0.55, 0.9)])


def _widest(size: tuple[int, int]) -> tuple[float, float]:
    """Return the largest size of the shape of a clip within a picture."""
    scale = min(size[0] / _SIZE[0], size[1] / _SIZE[1])
    return _SIZE[0] * scale, _SIZE[1] * scale


def write(clip: Clip, path: Path) -> None:
    """Write a clip as H.264 in MP4."""
    height, width = (side - side % 2 for side in clip.frames.shape[1:3])
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=clip.rate, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = width, height, "yuv420p", clip.bits
        stream.codec_context.thread_count = 1
        for frame in clip.frames:
            shown = np.ascontiguousarray(frame[:height, :width])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shown, "rgb24")))
        container.mux(stream.encode())


# ------------------------------------------------------------------ edits


def every_frame(edit: Edit) -> ClipEdit:
    """Edit every frame as a picture."""

    def of(clip: Clip) -> Edited:
        frames = np.stack([np.asarray(edit(Image.fromarray(frame))) for frame in clip.frames])
        return replace(clip, frames=frames), _all_of(clip)

    return of


def _all_of(clip: Clip) -> list[Truth]:
    return [Truth((0, clip.seconds), (0, clip.seconds))]


def at_bits(bits: int, clip: Clip) -> Edited:
    """Write it with so few bits a second that blocks show."""
    return replace(clip, bits=bits), _all_of(clip)


def part(begin: float, end: float, clip: Clip) -> Edited:
    """Keep what lies between two shares of its length."""
    first, last = round(begin * len(clip.frames)), round(end * len(clip.frames))
    kept = replace(clip, frames=clip.frames[first:last])
    seconds = float(first / clip.rate), float(last / clip.rate)
    return kept, [Truth(seconds, (0, kept.seconds))]


def glued(stranger: Clip, clip: Clip) -> Edited:
    """Put the middle of it between the halves of another video."""
    piece, truth = part(0.25, 0.85, clip)
    other = _as_large(stranger, clip)
    half = len(other) // 2
    before = float(half / clip.rate)
    frames = np.concatenate([other[:half], piece.frames, other[half:]])
    moved = [Truth(one.original, (one.edited[0] + before, one.edited[1] + before)) for one in truth]
    return replace(clip, frames=frames), moved


def swapped(stranger: Clip, clip: Clip) -> Edited:
    """Show the second half first, then two seconds of another video, then the first half."""
    middle = len(clip.frames) // 2
    other = _as_large(stranger, clip)[: round(2 * clip.rate)]
    frames = np.concatenate([clip.frames[middle:], other, clip.frames[:middle]])
    cut, later = float(middle / clip.rate), float((len(clip.frames) - middle + len(other)) / clip.rate)
    truth = [Truth((cut, clip.seconds), (0, clip.seconds - cut)), Truth((0, cut), (later, later + cut))]
    return replace(clip, frames=frames), truth


def _as_large(stranger: Clip, clip: Clip) -> NDArray[np.uint8]:
    size = clip.frames.shape[2], clip.frames.shape[1]
    return np.stack([np.asarray(ImageOps.fit(Image.fromarray(frame), size)) for frame in stranger.frames])


def faded(clip: Clip) -> Edited:
    """Let the first second come out of the dark."""
    light = np.minimum(1, np.arange(len(clip.frames)) / float(clip.rate))
    frames = (clip.frames * light[:, None, None, None]).astype(np.uint8)
    return replace(clip, frames=frames), _all_of(clip)


def at_speed(times: float, clip: Clip) -> Edited:
    """Play it faster or slower, at the same number of frames a second."""
    which = np.arange(0, len(clip.frames) - 0.5, times).round().astype(int)
    clip_then = replace(clip, frames=clip.frames[which])
    return clip_then, [Truth((0, clip.seconds), (0, clip_then.seconds))]


def at_rate(rate: int, clip: Clip) -> Edited:
    """Show another number of frames a second at the same speed."""
    which = (np.arange(0, clip.seconds, 1 / rate) * float(clip.rate)).astype(int)
    return replace(clip, frames=clip.frames[which], rate=Fraction(rate)), _all_of(clip)


def in_corner(stranger: Clip, clip: Clip) -> Edited:
    """Show it in the lower right corner of another video, with sides of 55 % of its."""
    back = _as_large(stranger, clip)
    frames = []
    for number, frame in enumerate(clip.frames):
        behind = Image.fromarray(back[number % len(back)])
        put = within(lambda _, behind=behind: behind, 0.55, (0.95, 0.92))  # type: ignore[misc]  # a default binds it now
        frames.append(np.asarray(put(Image.fromarray(frame))))
    return replace(clip, frames=np.stack(frames)), _all_of(clip)


def then(first: ClipEdit, second: Edit, bits: int, clip: Clip) -> Edited:
    """Do one, then edit every frame, and write it with few bits."""
    clip, truth = first(clip)
    return replace(every_frame(second)(clip)[0], bits=bits), truth


def edits(stranger: Clip | None = None) -> dict[str, ClipEdit]:
    """Return the edits by name; the stranger is a clip that shows nothing of any other (without one, to read names)."""
    stranger = stranger or Clip(np.zeros((1, 2, 2, 3), np.uint8), Fraction(1))
    return {
        "low bitrate": partial(at_bits, 80_000),
        "half the size": every_frame(lambda p: p.resize((p.width // 2, p.height // 2))),
        "brightness -40 %": every_frame(lambda p: ImageEnhance.Brightness(p).enhance(0.6)),
        "grey": every_frame(lambda p: ImageOps.grayscale(p).convert("RGB")),
        "12 frames a second": partial(at_rate, 12),
        "trimmed to the middle": partial(part, 0.3, 0.8),
        "glued into another": partial(glued, stranger),
        "halves swapped": partial(swapped, stranger),
        "fade in": faded,
        "speed 1.25": partial(at_speed, 1.25),
        "speed 0.8": partial(at_speed, 0.8),
        "mirrored": every_frame(ImageOps.mirror),
        "crop 10 %": every_frame(centre(0.10)),
        "crop 25 %": every_frame(centre(0.25)),
        "crop 40 %": every_frame(centre(0.40)),
        "letterbox": every_frame(letterboxed(1, 1)),
        "blurred pillars": every_frame(after(pillared(9, 16), lambda p: p.resize((540, 960)))),
        "channel's logo": every_frame(with_logo),
        "news banner": every_frame(with_banner),
        "caption bar": every_frame(with_caption),
        "text overlay": every_frame(written("THIS IS\nHAPPENING\nRIGHT NOW", (0.06, 0.3), 0.13)),
        "screen recording": every_frame(after(screenshot(), lambda p: p.resize((540, 960)))),
        "in another's corner": partial(in_corner, stranger),
        "mirrored crop 10 %, logo": every_frame(after(ImageOps.mirror, centre(0.1), with_logo)),
        "part, crop 25 %, few bits": partial(then, partial(part, 0.2, 0.8), centre(0.25), 150_000),
    }
