"""The gazetteer: places with their names in three languages, what contains what, and how the inhabitants are called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import cast, get_args

from crosspost.data import folder, rows
from crosspost.models import Level, Place
from crosspost.text import fold, is_arabic, tokenize

_COLUMNS = ["id", "level", "within", "lat", "lon", "en", "ar", "fr"]
_NOT_PLACES = ("demonyms.tsv", "ambiguous.tsv", "cues.tsv")
# What a bare name means first when it is the name of several places: the wider one, as people mean it.
_LEVEL_RANK = {level: rank for rank, level in enumerate(("country", "region", "admin1", "town", "site", "natural"))}


@dataclass(frozen=True, slots=True)
class NameMatch:
    """A name found in a sequence of words: how many words it takes, how many letters of the first are a clitic."""

    words: int
    clitic: int
    ids: tuple[str, ...]


@dataclass(slots=True)
class Gazetteer:
    """Places by id and by name. `names` and `demonyms` are keyed by the folded words of a name."""

    places: dict[str, Place] = field(default_factory=dict)
    names: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    demonyms: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    demonym_names: dict[str, str] = field(default_factory=dict)
    upper: set[tuple[str, ...]] = field(default_factory=set)
    ambiguous: set[str] = field(default_factory=set)
    _longest: dict[str, int] = field(default_factory=dict)

    def find(self, forms: Sequence[str], at: int) -> NameMatch | None:
        """Return the longest name that starts at `forms[at]`, or None."""
        return self._find(self.names, forms, at)

    def find_demonym(self, forms: Sequence[str], at: int) -> NameMatch | None:
        """Return the longest demonym ("Syrian", "السورية") that starts at `forms[at]`, or None."""
        return self._find(self.demonyms, forms, at)

    def _find(self, index: dict[tuple[str, ...], tuple[str, ...]], forms: Sequence[str], at: int) -> NameMatch | None:
        for clitic, first in _without_clitics(forms[at]):
            for words in range(min(self._longest.get(first, 0), len(forms) - at), 0, -1):
                key = (first, *(_without_article(form) for form in forms[at + 1 : at + words]))
                if ids := index.get(key):
                    return NameMatch(words, clitic, ids)
        return None

    def is_ambiguous(self, form: str) -> bool:
        """Tell whether a folded word is a common word or a person's name as well (nice, صور)."""
        return _without_article(form) in self.ambiguous

    def is_upper_only(self, forms: Sequence[str]) -> bool:
        """Tell whether a name is a code that counts in capitals alone (US, UK, CAR)."""
        return tuple(forms) in self.upper

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

    def add_place(self, place: Place, names: Sequence[str]) -> None:
        """Add a place under its names; of places with one name those added first come first."""
        self.places[place.id] = place
        for name in names:
            self._add_name(self.names, name, place.id)

    def add_demonyms(self, place_id: str, names: Sequence[str]) -> None:
        """Add what the people of a place, and what is theirs, are called; the first name is the English one."""
        self.demonym_names[place_id] = names[0]
        for name in names:
            self._add_name(self.demonyms, name, place_id)

    def _add_name(self, index: dict[tuple[str, ...], tuple[str, ...]], name: str, place_id: str) -> None:
        key = name_key(name)
        if not key:
            return
        if name.replace(".", "").isupper() and len(name.replace(".", "")) <= 4 and name.isascii():
            self.upper.add(key)
        ids = index.get(key, ())
        if place_id not in ids:
            index[key] = (*ids, place_id)
        self._longest[key[0]] = max(self._longest.get(key[0], 0), len(key))


def name_key(name: str) -> tuple[str, ...]:
    """Return the folded words of a name, Arabic articles left out: what names are looked up by."""
    return tuple(_without_article(token.form) for token in tokenize(name))


def _without_article(form: str) -> str:
    return form[2:] if form.startswith("ال") and len(form) > 4 else form


def _without_clitics(form: str) -> Iterator[tuple[int, str]]:
    """Yield a word's readings with fewer and fewer clitics, as (letters left out, rest without the article)."""
    yield 0, _without_article(form)
    if not is_arabic(form):
        return
    if form.startswith("لل") and len(form) > 4:
        yield 1, form[2:]
    for clitic in ("و", "ف", "ب", "ل", "ك", "وب", "ول", "فب", "ول"):
        rest = form[len(clitic) :]
        if form.startswith(clitic) and len(rest) >= 3:
            yield len(clitic), _without_article(rest)
    if form.startswith("ولل") and len(form) > 5:
        yield 2, form[3:]


@cache
def load() -> Gazetteer:
    """Return the gazetteer that comes with the package (README: "Places"), read once per process."""
    table = _table()
    gazetteer = Gazetteer(ambiguous={_without_article(fold(row[0])) for row in rows("places/ambiguous.tsv")})
    # The wider of two places of one name comes first: it is what people mean by the bare name.
    for row in sorted(table.values(), key=lambda row: _LEVEL_RANK[row[1]]):
        gazetteer.add_place(_place(row, table), _names(row[5:8]))
    for place_id, *columns in rows("places/demonyms.tsv"):
        if place_id != "id":
            gazetteer.add_demonyms(place_id, _names(columns))
    return gazetteer


def _table() -> dict[str, list[str]]:
    """The rows of all files of places, by id."""
    table: dict[str, list[str]] = {}
    for file in sorted(folder("places").iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".tsv") and file.name not in _NOT_PLACES:
            table.update((row[0], row) for row in rows(file) if row != _COLUMNS)
    return table


def _names(columns: Sequence[str]) -> list[str]:
    return [name for column in columns for name in column.split("|") if name]


def _place(row: list[str], table: dict[str, list[str]]) -> Place:
    place_id, level, _, lat, lon, names, *_ = row
    if level not in get_args(Level):
        raise ValueError(f"gazetteer row {place_id}: level {level!r} is none of {get_args(Level)}")
    within = _ancestors(place_id, table)
    lineage = (place_id, *within)
    countries = [i for i in lineage if i in table and table[i][1] == "country"]
    sovereigns = {i for country in countries for i in _ancestors(country, table)}  # of a dependency, itself is meant
    countries = [i for i in countries if i not in sovereigns]
    admin1 = [i for i in lineage if i in table and table[i][1] == "admin1"]
    return Place(
        id=place_id,
        name=_short_name(names.split("|")),
        country=countries[0] if len(countries) == 1 else None,  # contested, or across borders: no single one
        admin1=admin1[0] if len(admin1) == 1 else None,
        level=cast("Level", level),
        lat=float(lat) if lat else None,
        lon=float(lon) if lon else None,
        within=within,
    )


def _short_name(names: list[str]) -> str:
    """The shortest name that is part of the full one, as people write it: Idlib for Idlib Governorate."""
    parts = [name for name in names if f" {name} " in f" {names[0]} "]
    return min(parts, key=len)


def _ancestors(place_id: str, table: dict[str, list[str]]) -> tuple[str, ...]:
    """Everything that contains a place, nearest first, each once."""
    found: dict[str, None] = {}
    queue = table[place_id][2].split("|")
    while queue:
        parent = queue.pop(0)
        if parent and parent not in found and parent in table:
            found[parent] = None
            queue += table[parent][2].split("|")
    return tuple(found)
