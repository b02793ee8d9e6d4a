"""Texts of other people, made harmless: escaped, isolated, and with a badge for each character that cannot be seen."""

from __future__ import annotations

import re
import unicodedata
from html import escape
from itertools import islice

from markupsafe import Markup

_BADGES = 500  # in one text; a text that is mostly invisible characters must not become a page of a hundred megabytes

_JOINED = "\u0600-\u06ff\u0750-\u077f\u0900-\u0dff"  # scripts that spell with joiners
_EMOJI = "\u2190-\u2bff\ufe0f\U0001f000-\U0001faff"
_UNSEEN = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls but tab and line ends
    r"\u200b-\u200f\u061c\u2028-\u202e\u2060-\u206f\ufeff"  # zero width, marks, embeddings, overrides, isolates
    r"\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufff9-\ufffb"  # fillers and blanks
    r"\ud800-\udfff"  # half a surrogate pair cannot be written as UTF-8
    r"\U0001d173-\U0001d17a\U000e0000-\U000e0fff"  # musical controls, tags, supplementary variation selectors
)
_ODD = re.compile(
    rf"""(?:
      (?!(?<=[{_JOINED}])[\u200c\u200d][{_JOINED}])  # a joiner between two letters is spelling
      (?!(?<=[{_EMOJI}])\u200d[{_EMOJI}])            # and between two emoji makes one of them
      [{_UNSEEN}]
    )+""",
    re.VERBOSE,
)
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_BETWEEN_WORDS = re.compile(r"( [=~|/] |, |: )")  # in the sentences of evidence
_WEB = re.compile(r"https?://[^/?#\s@\\]+(?:[/?#]\S*)?", re.IGNORECASE)


def shown(text: str) -> Markup:
    """Escape a text for an element's content and put a badge for each run of characters that cannot be seen."""
    if not _ODD.search(text):  # nearly every text, and a page has hundreds of thousands
        return Markup(escape(text))  # noqa: S704  # escaped here
    parts: list[str] = []
    end = 0
    for match in islice(_ODD.finditer(text), _BADGES):
        parts += (escape(text[end : match.start()]), _badge(match.group()))
        end = match.end()
    rest = _ODD.sub(lambda match: _codes(match.group()), text[end:])
    return Markup("".join([*parts, escape(rest)]))  # noqa: S704  # escaped here


def _badge(run: str) -> str:
    names = ", ".join(f"U+{ord(char):04X} {unicodedata.name(char, 'CONTROL')}" for char in run[:3])
    # `dir` isolates the badge and keeps its Latin letters out of the direction that dir=auto finds for the text.
    return f'<span class="odd" dir="ltr" title="{names}">{_codes(run)}</span>'


def _codes(run: str) -> str:
    more = f" +{len(run) - 3}" if len(run) > 3 else ""
    return f"⟦{' '.join(f'{ord(char):04X}' for char in run[:3])}{more}⟧"


def isolated(text: str, language: str | None = None) -> Markup:
    """Show a text so that its direction does not move the words around it.

    `language` is its code, if known; English is the language of the page.
    """
    tag = "<bdi>" if language in (None, "en") else f'<bdi lang="{escape(str(plain(language)))}">'
    return Markup(f"{tag}{shown(text)}</bdi>")  # noqa: S704  # escaped above


def sentence(text: str) -> Markup:
    """Show a sentence of ours that lists words of posts, in the order of the sentence whatever direction they have.

    A right-to-left word alone stays where it is. With figures, or beside another such word, it is isolated.
    """
    if not _RIGHT_TO_LEFT.search(text):
        return shown(text)
    shown_parts: list[str] = []
    beside = False
    for number, part in enumerate(_BETWEEN_WORDS.split(text)):
        if number % 2:
            shown_parts.append(part)
            continue
        turns = bool(_RIGHT_TO_LEFT.search(part))
        shown_parts.append(isolated(part) if turns and (beside or re.search(r"\d", part)) else shown(part))
        beside = turns
    return Markup("".join(shown_parts))  # noqa: S704  # escaped above


def plain(value: object) -> object:
    """Name, in a string that is not markup, the characters that cannot be seen; this is safe in attributes too."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _ODD.sub(lambda match: _codes(match.group()), value)


def web_address(url: str | None) -> str | None:
    """Return a url that may be a link: http or https, no user part that poses as a host, nothing invisible in it."""
    return url if url and _WEB.fullmatch(url) and not _ODD.search(url) else None
