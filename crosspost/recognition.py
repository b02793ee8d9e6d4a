"""Which posts carry the same media by content: every file is looked at once, every given hash taken as it is.

    posts ──> media of each, told apart by content ──> matches of media ──> pairs of posts, and what they rest on

Media are a source of candidates of their own: posts that tell different stories about one video share few words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from crosspost.errors import MediaRefused, NoMedia
from crosspost.media.contact_sheet import beside
from crosspost.media.matches import match, matches
from crosspost.media.pdq import from_hex
from crosspost.media.shapes import Fingerprint, Frames, Luma, Match, Seconds
from crosspost.models import Media, Post, Problem, Still

if TYPE_CHECKING:
    from crosspost.media.fingerprinter import MediaFingerprinter

_FULL_BLOCK = 30  # posts with one medium, up to which each is paired with each other ...
_NEIGHBOURS = 4  # ... beyond, with so many of the following ones
_LOOKS = 2_000  # pairs of pictures whose pixels are compared since their posts' words are alike (about 100 s) ...
_LOOKS_A_VIDEO = 20  # ... each pair with a video counts as so many
_KEPT_GREY = 64  # media whose small frames are at hand while pairs are looked at
_HASH_BITS = 64, 192  # set bits of a PDQ hash of a picture that shows something: half of 256, by its definition

Pair = tuple[str, str]
Progress = Callable[[str, int, int | None], None]


class Met(NamedTuple):
    """What two posts show alike: a medium of one, a medium of the other (places in `Recognised.media`), and how."""

    a: int
    b: int
    match: Match


@dataclass(frozen=True, slots=True, eq=False)
class Recognised:
    """The media of posts by their content.

    `media` are the different ones, `carried` their places by post id, `matches` how two of them correspond, the smaller
    place first. `problems` names the files that could not be looked at; `named` counts the files that posts name,
    `given` the hashes that came with them, `not_compared` the pairs of media whose pixels there was no time for.
    """

    media: tuple[Fingerprint, ...] = ()
    carried: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    matches: Mapping[tuple[int, int], Match] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    named: int = 0
    given: int = 0
    not_compared: int = 0

    @property
    def looked_at(self) -> int:
        """How many different files were looked at."""
        return sum(medium.sha256 is not None for medium in self.media)

    def met(self, a: str, b: str) -> Met | None:
        """Return the best of what two posts show alike, as seen from `a`; None where nothing is known to be."""
        found = (self._met(x, y) for x, y in product(self.carried.get(a, ()), self.carried.get(b, ())))
        return min((one for one in found if one is not None), key=_rank, default=None)

    def _met(self, x: int, y: int) -> Met | None:
        if x == y:
            return Met(x, y, Match(0, "full"))
        found = self.matches.get((min(x, y), max(x, y)))
        return None if found is None else Met(x, y, found if x < y else found.swapped())

    def pairs(self) -> Iterator[Pair]:
        """Yield the pairs of posts that carry one medium, or two that match, the smaller id first.

        Where very many posts carry one medium, each is paired with some others: a group joins them all.
        """
        holders: dict[int, list[str]] = {}
        for post in sorted(self.carried):
            for place in self.carried[post]:
                holders.setdefault(place, []).append(post)
        for posts in holders.values():
            yield from _among(posts)
        for x, y in self.matches:
            yield from _between(holders[x], holders[y])


NOTHING_RECOGNISED = Recognised()


def recognise(
    posts: Sequence[Post],
    fingerprinter: MediaFingerprinter | None,
    alike: Iterable[Pair] = (),
    progress: Progress = lambda _step, _done, _total: None,
) -> Recognised:
    """Return which posts carry the same media.

    Args:
        posts: those whose media are looked at, in the order of their ids.
        fingerprinter: what looks at files; None where there is none, then given hashes alone are compared.
        alike: pairs of ids of posts that may be about one thing: their media are compared by pixels too, in this order,
            as far as there is time.
        progress: called with (step, done, total).
    """
    gathered = _Gathered(fingerprinter)
    for done, post in enumerate(posts):
        progress("look at media", done, len(posts))
        gathered.add(post)
    carried = gathered.carried()
    media = tuple(gathered.media)
    look = None if fingerprinter is None else lru_cache(_KEPT_GREY)(_grey(fingerprinter))
    found = matches(media, look)
    told, left = _told(media, carried, found, alike) if look is not None else ([], 0)
    for done, (x, y) in enumerate(told):
        progress("compare media", done, len(told))
        if (closer := match(media[x], media[y], look)) is not None:
            found[x, y] = closer
    return Recognised(media, carried, found, tuple(gathered.problems), gathered.named, gathered.given, left)


def _grey(fingerprinter: MediaFingerprinter) -> Callable[[Fingerprint], Luma]:
    from crosspost.media.fingerprinter import grey

    return lambda medium: grey(fingerprinter.small(medium))


class _Gathered:
    """The different media of posts, as they are added."""

    def __init__(self, fingerprinter: MediaFingerprinter | None) -> None:
        self.media: list[Fingerprint] = []
        self.problems: list[Problem] = []
        self.named = self.given = 0
        self._fingerprinter = fingerprinter
        self._seen: dict[str, int | None] = {}  # the place of what a path leads to
        self._places: dict[str, int] = {}  # by SHA-256, or by given PDQ
        self._of_post: dict[str, list[Media]] = {}

    def add(self, post: Post) -> None:
        """Look at the media of one more post."""
        told = [one for one in post.media if one.path or one.sha256 or one.pdq]
        if told:
            self._of_post[post.id] = told
        for one in told:
            self.given += bool(one.sha256) + bool(one.pdq)
            if one.path and one.type != "audio":
                self.named += 1
                if self._fingerprinter is not None and one.path not in self._seen:
                    self._seen[one.path] = self._looked_at(self._fingerprinter, one.path, post.id, one.type)
            if one.pdq and _tells(one.pdq):
                self._keep(one.pdq, _of_hash(one.pdq))

    def carried(self) -> dict[str, tuple[int, ...]]:
        """Return the places of each post's media: a given hash stands for the file that has it, whoever brought it."""
        return {post: places for post, told in self._of_post.items() if (places := self._carried(told))}

    def _carried(self, told: Iterable[Media]) -> tuple[int, ...]:
        places = [self._seen.get(one.path or "") for one in told]
        places += [self._places.get(value) for one in told for value in (one.sha256, one.pdq) if value]
        return tuple(sorted({place for place in places if place is not None}))

    def _looked_at(self, fingerprinter: MediaFingerprinter, path: str, post: str, type_: str) -> int | None:
        try:
            medium = fingerprinter.fingerprint(path)
        except MediaRefused as refused:
            if not (isinstance(refused, NoMedia) and type_ == "other"):  # a document is no bad picture
                self.problems.append(Problem(path, None, f"media of post {post!r} not looked at: {refused}", kept=True))
            return None
        if medium.note:
            self.problems.append(Problem(path, None, f"media of post {post!r}: {medium.note}", kept=True))
        return self._keep(medium.sha256 or "", medium)

    def _keep(self, name: str, medium: Fingerprint) -> int:
        if name not in self._places:
            self._places[name] = len(self.media)
            self.media.append(medium)
        return self._places[name]


