"""The terms of a post: its words with what they mean in the pivot, each tied to its place in the original text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from crosspost.models import Language, Term, Translation
from crosspost.text import LONGEST_TEXT, Token, is_arabic, skeleton, tokenize
from crosspost.translate.gloss import GlossedWord, glossed
from crosspost.translate.lexicon import english_stem

_REAL = ("provided", "human", "mt_online", "mt_local")


def terms(
    tokens: Sequence[Token],
    language: Language,
    translation: Translation,
    lexica: tuple[str, ...] = (),
    pivot: str = "en",
) -> tuple[Term, ...]:
    """Return the terms of a post in the order of its words.

    `tokens` are those of the original text. With a real translation its words are the terms, each tied to the
    original word whose gloss it meets; else every original word is a term with all the senses of its gloss.
    `lexica` are used as in `glossed`; `pivot` is the language of the translation. Whatever it is, words meet in the
    English senses of the gloss.
    """
    original = [
        term
        for part, code in _parts(tokens, language)
        for word in glossed(part, code, lexica)
        for term in _terms_of(word)
    ]
    if translation.quality not in _REAL:
        return tuple(original)
    translated = [term for word in glossed(tokenize(translation.text), pivot, lexica) for term in _terms_of(word)]
    return tuple(_tied(translated, original))


def _parts(tokens: Sequence[Token], language: Language) -> Iterator[tuple[Sequence[Token], str]]:
    """The tokens of a post by the language that they are in: one part, or those of a mixed post."""
    if not language.mixed:
        yield tokens, language.code
        return
    starts = [0, *(piece.start for piece in language.mixed[1:]), LONGEST_TEXT]
    for piece, (start, end) in zip(language.mixed, pairwise(starts), strict=True):
        yield [token for token in tokens if start <= token.start < end], piece.code


def _terms_of(word: GlossedWord) -> Iterator[Term]:
    """One term a content word: "air defense" for one Arabic phrase gives two, with one span."""
    if word.kind == "number":
        return
    if word.kind == "identifier":
        yield Term(word.span, word.surface, (word.form,), "identifier")
        return
    if not word.senses:
        yield _unknown(word)
        return
    split = [[english_stem(token.form) for token in tokenize(sense)] for sense in word.senses]
    for position in range(max(map(len, split))):
        stems = tuple(dict.fromkeys(stem[position] for stem in split if len(stem) > position))
        yield Term(word.span, word.surface, stems)


def _unknown(word: GlossedWord) -> Term:
    """A word without a gloss: English, a name, or unknown. Names meet across scripts by their consonants."""
    name = is_arabic(word.form) or word.surface[:1].isupper()
    return Term(
        word.span,
        word.surface,
        (english_stem(word.form),),
        "name" if name else "word",
        skeleton(word.form) if name else "",
    )


def _tied(pivot: Sequence[Term], original: Sequence[Term]) -> Iterator[Term]:
    """Give each word of the translation the span of the first original word, not yet taken, that means the same."""
    free: dict[str, list[Term]] = {}
    for term in reversed(original):
        for key in (*term.senses, term.skeleton):
            if key:
                free.setdefault(key, []).append(term)
    taken: set[int] = set()
    for term in pivot:
        span = None
        for key in (*term.senses, term.skeleton):
            candidates = free.get(key, [])
            while candidates and id(candidates[-1]) in taken:
                candidates.pop()
            if key and candidates:
                taken.add(id(candidates[-1]))
                span = candidates.pop().span
                break
        yield Term(span, term.surface, term.senses, term.kind, term.skeleton)
