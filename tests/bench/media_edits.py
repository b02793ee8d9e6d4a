"""Edits that pictures meet on their way through the networks, each a function of one picture."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from media_drawn import (
    Edit,
    Picture,
    screenshot,
    watermarked,
    with_banner,
    with_caption,
    with_emojis,
    with_logo,
    with_meme_text,
    with_sticker,
    written,
)
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps


def jpeg(quality: int) -> Edit:
    def edit(picture: Picture) -> Picture:
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality)
        return Image.open(file).convert("RGB")

    return edit


def resized(across: float, down: float | None = None) -> Edit:
    """Resize by factors; without `down` both ways alike."""

    def edit(picture: Picture) -> Picture:
        w, h = picture.size
        return picture.resize((max(1, round(w * across)), max(1, round(h * (across if down is None else down)))))

    return edit


def curve(of: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Edit:
    """Change every pixel alone, as a number from 0 to 1."""

    def edit(picture: Picture) -> Picture:
        return Image.fromarray((np.clip(of(np.asarray(picture) / 255), 0, 1) * 255).astype(np.uint8))

    return edit


def noisy(spread: float) -> Edit:
    def edit(picture: Picture) -> Picture:
        noise = np.random.default_rng(1).normal(0, spread, (picture.height, picture.width, 1))
        return Image.fromarray(np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8))

    return edit


def peppered(share: float) -> Edit:
    def edit(picture: Picture) -> Picture:
        pixels, chance = np.array(picture), np.random.default_rng(2).random((picture.height, picture.width))
        pixels[chance < share / 2] = 0
        pixels[chance > 1 - share / 2] = 255
        return Image.fromarray(pixels)

    return edit


def rotated(degrees: float, *, grow: bool = False) -> Edit:
    """Rotate; without `grow` the corners are cut and what comes in is black."""
    return lambda picture: picture.rotate(degrees, Image.Resampling.BICUBIC, expand=grow)


def bordered(share: float, colour: tuple[int, int, int]) -> Edit:
    return lambda picture: ImageOps.expand(picture, round(share * max(picture.size)), colour)


def letterboxed(across: int, down: int) -> Edit:
    """Put black bars around so that the sides are as `across` to `down`."""

    def edit(picture: Picture) -> Picture:
        return ImageOps.pad(picture, _canvas(picture, across, down), color=(0, 0, 0))

    return edit


def pillared(across: int, down: int) -> Edit:
    """Do the same with the picture itself, enlarged and blurred, behind."""

    def edit(picture: Picture) -> Picture:
        size = _canvas(picture, across, down)
        small = ImageOps.fit(picture, (max(1, size[0] // 8), max(1, size[1] // 8)))  # what is blurred can be small
        back = small.filter(ImageFilter.GaussianBlur(max(size) / 320)).resize(size)
        front = ImageOps.contain(picture, size)
        back.paste(front, ((size[0] - front.width) // 2, (size[1] - front.height) // 2))
        return back

    return edit


def _canvas(picture: Picture, across: int, down: int) -> tuple[int, int]:
    w, h = picture.size
    return (w, round(w * down / across)) if w * down > h * across else (round(h * across / down), h)


def cropped(left: float, top: float, right: float, bottom: float) -> Edit:
    """Cut shares of the sides away."""

    def edit(picture: Picture) -> Picture:
        w, h = picture.size
        return picture.crop((round(left * w), round(top * h), round((1 - right) * w), round((1 - bottom) * h)))

    return edit


def centre(share: float) -> Edit:
    """Cut that share of the area away, evenly around."""
    side = (1 - (1 - share) ** 0.5) / 2
    return cropped(side, side, side, side)


def within(other: Edit, share: float, at: tuple[float, float]) -> Edit:
    """Put the picture, with sides of that share, into what `other` makes of it."""

    def edit(picture: Picture) -> Picture:
        canvas = other(picture).copy()
        inner = ImageOps.contain(picture, (round(share * canvas.width), round(share * canvas.height)))
        canvas.paste(
            inner, (round(at[0] * (canvas.width - inner.width)), round(at[1] * (canvas.height - inner.height)))
        )
        return canvas

    return edit


def scenery(picture: Picture) -> Picture:
    """Return a synthetic scene of the same size (waves of light), the same for every picture."""
    y, x = np.mgrid[0 : picture.height, 0 : picture.width] / max(picture.size)
    waves = [np.sin(a * x + b * y + c) for a, b, c in ((9, 4, 0), (-5, 12, 1), (21, 8, 2))]
    return Image.fromarray(np.stack([(wave * 80 + 128).astype(np.uint8) for wave in waves], axis=-1))


def collage(picture: Picture) -> Picture:
    """Put a scene of the same size beside it."""
    canvas = Image.new("RGB", (picture.width * 2 + 10, picture.height), (255, 255, 255))
    canvas.paste(picture, (0, 0))
    canvas.paste(scenery(picture), (picture.width + 10, 0))
    return canvas


def collage_of_four(picture: Picture) -> Picture:
    """Put three turned scenes beside and below it."""
    w, h = picture.size
    canvas = Image.new("RGB", (w * 2 + 10, h * 2 + 10), (255, 255, 255))
    scene = scenery(picture)
    canvas.paste(picture, (0, 0))
    canvas.paste(ImageOps.mirror(scene), (w + 10, 0))
    canvas.paste(ImageOps.flip(scene), (0, h + 10))
    canvas.paste(scene, (w + 10, h + 10))
    return canvas


def perspective(lean: float) -> Edit:
    """Photograph a screen from the side: the right edge is shorter by twice `lean`."""

    def edit(picture: Picture) -> Picture:
        w, h = picture.size
        corners = ((0, 0), (w, lean * h), (w, h - lean * h), (0, h))
        rows, wanted = [], []
        for (x, y), (u, v) in zip(corners, ((0, 0), (w, 0), (w, h), (0, h)), strict=True):
            rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
            wanted += [u, v]
        return picture.transform((w, h), Image.Transform.PERSPECTIVE, np.linalg.solve(rows, wanted).tolist())

    return edit


def barrel(strength: float) -> Edit:
    def edit(picture: Picture) -> Picture:
        pixels = np.asarray(picture)
        h, w = pixels.shape[:2]
        y, x = np.mgrid[0:h, 0:w]
        u, v = (x - w / 2) / (w / 2), (y - h / 2) / (h / 2)
        swell = 1 + strength * (u * u + v * v)
        columns, rows = (u * swell + 1) * w / 2, (v * swell + 1) * h / 2
        shown = pixels[np.clip(rows, 0, h - 1).astype(int), np.clip(columns, 0, w - 1).astype(int)]
        shown[(rows < 0) | (rows >= h) | (columns < 0) | (columns >= w)] = 0
        return Image.fromarray(shown)

    return edit


def vignetted(picture: Picture) -> Picture:
    y, x = np.mgrid[-1 : 1 : picture.height * 1j, -1 : 1 : picture.width * 1j]
    return Image.fromarray((np.asarray(picture) * (1 - 0.4 * (x * x + y * y))[..., None]).astype(np.uint8))


def moire(picture: Picture) -> Picture:
    """Photograph a screen: stripes of its grid beat with those of the sensor."""
    y, x = np.mgrid[0 : picture.height, 0 : picture.width]
    stripes = 1 + 0.15 * np.sin(x / 2.3 + y / 17) * np.sin(y / 2.9 - x / 23)
    return Image.fromarray(np.clip(np.asarray(picture) * stripes[..., None], 0, 255).astype(np.uint8))


def after(*edits: Edit) -> Edit:
    """Do one after the other."""

    def edit(picture: Picture) -> Picture:
        for one in edits:
            picture = one(picture)
        return picture

    return edit


def _grey(picture: Picture) -> Picture:
    return ImageOps.grayscale(picture).convert("RGB")


EASY: dict[str, Edit] = {
    "jpeg 50": jpeg(50),
    "jpeg 20": jpeg(20),
    "jpeg 5": jpeg(5),
    "resize 50 %": resized(0.5),
    "resize to 160": lambda p: ImageOps.contain(p, (160, 160)),
    "stretched 20 %": resized(1.2, 1.0),
    "squared": lambda p: p.resize((512, 512)),
    "gamma 0.6": curve(lambda x: x**0.6),
    "gamma 1.8": curve(lambda x: x**1.8),
    "brightness +25 %": lambda p: ImageEnhance.Brightness(p).enhance(1.25),
    "brightness -40 %": lambda p: ImageEnhance.Brightness(p).enhance(0.6),
    "contrast +60 %": lambda p: ImageEnhance.Contrast(p).enhance(1.6),
    "contrast -50 %": lambda p: ImageEnhance.Contrast(p).enhance(0.5),
    "saturation x2": lambda p: ImageEnhance.Color(p).enhance(2),
    "grey": _grey,
    "sepia": lambda p: ImageOps.colorize(ImageOps.grayscale(p), (40, 20, 0), (255, 240, 200)),
    "colour cast": curve(lambda x: x * np.array([1.15, 1.0, 0.75])),
    "blur": lambda p: p.filter(ImageFilter.GaussianBlur(max(p.size) / 200)),
    "sharpen": lambda p: p.filter(ImageFilter.UnsharpMask(3, 200)),
    "noise": noisy(25),
    "salt and pepper": peppered(0.04),
    "posterize": lambda p: ImageOps.posterize(p, 2),
    "equalized": ImageOps.equalize,
    "negative": ImageChops.invert,
    "mirrored": ImageOps.mirror,
    "upside down": ImageOps.flip,
    "rotated 90": rotated(90, grow=True),
    "rotated 180": rotated(180),
    "vignette": vignetted,
    "moire": moire,
    "logo": with_logo,
    "watermark grid": watermarked,
}
HARD: dict[str, Edit] = {
    "rotated 2": rotated(2),
    "rotated 5": rotated(5),
    "rotated 10": rotated(10),
    "border black 5 %": bordered(0.05, (0, 0, 0)),
    "border white 12 %": bordered(0.12, (255, 255, 255)),
    "letterbox to 1:1": letterboxed(1, 1),
    "letterbox to 9:16": letterboxed(9, 16),
    "blurred pillars": pillared(9, 16),
    "crop 5 %": centre(0.05),
    "crop 10 %": centre(0.1),
    "crop 20 %": centre(0.2),
    "crop 30 %": centre(0.3),
    "crop 40 %": centre(0.4),
    "crop 50 %": centre(0.5),
    "crop 60 %": centre(0.6),
    "crop left third": cropped(0.33, 0, 0, 0),
    "crop corner": cropped(0.25, 0.3, 0, 0.05),
    "crop to square": lambda p: ImageOps.fit(p, (min(p.size), min(p.size))),
    "text overlay": written("THIS IS\nHAPPENING\nRIGHT NOW", (0.06, 0.3), 0.13),
    "text box": written("LIVE: 12 May", (0.2, 0.6), 0.1, box=True),
    "sticker": with_sticker,
    "emojis": with_emojis,
    "meme text": with_meme_text,
    "news banner": with_banner,
    "caption bar": with_caption,
    "screenshot phone": screenshot(),
    "screenshot phone dark": screenshot(dark=True),
    "screenshot browser": screenshot(tall=False),
    "screenshot of a crop": after(centre(0.25), screenshot()),
    "picture in picture": within(scenery, 0.5, (0.9, 0.85)),
    "collage of two": collage,
    "collage of four": collage_of_four,
    "perspective": perspective(0.06),
    "screen photographed": after(perspective(0.04), rotated(2), moire, resized(0.5)),
    "barrel": barrel(0.12),
    "mirrored crop 20 %": after(ImageOps.mirror, centre(0.2)),
    "mirrored screenshot": after(ImageOps.mirror, screenshot()),
    "negative crop 20 %": after(ImageChops.invert, centre(0.2)),
    "crop, text, jpeg 20": after(centre(0.15), written("WATCH THIS", (0.05, 0.75), 0.12), jpeg(20)),
}
