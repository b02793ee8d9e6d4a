"""One post a row and one row a post: rows that come twice, and different rows of one id."""

from __future__ import annotations

from collections.abc import Hashable
from operator import itemgetter
from typing import Any

from crosspost.models import Location, Media, Post

_nested = itemgetter("media", "translations", "location")
_plain = itemgetter(*(name for name in Post.model_fields if name not in ("media", "translations", "location")))


class Unique:
    """Which ids were seen, and with what content.

    Kept are two hashes of 64 bits a post (about 100 bytes with their table), not the posts: that two of ten million
    posts are taken for one by accident has a chance of one in 400,000.
    """

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}
        self._renamed: set[int] = set()  # ids with contents that go by a suffix
        self._next: dict[int, int] = {}  # the suffix to try for an id that was taken

    def __bool__(self) -> bool:
        return bool(self._seen)

    def accept(self, post: Post, content: int) -> str | None:
        """Return the id under which a post is new: its own, or one with a suffix; None where it was there before."""
        known = self._seen.get(key := hash(post.id))
        if known is None:
            self._seen[key] = content
            return post.id
        if known == content:
            return None
        if (both := hash((post.id, content))) in self._renamed:
            return None
        number = self._next.get(key, 2)
        while hash(suffixed := f"{post.id}~{number}") in self._seen:
            number += 1
        self._next[key] = number + 1
        self._renamed.add(both)
        self._seen[hash(suffixed)] = content
        return suffixed


def content_of(post: Post) -> int:
    """Return a hash of all that a post holds, in whatever order its fields came."""
    fields = post.__dict__
    nested = _frozen(_nested(fields)) if post.media or post.translations or post.location else None
    return hash((_plain(fields), nested, _frozen_fields(post.model_extra)))


def words_of(post: Post) -> int:
    """Return a hash of what a post says, when, and by whom: all that stays from one collection to the next."""
    return hash((post.text, post.created_at, post.author))


def _frozen_fields(fields: dict[str, Any] | None) -> Hashable:
    """Fields in whatever order, as something that can be hashed."""
    if not fields:
        return None
    try:
        hash(frozen := frozenset(fields.items()))
    except TypeError:  # lists and objects among them
        return frozenset((name, _frozen(item)) for name, item in fields.items())
    return frozen


def _frozen(value: Any) -> Hashable:
    kind = type(value)
    if kind is dict:
        return _frozen_fields(value)
    if kind in (list, tuple):
        return tuple(map(_frozen, value))
    if kind in (Media, Location):
        return (tuple(value.__dict__.values()), _frozen_fields(value.model_extra))
    frozen: Hashable = value
    return frozen
