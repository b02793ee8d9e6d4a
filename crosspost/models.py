"""The nouns of crosspost: what goes in, what is understood of it, what comes out.

Pydantic models stand at the edges, where other people's data comes in (`Post`, `Media`, `Options`). What the steps
hand to each other by the million are frozen dataclasses with slots. Spans are code-point offsets into the original
`Post.text`, end exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, field_validator, model_validator

from crosspost.text import repair_surrogates

Span = tuple[int, int]
Level = Literal["region", "country", "admin1", "town", "site", "natural"]
ClaimKind = Literal["geotag", "located", "hashtag", "mentioned", "speaker", "implied", "inherited"]
Stance = Literal["asserted", "denied"]
Quality = Literal["original", "provided", "human", "mt_online", "mt_local", "gloss", "failed"]
Relation = Literal["same", "contains", "near", "other-governorate", "far", "other-country"]


# ------------------------------------------------------------------ what goes in


def _id_from_integer(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _in_utc(value: datetime) -> datetime:
    """A time without a zone is taken as UTC, so that times of different exports can be compared."""
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        raise ValueError("out of the range of years 1 to 9999") from None


Id = Annotated[str, BeforeValidator(_id_from_integer), Field(min_length=1)]
Hex = Annotated[str, BeforeValidator(lambda value: value.strip().lower() if isinstance(value, str) else value)]


class _Edge(BaseModel):
    """Unknown fields are kept and come out again."""

    model_config = ConfigDict(extra="allow", frozen=True)

    @property
    def extra(self) -> dict[str, Any]:
        """The fields that crosspost does not know, as they were given."""
        return dict(self.model_extra or {})


class Media(_Edge):
    """A picture, video or sound of a post: by name, by place, or by fingerprint."""

    id: Id | None = None
    url: str | None = None
    path: str | None = None
    type: Literal["image", "video", "audio", "other"] = "other"
    sha256: Annotated[Hex, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    pdq: Annotated[Hex, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    alt: str | None = None


class Location(_Edge):
    """The platform's own geotag."""

    name: str | None = None
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None


