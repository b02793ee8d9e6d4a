"""langdetect's n-gram profiles as an interpolated trigram model of the letters of a word, without sampling.

The stock library multiplies the relative frequencies of randomly drawn 1-, 2- and 3-grams, which counts each letter
about three times. The same tables give the probability of a letter after the two before it (Jelinek and Mercer 1980,
linear interpolation), so that a word's score is its log-likelihood. Scores are whole numbers (1/1024 nat): sums are
exact, hence equal in any order and in any batch. A language without a profile gets counts from its word list.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from crosspost.language import scripts

UNIT = 1024
"""Score units in one nat."""

# Weights of trigram, bigram, unigram, and the floor of any letter's probability. A wide plain of equals on the
# development data: with the first weight at 0.5,
# 0.6 or 0.7 and the floor at 1e-4 or 1e-3, balanced accuracy moves by less than 0.1.
_WEIGHTS = (0.60, 0.25, 0.12, 1e-4)
_WEIGHTS_OF_LISTS = (0.35, 0.35, 0.25, 1e-4)

_BOUNDARY, _UNKNOWN = 0, 1
_MAX_CODE = 0x10000

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
Scores = NDArray[np.int32]
_Grams = tuple[IntArray, IntArray, IntArray]
_Numbers = tuple[FloatArray, FloatArray, FloatArray]
_Number = TypeVar("_Number", np.int64, np.float64)


@dataclass(frozen=True, slots=True)
class _Counts:
    """N-gram counts of one language.

    For n = 1, 2, 3 the n-grams as code points [grams, n] and how often each occurs.
    """

    grams: _Grams
    counts: _Numbers
    from_list: bool


class NgramModel:
    """The letters of words in the languages of one script."""

    def __init__(
        self,
        name: str,
        lists: Mapping[str, Sequence[str]],
        fold: Mapping[int, int] | None = None,
        list_share: float = 0.0,
    ) -> None:
        """Load the tables of the languages of the script `name`.

        `lists` are common words by language: the source of n-grams where langdetect has no profile, and otherwise
        `list_share` of the profile's mass on top
        of it. `fold` makes letters equal (a `str.translate` map).
        """
        folding = dict(fold or {})
        self.languages = scripts.LANGUAGES[name]
        counts = [_counts(language, lists.get(language, ()), folding, list_share) for language in self.languages]
        points = set().union(*(c.grams[0][:, 0].tolist() for c in counts))
        letters = sorted(point for point in points if scripts.script(chr(point)) == name)
        self._size = len(letters) + 2
        self._code = np.full(_MAX_CODE, _UNKNOWN, np.int32)
        self._code[letters] = np.arange(2, self._size)
        self._code[ord(" ")] = _BOUNDARY
        for source, target in folding.items():
            self._code[source] = self._code[target]
        trigrams = [self._coded(c.grams[2]) for c in counts]
        ordered = np.sort(np.concatenate(trigrams))
        self._trigrams: IntArray = ordered[np.diff(ordered, prepend=-1) > 0]
        columns = [self._column(c, keys) for c, keys in zip(counts, trigrams, strict=True)]
        self._table = np.stack(columns, axis=1)

    def scores(self, words: Sequence[str]) -> Scores:
        """Return the log-likelihood of each word in each language, [words, languages] in `UNIT`s.

        Words are not empty and hold no space.
        """
        if not words:
            return np.zeros((0, len(self.languages)), np.int32)
        points = np.frombuffer((" " + " ".join(words) + " ").encode("utf-32-le", "surrogatepass"), np.uint32)
        codes = self._code[np.where(points < _MAX_CODE, points, _MAX_CODE - 1)].astype(np.int64)
        before, last = codes[:-1], codes[1:]
        pairs = before * self._size + last
        keys = np.concatenate(([0], before[:-1])) * self._size**2 + pairs
        found = np.minimum(np.searchsorted(self._trigrams, keys), len(self._trigrams) - 1)
        known = (self._trigrams[found] == keys) & (before != _BOUNDARY)
        rows = np.where(known, self._size**2 + found, pairs)
        starts = np.flatnonzero(before == _BOUNDARY)
        return np.add.reduceat(self._table[rows].astype(np.int32), starts, axis=0)

    def _coded(self, grams: IntArray) -> IntArray:
        """Return n-grams [grams, n] as one number each."""
        keys = np.zeros(len(grams), np.int64)
        for position in range(grams.shape[1]):
            keys = keys * self._size + self._code[grams[:, position]]
        return keys

    def _column(self, counts: _Counts, trigrams: IntArray) -> NDArray[np.int16]:
        """Return one language's log-probabilities in `UNIT`s: of every pair of letters, then of every known trigram."""
        tri, bi, uni, floor = _WEIGHTS_OF_LISTS if counts.from_list else _WEIGHTS
        size = self._size
        one = np.bincount(self._coded(counts.grams[0]), counts.counts[0], size)
        two = np.bincount(self._coded(counts.grams[1]), counts.counts[1], size * size).reshape(size, size)
        one[_BOUNDARY] = two[_BOUNDARY].sum()  # as many words end as start
        alone = one / one.sum()
        after = np.maximum(one, two.sum(axis=1))
        pair = np.where(after[:, None] > 0, two / np.maximum(after, 1)[:, None], alone)
        backed = (tri + bi) * pair + uni * alone + floor  # where the two letters before were never seen together
        three = np.zeros(len(self._trigrams))
        np.add.at(three, np.searchsorted(self._trigrams, trigrams), counts.counts[2])
        context, last = self._trigrams // size, self._trigrams % size
        seen = two.reshape(-1)[context]
        middle = context % size
        triple = tri * np.minimum(1, three / np.maximum(seen, 1)) + bi * pair[middle, last] + uni * alone[last] + floor
        likelihood = np.concatenate((backed.reshape(-1), np.where(seen > 0, triple, backed[middle, last])))
        units: FloatArray = np.rint(UNIT * np.log(np.minimum(likelihood, 1)))
        return units.astype(np.int16)


