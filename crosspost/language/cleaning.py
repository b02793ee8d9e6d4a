"""What of a social post is language: no links, names of accounts, codes, marks or decoration."""

from __future__ import annotations

import html
import re
import unicodedata

LONGEST_TEXT = 10_000
"""Code points that are looked at; langdetect's own limit. It bounds the time that a hostile text can take."""

LONGEST_WORD = 40
"""Letters of one word that are looked at: the rest of a longer run says nothing about a language."""

# Left out without a trace: tatweel, Arabic vowel signs, soft hyphen, zero-width and direction marks, combining marks
# that NFKC left over.
_VANISHING = dict.fromkeys([
    0xAD, 0x640, 0x670, 0xFEFF, *range(0x300, 0x370), *range(0x610, 0x61B), *range(0x64B, 0x660), *range(0x6D6, 0x6DD),
    *range(0x6DF, 0x6E5), *range(0x200B, 0x2010), *range(0x202A, 0x202F),
    *range(0x2060, 0x2070), *range(0xFE00, 0xFE10),
])  # fmt: skip
_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼ´`′"), "'")
_CHANGES: dict[int, str | None] = {**_VANISHING, **_APOSTROPHES}

# Each alternative starts at a literal or a bounded run, so that no text makes the search quadratic.
_NOISE = re.compile(
    r"(?i:https?:/?/?\S+|\b(?:www|pic|t|bit|youtu)\.[\w-]\S+)"  # links
    r"|@[\w.]+"  # accounts
    r"|^\s*RT\b"  # the mark of a repost
    r"|&\w{1,8};"  # a character reference that html.unescape did not know
    r"|\b[A-Za-z]{1,12}-[A-Za-z]{0,2}\d{1,4}[A-Za-z]{0,3}\b"  # S-400, Pantsir-S1, MiG-29s
    r"|\b[A-Z]{1,6}\d{1,4}[A-Za-z]{0,3}\b"  # TB2, T72B
)
_HASHTAG = re.compile(r"#\w+")
_LONG_RUN = re.compile(r"([^\W\d_])\1{2,}")
_WORD = re.compile(r"[^\W_]+'?")
_LETTERS = re.compile(r"[^\W\d_]+")
_ARABIZI_SHAPE = re.compile(
    r"[a-z]{1,20}(?:[235-9]{1,2}[a-z]{0,20}){1,4}|[235-9][a-z]{3,20}(?:[235-9][a-z]{0,20}){0,4}|[379][a-z]{2}"
)


def words(text: str) -> list[str]:
    """Return the words of a post in lower case, in order; an elided word keeps its apostrophe (l', don')."""
    text = text[:LONGEST_TEXT]
    if "&" in text:
        text = html.unescape(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)[:LONGEST_TEXT].translate(_CHANGES)
    text = _NOISE.sub(" ", text)
    if "#" in text:
        spoken = _HASHTAG.sub(" ", text)
        text = spoken if len(_LETTERS.findall(spoken)) >= 2 else text.replace("_", " ")
    text = _LONG_RUN.sub(r"\1", text.lower().replace("\u0307", ""))
    return [word[:LONGEST_WORD] for word in _WORD.findall(text) if word.isalpha() or _keep(word)]


def without_noise(text: str) -> str:
    """Return the text with links, accounts, codes and hashtags blanked out, every other code point at its place.

    The end of a very long text is left out.
    """
    return _HASHTAG.sub(_blank, _NOISE.sub(_blank, text[:LONGEST_TEXT]))


def _blank(match: re.Match[str]) -> str:
    """Return as many spaces as a match has characters."""
    return " " * len(match.group())


def _keep(word: str) -> bool:
    """Return whether a token with a digit or an apostrophe is a word."""
    stem = word.rstrip("'")
    return stem.isalpha() or looks_arabizi(stem)


def looks_arabizi(word: str) -> bool:
    """Return whether a lower-case word has digits that stand for Arabic letters.

    3 for ayn, 7 for hah, 9 for qaf, 5 for khah, 2 for hamza.
    """
    return not word.isalpha() and _ARABIZI_SHAPE.fullmatch(word) is not None
