"""Words of the pivot that tell the same thing: soldier and fighter, die and death (`data/kin.tsv`)."""

from __future__ import annotations

from functools import cache

from crosspost.data import rows
from crosspost.translate.lexicon import english_stem


def families(stem: str) -> frozenset[int]:
    """Return the families that an English stem belongs to: words that have one in common are kin."""
    return _families().get(stem, frozenset())


@cache
def _families() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, (words,) in enumerate(rows("kin.tsv")):
        for word in words.split():
            found.setdefault(english_stem(word), set()).add(number)
    return {stem: frozenset(numbers) for stem, numbers in found.items()}
