"""Print what the gloss knows and costs: `gloss.py --data DIR` with DIR/language.jsonl and DIR/ranking_*.jsonl.

A line of the first: {"text", "lang", "group"}; of the others: {"text", "en"}, two that mean the same. Coverage is the
share of running words with at least one sense; figures, links, hashtags, handles and the letters of another script are
set apart, and of French words those that are written as a name inside a sentence. Speed and load are taken in one run,
the ratio beside stock langdetect on the same posts. `--uncovered N` lists the N most frequent words without a sense.
"""

from __future__ import annotations

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence

import crosspost
from crosspost.archive import Archive
from crosspost.models import Passage, Post
from crosspost.text import is_arabic, tokenize
from crosspost.translate.gloss import Gloss, GlossedWord, glossed
from crosspost.translate.lexicon import LANGUAGES, lexicon

TWEETS = ("xlmt", "idrisi", "carter")
LOAD = """
import time, crosspost.places, crosspost.text, Stemmer
crosspost.places.load()
started = time.perf_counter()
from crosspost.translate.lexicon import lexicon
lexicon({language!r})
print(time.perf_counter() - started)
"""


def rows(path: pathlib.Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def running_words(text: str, language: str) -> Iterator[GlossedWord]:
    """The words of a text that a lexicon could know."""
    tokens = [token for token in tokenize(text) if token.kind == "word"]
    for position, word in enumerate(glossed(tokens, language)):
        other_script = is_arabic(word.form) != (language == "ar")
        name = language == "fr" and position > 0 and word.surface[:1].isupper() and not word.senses
        if not (other_script or name):
            yield word


def coverage(texts: Sequence[str], language: str) -> tuple[int, float, collections.Counter[str]]:
    words = [word for text in texts for word in running_words(text, language)]
    missing = collections.Counter(word.form for word in words if not word.senses)
    return len(words), 100 * (1 - missing.total() / len(words)), missing


def load_seconds(language: str) -> float:
    command = [sys.executable, "-c", LOAD.format(language=language)]
    return min(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(3))


def against_langdetect(texts: Sequence[str], language: str) -> float:
    """How many times as many posts a second the gloss does as stock langdetect."""
    from crosspost.language import detector

    stock, gloss = detector("langdetect"), Gloss()
    gloss.translate([Passage("x", language)])
    stock.detect(["to load what is loaded late"])
    started = time.process_time()
    gloss.translate([Passage(text, language) for text in texts])
    ours = time.process_time() - started
    started = time.process_time()
    stock.detect(texts)
    return (time.process_time() - started) / ours


def ranking(pairs: Sequence[dict[str, str]]) -> tuple[float, float]:
    """Right English line first, in percent: through the archive, and by a plain fuzzy ratio over the glosses."""
    from rapidfuzz import fuzz, process

    checker = crosspost.Checker()
    lines = [Post(id=f"s{n}", text=pair["en"]) for n, pair in enumerate(pairs)]
    queries = [Post(id=f"q{n}", text=pair["text"]) for n, pair in enumerate(pairs)]
    with tempfile.TemporaryDirectory() as folder, Archive(f"{folder}/store.db", checker, create=True) as archive:
        archive.add(lines)
        answers = [*archive.search(queries, limit=1)]
    ours = sum(bool(a.matches) and a.matches[0].id == f"s{n}" for n, a in enumerate(answers))
    english = [pair["en"].lower() for pair in pairs]
    plain = sum(
        process.extractOne(answer.query.pivot.text.lower(), english, scorer=fuzz.ratio)[2] == n
        for n, answer in enumerate(answers)
    )
    return 100 * ours / len(pairs), 100 * plain / len(pairs)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--uncovered", type=int, default=0)
    args = parser.parse_args()
    posts = rows(args.data / "language.jsonl")
    for language in LANGUAGES:
        texts = [row["text"] for row in posts if row["lang"] == language]
        tweets = [row["text"] for row in posts if row["lang"] == language and row["group"].startswith(TWEETS)]
        words, share, missing = coverage(tweets, language)
        all_words, all_share, _ = coverage(texts, language)
        ratio, load = against_langdetect(texts, language), load_seconds(language)
        print(f"{language}  {len(lexicon(language))} headwords, loaded in {load:.2f} s")
        print(
            f"    coverage: {share:.1f}% of {words} words of tweets, {all_share:.1f}% of {all_words} words of all posts"
        )
        print(f"    speed: {ratio:.1f} times the posts a second of stock langdetect")
        if args.uncovered:
            print("    not known:", " ".join(f"{word} {times}" for word, times in missing.most_common(args.uncovered)))
    for path in sorted(args.data.glob("ranking_*.jsonl")):
        ours, plain = ranking(rows(path))
        print(f"{path.stem[8:]}: right line first {ours:.1f}%, by rapidfuzz.fuzz.ratio over the glosses {plain:.1f}%")


if __name__ == "__main__":
    main()
