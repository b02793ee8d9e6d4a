"""How the text of a file is encoded, guessed from its first bytes.

A byte order mark says it. Without one, bytes that are valid UTF-8 are UTF-8 (other encodings hardly ever look like it:
Duerst, "The properties and promises of UTF-8", 1997); NUL bytes at every other place are UTF-16; else it is one of the
two 8-bit encodings of our languages. Arabic in Windows-1256 comes in runs of high bytes, French in either stands
alone between ASCII letters (and has the same bytes in both, so that a French word in Windows-1256 is not hurt).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8 with a byte order mark"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_UTF16_NULS = 0.2  # of the bytes at odd or even places: brackets, commas and digits of any export
_HIGH_RUN = re.compile(rb"[\xc0-\xff]+")
_VALID = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass
class Encoding:
    """A codec of Python, its name for people, the length of the byte order mark, and how many characters were lost."""

    codec: str
    name: str
    mark: int = 0
    lost: int = 0


def guess_encoding(start: bytes) -> Encoding:
    """Tell the encoding from the first bytes of a file, cut anywhere."""
    for mark, codec, name in _MARKS:
        if start.startswith(mark):
            return Encoding(codec, name, len(mark))
    if _nul_share(start[1::2]) > _UTF16_NULS and _nul_share(start[::2]) < _UTF16_NULS / 4:
        return Encoding("utf-16-le", "UTF-16")
    if _nul_share(start[::2]) > _UTF16_NULS and _nul_share(start[1::2]) < _UTF16_NULS / 4:
        return Encoding("utf-16-be", "UTF-16")
    if _looks_like_utf8(start):
        return Encoding("utf-8", "UTF-8")
    runs = [len(run) for run in _HIGH_RUN.findall(start)]
    in_words = sum(run for run in runs if run > 2)
    if in_words * 2 > sum(runs):
        return Encoding("cp1256", "Windows-1256")
    return Encoding("cp1252", "Windows-1252")


def _nul_share(places: bytes) -> float:
    return places.count(0) / len(places) if places else 0.0


def _looks_like_utf8(start: bytes) -> bool:
    """Whether it is UTF-8, a stray byte here or there set aside: those are told row by row."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        valid = len(_VALID.findall(start))
        stray = len(re.findall(rb"[\x80-\xff]", _VALID.sub(b"", start)))
        return valid > stray
    return True
