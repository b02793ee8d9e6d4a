"""The gazetteer: places with their names in three languages, what contains what, and how the inhabitants are called.

What is looked up here was put together, folded and sorted by `crosspost.places.build`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from typing import cast

from crosspost.data import folder, rows
from crosspost.models import Level, Place
from crosspost.places.spelling import sounds
from crosspost.text import fold, tokenize

HAND_WRITTEN = frozenset(
    f"{name}.tsv"
    for name in (
        "africa",
        "arabian_peninsula",
        "asia",
        "countries",
        "egypt_sudan",
        "europe_caucasus",
        "iraq",
        "landscapes",
        "levant",
        "middle_east_north_africa",
        "regions",
        "world",
    )
)
"""The files under `data/places` whose rows are places."""

OF_ONE_NAME = 8  # places of one name that are kept, those meant first
SHORTEST_RESPELLED = 6  # letters: Maria is not Marea
_SHORTEST_JOINED = 6  # letters of a name whose words are written together, as in a hashtag
_CLITICS = ("لل", "و", "ف", "ب", "ل", "ك", "وب", "ول", "فب", "ولل")  # and, then, in, to, like; لل holds an article
_CLITIC_LETTERS = frozenset("وفبلك")
_REMEMBERED = 200_000  # words whose readings are remembered: posts repeat theirs
_KNOWN_PEOPLE = 100_000  # inhabitants from which a town of GeoNames is known beyond its surroundings


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A name found in a sequence of words: how many words it takes, how many letters of the first are a clitic.

    `ids` are the places that it may be, those meant first in front; `others` are namesakes that are meant only where
    the post says so. `respelled` is the listed name that an unlisted spelling was taken for.
    """

    words: int
    clitic: int
    ids: tuple[str, ...]
    others: tuple[str, ...] = ()
    respelled: str | None = None


class Table(Mapping[str, str]):
    """Sorted lines, each a key, a tab and the rest, looked up by bisection: half the memory of a dictionary."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def __getitem__(self, key: str) -> str:
        start = f"{key}\t"
        at = bisect_left(self._lines, start)
        if at == len(self._lines) or not self._lines[at].startswith(start):
            raise KeyError(key)
        return self._lines[at][len(start) :]

    def __iter__(self) -> Iterator[str]:
        return (line[: line.index("\t")] for line in self._lines)

    def __len__(self) -> int:
        return len(self._lines)


class Places(Mapping[str, Place]):
    """The places by id, each made of its line when it is first asked for."""

    def __init__(self, lines: list[str]) -> None:
        self._table = Table(lines)
        self._made: dict[str, Place] = {}

    def __getitem__(self, place_id: str) -> Place:
        if place_id not in self._made:
            level, name, country, admin1, lat, lon, within, _ = self._table[place_id].split("\t")
            self._made[place_id] = Place(
                id=place_id,
                name=name,
                country=country or None,
                admin1=admin1 or None,
                level=cast("Level", level),
                lat=float(lat) if lat else None,
                lon=float(lon) if lon else None,
                within=tuple(within.split("|")) if within else (),
            )
        return self._made[place_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def is_little_known(self, place_id: str) -> bool:
        """Tell whether a place is a small one that nobody wrote down by hand."""
        people = self._table[place_id].rpartition("\t")[2]
        return bool(people) and int(people) < _KNOWN_PEOPLE

    def is_by_hand(self, place_id: str) -> bool:
        """Tell whether a place was written down by hand."""
        return self._table[place_id].endswith("\t")


class Gazetteer:
    """Places by id and by name. Names and demonyms are keyed by their folded words, joined by spaces."""

    def __init__(self, compiled: Iterable[str]) -> None:
        places, names, codes, everyday, with_article, either_way, sounding = _sections(compiled)
        self.places = Places(places)
        self.demonym_names: dict[str, str] = {}
        self.demonyms: dict[str, str] = {}
        self._names = Table(names)
        self._sounding = Table(sounding)
        self._codes = frozenset(codes)
        self._common: set[str] = set()
        self._everyday = frozenset(everyday)
        self._with_article = frozenset(with_article)
        self._either_way = frozenset(either_way)
        self._longest: dict[str, int] = {}
        self._readings = lru_cache(maxsize=_REMEMBERED)(self._first_words)
        self._known = lru_cache(maxsize=_REMEMBERED)(self._begins_some)
        self._measure(self._names)

    def may_name(self, form: str) -> bool:
        """Tell whether a name or demonym may begin with a word, joined to the next, or in a genitive: most do not."""
        return self._known(form)

    def names_at(self, forms: Sequence[str], at: int) -> Iterator[NameMatch]:
        """Yield the names that start at `forms[at]`, the longest first."""
        return self._matches(self._names, forms, at)

    def find(self, forms: Sequence[str], at: int) -> NameMatch | None:
        """Return the longest name that starts at `forms[at]`, or None."""
        return next(self.names_at(forms, at), None)

    def find_demonym(self, forms: Sequence[str], at: int) -> NameMatch | None:
        """Return the longest demonym ("Syrian", "السورية") that starts at `forms[at]`, or None."""
        return next(self._matches(self.demonyms, forms, at), None)

    def find_joined(self, form: str) -> NameMatch | None:
        """Return the name whose words are written together, as in a hashtag (sanantonio, حفرالباطن), or None."""
        key = self._joined.get(form.replace("ال", "")) if len(form) >= _SHORTEST_JOINED else None
        return None if key is None else _match(1, 0, self._names[key])

    def find_respelled(self, form: str) -> NameMatch | None:
        """Return the Arabic or Persian name that a Latin spelling sounds like (Kamichly), or None."""
        name = self._sounding.get(sounds(form)) if form.isascii() and len(form) >= SHORTEST_RESPELLED else None
        return None if name is None else replace(_match(1, 0, self._names[name]), respelled=name)

    def _matches(self, index: Mapping[str, str], forms: Sequence[str], at: int) -> Iterator[NameMatch]:
        for clitic, first in self._readings(forms[at]):
            for words in range(min(self._longest[first], len(forms) - at), 0, -1):
                key = " ".join((first, *(_without_article(form) for form in forms[at + 1 : at + words])))
                if found := index.get(key):
                    yield _match(words, clitic, found)

    def _first_words(self, form: str) -> tuple[tuple[int, str], ...]:
        """Return the readings of a word that some name or demonym begins with, as `_without_clitics` yields them."""
        return tuple((clitic, first) for clitic, first in _without_clitics(form) if first in self._longest)

    def _begins_some(self, form: str) -> bool:
        genitive = form.removesuffix("s")
        return bool(self._first_words(form)) or genitive in self._longest or self.find_joined(form) is not None

    @cached_property
    def _joined(self) -> dict[str, str]:
        joined = {key.replace(" ", "").replace("ال", ""): key for key in reversed([*self._names]) if " " in key}
        return {form: key for form, key in joined.items() if len(form) >= _SHORTEST_JOINED}

    def is_common_word(self, form: str) -> bool:
        """Tell whether a folded word is a common word or a person's name as well (nice, صور)."""
        return _without_article(form) in self._common

    def is_everyday_word(self, form: str) -> bool:
        """Tell whether a name, folded, is a word of a lexicon too: it must be written as a name."""
        return form in self._everyday or form in self._common

    def is_written_so(self, form: str, *, with_article: bool) -> bool:
        """Tell whether an Arabic name of one word, folded, is written with its article (الرياض), or without (إدلب)."""
        name = _without_article(form)
        of_several_words = name not in self._names
        return of_several_words or name in self._either_way or (name in self._with_article) == with_article

    def is_code(self, forms: Sequence[str]) -> bool:
        """Tell whether a name is a code that counts in capitals alone (US, UK, CAR)."""
        return " ".join(forms) in self._codes

    def nearest(self, lat: float, lon: float) -> Place | None:
        """Return the nearest town or site of the gazetteer, at most 100 km away (a geotag without a known name)."""
        from crosspost.places.relation import kilometers

        near = [
            (kilometers(lat, lon, place.lat, place.lon), place.id)
            for place in self.places.values()
            if place.level in ("town", "site") and place.lat is not None and place.lon is not None
        ]
        distance, found = min(near, default=(1e9, ""))
        return self.places[found] if distance <= 100 else None

    def add_demonyms(self, place_id: str, names: Sequence[str]) -> None:
        """Add what the people of a place, and what is theirs, are called; the first name is the English one."""
        self.demonym_names[place_id] = names[0]
        keys = [" ".join(name_key(name)) for name in names]
        for key in filter(None, dict.fromkeys(keys)):
            self.demonyms[key] = f"{self.demonyms.get(key, '')} {place_id}".strip()
        self._measure(keys)

    def add_common_words(self, words: Sequence[str]) -> None:
        """Add words that are a name only where the words around them say so."""
        self._common.update(_without_article(fold(word)) for word in words)

    def _measure(self, keys: Iterable[str]) -> None:
        """Note how many words the longest name has that begins with a word."""
        self._readings.cache_clear()
        self._known.cache_clear()
        longest = self._longest
        for key in keys:
            first, _, rest = key.partition(" ")
            words = 2 + rest.count(" ") if rest else 1
            if longest.get(first, 0) < words:
                longest[first] = words


