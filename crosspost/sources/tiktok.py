"""TikTok's own items, as a browser gets them (Zeeschuimer, 4CAT)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crosspost.sources.row import Fields, Item, Row, posts_of, prefixed
from crosspost.sources.times import given_time

PLATFORM = "tiktok"
# Known and of no use: about the account, the player or the app instead of the post.
_KNOWN = frozenset(
    "authorInfo authorId authorStats authorStatsV2 nickname avatarThumb challenges textExtra contents stats"
    " statsV2 music itemCommentStatus duetEnabled stitchEnabled shareEnabled itemMute effectStickers video"
    " imagePost CategoryType videoSuggestWordsList diversificationLabels AIGCDescription"
    " backendSourceEventTracking collected digged".split()
)


def is_tiktok(item: Mapping[str, Any]) -> bool:
    """Whether an object is an item of TikTok."""
    return "createTime" in item and ("desc" in item or "video" in item)


def tiktok_posts(item: Row, beside: Row | None = None) -> Iterator[Item]:
    """Yield the post that an item is, with fields of its envelope `beside` it."""
    row = Fields(item)
    number = row.id("id")
    author = row.take("author")
    author = row.text("author", "uniqueId") if not isinstance(author, str) else author
    said = "\n".join(text for page in row.objects("contents") if (text := page.text("desc")))
    duet = row.id("duetInfo", "duetFromId")
    mapped: Row = {
        "id": prefixed(PLATFORM, item.get("id")),
        "text": row.take("desc") or said,
        "author": author,
        "platform": PLATFORM,
        "url": number and f"https://www.tiktok.com/@{author or ''}/video/{number}",
        "lang": row.text("textLanguage"),
        "quotes": prefixed(PLATFORM, duet) if duet not in (None, "0") else None,
        **given_time(row.take("createTime")),
        "location": _location(row),
    }
    if media := _media(row, number):
        mapped["media"] = media
    yield from posts_of(row, mapped, {**row.rest(_KNOWN), **(beside or {})})


def _location(row: Fields) -> Row | None:
    """The place that the author chose; `locationCreated` is the country of the account, and stays in the rest."""
    poi = row.fields("poi")
    name = ", ".join(
        part for part in (poi.text("name"), poi.text("city"), poi.text("province"), poi.text("country")) if part
    )
    return {"name": name} if name else None


def _media(row: Fields, number: str | None) -> list[Row]:
    images = []
    for image in row.objects("imagePost", "images"):
        urls = image.strings("imageURL", "urlList")
        images.append({"type": "image", "url": urls[0] if urls else None})
    if images:
        return images
    video = row.fields("video")
    video_id = video.id("id") or number
    url = video.text("downloadAddr") or video.text("playAddr")
    return [{"id": prefixed(PLATFORM, video_id), "type": "video", "url": url}] if "video" in row else []
