"""Translation by a service on the network: every answer is checked, none is asked for twice, and every call ends."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from queue import SimpleQueue
from typing import TypeVar

from crosspost.errors import AccessDenied, BadAnswer, ServiceError, Throttled, UnsupportedPivot, UsageError
from crosspost.models import Passage, Translation
from crosspost.text import LONGEST_TEXT, repair_surrogates
from crosspost.translate import checks
from crosspost.translate.memory import Memory
from crosspost.translate.pieces import joined, pieces
from crosspost.translate.services import Service, missing_keys

Job = TypeVar("Job")
Made = TypeVar("Made")

WORKERS = 2  # calls at a time: services throttle whoever makes more
_FAILURES = 5  # in a row, until a service is left alone
_REST = 60.0  # seconds that it is left alone


class Online:
    """The `Translator` that asks a service; may be used from several threads at once.

    Args:
        service: who is asked.
        pivot: the language to translate to.
        memory: where every answer is kept, and looked for before anybody is asked; one that is forgotten in the end
            where none is given.
        say: told once, before the first text leaves the machine, what goes where.
        workers: calls at a time, whoever makes them.

    Raises:
        UnsupportedPivot: the service does not translate into `pivot`.
    """

    version = "1"  # of how services are asked and answers are checked: they do not tell versions of their own

    def __init__(
        self,
        service: Service,
        pivot: str = "en",
        memory: Memory | None = None,
        say: Callable[[str], None] | None = None,
        workers: int = WORKERS,
    ) -> None:
        if pivot not in service.facts.codes:
            known = ", ".join(sorted(service.facts.codes))
            raise UnsupportedPivot(f"{service.engine} does not translate into {pivot!r}; use one of: {known}")
        self.engine = service.engine
        self.pivot = pivot
        self._service = service
        self._memory = memory if memory is not None else Memory(":memory:", create=True)
        self._say = say or logging.getLogger("crosspost").warning
        self._said = threading.Event()
        self._workers = workers
        self._turns = threading.BoundedSemaphore(workers)
        self._breaker = Breaker()

    @property
    def gave_up(self) -> str | None:
        """Why the service is left alone at the moment, None while it answers."""
        return self._breaker.reason

    def must_have_keys(self) -> None:
        """Raise `UsageError` where a key that the service needs is not in the environment."""
        if missing := missing_keys(self._service.facts):
            raise UsageError(f"{self.engine} needs a key in the environment: set {' and '.join(missing)}")

    def missing(self, passages: Sequence[Passage]) -> list[Passage]:
        """Return the passages that the service has to be asked for."""
        return [passage for passage in passages if self._without_asking(passage) is None]

    def translate(self, passages: Sequence[Passage]) -> list[Translation]:
        """Answer one `Translation` a passage, in order; what could not be translated is `failed` and says why."""
        made = dict(self.answers(passages))
        return [made[passage] for passage in passages]

    def answers(self, passages: Sequence[Passage]) -> Iterator[tuple[Passage, Translation]]:
        """Yield each different passage with its translation, as the answers come; each is in the memory by then."""
        asked = []
        for passage in dict.fromkeys(passages):
            if known := self._without_asking(passage):
                yield passage, known
            else:
                asked.append(passage)
        if asked:
            self._say_where_texts_go()
        for made in in_threads(self._translated, self._bundles(asked), self._workers):
            yield from made

    def _without_asking(self, passage: Passage) -> Translation | None:
        if passage.language not in self._service.facts.codes:
            return self._failed(f"{self.engine} does not translate from {passage.language or 'no language'}")
        if not any(map(str.isalpha, passage.text)):
            return Translation(passage.text, "none", "", "original", 1.0)
        return self._memory.find(passage, self.pivot, self.engine, self.version)

    def _say_where_texts_go(self) -> None:
        if not self._said.is_set():
            self._said.set()
            facts = self._service.facts
            self._say(f"texts of posts leave this machine: they go to {facts.host} ({facts.note})")

    def _bundles(self, passages: Sequence[Passage]) -> list[list[Passage]]:
        """Put short passages of one language together, as many as the service takes in one request."""
        facts = self._service.facts
        bundles: list[list[Passage]] = []
        room = 0
        for passage in sorted(passages, key=lambda passage: passage.language):
            size = len(passage.text.encode(errors="replace"))
            last = bundles[-1] if bundles else []
            if last and last[0].language == passage.language and len(last) < facts.batch and size <= room:
                last.append(passage)
                room -= size
            else:
                bundles.append([passage])
                room = facts.limit - size
        return bundles

    # -------------------------------------------------------------- the work of one call

    def _translated(self, passages: Sequence[Passage]) -> list[tuple[Passage, Translation]]:
        """Translate a bundle; a passage that is too long for one request is asked for piece by piece."""
        if len(passages) > 1:
            return list(zip(passages, self._asked(passages), strict=True))
        (passage,) = passages
        text = repair_surrogates(passage.text)[:LONGEST_TEXT]
        parts = [Passage(piece, passage.language) for piece in pieces(text, self._service.facts.limit)]
        if len(parts) == 1:
            (made,) = self._asked([Passage(text, passage.language)])
        else:
            made = self._put_together(parts, [self._without_asking(part) or self._asked([part])[0] for part in parts])
            self._memory.keep(passage, self.pivot, made)
        return [(passage, made)]

    def _put_together(self, parts: Sequence[Passage], made: Sequence[Translation]) -> Translation:
        failed = next((part for part in made if part.quality == "failed"), None)
        if failed:
            return failed
        text = joined([part.text for part in parts], [translation.text for translation in made])
        warnings = tuple(warning for part in made for warning in part.warnings)
        return Translation(text, self.engine, self.version, "mt_online", 1.0, warnings)

    def _asked(self, passages: Sequence[Passage]) -> list[Translation]:
        """Ask for passages of one language in one call, check what comes back, and keep it."""
        if reason := self._breaker.reason:
            return [self._failed(f"not asked: {reason}")] * len(passages)
        codes = self._service.facts.codes
        texts = [repair_surrogates(passage.text) for passage in passages]
        try:
            with self._turns:
                found = self._service.ask(texts, codes[passages[0].language], codes[self.pivot])
        except BadAnswer as error:
            if len(passages) > 1:  # one of the texts may have spoilt it for the others
                return [made for passage in passages for made in self._asked([passage])]
            made = [self._failure(error)]
        except ServiceError as error:
            made = [self._failure(error)] * len(passages)
        else:
            made = [self._checked(passage, answer) for passage, answer in zip(passages, found, strict=True)]
        for passage, translation in zip(passages, made, strict=True):
            self._memory.keep(passage, self.pivot, translation)
        return made

    def _checked(self, passage: Passage, answer: str) -> Translation:
        if checks.is_quota_notice(answer):
            return self._failure(Throttled(f"{self._service.facts.host}: the quota is used up, says its answer"))
        self._breaker.answered()
        text = checks.without_entities(passage, repair_surrogates(answer)).strip()
        if wrong := checks.fault(passage, self.pivot, text):
            return self._failed(f"{self._service.facts.host}: {wrong}")
        return Translation(text, self.engine, self.version, "mt_online", 1.0, checks.losses(passage, text))

    def _failure(self, error: ServiceError) -> Translation:
        self._breaker.failed(error)
        return self._failed(str(error))

    def _failed(self, why: str) -> Translation:
        return Translation("", self.engine, self.version, "failed", 0.0, (why,))


class Breaker:
    """Leaves a service alone for a while when it fails again and again (M. Nygard, "Release It!": circuit breaker).

    One that throttles or denies access has been asked patiently enough already; others may fail five times in a row.
    After the rest one more failure is enough.
    """

    def __init__(self, failures: int = _FAILURES, rest: float = _REST) -> None:
        self._most = failures
        self._rest = rest
        self._turn = threading.Lock()
        self._in_a_row = 0
        self._until = 0.0
        self._reason = ""

    @property
    def reason(self) -> str | None:
        """Why the service is to be left alone now, None when it may be asked."""
        with self._turn:
            return self._reason if time.monotonic() < self._until else None

    def answered(self) -> None:
        """Take note that the service works."""
        with self._turn:
            self._in_a_row = 0
            self._until = 0.0

    def failed(self, error: ServiceError) -> None:
        """Take note that it does not."""
        with self._turn:
            self._in_a_row += 1
            if isinstance(error, AccessDenied | Throttled) or self._in_a_row >= self._most:
                asked_for = error.retry_after if isinstance(error, Throttled) else None
                self._until = time.monotonic() + max(self._rest, asked_for or 0.0)
                self._reason = str(error)


def in_threads(work: Callable[[Job], Made], jobs: Sequence[Job], workers: int) -> Iterator[Made]:
    """Yield what `work` makes of each job, as it is done; left early, no further job is begun.

    The threads end with the program, so that it can be interrupted while they wait for a service.
    """
    left = deque(jobs)
    done: SimpleQueue[Future[Made]] = SimpleQueue()

    def work_off() -> None:
        with suppress(IndexError):  # nothing is left
            while True:
                done.put(_outcome(work, left.popleft()))

    for _ in range(min(workers, len(jobs))):
        threading.Thread(target=work_off, daemon=True).start()
    try:
        for _ in jobs:
            yield done.get().result()
    finally:
        left.clear()


def _outcome(work: Callable[[Job], Made], job: Job) -> Future[Made]:
    outcome: Future[Made] = Future()
    try:
        outcome.set_result(work(job))
    except BaseException as error:  # noqa: BLE001  # raised again where the results are waited for
        outcome.set_exception(error)
    return outcome
