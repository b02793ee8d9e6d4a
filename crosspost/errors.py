"""What can go wrong, and the exit code each kind of error ends the program with.

    CrosspostError             2   the root: catch this to catch everything that crosspost raises on purpose
    ├── UsageError             2   an option, a name or an argument that cannot be
    │   ├── UnsupportedPivot   2   a pivot language that the chosen translator cannot reach
    │   └── MissingExtra       2   a part of the package that is installed only when it is asked for
    ├── WorkerLost             2   a process of ours that was ended from outside
    ├── ReadError              2   nothing could be read from a file, or from any of the files
    ├── MediaRefused           2   a picture or video that is not there, is broken, or is too large to be decoded
    │   └── NoMedia            2   a file that is no picture or video
    ├── MediaCacheError        2   a cache of media that is none, is of another format, or stays locked
    ├── ArchiveError           2   an archive that is not there, is none, or is of another format
    ├── TranslationMemoryError 2   a translation memory that is not there, is none, or is of another format
    └── ServiceError           3   a service on the network that did not do what was asked
        ├── Unreachable        3   no connection, or one that broke
        ├── TimedOut           3   no whole answer within the deadline
        ├── Throttled          3   too many requests, or a quota that is used up
        ├── AccessDenied       3   a key that is missing, wrong or not allowed
        ├── BadAnswer          3   an answer that is none: an error page, broken JSON, a redirect, too many bytes
        └── ForbiddenAddress   3   an address in a private network, where only public ones may be asked

A single bad row is no error: it is a `Problem` in the report, with file and line, and the rest goes on.
Every message says where, what, and what would have been right. That of a `ServiceError` names the service by its host
alone, never by its full address, and repeats nothing of what was sent or came back: keys and posts stay out of it.
"""

from __future__ import annotations


class CrosspostError(Exception):
    """The root of the tree; `exit_code` is what the command line ends with."""

    exit_code = 2


class UsageError(CrosspostError):
    """An option, a name or an argument that cannot be."""


class UnsupportedPivot(UsageError):
    """A pivot language that the chosen translator cannot reach."""


class MissingExtra(UsageError):
    """A part of the package that is installed only when it is asked for."""


class MediaRefused(CrosspostError):
    """A picture or video that is not there, is broken, or is beyond what is decoded; no folder is named."""


class NoMedia(MediaRefused):
    """A file that is no picture or video of a kind that is opened."""


class MediaCacheError(CrosspostError):
    """A cache of media that is none, is of another format, or stays locked by another program."""


class WorkerLost(CrosspostError):
    """A process that understood posts was ended from outside, most likely for want of memory."""


class ReadError(CrosspostError):
    """Nothing could be read."""


class ArchiveError(CrosspostError):
    """An archive file that is not there, is none, is of another format, or stays locked by another program."""


class TranslationMemoryError(CrosspostError):
    """A translation memory that is not there, is none, is of another format, or stays locked by another program."""


class ServiceError(CrosspostError):
    """A service on the network did not do what was asked."""

    exit_code = 3


class Unreachable(ServiceError):
    """No connection, or one that broke."""


class TimedOut(ServiceError):
    """No whole answer within the deadline."""


class Throttled(ServiceError):
    """Too many requests, or a quota that is used up; `retry_after` is in seconds, None where nothing was said."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class AccessDenied(ServiceError):
    """A key that is missing, wrong or not allowed."""


class BadAnswer(ServiceError):
    """An answer that is none."""


class ForbiddenAddress(ServiceError):
    """An address in a private network, where only public ones may be asked."""
