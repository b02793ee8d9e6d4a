"""The default detector.

The evidence of the words in the script that dominates, added up with a prior and turned into a calibrated probability.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from crosspost.errors import UsageError
from crosspost.language import calibration, cleaning, mixed, scripts
from crosspost.language.profiles import UNIT
from crosspost.language.vocabulary import SCRIPTS, WIDTH, Evidence, Vocabulary
from crosspost.models import Language, LanguageSpan

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

UNTOLD = Language("und", 0.0)
"""The answer for a text without words."""

_WORDS_AT_ONCE = 4096  # a few MB of scores
_LEGACY_CODES = {
    "in": "id",
    "iw": "he",
    "nb": "no",
    "nn": "no",
    "fil": "tl",
    "kmr": "ku",
    "prs": "fa",
    "arz": "ar",
    "ary": "ar",
    "arq": "ar",
}

# A post is looked at for several languages when cutting it in two explains its words better by this many nats (a cut
# inside one language gains 1 to 4).
_GAIN_OF_A_CUT = 6.0


class Opinion(Protocol):
    """A second opinion on single texts."""

    name: str
    unknown: frozenset[str]  # languages that it never names
    weight: float  # of its log-probabilities beside this room's own

    def probabilities(self, text: str) -> Mapping[str, float]:
        """Return the probability of each language that it knows, by this room's codes; `text` is one cleaned line."""
        ...


@dataclass(frozen=True, slots=True)
class _Sums:
    """Posts added up.

    `totals` [posts, `WIDTH`] in 1/1024 nat, script number, words and common words in it, any word at all, signs of
    a mixture.
    """

    totals: IntArray
    script: IntArray
    words: IntArray
    listed: IntArray
    has_words: NDArray[np.bool_]
    looks_mixed: NDArray[np.bool_]


class ProfileDetector:
    """Detects by langdetect's letter tables, without its randomness; see the README for what was measured."""

    def __init__(self, languages: Sequence[str] | None = None, opinion: Opinion | None = None) -> None:
        """Load the tables.

        `languages` limits the answers (UsageError for a code that is not among the detector's); `opinion` is asked
        about posts below 0.95 confidence.
        """
        self.name = "profiles" if opinion is None else f"profiles+{opinion.name}"
        self._opinion = opinion
        known = {code for codes in scripts.LANGUAGES.values() for code in codes}
        self.languages = frozenset(known if languages is None else languages)
        if not self.languages or self.languages - known:
            wrong = ", ".join(sorted(self.languages - known)) or "none"
            raise UsageError(f"unknown language {wrong}: known are {', '.join(sorted(known))}")
        self._vocabulary = Vocabulary()
        self._prior = np.full((len(SCRIPTS) + 1, WIDTH), -np.inf)
        for row, codes in enumerate(scripts.LANGUAGES.values()):
            for column, code in enumerate(codes):
                if code in self.languages:
                    self._prior[row, column] = calibration.PRIORS.get(code, calibration.RARE)

    def detect(self, texts: Sequence[str], hints: Sequence[str | None] | None = None) -> list[Language]:
        """Return the language of each text, in order (see `LanguageDetector.detect`)."""
        found: list[Language] = []
        for first, posts in _batches(texts):
            sums = self._add_up(posts)
            prior = self._prior[sums.script]
            if hints is not None:
                _add_hints(prior, sums.script, hints[first : first + len(posts)])
            languages = self._conclude(sums, prior)
            if self._opinion is not None:
                doubtful = [
                    place
                    for place, language in enumerate(languages)
                    if language.confidence < calibration.DOUBT and sums.has_words[place]
                ]
                _add_opinions(
                    prior,
                    sums.script,
                    self._opinion,
                    {place: " ".join(cleaning.without_noise(texts[first + place]).split()) for place in doubtful},
                )
                languages = self._conclude(sums, prior)
            for place, language in enumerate(languages):
                pieces = self._pieces(texts[first + place], int(sums.script[place])) if sums.looks_mixed[place] else ()
                found.append(Language(language.code, language.confidence, pieces) if pieces else language)
        return found

    def _conclude(self, sums: _Sums, prior: FloatArray) -> list[Language]:
        scores = sums.totals / UNIT + prior
        best = scores.argmax(axis=1)
        top = scores[np.arange(len(best)), best]
        possible = sums.has_words & np.isfinite(top)
        with np.errstate(invalid="ignore"):
            weight = np.exp(scores - top[:, None]).sum(axis=1)
        sure = calibration.confidence(1 / np.where(possible, weight, 1))
        answers = zip(possible.tolist(), sums.script.tolist(), best.tolist(), sure.tolist(), strict=True)
        return [_language(SCRIPTS[script], column, round(p, 4)) if ok else UNTOLD for ok, script, column, p in answers]

    def _pieces(self, text: str, script: int) -> tuple[LanguageSpan, ...]:
        return mixed.spans(text, SCRIPTS[script], self._verdicts)

    def _verdicts(self, pieces: Sequence[str]) -> list[mixed.Verdict]:
        sums = self._add_up([cleaning.words(piece) for piece in pieces])
        counts = zip(
            self._conclude(sums, self._prior[sums.script]), sums.words.tolist(), sums.listed.tolist(), strict=True
        )
        return [mixed.Verdict(language.code, language.confidence, words, listed) for language, words, listed in counts]

    def _add_up(self, posts: Sequence[Sequence[str]]) -> _Sums:
        tokens = [word for post in posts for word in post]
        evidence = self._vocabulary.look_up(tokens)
        post = np.repeat(np.arange(len(posts)), np.fromiter(map(len, posts), np.int64, len(posts)))
        script = evidence.script[evidence.rows].astype(np.int64)
        letters = np.fromiter(map(len, tokens), np.float64, len(tokens)) * np.where(
            script == 0, calibration.LATIN_LETTER, 1.0
        )
        shares = _table(post, script, letters, len(posts))
        main = shares.argmax(axis=1)
        letters_of_posts = shares.sum(axis=1)
        listed = evidence.listed[evidence.rows]
        others = (_table(post, script, listed, len(posts)) > 0).sum(axis=1) - (
            np.bincount(post[listed & (script == main[post])], minlength=len(posts)) > 0
        )
        kept = script == main[post]
        post, rows = post[kept], evidence.rows[kept]
        totals = np.zeros((len(posts), WIDTH), np.int64)
        looks_mixed = others > 0
        if len(post):
            starts = np.flatnonzero(np.diff(post, prepend=-1))
            owners = post[starts]
            totals[owners] = np.add.reduceat(evidence.scores[rows], starts, axis=0)
            looks_mixed[owners] |= self._cuts(evidence, rows, starts, main[owners]) > _GAIN_OF_A_CUT * UNIT
        looks_mixed &= main < len(SCRIPTS)  # pieces are looked for beside a main script that is known
        counts = np.bincount(post, minlength=len(posts)), np.bincount(post[listed[kept]], minlength=len(posts))
        return _Sums(totals, main, *counts, np.asarray(letters_of_posts > 0), looks_mixed)

    def _cuts(self, evidence: Evidence, rows: IntArray, starts: IntArray, script: IntArray) -> FloatArray:
        """Return the units that the best cut of each post in two, each with its own language, gains over no cut."""
        gains = np.zeros(len(starts))
        ends = np.append(starts[1:], len(rows))
        for number in np.unique(script[ends - starts >= 6]).tolist():
            columns = np.flatnonzero(np.isfinite(self._prior[number]))
            if len(columns) < 2:
                continue
            prior = np.rint(self._prior[number, columns] * UNIT).astype(np.int64)
            chosen = np.flatnonzero((script == number) & (ends - starts >= 6))
            lengths = (ends - starts)[chosen]
            inner = np.cumsum(lengths) - lengths
            words = np.repeat(starts[chosen] - inner, lengths) + np.arange(lengths.sum())
            sums = np.cumsum(evidence.scores[rows[words]][:, columns], axis=0, dtype=np.int64)
            offset = np.vstack((np.zeros((1, len(columns)), np.int64), sums))[inner]
            whole = sums[inner + lengths - 1] - offset
            head = sums - np.repeat(offset, lengths, axis=0)
            cut = (head + prior).max(axis=1) + (np.repeat(whole, lengths, axis=0) - head + prior).max(axis=1)
            gains[chosen] = np.maximum.reduceat(cut, inner) - (whole + prior).max(axis=1) - prior.max()
        return gains


