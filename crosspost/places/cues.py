"""The words that tell what a place name is doing in a sentence (`data/places/cues.tsv`)."""

from __future__ import annotations

from functools import cache

from crosspost.data import rows
from crosspost.text import Token, fold


@cache
def _cues() -> dict[str, frozenset[str]]:
    return {cue: frozenset(fold(word) for word in words.split()) for cue, words in rows("places/cues.tsv")}


def is_cue(form: str, *cues: str) -> bool:
    """Tell whether a folded word, with or without the Arabic article, is one of the words of any of these cues."""
    table, bare = _cues(), _bare(form)
    return any(form in table[cue] or bare in table[cue] for cue in cues)


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
