"""The archive: annotated posts in one SQLite file, and the earlier posts nearest to a new one.

`store` is the file, `postings` what a post is found by, `search` the search itself.
What it holds and answers does not depend on the order in which posts were added, nor on how they were split.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from os import PathLike
from types import TracebackType
from typing import Self

from crosspost.archive.postings import keys, weight
from crosspost.archive.search import Match, nearest
from crosspost.archive.store import Store
from crosspost.checker import Checker
from crosspost.engine import Progress
from crosspost.models import Annotation, Post

__all__ = ["Added", "Answer", "Archive", "Match"]

_PORTION = 2_048  # posts between two commits, and at most lost from sight when the program is killed


@dataclass(slots=True)
class Added:
    """What became of posts that were added: new ones, those known already, and the new names of changed ones."""

    new: int = 0
    known: int = 0
    renamed: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answer:
    """A post that was searched for, as understood, and the archived posts nearest to it, the nearest first."""

    query: Annotation
    matches: tuple[Match, ...]


class Archive:
    """An archive of annotated posts; a context manager that closes its file.

    Args:
        path: the SQLite file.
        checker: says how posts are understood.
        create: make the file where there is none.

    Raises:
        ArchiveError: there is no such file, or it is no archive, or one of another format.
    """

    def __init__(self, path: str | PathLike[str], checker: Checker | None = None, *, create: bool = False) -> None:
        self._store = Store(path, create=create)
        self._checker = checker

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        """Return the number of posts."""
        return self._store.count()

    def close(self) -> None:
        """Close the file; what was added is in it."""
        self._store.close()

    def add(self, posts: Iterable[Post], progress: Progress | None = None) -> Added:
        """Add posts, portion by portion, each committed as a whole; posts that are known already cost little.

        A post whose id is taken by one of other content is kept under the id with a suffix, as `read` does it.
        Interrupted at any point, the same call goes on where it stopped. Two writers may add at once.
        """
        added = Added()
        incoming, done = iter(posts), 0
        while portion := [*islice(incoming, _PORTION)]:
            digests = [content_digest(post) for post in portion]
            place = self._store.place
            new = [pair for pair in zip(portion, digests, strict=True) if place(pair[0].id, pair[1]) is not None]
            understood = self._annotate([post for post, _ in new])
            with self._store.writing():
                for annotation, (_, digest) in zip(understood, new, strict=True):
                    self._add(annotation, digest, added)
            done += len(portion)
            added.known = done - added.new
            if progress is not None:
                progress("add", done, None)
        return added

    def _add(self, annotation: Annotation, digest: bytes, added: Added) -> None:
        post = annotation.post
        free = self._store.place(post.id, digest)
        if free is None:  # twice in this portion, or added by another writer in the meantime
            return
        if free != post.id:
            annotation = replace(annotation, post=post.model_copy(update={"id": free}))
            added.renamed.append((post.id, free))
        self._store.insert(annotation, digest, weight(annotation), keys(annotation))
        added.new += 1

    def search(self, posts: Iterable[Post], limit: int = 10, progress: Progress | None = None) -> Iterator[Answer]:
        """Yield for each post the at most `limit` archived posts nearest to it.

        A post is compared as `check` would compare it in a check of the archive and itself. The archived post of the
        same id is left out.
        """
        incoming, done = iter(posts), 0
        with self._store.reading():
            while portion := [*islice(incoming, _PORTION)]:
                for annotation in self._annotate(portion):
                    yield Answer(annotation, tuple(nearest(self._store, annotation, limit)))
                done += len(portion)
                if progress is not None:
                    progress("search", done, None)

    def get(self, post_id: str) -> Annotation | None:
        """Return an archived post as it was understood when it was added."""
        return self._store.annotation(post_id)

    def remove(self, ids: Iterable[str]) -> list[str]:
        """Remove posts and every trace of them from the index; return the ids that were there."""
        with self._store.writing():
            return [post_id for post_id in ids if self._remove(post_id)]

    def _remove(self, post_id: str) -> bool:
        annotation = self._store.annotation(post_id)
        if annotation is None:
            return False
        self._store.delete(post_id, keys(annotation))
        return True

    def info(self) -> dict[str, object]:
        """Return the number of posts, by language and by how they came into the pivot, and the format of the file."""
        return self._store.info()

    def _annotate(self, posts: Sequence[Post]) -> list[Annotation]:
        self._checker = self._checker or Checker()
        return self._checker.annotate(posts)


def content_digest(post: Post) -> bytes:
    """Return what two posts of equal content have in common, whatever their ids (16 bytes)."""
    row = json.dumps(post.model_dump(mode="json", exclude={"id"}, exclude_defaults=True), sort_keys=True)
    return hashlib.blake2b(row.encode(), digest_size=16).digest()
