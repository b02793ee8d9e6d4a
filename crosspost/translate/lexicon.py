"""The bilingual lexica behind the gloss: plain text files, one headword a line with its English senses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

import Stemmer

from crosspost.data import folder, rows
from crosspost.text import fold, tokenize
from crosspost.translate import dictd
from crosspost.translate.inflection import arabic_readings, french_readings, learned

LANGUAGES = ("ar", "fr")
_MOST_SENSES = 6


class Lexicon:
    """Headwords of one language with their English senses, looked up by spelling, by stem, or without affixes.

    `found` are dictd dictionaries on the system; of their words those of this language are added after our own.
    """

    def __init__(self, language: str, found: Sequence[str] = ()) -> None:
        self.language = language
        self._headwords = 0
        self._exact: dict[str, tuple[str, ...]] = {}
        self._stems: dict[str, tuple[str, ...]] = {}
        self._phrases: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._longest: dict[str, int] = {}
        for file in sorted(folder("lexicon").joinpath(language).iterdir(), key=lambda entry: entry.name):
            for headword, senses in rows(file):
                self._add(headword, tuple(senses.split(", ")))
        for path in found:
            if dictd.language_of(path) == language:
                for headword, of_found in dictd.entries(path):
                    self._add(headword, of_found)

    def __len__(self) -> int:
        """Return the number of headwords, multiword entries among them."""
        return self._headwords

    def _add(self, headword: str, senses: tuple[str, ...]) -> None:
        self._headwords += 1
        words = [token.form for token in tokenize(headword)]
        if len(words) == 1:
            for key in {headword, words[0]}:
                self._exact[key] = _joined(self._exact.get(key, ()), senses)
            stem = self._light(words[0])
            self._stems[stem] = _joined(self._stems.get(stem, ()), senses)
        elif words:
            phrase = tuple(self._light(word) for word in words)
            self._phrases[phrase] = _joined(self._phrases.get(phrase, ()), senses)
            self._longest[phrase[0]] = max(self._longest.get(phrase[0], 0), len(phrase))

    def phrase(self, forms: Sequence[str], at: int) -> tuple[int, tuple[str, ...]] | None:
        """Return the longest multiword entry that starts at `forms[at]`, as (words, senses), or None."""
        first = self._light(forms[at])
        for words in range(min(self._longest.get(first, 0), len(forms) - at), 1, -1):
            if senses := self._phrases.get((first, *(self._light(form) for form in forms[at + 1 : at + words]))):
                return words, senses
        return None

    def listed(self, surface: str, form: str) -> tuple[str, ...]:
        """Return the English senses of a word that stands in the lexicon as it is written, the commonest first."""
        return self._exact.get(surface.lower()) or self._exact.get(form) or ()

    def inflected(self, form: str) -> tuple[str, ...]:
        """Return the senses of the word that `form` is an inflection of, or holds with its clitics; may be empty."""
        if self.language != "ar":
            return self._stems.get(self._light(form), ())
        readings = (self._exact[reading] for reading in arabic_readings(form) if reading in self._exact)
        return next(readings, ())

    def guessed(self, form: str) -> tuple[str, ...]:
        """Return the senses of a French word under another spelling, or by its learned ending; not for names."""
        if self.language != "fr":
            return ()
        readings = (self._stems[stem] for stem in map(french_stem, french_readings(form)) if stem in self._stems)
        return next(readings, ()) or learned(form)

    def _light(self, form: str) -> str:
        """The shape under which the inflected forms of a word meet."""
        if self.language == "ar":
            return _bare_arabic(form)
        return french_stem(form)


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))[:_MOST_SENSES]


def _bare_arabic(form: str) -> str:
    for prefix in ("وال", "بال", "فال", "ال", "لل"):
        if form.startswith(prefix) and len(form) - len(prefix) >= 3:
            return form[len(prefix) :]
    return form


_FRENCH = Stemmer.Stemmer("french")
_ENGLISH = Stemmer.Stemmer("english")


@lru_cache(maxsize=200_000)
def french_stem(form: str) -> str:
    """Return the Snowball stem of a folded French word."""
    return fold(_FRENCH.stemWord(form))


# British spellings of words that posts use; the lexica are American.
_AMERICAN = {
    british + ending: american + ending
    for british, american in (
        ("defence", "defense"), ("offence", "offense"), ("licence", "license"), ("centre", "center"),
        ("metre", "meter"), ("kilometre", "kilometer"), ("theatre", "theater"), ("fibre", "fiber"),
        ("harbour", "harbor"), ("neighbour", "neighbor"), ("neighbourhood", "neighborhood"), ("colour", "color"),
        ("labour", "labor"), ("armour", "armor"), ("behaviour", "behavior"), ("rumour", "rumor"), ("honour", "honor"),
        ("favour", "favor"), ("humour", "humor"), ("programme", "program"), ("grey", "gray"), ("tonne", "ton"),
        ("tyre", "tire"), ("organise", "organize"), ("organisation", "organization"), ("aeroplane", "airplane"),
    )
    for ending in ("", "s", "ed", "d")
}  # fmt: skip


@lru_cache(maxsize=200_000)
def english_stem(form: str) -> str:
    """Return the Snowball (Porter 2) stem of a folded English word, of an irregular form that of its base."""
    return str(_ENGLISH.stemWord(_AMERICAN.get(form) or _irregular().get(form, form)))


@cache
def _irregular() -> dict[str, str]:
    return {form: base for base, forms in rows("irregular.tsv") for form in forms.split()}


@cache
def lexicon(language: str, found: tuple[str, ...] = ()) -> Lexicon:
    """Return the lexicon of a language of `LANGUAGES`, with what was found on the system, read once per process.

    Raises:
        UsageError: one of `found` is no dictionary.
    """
    return Lexicon(language, found)
