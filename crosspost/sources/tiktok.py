"""TikTok's own items, as a browser gets them (Zeeschuimer, 4CAT)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from crosspost.sources.row import Item, Mapped, posts_of, prefixed
from crosspost.sources.shape import Number, Row, Shape, rest_of, shaped, used

PLATFORM = "tiktok"


class _Author(Shape, frozen=True, rename="camel"):
    unique_id: str | None = None


class _Page(Shape, frozen=True, rename="camel"):
    desc: str | None = None


class _Duet(Shape, frozen=True, rename="camel"):
    duet_from_id: Number | None = None


class _Poi(Shape, frozen=True, rename="camel"):
    name: str | None = None
    city: str | None = None
    province: str | None = None
    country: str | None = None


class _ImageUrls(Shape, frozen=True, rename="camel"):
    url_list: list[str] | None = None


class _Image(Shape, frozen=True, rename="camel"):
    image_url: _ImageUrls | None = msgspec.field(default=None, name="imageURL")


class _ImagePost(Shape, frozen=True, rename="camel"):
    images: list[_Image] | None = None
    title: str | None = None


class _Video(Shape, frozen=True, rename="camel"):
    id: Number | None = None
    download_addr: str | None = None
    play_addr: str | None = None


class _Post(Shape, frozen=True, rename="camel"):
    id: Number | None = None
    desc: str | None = None
    author: str | _Author | None = None
    create_time: Number | None = None
    text_language: str | None = None
    contents: list[_Page] | None = None  # the text again, in the pieces that it is shown in
    duet_info: _Duet | None = None
    poi: _Poi | None = None
    image_post: _ImagePost | None = None  # a slideshow
    video: _Video | None = None


# Of no use: about the account, the player or the app instead of the post.
_KNOWN = used(_Post) | frozenset(
    "authorInfo authorId authorStats authorStatsV2 nickname avatarThumb challenges textExtra stats statsV2 music"
    " itemCommentStatus duetEnabled stitchEnabled shareEnabled itemMute effectStickers CategoryType"
    " videoSuggestWordsList diversificationLabels AIGCDescription backendSourceEventTracking collected digged".split()
)


def is_tiktok(item: Mapping[str, Any]) -> bool:
    """Whether an object is an item of TikTok."""
    return "createTime" in item and ("desc" in item or "video" in item)


def tiktok_posts(item: Row, beside: Row | None = None) -> Iterator[Item]:
    """Yield the post that an item is, with fields of its envelope `beside` it."""
    post, faults = shaped(item, _Post)
    author = post.author.unique_id if isinstance(post.author, _Author) else post.author
    duet = post.duet_info.duet_from_id if post.duet_info else None
    mapped: Mapped = {
        "id": prefixed(PLATFORM, post.id),
        "text": _text(post),
        "author": author,
        "platform": PLATFORM,
        "url": f"https://www.tiktok.com/@{author or ''}/video/{post.id}" if post.id else None,
        "lang": post.text_language,
        "quotes": prefixed(PLATFORM, duet) if duet not in ("0", 0) else None,
        "created_at": post.create_time,
        "location": _location(post.poi) if post.poi else None,
        "media": _media(post),
    }
    yield from posts_of(mapped, {**rest_of(item, _KNOWN), **(beside or {})}, faults)


def _text(post: _Post) -> str:
    """The description; of a slideshow without one, its title, or what stands on its pages."""
    pages = "\n".join(page.desc for page in post.contents or () if page.desc)
    return post.desc or pages or (post.image_post and post.image_post.title) or ""


def _location(poi: _Poi) -> Row | None:
    """The place that the author chose; `locationCreated` is the country of the account, and stays in the rest."""
    name = ", ".join(part for part in (poi.name, poi.city, poi.province, poi.country) if part)
    return {"name": name} if name else None


def _media(post: _Post) -> list[Row]:
    if post.image_post and post.image_post.images:
        urls = [(image.image_url and image.image_url.url_list) or () for image in post.image_post.images]
        return [{"type": "image", "url": next(iter(mirrors), None)} for mirrors in urls]
    if post.video is None:
        return []
    id_ = prefixed(PLATFORM, post.video.id or post.id)
    return [{"id": id_, "type": "video", "url": post.video.download_addr or post.video.play_addr}]
