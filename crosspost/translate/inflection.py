"""From a form in a text to the dictionary forms that it may stand for, by rule.

Readings are tried in the order of how much they change; a reading counts only when the lexicon lists it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

# Arabic clitics and affixes, in folded spelling (ة is ه, أ is ا); ما and لا are negations written together.
_PREFIXES = ("", *"و ف ب ل ك س ه ح ال وال فال بال كال هال عال لل ولل وب ول وس فس ما لا وما ولا يا".split())
_SUFFIXES = (
    "",
    *"ه ها هم هن هما ك كم نا ي ني ا وا وه وها ان ين ون".split(),
    *"ات اته اتها اتهم ت ته تها تهم تنا تي تا تين تان يه يا يون يين يات ش".split(),
)
_PRONOUNS = frozenset("ه ها هم هما ك كم نا ي".split())
_PERSONS = ("ت", "نا", "تم", "تي", "ن")  # endings of the past before which a weak verb loses its vowel
_REPEATED = re.compile(r"(.)\1{2,}")


@lru_cache(maxsize=100_000)
def arabic_readings(form: str) -> tuple[str, ...]:
    """Return the dictionary forms that a folded Arabic word may stand for, the nearest first."""
    shorter = _REPEATED.sub(r"\1", form)  # letters drawn out for emphasis
    ranked = sorted([*_stripped(form), *_weak(form), *([(9, shorter)] if shorter != form else [])], key=lambda r: r[0])
    return tuple(dict.fromkeys(reading for _, reading in ranked))


def _stripped(form: str) -> Iterator[tuple[int, str]]:
    """Readings without clitics and affixes, with how many letters they leave out."""
    for prefix in _PREFIXES:
        if not form.startswith(prefix):
            continue
        for suffix in _SUFFIXES:
            if not form.endswith(suffix):
                continue
            stem = form[len(prefix) : len(form) - len(suffix)]
            lost = len(prefix) + len(suffix)
            if len(stem) < (2 if lost <= 2 and prefix not in ("ما", "لا", "يا") else 3):
                continue
            yield from ((lost + more, reading) for more, reading in _restored(stem, suffix))


def _restored(stem: str, suffix: str) -> Iterator[tuple[int, str]]:
    """What stands in a dictionary for a stem before a suffix that has changed it, with how far that is to seek."""
    yield 0, stem
    if suffix and suffix[0] in "تاي":
        yield 0, stem + "ه"  # the feminine ending, hidden by the suffix: مدينت(ها), طائر(ات)
    if suffix in _PRONOUNS and stem[-2:] in ("اي", "او"):
        yield 0, stem[:-1] + "ء"  # أصدقائه is أصدقاء
    if suffix in _PRONOUNS and stem[-1] in "اي" and len(stem) >= 4:
        yield 1, stem[:-1]  # both his eyes: عيناه, عينيه
    if suffix in ("وا", "ون", "ين", "ان", "ات", "يه"):
        yield 1, stem + "ي"
    if stem[0] in "تنا" and len(stem) >= 3:
        yield (1 if len(stem) >= 4 else 3), "ي" + stem[1:]  # we, you, she, I: listed under "he"
    if stem[0] == "ي" and len(stem) >= 4:
        yield 2, stem[1:]


def _weak(form: str) -> Iterator[tuple[int, str]]:
    """Readings of verbs that lose a vowel: قمنا is قام, أردت is أراد; لم يستطع is يستطيع, لم يقم is يقوم."""
    bare = form[1:] if form[:1] in ("و", "ف") and len(form) > 3 else form
    for ending in _PERSONS:
        stem = bare.removesuffix(ending)
        if stem != bare and 2 <= len(stem) <= 5:
            yield 5, f"{stem[:-1]}ا{stem[-1]}"
            if stem[-1:] == stem[-2:-1]:
                yield 5, stem[:-1]  # ظننت is ظن
    if bare[:1] in ("ي", "ت", "ن", "ا") and 3 <= len(bare) <= 5:
        for vowel in "ويا":
            yield 6, f"ي{bare[1:-1]}{vowel}{bare[-1]}"
        yield 6, f"ي{bare[1:]}ي"  # لم يبق is يبقى


def french_readings(form: str) -> Iterator[str]:
    """Yield other spellings of a folded French word: drawn-out letters, participles by their infinitive (cassees)."""
    if _REPEATED.search(form):
        yield _REPEATED.sub(r"\1", form)
    for ending in ("ees", "ee", "es", "e"):
        if form.endswith(ending) and len(form) - len(ending) >= 3:
            yield form.removesuffix(ending) + "er"


# Endings that French and English share with the learned words of Latin and Greek, the longest first.
_LEARNED = tuple(
    (french, english.split())
    for french, english in (
        ("iquement", "ically"), ("ellement", "ally"), ("alement", "ally"), ("ivement", "ively"),
        ("ablement", "ably"), ("iblement", "ibly"), ("isation", "ization"), ("logique", "logical"),
        ("graphie", "graphy"), ("atrice", "ator"), ("logie", "logy"), ("ateur", "ator"), ("iteur", "itor"),
        ("cteur", "ctor"), ("itude", "itude"), ("ienne", "ian"), ("ifier", "ify"), ("tion", "tion"), ("sion", "sion"),
        ("isme", "ism"), ("iste", "ist"), ("ique", "ic ical"), ("aire", "ary"), ("oire", "ory"), ("elle", "al"),
        ("euse", "ous"), ("able", "able"), ("ible", "ible"), ("ance", "ance"), ("ence", "ence"), ("iser", "ize"),
        ("ite", "ity"), ("ive", "ive"), ("eux", "ous"), ("ien", "ian"), ("ale", "al"), ("aux", "al"), ("ure", "ure"),
        ("if", "ive"), ("el", "al"), ("al", "al"),
    )
)  # fmt: skip
_SHORTEST_LEARNED = 7  # letters: shorter words are everyday ones, and listed


def learned(form: str) -> tuple[str, ...]:
    """Return what a long folded French word is in English by its learned ending (pollinisation), or ()."""
    for word in (form, form.removesuffix("s")):
        if len(word) >= _SHORTEST_LEARNED:
            for french, english in _LEARNED:
                if word.endswith(french):
                    return tuple(word.removesuffix(french) + ending for ending in english)
    return ()
