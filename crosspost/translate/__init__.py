"""Translation to the pivot language: real translations where there are any, the offline gloss where there are none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from crosspost.errors import UnsupportedPivot, UsageError
from crosspost.models import Passage, Post, Translation

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


def translator(name: str = "gloss", pivot: str = "en") -> Translator:
    """Return the translator of that name.

    Raises:
        UsageError: no translator has that name.
        UnsupportedPivot: it cannot translate into `pivot`.
    """
    if name != "gloss":
        raise UsageError(f"unknown translator {name!r}: known are {', '.join(NAMES)}")
    if pivot != "en":
        raise UnsupportedPivot(f"the gloss goes to English alone, not to {pivot!r}: use --pivot en")
    from crosspost.translate.gloss import Gloss

    return Gloss()


def to_pivot(posts: Sequence[Post], languages: Sequence[str], backend: Translator) -> list[Translation]:
    """Return each post in the pivot: as it is, by the translation it came with, or by `backend`; in order."""
    found = [_at_hand(post, language, backend.pivot) for post, language in zip(posts, languages, strict=True)]
    missing = [index for index, translation in enumerate(found) if translation is None]
    made = backend.translate([Passage(posts[index].text, languages[index]) for index in missing])
    for index, translation in zip(missing, made, strict=True):
        found[index] = translation
    return [translation for translation in found if translation is not None]


def _at_hand(post: Post, language: str, pivot: str) -> Translation | None:
    if language == pivot or not post.text.strip():
        return Translation(post.text, "none", "", "original", 1.0)
    if provided := post.translations.get(pivot, "").strip():
        return Translation(provided, "post", "", "provided", 1.0)
    return None
