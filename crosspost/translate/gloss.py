"""The offline gloss: every Arabic or French word with the English words that it may mean.

A gloss is for alignment, not for reading, and is labelled so. Its strength is that it keeps *all* senses of a word:
keeping the first alone loses a sixth of the matches (measured on parallel news lines).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crosspost.models import Passage, Span, Translation
from crosspost.places import load as load_gazetteer
from crosspost.text import Token, hashtag_words, tokenize
from crosspost.translate import dictd
from crosspost.translate.lexicon import LANGUAGES, Lexicon, lexicon


@dataclass(frozen=True, slots=True)
class GlossedWord:
    """A word (or a multiword entry) of the original and its English senses; no senses when it is not known."""

    span: Span
    surface: str
    form: str
    senses: tuple[str, ...]
    kind: str


def glossed(tokens: Sequence[Token], language: str, lexica: tuple[str, ...] = ()) -> list[GlossedWord]:
    """Look up `tokens` of a text in `language`; in a language without a lexicon every word stays unknown.

    `lexica` are dictd dictionaries that are used beside our own.

    Hashtags are taken apart; handles and URLs are left out; figures and identifiers stand for themselves.
    """
    words = [part for token in tokens for part in (hashtag_words(token) if token.kind == "hashtag" else [token])]
    words = [word for word in words if word.kind not in ("handle", "url")]
    forms = [word.form for word in words]
    book = lexicon(language, lexica) if language in LANGUAGES else None
    found: list[GlossedWord] = []
    at = 0
    while at < len(words):
        word, length = words[at], 1
        senses: tuple[str, ...] = ()
        if book is not None and word.kind == "word":
            length, senses = _look_up(book, words, forms, at)
        elif language == "en" and word.surface[:1].isupper():  # one place under several spellings
            length, senses = _place_name(forms, at)
        last = words[at + length - 1]
        surface = word.surface if length == 1 else " ".join(part.surface for part in words[at : at + length])
        found.append(GlossedWord((word.start, last.end), surface, word.form, senses, word.kind))
        at += length
    return found


def _look_up(book: Lexicon, words: Sequence[Token], forms: Sequence[str], at: int) -> tuple[int, tuple[str, ...]]:
    """Return how many words an entry takes and its senses: phrases, words as listed, places and inflected forms."""
    if phrase := book.phrase(forms, at):
        return phrase
    if senses := book.listed(words[at].surface, forms[at]):
        return 1, senses
    length, names = _place_name(forms, at)
    inflected = book.inflected(forms[at]) if length == 1 else ()
    if names or inflected:
        return length, tuple(dict.fromkeys((*names, *inflected)))
    is_name = words[at].surface[:1].isupper() and not words[at].surface.isupper()
    return 1, () if is_name else book.guessed(forms[at])


def _place_name(forms: Sequence[str], at: int) -> tuple[int, tuple[str, ...]]:
    """Places and peoples by their English names: they are in the gazetteer, not in the lexicon."""
    gazetteer = load_gazetteer()
    if match := gazetteer.find(forms, at):
        return match.words, tuple(dict.fromkeys(gazetteer.places[i].name for i in match.ids[:3]))
    if match := gazetteer.find_demonym(forms, at):
        return match.words, tuple(gazetteer.demonym_names[i] for i in match.ids[:2])
    return 1, ()


class Gloss:
    """The `Translator` that is always there: word by word, offline, Arabic and French to English.

    Args:
        lexica: dictd dictionaries on the system to use beside our own lexica; the version names them.

    Raises:
        UsageError: one of them is no dictionary.
    """

    engine = "gloss"
    pivot = "en"

    def __init__(self, lexica: tuple[str, ...] = ()) -> None:
        self.version = "+".join(["1", *(Path(path).name.split(".")[0] for path in lexica)])
        self._lexica = lexica
        for path in lexica:
            lexicon(dictd.language_of(path), lexica)

    def translate(self, passages: Sequence[Passage]) -> list[Translation]:
        """Gloss each passage with the first sense of every word; `coverage` is the share of words known."""
        return [self._translate(passage) for passage in passages]

    def _translate(self, passage: Passage) -> Translation:
        words = glossed(tokenize(passage.text), passage.language, self._lexica)
        countable = [word for word in words if word.kind == "word"]
        known = sum(bool(word.senses) for word in countable)
        if passage.language not in LANGUAGES:
            warning = f"the gloss knows {' and '.join(LANGUAGES)}, not {passage.language}: nothing was translated"
            return Translation("", self.engine, self.version, "failed", 0.0, (warning,))
        text = " ".join(word.senses[0] if word.senses else word.surface for word in words)
        return Translation(text, self.engine, self.version, "gloss", round(known / max(1, len(countable)), 4))
