"""Translation to the pivot language: real translations where there are any, the offline gloss where there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from crosspost.errors import UnsupportedPivot, UsageError
from crosspost.models import Language, Passage, Post, Translation

NAMES = ("gloss",)


class Translator(Protocol):
    """Translate passages into one pivot language.

    `translate` answers one `Translation` a passage, in order, and says its quality; what could not be translated is
    `failed`, never the source text passed off as a translation.
    """

    engine: str
    version: str
    pivot: str

    def translate(self, passages: Sequence[Passage]) -> list[Translation]:
        """Answer one `Translation` a passage, in order."""
        ...


def translator(name: str = "gloss", pivot: str = "en", lexica: tuple[str, ...] = ()) -> Translator:
    """Return the translator of that name; the gloss uses the dictd dictionaries `lexica` beside its own.

    Raises:
        UsageError: no translator has that name.
        UnsupportedPivot: it cannot translate into `pivot`.
    """
    if name != "gloss":
        raise UsageError(f"unknown translator {name!r}: known are {', '.join(NAMES)}")
    if pivot != "en":
        raise UnsupportedPivot(f"the gloss goes to English alone, not to {pivot!r}: use --pivot en")
    from crosspost.translate.gloss import Gloss

    return Gloss(lexica)


def to_pivot(posts: Sequence[Post], languages: Sequence[Language], backend: Translator) -> list[Translation]:
    """Return each post in the pivot: as it is, by the translation it came with, or by `backend`; in order.

    The pieces of a mixed post are translated each from its own language; what is in the pivot already stays.
    """
    parts = [_parts(post, language, backend.pivot) for post, language in zip(posts, languages, strict=True)]
    made = iter(backend.translate([part for of_post in parts for part in of_post if isinstance(part, Passage)]))
    return [_joined([next(made) if isinstance(part, Passage) else part for part in of_post]) for of_post in parts]


def _parts(post: Post, language: Language, pivot: str) -> list[Passage | Translation]:
    """A post as what is at hand in the pivot and what is still to be translated, in the order of its words."""
    if not post.text.strip():
        return [_unchanged(post.text)]
    codes = {piece.code for piece in language.mixed} or {language.code}
    if codes != {pivot} and (provided := post.translations.get(pivot, "").strip()):
        return [Translation(provided, "post", "", "provided", 1.0)]
    passages = [Passage(post.text[piece.start : piece.end], piece.code) for piece in language.mixed]
    return [
        _unchanged(passage.text) if passage.language == pivot else passage
        for passage in passages or [Passage(post.text, language.code)]
    ]


def _unchanged(text: str) -> Translation:
    return Translation(text, "none", "", "original", 1.0)


def _joined(parts: Sequence[Translation]) -> Translation:
    """One translation of its parts, with the engine and quality of what was translated; failed only if all of it is."""
    made = [part for part in parts if part.quality not in ("original", "failed")]
    if len(parts) == 1 or not made:
        first = next((part for part in parts if part.quality == "failed"), parts[0])
        return replace(first, text=" ".join(part.text for part in parts if part.text))
    letters = [max(1, len(part.text)) for part in parts]
    covered = sum(part.coverage * length for part, length in zip(parts, letters, strict=True)) / sum(letters)
    text = " ".join(part.text for part in parts if part.text)
    warnings = tuple(warning for part in parts for warning in part.warnings)
    return replace(made[0], text=text, coverage=round(covered, 4), warnings=warnings)
