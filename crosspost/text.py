"""The normal form of social posts: tokens with their offsets, folded spellings, consonant skeletons.

Everything here is pure and speaks of one text. Offsets are code points of the text as given: folding happens per
token, so that a span can always be shown in the original words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

Kind = Literal["word", "number", "identifier", "hashtag", "handle", "url"]

LONGEST_TEXT = 100_000  # code points of a text that are looked at: a book's chapter, far beyond any post
_MARKS = "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0300-\u036f\u200c\u200d"
_LETTER = rf"[^\W\d_{_MARKS}]"
# Possessive quantifiers and atomic groups keep every alternative linear, whatever the input.
_TOKEN = re.compile(
    rf"""
      (?P<url>(?:https?://|www\.)[^\s<>"']++)
    | (?P<handle>(?<!\w)@\w++)
    | (?P<hashtag>[#＃][\w{_MARKS}]++)
    | (?P<identifier>(?<![^\W_])
        (?:[A-Za-z]{{1,5}}+-?\d{{1,4}}+[A-Za-z]{{0,3}}+|\d{{1,4}}+-?[A-Z]{{1,3}}+\d{{0,3}}+)(?![^\W_]))
    | (?P<number>\d++(?:[.,٫٬\u00a0\u202f]\d++)*+)
    | (?P<word>{_LETTER}(?:[\w{_MARKS}](?<![\d_]))*+)
    """,
    re.VERBOSE,
)
_CAMEL = re.compile(rf"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z{_MARKS}][^\W\d_A-Z]*+|\d++")
_DROPPED = re.compile(rf"[{_MARKS}\u0640]")
_ARABIC = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ة": "ه", "ک": "ك", "ؤ": "و", "ئ": "ي"}
)
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text with its offsets; `form` is the folded spelling by which tokens are compared."""

    start: int
    end: int
    surface: str
    form: str
    kind: Kind


def tokenize(text: str) -> list[Token]:
    """Split a post into words, numbers, identifiers (S-1, T-72), hashtags, handles and URLs, in order.

    Hashtags stay whole here (see `hashtag_words`); punctuation and emoji are left out. Linear in the length of the
    text, of which the first `LONGEST_TEXT` code points are looked at.
    """
    tokens = []
    for match in _TOKEN.finditer(text, 0, LONGEST_TEXT):
        surface = match.group()
        kind: Kind = match.lastgroup  # type: ignore[assignment]  # the group names are the kinds
        tokens.append(Token(match.start(), match.end(), surface, _form(surface, kind), kind))
    return tokens


def _form(surface: str, kind: Kind) -> str:
    if kind == "identifier":
        return surface.replace("-", "").casefold()
    if kind == "url":
        return surface.rstrip(".,;:!?)…»").removeprefix("https://").removeprefix("http://").removeprefix("www.")
    return fold(surface)


def hashtag_words(token: Token) -> list[Token]:
    """Split a hashtag at underscores and capitals, with offsets into the original text (#BenghaziPort -> 2 words)."""
    words = []
    for match in _CAMEL.finditer(token.surface, 1):
        start = token.start + match.start()
        kind: Kind = "number" if match.group().isdecimal() else "word"
        words.append(Token(start, start + len(match.group()), match.group(), fold(match.group()), kind))
    return words


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """Fold a word to the spelling it is compared by: no case, accents, tatweel, or Arabic letter variants."""
    if word.isascii():
        return word.lower()
    word = _DROPPED.sub("", unicodedata.normalize("NFKC", word)).casefold().translate(_ARABIC)
    decomposed = unicodedata.normalize("NFD", word)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f"))


# One class of letters for each consonant that transliteration keeps apart reliably; vowels, y and w come and go.
_SKELETON = {
    **dict.fromkeys("bpب", "b"), **dict.fromkeys("fvفپڤ", "f"), **dict.fromkeys("tطتث", "t"),
    **dict.fromkeys("dدضذ", "d"), **dict.fromkeys("szسصزظ", "s"), **dict.fromkeys("kqcقكگ", "k"),
    **dict.fromkeys("gjجغ", "g"), **dict.fromkeys("hحهخ", "h"), "x": "ks", "ش": "sh",
    "l": "l", "ل": "l", "m": "m", "م": "m", "n": "n", "ن": "n", "r": "r", "ر": "r",
}  # fmt: skip


@lru_cache(maxsize=200_000)
def skeleton(form: str) -> str:
    """Reduce a folded name to consonant classes shared by Latin and Arabic spellings (wagner, فاغنر -> fgnr).

    An initial w counts as v, since Arabic and German write Wagner both ways; the Arabic article is dropped and
    doubled consonants count once. At most 12 characters; "" when fewer than 3 consonants are left, which is too
    little to tell names apart.
    """
    form = form.removeprefix("ال") if len(form) > 4 else form
    for digraph, letter in (("kh", "h"), ("gh", "g"), ("th", "t"), ("dh", "d"), ("ph", "f"), ("ch", "sh")):
        form = form.replace(digraph, letter)
    if form[:1] in ("w", "و"):
        form = "f" + form[1:]
    letters: list[str] = []
    for char in form:
        for letter in _SKELETON.get(char, ""):
            if letters[-1:] != [letter]:
                letters.append(letter)
    found = "".join(letters[:12])
    return found if len(found) >= 3 else ""


def is_arabic(word: str) -> bool:
    """Tell whether a word is written in Arabic script (by its first letter)."""
    return "\u0600" <= word[:1] <= "\u06ff" or "\u0750" <= word[:1] <= "\u077f"


def repair_surrogates(value: Any) -> Any:
    """Join surrogate pairs and replace lone halves (broken JSON escapes) by U+FFFD, in strings, lists and objects."""
    if isinstance(value, str):
        if value.isascii() or not _SURROGATE.search(value):
            return value
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {repair_surrogates(key): repair_surrogates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [repair_surrogates(item) for item in value]
    return value
