"""The stock langdetect, as everybody uses it, made safe: seeded, locked, warmed up and never raising.

The host program's own seed stays as it is.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from crosspost.errors import UsageError
from crosspost.models import Language

_SEED = 0
_CODES = {"zh-cn": "zh", "zh-tw": "zh"}
_UNTOLD = Language("und", 0.0)


class StockDetector:
    """Detects with langdetect itself; slower and less often right than the default, but the reference."""

    name = "langdetect"

    def __init__(self, languages: Sequence[str] | None = None) -> None:
        """Load langdetect's profiles; UsageError for a code that it does not know."""
        from langdetect.detector_factory import DetectorFactory
        from langdetect.lang_detect_exception import LangDetectException

        # A factory of its own: `langdetect.detect` shares one, builds it without a lock, and takes its seed
        # from the class.
        self._factory: Any = DetectorFactory()
        # In the order of names, not of the folder, which differs between file systems and would decide between equals.
        profiles = sorted(files("langdetect").joinpath("profiles").iterdir(), key=lambda profile: profile.name)
        self._factory.load_json_profile(
            [profile.read_text(encoding="utf-8") for profile in profiles if profile.is_file()]
        )
        self._factory.set_seed(_SEED)  # sets it on this instance, in spite of the class attribute of the same name
        self._failure: type[Exception] = LangDetectException
        self._lock = threading.Lock()
        known = {_CODES.get(code, code) for code in self._factory.get_lang_list()}
        self._languages = known if languages is None else frozenset(languages)
        if not self._languages or self._languages - known:
            wrong = ", ".join(sorted(self._languages - known)) or "none"
            raise UsageError(f"unknown language {wrong} for langdetect: known are {', '.join(sorted(known))}")
        self._prior = (
            None
            if languages is None
            else {code: 1.0 for code in self._factory.get_lang_list() if _CODES.get(code, code) in self._languages}
        )
        self._one("to load what langdetect loads late")

    def detect(self, texts: Sequence[str], hints: Sequence[str | None] | None = None) -> list[Language]:
        """Return langdetect's answer for each text, in order; `hints` are not used, `mixed` is always empty."""
        del hints
        with self._lock:
            return [self._one(text) for text in texts]

    def _one(self, text: str) -> Language:
        detector = self._factory.create()
        if self._prior is not None:
            detector.set_prior_map(self._prior)
        detector.append(text[:10_000])  # langdetect cuts there too, but after its own searches
        try:
            best = detector.get_probabilities()
        except (self._failure, ZeroDivisionError):  # no letters that it knows
            return _UNTOLD
        if not best:
            return _UNTOLD
        code = _CODES.get(best[0].lang, best[0].lang)
        confidence = round(min(1.0, best[0].prob), 4)
        return Language(code if confidence >= 0.5 else "und", confidence)
