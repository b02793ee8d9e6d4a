"""ActivityPub: the outbox of an account, as Mastodon packs it into its archive and any server shows it.

Shapes: https://www.w3.org/TR/activitypub/ and https://www.w3.org/TR/activitystreams-vocabulary/. A post has the id that
it has in an export of Mastodon. A boost tells only whose status it is: its words are those of the status, if that is
among the posts.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from crosspost.sources.html_text import text_of_html
from crosspost.sources.json_rows import Lists, json_rows
from crosspost.sources.mastodon import PLATFORM, home_of, id_of_uri
from crosspost.sources.row import Item, Mapped, RowError, Said, kind_of, posts_of
from crosspost.sources.sample import Sample
from crosspost.sources.shape import Row, Shape, rest_of, shaped, used

_LISTS = Lists(rows=frozenset({"orderedItems", "items"}), inside=frozenset({"first"}))
_CREATED, _BOOSTED = "Create", "Announce"


class _Attached(Shape, frozen=True):
    media_type: str | None = msgspec.field(default=None, name="mediaType")
    url: str | None = None
    name: str | None = None  # its description


class _Note(Shape, frozen=True):
    id: str | None = None
    content: str | None = None
    languages: Mapping[str, object] | None = msgspec.field(default=None, name="contentMap")
    summary: str | None = None  # the warning that stands before it
    url: str | None = None
    published: str | None = None
    author: str | None = msgspec.field(default=None, name="attributedTo")
    in_reply_to: str | None = msgspec.field(default=None, name="inReplyTo")
    quote: str | None = None
    attachment: list[_Attached] | None = None


class _Activity(Shape, frozen=True):
    id: str | None = None
    type: str | None = None
    actor: str | None = None
    published: str | None = None
    object: Row | str | None = None


# Of no use: told elsewhere in the post, or addressees, who are many.
_NO_USE = frozenset("type to cc atomUri inReplyToAtomUri replies likes shares tag".split())
_OF_ACTIVITY, _OF_NOTE = used(_Activity) | _NO_USE, used(_Note) | _NO_USE


def recognise(sample: Sample) -> float:
    """Tell how sure it is that a file holds activities (0..1)."""
    activity = sample.first("orderedItems", "items") or sample.row
    if activity.get("type") in (_CREATED, _BOOSTED) and {"actor", "object"} <= activity.keys():
        return 0.95
    return 0.9 if {"orderedItems", "type"} <= sample.row.keys() else 0.0


def read_activitypub(lines: io.BufferedReader, file: str) -> Iterator[tuple[int, Item]]:  # noqa: ARG001
    """Yield the post of each status and boost; likes, follows and the like are none."""
    others = number = 0
    for number, row, _ in json_rows(lines, _LISTS):
        if isinstance(row, RowError):
            yield number, row
        elif isinstance(kind := row.get("type"), str) and kind not in (_CREATED, _BOOSTED):
            others += 1
        else:
            for item in _posts(row):
                yield number, item
    if others:
        yield number, Said(f"activities that are no posts, such as likes and follows: {others}")


def _posts(row: Row) -> Sequence[Item]:
    activity, faults = shaped(row, _Activity)
    rest = rest_of(row, _OF_ACTIVITY)
    if isinstance(activity.object, dict):
        note, of_note = shaped(activity.object, _Note)
        faults = {**faults, **{f"object.{path}": value for path, value in of_note.items()}}
        items = posts_of(_post(note), {**rest, **rest_of(activity.object, _OF_NOTE)}, faults)
        boosted = activity.type == _BOOSTED and note.id  # some servers put the status itself into its boost
        return [*items, *posts_of(_boost(activity, boosted), {})] if boosted else items
    if activity.object is None or activity.type != _BOOSTED:
        return [RowError("an activity without its object: nothing to read")]
    return posts_of(_boost(activity, activity.object), rest, faults)


def _post(note: _Note) -> Mapped:
    text = None if note.content is None else text_of_html(note.content)
    return {
        "id": id_of_uri(note.id),
        "text": f"{note.summary}\n\n{text or ''}".strip() if note.summary else text,
        "author": _account(note.author),
        "platform": PLATFORM,
        "url": note.url or note.id,
        "lang": next(iter(note.languages)) if note.languages and len(note.languages) == 1 else None,
        "reply_to": id_of_uri(note.in_reply_to),
        "quotes": id_of_uri(note.quote),
        "created_at": note.published,
        "media": [_media(one) for one in note.attachment or ()],
    }


def _boost(activity: _Activity, status: str) -> Mapped:
    return {
        "id": id_of_uri(activity.id),
        "text": "",
        "author": _account(activity.actor),
        "platform": PLATFORM,
        "url": status,
        "repost_of": id_of_uri(status),
        "created_at": activity.published,
    }


def _account(actor: str | None) -> str | None:
    """`name@server`, of the address of an account: https://server/users/name or https://server/@name."""
    home = home_of(actor)
    name = (actor or "").rstrip("/").rpartition("/")[2].lstrip("@")
    return f"{name}@{home}" if home and name and name != home else None


def _media(one: _Attached) -> Row:
    """A file; in an archive its address is a path under the archive's own folder, with a slash before it."""
    where, url = "url", one.url
    if url is not None and url.startswith("/") and not url.startswith("//"):
        where, url = "path", url[1:]
    return {"type": kind_of(one.media_type), "alt": one.name, where: url}
