"""Comparison of two posts: each piece of evidence with its weight in bits, and the link that they add up to.

A weight is log2 of how much likelier a comparison comes out so for two posts on the same media than for two others
(Fellegi and Sunter 1969). Weights add up, beginning with the prior. The constants below were set by hand on the cases
under `fixtures/cases`; they are not yet fitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import log2

from crosspost.align import Alignment, Correspondence, align, differing_figures, shared_figures
from crosspost.models import Annotation, Evidence, Figure, Link, Media, Span, Term
from crosspost.rarity import Rarity

PRIOR_BITS = -5.2  # the odds of a candidate pair among a handful of posts ...
PRIOR_BITS_A_DOUBLING = -0.35  # ... and how they fall with every doubling of the posts
LINK_BITS = 0.0  # from even odds on two posts are linked
ALIGNED_WEIGHT = 2.0  # a doubling of what corresponds says as much again: words of a sentence come together
COVERAGE_WEIGHTS = (0.3, 1.8)  # the log odds of being covered: of the post covered more, of the one covered less
GLOSS_GAPS = 0.7  # of what a gloss leaves unmatched, this share counts: the other words may mean the same all the same
COVERAGE_BOUNDS = (0.05, 0.95)
FIGURES_WEIGHT = 0.5
MEDIA_BITS = 24.0
SAME_URL_BITS = 8.0
REPOST_BITS = 24.0
QUOTE_BITS = 12.0
THREAD_BITS = 3.0  # who goes on telling mostly tells the same story
DIFFERING_FIGURE_BITS = -0.5
_FEWEST_CORRESPONDENCES = 3  # two posts that share fewer meanings are not linked by their words
_WORDS_SHOWN = 12


def compare(a: Annotation, b: Annotation, rarity: Rarity) -> Link:
    """Return every comparison of two posts that had something to compare, and what they add up to.

    The link is returned whatever its score; `linked` tells whether it holds. Ids are kept in the order given.
    """
    evidence = (
        _prior(rarity.posts),
        *_identity(a, b),
        *_words(a, b, rarity),
        *_figures(a.figures, b.figures),
    )
    bits = round(sum(item.weight for item in evidence), 2)
    return Link(a.id, b.id, bits, probability(bits), evidence)


def linked(link: Link) -> bool:
    """Tell whether two posts are more likely than not of the same media."""
    return link.bits >= LINK_BITS


def probability(bits: float) -> float:
    """Return the probability (0..1) that so many bits stand for."""
    return round(1 / (1 + 2 ** -max(-60.0, min(60.0, bits))), 4)


def prior_bits(posts: int) -> float:
    """Return the log odds, before looking, that a candidate pair among so many posts is of the same media."""
    return PRIOR_BITS + PRIOR_BITS_A_DOUBLING * log2(max(2, posts))


def _prior(posts: int) -> Evidence:
    detail = f"before looking: few of the pairs among {posts} posts are of the same media"
    return Evidence("prior", round(prior_bits(posts), 2), detail)


# ------------------------------------------------------------------ what the posts point to


def _identity(a: Annotation, b: Annotation) -> Iterator[Evidence]:
    if a.post.repost_of == b.id or b.post.repost_of == a.id:
        yield Evidence("repost", REPOST_BITS, "one post is a repost of the other")
    if a.post.repost_of is not None and a.post.repost_of == b.post.repost_of:
        yield Evidence("repost", REPOST_BITS, f"both repost {a.post.repost_of}")
    if a.post.quotes == b.id or b.post.quotes == a.id:
        yield Evidence("quote", QUOTE_BITS, "one post quotes the other")
    if a.post.thread is not None and a.post.thread == b.post.thread:
        yield Evidence("thread", THREAD_BITS, "both belong to one thread")
    shared = sorted({*media_keys(a.post.media)} & {*media_keys(b.post.media)})
    if shared:
        kind, _, value = shared[0].partition(":")
        yield Evidence("media", MEDIA_BITS, f"both carry the same media: {_MEDIA_WORDS[kind]} {value}")
    urls = sorted({*a.urls} & {*b.urls})
    if urls:
        yield Evidence("url", SAME_URL_BITS, f"both link to {urls[0]}")


_MEDIA_WORDS = {"id": "platform media id", "sha256": "SHA-256", "url": "media URL"}


def media_keys(media: Iterable[Media]) -> Iterator[str]:
    """Yield what identifies the media of a post exactly, as `kind:value`."""
    for item in media:
        if item.sha256:
            yield f"sha256:{item.sha256}"
        if item.id:
            yield f"id:{item.id}"
        if item.url:
            yield f"url:{item.url}"


# ------------------------------------------------------------------ what the posts say


def _words(a: Annotation, b: Annotation, rarity: Rarity) -> Iterator[Evidence]:
    alignment = align(a.terms, b.terms, rarity)
    if not alignment.pairs:
        return
    aligned = sum(pair.bits for pair in alignment.pairs)
    weight = ALIGNED_WEIGHT * log2(1 + aligned)
    few = len(alignment.pairs) < _FEWEST_CORRESPONDENCES
    if few:
        weight /= 2
    for kind in ("words", "names", "identifiers"):
        pairs = [pair for pair in alignment.pairs if _kind(pair) == kind]
        if pairs:
            share = sum(pair.bits for pair in pairs) / aligned
            detail = f"{len(pairs)} {kind if len(pairs) > 1 else kind[:-1]} in common: {_shown(pairs)}"
            yield Evidence(kind, round(weight * share, 2), detail, *_spans(pairs))
    glossed = "gloss" in (a.pivot.quality, b.pivot.quality) and a.language.code != b.language.code
    coverage = _coverage(alignment, aligned, rarity, GLOSS_GAPS if glossed else 1.0)
    yield replace(coverage, weight=min(0.0, coverage.weight)) if few else coverage


def _kind(pair: Correspondence) -> str:
    if pair.a.kind == "identifier":
        return "identifiers"
    return "words" if pair.how == "sense" else "names"


def _shown(pairs: Sequence[Correspondence]) -> str:
    words = [
        x if x.casefold() == y.casefold() else f"{x} ~ {y}"
        for x, y in ((pair.a.surface, pair.b.surface) for pair in pairs[:_WORDS_SHOWN])
    ]
    return ", ".join(dict.fromkeys(words)) + (", ..." if len(pairs) > _WORDS_SHOWN else "")


def _spans(pairs: Iterable[Correspondence]) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    pairs = [*pairs]
    return (
        tuple(sorted({pair.a.span for pair in pairs if pair.a.span})),
        tuple(sorted({pair.b.span for pair in pairs if pair.b.span})),
    )


def _coverage(alignment: Alignment, aligned: float, rarity: Rarity, missed: float) -> Evidence:
    """How much of what each post says stands in the other too, by bits: a shared phrase in two long posts is little."""
    only = [missed * sum(rarity.of(term) for term in terms) for terms in (alignment.only_a, alignment.only_b)]
    covered = sorted((aligned / (aligned + unshared) for unshared in only), reverse=True)
    weight = coverage_bits(*covered)
    left, right = _rarest(alignment.only_a, rarity), _rarest(alignment.only_b, rarity)
    detail = f"{covered[0]:.0%} of one and {covered[1]:.0%} of the other correspond; only one has: {left} | {right}"
    return Evidence("coverage", round(weight, 2), detail)


def coverage_bits(more: float, less: float) -> float:
    """Return the bits for the shares (0..1) of two posts that correspond, the greater share first."""
    return COVERAGE_WEIGHTS[0] * _log_odds(more) + COVERAGE_WEIGHTS[1] * _log_odds(less)


def _log_odds(share: float) -> float:
    low, high = COVERAGE_BOUNDS
    share = min(high, max(low, share))
    return log2(share / (1 - share))


def _rarest(terms: Iterable[Term], rarity: Rarity) -> str:
    ordered = sorted(terms, key=lambda term: (-rarity.of(term), term.senses))
    return ", ".join(term.surface for term in ordered[:5]) or "none"


# ------------------------------------------------------------------ figures


def _figures(a: Sequence[Figure], b: Sequence[Figure]) -> Iterator[Evidence]:
    shared = shared_figures(a, b)
    if shared:
        bits = FIGURES_WEIGHT * sum(_figure_bits(x, y) for x, y in shared)
        detail = "figures in common: " + ", ".join(f"{x.text} = {y.text}" for x, y in shared)
        spans = tuple((x.start, x.end) for x, _ in shared), tuple((y.start, y.end) for _, y in shared)
        yield Evidence("figures", round(bits, 2), detail, *spans)
    differing = differing_figures(a, b)
    if differing:
        detail = "figures that differ: " + ", ".join(f"{x.text} / {y.text}" for x, y in differing[:4])
        spans = tuple((x.start, x.end) for x, _ in differing[:4]), tuple((y.start, y.end) for _, y in differing[:4])
        yield Evidence("differing-figures", max(-3.0, DIFFERING_FIGURE_BITS * len(differing)), detail, *spans)


def _figure_bits(a: Figure, b: Figure) -> float:
    """A small count is met by chance, a figure of several digits or with a multiplier hardly ever."""
    if "year" in (a.unit, b.unit):
        return 1.0
    digits = len(f"{a.value:.10g}".replace(".", "").rstrip("0"))
    bits = 1.0 + 1.5 * min(digits, 4) + (1.5 if a.value >= 1_000_000 else 0.0)
    return bits + (1.0 if a.unit is not None and a.unit == b.unit else -0.5)
