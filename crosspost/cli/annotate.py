"""`crosspost annotate`: posts as understood, one JSON object a line."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from crosspost.cli.notes import progress_bar, say_problems
from crosspost.cli.options import Commands, add_files, checker_of, posts_of, understanding

if TYPE_CHECKING:
    from crosspost.models import Annotation, Post

_PORTION = 256  # posts between two words of progress


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the program."""
    command = commands.add_parser(
        "annotate", parents=[understanding()], help="posts as understood, one JSON object a line"
    )
    add_files(command)
    command.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from crosspost.checker import inherit
    from crosspost.report.json import annotation_dict, dumps

    checker = checker_of(args)
    posts = posts_of(args, *args.files)
    with progress_bar(quiet=args.quiet) as progress:
        annotations: list[Annotation] = []
        for portion in _portions(posts):
            annotations += checker.annotate(portion)
            progress("annotate", len(annotations), None)
    for annotation in inherit(annotations):
        print(dumps(annotation_dict(annotation)))
    say_problems(posts.problems, quiet=args.quiet)
    return 0


def _portions(posts: Iterable[Post]) -> Iterator[list[Post]]:
    portion: list[Post] = []
    for post in posts:
        portion.append(post)
        if len(portion) == _PORTION:
            yield portion
            portion = []
    if portion:
        yield portion
