"""What each word says for each language.

Its letters, its choice of letters and the lists of common words, added up once and remembered.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crosspost.language import arabic_script, calibration, cleaning, scripts, words
from crosspost.language.profiles import UNIT, NgramModel, Scores

SCRIPTS = tuple(scripts.LANGUAGES)
"""The scripts by number; `len(SCRIPTS)` is the number of a script that is not known."""

WIDTH = max(len(languages) for languages in scripts.LANGUAGES.values())
"""Columns of the evidence: as many as a script has languages at most.

A column means the language at that place in the word's own script.
"""

_READY_FROM_THE_START = ("Latin", "Arabic")  # other scripts load their tables with their first word
_REMEMBERED = 24_000  # words, about 10 MB


@dataclass(frozen=True, slots=True)
class Evidence:
    """What words say.

    For each `rows[word]` a row of `scores` [row, `WIDTH`] in 1/1024 nat, a `script` number, and whether a list has
    the word.
    """

    rows: NDArray[np.int64]
    scores: Scores
    script: NDArray[np.int8]
    listed: NDArray[np.bool_]


class Vocabulary:
    """The evidence of words, remembered up to a bound; safe to use from several threads."""

    def __init__(self) -> None:
        """Load the tables of the Latin and the Arabic script."""
        self._lock = threading.Lock()
        self._judges = {name: _Judge(name) for name in _READY_FROM_THE_START}
        self._forget()

    def look_up(self, tokens: Sequence[str]) -> Evidence:
        """Return the evidence of words, in order.

        The arrays are shared: later calls write to other rows of them alone.
        """
        with self._lock:
            if len(self._rows) > _REMEMBERED:
                self._forget()
            unseen = [word for word in dict.fromkeys(tokens) if word not in self._rows]
            if unseen:
                self._learn(unseen)
            rows = np.fromiter(map(self._rows.__getitem__, tokens), np.int64, len(tokens))
            return Evidence(rows, self._scores, self._script, self._listed)

    def _forget(self) -> None:
        self._rows: dict[str, int] = {}
        self._scores = np.zeros((1024, WIDTH), np.int32)
        self._script = np.zeros(1024, np.int8)
        self._listed = np.zeros(1024, np.bool_)

    def _learn(self, unseen: list[str]) -> None:
        first, needed = len(self._rows), len(self._rows) + len(unseen)
        if needed > len(self._script):
            more = max(needed, 2 * len(self._script)) - len(self._script)
            self._scores = np.concatenate((self._scores, np.zeros((more, WIDTH), np.int32)))
            self._script = np.concatenate((self._script, np.zeros(more, np.int8)))
            self._listed = np.concatenate((self._listed, np.zeros(more, np.bool_)))
        unmasked = [scripts.without_lookalikes(word) for word in unseen]
        by_script: dict[str, list[int]] = {}
        for place, word in enumerate(unmasked):
            by_script.setdefault(scripts.word_script(word), []).append(place)
        for name, places in by_script.items():
            rows = np.array(places) + first
            self._script[rows] = SCRIPTS.index(name) if name else len(SCRIPTS)
            if name and len(scripts.LANGUAGES[name]) > 1:
                if name not in self._judges:
                    self._judges[name] = _Judge(name)
                scores, self._listed[rows] = self._judges[name].judge([unmasked[place] for place in places])
                self._scores[rows, : scores.shape[1]] = scores
        self._rows.update(zip(unseen, range(first, needed), strict=True))


class _Judge:
    """The evidence of words of one script."""

    def __init__(self, name: str) -> None:
        lists = words.load(name)
        self._languages = scripts.LANGUAGES[name]
        self._arabic = name == "Arabic"
        self._fold = arabic_script.FOLD if self._arabic else {}
        self._model = (
            NgramModel(name, lists, self._fold, calibration.LIST_SHARE) if self._arabic else NgramModel(name, lists)
        )
        self._listed = words.by_word(
            {language: tuple(word.translate(self._fold) for word in some) for language, some in lists.items()},
            self._languages,
        )
        self._arabizi = (self._languages.index("ar-Latn"),) if name == "Latin" else ()

    def judge(self, some: Sequence[str]) -> tuple[Scores, NDArray[np.bool_]]:
        """Return the evidence of words [words, languages] and whether a list has each."""
        bare = [word.rstrip("'") or word for word in some]
        likelihood = self._model.scores(bare).astype(np.float64)
        if self._arabic:
            likelihood += UNIT * arabic_script.variants(bare, self._languages)
        scores = np.rint(likelihood / calibration.TEMPERATURE).astype(np.int32)
        folded = [word.translate(self._fold) for word in some] if self._fold else some
        listed = [self._listed.get(word) or self._listed.get(word.rstrip("'"), ()) for word in folded]
        gains = [(row, place) for row, places in enumerate(listed) for place in places or self._digit_words(bare[row])]
        if gains:
            scores[tuple(np.array(gains).T)] += round(calibration.COMMON_WORD * UNIT)
        return scores, np.array([bool(places) for places in listed])

    def _digit_words(self, word: str) -> tuple[int, ...]:
        """Return the columns that a word with digits for letters speaks for, as if a list had it."""
        return self._arabizi if cleaning.looks_arabizi(word) else ()
