"""`crosspost diff`: what a new report adds to an earlier one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from crosspost.cli.options import Commands

if TYPE_CHECKING:
    from crosspost.models import Finding
    from crosspost.report.diff import Change, Diff

MORE = 1
_SHOWN = 10  # ids in a line; the rest is counted


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the program."""
    command = commands.add_parser("diff", help="what a new report adds to an earlier one")
    command.add_argument("old", metavar="OLD", help="a report that `crosspost check -o OLD.json` wrote")
    command.add_argument("new", metavar="NEW", help="a later one")
    command.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    command.add_argument("--exit-code", action="store_true", help="end with 1 when there is more to look at")
    command.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from crosspost.report import read_report
    from crosspost.report.diff import diff

    found = diff(read_report(args.old), read_report(args.new))
    if args.format == "json":
        from crosspost.report.json import dumps, plain

        print(dumps({"schema": "crosspost.diff/1", **plain(found)}, indent=1))
    else:
        print("\n".join(_lines(found)))
    return MORE if args.exit_code and found.says_more else 0


def _lines(found: Diff) -> Iterator[str]:
    from crosspost.report.plain_text import harmless

    for difference in found.unlike:
        yield f"not alike, {harmless(difference)}"
    for finding in found.new:
        yield from _finding("new", finding)
    for change in found.changed:
        yield from _finding("more" if change.says_more else "changed", change.finding)
        yield from _changes(change)
    for finding in found.gone:
        yield from _finding("gone", finding)
    for problem in found.problems:
        where = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
        yield f"{'read all the same' if problem.kept else 'not read'}: {harmless(where)}: {harmless(problem.error)}"
    yield (
        f"{len(found.new)} new findings, {len(found.changed)} changed, {len(found.gone)} gone, "
        f"{found.unchanged} as before; {len(found.problems)} new problems"
    )


def _finding(what: str, finding: Finding) -> Iterator[str]:
    from crosspost.report.plain_text import harmless

    places = " / ".join(claim.place.full_name for claim in finding.claims)
    yield f"{what}  {finding.level.replace('-', ' ')}  {finding.score:.2f}  {finding.id}  {harmless(places)}"
    yield f"  posts: {_listed(finding.posts)}"


def _changes(change: Change) -> Iterator[str]:
    if change.level_was != change.finding.level:
        yield f"  level: {change.level_was} before, at {change.score_was:.2f}"
    if len(change.was) > 1:
        yield f"  joins: {_listed(change.was)}"
    for words, names in (
        ("posts added", change.posts_added),
        ("posts gone", change.posts_gone),
        ("places added", change.places_added),
        ("places gone", change.places_gone),
    ):
        if names:
            yield f"  {words}: {_listed(names)}"


def _listed(names: tuple[str, ...]) -> str:
    from crosspost.report.plain_text import harmless

    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return harmless(", ".join(names[:_SHOWN])) + more
