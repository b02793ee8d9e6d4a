"""How surprising it is that a post holds a word: what it says when two posts share it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import chain
from math import log2

from crosspost.data import rows
from crosspost.models import Annotation, Term
from crosspost.translate.lexicon import english_stem

_WORDS_A_POST = 20  # of a usual post: turns a word's frequency into the share of posts that hold it
_UNLISTED_ZIPF = 3.0  # what `frequency.tsv` says of words that it does not list
_BACKGROUND_POSTS = 2_000  # the background counts as much as so many posts: a small corpus changes little
_COPIED = 10  # how much commoner than usual a corpus can make a word: mass copies of a text keep their evidence
_EVERYDAY_BITS = 4.0  # a word that stands in one post of 16 says nothing


class Rarity:
    """The information of a word in bits, from its frequency in this corpus blended with a background frequency.

    The background is the hand-made table `data/frequency.tsv` (Zipf scale, van Heuven et al. 2014),
    raised by `data/stock.tsv` for the words of stock phrases. Two posts are left
    out of a word's count, since the two that are compared hold it by themselves.
    """

    def __init__(self, annotations: Iterable[Annotation] = ()) -> None:
        self.posts = 0
        self._holding: Counter[str] = Counter()
        self._bits: dict[str, float] = {}
        self._of: dict[tuple[str, ...], float] = {}
        for annotation in annotations:
            self.add(annotation)

    def add(self, annotation: Annotation) -> None:
        """Count one more post, before the first question is asked."""
        self.posts += 1
        self._holding.update({sense for term in annotation.terms for sense in term.senses})

    @classmethod
    def of_counts(cls, posts: int, holding: Mapping[str, int]) -> Rarity:
        """Return the rarity among so many posts, from the number of posts that hold each sense."""
        rarity = cls()
        rarity.posts, rarity._holding = posts, Counter(holding)
        return rarity

    def bits(self, sense: str) -> float:
        """Return the bits (0..about 13) that sharing this stem is worth; 0 for everyday words."""
        bits = self._bits.get(sense)
        if bits is None:
            others = max(0, self._holding[sense] - 2)
            background = _background(sense)
            share = (others + _BACKGROUND_POSTS * background) / (self.posts + _BACKGROUND_POSTS)
            share = min(share, background * _COPIED)
            bits = self._bits[sense] = max(0.0, -log2(share) - _EVERYDAY_BITS)
        return bits

    def of(self, term: Term) -> float:
        """Return the bits of a term: those of its commonest sense."""
        bits = self._of.get(term.senses)
        if bits is None:
            bits = self._of[term.senses] = min(map(self.bits, term.senses))
        return bits


@cache
def _zipf() -> dict[str, float]:
    table: dict[str, float] = {}
    for zipf, words in chain(rows("frequency.tsv"), rows("stock.tsv")):
        for word in words.split():
            for form in {word, english_stem(word)}:
                table[form] = max(table.get(form, 0.0), float(zipf))
    return table


def _background(sense: str) -> float:
    """The share of all posts (0..1) that hold a stem."""
    once = 10 ** (_zipf().get(sense, _UNLISTED_ZIPF) - 9)
    return float(1 - (1 - once) ** _WORDS_A_POST)


def is_listed(sense: str) -> bool:
    """Tell whether the table of frequencies lists a stem: it is no name, and no spelling of another word."""
    return sense in _zipf()
