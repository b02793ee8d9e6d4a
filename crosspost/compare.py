"""Comparison of two posts: each piece of evidence with its weight in bits, and the link that they add up to.

A weight is log2 of how much likelier a comparison comes out so for two posts on the same media than for two others
(Fellegi and Sunter 1969). Weights add up, beginning with the prior. The constants below were set by hand on the cases
under `fixtures/cases`; they are not yet fitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from crosspost.align import Alignment, Correspondence, align, differing_figures, shared_figures
from crosspost.models import Annotation, Evidence, Figure, Link, Media, Span, Term
from crosspost.rarity import Rarity

PRIOR_BITS = -10.0  # of a thousand candidate pairs about one is of the same media
LINK_BITS = 0.0  # from even odds on two posts are linked
WORDS_WEIGHT = 0.36  # words of a sentence come together, so each says less than its rarity
NAMES_WEIGHT = 0.45
IDENTIFIERS_WEIGHT = 0.35
MOST_WORDS_BITS = 20.0
UNSHARED_LESS = -0.12  # rare words that only one post has, in the post that has fewer of them
UNSHARED_MORE = -0.02  # ... and in the other: a long post may contain a short one
MOST_UNSHARED_BITS = -9.0
MEDIA_BITS = 24.0
SAME_URL_BITS = 8.0
REPOST_BITS = 24.0
QUOTE_BITS = 12.0
DIFFERING_FIGURE_BITS = -1.0
_FEWEST_CORRESPONDENCES = 3  # two posts that share fewer meanings are not linked by their words
_WORDS_SHOWN = 12


def compare(a: Annotation, b: Annotation, rarity: Rarity) -> Link:
    """Return every comparison of two posts that had something to compare, and what they add up to.

    The link is returned whatever its score; `linked` tells whether it holds. Ids are kept in the order given.
    """
    evidence = (
        Evidence("prior", PRIOR_BITS, "before looking: about one candidate pair of a thousand is of the same media"),
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


# ------------------------------------------------------------------ what the posts point to


def _identity(a: Annotation, b: Annotation) -> Iterator[Evidence]:
    if a.post.repost_of == b.id or b.post.repost_of == a.id:
        yield Evidence("repost", REPOST_BITS, "one post is a repost of the other")
    if a.post.repost_of is not None and a.post.repost_of == b.post.repost_of:
        yield Evidence("repost", REPOST_BITS, f"both repost {a.post.repost_of}")
    if a.post.quotes == b.id or b.post.quotes == a.id:
        yield Evidence("quote", QUOTE_BITS, "one post quotes the other")
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
    by_kind: dict[str, list[Correspondence]] = {"words": [], "names": [], "identifiers": []}
    for pair in alignment.pairs:
        by_kind[_kind(pair)].append(pair)
    enough = len(alignment.pairs) >= _FEWEST_CORRESPONDENCES
    for kind, weight in (("words", WORDS_WEIGHT), ("names", NAMES_WEIGHT), ("identifiers", IDENTIFIERS_WEIGHT)):
        pairs = by_kind[kind]
        if not pairs:
            continue
        bits = min(MOST_WORDS_BITS, weight * sum(pair.bits for pair in pairs))
        detail = f"{len(pairs)} {kind if len(pairs) > 1 else kind[:-1]} in common: {_shown(pairs)}"
        if not enough:
            bits, detail = bits / 2, f"{detail} (too few to count in full)"
        yield Evidence(kind, round(bits, 2), detail, *_spans(pairs))
    if alignment.pairs:
        yield _unshared(alignment, rarity)


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


def _unshared(alignment: Alignment, rarity: Rarity) -> Evidence:
    only_a = sum(rarity.of(term) for term in alignment.only_a)
    only_b = sum(rarity.of(term) for term in alignment.only_b)
    bits = max(MOST_UNSHARED_BITS, UNSHARED_LESS * min(only_a, only_b) + UNSHARED_MORE * max(only_a, only_b))
    detail = f"words that only one has: {_rarest(alignment.only_a, rarity)} | {_rarest(alignment.only_b, rarity)}"
    return Evidence("unshared", round(bits, 2), detail)


def _rarest(terms: Iterable[Term], rarity: Rarity) -> str:
    ordered = sorted(terms, key=lambda term: (-rarity.of(term), term.senses))
    return ", ".join(term.surface for term in ordered[:5]) or "none"


# ------------------------------------------------------------------ figures


def _figures(a: Sequence[Figure], b: Sequence[Figure]) -> Iterator[Evidence]:
    shared = shared_figures(a, b)
    if shared:
        bits = sum(_figure_bits(x, y) for x, y in shared)
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
