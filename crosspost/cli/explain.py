"""`crosspost explain`: every comparison of two posts, also those that failed."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from crosspost.cli.notes import say_problems
from crosspost.cli.options import Commands, add_looking, add_reading, checker_of, posts_of, understanding
from crosspost.errors import UsageError

if TYPE_CHECKING:
    from crosspost.models import Post


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the program."""
    command = commands.add_parser("explain", parents=[understanding()], help="every comparison of two posts")
    command.add_argument("file", metavar="FILE", help="the export that holds both")
    command.add_argument("a", metavar="ID")
    command.add_argument("b", metavar="ID")
    add_reading(command)
    add_looking(command)
    command.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from crosspost.explain import explain
    from crosspost.report.plain_text import harmless

    checker = checker_of(args)
    posts = posts_of(args, args.file)
    by_id = {post.id: post for post in posts}
    say_problems(posts.problems, quiet=args.quiet)
    for wanted in (args.a, args.b):
        if wanted not in by_id:
            raise UsageError(f"{args.file}: no post has the id {wanted!r}{_like(wanted, by_id)}")
    for line in explain(checker, list(by_id.values()), args.a, args.b):
        print(harmless(line))
    return 0


def _like(wanted: str, known: dict[str, Post]) -> str:
    from rapidfuzz import fuzz, process

    near = process.extractOne(wanted, known.keys(), scorer=fuzz.ratio, score_cutoff=60)
    return f" (did you mean {near[0]!r}?)" if near else ""
