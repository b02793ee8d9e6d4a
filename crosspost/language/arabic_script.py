"""What the letters of Arabic script themselves say.

One sound is typed with another code point in Arabic, Persian, Urdu, Sorani and Pashto.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FOLD = str.maketrans("یک", "يك")
"""Persian yeh and kaf made Arabic, as langdetect's tables fold yeh.

So the n-grams of a Persian text typed on an Arabic keyboard still match.
"""

# How often the letter on the left is the one typed for its sound (ي or ی; ك or ک). By knowledge of the keyboards, not
# counted from data.
_SHARES = {
    "ي": {"ar": 0.97, "fa": 0.10, "ur": 0.01, "ckb": 0.05, "ps": 0.50},
    "ی": {"ar": 0.03, "fa": 0.90, "ur": 0.99, "ckb": 0.95, "ps": 0.50},
    "ك": {"ar": 0.97, "fa": 0.10, "ur": 0.01, "ckb": 0.03, "ps": 0.10},
    "ک": {"ar": 0.03, "fa": 0.90, "ur": 0.99, "ckb": 0.97, "ps": 0.90},
}


def variants(words: Sequence[str], languages: Sequence[str]) -> NDArray[np.float64]:
    """Return the log-likelihood (nats, at most 0) of each word's choices of yeh and kaf [words, languages]."""
    counts = np.array([[word.count(letter) for letter in _SHARES] for word in words], np.float64)
    return counts @ np.log([[share[language] for language in languages] for share in _SHARES.values()])
