"""The four steps, annotate -> block -> compare -> conclude, and the checker that runs them.

The steps are pure. An engine decides where and in which portions they run, and may not change what they return: posts
are put in the order of their ids first, so that the order of the input plays no part either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING

from crosspost import conclude, places
from crosspost.compare import compare as compare_annotations
from crosspost.engine import Engine, Linked, LocalEngine, Progress, quiet
from crosspost.figures import figures
from crosspost.language import LanguageDetector, detector
from crosspost.models import Annotation, Finding, Language, Link, Options, Post, Report, Still, Translation
from crosspost.rarity import Rarity
from crosspost.recognition import Recognised, recognise, stills
from crosspost.text import tokenize
from crosspost.translate import Translator, to_pivot, translator
from crosspost.translate.terms import terms

if TYPE_CHECKING:
    from crosspost.media.fingerprinter import MediaFingerprinter

_MOST_STILLS = 4  # of a finding: a page of a thousand findings has to stay one that opens


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
        # whether another process can make an equal one from the options alone
        self.is_portable = (detector, translator, self.options.memory) == (None, None, None)
        self.is_portable &= self.options.translator == "gloss"
        self.translator = translator or _translator(self.options)
        self.detector = detector or _detector(self.options)

    def check(self, posts: Iterable[Post], *, engine: Engine | None = None, progress: Progress = quiet) -> Report:
        """Return the report on `posts`: groups of the same media, and the findings among them.

        `posts` may be anything that yields posts; what `crosspost.read` returns brings its list of unreadable rows
        along. `progress` is called with (step, done, total) as the work goes on.
        """
        ordered = sorted(posts, key=lambda post: post.id)
        found = (engine or LocalEngine()).run(self, ordered, progress)
        progress("conclude", 0, None)
        understood = found.annotations

        def compared(a: str, b: str) -> Link:
            return compare_annotations(understood[a], understood[b], found.rarity, found.recognised)

        groups, findings = conclude.conclude(understood, found.links, compared)
        report = conclude.report(
            understood,
            (groups, findings),
            posts,
            options=self.options,
            provenance=self._provenance(found),
            problems=found.recognised.problems,
        )
        return replace(report, stills=self._stills(findings, found.recognised))

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
        self, posts: Sequence[Post], alike: Iterable[tuple[str, str]] = (), progress: Progress = quiet
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

    def _stills(self, findings: Iterable[Finding], recognised: Recognised) -> dict[tuple[str, str], tuple[Still, ...]]:
        """Frames of the first posts of each finding that conflict and show the same."""
        if not recognised.looked_at or self.fingerprinter is None:
            return {}
        shown: dict[tuple[str, str], tuple[Still, ...]] = {}
        for finding in findings:
            pairs = ((conflict.a, conflict.b) for conflict in finding.conflicts)
            found = ((pair, stills(recognised, self.fingerprinter, *pair)) for pair in pairs)
            first = next(((pair, some) for pair, some in found if some), None)
            if first is not None:
                shown[first[0]] = first[1][:_MOST_STILLS]
        return shown

    def _provenance(self, found: Linked) -> dict[str, object]:
        recognised = found.recognised
        glossed = sum(posts for pivot, posts in found.pivots.items() if pivot.endswith("(gloss)"))
        return {
            "detector": self.detector.name,
            "translator": f"{self.translator.engine} {self.translator.version}",
            "pivots": dict(sorted(found.pivots.items())),
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


def _decoders() -> dict[str, str]:
    return {name: version(name) for name in ("av", "pillow")}


def _detector(options: Options) -> LanguageDetector:
    return detector(options.detector, options.languages)


def _translator(options: Options) -> Translator:
    return translator(options.translator, options.pivot, lexica=options.lexica, memory=options.memory)
