"""Reports: what a check found, written as one file a format, read back, compared, and without its accounts' names.

A format is a module with a `render`: a function from a report to the text of a file, whole or in parts. Those of other
packages come through the entry-point group `crosspost.writers`: an entry names such a function, which may have an
attribute `suffixes`, a tuple such as `(".md",)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from crosspost.errors import UsageError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from crosspost.models import Report

GROUP = "crosspost.writers"

# A writer turns a report into the text of a file, whole or in parts.
Writer = Callable[["Report"], str | Iterable[str]]

# The name of a format -> its module, and the suffixes that ask for it.
FORMATS: dict[str, tuple[str, tuple[str, ...]]] = {
    "text": ("terminal", (".txt",)),
    "json": ("json", (".json",)),
    "jsonl": ("jsonl", (".jsonl", ".ndjson")),
    "csv": ("csv", (".csv",)),
    "html": ("html", (".html", ".htm")),
    "graphml": ("graphml", (".graphml",)),
    "geojson": ("geojson", (".geojson",)),
    "mediareview": ("mediareview", (".jsonld",)),
}


@cache
def _others() -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points

    return {entry.name: entry for entry in entry_points(group=GROUP) if entry.name not in FORMATS}


def names() -> list[str]:
    """Return the names of all formats, our own first."""
    return [*FORMATS, *sorted(_others())]


@cache
def writer(name: str) -> Writer:
    """Return what writes a format.

    Raises:
        UsageError: there is none of that name, or the package that brings it is broken.
    """
    if name in FORMATS:
        return import_module(f"crosspost.report.{FORMATS[name][0]}").render  # type: ignore[no-any-return]
    if name not in _others():
        raise UsageError(f"unknown format {name!r}: known are {', '.join(names())}")
    try:
        return _others()[name].load()  # type: ignore[no-any-return]
    except Exception as error:  # another package may fail in any way
        raise UsageError(f"the format {name!r} of another package cannot be loaded: {error}") from error


def format_of(path: str | PathLike[str]) -> str:
    """Return the format that a file name asks for by its suffix.

    Raises:
        UsageError: no format has that suffix.
    """
    suffix = Path(path).suffix.lower()
    known = {known: name for name, (_, suffixes) in FORMATS.items() for known in suffixes}
    if suffix not in known:
        known = {end: name for name in sorted(_others()) for end in getattr(writer(name), "suffixes", ())} | known
    if suffix not in known:
        raise UsageError(f"{path}: no report format ends in {suffix!r}: known are {', '.join(known)}; or --format")
    return known[suffix]


def parts(report: Report, format: str) -> Iterator[str]:  # noqa: A002  # the option's name
    """Yield a report as the text of a file in a format of `names()`, in parts, so that no big one stands in memory."""
    rendered = writer(format)(report)
    return iter([rendered] if isinstance(rendered, str) else rendered)


def render(report: Report, format: str) -> str:  # noqa: A002  # the option's name
    """Return a report as text in a format of `names()`."""
    return "".join(parts(report, format))


def write(report: Report, path: str | PathLike[str], format: str | None = None) -> None:  # noqa: A002  # the option's name
    """Write a report to a file, in the format of its suffix unless `format` names one.

    A file that is there is replaced when the new one is whole, and not before.

    Raises:
        UsageError: no format has that name or suffix.
        OSError: the file cannot be written.
    """
    written = parts(report, format or format_of(path))
    target = Path(path).resolve()
    whole = target.with_name(f".{target.name}.part") if target.is_file() or not target.exists() else target
    try:
        with whole.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            file.writelines(written)
        whole.replace(target)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        if whole != target:
            whole.unlink(missing_ok=True)


def read_report(file: str | PathLike[str]) -> Report:
    """Return the report that a JSON file holds (see `crosspost.report.reading`)."""
    from crosspost.report import reading

    return reading.read_report(file)
