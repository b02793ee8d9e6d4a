"""`crosspost archive`: a store of annotated posts, and the earlier posts nearest to new ones."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from crosspost.cli.notes import note, progress_bar, say_problems
from crosspost.cli.options import Commands, add_files, checker_of, understanding

if TYPE_CHECKING:
    from crosspost.archive import Answer, Match
    from crosspost.models import Annotation

_EXCERPT = 160


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the program."""
    command = commands.add_parser("archive", help="keep annotated posts, and find the earlier ones nearest to new ones")
    verbs = command.add_subparsers(title="what to do", metavar="VERB", required=True)
    add = verbs.add_parser("add", parents=[understanding()], help="add posts; those that are there already stay")
    search = verbs.add_parser("search", parents=[understanding()], help="the archived posts nearest to each post")
    remove = verbs.add_parser("remove", help="remove posts by their ids")
    info = verbs.add_parser("info", help="what the archive holds")
    for verb, run in ((add, _add), (search, _search), (remove, _remove), (info, _info)):
        verb.add_argument("store", metavar="STORE", help="the archive, one SQLite file")
        verb.set_defaults(run=run)
    add_files(add)
    add_files(search)
    search.add_argument("--limit", type=_positive, default=10, metavar="K", help="matches a post (default: 10)")
    search.add_argument("--format", choices=("text", "jsonl"), default="text", help="default: text")
    remove.add_argument("ids", nargs="+", metavar="ID", help="ids of posts")
    remove.add_argument("-q", "--quiet", action="store_true", help="no notes on stderr")


def _positive(value: str) -> int:
    number = int(value)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{value} is no number of matches: give 1 or more")
    return number


def _add(args: argparse.Namespace) -> int:
    from crosspost.archive import Archive
    from crosspost.cli import INTERRUPTED
    from crosspost.sources import read

    posts = read(*args.files)
    with Archive(args.store, checker_of(args), create=True) as archive:
        try:
            with progress_bar(quiet=args.quiet) as progress:
                added = archive.add(posts, progress)
        except KeyboardInterrupt:
            note(f"interrupted; {len(archive)} posts are in {args.store}, the same command goes on from there")
            return INTERRUPTED
        say_problems(posts.problems, quiet=args.quiet)
        if not args.quiet:
            for post_id, new_id in added.renamed:
                note(f"id {post_id!r} is taken by a different post: this one is kept as {new_id!r}")
            note(f"{added.new} posts added, {added.known} known already, {len(archive)} in {args.store}")
    return 0


def _search(args: argparse.Namespace) -> int:
    from crosspost.archive import Archive
    from crosspost.report.json import dumps
    from crosspost.sources import read

    posts = read(*args.files)
    with Archive(args.store, checker_of(args)) as archive, progress_bar(quiet=args.quiet) as progress:
        for answer in archive.search(posts, args.limit, progress):
            if args.format == "jsonl":
                print(dumps(_answer_dict(answer)))
            else:
                print("\n".join(_lines(answer)), end="\n\n")
    say_problems(posts.problems, quiet=args.quiet)
    return 0


def _remove(args: argparse.Namespace) -> int:
    from crosspost.archive import Archive

    with Archive(args.store) as archive:
        removed = archive.remove(args.ids)
        if not args.quiet:
            for post_id in args.ids:
                if post_id not in removed:
                    note(f"no post {post_id!r} in {args.store}")
            note(f"{len(removed)} posts removed, {len(archive)} in {args.store}")
    return 0


def _info(args: argparse.Namespace) -> int:
    from crosspost.archive import Archive

    with Archive(args.store) as archive:
        for name, value in archive.info().items():
            counts = ", ".join(f"{key} {number}" for key, number in value.items()) if isinstance(value, dict) else value
            print(f"{name}: {counts}")
    return 0


def _answer_dict(answer: Answer) -> dict[str, Any]:
    from crosspost.report.json import plain

    matches = [
        {"id": match.id, "score": match.score, "level": match.level, "conflicts": plain(match.conflicts)}
        for match in answer.matches
    ]
    return {"query": answer.query.id, "matches": matches}


def _lines(answer: Answer) -> list[str]:
    shown = [f"{answer.query.id}  {_excerpt(answer.query)}"]
    for match in answer.matches:
        shown.append(f"  {match.score:.2f}  {match.level or 'no finding':10}  {match.id}  {_excerpt(match.post)}")
        shown += [f"        {line}" for line in _reasons(match)]
    return shown if answer.matches else [*shown, "  nothing near it"]


def _reasons(match: Match) -> list[str]:
    from crosspost.report.plain_text import isolated

    best = max(match.link.evidence, key=lambda evidence: evidence.weight)
    places = [
        f"{conflict.places[0].name} and {conflict.places[1].name} cannot both be true ({conflict.relation})"
        for conflict in match.conflicts
    ]
    return [*places, *([f"{best.weight:+.1f} {isolated(best.detail)}"] if best.weight > 0 else [])]


def _excerpt(annotation: Annotation) -> str:
    from crosspost.report.plain_text import isolated

    text = " ".join(annotation.post.text.split())
    return isolated(text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…")
