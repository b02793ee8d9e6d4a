"""Zeeschuimer: what a browser saw of X, TikTok and Instagram, an item a line, in an envelope that says where from."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

from crosspost.sources.instagram import instagram_posts, is_instagram
from crosspost.sources.json_rows import json_rows
from crosspost.sources.row import Item, RowError
from crosspost.sources.sample import Sample, has
from crosspost.sources.shape import Row
from crosspost.sources.tiktok import is_tiktok, tiktok_posts
from crosspost.sources.x_web import web_posts

_KNOWN = frozenset({"id", "data", "item_id", "nav_index", "user_agent", "source_url"})
_PLATFORMS: dict[str, Callable[[Row, Row], Iterator[Item]]] = {
    "twitter.com": web_posts,
    "x.com": web_posts,
    "tiktok.com": tiktok_posts,
    "instagram.com": instagram_posts,
}


def recognise(sample: Sample) -> float:
    """Tell how sure it is that a file was exported by Zeeschuimer (0..1)."""
    return 0.98 if has(sample.row, "data") and {"source_platform", "timestamp_collected"} & sample.row.keys() else 0.0


def read_zeeschuimer(lines: io.BufferedReader, file: str) -> Iterator[tuple[int, Item]]:  # noqa: ARG001
    """Yield the post of each item, then those inside it."""
    for number, row, _ in json_rows(lines):
        if isinstance(row, RowError):
            yield number, row
            continue
        for item in _posts(row):
            yield number, item


def _posts(row: Row) -> Iterator[Item]:
    data = row.get("data")
    if not isinstance(data, dict):
        yield RowError(f"`data` is {type(data).__name__}: an object was expected")
        return
    platform = row.get("source_platform")
    reader = _PLATFORMS.get(platform.removeprefix("www.")) if isinstance(platform, str) else None
    reader = reader or reader_of(data)
    if reader is None:
        yield RowError(f"an item of {platform!r}: read are those of {', '.join(_PLATFORMS)}")
        return
    yield from reader(data, {name: value for name, value in row.items() if name not in _KNOWN})


def reader_of(item: Row) -> Callable[[Row, Row], Iterator[Item]] | None:
    """Return the reader of an item without an envelope, by its shape."""
    if is_tiktok(item):
        return tiktok_posts
    if is_instagram(item):
        return instagram_posts
    return web_posts if has(item, "legacy") or has(item, "rest_id") else None
