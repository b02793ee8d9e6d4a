"""Files -> luma and small pictures. This runs in the child process of `sandbox.py`, with limits, and nowhere else.

Of a picture its first frame is looked at, of a video four frames a second. Every frame is brought down to about 512
pixels at its shorter side before it is hashed (320 in videos, where nobody compares single hashes with those of other
programs), which changes few bits of its PDQ and makes all that follows cheap.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from crosspost.errors import MediaRefused

if TYPE_CHECKING:
    from crosspost.media.kinds import Kind

FRAMES_A_SECOND = 4
MOST_FRAMES = 7_200  # half an hour; what follows is not looked at, and that is said
MOST_PIXELS = 100_000_000  # of a frame; a wall-sized panorama has fewer
SMALL_SIDE = 192  # pixels of the longer side of the small pictures that are kept
_HASHED_SIDE = 512  # pixels of the shorter side, about ...
_HASHED_VIDEO_SIDE = 320  # ... of a frame of a video: 720p becomes 360p, which changes 4 bits of 256 (the median)
_JPEG_QUALITY = 80
_ORIENTATION = 0x0112  # the tag of EXIF that says how a picture is to be turned ...
_ON_ITS_SIDE = 5  # ... where from this value on height and width change places
_USUAL_RATE = Fraction(25)  # frames a second where a container does not say


class Shown(NamedTuple):
    """A frame as it is shown: seconds from the start, luma (height, width), and a small JPEG of it in colour."""

    time: float
    luma: NDArray[np.uint8]
    small: bytes


class Opened(NamedTuple):
    """A file that can be decoded: pixels of a frame as it is shown, seconds (0 of a picture), and its frames.

    `broken` holds the reason once the frames have come to an end too early.
    """

    width: int
    height: int
    seconds: float
    frames: Iterator[Shown]
    broken: list[str]


def opened(file: BinaryIO, kind: Kind) -> Opened:
    """Open a picture or video and return what it says of itself, and its frames, which are decoded one by one.

    Raises:
        MediaRefused: it is broken, or beyond what is decoded.
    """
    try:
        return _picture(file, kind.format) if kind.type == "image" else _video(file, kind.format)
    except _ERRORS as error:
        raise MediaRefused(f"not decoded as {kind.format}: {_reason(error)}") from None


_ERRORS = (
    OSError,
    ValueError,
    EOFError,
    SyntaxError,
    av.FFmpegError,
    struct.error,
)  # of Pillow and PyAV, over bad files


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


# ------------------------------------------------------------------ pictures


def _picture(file: BinaryIO, format_: str) -> Opened:
    Image.MAX_IMAGE_PIXELS = None  # the cap is ours, below, and it refuses instead of warning
    picture: Image.Image = Image.open(file, formats=[format_])
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise MediaRefused(f"{width} x {height} pixels, more than {MOST_PIXELS // 10**6} million are not decoded")
    turned = picture.getexif().get(_ORIENTATION, 1) >= _ON_ITS_SIDE
    picture.draft("RGB", (2 * _HASHED_SIDE, 2 * _HASHED_SIDE))  # a JPEG is decoded at a half, quarter or eighth
    shown = Shown(0.0, *_hashed_and_small(_in_colour(ImageOps.exif_transpose(picture))))
    return Opened(*((height, width) if turned else (width, height)), 0.0, iter([shown]), [])


def _in_colour(picture: Image.Image) -> Image.Image:
    """A picture in RGB: what is transparent is seen on white, 16 bits become 8."""
    if picture.mode.startswith(("I", "F")):
        deep = np.asarray(picture).astype(np.float64)
        return Image.fromarray(np.uint8(deep * (255 / max(255.0, float(deep.max(initial=0)))))).convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    return picture.convert("RGB")


def _hashed_and_small(colours: Image.Image) -> tuple[NDArray[np.uint8], bytes]:
    luma = colours.convert("L")
    times = min(colours.size) // _HASHED_SIDE
    small = colours.copy()
    small.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.BOX)
    jpeg = io.BytesIO()
    small.save(jpeg, "JPEG", quality=_JPEG_QUALITY)
    return np.asarray(luma.reduce(times) if times > 1 else luma), jpeg.getvalue()


# ------------------------------------------------------------------ videos


def _video(file: BinaryIO, format_: str) -> Opened:
    # Nothing but the open file is read: a container may name others, and no protocol is allowed to fetch them.
    container: Any = av.open(file, format=format_, options={"protocol_whitelist": "none"}, metadata_errors="ignore")
    if not container.streams.video:
        raise MediaRefused("no picture in it")
    stream = container.streams.video[0]
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > MOST_PIXELS:
        raise MediaRefused(f"{width} x {height} pixels, more than {MOST_PIXELS // 10**6} million are not decoded")
    stream.codec_context.thread_count = 1  # the same frames on every machine
    seconds = float(container.duration / av.time_base) if container.duration else 0.0
    sampled = _sampled(container, stream)
    first, turned = next(sampled, (None, False))
    if first is None:
        raise MediaRefused("no picture in it")
    broken: list[str] = []
    frames = islice(_going_on(first, sampled, broken), MOST_FRAMES)
    return Opened(*((height, width) if turned else (width, height)), seconds, frames, broken)


def _going_on(first: Shown, rest: Iterator[tuple[Shown, bool]], broken: list[str]) -> Iterator[Shown]:
    """The frames of a video as far as they can be decoded: what was seen of a broken one counts."""
    yield first
    try:
        for shown, _ in rest:
            yield shown
    except _ERRORS as error:
        broken.append(_reason(error))


def _sampled(container: Any, stream: Any) -> Iterator[tuple[Shown, bool]]:
    """Yield the first frame at or after every quarter of a second, and whether it is turned on its side."""
    rate = stream.average_rate or _USUAL_RATE
    start, due = None, 0.0
    for number, frame in enumerate(container.decode(stream)):
        at = float(frame.time) if frame.time is not None else float(number / rate)
        start = at if start is None else start
        if at - start < due - 1e-6:
            continue
        due = (int((at - start) * FRAMES_A_SECOND + 1e-6) + 1) / FRAMES_A_SECOND
        yield Shown(round(at - start, 3), *_hashed_and_small(_as_shown(frame))), frame.rotation % 180 != 0


def _as_shown(frame: Any) -> Image.Image:
    """A frame in RGB at about the size that is hashed, turned as its container says."""
    scale = max(1, min(frame.width, frame.height) // _HASHED_VIDEO_SIDE)
    picture: Image.Image = frame.to_image(
        width=max(1, frame.width // scale), height=max(1, frame.height // scale), interpolation="AREA"
    )
    return picture.rotate(frame.rotation, expand=True) if frame.rotation else picture
