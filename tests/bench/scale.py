"""Print how what a check costs grows with the posts, and what it still finds: `scale.py [--posts N...] [--rivals]`.

Posts are words of the lexica, drawn as often as real posts hold them, a third in each language, some with an invented
name, a figure, or a stock phrase. Among them are planted: rewordings (a quarter of the words gone or replaced, the
rest in another order, under another place), one for every hundred posts; and copies of one text, 5 to 2,000 of it, a
tenth of them with a word more. Of every number of posts are printed CPU seconds of each step and the most memory; the
share of planted pairs that are candidates, and that are in one group; of copies that hang together as candidates, and
that are in their group; and the most posts of one group that were not planted.

`--rivals N` sets ours beside MinHash of datasketch and of rensa (128 permutations in 32 bands of 4, over the sets of
words; whichever is installed) on N of these posts, and beside all-pairs cdist of rapidfuzz, from a slice of 200 posts:
CPU seconds, candidate pairs a post, planted pairs and copies among the candidates. Making the sets of words is counted
with neither, annotating with none.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from pairs import vocabulary
from rapidfuzz import fuzz, process

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
SLICE = 200  # posts that cdist compares with all
PERMUTATIONS, BANDS = 128, (32, 4)  # of MinHash: more bands find more, and among 100,000 posts thousands a post


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


def rivals(count: int) -> None:
    """Print what finding candidates costs, ours and others, and what each finds."""
    made = Maker().planted(count)
    made.posts.sort(key=lambda post: post.id)
    ids = [post.id for post in made.posts]
    words = [sorted(set(post.text.casefold().split())) for post in made.posts]
    annotations = [*understood(Checker(), made.posts).values()]

    def row(name: str, find: Callable[[], Iterable[tuple[int, int]]]) -> float:
        clock = Clock()
        pairs = {(min(pair), max(pair)) for pair in find() if pair[0] != pair[1]}
        clock.step()
        met = {(ids[a], ids[b]) for a, b in pairs}
        planted = share(tuple(sorted(pair)) in met for pair in made.pairs)
        copies = share(hanging(some, met) for some in made.copies)
        print(f"{name:24} {clock.spent[0]:8.1f} s {len(pairs) / count:8.1f} {planted:8.3f} {copies:8.3f}", flush=True)
        return clock.spent[0]

    kept: list[tuple[int, int]] = []

    def ours() -> Iterable[tuple[int, int]]:
        blocks = Blocks()
        for annotation in annotations:
            rarity.add(annotation)
            blocks.add(annotation)
        kept.extend((a, b) for a, b in blocks.pairs(rarity).tolist())
        return kept

    def scored() -> Iterable[tuple[int, int]]:
        return [(a, b) for a, b in kept if linked(compare(annotations[a], annotations[b], rarity))]

    rarity = Rarity()
    print(f"{count:,} posts" + " " * 17 + "CPU      pairs    pairs   copies")
    both = row("crosspost candidates", ours) + row("  of them linked", scored)
    row("datasketch", lambda: _datasketch(words))
    row("rensa", lambda: _rensa(words))
    clock, texts = Clock(), [post.text for post in made.posts]
    process.cdist(texts[:SLICE], texts, scorer=fuzz.token_set_ratio, workers=1)
    clock.step()
    every = clock.spent[0] * count / SLICE / 2
    print(f"cdist, all pairs         {every:8.0f} s, from {SLICE} posts: {every / both:.0f} times ours with scoring")


def _datasketch(words: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    try:
        from datasketch import MinHash, MinHashLSH
    except ImportError:
        return
    index = MinHashLSH(num_perm=PERMUTATIONS, params=BANDS)
    for number, some in enumerate(words):
        minhash = MinHash(PERMUTATIONS)
        minhash.update_batch([word.encode() for word in some])
        yield from ((number, other) for other in index.query(minhash))
        index.insert(number, minhash)


def _rensa(words: Sequence[Sequence[str]]) -> Iterator[tuple[int, int]]:
    try:
        from rensa import RMinHash, RMinHashLSH
    except ImportError:
        return
    index = RMinHashLSH(0.5, PERMUTATIONS, BANDS[0])
    for number, some in enumerate(words):
        minhash = RMinHash(PERMUTATIONS, 1)
        minhash.update(some)
        yield from ((number, other) for other in index.query(minhash))
        index.insert(number, minhash)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)  # one line, in a process of its own
    parser.add_argument("--rivals", type=int, metavar="N", help="ours beside others, on N posts")
    args = parser.parse_args()
    if args.one:
        measured(args.one)
        return
    if args.rivals:
        rivals(args.rivals)
        return
    print(HEAD)
    for count in args.posts:
        subprocess.run([sys.executable, __file__, "--one", str(count)], check=True)


if __name__ == "__main__":
    main()
