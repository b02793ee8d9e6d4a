"""The four steps, annotate -> block -> compare -> conclude, and the checker that runs them.

The steps are pure. An engine decides where and in which portions they run, and may not change what they return: posts
are put in the order of their ids first, so that the order of the input plays no part either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, NamedTuple, Protocol

from crosspost import candidates, conclude, places
from crosspost.compare import compare as compare_annotations
from crosspost.compare import linked
from crosspost.figures import figures
from crosspost.language import LanguageDetector, detector
from crosspost.models import Annotation, Language, Link, LocationClaim, Options, Post, Report, Translation
from crosspost.rarity import Rarity
from crosspost.recognition import Recognised, recognise
from crosspost.text import tokenize
from crosspost.translate import Translator, to_pivot, translator
from crosspost.translate.terms import terms

if TYPE_CHECKING:
    from crosspost.media.fingerprinter import MediaFingerprinter

Progress = Callable[[str, int, int | None], None]  # (what is being done, how many are done, of how many)

_PORTION = 256  # posts or pairs between two words of progress


def _quiet(_step: str, _done: int, _total: int | None) -> None: ...


class Linked(NamedTuple):
    """What an engine returns: annotations in the order of the posts, the links that hold, and what they rest on."""

    annotations: list[Annotation]
    links: list[Link]
    rarity: Rarity
    recognised: Recognised


class Engine(Protocol):
    """Run the per-post and per-pair steps of a checker over many posts, here or on a cluster."""

    def run(self, checker: Checker, posts: Sequence[Post], progress: Progress) -> Linked:
        """Return posts as understood, and the links between them; `posts` are in the order of their ids."""
        ...


class LocalEngine:
    """The engine that is always there: in this process, portion by portion."""

    def run(self, checker: Checker, posts: Sequence[Post], progress: Progress) -> Linked:
        """Return posts as understood, and the links between them (see `Engine`)."""
        annotations: list[Annotation] = []
        for start in range(0, len(posts), _PORTION):
            progress("annotate", start, len(posts))
            annotations += checker.annotate(posts[start : start + _PORTION])
        annotations = inherit(annotations)
        rarity = Rarity(annotations)
        progress("block", 0, None)
        pairs = [*candidates.pairs(annotations, rarity)]
        alike = [(posts[a].id, posts[b].id) for a, b in pairs if posts[a].media and posts[b].media]
        recognised = checker.recognise(posts, alike, progress)
        place = {post.id: number for number, post in enumerate(posts)}
        pairs = sorted({*pairs, *((place[a], place[b]) for a, b in recognised.pairs())})
        links = []
        for done, (a, b) in enumerate(pairs):
            if done % _PORTION == 0:
                progress("compare", done, len(pairs))
            link = compare_annotations(annotations[a], annotations[b], rarity, recognised)
            if linked(link):
                links.append(link)
        return Linked(annotations, links, rarity, recognised)


class Checker:
    """Check posts for the same media under incompatible places.

    Args:
        options: what to do; every field has a default.
        detector: a `LanguageDetector` of your own, instead of the one that `options.detector` names.
        translator: a `Translator` of your own, instead of the one that `options.translator` names.
        fingerprinter: a `MediaFingerprinter` of your own, instead of the one of the extra `media`.

    Raises:
        UsageError: the options name something that does not exist, or cannot go together.
    """

    def __init__(
        self,
        options: Options | None = None,
        *,
        detector: LanguageDetector | None = None,
        translator: Translator | None = None,
        fingerprinter: MediaFingerprinter | None = None,
    ) -> None:
        self.options = options or Options()
        self._fingerprinter = fingerprinter
        self.translator = translator or _translator(self.options)
        self.detector = detector or _detector(self.options)

    def check(self, posts: Iterable[Post], *, engine: Engine | None = None, progress: Progress = _quiet) -> Report:
        """Return the report on `posts`: groups of the same media, and the findings among them.

        `posts` may be anything that yields posts; what `crosspost.read` returns brings its list of unreadable rows
        along. `progress` is called with (step, done, total) as the work goes on.
        """
        ordered = sorted(posts, key=lambda post: post.id)
        found = (engine or LocalEngine()).run(self, ordered, progress)
        progress("conclude", 0, None)
        by_id = {annotation.id: annotation for annotation in found.annotations}

        def compared(a: str, b: str) -> Link:
            return compare_annotations(by_id[a], by_id[b], found.rarity, found.recognised)

        return conclude.report(
            by_id,
            conclude.conclude(by_id, found.links, compared),
            posts,
            options=self.options,
            provenance=self._provenance(found),
            problems=found.recognised.problems,
        )

    def annotate(self, posts: Sequence[Post]) -> list[Annotation]:
        """Return each post as understood by itself, in order (without what it inherits from other posts)."""
        languages = self.detector.detect([post.text for post in posts], [post.lang for post in posts])
        pivots = to_pivot(posts, languages, self.translator)
        return [
            self._annotation(post, language, pivot)
            for post, language, pivot in zip(posts, languages, pivots, strict=True)
        ]

    def compare(self, a: Post, b: Post) -> Link:
        """Return every comparison of two posts, also of posts that are not linked."""
        first, second = self.annotate([a, b])
        return compare_annotations(first, second, Rarity(), self.recognise([a, b], [(a.id, b.id)]))

    def recognise(
        self, posts: Sequence[Post], alike: Iterable[tuple[str, str]] = (), progress: Progress = _quiet
    ) -> Recognised:
        """Return which posts carry the same media by content; of those in `alike`, pairs of ids, also by pixels."""
        named = any(media.path for post in posts for media in post.media)
        return recognise(posts, self.fingerprinter if named and self.options.media else None, alike, progress)

    @cached_property
    def fingerprinter(self) -> MediaFingerprinter | None:
        """What looks at media files, started when it is first needed; None where the extra `media` is missing."""
        from crosspost.media.fingerprinter import Fingerprinter, is_installed

        return self._fingerprinter or (Fingerprinter(self.options.media_cache) if is_installed() else None)

    def _annotation(self, post: Post, language: Language, pivot: Translation) -> Annotation:
        tokens = tokenize(post.text)
        gazetteer = places.load()
        # the geotag of a repost is that of the one who reposts
        geotag = places.geotag_claim(post.location, gazetteer) if post.repost_of is None else []
        about = [claim.place for claim in geotag]
        claims = places.claims(post.text, tokens, gazetteer, context=about)
        if pivot.quality not in ("original", "gloss", "failed"):
            claims = places.merge_sides(
                claims, places.claims(pivot.text, tokenize(pivot.text), gazetteer, context=about)
            )
        return Annotation(
            post=post,
            language=language,
            pivot=pivot,
            terms=terms(tokens, language, pivot, self.options.lexica, self.translator.pivot),
            claims=(*claims, *geotag),
            figures=figures(post.text, tokens),
            urls=tuple(dict.fromkeys(token.form for token in tokens if token.kind == "url")),
        )

    def _provenance(self, found: Linked) -> dict[str, object]:
        annotations, recognised = found.annotations, found.recognised
        pivots = Counter(
            f"{annotation.pivot.engine} {annotation.pivot.version}".strip() + f" ({annotation.pivot.quality})"
            for annotation in annotations
        )
        glossed = sum(annotation.pivot.quality == "gloss" for annotation in annotations)
        return {
            "detector": self.detector.name,
            "translator": f"{self.translator.engine} {self.translator.version}",
            "pivots": dict(sorted(pivots.items())),
            "fallbacks": 0 if self.translator.engine == "gloss" else glossed,
            "media": {
                "named": recognised.named,
                "looked_at": recognised.looked_at,
                "given_hashes": recognised.given,
                "not_compared": recognised.not_compared,
                "decoders": _decoders() if recognised.looked_at else {},
            },
        }


def check(posts: Iterable[Post], options: Options | None = None) -> Report:
    """Return the report on `posts` (see `Checker.check`)."""
    return Checker(options).check(posts)


def inherit(annotations: Sequence[Annotation]) -> list[Annotation]:
    """Let the posts around a post tell what its ambiguous names mean, and lend a place to one that has none.

    The posts around it are those that it quotes or answers, its thread, and, for names alone, its author's others.
    What is inherited is labelled and shown; it never makes a conflict.
    """
    by_id = {annotation.id: annotation for annotation in annotations}
    threads: dict[str, list[Annotation]] = {}
    of_author: dict[tuple[str | None, str], set[str]] = {}
    for annotation in annotations:
        if annotation.post.thread is not None:
            threads.setdefault(annotation.post.thread, []).append(annotation)
        if annotation.post.author is not None:
            of_author.setdefault(_account(annotation), set()).update(places.spoken_of(annotation.claims))
    return [
        _with_inherited(_settled(annotation, by_id, threads, of_author), by_id, threads) for annotation in annotations
    ]


def _account(annotation: Annotation) -> tuple[str | None, str]:
    return annotation.post.platform, annotation.post.author or ""


def _settled(
    annotation: Annotation,
    by_id: Mapping[str, Annotation],
    threads: Mapping[str, Sequence[Annotation]],
    of_author: Mapping[tuple[str | None, str], AbstractSet[str]],
) -> Annotation:
    if not any(claim.alternatives for claim in annotation.claims):
        return annotation
    around = {i for source in _sources(annotation, by_id, threads) for i in places.spoken_of(source.claims)}
    claims = places.settled(annotation.claims, around, for_certain=True)
    claims = places.settled(claims, of_author.get(_account(annotation), frozenset()), for_certain=False)
    return replace(annotation, claims=tuple(claims))


def _with_inherited(
    annotation: Annotation, by_id: Mapping[str, Annotation], threads: Mapping[str, Sequence[Annotation]]
) -> Annotation:
    if places.strongest_tier(annotation.claims):
        return annotation
    for source in _sources(annotation, by_id, threads):
        inherited: list[LocationClaim] = places.inherited_claims(source.id, source.claims)
        if inherited:
            return replace(annotation, claims=(*annotation.claims, *inherited))
    return annotation


def _sources(
    annotation: Annotation, by_id: Mapping[str, Annotation], threads: Mapping[str, Sequence[Annotation]]
) -> Iterator[Annotation]:
    """The posts that a post may speak of, nearest first."""
    post = annotation.post
    for other in (post.repost_of, post.quotes, post.reply_to, post.thread):
        if other is not None and other in by_id and other != post.id:
            yield by_id[other]
    for other_in_thread in threads.get(post.thread or "", ()):
        if other_in_thread.id != post.id:
            yield other_in_thread


def _decoders() -> dict[str, str]:
    return {name: version(name) for name in ("av", "pillow")}


def _detector(options: Options) -> LanguageDetector:
    return detector(options.detector, options.languages)


def _translator(options: Options) -> Translator:
    return translator(options.translator, options.pivot, lexica=options.lexica, memory=options.memory)
