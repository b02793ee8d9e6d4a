"""Language detection: which language a post is written in, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from crosspost.errors import UsageError
from crosspost.models import Language

NAMES = ("langdetect",)


class LanguageDetector(Protocol):
    """Tell the language of texts.

    `detect` answers one `Language` a text, in order, `und` when it cannot be told; it never raises on any text, and
    the answer to a text depends on nothing but that text and its hint (the platform's own `lang` field, or None).
    """

    name: str

    def detect(self, texts: Sequence[str], hints: Sequence[str | None] | None = None) -> list[Language]:
        """Answer one `Language` a text, in order."""
        ...


def detector(name: str = "langdetect", languages: Sequence[str] | None = None) -> LanguageDetector:
    """Return the detector of that name; `languages` restricts its answers to a closed set.

    Raises:
        UsageError: no detector has that name, or it does not know one of the languages.
    """
    if name == "langdetect":
        from crosspost.language.stock import StockDetector

        return StockDetector(languages)
    raise UsageError(f"unknown detector {name!r}: known are {', '.join(NAMES)}")
