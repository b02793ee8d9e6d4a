"""`crosspost translate`: fill a translation memory. This is the step that uses the network."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.cli.notes import note, progress_bar, say_problems
from crosspost.cli.options import Commands, add_reading, languages_of, posts_of, understanding
from crosspost.errors import ServiceError, UsageError

if TYPE_CHECKING:
    from crosspost.engine import Progress
    from crosspost.models import Passage, Post

_PORTION = 256  # posts between two words of progress
_REASONS_SHOWN = 5


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the program."""
    command = commands.add_parser(
        "translate", parents=[understanding()], help="fill a translation memory with what a service answers (network)"
    )
    command.add_argument("files", nargs="*", metavar="FILE", help="an export of posts, or - for stdin")
    add_reading(command)
    command.add_argument("--import", dest="imported", metavar="JSONL", help="first add what `--export` wrote")
    command.add_argument(
        "--export", dest="exported", metavar="JSONL", help="in the end write the whole memory; - is stdout"
    )
    command.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    if args.memory is None:
        raise UsageError("say with --memory FILE where the translations are kept")
    if not (args.files or args.imported or args.exported):
        raise UsageError("nothing to do: give exports to translate, or --import, or --export")
    if args.imported:
        _import(args)
    code = _fill(args) if args.files else 0
    if args.exported:
        _export(args)
    return code


def _import(args: argparse.Namespace) -> None:
    from crosspost.translate.memory import Memory

    count, problems = Memory(args.memory, create=True).load(args.imported)
    say_problems(problems, quiet=args.quiet)
    if not args.quiet:
        note(f"{count} rows of {args.imported} read into {args.memory}")


def _export(args: argparse.Namespace) -> None:
    from crosspost.translate.memory import Memory

    lines = "".join(f"{line}\n" for line in Memory(args.memory).export())
    if args.exported == "-":
        sys.stdout.write(lines)
    else:
        Path(args.exported).write_text(lines, encoding="utf-8", newline="\n")


def _fill(args: argparse.Namespace) -> int:
    from crosspost.cli import INTERRUPTED
    from crosspost.translate import online_translator

    if args.translator == "gloss":
        raise UsageError("the gloss needs no memory: say with --translator NAME which service translates")
    translator = online_translator(args.translator, args.pivot, memory=args.memory, say=note)
    translator.must_have_keys()
    posts = posts_of(args, *args.files)
    translated, failures = 0, Counter[str]()
    try:
        with progress_bar(quiet=args.quiet) as progress:
            passages = _passages(list(posts), args, progress)
            missing = set(translator.missing(passages))
            for done, (passage, translation) in enumerate(translator.answers(passages), 1):
                if translation.quality == "failed":
                    failures[translation.warnings[0]] += 1
                elif passage in missing:
                    translated += 1
                progress("translate", done, len(passages))
                if translator.gave_up:
                    break
    except KeyboardInterrupt:
        note(f"interrupted; {translated} more texts are in {args.memory}, the same command goes on from there")
        return INTERRUPTED
    say_problems(posts.problems, quiet=args.quiet)
    if not args.quiet:
        known = len(passages) - len(missing)
        note(f"{translated} texts translated into {args.memory}, {known} of {len(passages)} needed no asking")
        for reason, times in failures.most_common(_REASONS_SHOWN):
            note(f"{times} failed: {reason}")
    if translator.gave_up or (missing and not translated):
        note(f"{len(missing) - translated} texts are still to be translated: the same command goes on from there")
        return ServiceError.exit_code
    return 0


def _passages(posts: Sequence[Post], args: argparse.Namespace, progress: Progress) -> list[Passage]:
    """What the posts need translated, as `check` with the same options would ask for it."""
    from crosspost.language import detector
    from crosspost.translate import untranslated

    told = detector(args.detector, languages_of(args))
    found: dict[Passage, None] = {}
    for start in range(0, len(posts), _PORTION):
        progress("read", start, len(posts))
        portion = posts[start : start + _PORTION]
        languages = told.detect([post.text for post in portion], [post.lang for post in portion])
        found |= dict.fromkeys(untranslated(portion, languages, args.pivot))
    return list(found)
