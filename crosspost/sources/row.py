"""One row of an export -> a post, with everything that could not be read told and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypedDict, TypeVar

from pydantic import BaseModel, ValidationError

from crosspost.models import Location, Media, Post
from crosspost.sources.shape import NO_FAULTS, Faults, Number, Row
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
    row = _with_given_time(row)
    built = _built(row)
    return (built,) if built is not None else _validated(row)


def _validated(row: Row) -> list[Post | RowError]:
    if _deeper_than(_DEEPEST, row):
        return [RowError(f"nested more than {_DEEPEST} levels deep: not a post")]
    try:
        return [Post.model_validate(row)]
    except ValidationError as error:
        faults = {str(fault["loc"][0]) if fault["loc"] else "": _reason(fault) for fault in error.errors()}
    if _NEEDED & faults.keys() or "" in faults:
        return [RowError("; ".join(faults[field] for field in sorted(faults)))]
    kept = {"text": "", **{field: value for field, value in row.items() if field not in faults}}
    kept["unread"] = _unread(row, {field: row[field] for field in sorted(faults)})
    if "created_at" in faults:
        kept.pop("created_at_as_given", None)
    set_aside = [RowError(f"{faults[field]}; set aside", kept=True) for field in sorted(faults)]
    return [*set_aside, Post.model_validate(kept)]


def _with_given_time(row: Row) -> Row:
    given = row.get("created_at")
    return row if not isinstance(given, str) or _in_utc(given) else {**row, "created_at_as_given": given}


def _in_utc(time: str) -> bool:
    return time.endswith(("Z", "z", "+00:00", "+0000"))


# ------------------------------------------------------------------ the short way
#
# Most rows are flat and sound. For those pydantic's validation would cost more than parsing their JSON; they are put
# together here instead. A test holds that both ways lead to the same post; whatever is in doubt takes the long one.

_NOTHING: Row = {"id": None, **{name: field.get_default() for name, field in Post.model_fields.items() if name != "id"}}
_NO_MEDIA: Row = {name: field.get_default() for name, field in Media.model_fields.items()}
_NO_PLACE: Row = {name: field.get_default() for name, field in Location.model_fields.items()}
_MEDIA_TYPES = frozenset({"image", "video", "audio", "other"})
_NESTS = frozenset({dict, list})
_PLAIN_TYPES = frozenset({str, int, float, bool})
_FIELDS = frozenset(Post.model_fields)
_IDS = frozenset({"id", "reply_to", "thread", "repost_of", "quotes"})
_STRINGS = _IDS | {"text", "author", "platform", "url", "lang"}


def _built(row: Row) -> Post | None:
    """The post of a row whose fields all have the types that they should have; None where that is in doubt."""
    fields: Row = {**_NOTHING, "translations": {}}
    extra = row.copy()
    given = set()
    for name in _FIELDS.intersection(row):
        value = extra.pop(name)
        if type(value) is not str or name not in _STRINGS:
            if value is None:
                continue
            value = _TAKE[name](value)
        if value is None or (value == "" and name in _IDS):
            return None
        fields[name] = value
        given.add(name)
    if "id" not in given or ("text" not in given and not fields["media"]):
        return None
    if not _PLAIN_TYPES.issuperset(map(type, extra.values())):
        extra = {name: value for name, value in extra.items() if value is not None}
        if _deeper_than(_DEEPEST, extra):
            return None
    given.add("text")
    return _model(Post, fields, extra, given)


_Model = TypeVar("_Model", bound=BaseModel)


def _model(kind: type[_Model], fields: Row, extra: Row, given: set[str]) -> _Model:
    made = kind.__new__(kind)
    set_ = object.__setattr__  # the models are frozen
    set_(made, "__dict__", fields)
    set_(made, "__pydantic_fields_set__", given)
    set_(made, "__pydantic_extra__", extra)
    set_(made, "__pydantic_private__", None)
    return made


def _no(_value: object) -> None:
    """Nothing but a string will do."""


def _id(value: object) -> str | None:
    """An integer is read as a string."""
    return str(value) if type(value) is int else None


def _time(value: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(value) if type(value) is str else value
        if not isinstance(at, datetime):
            return None
        if at.tzinfo is UTC:
            return at
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _place(value: object) -> Location | None:
    if type(value) is dict and value.keys() == _NO_PLACE.keys():
        name, lat, lon = value["name"], value["lat"], value["lon"]
        named = name is None or type(name) is str
        if named and type(lat) is float and type(lon) is float and -90 <= lat <= 90 and -180 <= lon <= 180:
            return _model(Location, {**value}, {}, set(value))
    return _valid(Location, value)


def _translations(value: object) -> dict[str, str] | None:
    if type(value) is not dict or not all(type(text) is str for text in value.values()):
        return None
    return value


def _media(value: object) -> tuple[Media, ...] | None:
    if type(value) not in (list, tuple):
        return None
    media = []
    for item in value:  # type: ignore[attr-defined]  # a list or a tuple
        one = item if type(item) is Media else _one_media(item)
        if one is None:
            return None
        media.append(one)
    return tuple(media)


def _one_media(item: object) -> Media | None:
    if type(item) is not dict:
        return None
    fields: Row = {**_NO_MEDIA}
    extra: Row = {}
    given = set()
    for name, value in item.items():
        if name not in fields:
            if type(value) in _NESTS and _deeper_than(_DEEPEST - 3, value):
                return None
            extra[name] = value
        else:
            given.add(name)
            fields[name] = fields[name] if value is None else value
    if not all(type(value) is str for name in given if (value := fields[name]) is not None):
        return _valid(Media, item)
    if fields["type"] not in _MEDIA_TYPES or fields["id"] == "":
        return None
    if fields["sha256"] or fields["pdq"]:  # they have a form of their own
        return _valid(Media, item)
    return _model(Media, fields, extra, given)


def _valid(kind: type[_Model], value: object) -> _Model | None:
    try:
        return kind.model_validate(value)
    except ValidationError:
        return None


_TAKE: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(_STRINGS, _no),
    **dict.fromkeys(_IDS, _id),
    "created_at": _time,
    "location": _place,
    "translations": _translations,
    "media": _media,
}


# ------------------------------------------------------------------ the post of a platform's row


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
    media: Sequence[Row | Media]


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
    if as_given is not None:
        beside["created_at_as_given"] = as_given
    if faults:
        beside["unread"] = faults
    extra = _with_ours(rest, beside, mapped) if beside or not _FIELDS.isdisjoint(rest) else rest
    post = _typed(mapped, at, extra) if at is not None or given is None else None
    if post is not None:
        return [*told_faults(faults), post] if faults else [post]
    fields = {name: value for name, value in mapped.items() if value is not None}
    return [*told_faults(faults), *_validated({**extra, **fields, **({} if at is None else {"created_at": at})})]


def _with_ours(rest: Row, beside: Row, mapped: Mapped) -> Row:
    ours = {name: value for name, value in beside.items() if value is not None}
    taken = _FIELDS | ours.keys()
    renamed = {f"{mapped.get('platform')}_{name}" if name in taken else name: value for name, value in rest.items()}
    return {**renamed, **ours}


def told_faults(faults: Faults) -> Iterator[RowError]:
    """Yield what is to be told of fields that were not of the type that was expected."""
    for path, value in faults.items():
        yield RowError(f"`{path}` is not of the shape that was expected ({type(value).__name__}); set aside", kept=True)


def _typed(mapped: Mapped, at: datetime | None, extra: Row) -> Post | None:
    """The post of fields that have their types already; None where something else about them is in doubt."""
    text, media, location = mapped.get("text"), mapped.get("media"), mapped.get("location")
    made = _media(media) if media else ()
    if made is None or not mapped.get("id") or (text is None and not made) or _deeper_than(_DEEPEST, extra):
        return None
    place = None if location is None else _place(location)
    if place is None and location is not None:
        return None
    fields = {**_NOTHING, **mapped, "created_at": at, "location": place, "translations": {}, "media": made}
    if text is None:
        fields["text"] = ""
    return _model(Post, fields, extra, set(mapped))


def prefixed(platform: str, number: Number | None) -> str | None:
    """Return an id that is unique across platforms, or None for none."""
    return None if number is None or number == "" else f"{platform}:{number}"


# ------------------------------------------------------------------ what is told


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
    given = repr(fault["input"])
    given = given if len(given) <= _LONGEST_SHOWN else f"{given[:_LONGEST_SHOWN]}..."
    shown = type(fault["input"]).__name__ if _WORDS & {*fault["loc"]} else given
    return f"`{where}` is {shown}: {message[:1].lower()}{message[1:]}"


def _deeper_than(levels: int, value: Any) -> bool:
    if type(value) not in _NESTS:
        return False
    if levels == 0:
        return True
    for item in value.values() if type(value) is dict else value:  # half the time of `any`
        if type(item) in _NESTS and _deeper_than(levels - 1, item):
            return True
    return False
