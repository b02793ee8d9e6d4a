"""Which words and figures of two posts correspond, and how much each correspondence says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2

from rapidfuzz import fuzz, process

from crosspost.kin import families
from crosspost.models import Figure, Term
from crosspost.rarity import Rarity, is_listed
from crosspost.text import is_arabic

_SPELLING = 82.0  # rapidfuzz ratio (0..100) from which two rare spellings are one name: Pantir and Pantsir are 92
_LETTERS = 5  # shorter words have neighbours by chance
_RARE_BITS = 5.0  # of a word that may be a name
_LEAST_BITS = 0.1  # of a shared sense that chance explains: it says next to nothing, but is not unshared
_KIN_SHARE = 0.6  # of the bits of the commoner of two words that are kin
_SCRIPT_DISCOUNT = 0.7  # names that meet by their consonants alone meet by chance more often


@dataclass(frozen=True, slots=True)
class Correspondence:
    """A term of one post and the term of the other that means the same; `bits` is what that says."""

    a: Term
    b: Term
    bits: float
    how: str


@dataclass(frozen=True, slots=True)
class Alignment:
    """What corresponds between two posts, the most telling first, and the informative terms that only one has."""

    pairs: tuple[Correspondence, ...]
    only_a: tuple[Term, ...]
    only_b: tuple[Term, ...]


def align(a: Sequence[Term], b: Sequence[Term], rarity: Rarity) -> Alignment:
    """Align two posts by the meanings of their words: same sense, then near spelling, same consonants, and kin.

    Order plays no part, so clauses may be moved. Each term is used once; everyday words are left out.
    """
    left, right = _informative(a, rarity), _informative(b, rarity)
    pairs = _by_sense(left, right, rarity)
    left, right = _rest(left, [pair.a for pair in pairs]), _rest(right, [pair.b for pair in pairs])
    by_name = [*_by_spelling(left, right, rarity)]
    left, right = _rest(left, [pair.a for pair in by_name]), _rest(right, [pair.b for pair in by_name])
    by_skeleton = [*_by_skeleton(left, right, rarity)]
    left, right = _rest(left, [pair.a for pair in by_skeleton]), _rest(right, [pair.b for pair in by_skeleton])
    by_kin = _by_kin(left, right, rarity)
    left, right = _rest(left, [pair.a for pair in by_kin]), _rest(right, [pair.b for pair in by_kin])
    found = sorted(
        [*pairs, *by_name, *by_skeleton, *by_kin], key=lambda pair: (-pair.bits, pair.a.senses, pair.b.senses)
    )
    return Alignment(tuple(found), tuple(left), tuple(right))


def _informative(terms: Iterable[Term], rarity: Rarity) -> list[Term]:
    """The terms that say something, each meaning once."""
    unique = {term.senses: term for term in reversed([*terms])}
    return [term for term in reversed([*unique.values()]) if rarity.of(term) > 0]


def _rest(terms: list[Term], used: Sequence[Term]) -> list[Term]:
    taken = set(map(id, used))
    return [term for term in terms if id(term) not in taken] if taken else terms


def _by_kin(left: Sequence[Term], right: Sequence[Term], rarity: Rarity) -> list[Correspondence]:
    """Pair terms whose senses are kin, the rarest first."""
    families_of = families()
    index: dict[int, list[tuple[str, int]]] = {}
    for j, term in enumerate(right):
        for sense in term.senses:
            for family in families_of.get(sense, ()):
                index.setdefault(family, []).append((sense, j))
    meetings: dict[tuple[int, int], float] = {}
    for i, term in enumerate(left):
        for sense in term.senses:
            for family in families_of.get(sense, ()):
                for other, j in index.get(family, ()):
                    bits = _KIN_SHARE * min(rarity.bits(sense), rarity.bits(other))
                    meetings[i, j] = max(_beyond_chance(bits, term, right[j]), meetings.get((i, j), 0.0))
    return _best(meetings, left, right, "kin")


def _by_sense(left: Sequence[Term], right: Sequence[Term], rarity: Rarity) -> list[Correspondence]:
    """Pair terms that share a sense, the rarest senses first."""
    index: dict[str, list[int]] = {}
    for j, term in enumerate(right):
        for sense in term.senses:
            index.setdefault(sense, []).append(j)
    meetings: dict[tuple[int, int], float] = {}
    for i, term in enumerate(left):
        for sense in term.senses:
            for j in index.get(sense, ()):
                bits = _beyond_chance(rarity.bits(sense), term, right[j])
                meetings[i, j] = max(bits, meetings.get((i, j), 0.0))
    return _best(meetings, left, right, "sense")


def _beyond_chance(bits: float, a: Term, b: Term) -> float:
    """What is left of the bits of a meeting, since different words of many senses meet by chance."""
    chance = 0.0 if a.senses == b.senses else log2(len(a.senses) * len(b.senses)) / 2
    return max(min(_LEAST_BITS, bits), bits - chance)


def _best(
    meetings: Mapping[tuple[int, int], float], left: Sequence[Term], right: Sequence[Term], how: str
) -> list[Correspondence]:
    """Pair each term with one other, those that say most first."""
    taken_left: set[int] = set()
    taken_right: set[int] = set()
    pairs = []
    for (i, j), bits in sorted(
        meetings.items(), key=lambda item: (-item[1], left[item[0][0]].senses, right[item[0][1]].senses)
    ):
        if i not in taken_left and j not in taken_right:
            taken_left.add(i)
            taken_right.add(j)
            pairs.append(Correspondence(left[i], right[j], bits, how))
    return pairs


def _by_spelling(left: Sequence[Term], right: Sequence[Term], rarity: Rarity) -> Iterable[Correspondence]:
    """Pair rare words of one script that differ by a letter or two (rapidfuzz `fuzz.ratio`)."""
    names_left = sorted(_maybe_names(left, rarity), key=lambda term: term.senses)
    others = _maybe_names(right, rarity) if names_left else []
    names_right = {j: term.senses[0] for j, term in enumerate(others)}
    for term in names_left:
        near = process.extractOne(term.senses[0], names_right, scorer=fuzz.ratio, score_cutoff=_SPELLING)
        if near is not None and not (is_listed(term.senses[0]) and is_listed(near[0])):
            _, ratio, j = near
            del names_right[j]
            bits = min(rarity.of(term), rarity.of(others[j])) * ratio / 100
            yield Correspondence(term, others[j], bits, "spelling")


def _maybe_names(terms: Iterable[Term], rarity: Rarity) -> list[Term]:
    return [
        term
        for term in terms
        if len(term.senses) == 1
        and len(term.senses[0]) >= _LETTERS
        and term.kind != "identifier"
        and rarity.of(term) >= _RARE_BITS
    ]


def _by_skeleton(left: Sequence[Term], right: Sequence[Term], rarity: Rarity) -> Iterable[Correspondence]:
    """Pair names of two scripts that have the same consonants: Wagner and فاغنر."""
    named = [term for term in left if term.skeleton]
    others = reversed(right) if named else ()
    free = {(term.skeleton, is_arabic(term.surface)): term for term in others if term.skeleton}
    for term in named:
        other = free.pop((term.skeleton, not is_arabic(term.surface)), None)
        if other is not None:
            bits = min(rarity.of(term), rarity.of(other)) * _SCRIPT_DISCOUNT
            yield Correspondence(term, other, bits, "consonants")


# ------------------------------------------------------------------ figures


def shared_figures(a: Iterable[Figure], b: Iterable[Figure]) -> list[tuple[Figure, Figure]]:
    """Pair figures of the same value whose units do not differ, each used once, in the order of `a`."""
    free = [*b]
    pairs = []
    for figure in a:
        for other in free:
            if figure.value == other.value and (figure.unit == other.unit or None in (figure.unit, other.unit)):
                free.remove(other)
                pairs.append((figure, other))
                break
    return pairs


def differing_figures(a: Iterable[Figure], b: Iterable[Figure]) -> list[tuple[Figure, Figure]]:
    """Pair figures of one unit and different values where neither value stands in the other post."""
    a, b = [*a], [*b]
    values_a, values_b = {(f.unit, f.value) for f in a}, {(f.unit, f.value) for f in b}
    return [
        (x, y)
        for x in a
        for y in b
        if x.unit is not None
        and x.unit == y.unit
        and (x.unit, x.value) not in values_b
        and (y.unit, y.value) not in values_a
    ]
