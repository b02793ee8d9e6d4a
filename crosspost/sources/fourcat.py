"""4CAT: its CSV, in whose columns all platforms look alike, and its NDJSON, which holds the platforms' own items.

Columns: https://github.com/digitalmethodsinitiative/4cat (`map_item` of each data source).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from crosspost.sources import bluesky, x
from crosspost.sources.addresses import id_of_url
from crosspost.sources.json_rows import json_rows
from crosspost.sources.row import Item, Mapped, RowError, kind_of, posts_of, prefixed
from crosspost.sources.sample import Sample, has
from crosspost.sources.shape import Number, Row, Shape, rest_of, shaped, string_of, used
from crosspost.sources.table import Table
from crosspost.sources.zeeschuimer import reader_of

_COLUMNS = frozenset({"id", "thread_id", "body", "author", "timestamp"})
_URLS = ("link", "url", "post_url", "tiktok_url", "post_link", "link_url")
_IMAGES = ("images", "image_urls", "image_url", "media_urls", "media_url", "photo_url", "image_file", "thumbnail_url")
_VIDEOS = ("videos", "video_urls", "video_url")
_MEDIA = frozenset((*_IMAGES, *_VIDEOS))
_PLACES = frozenset({"place_name", "location_name", "long_lat", "location_latlong"})
_RENAMED = {
    "body": "text",
    "thread_id": "thread",
    "timestamp": "created_at",
    "language_guess": "lang",
    "language": "lang",
}
_UNKNOWN = "4cat"


def recognise_csv(sample: Sample) -> float:
    """Tell how sure it is that a file is a CSV of 4CAT (0..1)."""
    return 0.9 if sample.columns >= _COLUMNS else 0.0


def recognise_ndjson(sample: Sample) -> float:
    """Tell how sure it is that a file is an NDJSON of 4CAT (0..1)."""
    row = sample.row
    if has(row, "__import_meta") or (has(row, "_chat") and has(row, "message")):
        return 0.95
    return 0.85 if reader_of(dict(row)) and "data" not in row else 0.0


# ------------------------------------------------------------------ CSV


def read_fourcat_csv(lines: io.BufferedReader, file: str) -> Iterator[tuple[int, Item]]:  # noqa: ARG001
    """Yield the post of each row."""
    table = Table(lines)
    if (broken := table.header()) is not None:
        yield table.line, broken
    yield from table.items(_post, {name.lower(): name.lower() for name in table.names} | _RENAMED)


def _post(row: Row) -> Sequence[Item]:
    url = next((row.pop(name) for name in _URLS if row.get(name, "").startswith("http")), None)
    known = id_of_url(url) if url else None
    platform = known[0] if known and known[0] != "web" else _platform(row)
    id_, thread = _ids(platform, row.pop("id", ""), row.pop("thread", None), row.get("chat"), known)
    author, said = row.pop("author", None), row.pop("created_at", None)
    mapped: Mapped = {
        "id": id_,
        "text": row.pop("text", ""),
        "platform": None if platform == _UNKNOWN else platform,
        "author": row.pop("author_username", None) or author,
        "url": url,
        "lang": row.pop("lang", None),
        "thread": thread,
        "created_at": row.pop("unix_timestamp", said) if said else None,
        "location": None if _PLACES.isdisjoint(row) else _location(row),
        "media": [] if _MEDIA.isdisjoint(row) else list(_media(row, platform, id_)),
    }
    return posts_of(mapped, row, said=said)


def _ids(
    platform: str, number: str, thread: str | None, chat: str | None, known: tuple[str, str] | None
) -> tuple[str | None, str | None]:
    """The id of a post and of its thread."""
    if not number:
        return None, None
    if platform == "telegram":  # "channel-12", in the thread "channel"
        name, _, message = number.rpartition("-")
        return f"{platform}:{(name or chat or thread or 'chat').lower()}/{message}", None
    if platform == bluesky.PLATFORM and number.startswith("at://"):
        return bluesky.post_id(number), bluesky.post_id(thread)
    if platform == "instagram" and known and known[0] == platform:
        return known[1], None
    return f"{platform}:{number}", None if thread in (None, number) else f"{platform}:{thread}"


def _platform(row: Row) -> str:
    if "tiktok_url" in row:
        return "tiktok"
    if "retweeted_user" in row or "is_retweet" in row:
        return x.PLATFORM
    if "chat" in row or "author_is_bot" in row:
        return "telegram"
    return "instagram" if "num_media" in row or ("parent_id" in row and "num_likes" in row) else _UNKNOWN


def _location(row: Row) -> Row | None:
    name = row.pop("place_name", None) or row.pop("location_name", None)
    point = row.pop("long_lat", "").split(",")
    if len(point) != 2:
        point = row.pop("location_latlong", "").split(",")[::-1]
    try:
        lon, lat = (float(part) for part in point)
    except ValueError:
        return {"name": name} if name else None
    return {"name": name, "lon": lon, "lat": lat}


def _media(row: Row, platform: str, id_: str | None) -> Iterator[Row]:
    for columns, kind in ((_IMAGES, "image"), (_VIDEOS, "video")):
        for url in (url for name in columns if name in row for url in row.pop(name).split(",")):
            if url.startswith("http"):
                media = x.media_of_url(url) if platform == x.PLATFORM else {"url": url}
                if platform == "tiktok" and kind == "video":
                    media["id"] = id_
                media["type"] = kind
                yield media


# ------------------------------------------------------------------ NDJSON


def read_fourcat_ndjson(lines: io.BufferedReader, file: str) -> Iterator[tuple[int, Item]]:  # noqa: ARG001
    """Yield the post of each item, then those inside it."""
    for number, row, _ in json_rows(lines):
        if isinstance(row, RowError):
            yield number, row
            continue
        for item in _item(row):
            yield number, item


def _item(row: Row) -> Iterable[Item]:
    row.pop("__import_meta", None)
    if "_chat" in row or "message" in row:
        return _telegram(row)
    if (reader := reader_of(row)) is not None:
        return reader(row, {})
    return [RowError("an item of a platform that is not known: read are those of X, TikTok, Instagram and Telegram")]


class _Account(Shape, frozen=True):
    id: Number | None = None
    username: str | None = None


class _Reply(Shape, frozen=True):
    reply_to_msg_id: Number | None = None


class _Origin(Shape, frozen=True):
    channel_id: Number | None = None
    chats: list[_Account] | None = None  # where references were resolved


class _Forward(Shape, frozen=True):
    from_id: _Origin | int | None = None
    channel_post: Number | None = None


class _File(Shape, frozen=True):
    id: Number | None = None
    mime_type: str | None = None


class _Point(Shape, frozen=True):
    lat: float | None = None
    long: float | None = None


class _Attached(Shape, frozen=True):
    photo: _File | None = None
    document: _File | None = None
    geo: _Point | None = None
    title: str | None = None  # of a venue


class _Message(Shape, frozen=True):
    """A message as Telethon gives it; its photos and documents have true ids."""

    id: Number | None = None
    message: str | None = None
    date: Number | float | None = None
    post_author: str | None = None
    reply_to: _Reply | None = None
    reply_to_msg_id: Number | None = None  # until 2023
    fwd_from: _Forward | None = None
    media: _Attached | None = None
    chat: _Account | None = msgspec.field(default=None, name="_chat")
    sender: _Account | None = msgspec.field(default=None, name="_sender")


_NOBODY, _NO_FORWARD, _NO_MEDIA = _Account(), _Forward(), _Attached()
_KNOWN = used(_Message) | frozenset({"_", "_type", "entities", "peer_id"})


def _telegram(row: Row) -> Sequence[Item]:
    message, faults = shaped(row, _Message)
    chat, sender = message.chat or _NOBODY, message.sender or _NOBODY
    number, name = string_of(message.id), str(chat.username or chat.id or "chat").lower()
    reply = (message.reply_to and message.reply_to.reply_to_msg_id) or message.reply_to_msg_id
    mapped: Mapped = {
        "id": f"telegram:{name}/{number}" if number else None,
        "text": message.message or "",
        "author": sender.username or chat.username or message.post_author,
        "platform": "telegram",
        "url": f"https://t.me/{chat.username}/{number}" if chat.username else None,
        "reply_to": f"telegram:{name}/{reply}" if reply else None,
        "repost_of": _origin(message.fwd_from or _NO_FORWARD, chat),
        "created_at": message.date,
        "location": _point(message.media or _NO_MEDIA),
        "media": _attached(message.media or _NO_MEDIA),
    }
    return posts_of(mapped, rest_of(row, _KNOWN), faults)


def _origin(forward: _Forward, chat: _Account) -> str | None:
    """The message of a channel that was forwarded: by the name of the channel, where it is known."""
    origin = forward.from_id
    if not isinstance(origin, _Origin) or not origin.channel_id or not forward.channel_post:
        return None
    known = (one.username for one in (chat, *(origin.chats or ())) if one.id == origin.channel_id and one.username)
    return f"telegram:{next(map(str.lower, known), origin.channel_id)}/{forward.channel_post}"


def _point(media: _Attached) -> Row | None:
    return {"name": media.title, "lat": media.geo.lat, "lon": media.geo.long} if media.geo else None


def _attached(media: _Attached) -> list[Row]:
    attached: list[Row] = []
    if media.photo and (id_ := prefixed("telegram", media.photo.id)):
        attached.append({"id": id_, "type": "image"})
    if media.document and (id_ := prefixed("telegram", media.document.id)):
        attached.append({"id": id_, "type": kind_of(media.document.mime_type)})
    return attached
