"""Edits that pictures and videos meet on their way through the networks, each a function of one picture or clip."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

Picture = Image.Image
Edit = Callable[[Picture], Picture]
GREY = (128, 128, 128)


@dataclass(frozen=True, slots=True)
class Clip:
    """Frames (n, height, width, 3) at a constant rate."""

    frames: NDArray[np.uint8]
    rate: float

    @property
    def seconds(self) -> float:
        return len(self.frames) / self.rate


@dataclass(frozen=True, slots=True)
class Truth:
    """Where a piece of the original is in the edited clip: its seconds there, here, and whether it is mirrored."""

    original: tuple[float, float]
    edited: tuple[float, float]
    mirrored: bool = False


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
        back = ImageOps.fit(picture, size).filter(ImageFilter.GaussianBlur(max(size) / 40))
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


def written(text: str, at: tuple[float, float], size: float, *, box: bool = False) -> Edit:
    """Write over the picture; `at` and `size` are shares of its sides."""

    def edit(picture: Picture) -> Picture:
        picture = picture.copy()
        draw, font = ImageDraw.Draw(picture), ImageFont.load_default(max(8, size * picture.height))
        where = (at[0] * picture.width, at[1] * picture.height)
        if box:
            x0, y0, x1, y1 = draw.textbbox(where, text, font)
            draw.rectangle((x0 - 6, y0 - 6, x1 + 6, y1 + 6), fill=(200, 20, 20))
        draw.text(where, text, (255, 255, 255), font, stroke_width=max(1, picture.height // 250), stroke_fill=(0, 0, 0))
        return picture

    return edit


def with_logo(picture: Picture) -> Picture:
    """Put a channel's round mark into the upper right corner."""
    picture = picture.copy()
    w, h = picture.size
    side = round(0.16 * min(w, h))
    box = (w - side - h // 30, h // 30, w - h // 30, h // 30 + side)
    draw = ImageDraw.Draw(picture)
    draw.ellipse(box, fill=(230, 30, 40), outline=(255, 255, 255), width=max(1, side // 12))
    draw.text((box[0] + side * 0.3, box[1] + side * 0.2), "N", (255, 255, 255), ImageFont.load_default(side * 0.5))
    return picture


def with_sticker(picture: Picture) -> Picture:
    """Put a round face, a third of the picture high, off the centre."""
    picture = picture.copy()
    w, h = picture.size
    side = min(w, h) // 3
    x, y = round(0.56 * w), round(0.42 * h)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((x, y, x + side, y + side), fill=(255, 210, 40))
    for eye in (0.3, 0.62):
        draw.ellipse((x + eye * side, y + 0.28 * side, x + (eye + 0.1) * side, y + 0.42 * side), fill=(60, 40, 20))
    draw.arc((x + 0.25 * side, y + 0.3 * side, x + 0.75 * side, y + 0.8 * side), 20, 160, (60, 40, 20), side // 20 + 1)
    return picture


def with_caption(picture: Picture) -> Picture:
    """Put a white bar with two lines above, as memes have it."""
    w, h = picture.size
    bar = round(0.22 * h)
    canvas = Image.new("RGB", (w, h + bar), (255, 255, 255))
    canvas.paste(picture, (0, bar))
    draw, font = ImageDraw.Draw(canvas), ImageFont.load_default(bar * 0.3)
    draw.text((w * 0.04, bar * 0.1), "When they say it never happened here", (0, 0, 0), font)
    draw.text((w * 0.04, bar * 0.52), "and then you see this", (0, 0, 0), font)
    return canvas


def with_banner(picture: Picture) -> Picture:
    """Put a news banner over the lower fifth."""
    picture = picture.copy()
    w, h = picture.size
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, h * 0.8, w, h), fill=(20, 30, 90))
    draw.rectangle((0, h * 0.8, w * 0.22, h * 0.88), fill=(200, 20, 20))
    draw.text((w * 0.02, h * 0.8), "BREAKING", (255, 255, 255), ImageFont.load_default(h * 0.06))
    draw.text((w * 0.03, h * 0.89), "Residents report heavy damage", (255, 255, 255), ImageFont.load_default(h * 0.07))
    return picture


def watermarked(picture: Picture) -> Picture:
    """Write a word all over it, half transparent, in a grid."""
    mark = Image.new("L", picture.size, 0)
    draw, font = ImageDraw.Draw(mark), ImageFont.load_default(picture.height * 0.06)
    for row in range(6):
        for column in range(4):
            draw.text((picture.width * (column + 0.4 * (row % 2)) / 4, picture.height * row / 6), "AGENCY", 110, font)
    return Image.composite(Image.new("RGB", picture.size, (255, 255, 255)), picture, mark)


def screenshot(*, dark: bool = False, tall: bool = True) -> Edit:
    """Show the picture in a post: on a phone (tall), or in a browser with columns at both sides."""
    back, ink, faint = (
        ((21, 24, 28), (235, 235, 235), (90, 95, 100)) if dark else ((255, 255, 255), (20, 20, 20), (190, 195, 200))
    )

    def edit(picture: Picture) -> Picture:
        width = 1080 if tall else 1600
        left, inner = (40, 1000) if tall else (420, 700)
        shown = ImageOps.contain(picture, (inner, 1100 if tall else 560))
        canvas = Image.new("RGB", (width, 1920 if tall else 900), back)
        draw, font = ImageDraw.Draw(canvas), ImageFont.load_default(38 if tall else 24)
        top = 160 if tall else 60
        draw.ellipse((left, top, left + 90, top + 90), fill=(70, 130, 200))
        draw.text((left + 110, top), "Witness on the ground", ink, font)
        draw.text((left + 110, top + 45), "@witness · 3h", faint, font)
        for line, text in enumerate(
            ("This was filmed this morning, share before", "it is deleted. Nobody is reporting this.")
        ):
            draw.text((left, top + 110 + line * 50), text, ink, font)
        y = top + 230
        canvas.paste(shown, (left, y))
        y += shown.height + 24
        for icon in range(4):
            x = left + icon * inner // 4
            draw.ellipse((x, y, x + 34, y + 34), outline=faint, width=4)
            draw.text((x + 46, y - 4), f"{(icon + 3) * 37}", faint, font)
        if not tall:
            for row in range(8):
                draw.rounded_rectangle((60, 80 + row * 70, 330, 120 + row * 70), 12, fill=faint)
                draw.rectangle((1180, 90 + row * 90, 1540, 100 + row * 90), fill=faint)
        return canvas

    return edit


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
    "crop 60 %": centre(0.6),
    "crop left third": cropped(0.33, 0, 0, 0),
    "crop corner": cropped(0.25, 0.3, 0, 0.05),
    "crop to square": lambda p: ImageOps.fit(p, (min(p.size), min(p.size))),
    "text overlay": written("THIS IS\nHAPPENING\nRIGHT NOW", (0.06, 0.3), 0.13),
    "text box": written("LIVE: 12 May", (0.2, 0.6), 0.1, box=True),
    "sticker": with_sticker,
    "news banner": with_banner,
    "caption bar": with_caption,
    "screenshot phone": screenshot(),
    "screenshot phone dark": screenshot(dark=True),
    "screenshot browser": screenshot(tall=False),
    "screenshot of a crop": after(centre(0.25), screenshot()),
    "picture in picture": within(scenery, 0.5, (0.9, 0.85)),
    "collage of two": collage,
    "perspective": perspective(0.06),
    "barrel": barrel(0.12),
    "mirrored crop 20 %": after(ImageOps.mirror, centre(0.2)),
    "mirrored screenshot": after(ImageOps.mirror, screenshot()),
    "negative crop 20 %": after(ImageChops.invert, centre(0.2)),
    "crop, text, jpeg 20": after(centre(0.15), written("WATCH THIS", (0.05, 0.75), 0.12), jpeg(20)),
}
