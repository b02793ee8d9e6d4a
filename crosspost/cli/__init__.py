"""The command line: verbs of the API as subcommands, one file a verb. Data goes to stdout, notes to stderr.

Nothing heavy is imported before a command runs, so that `crosspost --help` answers at once.
"""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
from collections.abc import Sequence

from crosspost import __version__
from crosspost.cli import annotate, archive, check, diff, explain, fetch, media, translate
from crosspost.cli.notes import note
from crosspost.errors import CrosspostError

INTERRUPTED = 130
_COMMANDS = (check, annotate, explain, diff, translate, archive, fetch, media)

_DESCRIPTION = "Find social posts that carry the same media under places that cannot both be true."
_EPILOG = """\
exit codes: 0 ran (rows that could not be read are counted and listed), 1 findings and --exit-code was given,
2 usage, or nothing could be read, 3 a service could not be reached, 130 interrupted. Nothing leaves this machine but
through the commands marked (network) and a --translator other than gloss: these say first what goes where.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    args = _parser().parse_args(argv)
    _write_utf8()
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough: `crosspost annotate ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except KeyboardInterrupt:
        note("interrupted; nothing was written")
        return INTERRUPTED
    except CrosspostError as error:
        note(str(error))
        return error.exit_code
    except OSError as error:
        note(f"{error.filename or 'output'}: {error.strerror}")
        return CrosspostError.exit_code
    return code


def _write_utf8() -> None:
    """Data is UTF-8 whatever the locale; a terminal keeps its own encoding."""
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="crosspost",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"crosspost {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in _COMMANDS:
        command.add_to(commands)
    return parser
