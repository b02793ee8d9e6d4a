"""Comparison of two posts: each piece of evidence with its weight in bits, and the link that they add up to.

A weight is log2 of how much likelier a comparison comes out so for two posts on the same media than for two others
(Fellegi and Sunter 1969). Weights add up, beginning with the prior. What is measured (how rare what corresponds is, how
much of each post it covers, figures) is weighed by the fitted curves of `data/weights.tsv`; what is exact (the same
file, a repost, one thread) by the constants below, set by hand: no labelled data tells them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from crosspost.align import Alignment, Correspondence, align, differing_figures, shared_figures
from crosspost.models import Annotation, Evidence, Figure, Link, LocationClaim, Media, Post, Span, Term
from crosspost.rarity import Rarity
from crosspost.recognition import NOTHING_RECOGNISED, Met, Recognised, in_words
from crosspost.weights import prior_bits, weight

LINK_BITS = 0.0  # from even odds on two posts are linked
GLOSS_GAPS = 0.7  # of what a gloss leaves unmatched, this share counts: the other words may mean the same all the same
GLOSS_GAIN = 1.3  # and what it does match stands for so much more that it could not
NAME_SHARE = 0.3  # of the bits of a name, shared or not, this share counts (best of 0.2 to 1 on news lines)
PLACE_GAPS = 0.1  # of a place that only one names, this share counts: another place is what is looked for
MEDIA_BITS = 24.0
SAME_URL_BITS = 8.0
REPOST_BITS = 24.0
QUOTE_BITS = 12.0
THREAD_BITS = 3.0  # who goes on telling mostly tells the same story
AUTHOR_BITS = 0.5  # an account has its topics
FEWEST_CORRESPONDENCES = 3  # two posts that share fewer meanings are not linked by their words
FEWEST_BITS = 8.0  # what two posts share says nothing below this, however many words: boilerplate
_WORDS_SHOWN = 12


def compare(a: Annotation, b: Annotation, rarity: Rarity, recognised: Recognised = NOTHING_RECOGNISED) -> Link:
    """Return every comparison of two posts that had something to compare, and what they add up to.

    The link is returned whatever its score; `linked` tells whether it holds. Ids are kept in the order given.
    `recognised` is what is known of the posts' media by their content.
    """
    measures, alignment = measure(a, b, rarity)
    evidence = (
        _prior(rarity.posts),
        *_identity(a, b),
        *_media(a, b, recognised),
        *_circumstances(a.post, b.post),
        *_words(measures, alignment, rarity, len(shared_figures(a.figures, b.figures))),
        *_figures(measures, a.figures, b.figures),
    )
    bits = round(sum(item.weight for item in evidence), 2)
    return Link(a.id, b.id, bits, probability(bits), evidence)


def linked(link: Link) -> bool:
    """Tell whether two posts are more likely than not of the same media."""
    return link.bits >= LINK_BITS


def probability(bits: float) -> float:
    """Return the probability (0..1) that so many bits stand for."""
    return round(1 / (1 + 2 ** -max(-60.0, min(60.0, bits))), 4)


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
    urls = sorted({*a.urls} & {*b.urls})
    if urls:
        yield Evidence("url", SAME_URL_BITS, f"both link to {urls[0]}")


def _media(a: Annotation, b: Annotation, recognised: Recognised) -> Iterator[Evidence]:
    """One evidence of the posts' media: that they have one name or file, or else the best of what they show alike."""
    shared = sorted({*media_keys(a.post.media)} & {*media_keys(b.post.media)})
    if shared:
        kind, _, value = shared[0].partition(":")
        yield Evidence("media", MEDIA_BITS, f"both carry the same media: {_MEDIA_WORDS[kind]} {value}")
    elif (met := recognised.met(a.id, b.id)) is not None:
        yield _shown(met, recognised)


