"""Telegram Desktop: `result.json` of one chat, or of a whole account, with the files of its media beside it.

A message has no address in the export, only the number of its chat; so `telegram:<chat>/<message>` is its id.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from crosspost.sources.json_rows import Around, Lists, json_rows
from crosspost.sources.row import Fields, Item, Row, RowError, Said, posts_of, unnumbered_post
from crosspost.sources.sample import Sample
from crosspost.sources.times import given_time

PLATFORM = "telegram"
_LISTS = Lists(rows=frozenset({"messages"}), inside=frozenset({"chats", "left_chats", "list"}))
_KINDS = {
    "video_file": "video",
    "animation": "video",
    "video_message": "video",
    "voice_message": "audio",
    "audio_file": "audio",
    "sticker": "image",
}
_KNOWN = frozenset(
    "type date date_unixtime from_id text_entities thumbnail thumbnail_file_size photo_file_size file_size width"
    " height edited_unixtime mime_type media_type duration_seconds file_name author".split()
)
_MESSAGES = frozenset({"message", "unsupported"})


def recognise(sample: Sample) -> float:
    """Tell how sure it is that a file is an export of Telegram Desktop (0..1)."""
    message = sample.first("messages")
    if {"id", "type", "date"} <= message.keys() or {"id", "date_unixtime"} <= message.keys():
        return 0.98
    row = sample.row
    if "messages" in row and {"name", "type", "id"} <= row.keys():
        return 0.9
    whole = isinstance(row.get("chats"), dict) and ("list" in row["chats"] or "about" in row["chats"])
    return 0.9 if whole or {"personal_information", "frequent_contacts"} & row.keys() else 0.0


def read_telegram(lines: io.BufferedReader, file: str) -> Iterator[tuple[int, Item]]:  # noqa: ARG001
    """Yield the post of each message; what only tells of joins, pins and calls is none."""
    others = number = 0
    for number, row, chat in json_rows(lines, _LISTS):
        if isinstance(row, RowError):
            yield number, row
        elif isinstance(kind := row.get("type"), str) and kind not in _MESSAGES:
            others += 1
        else:
            for item in _post(row, chat):
                yield number, item
    if others:
        yield number, Said(f"{others} service messages (joins, pins, calls) are no posts")


def _post(message: Row, chat: Around) -> Iterator[Item]:
    row = Fields(message)
    place = chat.get("id")
    chat_id = place if isinstance(place, (int, str)) else chat.get("name") or "chat"
    text, links = _text(row.take("text"))
    mapped: Row = {
        "id": f"{PLATFORM}:{chat_id}/{number}" if (number := row.id("id")) else message.get("id"),
        "text": text if text or "poll" not in row else _text(row.take("poll", "question"))[0],
        "author": row.text("from") or row.text("author") or _string(chat.get("name")),
        "platform": PLATFORM,
        "reply_to": _reply(row, chat_id),
        **given_time(row.take("date_unixtime") or row.take("date"), row.take("date")),
        "location": _location(row),
    }
    if "forwarded_from" in row or "forwarded_from_id" in row:
        source = row.id("forwarded_from_id") or _string(message.get("forwarded_from")) or "unknown"
        mapped["repost_of"] = unnumbered_post(PLATFORM, source, f"{text}{message.get('photo')}{message.get('file')}")
    if media := list(_media(row)):
        mapped["media"] = media
    if links:
        mapped["links"] = links
    mapped["chat"] = {name: chat[name] for name in ("name", "type", "id") if name in chat}
    yield from posts_of(row, mapped, row.rest(_KNOWN))


def _text(value: Any) -> tuple[Any, list[str]]:
    """The text of a message, which is a string, or a list of strings and marked pieces; and the links hidden in it."""
    if not isinstance(value, list):
        return value, []
    pieces, links = [], []
    for piece in value:
        text = piece.get("text") if isinstance(piece, dict) else piece
        if not isinstance(text, str):
            return value, []  # told by the validation
        pieces.append(text)
        if isinstance(piece, dict) and isinstance(href := piece.get("href"), str):
            links.append(href)
    return "".join(pieces), links


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _reply(row: Fields, chat_id: object) -> str | None:
    number = row.id("reply_to_message_id")
    if number is None:
        return None
    peer = row.id("reply_to_peer_id")
    return f"{PLATFORM}:{''.join(filter(str.isdigit, peer)) if peer else chat_id}/{number}"


def _location(row: Fields) -> Row | None:
    point = row.fields("location_information")
    name = ", ".join(part for part in (row.text("place_name"), row.text("address")) if part) or None
    if name is None and "location_information" not in row:
        return None
    return {"name": name, "lat": point.take("latitude"), "lon": point.take("longitude")}


def _media(row: Fields) -> Iterator[Row]:
    for field in ("photo", "file"):
        value = row.text(field)
        if value is None:
            continue
        kind = "image" if field == "photo" else _kind(row)
        media: Row = {"type": kind, "name": row.take("file_name") if field == "file" else None}
        # "(File not included. Change data exporting settings to download.)" and the like stand where a path would
        media["missing" if value.startswith("(") else "path"] = value
        yield {name: held for name, held in media.items() if held is not None}


def _kind(row: Fields) -> str:
    known = _KINDS.get(row.text("media_type") or "")
    main = (row.text("mime_type") or "").partition("/")[0]
    return known or (main if main in ("image", "video", "audio") else "other")
