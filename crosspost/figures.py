"""Figures: 75 million dollars = ٧٥ مليون دولار = 75 millions de dollars."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache

from crosspost.data import rows
from crosspost.models import Figure
from crosspost.text import Token, fold

_SYMBOLS_BEFORE = "$€£"
_SIGNS_AFTER = frozenset("$€£%")
_GROUPS = ".,٬\u00a0\u202f "  # what stands between groups of three digits
_MAX_DIGITS = 15  # beyond that it is a number like a phone or an account, not a figure


@cache
def _table() -> tuple[dict[str, float], dict[str, str]]:
    multipliers, units = {}, {}
    for kind, canonical, words in rows("figures.tsv"):
        for word in words.split():
            if kind == "multiplier":
                multipliers[fold(word)] = float(canonical)
            else:
                units[fold(word)] = canonical
    return multipliers, units


def figures(text: str, tokens: Sequence[Token]) -> tuple[Figure, ...]:
    """Find the figures among `tokens` of `text`, in order, each with its multiplier and unit worked in.

    A bare number of 1900..2099 without a unit is taken as a `year`. Numbers of more than 15 digits are left out.
    """
    multipliers, units = _table()
    found: list[Figure] = []
    consumed = -1
    for index, token in enumerate(tokens):
        if token.kind != "number" or index <= consumed:
            continue
        digits, last = token.surface, index
        while _is_spaced_group(text, tokens, last):  # French groups digits with spaces: 3 400
            last += 1
            digits += tokens[last].surface
        value = _value(digits)
        if value is None:
            continue
        end = last
        if _next_form(tokens, end) in multipliers:
            value *= multipliers[_next_form(tokens, end)]
            end += 1
        unit, end = _unit(text, tokens, index, end, units)
        if unit is None and end == index and len(digits) == 4 and 1900 <= value < 2100:
            unit = "year"
        start, stop = token.start, tokens[end].end
        found.append(Figure(value, unit, start, stop, text[start:stop]))
        consumed = end
    return tuple(found)


def _is_spaced_group(text: str, tokens: Sequence[Token], last: int) -> bool:
    """Tell whether the next token is a group of three digits that continues this number after a single space."""
    if last + 1 >= len(tokens):
        return False
    here, after = tokens[last], tokens[last + 1]
    return (
        after.kind == "number"
        and len(after.surface) == 3
        and here.surface.isdecimal()
        and len(here.surface) <= 3
        and text[here.end : after.start] == " "
    )


def _next_form(tokens: Sequence[Token], index: int) -> str:
    return tokens[index + 1].form if index + 1 < len(tokens) else ""


def _unit(text: str, tokens: Sequence[Token], first: int, last: int, units: dict[str, str]) -> tuple[str | None, int]:
    """The unit beside a number: a sign before or after it, or one of the next two words (75 millions *de dollars*)."""
    before, after = text[: tokens[first].start].rstrip()[-1:], text[tokens[last].end :][:2].strip()[:1]
    if before and before in _SYMBOLS_BEFORE:
        return units[before], last
    if after in _SIGNS_AFTER:
        return units[after], last
    for step in (1, 2):
        if last + step < len(tokens):
            form = tokens[last + step].form
            unit = units.get(form) or units.get(form.removeprefix("ب")) or units.get(form.removeprefix("ال"))
            if unit is not None:
                return unit, last + step
            if step == 1 and form not in {"de", "d", "us", "of", "in"}:
                break
    return None, last


def _value(digits: str) -> float | None:
    """Read a number with its separators: 3,400 and 3.400 are thousands, 3,4 and 3.45 are decimals."""
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in digits).replace("٫", ".")
    parts = plain.replace("٬", ",").replace("\u00a0", ",").replace("\u202f", ",").replace(",", ".").split(".")
    if sum(map(len, parts)) > _MAX_DIGITS:
        return None
    if len(parts) > 1 and all(len(part) == 3 for part in parts[1:]) and 1 <= len(parts[0]) <= 3 and parts[0] != "0":
        return float("".join(parts))
    if len(parts) == 2:
        return float(".".join(parts))
    return float("".join(parts)) if len(parts) == 1 else None