def _shown(met: Met, recognised: Recognised) -> Evidence:
    a, b, match = recognised.media[met.a], recognised.media[met.b], met.match
    detail = in_words(a, b, match)
    if a is b and a.sha256 is not None:
        return Evidence("media", MEDIA_BITS, detail)
    if "video" in (a.type, b.type):
        return Evidence("video", round(weight("video", match.different), 2), detail)
    return Evidence("image", round(weight("region" if match.how == "region" else "image", match.distance), 2), detail)


def _circumstances(a: Post, b: Post) -> Iterator[Evidence]:
    if a.author is not None and (a.platform, a.author) == (b.platform, b.author):
        yield Evidence("author", AUTHOR_BITS, "one account wrote both")
    if a.created_at and b.created_at:
        days = abs((a.created_at - b.created_at).total_seconds()) / 86_400
        yield Evidence("time", round(weight("days", days), 2), f"{_gap(days)} between them")


def _gap(days: float) -> str:
    minutes, hours = round(days * 1440), round(days * 24)
    if minutes < 90:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    if hours < 48:
        return f"{hours} hours"
    return f"{days:.0f} days" if days < 730 else f"{days / 365.25:.0f} years"


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


@dataclass(frozen=True, slots=True)
class Measures:
    """What is measured of the words and figures of two posts; each field is an evidence of `data/weights.tsv`.

    `words` are the bits that correspond, `covered` is the share (0..1) of the post that corresponds less, `figures` are
    the bits of common figures, `differing` counts the figures of one unit that differ.
    """

    words: float = 0.0
    covered: float = 0.0
    figures: float = 0.0
    differing: float = 0.0


def measure(a: Annotation, b: Annotation, rarity: Rarity) -> tuple[Measures, Alignment]:
    """Return what is measured of two posts, and the alignment that it rests on."""
    alignment = align(a.terms, b.terms, rarity)
    aligned = sum(map(_telling, alignment.pairs))
    glossed = "gloss" in (a.pivot.quality, b.pivot.quality) and a.language.code != b.language.code
    missed, gain = (GLOSS_GAPS, GLOSS_GAIN) if glossed else (1.0, 1.0)
    only = [
        missed * sum(rarity.of(term) * _gap_share(term, post) for term in terms)
        for terms, post in ((alignment.only_a, a), (alignment.only_b, b))
    ]
    covered = min(aligned / (aligned + bits) if aligned else 0.0 for bits in only)
    figures = sum(figure_bits(x, y) for x, y in shared_figures(a.figures, b.figures))
    differing = len(_differing(a.figures, b.figures))
    return Measures(gain * aligned, covered, figures, differing), alignment


def _telling(pair: Correspondence) -> float:
    """The bits of a correspondence, a name's less: the same people stand in many scenes."""
    return pair.bits * (NAME_SHARE if pair.a.kind == pair.b.kind == "name" else 1.0)


def _gap_share(term: Term, post: Annotation) -> float:
    """The share that counts of a word that only one post has."""
    if term.kind == "name":
        return NAME_SHARE
    if term.span is not None and any(_overlap(term.span, claim) for claim in post.claims):
        return PLACE_GAPS
    return 1.0


def _overlap(span: Span, claim: LocationClaim) -> bool:
    """Tell whether a word is (part of) the name of a place that a post claims."""
    if claim.start is None or claim.end is None:
        return False
    return claim.start < span[1] and span[0] < claim.end


def _words(measures: Measures, alignment: Alignment, rarity: Rarity, figures: int) -> Iterator[Evidence]:
    if not (alignment.pairs or (alignment.only_a and alignment.only_b)):
        return
    boilerplate = measures.words + measures.figures < FEWEST_BITS
    few = boilerplate or len(alignment.pairs) + figures < FEWEST_CORRESPONDENCES
    bits = 0.0 if boilerplate else weight("words", measures.words) / (2 if few else 1)
    aligned = sum(map(_telling, alignment.pairs))
    for kind in ("words", "names", "identifiers"):
        pairs = [pair for pair in alignment.pairs if _kind(pair) == kind]
        if pairs:
            share = sum(map(_telling, pairs)) / aligned
            detail = f"{len(pairs)} {kind if len(pairs) > 1 else kind[:-1]} in common: {_listed(pairs)}"
            yield Evidence(kind, round(bits * share, 2), detail, *_spans(pairs))
    yield _coverage(measures, alignment, rarity, 0.0 if few else None)


