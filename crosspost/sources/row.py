"""One row of an export -> a post, with everything that could not be read told and kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, TypedDict, TypeVar

import msgspec
from pydantic import BaseModel, ValidationError

from crosspost.models import Location, Media, Post
from crosspost.sources.shape import NO_FAULTS, Faults, Number, Row, Shape
from crosspost.sources.times import time_of

_NEEDED = frozenset({"id", "text"})
_WORDS = frozenset({"text", "translations", "alt"})  # what a post says: never repeated in a message
_LONGEST_SHOWN = 60
_DEEPEST = 100  # levels of lists and objects; Python's own limit is not far above


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a row is no post; or, with `kept`, which field of a post had to be set aside."""

    reason: str
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """How a file was understood where it left that open: a sentence for the reader, no problem."""

    text: str


Item = Post | RowError | Said


def post_of(row: Row) -> Sequence[Post | RowError]:
    """Return the post that a row is, after a `RowError` for each optional field that had to be set aside.

    A field that cannot be read is moved to `extra` under "unread", so that nothing is lost. A time that is not in UTC
    is kept as it was given under "created_at_as_given".
    """
    mapped, extra = Mapped(), Row()
    for name, value in row.items():
        if value is not None:
            (mapped if name in _FIELDS else extra)[name] = value  # type: ignore[literal-required]  # `_OwnPost` tells
    given = mapped.get("created_at")
    at, as_given = (None, None) if given is None else time_of(given)
    if as_given is not None:
        extra["created_at_as_given"] = as_given
    post = _built(mapped, at, extra) if _is_a(_OwnPost, mapped) and (at or given is None) else None
    return _validated({**extra, **mapped, "created_at": at or given}) if post is None else (post,)


class Mapped(TypedDict, total=False):
    """The fields of a post, as the reader of a platform found them: of these types, for it took them from a `Shape`."""

    id: str | None
    text: str | None
    platform: str | None
    created_at: object  # in the words of the platform
    author: str | None
    url: str | None
    lang: str | None
    reply_to: str | None
    thread: str | None
    repost_of: str | None
    quotes: str | None
    location: Row | None
    media: Sequence[Row]


def posts_of(
    mapped: Mapped, rest: Row, faults: Faults = NO_FAULTS, *, said: object = None, **beside: object
) -> Sequence[Post | RowError]:
    """Return the post that a platform's row was mapped to, after a `RowError` for each fault.

    Args:
        mapped: its fields.
        rest: what else the row holds. A field that is named like one of a post means something else: it is kept under
            the platform's name.
        faults: what was not of its declared type; kept under "unread".
        said: the time in the words of the platform, where `created_at` is the plainer of two.
        beside: more of the row under names of our own, left out where it is None.
    """
    given = mapped.get("created_at")
    at, as_given = (None, None) if given is None else time_of(given, said)
    if given is not None and at is None:
        faults = {**faults, "created_at": given}
    if as_given is not None:
        beside["created_at_as_given"] = as_given
    if faults:
        beside["unread"] = faults
    extra = _with_ours(rest, beside, mapped) if beside or not _FIELDS.isdisjoint(rest) else rest
    post = _built(mapped, at, extra)
    if post is None:
        fields = {name: value for name, value in mapped.items() if value is not None}
        return [*told_faults(faults), *_validated({**extra, **fields, "created_at": at})]
    return [*told_faults(faults), post] if faults else (post,)


def _with_ours(rest: Row, beside: Row, mapped: Mapped) -> Row:
    ours = {name: value for name, value in beside.items() if value is not None}
    if _FIELDS.isdisjoint(rest) and ours.keys().isdisjoint(rest):
        return {**rest, **ours}
    taken, platform = _FIELDS | ours.keys(), mapped.get("platform")
    return {**{f"{platform}_{name}" if name in taken else name: value for name, value in rest.items()}, **ours}


def told_faults(faults: Faults) -> Iterator[RowError]:
    """Yield what is to be told of fields that were not of the type that was expected."""
    for path, value in faults.items():
        yield RowError(f"`{path}` is not of the shape that was expected ({type(value).__name__}); set aside", kept=True)


def prefixed(platform: str, number: Number | None) -> str | None:
    """Return an id that is unique across platforms, or None for none."""
    return None if number is None or number == "" else f"{platform}:{number}"


def kind_of(mime: str | None) -> str:
    """Return the type of a media (image, video, audio, other) that has a MIME type."""
    main = (mime or "").partition("/")[0]
    return main if main in ("image", "video", "audio") else "other"


# ------------------------------------------------------------------ the short way
#
# Nearly all rows are sound. For those pydantic's validation would cost more than parsing their JSON; their types were
# told by a `Shape`, and they are put together here. A test holds that both ways lead to the same post; whatever is in
# doubt takes the long one, which knows what to say.

_Id = Annotated[str, msgspec.Meta(min_length=1)] | int  # an integer is read as a string
_Hash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class _OwnPost(Shape, frozen=True):
    id: _Id
    text: str | None = None
    created_at: object = None
    author: str | None = None
    platform: str | None = None
    url: str | None = None
    lang: str | None = None
    reply_to: _Id | None = None
    thread: _Id | None = None
    repost_of: _Id | None = None
    quotes: _Id | None = None
    location: Row | None = None
    translations: dict[str, str] | None = None
    media: list[Row] | None = None


