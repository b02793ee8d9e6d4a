"""4CAT: its CSV, in whose columns all platforms look alike, and its NDJSON, which holds the platforms' own items.

Columns: https://github.com/digitalmethodsinitiative/4cat (`map_item` of each data source).
"""

from __future__ import annotations

import io
from collections.abc import Iterator

from crosspost.sources import x
from crosspost.sources.addresses import id_of_url
from crosspost.sources.json_rows import json_rows
from crosspost.sources.row import Fields, Item, Row, RowError, posts_of, prefixed, unnumbered_post
from crosspost.sources.sample import Sample, has
from crosspost.sources.table import Table
from crosspost.sources.times import given_time
from crosspost.sources.zeeschuimer import reader_of

_COLUMNS = frozenset({"id", "thread_id", "body", "author", "timestamp"})
_URLS = ("link", "url", "post_url", "tiktok_url", "post_link", "link_url")
_IMAGES = ("images", "image_urls", "image_url", "media_urls", "media_url", "photo_url", "image_file", "thumbnail_url")
_VIDEOS = ("videos", "video_urls", "video_url")
_UNKNOWN = "4cat"


def recognise_csv(sample: Sample) -> float:
    """Tell how sure it is that a file is a CSV of 4CAT (0..1)."""
    return 0.9 if sample.columns >= _COLUMNS else 0.0


def recognise_ndjson(sample: Sample) -> float:
    """Tell how sure it is that a file is an NDJSON of 4CAT (0..1)."""
    row = sample.row
    telegram = has(row, "_chat") and has(row, "message")
    return 0.95 if has(row, "__import_meta") or telegram or (reader_of(dict(row)) and "data" not in row) else 0.0


# ------------------------------------------------------------------ CSV


def read_fourcat_csv(lines: io.BufferedReader, file: str) -> Iterator[tuple[int, Item]]:  # noqa: ARG001
    """Yield the post of each row."""
    table = Table(lines)
    if (broken := table.header()) is not None:
        yield table.line, broken
    for number, row in table:
        if isinstance(row, RowError):
            yield number, row
        else:
            for item in _post(row):
                yield number, item


def _post(cells: Row) -> Iterator[Item]:
    row = Fields({name.lower(): cell for name, cell in cells.items()})
    url = next((url for url in map(row.text, _URLS) if url and url.startswith("http")), None)
    platform = _platform(row, url)
    text = row.text("body") or ""
    number, thread = row.text("id"), row.text("thread_id")
    if platform == "telegram":  # "channel-12", in the thread "channel"
        number, thread = _telegram_number(row, number), None
    elif platform == "instagram" and url and (known := id_of_url(url)) and known[0] == platform:
        number = known[1].partition(":")[2]
    mapped: Row = {
        "id": prefixed(platform, number),
        "text": text,
        "author": row.text("author_username") or row.text("author") or row.text("author_name"),
        "platform": None if platform == _UNKNOWN else platform,
        "url": url,
        "lang": row.text("language_guess") or row.text("language"),
        "thread": prefixed(platform, thread) if thread and thread != row.text("id") else None,
        **given_time(row.text("unix_timestamp") or row.text("timestamp"), row.text("timestamp")),
        "location": _location(row),
    }
    if row.text("is_retweet") == "yes" and (whose := row.text("retweeted_user")):
        mapped["repost_of"] = unnumbered_post(platform, whose, text.removeprefix(f"RT @{whose}: "))
    if media := list(_media(row, platform)):
        mapped["media"] = media
    yield from posts_of(row, mapped, row.rest())


def _platform(row: Fields, url: str | None) -> str:
    known = id_of_url(url) if url else None
    if known and known[0] != "web":
        return known[0]
    if "tiktok_url" in row:
        return "tiktok"
    if "retweeted_user" in row or "language_guess" in row:
        return x.PLATFORM
    if "chat" in row or "author_is_bot" in row:
        return "telegram"
    return "instagram" if "num_media" in row or ("parent_id" in row and "num_likes" in row) else _UNKNOWN


def _telegram_number(row: Fields, number: str | None) -> str | None:
    chat, _, message = (number or "").rpartition("-")
    return f"{(chat or row.text('chat') or row.text('thread_id') or 'chat').lower()}/{message}" if number else None


def _location(row: Fields) -> Row | None:
    name = row.text("place_name") or row.text("location_name")
    point: list[str] = []
    if both := row.text("long_lat"):
        point = both.split(",")
    elif both := row.text("location_latlong"):
        point = both.split(",")[::-1]
    try:
        lon, lat = (float(part) for part in point)
    except ValueError:
        return {"name": name} if name else None
    return {"name": name, "lon": lon, "lat": lat}


def _media(row: Fields, platform: str) -> Iterator[Row]:
    for columns, kind in ((_IMAGES, "image"), (_VIDEOS, "video")):
        for url in (url for name in columns if (cell := row.text(name)) for url in cell.split(",")):
            if url.startswith("http"):
                media = x.media_of_url(url) if platform == x.PLATFORM else {"url": url}
                if platform == "tiktok" and kind == "video":
                    media["id"] = prefixed(platform, row.text("id"))
                yield {**media, "type": kind}


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
