"""The formats that can be read: a name, a title, the function that reads, and the one that recognises.

Those of other packages come through the entry-point group `crosspost.sources`: an entry names a function that takes
the binary lines of a file and its name, and yields (line, `Post` or `RowError`). Where that function has an attribute
`recognise`, a function from a `Sample` to how sure it is (0..1), the format is recognised like any other.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType

from crosspost.errors import UsageError
from crosspost.sources import (
    activitypub,
    auto_archiver,
    bluesky,
    crowdtangle,
    csv,
    fourcat,
    jsonl,
    mastodon,
    telegram,
    x_api,
    x_csv,
    x_web,
    zeeschuimer,
)
from crosspost.sources.row import Item
from crosspost.sources.sample import Sample

GROUP = "crosspost.sources"

# A source turns the UTF-8 lines of a file into (line, post) or (line, why a row is none), in order.
Source = Callable[[io.BufferedReader, str], Iterator[tuple[int, Item]]]
Recognise = Callable[[Sample], float]


@dataclass(frozen=True)
class Format:
    """A format of exports.

    `own` formats are the user's: their ids stay as given, any path of a media is theirs to name, and columns can be
    told. The rest come from platforms and other programs.
    """

    name: str
    title: str
    read: Callable[..., Iterator[tuple[int, Item]]]
    recognise: Recognise
    own: bool = False


def _of(module: ModuleType, name: str, title: str, *, own: bool = False, variant: str = "") -> Format:
    read = f"read_{module.__name__.rpartition('.')[2]}"
    return Format(name, title, getattr(module, read + variant), getattr(module, f"recognise{variant}"), own=own)


FORMATS: dict[str, Format] = {
    format_.name: format_
    for format_ in (
        _of(jsonl, "jsonl", "Post JSONL", own=True),
        _of(csv, "csv", "a table", own=True),
        _of(x_api, "x-api", "X API v2"),
        _of(x_csv, "x-csv", "CSV of twarc-csv"),
        _of(x_web, "x-web", "tweets of X's web client or API v1.1"),
        _of(zeeschuimer, "zeeschuimer", "Zeeschuimer"),
        _of(telegram, "telegram", "Telegram Desktop"),
        _of(bluesky, "bluesky", "Bluesky"),
        _of(mastodon, "mastodon", "Mastodon"),
        _of(activitypub, "activitypub", "an outbox of ActivityPub"),
        _of(fourcat, "4cat-csv", "CSV of 4CAT", variant="_csv"),
        _of(fourcat, "4cat-ndjson", "NDJSON of 4CAT", variant="_ndjson"),
        _of(crowdtangle, "crowdtangle", "CrowdTangle"),
        _of(auto_archiver, "auto-archiver", "sheet of the auto-archiver"),
    )
}


@cache
def others() -> dict[str, Callable[[], Format]]:
    """Return the formats of other installed packages by name, each to be loaded when it is needed."""
    return {
        entry.name: cache(lambda entry=entry: _loaded(entry.name, entry.load)) for entry in entry_points(group=GROUP)
    }


def _loaded(name: str, load: Callable[[], Source]) -> Format:
    try:
        read = load()
    except Exception as error:  # another package may fail in any way
        raise UsageError(f"the source {name!r} of another package cannot be loaded: {error}") from error
    never: Recognise = lambda _sample: 0.0  # noqa: E731  # what is not told must be asked for
    return Format(name, name, read, getattr(read, "recognise", never))


def names() -> list[str]:
    """Return the names of all formats, our own first."""
    return [*FORMATS, *(name for name in sorted(others()) if name not in FORMATS)]


def format_of(name: str) -> Format:
    """Return the format of a name.

    Raises:
        UsageError: there is none, or the package that brings it is broken.
    """
    if name in FORMATS:
        return FORMATS[name]
    if name not in others():
        raise UsageError(f"unknown source {name!r}: known are {', '.join(names())}")
    return others()[name]()


def recognised(sample: Sample, *, own: bool = False) -> Format:
    """Return the format that is surest of a sample, of the user's `own` ones alone where that is wanted."""
    formats = [format_of(name) for name in names()]
    return max((known for known in formats if known.own or not own), key=lambda known: known.recognise(sample))
