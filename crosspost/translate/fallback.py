"""What another translator could not do, the gloss does word by word, and says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from crosspost.models import Passage, Translation

if TYPE_CHECKING:
    from crosspost.translate import Translator


class WithGloss:
    """A `Translator` with the gloss behind it: what the first one fails at is glossed, with the reason as a warning.

    It bears the first one's name. What was glossed bears the gloss's, so that a report can count it.
    """

    def __init__(self, first: Translator, gloss: Translator) -> None:
        self.engine = first.engine
        self.version = first.version
        self.pivot = gloss.pivot
        self._first = first
        self._gloss = gloss

    def translate(self, passages: Sequence[Passage]) -> list[Translation]:
        """Answer one `Translation` a passage, in order."""
        made = self._first.translate(passages)
        failed = [index for index, translation in enumerate(made) if translation.quality == "failed"]
        for index, glossed in zip(failed, self._gloss.translate([passages[index] for index in failed]), strict=True):
            made[index] = replace(glossed, warnings=(*made[index].warnings, *glossed.warnings))
        return made
