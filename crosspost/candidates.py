"""Blocking: posts -> keys -> candidate pairs, so that not every post is compared with every other.

Exact keys come first (the same media, repost, quote, link). Then words: posts that share a very rare sense, or two
fairly rare ones, are candidates; a figure counts as a sense. No block is dropped for its size: in a large one each
member meets its neighbours in the order of their rarest senses, where copies of one text stand side by side.

Pairs of words then pass a funnel, a cheap look at what the rarest senses of both share, so that only those that might
be linked are compared in full. Everything is arrays of integers, a part of the keys at a time: memory grows with the
posts and with the pairs that are left, not with the keys.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from crosspost.compare import AUTHOR_BITS, GLOSS_GAIN, GLOSS_GAPS, LINK_BITS, THREAD_BITS, figure_bits, media_keys
from crosspost.models import Annotation, Figure
from crosspost.rarity import Rarity
from crosspost.weights import curve, prior_bits

_RAREST = 32  # senses of a post that are looked at ...
_PAIRED = (8, 32)  # ... and at least and at most those that make keys two by two ...
_KEYS = 2_000_000  # ... as far as all posts together make no more keys
_SENSES = 4  # of a word, the commonest
_SINGLE_BITS = 6.0  # from here one shared sense is enough to look (a word of about one post in a thousand)
_PAIR_BITS = 2.5  # each of two senses that make a key together
_FULL_BLOCK = 30  # members up to which every pair of a block is a candidate
_NEIGHBOURS = 4  # in a larger block, how many of the following members each is paired with
_GRANTED_BITS = 10.0  # for what the rarest senses alone do not show: a name under another spelling, commoner words
_PART = 4_000_000  # keys that are sorted at a time
_NONE = -1

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Blocks:
    """Collect the keys of posts one by one, then answer which posts might be linked."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}  # of senses, names and figures
        self._exact_numbers: dict[str, int] = {}
        self._threads: dict[str, int] = {}
        self._figures: dict[int, float] = {}  # bits of the numbers that are figures
        self._senses, self._ends = array("i"), array("q", [0])  # the senses of one post after those of another
        self._terms = array("i")  # the word that each sense is of, counted over all posts
        self._words = 0
        self._exact, self._exact_posts = array("i"), array("i")
        self._thread_of = array("i")

    def add(self, annotation: Annotation) -> None:
        """Take note of the next post."""
        post, place = annotation.post, len(self._thread_of)
        self._thread_of.append(_number(self._threads, post.thread) if post.thread is not None else _NONE - place)
        exact = [f"media:{key}" for key in media_keys(post.media)] + [f"url:{url}" for url in annotation.urls]
        exact += [f"post:{i}" for i in (post.id, post.repost_of, post.quotes) if i is not None]
        for key in dict.fromkeys(exact):
            self._exact.append(_number(self._exact_numbers, key))
            self._exact_posts.append(place)
        numbers = self._numbers  # what follows is done for every word: no function is called that need not be
        for senses, skeleton in dict.fromkeys([(term.senses, term.skeleton) for term in annotation.terms]):
            names = senses[:_SENSES] if not skeleton else (*senses[:_SENSES], f"~{skeleton}")
            self._senses.extend([numbers.setdefault(name, len(numbers)) for name in names])
            self._terms.extend([self._words] * len(names))
            self._words += 1
        for figure in annotation.figures:
            number = _number(self._numbers, _name(figure))
            self._figures[number] = figure_bits(figure, figure)
            self._senses.append(number)
            self._terms.append(self._words)
            self._words += 1
        self._ends.append(len(self._senses))

    def pairs(self, rarity: Rarity) -> Ints:
        """Return the pairs of posts that might be linked, as rows of two places (the smaller first), in order."""
        count = len(self._thread_of)
        funnel = _Funnel(*self._signatures(rarity), np.frombuffer(self._thread_of, np.int32), prior_bits(rarity.posts))
        order = np.lexsort([*funnel.signatures[:, 3::-1].T])  # copies of one text stand side by side
        rank = np.empty(count, np.int64)
        rank[order] = np.arange(count)
        exact = np.frombuffer(self._exact, np.int32).astype(np.int64) if self._exact else np.empty(0, np.int64)
        found = [_unique(_met(exact, np.frombuffer(self._exact_posts, np.int32), rank, count))] if len(exact) else []
        paired = int(np.clip(np.sqrt(2 * _KEYS / max(1, count)), *_PAIRED))
        parts = 1 + count * paired * paired // 2 // _PART
        for part in range(parts):
            keys, posts = funnel.keys(order, paired, part, parts)
            met = _unique(_met(keys, posts, rank, count))
            found.append(met[funnel.lets_through(met // count, met % count)])
        met = _unique(np.concatenate(found)) if found else np.empty(0, np.int64)
        return np.stack([met // max(1, count), met % max(1, count)], axis=1)

    def _signatures(self, rarity: Rarity) -> tuple[Ints, Floats, Floats]:
        """The rarest senses of each post, the rarest first (a row each), the bits of every sense, those of a post."""
        bits_of = np.zeros(len(self._numbers) + 1)  # the last one stands for no sense
        for sense, number in self._numbers.items():
            bits_of[number] = self._figures.get(number) or rarity.bits(sense.removeprefix("~"))
        senses, terms = np.array(self._senses, dtype=np.int64), np.array(self._terms, dtype=np.int64)
        ends = np.array(self._ends, dtype=np.int64)
        count = len(ends) - 1
        post_of = np.repeat(np.arange(count), np.diff(ends))
        signatures = np.full((count, _RAREST), _NONE, dtype=np.int64)
        if not len(senses):
            return signatures, bits_of, np.zeros(count)
        # A word is worth its commonest sense.
        starts = np.flatnonzero(np.diff(terms, prepend=-1))
        of_words = np.minimum.reduceat(bits_of[senses], starts)
        totals = np.bincount(post_of[starts], weights=of_words, minlength=count).astype(np.float64)
        of_words = of_words[terms]  # the wrong senses of a word may be rare: the word's bits decide
        telling = bits_of[senses] >= _PAIR_BITS
        names = np.argsort(np.argsort(np.array([*self._numbers])))  # numbers depend on the order of posts, names not
        senses, post_of, of_words = senses[telling], post_of[telling], of_words[telling]
        order = np.lexsort((names[senses], -bits_of[senses], -of_words, post_of))
        senses, post_of = senses[order], post_of[order]
        once = np.argsort(post_of * len(bits_of) + senses, kind="stable")
        again = np.diff((post_of * len(bits_of) + senses)[once], prepend=-1) == 0
        kept = np.ones(len(senses), dtype=bool)
        kept[once[again]] = False
        senses, post_of = senses[kept], post_of[kept]
        column = np.arange(len(senses)) - np.searchsorted(post_of, post_of)
        first = column < _RAREST
        signatures[post_of[first], column[first]] = senses[first]
        return signatures, bits_of, totals


def pairs(annotations: Iterable[Annotation], rarity: Rarity) -> Iterator[tuple[int, int]]:
    """Yield the pairs of `annotations` that might be linked, as places (the smaller first), each once, in order."""
    blocks = Blocks()
    for annotation in annotations:
        blocks.add(annotation)
    yield from map(tuple, blocks.pairs(rarity).tolist())


def _number(numbers: dict[str, int], name: str) -> int:
    return numbers.setdefault(name, len(numbers))


def _name(figure: Figure) -> str:
    return f"={figure.value:.10g}"


def _met(keys: Ints, posts: NDArray[np.int32], rank: Ints, count: int) -> Ints:
    """Return the pairs of posts that share a key, each as `smaller * count + greater`; a pair may come twice."""
    order = np.lexsort((rank[posts], keys))
    keys, posts = keys[order], posts[order].astype(np.int64)
    starts = np.flatnonzero(np.diff(keys, prepend=keys[:1] - 1)) if len(keys) else np.empty(0, np.int64)
    sizes = np.diff(starts, append=len(keys))
    reach = np.repeat(np.where(sizes <= _FULL_BLOCK, _FULL_BLOCK, _NEIGHBOURS), sizes)
    last = np.repeat(starts + sizes, sizes)
    at = np.arange(len(keys))
    found = []
    for step in range(1, _FULL_BLOCK):
        at = at[(step <= reach[at]) & (at + step < last[at])]
        if not len(at):
            break
        a, b = posts[at], posts[at + step]
        found.append(np.minimum(a, b) * count + np.maximum(a, b))
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _unique(values: Ints) -> Ints:
    """Sort and drop what comes twice (`np.unique` on 64-bit integers is about 100 times slower in NumPy 2.4)."""
    values = np.sort(values)
    return values[np.concatenate([[True], values[1:] != values[:-1]])] if len(values) else values


class _Funnel:
    """A cheap look at pairs of posts: what their rarest senses share, weighed like the words of a link."""

    def __init__(
        self, signatures: Ints, bits_of: Floats, totals: Floats, thread_of: NDArray[np.int32], prior: float
    ) -> None:
        self.signatures = signatures
        self._narrow = signatures.astype(np.int32)
        self._bits_of = bits_of
        self._totals = totals
        self._thread_of = thread_of
        self._prior = prior
        self._holders = np.bincount(signatures[signatures != _NONE].ravel(), minlength=len(bits_of))

    def keys(self, order: Ints, paired: int, part: int, parts: int) -> tuple[Ints, NDArray[np.int32]]:
        """Return one part of the keys and the post of each: two senses together, or one very rare one."""
        keys, posts = [], []
        size = len(self._bits_of)
        columns = self.signatures[order]
        for x, y in combinations(range(paired), 2):
            a, b = columns[:, x], columns[:, y]
            key = np.minimum(a, b) * size + np.maximum(a, b)
            mine = (a != _NONE) & (b != _NONE) & (_mixed(key) % parts == part)
            keys.append(key[mine])
            posts.append(order[mine])
        for x in range(paired):
            a = columns[:, x]
            mine = (a != _NONE) & (a % parts == part)
            mine &= (self._bits_of[a] >= _SINGLE_BITS) & (self._holders[a] <= _FULL_BLOCK)
            keys.append(size * size + a[mine])
            posts.append(order[mine])
        return np.concatenate(keys), np.concatenate(posts).astype(np.int32)

    def lets_through(self, a: Ints, b: Ints) -> NDArray[np.bool_]:
        """Tell which pairs might be linked."""
        through = np.zeros(len(a), dtype=bool)
        step = 20_000  # so that what is compared stays in the processor's cache
        for start in range(0, len(a), step):
            part = slice(start, start + step)
            through[part] = self._might_be_linked(a[part], b[part])
        return through

    def _might_be_linked(self, a: Ints, b: Ints) -> NDArray[np.bool_]:
        left, right = (np.ascontiguousarray(self._narrow[i].T) for i in (a, b))
        shared = np.zeros(len(a))
        for column in left:
            met = np.zeros(len(a), dtype=bool)
            for other in right:
                met |= column == other
            shared += np.where(met & (column != _NONE), self._bits_of[column], 0.0)
        shared = GLOSS_GAIN * shared + _GRANTED_BITS
        gaps = (GLOSS_GAPS * np.maximum(0.0, self._totals[i] - shared) for i in (a, b))
        covered = [shared / (shared + gap) for gap in gaps]
        bits = self._prior + AUTHOR_BITS + np.interp(shared, *curve("words"))
        bits += np.interp(np.minimum(*covered), *curve("covered"))
        bits += np.where(self._thread_of[a] == self._thread_of[b], THREAD_BITS, 0.0)
        return np.asarray(bits >= LINK_BITS)


def _mixed(keys: Ints) -> Ints:
    """Spread keys evenly over the parts."""
    return (keys ^ (keys >> 17)) & 0x7FFFFFFF
