"""`crosspost annotate`: posts as understood, one JSON object a line."""

from __future__ import annotations

import argparse

from crosspost.cli.notes import progress_bar, say_problems
from crosspost.cli.options import Commands, add_files, checker_of, posts_of, understanding, workers


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the program."""
    command = commands.add_parser(
        "annotate", parents=[understanding()], help="posts as understood, one JSON object a line"
    )
    add_files(command)
    command.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from crosspost.engine import understood
    from crosspost.report.json import annotation_dict, dumps

    checker = checker_of(args)
    posts = posts_of(args, *args.files)
    with progress_bar(quiet=args.quiet) as progress:
        shelf = understood(checker, [*posts], progress, workers=workers())
    for annotation in shelf.values():
        print(dumps(annotation_dict(annotation)))
    say_problems(posts.problems, quiet=args.quiet)
    return 0
