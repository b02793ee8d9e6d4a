"""4CAT: its CSV, in whose columns all platforms look alike, and its NDJSON, which holds the platforms' own items.

Columns: https://github.com/digitalmethodsinitiative/4cat (`map_item` of each data source).
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from crosspost.sources import x
from crosspost.sources.addresses import id_of_url
from crosspost.sources.json_rows import json_rows
from crosspost.sources.row import Fields, Item, Row, RowError, post_of, posts_of, unnumbered_post
from crosspost.sources.sample import Sample, has
from crosspost.sources.table import Table
from crosspost.sources.times import given_time
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
    lower = {name.lower(): name.lower() for name in table.names} | _RENAMED
    yield from table.items(lambda row: post_of(_mapped(row)), lower)


def _mapped(row: Row) -> Row:
    url = next((row.pop(name) for name in _URLS if row.get(name, "").startswith("http")), None)
    known = id_of_url(url) if url else None
    platform = known[0] if known and known[0] != "web" else _platform(row)
    text = row.setdefault("text", "")
    row |= _ids(platform, row.get("id", ""), row.pop("thread", None), row.get("chat"), known)
    if username := row.pop("author_username", None):
        row["author"] = username
    if platform != _UNKNOWN:
        row["platform"] = platform
    if url:
        row["url"] = url
    if said := row.pop("created_at", None):
        row |= given_time(row.pop("unix_timestamp", said), said)
    if row.pop("is_retweet", "no") == "yes" and (whose := row.pop("retweeted_user", None)):
        row["repost_of"] = unnumbered_post(platform, whose, text.removeprefix(f"RT @{whose}: "))
    if not _PLACES.isdisjoint(row):
        row["location"] = _location(row)
    if not _MEDIA.isdisjoint(row) and (media := list(_media(row, platform))):
        row["media"] = media
    return row


def _ids(platform: str, number: str, thread: str | None, chat: str | None, known: tuple[str, str] | None) -> Row:
    if not number:
        return {}
    if platform == "telegram":  # "channel-12", in the thread "channel"
        name, _, message = number.rpartition("-")
        return {"id": f"{platform}:{(name or chat or thread or 'chat').lower()}/{message}"}
    if platform == "instagram" and known and known[0] == platform:
        return {"id": known[1]}
    ids = {"id": f"{platform}:{number}"}
    return ids if thread in (None, number) else {**ids, "thread": f"{platform}:{thread}"}


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


def _media(row: Row, platform: str) -> Iterator[Row]:
    for columns, kind in ((_IMAGES, "image"), (_VIDEOS, "video")):
        for url in (url for name in columns if name in row for url in row.pop(name).split(",")):
            if url.startswith("http"):
                media = x.media_of_url(url) if platform == x.PLATFORM else {"url": url}
                if platform == "tiktok" and kind == "video":
                    media["id"] = row.get("id")
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


def _item(row: Row) -> Iterator[Item]:
    row.pop("__import_meta", None)
    if "_chat" in row or "message" in row:
        yield from _telegram(row)
    elif (reader := reader_of(row)) is not None:
        yield from reader(row, {})
    else:
        yield RowError("an item of a platform that is not known: read are those of X, TikTok, Instagram and Telegram")


def _telegram(message: Row) -> Iterator[Item]:
    """A message as Telethon gives it; its photos and documents have true ids."""
    row = Fields(message)
    chat = row.id("_chat", "username") or row.id("_chat", "id") or "chat"
    number = row.id("id")
    reply = row.id("reply_to", "reply_to_msg_id")
    channel, origin = row.id("fwd_from", "from_id", "channel_id"), row.id("fwd_from", "channel_post")
    mapped: Row = {
        "id": f"telegram:{chat.lower()}/{number}" if number else message.get("id"),
        "text": row.take("message") or "",
        "author": row.text("_sender", "username") or row.text("_chat", "username") or row.text("post_author"),
        "platform": "telegram",
        "url": row.text("_chat", "username") and f"https://t.me/{chat}/{number}",
        "reply_to": reply and f"telegram:{chat.lower()}/{reply}",
        "repost_of": f"telegram:{channel}/{origin}" if channel and origin else None,
        **given_time(row.take("date")),
    }
    media = []
    if photo := row.id("media", "photo", "id"):
        media.append({"id": f"telegram:{photo}", "type": "image"})
    if document := row.id("media", "document", "id"):
        main = (row.text("media", "document", "mime_type") or "").partition("/")[0]
        kind = main if main in ("image", "video", "audio") else "other"
        media.append({"id": f"telegram:{document}", "type": kind})
    if media:
        mapped["media"] = media
    yield from posts_of(row, mapped, row.rest(frozenset({"_", "_type", "entities", "_chat", "_sender", "peer_id"})))
