"""Mastodon: statuses as the API answers them, in timelines, searches and contexts (https://docs.joinmastodon.org).

A server numbers the statuses of others anew, so a status goes by the server and number of its `uri`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from crosspost.sources.html_text import text_of_html
from crosspost.sources.json_rows import Lists, json_rows
from crosspost.sources.row import Fields, Item, Row, RowError, posts_of
from crosspost.sources.sample import Sample, has
from crosspost.sources.times import given_time

PLATFORM = "mastodon"
_LISTS = Lists(rows=frozenset({"statuses", "ancestors", "descendants"}))
_KINDS = {"image": "image", "gifv": "video", "video": "video", "audio": "audio"}
_HOST = re.compile(r"https?://([^/?#\s]+)")
_URI = re.compile(r"https?://([^/?#\s]+)(?:/[^?#]*?([^/?#]+))??(?:/activity)?/?(?:[?#].*)?$")
_DEEPEST = 3
_KNOWN = frozenset(
    "id account content text emojis mentions tags application in_reply_to_account_id filtered favourited"
    " reblogged muted bookmarked pinned quote_approval".split()
)


def recognise(sample: Sample) -> float:
    """Tell how sure it is that a file holds statuses of Mastodon (0..1)."""
    row = sample.first("statuses", "ancestors", "descendants") or sample.row
    if has(row, "content") and has(row, "account", "acct"):
        return 0.95
    return 0.9 if {"content", "uri", "spoiler_text"} <= row.keys() else 0.0


def read_mastodon(lines: io.BufferedReader, file: str) -> Iterator[tuple[int, Item]]:  # noqa: ARG001
    """Yield the post of each status, then those inside it."""
    for number, row, _ in json_rows(lines, _LISTS):
        if isinstance(row, RowError):
            yield number, row
        else:
            for item in mastodon_posts(row):
                yield number, item


def mastodon_posts(status: Row, levels: int = _DEEPEST) -> Iterator[Item]:
    """Yield the post that a status is, then the one that it boosts or quotes."""
    row = Fields(status)
    boosted = row.fields("reblog").object
    quote = row.fields("quote")
    quoted = quote.fields("quoted_status").object if "quoted_status" in quote else quote.object
    quoted = quoted if "content" in quoted else {}
    whole = Fields(boosted) if boosted else row
    mapped: Row = {
        "id": _id(row, status.get("id")),
        "text": _text(whole),
        "author": _author(row),
        "platform": PLATFORM,
        "url": row.text("url") or row.text("uri"),
        "lang": whole.text("language"),
        "reply_to": _answered(row),
        "repost_of": _id(whole, boosted.get("id")) if boosted else None,
        "quotes": _id(Fields(quoted), quoted.get("id")) if quoted else None,
        **given_time(row.take("created_at")),
    }
    if mapped["reply_to"] is None and (answered := row.id("in_reply_to_id")):
        mapped["in_reply_to_id"] = answered  # as the server that was asked numbers it
    media = [_one_media(item) for item in whole.objects("media_attachments")]
    if media:
        mapped["media"] = media
    yield from posts_of(row, mapped, row.rest(_KNOWN))
    for inside in (boosted, quoted):
        if inside and levels > 0:
            yield from mastodon_posts(inside, levels - 1)


def _id(row: Fields, given: object) -> Any:
    uri = _URI.match(row.text("uri") or "")
    number = row.id("id")
    if uri is None:
        return f"{PLATFORM}:{number}" if number else given
    return f"{PLATFORM}:{uri[1].lower()}/{uri[2] or number}"


def _home(address: str | None) -> str | None:
    found = _HOST.match(address or "")
    return found[1].lower() if found else None


def _answered(row: Fields) -> str | None:
    """The status that one answers, as its own server numbers it; another server's number would name another status."""
    number = row.id("in_reply_to_id")
    if number is None:
        return None
    home = _home(row.text("uri"))
    return f"{PLATFORM}:{home}/{number}" if home and "@" not in (row.text("account", "acct") or "@") else None


def _author(row: Fields) -> str | None:
    """The account with its server: `name@server`, also where the server leaves itself out."""
    name = row.text("account", "acct") or row.text("account", "username")
    home = _home(row.text("account", "url") or row.text("uri"))
    return name if name is None or "@" in name or not home else f"{name}@{home}"


def _text(row: Fields) -> Any:
    content, warning = row.take("content"), row.text("spoiler_text")
    if not isinstance(content, str):
        return content if content is not None else row.take("text")
    text = text_of_html(content)
    return f"{warning}\n\n{text}".strip() if warning else text


def _one_media(item: Fields) -> Row:
    number = item.id("id")
    return {
        "id": number and f"{PLATFORM}:{number}",
        "type": _KINDS.get(item.text("type") or "", "other"),
        "url": item.text("remote_url") or item.text("url") or item.text("preview_url"),
        "alt": item.text("description"),
    }
