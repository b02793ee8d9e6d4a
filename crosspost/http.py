"""One careful HTTP client: every call ends, nothing is followed, nothing leaks.

- A call ends: each attempt has a deadline for everything from the connection to the last byte (a timeout a read lets a
  server that sends a byte a second hold a call for ever), and all attempts together have one more.
- Attempts are repeated where that can help (no connection, 429, 5xx), after a growing pause with jitter, or the one
  that the server asks for in `Retry-After`.
- A host is resolved once, and the connection goes to the address that was looked at. With `public_only`, an address
  that is not a public one is refused: what a post links to may not reach into the network of whoever reads it.
- No redirect is followed, no cookie kept, no proxy of the environment used; a body has a greatest size.
- Errors name the host alone, so that no key and no text of a post is ever in a message.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import random
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import IO, Any

import httpcore
import httpx

from crosspost import __version__
from crosspost.errors import (
    AccessDenied,
    BadAnswer,
    ForbiddenAddress,
    ServiceError,
    Throttled,
    TimedOut,
    Unreachable,
    UsageError,
)

_PASSING = (429, 500, 502, 503, 504)  # statuses that another attempt may not meet
_LONGEST_BACKOFF = 8.0
_HEADERS = {"User-Agent": f"crosspost/{__version__}", "Accept": "*/*", "Accept-Encoding": "gzip"}

# When the attempt that this thread is making must have ended, on the clock of `time.monotonic`; None between attempts.
_ends: ContextVar[float | None] = ContextVar("_ends", default=None)


class Client:
    """Ask servers over HTTP; may be used from several threads at once.

    Args:
        public_only: refuse hosts with an address that is not public. True for addresses that come from posts; False
            for those that the user gave, such as a translation server on the same machine.
        deadline: seconds for one attempt, all included but the system's own resolving of the name.
        patience: seconds for all attempts and the pauses between them.
        attempts: how often a call is tried at most.
        most_bytes: greatest size of a body, unpacked.
        transport: what carries the requests instead of the network, for tests.
    """

    def __init__(
        self,
        *,
        public_only: bool,
        deadline: float = 20.0,
        patience: float = 60.0,
        attempts: int = 4,
        most_bytes: int = 8_000_000,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.deadline = deadline
        self.patience = patience
        self.attempts = attempts
        self.most_bytes = most_bytes
        self._transport = transport or _Transport(public_only=public_only)
        _keep_debug_lines_discreet()

    def ask(self, method: str, url: str, **content: Any) -> httpx.Response:
        """Return the answer to a request, as `request` does, if it is a success.

        Raises:
            UsageError: `url` is no address.
            ServiceError: one of its kinds; a status other than 2xx is one as well.
        """
        response = self.request(method, url, **content)
        if not response.is_success:
            raise _of_status(response)
        return response

    def request(
        self, method: str, url: str, *, into: IO[bytes] | None = None, most_bytes: int | None = None, **content: Any
    ) -> httpx.Response:
        """Return the answer to a request with its body read, whatever its status.

        `content` is what `httpx.Request` takes: params (added to those of the address), headers, json, data. With
        `into`, the body is written to that file, in place of what it held, and not kept in memory. `most_bytes` is the
        greatest size of this one's body.

        Raises:
            UsageError: `url` is no address.
            ServiceError: there is no answer; one of its kinds but those that stand for a status.
        """
        ends = time.monotonic() + self.patience
        request = _request(method, url, content)
        most_bytes = most_bytes or self.most_bytes
        outcome = self._attempt(request, ends, into, most_bytes)
        for attempt in range(1, self.attempts):
            pause = _pause(outcome, attempt)
            if pause is None or time.monotonic() + pause >= ends:
                break
            time.sleep(pause)
            outcome = self._attempt(request, ends, into, most_bytes)
        if isinstance(outcome, ServiceError):
            raise outcome
        return outcome

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def _attempt(
        self, request: httpx.Request, ends: float, into: IO[bytes] | None, most_bytes: int
    ) -> httpx.Response | ServiceError:
        """Return the answer or what stood in its way.

        An error is returned, not raised: raised later, it does not drag along the library's own error, which may
        repeat what was sent.
        """
        where = _where(request.url)
        before = _ends.set(min(ends, time.monotonic() + self.deadline))
        try:
            return self._read(request, self._transport.handle_request(request), into, most_bytes)
        except ServiceError as error:
            return error
        except httpx.TimeoutException:
            return TimedOut(f"{where}: no whole answer within {self.deadline:g} s")
        except httpx.DecodingError:
            return BadAnswer(f"{where}: the answer cannot be unpacked")
        except (httpx.HTTPError, httpx.StreamError):
            return Unreachable(f"{where}: no connection, or it broke before the answer was whole")
        finally:
            _ends.reset(before)

    def _read(
        self, request: httpx.Request, response: httpx.Response, into: IO[bytes] | None, most_bytes: int
    ) -> httpx.Response:
        """Return the answer with its whole body, unpacked and no larger than allowed."""
        where = _where(request.url)
        with contextlib.closing(response):
            if "," in response.headers.get("content-encoding", ""):
                raise BadAnswer(f"{where}: the answer is packed more than once")  # a bomb: each layer is times 1,000
            body = bytearray()
            size = 0
            if into is not None:
                into.seek(0)
                into.truncate()
            for chunk in response.iter_bytes():
                size += len(chunk)
                if size > most_bytes:
                    raise BadAnswer(f"{where}: the answer has more than {most_bytes} bytes")
                if into is None:
                    body += chunk
                else:
                    into.write(chunk)
        headers = [(name, value) for name, value in response.headers.raw if name.lower() not in _OF_THE_WIRE]
        return httpx.Response(response.status_code, headers=headers, content=bytes(body), request=request)


_OF_THE_WIRE = (b"content-encoding", b"content-length", b"transfer-encoding")  # true of the packed body alone


def _request(method: str, url: str, content: dict[str, Any]) -> httpx.Request:
    params = content.pop("params", None)
    headers = {**_HEADERS, **content.pop("headers", {})}
    no_address = UsageError(f"not an address: {_safe(url)!r}; it would start with https:// or http:// and a host")
    try:
        address = httpx.URL(url)
        if params:
            address = address.copy_merge_params(params)
    except httpx.InvalidURL:
        raise no_address from None
    if address.scheme not in ("http", "https") or not address.host:
        raise no_address
    return httpx.Request(method, address, headers=headers, **content)


def _safe(url: str) -> str:
    """An address without what may be secret in it: account, path and query."""
    scheme, found, rest = url.partition("://")
    host = rest.partition("/")[0].partition("?")[0].rpartition("@")[2]
    return f"{scheme}://{host}" if found else "..."


def _where(url: httpx.URL) -> str:
    return url.host if url.port is None else f"{url.host}:{url.port}"


# ------------------------------------------------------------------ another attempt?


def _pause(outcome: httpx.Response | ServiceError, attempt: int) -> float | None:
    """Return the seconds to wait before the next attempt, None when another would not help.

    Full jitter: a random share of a doubling backoff, which spreads clients best (M. Brooker, "Exponential Backoff And
    Jitter", 2015).
    """
    backoff = random.uniform(0, min(_LONGEST_BACKOFF, 0.5 * 2**attempt))  # noqa: S311  # spreads load, no secret
    if isinstance(outcome, Unreachable | TimedOut):
        return backoff
    if isinstance(outcome, httpx.Response) and outcome.status_code in _PASSING:
        return max(backoff, _retry_after(outcome) or 0.0)
    return None


def _retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that a server asks to wait: `Retry-After` as a number or a date (RFC 9110, 10.2.3)."""
    given = response.headers.get("retry-after", "").strip()
    if given.isascii() and given.isdigit():
        return float(given[:9])
    try:
        at = parsedate_to_datetime(given)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def _of_status(response: httpx.Response) -> ServiceError:
    """Return the error that a status other than 2xx stands for."""
    status, where = response.status_code, _where(response.request.url)
    if status == 429:
        seconds = _retry_after(response)
        later = "later" if seconds is None else f"in {seconds:.0f} s"
        return Throttled(f"{where}: too many requests (429); try again {later}", seconds)
    if status in (401, 402, 403, 407):
        return AccessDenied(f"{where}: access denied ({status}); a key is missing, wrong or not allowed")
    if response.is_redirect:
        return BadAnswer(f"{where}: leads to elsewhere ({status}), and no redirect is followed")
    return BadAnswer(f"{where}: answered with the status {status}")


# ------------------------------------------------------------------ connections


class _Transport(httpx.HTTPTransport):
    """The transport of httpx on connections that keep to the deadline and to allowed addresses."""

    def __init__(self, *, public_only: bool) -> None:
        context = httpx.create_ssl_context()
        super().__init__(verify=context)
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, keepalive_expiry=5.0, network_backend=_Network(public_only=public_only)
        )


