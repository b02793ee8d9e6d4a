"""The stock `langdetect` library, made deterministic and safe to call from several threads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from threading import Lock

from langdetect import PROFILES_DIRECTORY
from langdetect.detector_factory import DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from crosspost.errors import UsageError
from crosspost.models import Language

_UNKNOWN = Language("und", 0.0)
_SURE = 0.5  # below it two languages are about as likely: the answer is `und`
# Not the author's words: they pull the n-grams towards English.
_NOISE = re.compile(r"(?:https?://|www\.)\S+|[@#]\w+|\bRT\b")
_MOST = 1_000  # characters looked at: more changes no answer, and langdetect itself reads 10,000
_TRIALS = 3  # langdetect averages 7 random walks through the n-grams; the seed is fixed, and 3 agree as well


class StockDetector:
    """`langdetect` with its own profiles and seed, so that neither the host program's seed nor its luck matters."""

    name = "langdetect"

    def __init__(self, languages: Sequence[str] | None = None) -> None:
        self._lock = Lock()  # langdetect gives wrong answers when several threads use one factory
        self._factory = DetectorFactory()
        self._factory.load_profile(PROFILES_DIRECTORY)
        self._factory.seed = 0  # on the instance: the class attribute belongs to the host program
        known = self._factory.get_lang_list()
        if unknown := sorted(set(languages or ()) - set(known)):
            raise UsageError(f"unknown language {unknown[0]!r} for langdetect: known are {', '.join(sorted(known))}")
        self._closed_set = dict.fromkeys(languages, 1.0) if languages else None

    def detect(self, texts: Sequence[str], hints: Sequence[str | None] | None = None) -> list[Language]:  # noqa: ARG002  # this detector takes no hints
        """Answer one `Language` a text, in order; texts without a letter are `und`."""
        with self._lock:
            return [self._detect(text) for text in texts]

    def _detect(self, text: str) -> Language:
        words = _NOISE.sub(" ", text[:_MOST]).strip() or text[:_MOST]
        detector = self._factory.create()
        detector.n_trial = _TRIALS
        if self._closed_set:
            detector.set_prior_map(self._closed_set)
        try:
            detector.append(words)
            best, *_ = detector.get_probabilities() or [None]
        except LangDetectException:  # no letter in it
            return _UNKNOWN
        if best is None or best.prob < _SURE:
            return _UNKNOWN
        return Language(best.lang.split("-")[0], round(min(best.prob, 1.0), 4))
