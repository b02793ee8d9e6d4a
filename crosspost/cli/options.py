"""The options that several commands share, and the checker that they stand for."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crosspost.checker import Checker

Commands = argparse._SubParsersAction  # noqa: SLF001  # argparse has no public name for this


def add_files(command: argparse.ArgumentParser) -> None:
    """Let a command take one or more exports."""
    command.add_argument("files", nargs="+", metavar="FILE", help="an export of posts, or - for stdin")


def understanding() -> argparse.ArgumentParser:
    """Return the options on how posts are understood, as a parent of a command's parser."""
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
    options.add_argument(
        "--lexicon",
        action="append",
        default=[],
        metavar="PATH",
        help="a dictd dictionary on this machine that the gloss uses beside its own, such as freedict-fra-eng.index",
    )
    options.add_argument("-q", "--quiet", action="store_true", help="no notes and no progress on stderr")
    return options


def checker_of(args: argparse.Namespace) -> Checker:
    """Return the checker that the options of `understanding` stand for."""
    from crosspost.checker import Checker
    from crosspost.models import Options

    languages = tuple(code.strip() for code in args.languages.split(",")) if args.languages else None
    options = Options(
        pivot=args.pivot,
        translator=args.translator,
        detector=args.detector,
        languages=languages,
        lexica=tuple(args.lexicon),
    )
    return Checker(options)