def _match(words: int, clitic: int, found: str) -> NameMatch:
    likely, _, others = found.partition("\t")
    return NameMatch(words, clitic, tuple(likely.split(" ")), tuple(others.split(" ")) if others else ())


def name_key(name: str) -> tuple[str, ...]:
    """Return the folded words of a name, Arabic articles left out: what names are looked up by."""
    return tuple(_without_article(token.form) for token in tokenize(name))


def _without_article(form: str) -> str:
    return form[2:] if form.startswith("ال") and len(form) > 4 else form


def _without_clitics(form: str) -> Iterator[tuple[int, str]]:
    """Yield a word's readings with fewer and fewer clitics, as (letters left out, rest without the article)."""
    yield 0, _without_article(form)
    if form[:1] in _CLITIC_LETTERS:
        for clitic in _CLITICS:
            rest = form[len(clitic) :]
            if form.startswith(clitic) and len(rest) >= 3:
                yield len(clitic), _without_article(rest)


def _sections(lines: Iterable[str]) -> list[list[str]]:
    """The lines of a compiled gazetteer, parted where one is blank."""
    sections: list[list[str]] = [[]]
    for line in lines:
        if line == "\n":
            sections.append([])
        else:
            sections[-1].append(line.rstrip("\n"))
    return sections


@cache
def load() -> Gazetteer:
    """Return the gazetteer that comes with the package (README: "Places"), read once per process."""
    with folder("gazetteer.tsv").open(encoding="utf-8") as compiled:
        gazetteer = Gazetteer(compiled)
    gazetteer.add_common_words([row[0] for row in rows("places/ambiguous.tsv")])
    for place_id, *columns in rows("places/demonyms.tsv"):
        if place_id != "id":
            gazetteer.add_demonyms(place_id, [name for column in columns for name in column.split("|") if name])
    return gazetteer
