"""Print what a check of many posts costs: `check.py [--posts N]`.

Posts are made of the lexica's own words, a third in each language, 8 to 35 words each, with two invented names; every
hundredth is repeated word for word under another place, so that it should be found. The cost is given in seconds and
as a ratio to stock langdetect alone on the same posts, in one run.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Iterator

import crosspost
from crosspost.data import folder, rows
from crosspost.language import detector

PLACES = {"en": ("in Idlib", "in Benghazi"), "ar": ("في إدلب", "في بنغازي"), "fr": ("à Idlib", "à Benghazi")}


def vocabulary(language: str) -> list[str]:
    """The headwords of a lexicon, or the words of the frequency table for English."""
    if language == "en":
        return [word for _, words in rows("frequency.tsv") for word in words.split()]
    files = sorted(folder("lexicon").joinpath(language).iterdir(), key=lambda file: file.name)
    return [headword for file in files for headword, _ in rows(file)]


def made(count: int) -> Iterator[crosspost.Post]:
    """So many posts, the same at every run."""
    chance = random.Random(1)  # noqa: S311  # repeatable, not secret
    words = {language: vocabulary(language) for language in PLACES}
    for number in range(count - count // 100):
        language = chance.choice(sorted(words))
        names = ["".join(chance.choice("bdfgklmnrstvz") + chance.choice("aeiou") for _ in range(3)) for _ in range(2)]
        text = " ".join([*chance.choices(words[language], k=chance.randint(8, 35)), *map(str.capitalize, names)])
        here, there = PLACES[language]
        yield crosspost.Post(id=f"p{number}", text=f"{text} {here}" if number % 99 == 0 else text)
        if number % 99 == 0:
            yield crosspost.Post(id=f"p{number}-again", text=f"{text} {there}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=10_000)
    posts = list(made(parser.parse_args().posts))
    planted = sum(post.id.endswith("-again") for post in posts)
    started = time.process_time()
    report = crosspost.check(posts)
    seconds = time.process_time() - started
    stock = detector("langdetect")
    few = [post.text for post in posts[:500]]
    started = time.process_time()
    stock.detect(few)
    alone = (time.process_time() - started) / len(few) * len(posts)
    found = sum(
        {c.a.removesuffix("-again"), c.b.removesuffix("-again")} == {c.a} for f in report.findings for c in f.conflicts
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(posts)} posts: {seconds:.1f} CPU s, {memory:.0f} MB at the most")
    print(f"stock langdetect alone on them: {alone:.1f} CPU s (from 500), a ratio of {seconds / alone:.2f}")
    print(f"planted conflicts found: {found} of {planted}; findings in all: {len(report.findings)}")


if __name__ == "__main__":
    main()
