"""The command line: verbs of the API as subcommands. Data goes to stdout, notes to stderr.

Nothing heavy is imported before a command runs, so that `crosspost --help` answers at once.
"""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crosspost import __version__
from crosspost.errors import CrosspostError, UsageError

if TYPE_CHECKING:
    from crosspost.checker import Checker, Progress
    from crosspost.models import Annotation, Post, Problem, Report

FOUND = 1
INTERRUPTED = 130
_FORMATS = ("text", "json", "html")  # those of `crosspost.report`, without importing it

_DESCRIPTION = "Find social posts that carry the same media under places that cannot both be true."
_EPILOG = """\
exit codes: 0 ran (rows that could not be read are counted and listed), 1 findings and --exit-code was given,
2 usage, or nothing could be read, 130 interrupted. Nothing leaves this machine.
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
        print("crosspost: interrupted; nothing was written", file=sys.stderr)
        return INTERRUPTED
    except CrosspostError as error:
        print(f"crosspost: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"crosspost: {error.filename or 'output'}: {error.strerror}", file=sys.stderr)
        return CrosspostError.exit_code
    return code


def _write_utf8() -> None:
    """Data is UTF-8 whatever the locale; a terminal keeps its own encoding."""
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


# ------------------------------------------------------------------ the commands


def _check(args: argparse.Namespace) -> int:
    from crosspost import report as reports
    from crosspost.sources import read

    format_ = args.format or (reports.format_of(args.output) if args.output else "text")
    checker = _checker(args)
    posts = read(*args.files)
    with _progress(quiet=args.quiet) as progress:
        report = checker.check(posts, progress=progress)
    _say_problems(posts.problems, quiet=args.quiet, in_report=format_ == "text" and not args.output)
    if args.verbose:
        _say_provenance(report)
    if args.output:
        reports.write(report, args.output, format_)
        if not args.quiet:
            _note(f"{len(report.findings)} findings among {report.counts['posts']} posts: {args.output}")
    elif format_ == "text" and sys.stdout.isatty():
        _show(report)
    else:
        print(reports.render(report, format_), end="")
    return FOUND if args.exit_code and report.findings else 0


def _annotate(args: argparse.Namespace) -> int:
    import json

    from crosspost.checker import inherit
    from crosspost.report.json import annotation_dict
    from crosspost.sources import read

    checker = _checker(args)
    posts = read(*args.files)
    with _progress(quiet=args.quiet) as progress:
        annotations: list[Annotation] = []
        for portion in _portions(posts):
            annotations += checker.annotate(portion)
            progress("annotate", len(annotations), None)
    for annotation in inherit(annotations):
        print(json.dumps(annotation_dict(annotation), ensure_ascii=False))
    _say_problems(posts.problems, quiet=args.quiet)
    return 0


def _explain(args: argparse.Namespace) -> int:
    from crosspost.explain import explain
    from crosspost.sources import read

    checker = _checker(args)
    posts = read(args.file)
    by_id = {post.id: post for post in posts}
    _say_problems(posts.problems, quiet=args.quiet)
    for wanted in (args.a, args.b):
        if wanted not in by_id:
            raise UsageError(f"{args.file}: no post has the id {wanted!r}{_like(wanted, by_id)}")
    for line in explain(checker, list(by_id.values()), args.a, args.b):
        print(line)
    return 0


# ------------------------------------------------------------------ what the commands share


def _checker(args: argparse.Namespace) -> Checker:
    from crosspost.checker import Checker
    from crosspost.models import Options

    languages = tuple(code.strip() for code in args.languages.split(",")) if args.languages else None
    return Checker(Options(pivot=args.pivot, translator=args.translator, detector=args.detector, languages=languages))


def _portions(posts: Iterable[Post], size: int = 256) -> Iterator[list[Post]]:
    portion: list[Post] = []
    for post in posts:
        portion.append(post)
        if len(portion) == size:
            yield portion
            portion = []
    if portion:
        yield portion


def _like(wanted: str, known: dict[str, Post]) -> str:
    from rapidfuzz import fuzz, process

    near = process.extractOne(wanted, known.keys(), scorer=fuzz.ratio, score_cutoff=60)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _say_problems(problems: Sequence[Problem], *, quiet: bool, in_report: bool = False) -> None:
    if quiet or in_report:
        return
    for problem in problems[:20]:
        where = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
        _note(f"{where}: {problem.error}")
    if len(problems) > 20:
        _note(f"and {len(problems) - 20} more rows: see the report")


def _say_provenance(report: Report) -> None:
    for item in report.provenance["inputs"]:
        _note(f"{item['file']}: {item['rows']} rows, read as {item['source']}, sha256 {item['sha256']}")
    _note(f"languages by {report.provenance['detector']}")
    for pivot, posts in report.provenance["pivots"].items():
        _note(f"{posts} posts in the pivot by: {pivot}")


def _note(text: str) -> None:
    print(f"crosspost: {text}", file=sys.stderr)


def _show(report: Report) -> None:
    from rich.console import Console

    from crosspost.report.terminal import show

    show(report, Console(highlight=False, emoji=False))


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Progress]:
    """A progress bar on stderr where that is a terminal, and nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield lambda _step, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("read", total=None)
        yield lambda step, done, total: bar.update(task, description=step, completed=done, total=total)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="crosspost",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"crosspost {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--pivot", default="en", metavar="LANG", help="language to compare in (default: en)")
    options.add_argument("--translator", default="gloss", metavar="NAME", help="gloss (default, offline)")
    options.add_argument(
        "--detector",
        default="profiles",
        metavar="NAME",
        help="profiles (default), langdetect, or with the extra langid: profiles+fasttext, profiles+py3langid",
    )
    options.add_argument("--languages", metavar="en,ar,fr", help="the only languages that posts are in")
    options.add_argument("-q", "--quiet", action="store_true", help="no notes and no progress on stderr")

    check = commands.add_parser("check", parents=[options], help="find the same media under incompatible places")
    check.add_argument("files", nargs="+", metavar="FILE", help="an export of posts, or - for stdin")
    check.add_argument("-o", "--output", metavar="OUT", help="write to a file, in the format of its suffix")
    check.add_argument("--format", choices=_FORMATS, help="default: text, or by the suffix of OUT")
    check.add_argument("-v", "--verbose", action="store_true", help="say what was read and how it was understood")
    check.add_argument("--exit-code", action="store_true", help="end with 1 when there are findings")
    check.set_defaults(run=_check)

    annotate = commands.add_parser("annotate", parents=[options], help="posts as understood, one JSON object a line")
    annotate.add_argument("files", nargs="+", metavar="FILE", help="an export of posts, or - for stdin")
    annotate.set_defaults(run=_annotate)

    explain = commands.add_parser("explain", parents=[options], help="every comparison of two posts")
    explain.add_argument("file", metavar="FILE", help="the export that holds both")
    explain.add_argument("a", metavar="ID")
    explain.add_argument("b", metavar="ID")
    explain.set_defaults(run=_explain)
    return parser
