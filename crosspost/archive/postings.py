"""What a post is found by: the keys under which it stands in the index, and how much it says in all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache, lru_cache

from crosspost.compare import media_keys
from crosspost.models import Annotation, Figure, Post, Term
from crosspost.rarity import Rarity


def keys(annotation: Annotation) -> set[int]:
    """Return the keys of a post: the senses of its words, consonants of names, figures, and what it points to."""
    found = {sense_key(sense) for term in annotation.terms for sense in term.senses}
    found |= {name_key(term) for term in annotation.terms if term.skeleton}
    found |= {figure_key(figure) for figure in annotation.figures}
    return found | {*exact_keys(annotation)}


def exact_keys(annotation: Annotation) -> Iterator[int]:
    """Yield the keys that two posts share only when they point to one thing: media, links, reposts, threads."""
    post: Post = annotation.post
    for media in media_keys(post.media):
        yield _key(f"media:{media}")
    for url in annotation.urls:
        yield _key(f"url:{url}")
    for pointer in (post.id, post.repost_of, post.quotes):
        if pointer is not None:
            yield _key(f"post:{pointer}")
    if post.thread is not None:
        yield _key(f"thread:{post.thread}")


@lru_cache(maxsize=200_000)
def sense_key(sense: str) -> int:
    """Return the key of a stem in the pivot language."""
    return _key(f"s:{sense}")


def name_key(term: Term) -> int:
    """Return the key of a possible name's consonants."""
    return _key(f"~:{term.skeleton}")


def figure_key(figure: Figure) -> int:
    """Return the key of a figure's value, whatever its unit."""
    return _key(f"n:{figure.value:.10g}")


def weight(annotation: Annotation) -> float:
    """Return the bits of all words of a post by the background frequencies alone: no other post plays a part."""
    background = _background()
    return sum(background.of(term) for term in {term.senses: term for term in annotation.terms}.values())


@cache
def _background() -> Rarity:
    return Rarity()


@lru_cache(maxsize=200_000)
def _key(name: str) -> int:
    """A key as a signed 64-bit number: of a million names two meet with a chance of 1 to 30 million."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little", signed=True)
