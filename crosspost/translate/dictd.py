"""Dictionaries of a dictd server found on the system (FreeDict): read where the user says so, never shipped.

A dictionary is an `.index` (headword, offset and length in the digits of base64) beside a `.dict` or `.dict.dz` (the
same, in gzip members). The format is that of dictd's own manual, dictfmt(1).
"""

from __future__ import annotations

import gzip
import re
import string
import zlib
from collections.abc import Iterator
from pathlib import Path

from crosspost.errors import UsageError

_LANGUAGES = {"ara": "ar", "fra": "fr"}  # ISO 639-3, as FreeDict names its files
_DIGITS = {
    digit: value for value, digit in enumerate(string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/")
}
_LARGEST = 200_000_000  # bytes of a dictionary, inflated: FreeDict's largest has 30 million
_HEADWORD = re.compile(r"^(.*?)(?:\s+/.*/)?(?:\s+<[^>]*>)*\s*$")
_ASIDE = re.compile(r"<[^>]*>|\([^)]*\)|\[[^\]]*\]|^\s*\d+\.")
_MOST_WORDS = 4  # of a sense: what is longer explains, and does not translate


def language_of(path: str) -> str:
    """Return the language that a dictionary is from, by its name (`freedict-fra-eng`).

    Raises:
        UsageError: the name tells of no dictionary from Arabic or French into English.
    """
    match = re.search(r"(?:^|[^a-z])([a-z]{3})-eng(?:$|[^a-z])", Path(path).name)
    if match is None or match.group(1) not in _LANGUAGES:
        raise UsageError(f"{path}: not named as a dictionary into English, such as freedict-ara-eng.index")
    return _LANGUAGES[match.group(1)]


def entries(path: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (headword, English senses) of a dictionary, given by its `.index`, its `.dict.dz`, or without suffix.

    Raises:
        UsageError: there is no such dictionary, or it cannot be read as one.
    """
    base = re.sub(r"\.(index|dict|dict\.dz)$", "", path)
    try:
        index = Path(f"{base}.index").read_text(encoding="utf-8")
        text = _text(base)
        for line in index.splitlines():
            _, offset, length, *_ = line.split("\t")
            start = _number(offset)
            entry = text[start : start + _number(length)].decode("utf-8", "replace")
            if entry.strip() and not line.startswith("00database") and (found := _entry(entry)):
                yield found
    except OSError as error:
        raise UsageError(f"{error.filename or path}: {(error.strerror or str(error)).lower()}") from error
    except (ValueError, KeyError, EOFError, zlib.error) as error:
        raise UsageError(f"{path}: not a dictd dictionary, an .index beside a .dict or .dict.dz") from error


def _text(base: str) -> bytes:
    packed = Path(f"{base}.dict.dz")
    if not packed.exists():
        return Path(f"{base}.dict").read_bytes()
    with gzip.open(packed) as file:
        text = file.read(_LARGEST + 1)
    if len(text) > _LARGEST:
        raise ValueError("too large")
    return text


def _number(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number * 64 + _DIGITS[digit]
    return number


def _entry(entry: str) -> tuple[str, tuple[str, ...]] | None:
    first, *lines = entry.strip().split("\n")
    headword = _HEADWORD.sub(r"\1", first)
    senses = [sense.strip(" .;\"'").lower() for line in lines for sense in re.split("[,;]", _ASIDE.sub("", line))]
    senses = [re.sub(r"^(?:to|an?|the) (?=\w)", "", sense) for sense in senses if sense.isascii()]
    kept = tuple(dict.fromkeys(sense for sense in senses if sense and len(sense.split()) <= _MOST_WORDS))
    return (headword, kept) if headword and kept else None