def _tells(pdq: str) -> bool:
    """Tell whether a hash can be that of a picture that shows something."""
    fewest, most = _HASH_BITS
    return fewest <= int(pdq, 16).bit_count() <= most


def _of_hash(pdq: str) -> Fingerprint:
    """Return a picture of which only the hash is known."""
    return Fingerprint(None, "image", Frames(np.zeros(1), from_hex(pdq), np.full(1, 100, np.uint8)), {})


def _told(
    media: Sequence[Fingerprint],
    carried: Mapping[str, tuple[int, ...]],
    found: Mapping[tuple[int, int], Match],
    alike: Iterable[Pair],
) -> tuple[list[tuple[int, int]], int]:
    """Return the pairs of files of posts alike whose pixels there is time for, and how many are left."""
    told: dict[tuple[int, int], None] = {}
    for a, b in alike:
        for x, y in product(carried.get(a, ()), carried.get(b, ())):
            pair = min(x, y), max(x, y)
            if x != y and pair not in found and media[x].sha256 and media[y].sha256:
                told[pair] = None
    costs = np.cumsum([_LOOKS_A_VIDEO if "video" in (media[x].type, media[y].type) else 1 for x, y in told])
    affordable = int(np.searchsorted(costs, _LOOKS, side="right"))
    return [*told][:affordable], len(told) - affordable


