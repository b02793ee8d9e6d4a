"""Posts as understood, kept on the disk: a million of them in memory would take more than most machines have.

The posts themselves and their claims stay in memory, since posts lend each other places. Words, figures and pivots,
ten times as much, lie packed in a temporary file and are taken from there when two posts are compared.
"""

from __future__ import annotations

import tempfile
import weakref
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from operator import is_
from typing import NamedTuple

import msgspec

from crosspost.models import Annotation, Figure, Language, LocationClaim, Place, Post, Term, Translation

_IN_MEMORY = 64 << 20  # bytes, before a file is begun
_AT_HAND = 4_096  # posts that stay unpacked (about 13 kB each)

Claims = tuple[LocationClaim, ...]


class Packed(NamedTuple):
    """A post as understood, without the post: its claims, and the rest as bytes."""

    claims: Claims
    rest: bytes


class _Rest(NamedTuple):
    """What lies on the disk."""

    language: Language
    pivot: Translation
    terms: tuple[Term, ...]
    figures: tuple[Figure, ...]
    urls: tuple[str, ...]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Rest).decode


def pack(annotation: Annotation) -> Packed:
    """Return a post as understood in the form in which it goes to another process, or on the shelf."""
    rest = _Rest(annotation.language, annotation.pivot, annotation.terms, annotation.figures, annotation.urls)
    return Packed(annotation.claims, _encode(rest))


class Shelf(Mapping[str, Annotation]):
    """Posts as understood, by id and by place; they are put there in the order of `posts`.

    Args:
        posts: those that will be put there, each id once.

    `claims` are theirs, in the same order, and may be replaced; `pivots` counts posts by engine, version and quality.
    """

    def __init__(self, posts: Sequence[Post]) -> None:
        self.posts = posts
        self.claims: list[Claims] = []
        self.pivots: Counter[str] = Counter()
        self._place = {post.id: number for number, post in enumerate(posts)}
        self._known: dict[Place, Place] = {}  # every place once, however many posts name it
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # lives as long as the shelf
        weakref.finalize(self, self._file.close)
        self._ends = array("q", [0])
        self._at_hand: dict[int, Annotation] = {}

    def put(self, packed: Packed) -> Annotation:
        """Put the next post there, and return it."""
        place = len(self.claims)
        self.claims.append(tuple(map(self._with_known_places, packed.claims)))
        self._file.seek(self._ends[-1])
        self._file.write(packed.rest)
        self._ends.append(self._ends[-1] + len(packed.rest))
        annotation = self._unpacked(place, packed.rest)
        pivot = annotation.pivot
        self.pivots[f"{pivot.engine} {pivot.version}".strip() + f" ({pivot.quality})"] += 1
        return annotation

    def at(self, place: int) -> Annotation:
        """Return the post that was put there as the `place`-th, from 0."""
        found = self._at_hand.get(place)
        if found is None:
            self._file.seek(self._ends[place])
            found = self._unpacked(place, self._file.read(self._ends[place + 1] - self._ends[place]))
            if len(self._at_hand) >= _AT_HAND:
                del self._at_hand[next(iter(self._at_hand))]
            self._at_hand[place] = found
        return found

    def __getitem__(self, post_id: str) -> Annotation:
        return self.at(self._place[post_id])

    def __iter__(self) -> Iterator[str]:
        return iter(self._place)

    def __len__(self) -> int:
        return len(self._place)

    def place(self, post_id: str) -> int:
        """Return the place of a post."""
        return self._place[post_id]

    def _unpacked(self, place: int, rest: bytes) -> Annotation:
        understood: _Rest = _decode(rest)
        return Annotation(self.posts[place], claims=self.claims[place], **understood._asdict())

    def _with_known_places(self, claim: LocationClaim) -> LocationClaim:
        known = [self._known.setdefault(place, place) for place in claim.candidates]
        if all(map(is_, known, claim.candidates)):
            return claim
        return replace(claim, place=known[0], alternatives=tuple(known[1:]))
