"""Long texts cut into pieces that a service takes, and put together again.

Services count bytes as they arrive, whatever their documentation says of characters: an Arabic letter is two bytes of
UTF-8 and six of an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

# Where a text may be cut, the best first: at ends of lines, of sentences, of clauses, between words.
_CUTS = tuple(re.compile(cut) for cut in (r"\n\s*", r"(?<=[.!?…؟۔])\s+", r"(?<=[,;:،؛])\s+", r"\s+"))
_MARK = re.compile(r"[\u0300-\u036f\u064b-\u065f\u0670\u200d\ufe0f]")  # belongs to the letter before it


def pieces(text: str, limit: int) -> list[str]:
    """Cut a text into pieces of at most `limit` bytes of UTF-8 that make up the text again when joined.

    A piece keeps the space that follows it. A word that is longer than a piece is cut between two letters.
    """
    if len(text.encode()) <= limit:
        return [text]
    for cut in _CUTS:
        parts = _cut(text, cut)
        if len(parts) > 1:
            return list(_filled([piece for part in parts for piece in pieces(part, limit)], limit))
    return list(_chopped(text, limit))


def joined(originals: Sequence[str], translated: Sequence[str]) -> str:
    """Return the translations of `pieces`, with the spaces that stand around the originals."""
    parts = []
    for original, translation in zip(originals, translated, strict=True):
        body = original.strip()
        before, _, after = original.partition(body) if body else (original, "", "")
        parts.append(before + translation.strip() + after)
    return "".join(parts).strip()


def _cut(text: str, cut: re.Pattern[str]) -> list[str]:
    ends = [match.end() for match in cut.finditer(text) if match.start() > 0 and match.end() < len(text)]
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]


def _filled(parts: Sequence[str], limit: int) -> Iterator[str]:
    """As few pieces as the order of the parts allows."""
    piece = ""
    for part in parts:
        if piece and len((piece + part).encode()) > limit:
            yield piece
            piece = ""
        piece += part
    yield piece


def _chopped(text: str, limit: int) -> Iterator[str]:
    piece = ""
    for letter in text:
        if len((piece + letter).encode()) > limit and not (_MARK.match(letter) and len(piece) > 1):
            yield piece
            piece = ""
        piece += letter
    yield piece
