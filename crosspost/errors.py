"""What can go wrong, and the exit code each kind of error ends the program with.

    CrosspostError             2   the root: catch this to catch everything that crosspost raises on purpose
    ├── UsageError             2   an option, a name or an argument that cannot be
    │   └── UnsupportedPivot   2   a pivot language that the chosen translator cannot reach
    ├── ReadError              2   nothing could be read from a file, or from any of the files
    └── ArchiveError           2   an archive that is not there, is none, or is of another format

A single bad row is no error: it is a `Problem` in the report, with file and line, and the rest goes on.
Every message says where, what, and what would have been right.
"""

from __future__ import annotations


class CrosspostError(Exception):
    """The root of the tree; `exit_code` is what the command line ends with."""

    exit_code = 2


class UsageError(CrosspostError):
    """An option, a name or an argument that cannot be."""


class UnsupportedPivot(UsageError):
    """A pivot language that the chosen translator cannot reach."""


class ReadError(CrosspostError):
    """Nothing could be read."""


class ArchiveError(CrosspostError):
    """An archive file that is not there, is none, is of another format, or stays locked by another program."""
