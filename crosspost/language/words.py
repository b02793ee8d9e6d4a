"""Common words by language: the hand-written lists under data/."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files

FILES = {"Latin": "words_latin.txt", "Arabic": "words_arabic.txt"}


def load(script: str) -> dict[str, tuple[str, ...]]:
    """Return the common words of each language of a script, sorted and each once; {} for a script without a list."""
    if script not in FILES:
        return {}
    found: dict[str, set[str]] = {}
    current: set[str] = set()
    for line in files(__package__).joinpath("data", FILES[script]).read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            current = found.setdefault(line[1:].strip(), set())
        elif not line.startswith("#"):
            current.update(line.split())
    return {language: tuple(sorted(words)) for language, words in found.items()}


def by_word(lists: dict[str, tuple[str, ...]], languages: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Return, for each listed word, the positions in `languages` of the languages that list it."""
    found: dict[str, list[int]] = {}
    for position, language in enumerate(languages):
        for word in dict.fromkeys(lists.get(language, ())):
            found.setdefault(word, []).append(position)
    return {word: tuple(positions) for word, positions in found.items()}
