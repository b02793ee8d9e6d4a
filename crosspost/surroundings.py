"""What a post takes from the posts around it: what its ambiguous names mean, and a place where it has none.

The posts around it are those that it quotes or answers, its thread, and, for names alone, its author's others.
What is inherited is labelled and shown; it never makes a conflict.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from crosspost import places
from crosspost.models import Annotation, LocationClaim, Post

Claims = tuple[LocationClaim, ...]


def inherit(annotations: Sequence[Annotation]) -> list[Annotation]:
    """Return posts as understood with what they take from the others among them."""
    claims = inherited([one.post for one in annotations], [one.claims for one in annotations])
    return [replace(one, claims=own) for one, own in zip(annotations, claims, strict=True)]


def inherited(posts: Sequence[Post], claims: Sequence[Claims]) -> list[Claims]:
    """Return the claims of posts, one tuple a post, with what each takes from the others."""
    around = _Around(posts, claims)
    settled = (around.settled(post, own) for post, own in zip(posts, claims, strict=True))
    return [around.lent(post, own) for post, own in zip(posts, settled, strict=True)]


class _Around:
    """The claims of posts, by what posts have in common."""

    def __init__(self, posts: Sequence[Post], claims: Sequence[Claims]) -> None:
        self._claims = {post.id: own for post, own in zip(posts, claims, strict=True)}
        self._threads: dict[str, list[str]] = {}
        self._of_author: dict[tuple[str | None, str], set[str]] = {}
        for post, own in zip(posts, claims, strict=True):
            if post.thread is not None:
                self._threads.setdefault(post.thread, []).append(post.id)
            if post.author is not None and own:
                self._of_author.setdefault((post.platform, post.author), set()).update(places.spoken_of(own))

    def settled(self, post: Post, claims: Claims) -> Claims:
        """The claims of a post, its ambiguous names told by what is spoken of around it."""
        if not any(claim.alternatives for claim in claims):
            return claims
        around = {place for source in self._sources(post) for place in places.spoken_of(self._claims[source])}
        by_sources = places.settled(claims, around, for_certain=True)
        spoken: AbstractSet[str] = self._of_author.get((post.platform, post.author or ""), frozenset())
        return tuple(places.settled(by_sources, spoken, for_certain=False))

    def lent(self, post: Post, claims: Claims) -> Claims:
        """The claims of a post, and those of the nearest post around it that has some, where it stands for no place."""
        if places.strongest_tier(claims):
            return claims
        for source in self._sources(post):
            if found := places.inherited_claims(source, self._claims[source]):
                return (*claims, *found)
        return claims

    def _sources(self, post: Post) -> Iterator[str]:
        """The ids of the posts that a post may speak of, nearest first."""
        for other in (post.repost_of, post.quotes, post.reply_to, post.thread):
            if other is not None and other in self._claims and other != post.id:
                yield other
        yield from (other for other in self._threads.get(post.thread or "", ()) if other != post.id)
