"""Pictures and videos made of numbers, each another for each seed."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

SIZE = 200, 320  # height, width


def scene(seed: int, height: int = SIZE[0], width: int = SIZE[1]) -> NDArray[np.uint8]:
    """Return a picture (height, width, 3) of overlapping boxes, another one for each seed."""
    chosen = random.Random(seed)  # noqa: S311  # no secret
    y, x = np.mgrid[0:height, 0:width]
    picture = np.repeat((60 + (x * 7 + y * 13) % 61).astype(np.uint8)[..., None], 3, axis=2)
    for _ in range(25):
        top, left = chosen.randrange(height), chosen.randrange(width)
        box = picture[top : top + chosen.randrange(20, 90), left : left + chosen.randrange(20, 120)]
        box[:] = [chosen.randrange(256) for _ in range(3)]
    return picture


def save_video(path: Path, frames: list[NDArray[np.uint8]], *, rate: int = 8, **options: Any) -> Path:
    """Write frames (height, width, 3) as a video."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(options.pop("codec", "mpeg4"), rate=rate)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = options.pop("pix_fmt", "yuv420p")
        stream.bit_rate = 2_000_000
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
        container.mux(stream.encode())
    return path


def moving(seconds: float = 3.0, rate: int = 8) -> list[NDArray[np.uint8]]:
    """Return the frames of a scene that changes every second."""
    return [np.roll(scene(n // rate), 4 * n, axis=1) for n in range(int(seconds * rate))]


def landscape(seed: int) -> NDArray[np.uint8]:
    """Return a picture (400, 600, 3) of soft light and sharp boxes: something at every size, as in photographs."""
    chosen, picture = random.Random(seed), np.zeros((400, 600))  # noqa: S311  # no secret
    y, x = np.mgrid[0:400, 0:600]
    for n in range(120):
        size = 150 / (1 + n / 6)
        down, right = chosen.uniform(0, 400), chosen.uniform(0, 600)
        picture += chosen.uniform(-60, 60) * np.exp(-((y - down) ** 2 + (x - right) ** 2) / (2 * size * size))
    shade = np.clip(picture + 120, 0, 255).astype(np.uint8)
    for _ in range(25):
        top, left = chosen.randrange(400), chosen.randrange(600)
        shade[top : top + chosen.randrange(10, 60), left : left + chosen.randrange(10, 60)] = chosen.randrange(256)
    return np.stack([shade, shade // 2 + 40, 255 - shade], axis=-1)
