"""A child process that decodes media from strangers, with limits on what it may take and open.

The parent opens a file, makes sure that it is a plain one, and hands over the open file; the child sends back arrays
of numbers and small JPEGs, never objects. A child that crashes or takes too long is ended, and the next file has a new
one. Handing over an open file takes a POSIX system.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

from crosspost.errors import MediaRefused
from crosspost.media.kinds import Kind

MOST_SECONDS = 300.0  # on the clock, for one file
_MOST_MEMORY = 3 << 30  # bytes of address space
_MOST_FILES = 64
_MOST_ANSWER = 1 << 30  # bytes
_LENGTH = struct.Struct("<Q")
_SEEN, _REFUSED = b"+", b"!"  # the first byte of an answer: before what was seen, or before a sentence

Look = Callable[[BinaryIO, Kind], bytes]


class Sandbox:
    """Decode files in a child process, one after the other; started when it is first needed."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None

    def decode(self, file: BinaryIO, kind: Kind) -> bytes:
        """Return the packed fingerprint of a picture or video.

        Raises:
            MediaRefused: it is broken, too large, or took too long; the message is a sentence.
        """
        try:
            line = self._line or self._start()
            socket.send_fds(line, [json.dumps(kind).encode()], [file.fileno()])
            answer = _received(line)
        except TimeoutError:
            self.close()
            raise MediaRefused(f"not decoded within {MOST_SECONDS:.0f} seconds") from None
        except OSError:
            self.close()
            raise MediaRefused("the decoder broke down over it, or it needs too much memory") from None
        if answer.startswith(_SEEN):
            return answer[1:]
        raise MediaRefused(answer[1:].decode(errors="replace"))

    def close(self) -> None:
        """End the child; a later file starts another."""
        if self._line is not None:
            self._line.close()
        if self._child is not None:
            self._child.kill()
            self._child.wait()
        self._line = self._child = None

    def _start(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            self._child = subprocess.Popen(  # noqa: S603  # this Python, on this module
                [sys.executable, "-I", "-c", f"from {__name__} import serve; serve({theirs.fileno()})"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=_ENVIRONMENT,
            )
        ours.settimeout(MOST_SECONDS)
        self._line = ours
        return ours


_ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PATH": os.defpath}  # and no key of the user's


def _received(line: socket.socket) -> bytes:
    (length,) = _LENGTH.unpack(_exactly(line, _LENGTH.size))
    if length > _MOST_ANSWER:
        raise ConnectionError
    return _exactly(line, length)


def _exactly(line: socket.socket, length: int) -> bytes:
    got = bytearray()
    while len(got) < length:
        part = line.recv(min(1 << 20, length - len(got)))
        if not part:
            raise ConnectionError
        got += part
    return bytes(got)


# ------------------------------------------------------------------ in the child


def serve(handle: int) -> None:
    """Answer one file after the other until the parent is gone."""
    from crosspost.media.looking import looked_at

    _limit()
    with socket.socket(fileno=handle) as line:
        while True:
            asked, handles, *_ = socket.recv_fds(line, 1024, 1)
            if not asked:
                return
            with os.fdopen(handles[0], "rb") as file:
                file.seek(0)  # where the parent has read to is where this begins
                answer = _answer(looked_at, file, Kind(*json.loads(asked)))
            line.sendall(_LENGTH.pack(len(answer)) + answer)


def _answer(looked_at: Look, file: BinaryIO, kind: Kind) -> bytes:
    try:
        return _SEEN + looked_at(file, kind)
    except MediaRefused as refused:
        return _REFUSED + str(refused).encode()
    except MemoryError:
        return _REFUSED + b"it needs too much memory"


def _limit() -> None:
    """Give up what decoding does not need; what was imported before stays."""
    with suppress(ImportError):
        import resource

        for what, most in (
            (resource.RLIMIT_AS, _MOST_MEMORY),
            (resource.RLIMIT_NOFILE, _MOST_FILES),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            with suppress(ValueError, OSError):
                resource.setrlimit(what, (most, most))
