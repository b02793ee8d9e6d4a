"""Labelled pairs of posts, made of hand-written clauses: the same media told in other words, or something else.

A story is five clauses in three languages, two wordings for most (stories.tsv), with slots (slots.tsv). Two posts on
the same media tell some of its clauses with the same fillers; what they differ in is the kind of the pair. Every post
also says things of its own, words drawn from the lexica, and every other pair names another place.
"""

from __future__ import annotations

import pathlib
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from crosspost.data import folder, rows
from crosspost.rarity import Rarity
from crosspost.translate.lexicon import english_stem

HERE = pathlib.Path(__file__).parent
LANGUAGES = ("en", "fr", "ar")
SAME = ("copied", "reworded", "reordered", "shortened", "translated", "commented", "quoted", "retold")
OTHER = ("stock", "similar", "other-event", "other-media", "other-story", "shared-words", "same-topic")
# Of the pairs asked for of each kind; 1 where nothing is said.
# Of the pairs asked for: most are told again by somebody else, few are copies or quote.
_SHARES = {"copied": 0.5, "commented": 0.5, "shortened": 0.5, "quoted": 0.5, "similar": 0.5}
_IN = {"en": "in", "fr": "à", "ar": "في"}
_JOIN = {"en": ", ", "fr": ", ", "ar": "، "}
_SLOT = re.compile(r"\{(\w+)\}")
Clause = dict[str, list[str]]  # language -> wordings


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, whether they are of the same media, what kind of pair it is and the story of the first."""

    a: str
    b: str
    same: bool
    kind: str
    story: str


@cache
def stories() -> dict[str, list[Clause]]:
    """The clauses of every story, in order; `opening` and `stock` are no stories."""
    found: dict[str, list[Clause]] = {}
    for name, *columns in _table("stories.tsv"):
        clause = {lang: column.split(" | ") for lang, column in zip(LANGUAGES, columns, strict=True)}
        found.setdefault(name, []).append(clause)
    return found


@cache
def _slots() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for name, *columns in _table("slots.tsv"):
        found.setdefault(name, []).append(dict(zip(LANGUAGES, columns, strict=True)))
    return found


def _table(name: str) -> Iterator[list[str]]:
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


@cache
def vocabulary(language: str, topic: str = "") -> tuple[list[str], list[float]]:
    """The words of a language, or those of a topic (a file of the lexica), and how often each is to be drawn.

    Frequent words come oftener, as in real posts: by the square root of the share of posts that hold them.
    """
    if language == "en":
        found = [(word, word) for zipf, words in rows("frequency.tsv") if float(zipf) < 6 for word in words.split()]
        if topic:
            at = sorted(file.name for file in folder("lexicon").joinpath("fr").iterdir()).index(topic)
            found = found[at::40]
    else:
        files = sorted(folder("lexicon").joinpath(language).iterdir(), key=lambda file: file.name)
        found = [(word, senses) for file in files if topic in ("", file.name) for word, senses in rows(file)]
    rarity = Rarity()
    bits = (rarity.bits(english_stem(re.split(r"[,; |]+", senses)[0])) for _, senses in found)
    return [word for word, _ in found], [2 ** (-x / 2) for x in bits]


def topics(language: str) -> list[str]:
    """The names of the topics that `vocabulary` knows."""
    return sorted(file.name for file in folder("lexicon").joinpath("fr" if language == "en" else language).iterdir())


class Maker:
    """Make pairs of posts, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311  # repeatable, not secret
        self._names = [name for name in stories() if name not in ("opening", "stock")]

    def pairs(self, of_each_kind: int) -> Iterator[Pair]:
        """Yield so many pairs of each kind, half as many of some."""
        for kind in (*SAME, *OTHER):
            make = self._same if kind in SAME else self._other
            for _ in range(int(of_each_kind * _SHARES.get(kind, 1))):
                yield make(kind)

    def fillers(self) -> dict[str, dict[str, str]]:
        """One filler for each slot, also for figures."""
        chosen = {slot: self._chance.choice(fillers) for slot, fillers in _slots().items()}
        for slot in ("n", "code"):
            value = str(self._chance.randint(2, 90)) if slot == "n" else f"K{self._chance.randint(100, 999)}"
            chosen[slot] = dict.fromkeys(LANGUAGES, value)
        return chosen

    def told(self, clauses: Sequence[Clause], language: str, fill: dict[str, dict[str, str]], *, place: bool) -> str:
        """Tell clauses in a language, each in one of its wordings, with a place at the end or the beginning."""
        said = [_SLOT.sub(lambda m: fill[m[1]][language], self._chance.choice(c[language])) for c in clauses]
        if place:
            where = f"{_IN[language]} {self._chance.choice(_slots()['place'])[language]}"
            said.insert(self._chance.choice((0, len(said))), where)
        return _JOIN[language].join(said)

    def own_words(self, language: str, count: int, topic: str = "") -> str:
        """Words that have nothing to do with the story."""
        words, shares = vocabulary(language, topic)
        return " ".join(self._chance.choices(words, shares, k=count))

    def _same(self, kind: str) -> Pair:
        name = self._chance.choice(self._names)
        clauses = self._chance.sample(stories()[name], self._chance.choice((1, 2, 2, 3)))
        a, b = self._chance.choice(LANGUAGES), self._chance.choice(LANGUAGES)
        if kind == "translated":
            b = self._chance.choice([language for language in LANGUAGES if language != a])
        elif kind != "retold":
            b = a
        others, fill, counted_again = clauses, self.fillers(), {}
        if self._chance.random() < 0.35:  # told with another figure
            counted_again = {"n": self.fillers()["n"]}
        if kind == "reordered":
            others = clauses[::-1]
        elif kind in ("shortened", "quoted"):
            others = clauses[:1]
        elif kind == "retold":  # some clauses in common, and one each that the other does not tell
            rest = [clause for clause in stories()[name] if clause not in clauses]
            clauses, others = [*clauses, rest[0]], [rest[1], *clauses]
        first = self.told(clauses, a, fill, place=self._chance.random() < 0.7)
        if kind in ("copied", "commented"):
            second = self._mangled(first) if kind == "copied" else first
        else:
            second = self.told(others, b, fill | counted_again, place=self._chance.random() < 0.7)
            second = self._thinned(second, b)
        extra = {"commented": (6, 14), "quoted": (8, 16)}.get(kind, (0, 8))
        return self._pair(first, second, (a, b), extra, kind=kind, story=name)

    def _other(self, kind: str) -> Pair:
        a, b = self._chance.choice(LANGUAGES), self._chance.choice(LANGUAGES)
        name, other = self._chance.sample(self._names, 2)
        fill, again = self.fillers(), self.fillers()
        if self._chance.random() < 0.25:  # the same figure by chance
            again["n"] = fill["n"]
        if kind == "stock":
            clauses = self._chance.sample(stories()["stock"], self._chance.randint(1, 2))
            first, second = (
                self.told(clauses, language, filled, place=False) for language, filled in ((a, fill), (b, again))
            )
        elif kind == "other-event":  # the same sort of event, with other fillers and other details
            clauses = self._chance.sample(stories()[name], 5)
            first = self.told(clauses[:2], a, fill, place=True)
            second = self.told(clauses[2:], b, again, place=True)
        elif kind == "similar":  # the same sort of event, one detail of which is told alike
            clauses = self._chance.sample(stories()[name], 5)
            first = self.told(clauses[:3], a, fill, place=True)
            second = self.told([clauses[3], clauses[0], clauses[4]], b, again, place=True)
        elif kind == "other-media":  # the same event with the same names, another scene of it
            clauses = self._chance.sample(stories()[name], 5)
            first, second = (self.told(part, a, fill, place=True) for part in (clauses[:2], clauses[2:]))
            b = a
        elif kind == "same-topic":  # long posts of words of one field
            topic = self._chance.choice(topics(a))
            first, second = (self.own_words(a, self._chance.randint(8, 36), topic) for _ in "ab")
            b = a
        else:
            first = self.told(self._chance.sample(stories()[name], 2), a, fill, place=True)
            second = self.told(self._chance.sample(stories()[other], 2), b, again, place=True)
            if kind == "shared-words":  # two long posts that happen to hold the same few words
                b = a
                second = self.told(self._chance.sample(stories()[other], 2), a, again, place=True)
                shared = self.own_words(a, self._chance.randint(2, 5)).split()
                first, second = (self._strewn(text, shared) for text in (first, second))
        return self._pair(first, second, (a, b), (0, 12), kind=kind, story=name)

    def _pair(
        self, a: str, b: str, languages: tuple[str, str], extra: tuple[int, int], *, kind: str, story: str
    ) -> Pair:
        texts = []
        for text, language in zip((a, b), languages, strict=True):
            parts = [text, self.own_words(language, self._chance.randint(*extra))]
            if self._chance.random() < 0.4:
                opening = self._chance.choice(stories()["opening"])[language][0]
                parts.insert(0, opening.upper() if self._chance.random() < 0.3 else f"{opening}:")
            texts.append(" ".join(filter(None, parts)))
        return Pair(texts[0], texts[1], kind in SAME, kind, story)

    def _mangled(self, text: str) -> str:
        """The same words with some left out, one misspelt and the place changed."""
        words = [word for word in text.split() if self._chance.random() > 0.12]
        at = self._chance.randrange(len(words))
        if len(words[at]) > 5:
            words[at] = words[at][:2] + words[at][3:]
        return " ".join(words)

    def _thinned(self, text: str, language: str) -> str:
        """Other words for a share of the words, none to a half: as people retell what they saw, not what they read."""
        share = self._chance.random() / 2
        return " ".join(self.own_words(language, 1) if self._chance.random() < share else word for word in text.split())

    def _strewn(self, text: str, words: Sequence[str]) -> str:
        found = text.split()
        for word in words:
            found.insert(self._chance.randrange(len(found) + 1), word)
        return " ".join(found)