class _Network(httpcore.NetworkBackend):
    """Connect to the address that was looked at, under the deadline of the attempt."""

    def __init__(self, *, public_only: bool) -> None:
        self._public_only = public_only
        self._system = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _resolved(host, port)
        if self._public_only and not all(map(is_public, addresses)):
            raise ForbiddenAddress(f"{host}: is or leads to an address that is not public, which is not asked")
        failure: Exception = httpcore.ConnectError("no address")
        for address in addresses:
            try:
                connection = self._system.connect_tcp(address, port, _left(timeout), local_address, socket_options)
                return _Connection(connection)
            except httpcore.ConnectError as error:
                failure = error
        raise failure


class _Connection(httpcore.NetworkStream):
    """A connection on which every read and write keeps to the deadline of the attempt."""

    def __init__(self, connection: httpcore.NetworkStream) -> None:
        self._connection = connection

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._connection.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._connection.write(buffer, _left(timeout))

    def close(self) -> None:
        self._connection.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Connection(self._connection.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._connection.get_extra_info(info)


def _left(timeout: float | None) -> float | None:
    """Return the seconds that a step of the attempt may still take."""
    ends = _ends.get()
    if ends is None:
        return timeout
    left = ends - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left if timeout is None else min(left, timeout)


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise httpcore.ConnectError from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the public internet, also one that wraps an IPv4 address."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = list(_wrapped(ip))
        if wrapped:
            return all(inner.is_global and not inner.is_multicast for inner in wrapped)
    return ip.is_global and not ip.is_multicast


def _wrapped(ip: ipaddress.IPv6Address) -> Iterator[ipaddress.IPv4Address]:
    """The IPv4 addresses in an IPv6 one: mapped, 6to4, Teredo, NAT64 (RFC 6052)."""
    yield from filter(None, [ip.ipv4_mapped, ip.sixtofour])
    yield from ip.teredo or ()
    if ip in ipaddress.IPv6Network("64:ff9b::/96"):
        yield ipaddress.IPv4Address(ip.packed[-4:])


# ------------------------------------------------------------------ logs


def _between_attempts(_record: logging.LogRecord) -> bool:
    return _ends.get() is None


def _keep_debug_lines_discreet() -> None:
    """Keep httpcore from logging, at DEBUG, the headers of answers to this client: a `Location` may repeat a post.

    Requests of others in the same process are logged as ever. (httpx's own line, with the whole address, is written
    by `httpx.Client`, which is not used here.)
    """
    logging.getLogger("httpcore.http11").addFilter(_between_attempts)  # the same filter is not added twice
