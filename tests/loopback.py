"""A server on 127.0.0.1 that plays what a test tells it to, fault by fault, and remembers what it was asked."""

from __future__ import annotations

import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """What a client asked."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def params(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


class Reset(Exception):
    """Raised by a play: the connection is broken off."""


Play = Callable[[Request], Iterator[bytes]]


def answer(body: str | bytes = b"", status: int = 200, **headers: str) -> Iterator[bytes]:
    """A whole answer; `retry_after="2"` is the header Retry-After."""
    body = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    yield "\r\n".join([*lines, "", ""]).encode() + body


def hanging(_request: Request) -> Iterator[bytes]:
    """Nothing, for longer than any test waits."""
    time.sleep(30)
    yield b""


def dripping_body(_request: Request) -> Iterator[bytes]:
    """A byte at a time: every single read is fast enough."""
    yield b"HTTP/1.1 200 X\r\nContent-Length: 10000\r\n\r\n"
    for _ in range(10_000):
        time.sleep(0.02)
        yield b"x"


def dripping_headers(_request: Request) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 X\r\nX-Long: "
    for _ in range(10_000):
        time.sleep(0.02)
        yield b"x"


def resetting(_request: Request) -> Iterator[bytes]:
    raise Reset
    yield b""


@dataclass
class Loopback:
    """A running server: where it is, and what it was asked so far."""

    port: int
    asked: list[Request] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving(play: Play, tls: ssl.SSLContext | None = None) -> Iterator[Loopback]:
    """Answer every request with what `play` yields, until the block ends; encrypted, where there are certificates."""
    loopback = Loopback(0)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            request = _read(self)
            if request is None:
                return
            loopback.asked.append(request)
            with suppress(BrokenPipeError, ConnectionResetError):
                try:
                    for chunk in play(request):
                        self.wfile.write(chunk)
                except Reset:
                    self.request.setsockopt(1, 13, b"\x01\0\0\0\0\0\0\0")  # SO_LINGER of 0: closing resets

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False
        allow_reuse_address = True
        request_queue_size = 256

    with Server(("127.0.0.1", 0), Handler) as server:
        loopback.port = server.server_address[1]
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield loopback
        server.shutdown()


def _read(handler: socketserver.StreamRequestHandler) -> Request | None:
    first = handler.rfile.readline().decode("latin-1").split()
    if len(first) < 2:
        return None
    headers = {}
    while line := handler.rfile.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = handler.rfile.read(int(headers.get("content-length", 0)))
    return Request(first[0], first[1], headers, body)
