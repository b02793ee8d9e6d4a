"""Where and in which portions the four steps run: in this process, or with others that understand posts for it."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import get_context
from typing import NamedTuple, Protocol

from crosspost.candidates import Blocks
from crosspost.compare import compare, linked
from crosspost.errors import WorkerLost
from crosspost.models import Annotation, Link, Options, Post
from crosspost.rarity import Rarity
from crosspost.recognition import Recognised
from crosspost.shelf import Packed, Shelf, pack
from crosspost.surroundings import inherited

Progress = Callable[[str, int, int | None], None]  # (what is being done, how many are done, of how many)

_PORTION = 256  # posts or pairs between two words of progress
_WORTH_WORKERS = 2_000  # posts; for fewer, other processes take longer to start than they save
_WAITING = 4  # portions a worker may be ahead, so that what is understood does not pile up


def quiet(_step: str, _done: int, _total: int | None) -> None:
    """Say nothing of the progress."""


class Steps(Protocol):
    """What an engine asks of a checker (see `Checker`)."""

    options: Options
    is_portable: bool

    def annotate(self, posts: Sequence[Post]) -> list[Annotation]:
        """Return each post as understood by itself, in order."""
        ...

    def recognise(self, posts: Sequence[Post], alike: Iterable[tuple[str, str]], progress: Progress) -> Recognised:
        """Return which posts carry the same media by content."""
        ...


class Linked(NamedTuple):
    """What an engine returns.

    `annotations` are the posts as understood, by id; `links` those that hold, and `rarity` and `recognised` what they
    rest on; `pivots` counts posts by how they came into the pivot.
    """

    annotations: Mapping[str, Annotation]
    links: list[Link]
    rarity: Rarity
    recognised: Recognised
    pivots: Mapping[str, int]


class Engine(Protocol):
    """Run the per-post and per-pair steps of a checker over many posts, here or on a cluster."""

    def run(self, checker: Steps, posts: Sequence[Post], progress: Progress) -> Linked:
        """Return posts as understood, and the links between them; `posts` are in the order of their ids."""
        ...


class LocalEngine:
    """The engine that is always there.

    Args:
        workers: processes that understand posts. More than one is worth it from some thousand posts on, and takes a
            program that may be imported again, as Python's `spawn` does it.
    """

    def __init__(self, workers: int = 1) -> None:
        self._workers = workers

    def run(self, checker: Steps, posts: Sequence[Post], progress: Progress) -> Linked:
        """Return posts as understood, and the links between them (see `Engine`)."""
        rarity, blocks = Rarity(), Blocks()

        def take_note(annotation: Annotation) -> None:
            rarity.add(annotation)
            blocks.add(annotation)

        shelf = understood(checker, posts, progress, workers=self._workers, see=take_note)
        progress("block", 0, None)
        pairs = [(a, b) for a, b in blocks.pairs(rarity).tolist()]
        alike = ((posts[a].id, posts[b].id) for a, b in pairs if posts[a].media and posts[b].media)
        recognised = checker.recognise(posts, alike, progress)
        if recognised.carried:
            pairs = sorted({*pairs, *((shelf.place(a), shelf.place(b)) for a, b in recognised.pairs())})
        links = []
        for done, (a, b) in enumerate(pairs):
            if done % _PORTION == 0:
                progress("compare", done, len(pairs))
            link = compare(shelf.at(a), shelf.at(b), rarity, recognised)
            if linked(link):
                links.append(link)
        return Linked(shelf, links, rarity, recognised, shelf.pivots)


def understood(
    checker: Steps,
    posts: Sequence[Post],
    progress: Progress = quiet,
    *,
    workers: int = 1,
    see: Callable[[Annotation], object] = lambda _annotation: None,
) -> Shelf:
    """Return posts as understood, with what they take from each other.

    Args:
        checker: says how they are understood.
        posts: each id once.
        progress: called with (step, done, total).
        workers: processes that do it, where the checker can be made anew from its options.
        see: called with each post as understood by itself, in order.

    Raises:
        WorkerLost: a worker was ended from outside.
    """
    shelf = Shelf(posts)
    portions = [posts[start : start + _PORTION] for start in range(0, len(posts), _PORTION)]
    shared_out = workers > 1 and checker.is_portable and len(posts) >= _WORTH_WORKERS
    done = _by_workers(checker, portions, workers) if shared_out else _here(checker, portions)
    for portion in done:
        progress("annotate", len(shelf.claims), len(posts))
        for packed in portion:
            see(shelf.put(packed))
    shelf.claims = inherited(posts, shelf.claims)
    return shelf


def _here(checker: Steps, portions: Sequence[Sequence[Post]]) -> Iterator[list[Packed]]:
    return ([*map(pack, checker.annotate(portion))] for portion in portions)


# ------------------------------------------------------------------ other processes


def _by_workers(checker: Steps, portions: Sequence[Sequence[Post]], workers: int) -> Iterator[list[Packed]]:
    """Yield what workers understood of portions, in their order."""
    waiting: deque[Future[list[Packed]]] = deque()
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_leave_interrupts)
    try:
        for portion in portions:
            waiting.append(pool.submit(_packed, type(checker), checker.options, portion))
            if len(waiting) > _WAITING * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise WorkerLost(
            "a process that was understanding posts was ended from outside; is there enough memory?"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_interrupts() -> None:
    """An interrupt is the business of the process that asked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _packed(kind: Callable[[Options], Steps], options: Options, portion: Sequence[Post]) -> list[Packed]:
    (packed,) = _here(_made_anew(kind, options), [portion])
    return packed


@cache
def _made_anew(kind: Callable[[Options], Steps], options: Options) -> Steps:
    return kind(options)