def _rank(met: Met) -> tuple[bool, int, int, int, int]:
    """What is the same file comes first, then what rests on more, then what is nearer."""
    return met.a != met.b, -met.match.different, met.match.distance, met.a, met.b


def _among(posts: Sequence[str]) -> Iterator[Pair]:
    reach = len(posts) if len(posts) <= _FULL_BLOCK else _NEIGHBOURS
    for at, post in enumerate(posts):
        yield from ((post, other) for other in posts[at + 1 : at + 1 + reach])


def _between(left: Sequence[str], right: Sequence[str]) -> Iterator[Pair]:
    if max(len(left), len(right)) <= _FULL_BLOCK:
        pairs: Iterable[Pair] = product(left, right)
    else:  # each of either side meets some of the other, all in one round
        size = max(len(left), len(right))
        pairs = (
            (left[at % len(left)], right[(at + step) % len(right)]) for at in range(size) for step in range(_NEIGHBOURS)
        )
    yield from ((min(pair), max(pair)) for pair in pairs if pair[0] != pair[1])


def stills(recognised: Recognised, fingerprinter: MediaFingerprinter, a: str, b: str) -> tuple[Still, ...]:
    """Return frames of two posts' media that show the same, one for each stretch; none of what is only a hash."""
    met = recognised.met(a, b)
    if met is None:
        return ()
    media = recognised.media[met.a], recognised.media[met.b]
    if met.a == met.b or any(medium.sha256 is None for medium in media):
        return ()
    first, second = ((medium, fingerprinter.small(medium)) for medium in media)
    return tuple(Still(*frames) for frames in beside(first, second, met.match))


# ------------------------------------------------------------------ in words


def in_words(a: Fingerprint, b: Fingerprint, met: Match) -> str:
    """Say how two media correspond, the first called A and the second B."""
    if a is b and a.sha256 is not None:
        return f"both carry the same file: SHA-256 {a.sha256}"
    apart = f"PDQ distance {met.distance} of 256"
    if met.segments:
        parts = [_segment(a, b, one.a, one.b) + (", mirrored" if one.mirrored else "") for one in met.segments]
        return "; ".join(parts) + _part(met) + f", {apart}"
    if met.how == "region":
        return f"a part of one image is in the other, {apart}"
    return "images match" + ("" if met.how == "full" else f", {_how(met.how)}") + f", {apart}"


def _segment(a: Fingerprint, b: Fingerprint, of_a: Seconds, of_b: Seconds) -> str:
    if a.type == "image":
        return f"A is shown at {span(of_b)} of B"
    if b.type == "image":
        return f"B is shown at {span(of_a)} of A"
    return f"{span(of_a)} of A is {span(of_b)} of B"


def _part(met: Match) -> str:
    return ", in a part of the frame" if met.how == "region" else ""


def _how(how: str) -> str:
    return how.replace("trimmed", "without its borders").replace("borders ", "borders, ")


def span(seconds: Seconds) -> str:
    """Return a stretch of a video as people write it: 0:03-0:11."""
    return "-".join(f"{int(at + 0.5) // 60}:{int(at + 0.5) % 60:02}" for at in seconds)