class _OwnMedia(Shape, frozen=True):
    id: _Id | None = None
    url: str | None = None
    path: str | None = None
    type: Literal["image", "video", "audio", "other"] = "other"
    sha256: _Hash | None = None
    pdq: _Hash | None = None
    alt: str | None = None


class _OwnPlace(Shape, frozen=True):
    name: str | None = None
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)] | None = None
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)] | None = None


_IDS = ("id", "reply_to", "thread", "repost_of", "quotes")
_FIELDS = frozenset(Post.model_fields)
_NOTHING: Row = {"id": None, **{name: field.get_default() for name, field in Post.model_fields.items() if name != "id"}}
_NESTS = frozenset({dict, list})


def _is_a(shape: type[Shape], row: object) -> bool:
    try:
        msgspec.convert(row, shape)
    except msgspec.ValidationError:
        return False
    return True


def _built(mapped: Mapped, at: datetime | None, extra: Row) -> Post | None:
    """The post of fields that have their types already; None where something else about them is in doubt."""
    text, media, location = mapped.get("text"), mapped.get("media"), mapped.get("location")
    built = _media(media) if media else ()
    place = None if location is None else _part(Location, _OwnPlace, location)
    if built is None or (place is None and location is not None) or (text is None and not built):
        return None
    fields = {**_NOTHING, "translations": {}, **mapped, "created_at": at, "location": place, "media": built}
    if text is None:
        fields["text"] = ""
    for name in _IDS:
        if type(value := fields[name]) is int:
            fields[name] = str(value)
    return None if not fields["id"] or _deeper_than(_DEEPEST, extra) else _model(Post, fields, extra, set(mapped))


def _media(items: Sequence[Row]) -> tuple[Media, ...] | None:
    media = [_part(Media, _OwnMedia, item) for item in items]
    return None if None in media else tuple(media)  # type: ignore[arg-type]  # none is None


_Model = TypeVar("_Model", bound=BaseModel)


def _part(kind: type[_Model], shape: type[Shape], row: Row) -> _Model | None:
    """A media or a place; None where its types are in doubt."""
    try:
        fields = msgspec.structs.asdict(msgspec.convert(row, shape))
    except msgspec.ValidationError:
        return None
    extra = {name: value for name, value in row.items() if name not in fields}
    if type(fields.get("id")) is int:
        fields["id"] = str(fields["id"])
    return None if _deeper_than(_DEEPEST - 3, extra) else _model(kind, fields, extra, row.keys() - extra.keys())


def _model(kind: type[_Model], fields: Row, extra: Row, given: set[str]) -> _Model:
    made = kind.__new__(kind)
    set_ = object.__setattr__  # the models are frozen
    set_(made, "__dict__", fields)
    set_(made, "__pydantic_fields_set__", given)
    set_(made, "__pydantic_extra__", extra)
    set_(made, "__pydantic_private__", None)
    return made


def _deeper_than(levels: int, value: Any) -> bool:
    if type(value) not in _NESTS:
        return False
    if levels == 0:
        return True
    for item in value.values() if type(value) is dict else value:  # half the time of `any`
        if type(item) in _NESTS and _deeper_than(levels - 1, item):
            return True
    return False


# ------------------------------------------------------------------ the long way


def _validated(row: Row) -> list[Post | RowError]:
    if _deeper_than(_DEEPEST, row):
        return [RowError(f"nested more than {_DEEPEST} levels deep: not a post")]
    faults = {}
    at = row.get("created_at")
    if not (at is None or isinstance(at, datetime)):  # `utc` decides what is a time: pydantic takes 0 for 1970
        faults["created_at"] = f"`created_at` is {_shown(at)}: no time that can be told, such as 2026-03-11T20:14:00Z"
    try:
        post = Post.model_validate({**row, "created_at": None} if faults else row)
    except ValidationError as error:
        faults |= {str(fault["loc"][0]) if fault["loc"] else "": _reason(fault) for fault in error.errors()}
    else:
        if not faults:
            return [post]
    if _NEEDED & faults.keys() or "" in faults:
        return [RowError("; ".join(faults[field] for field in sorted(faults)))]
    kept = {"text": "", **{field: value for field, value in row.items() if field not in faults}}
    kept["unread"] = _unread(row, {field: row[field] for field in sorted(faults)})
    set_aside = [RowError(f"{faults[field]}; set aside", kept=True) for field in sorted(faults)]
    return [*set_aside, Post.model_validate(kept)]


def _unread(row: Row, more: Row) -> Row:
    """What could not be read of a row, beside what it calls so itself."""
    own = row.get("unread", {})
    return {**(own if isinstance(own, dict) else {"unread": own}), **more}


def _reason(fault: Any) -> str:
    where = ".".join(map(str, fault["loc"]))
    if fault["type"] == "missing":
        return f"no `{where}`: every post needs an id"
    message = str(fault["msg"]).removeprefix("Value error, ")
    if not where:
        return message
    shown = type(fault["input"]).__name__ if _WORDS & {*fault["loc"]} else _shown(fault["input"])
    return f"`{where}` is {shown}: {message[:1].lower()}{message[1:]}"


def _shown(value: object) -> str:
    given = repr(value)
    return given if len(given) <= _LONGEST_SHOWN else f"{given[:_LONGEST_SHOWN]}..."
