"""Latin spellings of Arabic and Persian names, of which each newsroom has its own: Qamishli, Kamichly, Al-Qamishlo."""

from __future__ import annotations

import re

# What English and French write for one sound, longest first; the key is not meant for reading.
_SOUNDS = {
    "tch": "sh", "sch": "sh", "ch": "sh", "sh": "sh", "kh": "h", "gh": "g", "dh": "d", "th": "t", "dj": "j", "ph": "f",
    "q": "k", "ou": "u", "oo": "u", "o": "u", "ee": "i", "e": "i", "ei": "ai", "ey": "ai", "ay": "ai",
}  # fmt: skip
_SOUND = re.compile("|".join(sorted(_SOUNDS, key=lambda spelled: (-len(spelled), spelled))))
_DOUBLED = re.compile(r"(.)\1")
_SILENT_H = re.compile(r"(?<=[aiu])h$")
_FINAL_Y = re.compile(r"i?y(?=a?$)")


def sounds(form: str) -> str:
    """Return what a folded Latin spelling of an Arabic name sounds like: qamishli, kamichli -> kamishli."""
    heard = _SOUND.sub(lambda spelled: _SOUNDS[spelled.group()], form)
    return _FINAL_Y.sub("i", _SILENT_H.sub("", _DOUBLED.sub(r"\1", heard)))
