"""Print how what a check costs grows with the posts, and what it still finds: `scale.py [--posts N...] [--rivals]`.

Posts are words of the lexica, drawn as often as real posts hold them, a third in each language, some with an invented
name, a figure, or a stock phrase. Among them are planted: rewordings (a quarter of the words gone or replaced, the
rest in another order, under another place), one for every hundred posts; and copies of one text, 5 to 2,000 of it, a
tenth of them with a word more. Of every number of posts are printed CPU seconds of each step and the most memory; the
share of planted pairs that are candidates, and that are in one group; of copies that hang together as candidates, and
that are in their group; and the most posts of one group that were not planted.

With `--rivals`, the same posts as sets of words in datasketch and rensa (MinHash, 128 permutations; bands and rows for
the best recall that they reach with some ten candidates a post), where they are installed, and all-pairs cdist of
rapidfuzz, from a slice.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from pairs import vocabulary

from crosspost import Checker, Post
from crosspost.candidates import Blocks
from crosspost.compare import compare, linked
from crosspost.conclude import conclude
from crosspost.engine import understood
from crosspost.rarity import Rarity

LANGUAGES = ("ar", "en", "fr")
PLACES = {"en": ("in Idlib", "in Benghazi"), "ar": ("في إدلب", "في بنغازي"), "fr": ("à Idlib", "à Benghazi")}
STOCK = {"en": "BREAKING: watch the moment", "ar": "عاجل شاهد لحظة", "fr": "URGENT : regardez le moment"}
COPIES = (5, 10, 20, 50, 100, 200, 500, 1_000, 2_000)
MOST_COPIED = 0.2  # of all posts
SLICE = 1_000  # posts of the slice of cdist


@dataclass
class Planted:
    """Posts, and the ids of those that belong together."""

    posts: list[Post] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    copies: list[list[str]] = field(default_factory=list)


class Maker:
    """Make posts, the same ones at every run."""

    def __init__(self) -> None:
        self._chance = random.Random(2)  # noqa: S311  # repeatable, not secret
        self._vocabulary = {
            language: (words, [*accumulate(shares)])
            for language in LANGUAGES
            for words, shares in [vocabulary(language)]
        }

    def words(self, language: str, count: int) -> list[str]:
        """Words of a language, frequent ones oftener."""
        words, shares = self._vocabulary[language]
        return self._chance.choices(words, cum_weights=shares, k=count)

    def text(self, language: str) -> list[str]:
        """The words of one post."""
        words = self.words(language, self._chance.randint(8, 30))
        if self._chance.random() < 0.4:
            words.append(
                "".join(self._chance.choice("bdfgklmnrstvz") + self._chance.choice("aeiou") for _ in "abc").title()
            )
        if self._chance.random() < 0.2:
            words.append(str(self._chance.randint(2, 2_000)))
        if self._chance.random() < 0.2:
            words.insert(0, STOCK[language])
        return words

    def reworded(self, words: list[str], language: str) -> list[str]:
        """The same words in another order, a quarter of them gone or replaced."""
        half = self._chance.randrange(len(words))
        kept = [word for word in [*words[half:], *words[:half]] if self._chance.random() > 0.15]
        return [word if self._chance.random() > 0.12 else self.words(language, 1)[0] for word in kept]

    def planted(self, count: int) -> Planted:
        """About so many posts."""
        made = Planted()
        copied = 0
        for size in COPIES:
            if (copied := copied + size) <= MOST_COPIED * count:
                made.copies.append(self._copies(made, size))
        while len(made.posts) < count:
            number, language = len(made.posts), self._chance.choice(LANGUAGES)
            words = self.text(language)
            if number % 100:
                made.posts.append(Post(id=f"p{number}", text=" ".join(words)))
                continue
            here, there = PLACES[language]
            made.pairs.append((f"p{number}", f"p{number}-again"))
            again = self.reworded(words, language)
            made.posts += [
                Post(id=i, text=" ".join([*text, place]))
                for i, text, place in zip(made.pairs[-1], (words, again), (here, there), strict=True)
            ]
        return made

    def _copies(self, made: Planted, size: int) -> list[str]:
        language = self._chance.choice(LANGUAGES)
        words = self.text(language) + self.words(language, 6)
        ids = [f"c{size}-{number}" for number in range(size)]
        for i in ids:
            more = self.words(language, 1) if self._chance.random() < 0.1 else []
            made.posts.append(Post(id=i, text=" ".join([*words, *more, self._chance.choice(PLACES[language])])))
        return ids


class Clock:
    """CPU seconds of one step after the other."""

    def __init__(self) -> None:
        self._last = time.process_time()
        self.spent: list[float] = []

    def step(self) -> None:
        """A step has come to its end."""
        now = time.process_time()
        self.spent.append(now - self._last)
        self._last = now


def measured(count: int) -> None:
    """Print one line: what a check of so many posts costs, step by step, and what it finds."""
    made = Maker().planted(count)
    made.posts.sort(key=lambda post: post.id)
    ids = [post.id for post in made.posts]
    rarity, blocks, clock = Rarity(), Blocks(), Clock()
    shelf = understood(Checker(), made.posts)
    clock.step()
    for annotation in shelf.values():
        rarity.add(annotation)
        blocks.add(annotation)
    pairs = blocks.pairs(rarity)
    clock.step()
    compared = (compare(shelf.at(a), shelf.at(b), rarity) for a, b in pairs.tolist())
    links = [link for link in compared if linked(link)]
    clock.step()
    groups, findings = conclude(shelf, links, lambda a, b: compare(shelf[a], shelf[b], rarity))
    clock.step()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    met = {(ids[a], ids[b]) for a, b in pairs.tolist()}
    group_of = {post: number for number, group in enumerate(groups) for post in group.posts}
    planted = {i for some in (*made.pairs, *made.copies) for i in some}
    stray = max((sum(i not in planted for i in group.posts) for group in groups), default=0)
    found = [
        share(tuple(sorted(pair)) in met for pair in made.pairs),
        share(together(group_of, pair) for pair in made.pairs),
        share(hanging(copies, met) for copies in made.copies),
        share(together(group_of, pair) for copies in made.copies for pair in pairwise(copies)),
    ]
    steps = " ".join(f"{seconds:8.1f}" for seconds in clock.spent)
    shares = " ".join(f"{value:8.3f}" for value in found)
    row = f"{len(ids):9,} {steps} {memory:8.0f} {len(pairs) / len(ids):8.2f} {shares} {stray:8} {len(findings):8}"
    print(row, flush=True)


HEAD = (
    "    posts annotate    block  compare conclude       MB    pairs "
    "   pairs    found   copies    found    stray findings"
)


def share(found: Iterable[float]) -> float:
    """The mean; of nothing, not a number."""
    values = [*found]
    return sum(values) / len(values) if values else float("nan")


def together(group_of: dict[str, int], pair: tuple[str, ...]) -> bool:
    """Tell whether two posts are in one group."""
    return group_of.get(pair[0], -1) == group_of.get(pair[1], -2)


def hanging(copies: list[str], met: set[tuple[str, str]]) -> float:
    """The share of copies that hang together by candidate pairs."""
    inside, joined = set(copies), {copy: copy for copy in copies}

    def root(copy: str) -> str:
        while joined[copy] != copy:
            joined[copy] = joined[joined[copy]]
            copy = joined[copy]
        return copy

    for a, b in met:
        if a in inside and b in inside:
            joined[root(a)] = root(b)
    roots = [root(copy) for copy in copies]
    return max(map(roots.count, set(roots))) / len(copies)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)  # one line, in a process of its own
    args = parser.parse_args()
    if args.one:
        measured(args.one)
        return
    print(HEAD)
    for count in args.posts:
        subprocess.run([sys.executable, __file__, "--one", str(count)], check=True)


if __name__ == "__main__":
    main()
