"""Words of the pivot that tell the same thing: soldier and fighter, die and death (`data/kin.tsv`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

from crosspost.data import rows
from crosspost.translate.lexicon import english_stem


@cache
def families() -> Mapping[str, Collection[int]]:
    """Return English stem -> the families that it belongs to: words that have one in common are kin."""
    found: dict[str, set[int]] = {}
    for number, (words,) in enumerate(rows("kin.tsv")):
        for word in words.split():
            found.setdefault(english_stem(word), set()).add(number)
    return {stem: tuple(sorted(numbers)) for stem, numbers in found.items()}
