"""One row of an export -> a post, with everything that could not be read told and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from crosspost.models import Location, Media, Post

_NEEDED = frozenset({"id", "text"})
_WORDS = frozenset({"text", "translations", "alt"})  # what a post says: never repeated in a message
_LONGEST_SHOWN = 60
_DEEPEST = 100  # levels of lists and objects; Python's own limit is not far above

Row = dict[str, Any]  # the fields of a post by name, unknown ones among them


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

_NOTHING: dict[str, Any] = {name: field.get_default() for name, field in Post.model_fields.items() if name != "id"}
_NO_MEDIA: dict[str, Any] = {name: field.get_default() for name, field in Media.model_fields.items()}
_NO_PLACE: dict[str, Any] = {name: field.get_default() for name, field in Location.model_fields.items()}
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


# ------------------------------------------------------------------ taking the fields of a platform's row


class Fields:
    """The fields of a platform's row, as a reader takes them out by their path.

    What was never asked for is the `rest`, so that fields which a platform adds survive. A step of a path that leads
    through something else than an object is a fault: remembered, to be told and set aside.
    """

    __slots__ = ("_row", "_taken", "faults")

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._row: Any = row
        self._taken: set[str] = set()
        self.faults: dict[str, Any] = {}

    def take(self, first: str, *deeper: str) -> Any:
        """Return what stands at a path, or None."""
        self._taken.add(first)
        value = self._row.get(first)
        for step in deeper:
            if type(value) is not dict:
                if value is not None:
                    self._fault(first)
                return None
            value = value.get(step)
        return value

    def items_of(self, *path: str) -> list[Any]:
        """Return the list at a path, or an empty one."""
        value = self.take(*path)
        if type(value) is not list and value is not None:
            self._fault(path[0])
            return []
        return value or []

    def objects(self, *path: str) -> list[Fields]:
        """Return the fields of each object of the list at a path; anything else in it is a fault."""
        objects = []
        for item in self.items_of(*path):
            if type(item) is dict:
                objects.append(self.beside(item))
            elif item is not None:
                self._fault(path[0])
        return objects

    def strings(self, *path: str) -> list[str]:
        """Return the strings of the list at a path; anything else in it is a fault."""
        items = self.items_of(*path)
        strings = [item for item in items if type(item) is str]
        if len(strings) < len(items):
            self._fault(path[0])
        return strings

    def number(self, *path: str) -> float | None:
        """Return the number at a path, or None."""
        value = self.take(*path)
        if type(value) in (int, float) or value is None:
            number: float | None = value
            return number
        self._fault(path[0])
        return None

    def numbers(self, *path: str) -> list[float]:
        """Return every number of the lists of lists at a path, in order."""
        value = self.take(*path)
        numbers = _numbers(value)
        if numbers is None or (value is not None and type(value) is not list):
            self._fault(path[0])
            return []
        return numbers

    def text(self, *path: str) -> str | None:
        """Return the string at a path, or None."""
        value = self.take(*path)
        if type(value) is str or value is None:
            return value or None
        self._fault(path[0])
        return None

    def id(self, *path: str) -> str | None:
        """Return the identifier at a path, as a string, or None."""
        value = self.take(*path)
        if type(value) is str or value is None:
            return value or None
        if type(value) is int:
            return str(value)
        self._fault(path[0])
        return None

    def fields(self, *path: str) -> Fields:
        """Return the fields of the object at a path, or none; their faults are those of the row."""
        value = self.take(*path)
        if type(value) is not dict and value is not None:
            self._fault(path[0])
            value = None
        return self.beside(value or {})

    def beside(self, other: Mapping[str, Any]) -> Fields:
        """Return the fields of another object that tells of this row; its faults are those of the row."""
        fields = Fields(other)
        fields.faults = self.faults
        return fields

    @property
    def object(self) -> Row:
        """The whole row."""
        whole: Row = self._row
        return whole

    def rest(self, known: frozenset[str] = frozenset()) -> Row:
        """Return what was not taken, but for fields that are known and of no use."""
        taken = self._taken | known
        return {name: value for name, value in self._row.items() if name not in taken and value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self._row

    def _fault(self, first: str) -> None:
        self.faults[first] = self._row[first]


def _numbers(value: Any) -> list[float] | None:
    """Every number in lists of lists, in order; None where something else is among them."""
    found: list[float] = []
    for item in value if type(value) is list else ():
        inside = [item] if type(item) in (int, float) else _numbers(item) if type(item) is list else None
        if inside is None:
            return None
        found += inside
    return found


def posts_of(row: Fields, mapped: Row, rest: Row) -> Iterator[Post | RowError]:
    """Yield the post that a platform's row was mapped to, with the rest of the row beside it.

    A field of the rest that is named like a field of a post means something else: it is kept under the platform's name.
    """
    platform = mapped.get("platform", "")
    for name, value in rest.items():
        mapped[f"{platform}_{name}" if name in mapped or name in _FIELDS else name] = value
    if mapped.get("text") is None:
        mapped.pop("text", None)  # for the validation to tell
    yield from told_faults(row)
    if row.faults:
        mapped["unread"] = _unread(mapped, row.faults)
    yield from post_of(mapped)


def told_faults(row: Fields) -> Iterator[RowError]:
    """Yield what is to be told of fields that were not of the shape in which they were asked for."""
    for name, value in row.faults.items():
        yield RowError(f"`{name}` is not of the shape that was expected ({type(value).__name__}); set aside", kept=True)


def prefixed(platform: str, value: object) -> Any:
    """Return an id that is unique across platforms; what is no id is given back, for the validation to tell."""
    return f"{platform}:{value}" if type(value) in (str, int) and value != "" else value


def unnumbered_post(platform: str, author: str, words: str) -> str:
    """Return an id for a post that an export names by its author alone: two reposts of it have the same.

    Telegram's export tells of a forwarded message whose it was, and 4CAT's CSV of a retweet; neither tells which.
    """
    return f"{platform}:{author}/~{hashlib.blake2b(words.encode(errors='replace'), digest_size=6).hexdigest()}"


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
    nested = [item for item in (value.values() if type(value) is dict else value) if type(item) in _NESTS]
    return any(_deeper_than(levels - 1, item) for item in nested)
