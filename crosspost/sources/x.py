"""What all exports of X (Twitter) have in common: ids, media, text as it is shown, places."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import Any

from crosspost.sources.row import Fields, Row, prefixed

PLATFORM = "x"
_KINDS = {"photo": "image", "video": "video", "animated_gif": "video"}
_OWN_MEDIA = re.compile(r"/status/\d+/(?:photo|video)/\d+$")
_IN_URL = re.compile(r"/(?:ext_tw_video|amplify_video|ext_tw_video_thumb|amplify_video_thumb)/(\d+)/")


def post_id(value: object) -> Any:
    """Return the id of a post on X, unique across platforms."""
    return prefixed(PLATFORM, value)


def post_url(author: str | None, number: str | None) -> str | None:
    """Return the address of a post."""
    return None if number is None else f"https://x.com/{author or 'i'}/status/{number}"


def media_id(key: object) -> str | None:
    """Return the id of a picture or video: it stays when the media is posted again from another post.

    The API's media key `7_123`, where 7 is the kind, and the web's id `123` are the same.
    """
    if isinstance(key, bool) or not isinstance(key, (str, int)) or key == "":
        return None
    return f"{PLATFORM}:{str(key).rpartition('_')[2]}"


def media_of_url(url: str) -> Row:
    """Return a media of which only the URL is known; that of a video holds its id."""
    found = _IN_URL.search(url)
    video = found is not None or ".mp4" in url
    return {"url": url, "type": "video" if video else "image", **({"id": f"{PLATFORM}:{found[1]}"} if found else {})}


def kind(type_: str | None) -> str:
    """Return the type of a media in our words."""
    return _KINDS.get(type_ or "", "other")


def best_variant(variants: Iterable[Fields]) -> str | None:
    """Return the URL of the video with the highest bit rate among its variants."""
    best: tuple[float, str] | None = None
    for variant in variants:
        rate = variant.number("bitrate") or variant.number("bit_rate") or -1  # of the web, of the API
        if (url := variant.text("url")) and (best is None or rate > best[0]):
            best = (rate, url)
    return best[1] if best else None


def shown(text: Any, urls: Iterable[Fields], media: Iterable[Fields] = ()) -> Any:
    """Return a text as X shows it: short links replaced by what they stand for, links to its own media left out."""
    if not isinstance(text, str):
        return text
    for url in urls:
        if short := url.text("url"):
            long = url.text("expanded_url") or short
            text = text.replace(short, "" if "media_key" in url or _OWN_MEDIA.search(long) else long)
    for item in media:
        if short := item.text("url"):
            text = text.replace(short, "")
    text = text.rstrip()
    return html.unescape(text) if "&" in text else text


def place(name: str | None, box: Sequence[float], point: Sequence[float]) -> Row | None:
    """Return the geotag: a point (longitude, latitude), or else the middle of a bounding box, and the place's name.

    The box is given as [west, south, east, north], or as the corners of a polygon.
    """
    found: Row = {"name": name} if name else {}
    if len(point) == 2:
        found |= {"lon": point[0], "lat": point[1]}
    elif len(box) >= 4 and len(box) % 2 == 0:
        east_west, north_south = box[::2], box[1::2]
        found["lon"] = round((min(east_west) + max(east_west)) / 2, 6)
        found["lat"] = round((min(north_south) + max(north_south)) / 2, 6)
    return found or None


def retweet_text(author: str | None, text: object, given: object) -> Any:
    """Return the whole text of a retweet, whose own is cut off."""
    if not isinstance(text, str):
        return given
    return f"RT @{author}: {text}" if author else text
