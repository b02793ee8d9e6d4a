"""`crosspost check`: find the same media under incompatible places."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from crosspost.cli.notes import note, progress_bar, say_problems
from crosspost.cli.options import Commands, add_files, add_looking, checker_of, posts_of, understanding, workers
from crosspost.report import FORMATS

if TYPE_CHECKING:
    from crosspost.models import Report

FOUND = 1


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the program."""
    command = commands.add_parser(
        "check", parents=[understanding()], help="find the same media under incompatible places"
    )
    add_files(command)
    add_looking(command)
    command.add_argument("-o", "--output", metavar="OUT", help="write to a file, in the format of its suffix")
    command.add_argument(
        "--format", metavar="NAME", help=f"{', '.join(FORMATS)} (default: text, or by the suffix of OUT)"
    )
    command.add_argument(
        "--redact-authors", action="store_true", help="write pseudonyms in place of the names of accounts"
    )
    command.add_argument("-v", "--verbose", action="store_true", help="say what was read and how it was understood")
    command.add_argument("--exit-code", action="store_true", help="end with 1 when there are findings")
    command.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from crosspost import report as reports
    from crosspost.engine import LocalEngine

    format_ = args.format or (reports.format_of(args.output) if args.output else "text")
    reports.writer(format_)  # before any work: there may be none of that name
    checker = checker_of(args)
    posts = posts_of(args, *args.files)
    with progress_bar(quiet=args.quiet) as progress:
        report = checker.check(posts, engine=LocalEngine(workers()), progress=progress)
    in_report = format_ == "text" and not args.output
    say_problems(posts.problems, quiet=args.quiet or in_report)
    if report.provenance["fallbacks"] and not (args.quiet or in_report):
        note(f"{report.provenance['translator']} had no translation of {report.provenance['fallbacks']} posts: glossed")
    if not args.quiet:
        _say_unseen(report, wanted=not args.no_media)
    if args.verbose:
        _say_provenance(report)
    if args.redact_authors:
        from crosspost.report.redaction import redacted

        report = redacted(report)
    if args.output:
        reports.write(report, args.output, format_)
        if not args.quiet:
            note(f"{len(report.findings)} findings among {report.counts['posts']} posts: {args.output}")
    elif format_ == "text" and sys.stdout.isatty():
        _show(report)
    else:
        sys.stdout.writelines(reports.parts(report, format_))
    return FOUND if args.exit_code and report.findings else 0


def _say_unseen(report: Report, *, wanted: bool) -> None:
    """Say which media were not compared, and what would have been needed."""
    media = report.provenance["media"]
    if wanted and media["named"] and not media["decoders"] and not _can_look():
        note(f"{media['named']} media files were not looked at: pip install 'crosspost[media]'")
    if media["not_compared"]:
        note(f"{media['not_compared']} pairs of media of posts alike were compared by their hashes alone")


def _can_look() -> bool:
    from crosspost.media.fingerprinter import is_installed

    return is_installed()


def _say_provenance(report: Report) -> None:
    for item in report.provenance["inputs"]:
        note(f"{item['file']}: {item['rows']} rows, read as {item['source']}, sha256 {item['sha256']}")
    note(f"languages by {report.provenance['detector']}")
    for pivot, posts in report.provenance["pivots"].items():
        note(f"{posts} posts in the pivot by: {pivot}")


def _show(report: Report) -> None:
    from rich.console import Console

    from crosspost.report.terminal import show

    show(report, Console(highlight=False, emoji=False))
