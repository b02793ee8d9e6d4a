"""`crosspost media`: two pictures or videos compared."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crosspost.cli.notes import note
from crosspost.cli.options import Commands, add_media_cache

if TYPE_CHECKING:
    from crosspost.media.fingerprinter import Fingerprinter
    from crosspost.media.shapes import Fingerprint, Match

_FRAMES_A_SEGMENT = 3  # on the contact sheet


def add_to(commands: Commands[argparse.ArgumentParser]) -> None:
    """Add the command to the program."""
    command = commands.add_parser("media", help="two pictures or videos compared")
    command.add_argument("a", metavar="A", help="a picture or video")
    command.add_argument("b", metavar="B", help="another")
    command.add_argument("-o", "--output", metavar="SHEET.jpg", help="write what both show, side by side, as a picture")
    command.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    add_media_cache(command)
    command.add_argument("-q", "--quiet", action="store_true", help="no notes on stderr")
    command.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    from crosspost.media.fingerprinter import Fingerprinter
    from crosspost.media.matches import match

    with Fingerprinter(args.media_cache) as fingerprinter:
        media = _looked_at(fingerprinter, args.a), _looked_at(fingerprinter, args.b)
        met = match(*media, fingerprinter.luma)
        if args.format == "json":
            from crosspost.report.json import dumps

            print(dumps(_told(args, media, met), indent=1))
        else:
            _say(args, media, met)
        if args.output and met is not None:
            _write_sheet(Path(args.output), fingerprinter, media, met)
        if not args.quiet and args.output:
            note(f"nothing alike to show: {args.output} not written" if met is None else f"side by side: {args.output}")
    return 0


def _looked_at(fingerprinter: Fingerprinter, file: str) -> Fingerprint:
    from crosspost.errors import MediaRefused

    try:
        return fingerprinter.fingerprint(file)
    except MediaRefused as refused:
        raise type(refused)(f"{file}: {refused}") from None


def _say(args: argparse.Namespace, media: tuple[Fingerprint, Fingerprint], met: Match | None) -> None:
    from crosspost.recognition import in_words
    from crosspost.report.plain_text import harmless

    for name, file, medium in zip("AB", (args.a, args.b), media, strict=True):
        print(harmless(f"{name}: {Path(file).name}, {_what(medium)}"))
        for remark in _remarks(medium):
            print(f"   {remark}")
    if met is None:
        print("no part of one was found in the other")
    else:
        print("the same file, bit for bit" if media[0].sha256 == media[1].sha256 else in_words(*media, met))


def _what(medium: Fingerprint) -> str:
    size = f"{medium.width} x {medium.height} pixels"
    told = f"image, {size}" if medium.type == "image" else f"video, {size}, {medium.seconds:.1f} s"
    return f"{told}; {medium.note}" if medium.note else told


def _remarks(medium: Fingerprint) -> list[str]:
    from crosspost.media import remarks
    from crosspost.recognition import span

    if medium.type == "image":
        return []
    told = []
    if found := remarks.cuts(medium):
        told.append(f"{len(found)} {'cut' if len(found) == 1 else 'cuts'}: " + ", ".join(f"{at:.2f} s" for at in found))
    told += [f"the picture stands still: {span(stretch)}" for stretch in remarks.still(medium)]
    told += [f"{span(piece.a)} comes again at {span(piece.b)}" for piece in remarks.repeated(medium)]
    return told


def _told(args: argparse.Namespace, media: tuple[Fingerprint, Fingerprint], met: Match | None) -> dict[str, Any]:
    from dataclasses import asdict

    from crosspost.media import remarks
    from crosspost.media.pdq import to_hex

    told: dict[str, Any] = {"schema": "crosspost.media/1"}
    for name, file, medium in zip("ab", (args.a, args.b), media, strict=True):
        told[name] = {
            "file": Path(file).name,
            "sha256": medium.sha256,
            "type": medium.type,
            "width": medium.width,
            "height": medium.height,
            "seconds": medium.seconds,
            "pdq": to_hex(medium.frames.hashes[0]) if medium.type == "image" else None,
            "note": medium.note,
        }
        if medium.type == "video":
            told[name] |= {
                "cuts": remarks.cuts(medium),
                "still": remarks.still(medium),
                "repeated": [asdict(piece) for piece in remarks.repeated(medium)],
            }
    return told | {"match": None if met is None else asdict(met)}


def _write_sheet(path: Path, fingerprinter: Fingerprinter, media: tuple[Fingerprint, Fingerprint], met: Match) -> None:
    from crosspost.media.contact_sheet import beside, contact_sheet

    a, b = ((medium, fingerprinter.small(medium)) for medium in media)
    path.write_bytes(contact_sheet(beside(a, b, met, _FRAMES_A_SEGMENT)))
