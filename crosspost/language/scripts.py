"""The script that a word is written in, and the languages that are told apart in each script."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache

LANGUAGES: dict[str, tuple[str, ...]] = {
    "Latin": ("en", "fr", "es", "it", "pt", "de", "nl", "tr", "ku", "ar-Latn", "ro", "ca", "pl", "sv", "da", "no", "fi",
    "id", "so", "sw", "tl", "vi",
              "cs", "hr", "hu", "et", "sq"),
    "Arabic": ("ar", "fa", "ur", "ckb", "ps"),
    "Cyrillic": ("ru", "uk", "bg", "mk"),
    "Devanagari": ("hi", "mr", "ne"),
    "Greek": ("el",), "Hebrew": ("he",), "Armenian": ("hy",), "Georgian": ("ka",), "Bengali": ("bn",), "Gurmukhi":
    ("pa",), "Gujarati": ("gu",),
    "Tamil": ("ta",), "Telugu": ("te",), "Kannada": ("kn",), "Malayalam": ("ml",), "Sinhala": ("si",), "Thai": ("th",),
    "Amharic": ("am",),
    "Kana": ("ja",), "Han": ("zh",), "Hangul": ("ko",),
}  # fmt: skip
"""Languages by script, in the order of preference of equal scores."""

# First code points of ranges (Unicode blocks) and the script from there on; "" is a script of none of these languages.
_RANGES = (
    (0, "Latin"), (0x250, ""), (0x370, "Greek"), (0x400, "Cyrillic"), (0x530, "Armenian"), (0x590, "Hebrew"), (0x600,
    "Arabic"), (0x700, ""),
    (0x750, "Arabic"), (0x780, ""), (0x8A0, "Arabic"), (0x900, "Devanagari"), (0x980, "Bengali"), (0xA00, "Gurmukhi"),
    (0xA80, "Gujarati"), (0xB00, ""),
    (0xB80, "Tamil"), (0xC00, "Telugu"), (0xC80, "Kannada"), (0xD00, "Malayalam"), (0xD80, "Sinhala"), (0xE00, "Thai"),
    (0xE80, ""), (0x10A0, "Georgian"),
    (0x1100, "Hangul"), (0x1200, "Amharic"), (0x13A0, ""), (0x1C80, "Cyrillic"), (0x1C90, "Georgian"), (0x1CC0, ""),
    (0x1E00, "Latin"), (0x1F00, "Greek"),
    (0x2000, ""), (0x2C60, "Latin"), (0x2C80, ""), (0x2DE0, "Cyrillic"), (0x2E00, ""), (0x3005, "Han"), (0x3008, ""),
    (0x3040, "Kana"), (0x3100, ""),
    (0x3130, "Hangul"), (0x3190, ""), (0x31F0, "Kana"), (0x3200, ""), (0x3400, "Han"), (0xA000, ""), (0xA640,
    "Cyrillic"), (0xA6A0, ""), (0xA720, "Latin"),
    (0xA800, ""), (0xAB30, "Latin"), (0xAB70, ""), (0xAC00, "Hangul"), (0xD7B0, ""), (0xF900, "Han"), (0xFB00, "Latin"),
    (0xFB10, ""), (0xFB1D, "Hebrew"),
    (0xFB50, "Arabic"), (0xFE00, ""), (0xFE70, "Arabic"), (0xFF00, ""), (0x20000, "Han"), (0x32000, ""),
)  # fmt: skip
_STARTS = [start for start, _ in _RANGES]
_LATIN_LOOKALIKES = str.maketrans("аеорсухіјѕԁһԛԝ", "aeopcyxijsdhqw")


_CYRILLIC_LETTER = re.compile("[\u0400-\u052f]")
_LATIN_LETTER = re.compile("[a-z]")


@lru_cache(4096)
def script(character: str) -> str:
    """Return the script of a character that stands in words: a key of `LANGUAGES`, or "" for any other script."""
    return _RANGES[bisect_right(_STARTS, ord(character)) - 1][1]


def word_script(word: str) -> str:
    """Return the script of a word by its first letter; a word with kana in it is Japanese throughout."""
    found = script(next((c for c in word if c.isalpha()), "\uffff"))
    return "Kana" if found == "Han" and any(script(c) == "Kana" for c in word) else found


def without_lookalikes(word: str) -> str:
    """Return a word of both scripts with Cyrillic letters that look Latin made Latin (a trick against filters)."""
    return word.translate(_LATIN_LOOKALIKES) if _CYRILLIC_LETTER.search(word) and _LATIN_LETTER.search(word) else word
