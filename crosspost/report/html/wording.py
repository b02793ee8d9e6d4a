"""The words and numbers of the page: what a code of the report is called, how a time or a weight is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from markupsafe import Markup

from crosspost.models import Annotation, LocationClaim, Media, Place
from crosspost.report.html.visible import isolated

LEVELS = {"look-first": "look first", "possible": "possible"}
RELATIONS = {
    "same": "the same place",
    "contains": "one contains the other",
    "near": "close to each other",
    "other-governorate": "different first-level divisions, close to each other",
    "far": "different first-level divisions, far apart",
    "other-country": "different countries",
}
QUALITIES = {
    "original": "already in the pivot language",
    "provided": "translation that came with the post",
    "human": "human translation",
    "mt_online": "machine translation, online service",
    "mt_local": "machine translation, on this machine",
    "gloss": "gloss, no translation",
    "failed": "translation failed",
}
_LANGUAGES = {"en": "English", "ar": "Arabic", "fr": "French"}
_SURE = 0.9
_BEGINNING = 60  # characters of a post in a title: a line on a desktop
_PLACE_LEVELS = {"admin1": "first-level division", "natural": "natural feature"}
_BAR_BITS = 8  # a full bar, the same everywhere, so that bars can be compared between findings


def letter(column: int) -> str:
    """Return what a column is called, counted from 0: A to Z, then AA, AB and so on."""
    return (letter(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


def place_name(place: Place) -> str:
    """Name a place with its country's code, which tells Tripoli from Tripoli."""
    return f"{place.name} ({place.country})" if place.country and place.level != "country" else place.name


def place_words(place: Place) -> str:
    """Say what kind of place this is and of which country: "SY, first-level division"."""
    level = _PLACE_LEVELS.get(place.level, place.level)
    return level if place.country is None or place.level == "country" else f"{place.country}, {level}"


def beginning(text: str) -> str:
    """Return the first words of a text, on one line."""
    start = " ".join(text[: 4 * _BEGINNING].split())
    return start if len(start) <= _BEGINNING else start[:_BEGINNING].rsplit(" ", 1)[0] + " …"


def language_tag(annotation: Annotation) -> str:
    """Return the language of a post for a `lang` attribute: "" where it is not known."""
    return "" if annotation.language.code == "und" else annotation.language.code


def language_words(annotation: Annotation) -> str:
    """Name the language of a post, and how sure that is where it is not: "Arabic", "fr, 61% sure"."""
    code, confidence = annotation.language.code, annotation.language.confidence
    if code == "und":
        return "language not told"
    return _LANGUAGES.get(code, code) + (f", {confidence:.0%} sure" if confidence < _SURE else "")


def claim_words(claim: LocationClaim, annotation: Annotation) -> Markup:
    """Say on what ground a post is taken to name a place, in its own words where it has some."""
    words = isolated(claim.text, language_tag(annotation) if claim.side == "original" else None)
    if claim.kind == "geotag":
        return Markup("the platform’s geotag")
    if claim.kind == "inherited":
        return Markup("inherited from post {}").format(isolated(claim.via or "unknown"))
    if claim.kind == "implied":
        return Markup("implied by its words “{}”").format(words)
    if claim.respelled:
        return Markup("“{}”, taken for a spelling of {}").format(words, isolated(claim.respelled))
    if claim.side == "pivot":
        return Markup("in its pivot text, “{}”").format(words)
    return Markup("“{}”").format(words)


def namesakes(claim: LocationClaim) -> list[str]:
    """Return the other places that a mention may be, where their names tell them apart from the first."""
    others = dict.fromkeys(map(place_name, claim.alternatives))
    return [name for name in others if name != place_name(claim.place)]


def media_words(media: Media) -> str:
    """Name a medium by the first name it has; it is never embedded."""
    kind = "other media" if media.type == "other" else media.type
    fingerprint = f"sha256 {media.sha256[:12]}…" if media.sha256 else None
    file = PurePath(media.path).name if media.path else None
    return f"{kind} {media.id or file or media.url or fingerprint or ''}".rstrip()


def plural(count: int, noun: str) -> str:
    """Return a count with its noun: "1 post", "2,000 posts"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def instant(at: datetime) -> str:
    """Return a time in UTC to the minute, or the second where it has some: a machine can read it too."""
    return at.isoformat(" ", "seconds" if at.second else "minutes").replace("+00:00", "Z")


def later(gap: timedelta) -> str:
    """Say how much later: "2 h 23 min later", "3 days later"."""
    minutes = round(gap.total_seconds() / 60)
    if minutes < 1:
        return "within a minute"
    if minutes < 60:
        return f"{minutes} min later"
    if minutes < 48 * 60:
        rest = f" {minutes % 60} min" if minutes % 60 else ""
        return f"{minutes // 60} h{rest} later"
    return f"{plural(round(minutes / 60 / 24), 'day')} later"


def bits(weight: float) -> str:
    """Return a weight in bits with its sign: "+3.3", "−1.6"."""
    return f"{weight:+.1f}".replace("-", "−")


def bar(weight: float) -> str:
    """Return the class of a weight's bar: how many half bits it is for (p) or against (n), 8 bits at most."""
    halves = min(round(abs(weight) * 2), 2 * _BAR_BITS)
    return f"{'p' if weight >= 0 else 'n'}{halves}"


def rows(value: Any, name: str = "") -> list[tuple[str, str]]:
    """Flatten options or provenance into names and values, in the order given."""
    if isinstance(value, Mapping):
        return [row for key, item in value.items() for row in rows(item, f"{name} › {key}" if name else str(key))]
    if isinstance(value, list | tuple):
        if any(isinstance(item, Mapping | list | tuple) for item in value):
            return [row for number, item in enumerate(value, 1) for row in rows(item, f"{name} {number}".lstrip())]
        return [(name, ", ".join(map(str, value)) or "none")]
    if value is None or isinstance(value, bool):
        return [(name, {None: "not set", True: "yes", False: "no"}[value])]
    return [(name, str(value))]
