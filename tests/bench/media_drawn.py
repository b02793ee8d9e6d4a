"""What people and channels draw over pictures and around them: marks, stickers, captions, posts on a screen."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFont, ImageOps

Picture = Image.Image
Edit = Callable[[Picture], Picture]


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
    _face(picture, round(0.56 * w), round(0.42 * h), min(w, h) // 3)
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


def with_emojis(picture: Picture) -> Picture:
    """Put five round faces of different sizes along the lower half."""
    picture = picture.copy()
    w, h = picture.size
    for place, size in enumerate((0.16, 0.11, 0.2, 0.13, 0.17)):
        _face(picture, round(w * (0.02 + 0.2 * place)), round(h * (0.5 + 0.07 * (place % 3))), round(size * min(w, h)))
    return picture


def with_meme_text(picture: Picture) -> Picture:
    """Write a line across the top and one across the bottom, as large as they fit."""
    above = written("NOBODY WILL BELIEVE", (0.03, 0.02), 0.12)
    return written("WHERE THIS HAPPENED", (0.03, 0.83), 0.12)(above(picture))


def _face(picture: Picture, x: int, y: int, side: int) -> None:
    draw = ImageDraw.Draw(picture)
    draw.ellipse((x, y, x + side, y + side), fill=(255, 210, 40))
    for eye in (0.3, 0.62):
        draw.ellipse((x + eye * side, y + 0.28 * side, x + (eye + 0.1) * side, y + 0.42 * side), fill=(60, 40, 20))
    draw.arc((x + 0.25 * side, y + 0.3 * side, x + 0.75 * side, y + 0.8 * side), 20, 160, (60, 40, 20), side // 20 + 1)
