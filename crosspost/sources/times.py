"""Times as platforms write them -> UTC. Nothing here depends on the locale or the clock of the machine."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

# Hours east of Greenwich of the zone names that exports use (CrowdTangle writes those of the United States).
_ZONES = {
    "UTC": 0,
    "GMT": 0,
    "WET": 0,
    "WEST": 1,
    "BST": 1,
    "CET": 1,
    "CEST": 2,
    "EET": 2,
    "EEST": 3,
    "MSK": 3,
    "TRT": 3,
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
}
_MONTHS = {
    name: f"{number:02}" for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)
}
_TWITTER = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d\d:\d\d:\d\d) ([+-]\d{4}) (\d{4})", re.ASCII)
_NAMED_ZONE = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?(?:\.\d+)?) ([A-Z]{3,4})")
_BY_SLASHES = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?:,?\s+(\d{1,2}):(\d\d)(?::(\d\d))?)?")
_LAST_LETTERS = frozenset(zone[-1] for zone in _ZONES)
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_SECONDS = (0, 10**10)  # until the year 2286; larger numbers are milliseconds, then microseconds


def utc(value: object) -> datetime | None:
    """Return the time that a value stands for, in UTC, or None where that cannot be told.

    Read are ISO 8601, Unix time in seconds, milliseconds or microseconds (also as a string), the form of Twitter
    ("Mon Jan 19 17:02:39 +0000 2026"), RFC 2822, ISO with the name of a zone, and days written with slashes or dots
    where one of the two numbers is above 12. A time without a zone is taken as UTC.
    """
    try:
        at = _parsed(value)
        if at is None or at.tzinfo is UTC:
            return at
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError, OSError, TypeError, IndexError):
        return None


def time_of(value: object, said: object = None) -> tuple[datetime | None, object]:
    """Return what a time is in UTC, and what was said where that is something else.

    `said` is the time in the words of the export where `value` is the plainer of two. What is no time is None, twice.
    """
    at = utc(value)
    if at is None:
        return None, None
    if said is None:
        nothing_lost = not isinstance(value, str) or value.isdigit() or value.endswith("Z") or "+00" in value
    else:
        nothing_lost = utc(said) == at
    return at, None if nothing_lost else said or value


def _parsed(value: object) -> datetime | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _of_number(value)
    return _of_text(value.strip()) if isinstance(value, str) else None


def _of_text(value: str) -> datetime | None:
    if len(value) > 8 and _NUMBER.fullmatch(value):  # eight digits are a day of ISO 8601
        return _of_number(float(value))
    if value[-1:] in _LAST_LETTERS and (match := _NAMED_ZONE.fullmatch(value)):
        return _of_named_zone(match)
    if match := _TWITTER.fullmatch(value):
        month, day, clock, zone, year = match.groups()
        return datetime.fromisoformat(f"{year}-{_MONTHS.get(month)}-{day}T{clock}{zone}")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        if match := _BY_SLASHES.fullmatch(value):
            return _of_slashes(match)
    return parsedate_to_datetime(value)


def _of_named_zone(match: re.Match[str]) -> datetime | None:
    east = _ZONES.get(match[2])
    return None if east is None else datetime.fromisoformat(match[1]).replace(tzinfo=timezone(timedelta(hours=east)))


def _of_slashes(match: re.Match[str]) -> datetime | None:
    """11/03/2026 is the third of November to some and the eleventh of March to others: no guess is made."""
    first, second, year, hour, minute, seconds = (int(part or 0) for part in match.groups())
    if first <= 12 and second <= 12 and first != second:
        return None
    day, month = (first, second) if first > 12 or first == second else (second, first)
    return datetime(year, month, day, hour, minute, seconds, tzinfo=UTC)


def _of_number(value: float) -> datetime | None:
    for unit in (1, 10**3, 10**6):
        if _SECONDS[0] < value / unit < _SECONDS[1]:
            return datetime.fromtimestamp(value / unit, UTC)
    return None
