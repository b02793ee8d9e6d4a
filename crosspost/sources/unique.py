"""One post a row and one row a post: rows that come twice, and different rows of one id."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from pydantic import BaseModel

from crosspost.models import Post


class Unique:
    """Which ids were seen, and with what content.

    Kept are two hashes of 64 bits a post (about 100 bytes with their table), not the posts: that two of ten million
    posts are taken for one by accident has a chance of one in 400,000.
    """

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}

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
        number = 2
        while self._seen.get(hash(suffixed := f"{post.id}~{number}"), content) != content:
            number += 1
        if hash(suffixed) in self._seen:
            return None
        self._seen[hash(suffixed)] = content
        return suffixed


def content_of(post: Post) -> int:
    """Return a hash of all that a post holds, in whatever order its fields came."""
    return hash(_frozen(post))


def words_of(post: Post) -> int:
    """Return a hash of what a post says, when, and by whom: all that stays from one collection to the next."""
    return hash((post.text, post.created_at, post.author))


def _frozen(value: Any) -> Hashable:
    if isinstance(value, BaseModel):
        return (_frozen(value.__dict__), _frozen(value.model_extra))
    if isinstance(value, dict):
        return frozenset((name, _frozen(item)) for name, item in value.items())
    if isinstance(value, (list, tuple)):
        return tuple(map(_frozen, value))
    frozen: Hashable = value
    return frozen