def _counts(language: str, words: Sequence[str], fold: Mapping[int, int], list_share: float) -> _Counts:
    """Return the n-gram counts of a language from its profile, its word list, or both."""
    profile = _folder() / language
    from_list = not profile.is_file()
    if from_list:
        grams, counts = _windows(words, fold)
        return _Counts(grams, counts, from_list)
    grams, counts = _tabled(json.loads(profile.read_text(encoding="utf-8"))["freq"], fold)
    if words and list_share:
        listed, once = _windows(words, fold)
        weight = list_share * counts[0].sum() / once[0].sum()
        grams = _each(lambda n: np.concatenate((grams[n], listed[n])))
        counts = _each(lambda n: np.concatenate((counts[n], once[n] * weight)))
    return _Counts(grams, counts, from_list)


def _folder() -> Path:
    """Return langdetect's folder of profiles, found without running langdetect, which would double the time to load."""
    found = find_spec("langdetect")
    if found is None or not found.submodule_search_locations:
        raise ImportError("the package langdetect is not installed; its language profiles are needed")
    return Path(found.submodule_search_locations[0], "profiles")


def _tabled(frequency: Mapping[str, int], fold: Mapping[int, int]) -> tuple[_Grams, _Numbers]:
    """Return the n-grams of a profile and their counts, by length."""
    points = _points("".join(frequency), fold)
    lengths = np.fromiter(map(len, frequency), np.int64, len(frequency))
    counts = np.fromiter(frequency.values(), np.float64, len(frequency))
    starts = np.cumsum(lengths) - lengths
    chosen = [np.flatnonzero(lengths == n) for n in (1, 2, 3)]
    return _each(lambda n: points[starts[chosen[n], None] + np.arange(n + 1)]), _each(lambda n: counts[chosen[n]])


def _windows(words: Sequence[str], fold: Mapping[int, int]) -> tuple[_Grams, _Numbers]:
    """Return every n-gram of letters and word boundaries in a word list, each counted once where it stands.

    An apostrophe is no letter.
    """
    points = _points(" " + " ".join(words).replace("'", "") + " ", fold)
    space = points == ord(" ")
    grams = _each(lambda n: np.lib.stride_tricks.sliding_window_view(points, n + 1))
    inside = (~space, np.ones(len(points) - 1, np.bool_), ~space[1:-1])
    grams = _each(lambda n: grams[n][inside[n]])
    return grams, _each(lambda n: np.ones(len(grams[n])))


def _points(text: str, fold: Mapping[int, int]) -> IntArray:
    """Return the code points of a text in lower case and folded, one for each character of it."""
    lower = text.replace("İ", "i").lower()  # the one letter that grows when made lower case
    return np.minimum(
        np.frombuffer((lower.translate(fold) if fold else lower).encode("utf-32-le"), np.uint32), _MAX_CODE - 1
    ).astype(np.int64)


def _each(make: Callable[[int], NDArray[_Number]]) -> tuple[NDArray[_Number], NDArray[_Number], NDArray[_Number]]:
    """Return what `make` makes of n - 1 for n = 1, 2, 3."""
    return make(0), make(1), make(2)