def _kind(pair: Correspondence) -> str:
    if pair.a.kind == "identifier":
        return "identifiers"
    return "words" if pair.how in ("sense", "kin") else "names"


def _listed(pairs: Sequence[Correspondence]) -> str:
    words = [
        x if x.casefold() == y.casefold() else f"{x} ~ {y}"
        for x, y in ((pair.a.surface, pair.b.surface) for pair in pairs[:_WORDS_SHOWN])
    ]
    return ", ".join(dict.fromkeys(words)) + (", ..." if len(pairs) > _WORDS_SHOWN else "")


def _spans(pairs: Iterable[Correspondence]) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The spans of both posts side by side: the first of one corresponds to the first of the other, and so on."""
    spans = [(pair.a.span, pair.b.span) for pair in pairs if pair.a.span and pair.b.span]
    return tuple(a for a, _ in spans), tuple(b for _, b in spans)


def _coverage(measures: Measures, alignment: Alignment, rarity: Rarity, most: float | None) -> Evidence:
    """How much of what each post says stands in the other too, by bits: a shared phrase in two long posts is little."""
    bits = weight("covered", measures.covered)
    left, right = _rarest(alignment.only_a, rarity), _rarest(alignment.only_b, rarity)
    detail = f"{measures.covered:.0%} of what either says stands in the other, or more; only one has: {left} | {right}"
    return Evidence("coverage", round(bits if most is None else min(most, bits), 2), detail)


def _rarest(terms: Iterable[Term], rarity: Rarity) -> str:
    ordered = sorted(terms, key=lambda term: (-rarity.of(term), term.senses))
    return ", ".join(term.surface for term in ordered[:5]) or "none"


# ------------------------------------------------------------------ figures


def _figures(measures: Measures, a: Sequence[Figure], b: Sequence[Figure]) -> Iterator[Evidence]:
    shared = shared_figures(a, b)
    if shared:
        detail = "figures in common: " + ", ".join(f"{x.text} = {y.text}" for x, y in shared)
        spans = tuple((x.start, x.end) for x, _ in shared), tuple((y.start, y.end) for _, y in shared)
        yield Evidence("figures", round(weight("figures", measures.figures), 2), detail, *spans)
    differing = _differing(a, b)
    if differing:
        shown = differing[:4]
        detail = "figures that differ: " + ", ".join(f"{x.text} / {y.text}" for x, y in shown)
        spans = tuple((x.start, x.end) for x, _ in shown), tuple((y.start, y.end) for _, y in shown)
        yield Evidence("differing-figures", round(weight("differing", measures.differing), 2), detail, *spans)


def _differing(a: Sequence[Figure], b: Sequence[Figure]) -> list[tuple[Figure, Figure]]:
    """The figures that weigh against; another year does not, since old media come back under a new date."""
    return [(x, y) for x, y in differing_figures(a, b) if x.unit != "year"]


def figure_bits(a: Figure, b: Figure) -> float:
    """Return the bits of a common figure: a small count is met by chance, one of several digits hardly ever."""
    if "year" in (a.unit, b.unit):
        return 1.0
    if a.unit is None and b.unit is None and a.value < 100:
        return 1.0
    digits = len(f"{a.value:.10g}".replace(".", "").rstrip("0"))
    bits = 1.0 + 1.5 * min(digits, 4) + (1.5 if a.value >= 1_000_000 else 0.0)
    return bits + (1.0 if a.unit is not None and a.unit == b.unit else -0.5)
