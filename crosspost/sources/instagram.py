"""Instagram's own items, as a browser gets them (Zeeschuimer, 4CAT), of its feeds and of its older graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crosspost.sources.row import Item, Mapped, posts_of, prefixed
from crosspost.sources.shape import Number, Row, Shape, rest_of, shaped, used

PLATFORM = "instagram"
_VIDEO = 2  # a value of `media_type`


class _Account(Shape, frozen=True):
    username: str | None = None


class _Caption(Shape, frozen=True):
    text: str | None = None


class _CaptionEdge(Shape, frozen=True):
    node: _Caption | None = None


class _CaptionEdges(Shape, frozen=True):
    edges: list[_CaptionEdge] | None = None


class _Location(Shape, frozen=True):
    name: str | None = None
    lat: float | None = None
    lng: float | None = None


class _Version(Shape, frozen=True):
    url: str | None = None


class _Versions(Shape, frozen=True):
    candidates: list[_Version] | None = None


class _Page(Shape, frozen=True):
    """A picture or video: a page of a carousel, or the post itself."""

    pk: Number | None = None
    id: Number | None = None
    media_type: int | None = None
    is_video: bool | None = None
    image_versions2: _Versions | None = None
    video_versions: list[_Version] | None = None
    display_url: str | None = None  # of the graph
    video_url: str | None = None  # of the graph
    accessibility_caption: str | None = None


class _Edge(Shape, frozen=True):
    node: _Page | None = None


class _Edges(Shape, frozen=True):
    edges: list[_Edge] | None = None


class _Post(_Page, frozen=True):
    code: Number | None = None
    shortcode: Number | None = None
    user: _Account | None = None
    owner: _Account | None = None
    taken_at: Number | None = None
    taken_at_timestamp: Number | None = None
    caption: str | _Caption | None = None
    edge_media_to_caption: _CaptionEdges | None = None
    location: _Location | None = None
    lat: float | None = None
    lng: float | None = None
    carousel_media: list[_Page] | None = None
    edge_sidecar_to_children: _Edges | None = None


# Of no use: about the account, the player or the app instead of the post.
_KNOWN = used(_Post) | frozenset(
    "__typename carousel_media_ids display_resources thumbnail_src thumbnail_resources video_dash_manifest dash_info"
    " media_preview edge_media_preview_like comment_inform_treatment sharing_friction_info organic_tracking_token"
    " client_cache_key fb_user_tags coauthor_producers clips_metadata music_metadata original_height"
    " original_width".split()
)
_SHOWN = frozenset({"image_versions2", "video_versions", "display_url", "video_url", "media_type"})


def is_instagram(item: Mapping[str, Any]) -> bool:
    """Whether an object is an item of Instagram."""
    return ("code" in item or "shortcode" in item) and bool(
        {"taken_at", "taken_at_timestamp", "media_type", "edge_media_to_caption", "image_versions2"} & item.keys()
    )


def instagram_posts(item: Row, beside: Row | None = None) -> Iterator[Item]:
    """Yield the post that an item is, with fields of its envelope `beside` it."""
    post, faults = shaped(item, _Post)
    account = post.user or post.owner
    code = post.code or post.shortcode or post.pk or post.id
    mapped: Mapped = {
        "id": prefixed(PLATFORM, code),
        "text": _caption(post),
        "author": account.username if account else None,
        "platform": PLATFORM,
        "url": f"https://www.instagram.com/p/{code}/" if code else None,
        "created_at": post.taken_at or post.taken_at_timestamp,
        "location": _location(post),
        "media": _media(post, shown=not _SHOWN.isdisjoint(item)),
    }
    yield from posts_of(mapped, {**rest_of(item, _KNOWN), **(beside or {})}, faults)


def _caption(post: _Post) -> str:
    if post.caption is not None:
        return (post.caption.text if isinstance(post.caption, _Caption) else post.caption) or ""
    edges = (post.edge_media_to_caption and post.edge_media_to_caption.edges) or ()
    return next((edge.node.text for edge in edges if edge.node and edge.node.text), "")


def _location(post: _Post) -> Row | None:
    place = post.location or _Location()
    lat = place.lat if place.lat is not None else post.lat
    lon = place.lng if place.lng is not None else post.lng
    found = {"name": place.name, "lat": lat, "lon": lon}
    return found if any(value is not None for value in found.values()) else None


def _media(post: _Post, *, shown: bool) -> list[Row]:
    edges = (post.edge_sidecar_to_children and post.edge_sidecar_to_children.edges) or ()
    if pages := post.carousel_media or [edge.node for edge in edges if edge.node]:
        return [_one_media(page) for page in pages]
    return [_one_media(post)] if shown else []


def _one_media(page: _Page) -> Row:
    video = page.media_type == _VIDEO or page.is_video is True or page.video_versions is not None
    versions = page.video_versions if video else page.image_versions2 and page.image_versions2.candidates
    url = next((version.url for version in versions or ()), None)
    return {
        "id": prefixed(PLATFORM, page.pk or str(page.id or "").partition("_")[0]),
        "type": "video" if video else "image",
        "url": url or (page.video_url if video else None) or page.display_url,
        "alt": page.accessibility_caption,
    }
