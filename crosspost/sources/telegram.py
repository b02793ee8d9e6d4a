"""Telegram Desktop: `result.json` of one chat, or of a whole account, with the files of its media beside it.

A message has no address in the export, only the number of its chat; so `telegram:<chat>/<message>` is its id.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import msgspec

from crosspost.sources.json_rows import Around, Lists, json_rows
from crosspost.sources.row import Item, Mapped, RowError, Said, kind_of, posts_of
from crosspost.sources.sample import Sample
from crosspost.sources.shape import Number, Row, Shape, rest_of, shaped, string_of, used

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
_MESSAGES = frozenset({"message", "unsupported"})


class _Piece(Shape, frozen=True):
    text: str | None = None
    href: str | None = None


_Text = str | list[str | _Piece]  # with marked pieces in it, such as links


class _Point(Shape, frozen=True):
    latitude: float | None = None
    longitude: float | None = None


class _Poll(Shape, frozen=True):
    question: _Text | None = None


class _Message(Shape, frozen=True):
    id: Number | None = None
    text: _Text | None = None
    from_: str | None = msgspec.field(default=None, name="from")
    author: str | None = None
    date: str | None = None
    date_unixtime: Number | None = None
    reply_to_message_id: Number | None = None
    reply_to_peer_id: Number | None = None
    location_information: _Point | None = None
    place_name: str | None = None
    address: str | None = None
    photo: str | None = None
    file: str | None = None
    file_name: str | None = None
    media_type: str | None = None
    mime_type: str | None = None
    poll: _Poll | None = None


class _Chat(Shape, frozen=True):
    id: Number | None = None
    name: str | None = None
    type: str | None = None


_KNOWN = (used(_Message) - {"poll"}) | frozenset(
    "type from_id text_entities thumbnail thumbnail_file_size photo_file_size file_size width height edited_unixtime"
    " duration_seconds".split()
)


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


def _post(row: Row, around: Around) -> Iterator[Item]:
    message, faults = shaped(row, _Message)
    chat, _ = shaped(around, _Chat)
    number, chat_id = string_of(message.id), string_of(chat.id) or chat.name or "chat"
    text, links = _text(message.text)
    if not text and message.poll:
        text, _ = _text(message.poll.question)
    mapped: Mapped = {
        "id": f"{PLATFORM}:{chat_id}/{number}" if number else None,
        "text": text,
        "author": message.from_ or message.author or chat.name,
        "platform": PLATFORM,
        "reply_to": _reply(message, chat_id),
        "created_at": message.date_unixtime or message.date,
        "location": _location(message),
        "media": _media(message),
    }
    described = {name: around[name] for name in ("name", "type", "id") if name in around}
    yield from posts_of(mapped, rest_of(row, _KNOWN), faults, said=message.date, links=links or None, chat=described)


def _text(value: _Text | None) -> tuple[str | None, list[str]]:
    """The text of a message, and the links hidden in it."""
    if not isinstance(value, list):
        return value, []
    pieces = [piece if isinstance(piece, str) else piece.text or "" for piece in value]
    return "".join(pieces), [piece.href for piece in value if isinstance(piece, _Piece) and piece.href]


def _reply(message: _Message, chat_id: str) -> str | None:
    number, peer = message.reply_to_message_id, message.reply_to_peer_id
    if number is None:
        return None
    return f"{PLATFORM}:{''.join(filter(str.isdigit, str(peer))) if peer else chat_id}/{number}"


def _location(message: _Message) -> Row | None:
    name = ", ".join(part for part in (message.place_name, message.address) if part) or None
    point = message.location_information
    if point is None:
        return {"name": name} if name else None
    return {"name": name, "lat": point.latitude, "lon": point.longitude}


def _media(message: _Message) -> list[Row]:
    media = []
    for where, kind, name in ((message.photo, "image", None), (message.file, None, message.file_name)):
        if where:
            # "(File not included. Change data exporting settings to download.)" and the like stand where a path would
            one: Row = {"type": kind or _kind(message), "missing" if where.startswith("(") else "path": where}
            media.append({**one, "name": name} if name else one)
    return media


def _kind(message: _Message) -> str:
    return _KINDS.get(message.media_type or "") or kind_of(message.mime_type)
