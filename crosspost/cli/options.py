"""The options that several commands share, and the checker that they stand for."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from crosspost.cli.notes import note
from crosspost.errors import UsageError

if TYPE_CHECKING:
    from crosspost.checker import Checker
    from crosspost.sources import Export

Commands = argparse._SubParsersAction  # noqa: SLF001  # argparse has no public name for this


def add_files(command: argparse.ArgumentParser) -> None:
    """Let a command take one or more exports."""
    command.add_argument("files", nargs="+", metavar="FILE", help="an export of posts, or - for stdin")
    add_reading(command)


def add_reading(command: argparse.ArgumentParser) -> None:
    """Let a command be told how its exports are to be read."""
    command.add_argument("--source", metavar="NAME", help="the format of the exports, where the guess is wrong")
    command.add_argument(
        "--map", metavar="FIELD=COLUMN,...", help="which column of a table holds which field: text=Message,id=URL"
    )


def posts_of(args: argparse.Namespace, *files: str) -> Export:
    """Return the posts of files, read as the options of `add_reading` say; what they are taken for is noted."""
    from crosspost.sources import read, silent

    return read(*files, source=args.source, columns=_columns(args.map), notice=silent if args.quiet else note)


def _columns(told: str | None) -> dict[str, str] | None:
    if told is None:
        return None
    pairs = [pair.partition("=") for pair in told.split(",")]
    if wrong := [field for field, mark, column in pairs if not (field.strip() and mark and column.strip())]:
        raise UsageError(f"--map: {wrong[0]!r} is no FIELD=COLUMN, such as text=Message")
    return {field.strip(): column.strip() for field, _, column in pairs}


def understanding() -> argparse.ArgumentParser:
    """Return the options on how posts are understood, as a parent of a command's parser."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--pivot", default="en", metavar="LANG", help="language to compare in (default: en)")
    options.add_argument(
        "--translator",
        default="gloss",
        metavar="NAME",
        help="gloss (default, offline), or a service that gets the texts: google, mymemory, microsoft, baidu, "
        "libretranslate, libretranslate=URL",
    )
    options.add_argument(
        "--memory", metavar="FILE", help="a translation memory: what it holds is taken from there, and nobody is asked"
    )
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


def add_looking(command: argparse.ArgumentParser) -> None:
    """Let a command be told whether to look at media files, and where to keep what it saw."""
    command.add_argument("--no-media", action="store_true", help="do not look at the media files that posts name")
    add_media_cache(command)


def add_media_cache(command: argparse.ArgumentParser) -> None:
    """Let a command be told where to keep what it saw of media files."""
    command.add_argument(
        "--media-cache", metavar="FILE", help="what was seen of media files is kept here: none is decoded twice"
    )


def checker_of(args: argparse.Namespace) -> Checker:
    """Return the checker that the options of `understanding` stand for."""
    from crosspost.checker import Checker
    from crosspost.models import Options
    from crosspost.translate import translator

    options = Options(
        pivot=args.pivot,
        translator=args.translator,
        detector=args.detector,
        languages=languages_of(args),
        memory=args.memory,
        lexica=tuple(args.lexicon),
        media=not getattr(args, "no_media", True),  # commands that compare nothing have no such option
        media_cache=getattr(args, "media_cache", None),
    )
    if options.translator == "gloss":  # asks nobody, so there is nothing to say
        return Checker(options)
    made = translator(options.translator, options.pivot, lexica=options.lexica, memory=options.memory, say=note)
    return Checker(options, translator=made)


def workers() -> int:
    """Return how many processes may work at once: the processors that this one may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def languages_of(args: argparse.Namespace) -> tuple[str, ...] | None:
    """Return the closed set of languages that `--languages` gives, None without one."""
    return tuple(code.strip() for code in args.languages.split(",")) if args.languages else None
