"""Mastodon: statuses as the API answers them, in timelines, searches and contexts (https://docs.joinmastodon.org).

A server numbers the statuses of others anew, so a status goes by the server and number of its `uri`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from crosspost.sources.html_text import text_of_html
from crosspost.sources.json_rows import Lists, json_rows
from crosspost.sources.row import Item, Mapped, RowError, posts_of, prefixed
from crosspost.sources.sample import Sample, has
from crosspost.sources.shape import Number, Row, Shape, rest_of, shaped, string_of, used

PLATFORM = "mastodon"
_LISTS = Lists(rows=frozenset({"statuses", "ancestors", "descendants"}))
_KINDS = {"image": "image", "gifv": "video", "video": "video", "audio": "audio"}
_HOST = re.compile(r"https?://([^/?#\s]+)")
_AFTER_PATH = re.compile(r"[?#]")
_DEEPEST = 3
_TOO_DEEP = RowError(f"posts inside posts, more than {_DEEPEST} levels deep: not read")


class _Account(Shape, frozen=True):
    acct: str | None = None
    username: str | None = None
    url: str | None = None


class _Attachment(Shape, frozen=True):
    id: Number | None = None
    type: str | None = None
    url: str | None = None
    remote_url: str | None = None
    preview_url: str | None = None
    description: str | None = None


class _Status(Shape, frozen=True):
    id: Number | None = None
    uri: str | None = None
    url: str | None = None
    content: str | None = None
    text: str | None = None  # the source, of a status that was deleted
    spoiler_text: str | None = None
    account: _Account | None = None
    language: str | None = None
    created_at: str | None = None
    in_reply_to_id: Number | None = None
    media_attachments: list[_Attachment] | None = None
    reblog: Row | None = None
    quote: Row | None = None  # a quote with its state, around the status; elsewhere, the status itself


_NO_ACCOUNT = _Account()
# Of no use: told elsewhere in the post, or about the account or the server instead of the post.
_KNOWN = used(_Status) | frozenset(
    "emojis mentions tags application in_reply_to_account_id filtered favourited reblogged muted bookmarked pinned"
    " quote_approval".split()
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


def mastodon_posts(row: Row, levels: int = _DEEPEST) -> Iterator[Item]:
    """Yield the post that a status is, then the one that it boosts or quotes."""
    status, faults = shaped(row, _Status)
    boosted, quoted = status.reblog, _quoted(status.quote)
    original = shaped(boosted, _Status)[0] if boosted else None
    whole = original or status
    reply_to = _answered(status)
    mapped: Mapped = {
        "id": _id(status),
        "text": _text(whole),
        "author": _author(status),
        "platform": PLATFORM,
        "url": status.url or status.uri,
        "lang": whole.language,
        "reply_to": reply_to,
        "repost_of": _id(original) if original else None,
        "quotes": _id(shaped(quoted, _Status)[0]) if quoted else None,
        "created_at": status.created_at,
        "media": [_one_media(item) for item in whole.media_attachments or ()],
    }
    # as the server that was asked numbers it
    answered = string_of(status.in_reply_to_id) if reply_to is None else None
    waiting = status.quote if quoted is None else None
    yield from posts_of(mapped, rest_of(row, _KNOWN), faults, in_reply_to_id=answered, quote=waiting)
    for inside in (boosted, quoted):
        if inside:
            yield from mastodon_posts(inside, levels - 1) if levels else [_TOO_DEEP]


def _quoted(quote: Row | None) -> Row | None:
    """The status that a quote shows; none where its author took it back, or it waits for leave."""
    inside = quote and quote.get("quoted_status", quote)
    return inside if isinstance(inside, dict) and "content" in inside else None


def _id(status: _Status) -> str | None:
    return id_of_uri(status.uri, status.id) or prefixed(PLATFORM, status.id)


def id_of_uri(uri: str | None, number: Number | None = None) -> str | None:
    """Return the id of a status, unique across servers, by the address that its own server gave it.

    `number` is what the server calls it, for an address without a path.
    """
    found = _HOST.match(uri or "")
    if uri is None or found is None:
        return None
    path = _AFTER_PATH.split(uri[found.end() :], maxsplit=1)[0].rstrip("/").removesuffix("/activity")
    last = path.rpartition("/")[2] or string_of(number)
    return last and f"{PLATFORM}:{found[1].lower()}/{last}"


def home_of(address: str | None) -> str | None:
    """Return the server of an address, in small letters."""
    found = _HOST.match(address or "")
    return found[1].lower() if found else None


def _answered(status: _Status) -> str | None:
    """The status that one answers, as its own server numbers it; another server's number would name another status."""
    if status.in_reply_to_id is None:
        return None
    home, account = home_of(status.uri), status.account or _NO_ACCOUNT
    return f"{PLATFORM}:{home}/{status.in_reply_to_id}" if home and "@" not in (account.acct or "@") else None


def _author(status: _Status) -> str | None:
    """The account with its server: `name@server`, also where the server leaves itself out."""
    account = status.account or _NO_ACCOUNT
    name = account.acct or account.username
    home = home_of(account.url or status.uri)
    return name if name is None or "@" in name or not home else f"{name}@{home}"


def _text(status: _Status) -> str | None:
    if status.content is None:
        return status.text
    text = text_of_html(status.content)
    return f"{status.spoiler_text}\n\n{text}".strip() if status.spoiler_text else text


def _one_media(item: _Attachment) -> Row:
    return {
        "id": prefixed(PLATFORM, item.id),
        "type": _KINDS.get(item.type or "", "other"),
        "url": item.remote_url or item.url or item.preview_url,
        "alt": item.description,
    }
