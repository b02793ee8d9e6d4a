"""Which language a post is in: `detector()` makes a `LanguageDetector`; nothing heavy is imported before that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from crosspost.errors import UsageError
from crosspost.models import Language

NAMES = ("profiles", "langdetect", "profiles+fasttext", "profiles+py3langid")
"""The detectors that `detector()` makes."""


class LanguageDetector(Protocol):
    """Tells the language of texts."""

    name: str

    def detect(self, texts: Sequence[str], hints: Sequence[str | None] | None = None) -> list[Language]:
        """Return the language of each text, in order.

        `hints` are the platform's own language codes, one a text or None: weak evidence. Codes of the answer are ISO
        639-1, `ckb` for Sorani, `ar-Latn` for Arabic in Latin letters and `und` where it cannot be told; confidence is
        in 0..1. No string makes it raise.
        """
        ...


def detector(name: str = "profiles", languages: Sequence[str] | None = None) -> LanguageDetector:
    """Make the detector `name`, one of `NAMES`.

    With `languages` its answers are limited to these codes (and `und`); without, to all that it knows. Raises
    UsageError for an unknown name, for codes that the detector does not know, and when the package of an optional
    second opinion is not installed.
    """
    if name not in NAMES:
        raise UsageError(f"unknown detector {name!r}: known are {', '.join(NAMES)}")
    if name == "langdetect":
        from crosspost.language.stock import StockDetector

        return StockDetector(languages)
    from crosspost.language.detection import ProfileDetector

    if name == "profiles":
        return ProfileDetector(languages)
    from crosspost.language import opinions

    try:
        opinion = opinions.FastText() if name == "profiles+fasttext" else opinions.Py3Langid()
    except ImportError as error:
        raise UsageError(f"{name} needs the package {error.name!r}: pip install 'crosspost[langid]'") from error
    return ProfileDetector(languages, opinion)
