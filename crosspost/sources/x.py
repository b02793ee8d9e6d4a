"""What all exports of X (Twitter) have in common: ids, media, text as it is shown, places."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from crosspost.sources.row import RowError, prefixed
from crosspost.sources.shape import Number, Row, Shape

PLATFORM = "x"
DEEPEST = 4  # a quoted post may quote another
TOO_DEEP = RowError(f"posts inside posts, more than {DEEPEST} levels deep: not read")
_KINDS_OF_KEYS = {"3": "image", "7": "video", "13": "video", "16": "video"}
_KINDS = {"photo": "image", "video": "video", "animated_gif": "video"}
_OWN_MEDIA = re.compile(r"/status/\d+/(?:photo|video)/\d+$")
_IN_URL = re.compile(r"/(?:ext_tw_video|amplify_video|ext_tw_video_thumb|amplify_video_thumb)/(\d+)/")


class Url(Shape, frozen=True):
    """A link in a post: as it stands there, and what it stands for."""

    url: str | None = None
    expanded_url: str | None = None
    media_key: str | None = None


class Entities(Shape, frozen=True):
    """What a post's text holds."""

    urls: list[Url] | None = None


class Variant(Shape, frozen=True):
    """One of the files that a video comes as."""

    url: str | None = None
    bitrate: float | None = None  # of the web
    bit_rate: float | None = None  # of the API


class Article(Shape, frozen=True):
    """An article, of which the post itself holds the link alone."""

    title: str | None = None
    plain_text: str | None = None
    preview_text: str | None = None


Numbers = list[float | list[float | list[float]]]


class Point(Shape, frozen=True):
    """Where something is, in GeoJSON: longitude and latitude; of a polygon, lists of them; or a box around it."""

    coordinates: Numbers | None = None
    bbox: Numbers | None = None


class Media(Shape, frozen=True):
    """A media of API v2."""

    media_key: Number | None = None
    type: str | None = None
    url: str | None = None
    variants: list[Variant] | None = None
    preview_image_url: str | None = None
    alt_text: str | None = None


def post_id(number: Number | None) -> str | None:
    """Return the id of a post on X, unique across platforms."""
    return prefixed(PLATFORM, number)


def post_url(author: str | None, number: Number | None) -> str | None:
    """Return the address of a post."""
    return None if number is None else f"https://x.com/{author or 'i'}/status/{number}"


def media_id(key: Number | None) -> str | None:
    """Return the id of a picture or video: it stays when the media is posted again from another post.

    The API's media key `7_123`, where 7 is the kind, and the web's id `123` are the same.
    """
    return prefixed(PLATFORM, str(key).rpartition("_")[2]) if key else None


def media_of_api(media: Media) -> Row:
    """Return a media of API v2; of one that is named by its key alone, the number before the id tells the kind."""
    kind_ = kind(media.type) if media.type else _KINDS_OF_KEYS.get(str(media.media_key).partition("_")[0], "other")
    url = media.url or best_variant(media.variants) or media.preview_image_url
    return {"id": media_id(media.media_key), "type": kind_, "url": url, "alt": media.alt_text}


def media_of_url(url: str) -> Row:
    """Return a media of which only the URL is known; that of a video holds its id."""
    found = _IN_URL.search(url)
    video = found is not None or ".mp4" in url
    return {"url": url, "type": "video" if video else "image", **({"id": f"{PLATFORM}:{found[1]}"} if found else {})}


def kind(type_: str | None) -> str:
    """Return the type of a media in our words."""
    return _KINDS.get(type_ or "", "other")


def best_variant(variants: Sequence[Variant] | None) -> str | None:
    """Return the URL of the video with the highest bit rate among its variants."""
    files = [((variant.bitrate or variant.bit_rate or -1), variant.url) for variant in variants or () if variant.url]
    return max(files, key=itemgetter(0))[1] if files else None


def shown(text: str | None, urls: Iterable[Url], media: Iterable[str | None] = ()) -> str | None:
    """Return a text as X shows it: short links replaced by what they stand for, links to its own `media` left out."""
    if text is None:
        return None
    for url in urls:
        if short := url.url:
            long = url.expanded_url or short
            text = text.replace(short, "" if url.media_key or _OWN_MEDIA.search(long) else long)
    for short in media:
        if short:
            text = text.replace(short, "")
    text = text.rstrip()
    return html.unescape(text) if "&" in text else text


def with_article(text: str | None, article: Article) -> str | None:
    """Return the text of a post with the words of its article, as far as they were given."""
    return "\n\n".join(filter(None, (text, article.title, article.plain_text or article.preview_text))) or text


def place(name: str | None, box: Point | None, point: Point | None) -> Row | None:
    """Return the geotag: a point (longitude, latitude), or else the middle of a bounding box, and the place's name.

    The box is given as [west, south, east, north], or as the corners of a polygon.
    """
    found: Row = {"name": name} if name else {}
    at = _numbers(point.coordinates) if point else []
    corners = _numbers(box.bbox or box.coordinates) if box else []
    if len(at) == 2:
        found |= {"lon": at[0], "lat": at[1]}
    elif len(corners) >= 4 and len(corners) % 2 == 0:
        east_west, north_south = corners[::2], corners[1::2]
        found["lon"] = round((min(east_west) + max(east_west)) / 2, 6)
        found["lat"] = round((min(north_south) + max(north_south)) / 2, 6)
    return found or None


def _numbers(lists: Sequence[Any] | None) -> list[float]:
    """Every number in lists of lists, in order."""
    found: list[float] = []
    for item in lists or ():
        found += _numbers(item) if isinstance(item, list) else [item]
    return found


def retweet_text(author: str | None, text: str | None, given: str | None) -> str | None:
    """Return the whole text of a retweet, whose own is cut off."""
    if text is None:
        return given
    return f"RT @{author}: {text}" if author else text
