"""Blocking: posts -> keys -> candidate pairs, so that not every post is compared with every other.

Exact keys come first (the same media, repost, quote, link). Then words: posts that share one very rare sense, or a pair
of fairly rare ones, are candidates. No block is dropped for its size: of a large one each member is paired with its
neighbours in the order of their rarest words, where copies of one text stand side by side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from math import log2

from crosspost.compare import ALIGNED_WEIGHT, GLOSS_GAPS, LINK_BITS, coverage_bits, media_keys, prior_bits
from crosspost.models import Annotation, Post
from crosspost.rarity import Rarity

_RAREST = 20  # senses of a post that make keys
_SINGLE_BITS = 6.0  # from here one shared sense is enough to look (a word of about one post in a thousand)
_PAIR_BITS = 2.5  # each of two senses that make a key together
_FULL_BLOCK = 30  # members up to which every pair of a block is a candidate
_GRANTED_BITS = 10.0  # for one name that the senses alone do not show
_NEIGHBOURS = 8  # in a larger block, how many of the following members each is paired with


def keys(annotation: Annotation, rarity: Rarity) -> list[str]:
    """Return the keys of a post: posts that share one of them are compared."""
    post = annotation.post
    exact = [f"media:{key}" for key in media_keys(post.media)]
    exact += [f"url:{url}" for url in annotation.urls]
    exact += [f"post:{i}" for i in (post.id, post.repost_of, post.quotes) if i is not None]
    signature = [sense for sense, _ in signature_of(annotation, rarity)]
    single = [f"1:{sense}" for sense in signature if rarity.bits(sense) >= _SINGLE_BITS]
    pairs = [f"2:{x}+{y}" for x, y in combinations(sorted(signature), 2)]
    figures = [f"n:{f.value:.10g}:{s}" for f in annotation.figures if f.unit != "year" for s in signature[:6]]
    return [*exact, *single, *pairs, *figures]


def signature_of(annotation: Annotation, rarity: Rarity) -> list[tuple[str, float]]:
    """Return the rarest senses of a post with their bits, the rarest first; names also by their consonants."""
    senses: dict[str, float] = {}
    for term in annotation.terms:
        for sense in term.senses[:4]:
            bits = rarity.bits(sense)
            if bits >= _PAIR_BITS:
                senses[sense] = bits
    for term in annotation.terms:
        if term.skeleton and rarity.of(term) >= _PAIR_BITS:
            senses[f"~{term.skeleton}"] = rarity.of(term)
    return sorted(senses.items(), key=lambda item: (-item[1], item[0]))[:_RAREST]


def pairs(annotations: Sequence[Annotation], rarity: Rarity) -> Iterator[tuple[int, int]]:
    """Yield candidate pairs as indices into `annotations` (the smaller first), each once, in order."""
    blocks: defaultdict[str, list[int]] = defaultdict(list)
    for index, annotation in enumerate(annotations):
        for key in keys(annotation, rarity):
            blocks[key].append(index)
    found: set[tuple[int, int]] = set()
    for members in blocks.values():
        if len(members) <= _FULL_BLOCK:
            found.update(combinations(sorted(set(members)), 2))
            continue
        ordered = sorted(set(members), key=lambda index: (_order(annotations[index], rarity), annotations[index].id))
        for place, index in enumerate(ordered):
            for other in ordered[place + 1 : place + 1 + _NEIGHBOURS]:
                found.add((min(index, other), max(index, other)))
    yield from sorted(found)


def _order(annotation: Annotation, rarity: Rarity) -> tuple[str, ...]:
    """What puts copies of one text side by side."""
    return tuple(sense for sense, _ in signature_of(annotation, rarity))


class Funnel:
    """A cheap look at candidate pairs, so that only those that might be linked are compared in full.

    It adds up the senses that two posts share and grants them more than names under another spelling could add.
    """

    def __init__(self, annotations: Sequence[Annotation], rarity: Rarity) -> None:
        self._annotations = annotations
        self._rarity = rarity
        self._prior = prior_bits(rarity.posts)
        self._senses: list[frozenset[str]] = []
        self._totals: list[float] = []
        for annotation in annotations:
            telling = {term.senses: rarity.of(term) for term in annotation.terms}
            telling = {senses: bits for senses, bits in telling.items() if bits > 0}
            self._senses.append(frozenset(sense for senses in telling for sense in senses))
            self._totals.append(sum(telling.values()))

    def lets_through(self, a: int, b: int) -> bool:
        """Tell whether two posts, given as indices, might be linked."""
        left, right = self._annotations[a], self._annotations[b]
        if _point_to_one_thing(left.post, right.post) or set(left.urls) & set(right.urls):
            return True
        if left.figures and right.figures and {f.value for f in left.figures} & {f.value for f in right.figures}:
            return True
        shared = _GRANTED_BITS + sum(map(self._rarity.bits, self._senses[a] & self._senses[b]))
        unshared = (GLOSS_GAPS * max(0.0, self._totals[i] - shared) for i in (a, b))
        more, less = sorted((shared / (shared + bits) for bits in unshared), reverse=True)
        return self._prior + ALIGNED_WEIGHT * log2(1 + shared) + coverage_bits(more, less) >= LINK_BITS


def _point_to_one_thing(a: Post, b: Post) -> bool:
    """One is a repost or quote of the other or of the same post, or they share a thread, or exact media."""
    if a.thread is not None and a.thread == b.thread:
        return True
    pointers_a, pointers_b = {a.id, a.repost_of, a.quotes} - {None}, {b.id, b.repost_of, b.quotes} - {None}
    return bool(pointers_a & pointers_b) or bool({*media_keys(a.media)} & {*media_keys(b.media)})
