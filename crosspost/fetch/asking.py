"""Asking the servers that posts name: politely, and without following them into a private network."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import IO
from urllib.parse import urljoin, urlsplit

import httpx

from crosspost.errors import BadAnswer
from crosspost.http import Client

MOST_REDIRECTS = 5
INTERVAL = 1.0  # seconds between two questions to one host


class Asker:
    """Ask one address after the other. Each redirect is a new address, looked at by the client like the first.

    Args:
        client: one that asks public addresses alone, since those in posts are hostile input (OWASP, "Server-Side
            Request Forgery Prevention"). A test may let it ask this machine.
        interval: seconds between two questions to one host.
        sleep: how to wait.
    """

    def __init__(
        self, client: Client, *, interval: float = INTERVAL, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client, self._interval, self._sleep = client, interval, sleep
        self._asked: dict[str, float] = {}

    def get(self, url: str, *, into: IO[bytes] | None = None, most_bytes: int | None = None) -> httpx.Response:
        """Return the answer of an address, or of the one that it leads to, whatever its status.

        Raises:
            UsageError: it is no address.
            ServiceError: there is no answer, it is too long, or it leads on and on.
        """
        for _ in range(MOST_REDIRECTS + 1):
            self._wait_for(url)
            response = self._client.request("GET", url, into=into, most_bytes=most_bytes)
            if not response.has_redirect_location:
                return response
            target = urljoin(url, response.headers["Location"])
            if url.startswith("https:") and not target.startswith("https:"):
                raise BadAnswer(f"{urlsplit(url).hostname}: leads to an address without encryption, which is not asked")
            url = target
        raise BadAnswer(f"{urlsplit(url).hostname}: leads to elsewhere more than {MOST_REDIRECTS} times")

    def _wait_for(self, url: str) -> None:
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            return  # the client says what is wrong with it
        if host in self._asked and (wait := self._asked[host] + self._interval - time.monotonic()) > 0:
            self._sleep(wait)
        self._asked[host] = time.monotonic()
