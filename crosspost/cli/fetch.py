"""`crosspost fetch`: public posts by their address, and the media of posts. This command uses the network."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.cli.notes import note, say_problems
from crosspost.cli.options import Commands, add_reading, posts_of
from crosspost.errors import CrosspostError

if TYPE_CHECKING:
    from crosspost.models import Post

_UNREACHED = 3
_LONGEST = 900.0  # seconds for one media


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the program."""
    command = commands.add_parser("fetch", help="public posts by their address, and the media of posts (network)")
    kinds = command.add_subparsers(title="what to fetch", metavar="posts|media", required=True)
    posts = kinds.add_parser("posts", help="posts of Bluesky, Mastodon and public Telegram channels, as Post JSONL")
    posts.add_argument("urls", nargs="+", metavar="URL", help="the address of a post")
    media = kinds.add_parser("media", help="the pictures, videos and sounds of posts, into a folder")
    media.add_argument("file", metavar="FILE", help="an export of posts, or - for stdin")
    media.add_argument("--into", default="media", metavar="DIR", help="the folder (default: media)")
    add_reading(media)
    for kind, run in ((posts, _posts), (media, _media)):
        kind.add_argument("-q", "--quiet", action="store_true", help="no notes on stderr")
        kind.set_defaults(run=run)


def _posts(args: argparse.Namespace) -> int:
    from crosspost.fetch import Asker, fetch_posts
    from crosspost.http import Client

    if not args.quiet:
        note("asks the servers of these posts, which will see your network address and what you ask for")
    code = 0
    seen: set[str] = set()
    asker = Asker(Client(public_only=True))
    try:
        for url in args.urls:
            try:
                posts = fetch_posts(url, asker)
            except CrosspostError as error:
                note(str(error))
                code = max(code, error.exit_code)
                continue
            for post in posts:
                if post.id not in seen:
                    seen.add(post.id)
                    _print(post)
    except KeyboardInterrupt:
        return _interrupted(len(seen))
    return code


def _media(args: argparse.Namespace) -> int:
    from crosspost.fetch import Asker, MediaFetcher
    from crosspost.http import Client

    posts = posts_of(args, args.file)
    if not args.quiet:
        note("asks the servers of these media, which will see your network address and what you ask for")
    asker = Asker(Client(public_only=True, deadline=_LONGEST, patience=2 * _LONGEST))
    fetcher = MediaFetcher(Path(args.into), asker, (lambda _sentence: None) if args.quiet else note)
    written = 0
    try:
        for post in posts:
            _print(fetcher.of(post))
            written += 1
    except KeyboardInterrupt:
        return _interrupted(written, f"; what was fetched whole is in {args.into}, the same command goes on from there")
    say_problems(posts.problems, quiet=args.quiet)
    if not args.quiet:
        counts = f"{fetcher.fetched} media fetched, {fetcher.known} there before, {fetcher.failed} not to be had"
        note(f"{counts}: {args.into}")
    return _UNREACHED if fetcher.unreachable else 0


def _print(post: Post) -> None:
    print(post.model_dump_json(exclude_none=True, exclude_unset=True), flush=True)


def _interrupted(written: int, more: str = "") -> int:
    from crosspost.cli import INTERRUPTED

    note(f"interrupted; {written} posts were written{more}")
    return INTERRUPTED