def _batches(texts: Sequence[str]) -> Iterator[tuple[int, list[list[str]]]]:
    """Yield the words of the texts in batches, each with the place of its first text."""
    first, size, posts = 0, 0, []
    for place, text in enumerate(texts):
        posts.append(cleaning.words(text))
        size += 1 + len(posts[-1])
        if size >= _WORDS_AT_ONCE:
            yield first, posts
            first, size, posts = place + 1, 0, []
    if posts:
        yield first, posts


def _table(post: IntArray, script: IntArray, weights: FloatArray | NDArray[np.bool_], posts: int) -> FloatArray:
    """Return the summed weights of words by post and script [posts, scripts and the unknown one]."""
    width = len(SCRIPTS) + 1
    sums: FloatArray = np.bincount(post * width + script, weights, posts * width).astype(np.float64)
    return sums.reshape(posts, width)


def _add_hints(prior: FloatArray, script: IntArray, hints: Sequence[str | None]) -> None:
    """Raise the prior [posts, `WIDTH`] of the language that the platform names."""
    for place, hint in enumerate(hints):
        column = _column(hint, int(script[place]))
        if column is not None:
            prior[place, column] += calibration.HINT


def _add_opinions(prior: FloatArray, script: IntArray, opinion: Opinion, texts: Mapping[int, str]) -> None:
    """Add the log-probabilities of a second opinion to the prior of the posts at the places of `texts`."""
    for place, text in texts.items():
        if script[place] < len(SCRIPTS):
            given = opinion.probabilities(text)
            codes = scripts.LANGUAGES[SCRIPTS[script[place]]]
            shares = [
                calibration.OPINION_UNKNOWN
                if code in opinion.unknown
                else max(given.get(code, 0.0), calibration.OPINION_FLOOR)
                for code in codes
            ]
            prior[place, : len(codes)] += opinion.weight * np.log(shares)


def _column(hint: str | None, script: int) -> int | None:
    """Return the column that a platform's language code stands for in a script; None when it says nothing there."""
    if not hint or script >= len(SCRIPTS):
        return None
    code = hint.lower().replace("_", "-").partition("-")[0]
    languages = scripts.LANGUAGES[SCRIPTS[script]]
    code = _LEGACY_CODES.get(code, code)
    return languages.index(code) if code in languages else None


def _language(script: str, column: int, confidence: float) -> Language:
    code = scripts.LANGUAGES[script][column]
    return Language(code if confidence >= calibration.UNTOLD else "und", confidence)
