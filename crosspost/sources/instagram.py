"""Instagram's own items, as a browser gets them (Zeeschuimer, 4CAT), of its feeds and of its older graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crosspost.sources.row import Fields, Item, Row, posts_of, prefixed
from crosspost.sources.times import given_time

PLATFORM = "instagram"
_VIDEO, _CAROUSEL = 2, 8  # values of `media_type`
# Known and of no use: about the account, the player or the app instead of the post.
_KNOWN = frozenset(
    "__typename pk id user owner image_versions2 video_versions carousel_media carousel_media_ids display_url"
    " display_resources thumbnail_src thumbnail_resources video_url video_dash_manifest dash_info media_preview"
    " edge_sidecar_to_children edge_media_preview_like comment_inform_treatment sharing_friction_info"
    " organic_tracking_token client_cache_key fb_user_tags coauthor_producers clips_metadata music_metadata"
    " original_height original_width".split()
)


def is_instagram(item: Mapping[str, Any]) -> bool:
    """Whether an object is an item of Instagram."""
    return ("code" in item or "shortcode" in item) and bool(
        {"taken_at", "taken_at_timestamp", "media_type", "edge_media_to_caption", "image_versions2"} & item.keys()
    )


def instagram_posts(item: Row, beside: Row | None = None) -> Iterator[Item]:
    """Yield the post that an item is, with fields of its envelope `beside` it."""
    row = Fields(item)
    code = row.id("code") or row.id("shortcode") or row.id("pk") or row.id("id")
    location = row.fields("location")
    mapped: Row = {
        "id": prefixed(PLATFORM, code),
        "text": _caption(row),
        "author": row.text("user", "username") or row.text("owner", "username"),
        "platform": PLATFORM,
        "url": code and f"https://www.instagram.com/p/{code}/",
        **given_time(row.take("taken_at") or row.take("taken_at_timestamp")),
        "location": {
            "name": location.text("name"),
            "lat": location.take("lat") or row.take("lat"),
            "lon": location.take("lng") or row.take("lng"),
        },
    }
    if not any(value is not None for value in mapped["location"].values()):
        del mapped["location"]
    if media := list(_media(row)):
        mapped["media"] = media
    yield from posts_of(row, mapped, {**row.rest(_KNOWN), **(beside or {})})


def _caption(row: Fields) -> Any:
    caption = row.take("caption")
    if isinstance(caption, dict):
        return caption.get("text") or ""
    if caption is not None:
        return caption
    return next((edge.take("node", "text") for edge in row.objects("edge_media_to_caption", "edges")), "")


def _media(row: Fields) -> Iterator[Row]:
    edges = row.objects("edge_sidecar_to_children", "edges")
    if pages := row.objects("carousel_media") or [edge.fields("node") for edge in edges]:
        yield from map(_one_media, pages)
    elif {"image_versions2", "video_versions", "display_url", "video_url", "media_type"} & row.rest().keys():
        yield _one_media(row)


def _one_media(page: Fields) -> Row:
    video = page.take("media_type") == _VIDEO or page.take("is_video") is True or "video_versions" in page
    versions = page.objects("video_versions") if video else page.objects("image_versions2", "candidates")
    url = next((version.text("url") for version in versions), None)
    number = page.id("pk") or (page.id("id") or "").partition("_")[0]
    return {
        "id": prefixed(PLATFORM, number) if number else None,
        "type": "video" if video else "image",
        "url": url or (page.text("video_url") if video else None) or page.text("display_url"),
        "alt": page.text("accessibility_caption"),
    }