class Post(_Edge):
    """One social post, as it was published (README: "A post")."""

    id: Id
    text: str = ""
    created_at: Annotated[datetime, PlainSerializer(lambda at: at.isoformat().replace("+00:00", "Z"))] | None = None
    author: str | None = None
    platform: str | None = None
    url: str | None = None
    lang: str | None = None
    reply_to: Id | None = None
    thread: Id | None = None
    repost_of: Id | None = None
    quotes: Id | None = None
    location: Location | None = None
    translations: dict[str, str] = {}
    media: tuple[Media, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _clean(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        row: dict[str, Any] = repair_surrogates(given)
        if row.get("text") is None and row.get("media"):
            row = {**row, "text": ""}  # a post that is only media
        elif "text" not in row:
            raise ValueError("no `text` and no `media`: not a post")
        return {key: value for key, value in row.items() if value is not None}

    @field_validator("created_at")
    @classmethod
    def _utc(cls, value: datetime | None) -> datetime | None:
        return None if value is None else _in_utc(value)


class Options(BaseModel):
    """What a check may be told; every field has the default that the command line has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pivot: str = "en"
    translator: str = "gloss"
    memory: str | None = None
    detector: str = "profiles"
    languages: tuple[str, ...] | None = None
    lexica: tuple[str, ...] = ()
    media: bool = True
    media_cache: str | None = None


# ------------------------------------------------------------------ what is understood of a post


@dataclass(frozen=True, slots=True)
class LanguageSpan:
    """A piece of a mixed post and its language."""

    code: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Language:
    """ISO 639-1 code (`und` when it cannot be told), confidence 0..1, and the pieces of a mixed post."""

    code: str
    confidence: float
    mixed: tuple[LanguageSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A text and the language that it is written in."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Translation:
    """A post's text in the pivot language, and how far to trust it.

    `coverage` is the share of the words (0..1) that the engine knew; `warnings` are sentences.
    """

    text: str
    engine: str
    version: str
    quality: Quality
    coverage: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a post and what it may mean in the pivot: the unit that two posts are aligned by.

    `senses` are stems in the pivot language, all of them, the commonest first; `span` is None for a word of a real
    translation whose original could not be told; `skeleton` holds the consonants of a possible name ("" otherwise).
    """

    span: Span | None
    surface: str
    senses: tuple[str, ...]
    kind: Literal["word", "name", "identifier"] = "word"
    skeleton: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a post with its multiplier worked in; `unit` is a canonical name such as `dollar`, or None."""

    value: float
    unit: str | None
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the gazetteer; `within` holds the ids of everything that contains it, nearest first."""

    id: str
    name: str
    country: str | None
    admin1: str | None
    level: Level
    lat: float | None
    lon: float | None
    within: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        """The name with its country's code, which tells Tripoli from Tripoli."""
        return f"{self.name} ({self.country})" if self.country and self.level != "country" else self.name


@dataclass(frozen=True, slots=True)
class LocationClaim:
    """This post names this place: no more than that.

    `start`/`end` are None for what was seen only in the pivot, inherited, or a geotag. `strength` is 0..1.
    `via` is the id of the post that an inherited claim comes from; `respelled` the listed name that an unlisted
    spelling was taken for.
    """

    place: Place
    alternatives: tuple[Place, ...]
    side: Literal["original", "pivot"]
    start: int | None
    end: int | None
    text: str
    kind: ClaimKind
    strength: float
    stance: Stance
    via: str | None = None
    respelled: str | None = None

    @property
    def candidates(self) -> tuple[Place, ...]:
        """Every place that the mention may be, the likeliest first."""
        return (self.place, *self.alternatives)


@dataclass(frozen=True, slots=True)
class Annotation:
    """A post as understood: everything that the later steps need to know of it."""

    post: Post
    language: Language
    pivot: Translation
    terms: tuple[Term, ...]
    claims: tuple[LocationClaim, ...]
    figures: tuple[Figure, ...]
    urls: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id of the post."""
        return self.post.id


# ------------------------------------------------------------------ what comes out


@dataclass(frozen=True, slots=True)
class Evidence:
    """One comparison of two posts: its weight in bits, a sentence, and the words it rests on in both originals.

    The spans stand side by side: what is at the first of `a` corresponds to, or differs from, the first of `b`.
    """

    kind: str
    weight: float
    detail: str
    a: tuple[Span, ...] = ()
    b: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """Two posts that seem to carry the same media; `score` is the probability (0..1) that `bits` stand for."""

    a: str
    b: str
    bits: float
    score: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two posts of a group whose strongest claims cannot both hold; `strength` is the weaker of the two claims'."""

    a: str
    b: str
    places: tuple[Place, Place]
    relation: Relation
    strength: float


@dataclass(frozen=True, slots=True)
class PlaceClaim:
    """A place of a finding, the posts that claim it, and when that was first seen (ISO 8601)."""

    place: Place
    posts: tuple[str, ...]
    first_seen: str | None


@dataclass(frozen=True, slots=True)
class Dispute:
    """A post that denies a place which other posts of its group claim."""

    post: str
    place: Place
    of: tuple[str, ...]
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Another figure or date for the same story: shown, never a finding."""

    kind: Literal["figure", "date"]
    a: str
    b: str
    detail: str
    a_span: Span | None = None
    b_span: Span | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Two or more linked posts, in conflict or not."""

    id: str
    posts: tuple[str, ...]
    links: tuple[Link, ...]
    disputes: tuple[Dispute, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """A group in which at least two posts claim places that cannot both hold."""

    id: str
    group: str
    level: Literal["look-first", "possible"]
    score: float
    summary: str
    posts: tuple[str, ...]
    claims: tuple[PlaceClaim, ...]
    conflicts: tuple[Conflict, ...]
    disputes: tuple[Dispute, ...]
    differences: tuple[Difference, ...]
    links: tuple[Link, ...]
    omitted: int = 0

    def link(self, a: str, b: str) -> Link | None:
        """Return the link of two posts, None where it is not among those that are listed."""
        return next((link for link in self.links if {link.a, link.b} == {a, b}), None)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read as it stands: which file, which line, why, what would have been right.

    `kept` tells that the row is a post all the same (a second row of one id, a field that was set aside).
    """

    file: str
    line: int | None
    error: str
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Still:
    """A frame of one post's media beside the frame of another's that shows the same.

    Small JPEGs, and seconds from the start of each (0 of pictures).
    """

    a: bytes
    b: bytes
    at_a: float
    at_b: float


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a check (README: "The report"); `stills`, by pairs of post ids, are for pages alone."""

    schema: str
    crosspost: str
    options: Options
    provenance: dict[str, Any]
    counts: dict[str, int]
    problems: tuple[Problem, ...]
    groups: tuple[Group, ...]
    findings: tuple[Finding, ...]
    posts: dict[str, Annotation] = field(default_factory=dict)
    stills: dict[tuple[str, str], tuple[Still, ...]] = field(default_factory=dict)
