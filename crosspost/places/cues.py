"""The words that tell what a place name is doing in a sentence (`data/places/cues.tsv`)."""

from __future__ import annotations

from functools import cache, lru_cache

from crosspost.data import rows
from crosspost.text import Token, fold

_NONE: frozenset[str] = frozenset()


@cache
def _table() -> dict[str, frozenset[str]]:
    """The cues of each word, folded."""
    cues: dict[str, set[str]] = {}
    for cue, words in rows("places/cues.tsv"):
        for word in words.split():
            cues.setdefault(fold(word), set()).add(cue)
    return {word: frozenset(found) for word, found in cues.items()}


@lru_cache(maxsize=200_000)
def _cues_of(form: str) -> frozenset[str]:
    return _table().get(form, _NONE) | _table().get(_bare(form), _NONE)


def is_cue(form: str, *cues: str) -> bool:
    """Tell whether a folded word, with or without the Arabic article, is one of the words of any of these cues."""
    return not _cues_of(form).isdisjoint(cues)


def is_cue_token(token: Token, *cues: str) -> bool:
    """Tell the same of a token as it is written: French "à" is a preposition, "a" is an article or a verb."""
    if token.form == "a" and "locative" in cues:
        return token.surface.casefold() == "à" or is_cue(token.form, *(cue for cue in cues if cue != "locative"))
    return is_cue(token.form, *cues)


def _bare(form: str) -> str:
    for article in ("وال", "بال", "فال", "لل", "ال"):
        if form.startswith(article) and len(form) > len(article) + 2:
            return form[len(article) :]
    return form
