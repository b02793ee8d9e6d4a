"""Reports: writing what a check found, one file a format."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from os import PathLike
from pathlib import Path

from crosspost.errors import UsageError
from crosspost.models import Report

# A writer turns a report into the text of a file.
Writer = Callable[[Report], str]

FORMATS = {"text": "terminal", "json": "json", "html": "html"}
_SUFFIXES = {".txt": "text", ".json": "json", ".html": "html", ".htm": "html"}


def format_of(path: str | PathLike[str]) -> str:
    """Return the format that a file name asks for by its suffix.

    Raises:
        UsageError: no format has that suffix.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in _SUFFIXES:
        raise UsageError(f"{path}: no report format ends in {suffix!r}: known are {', '.join(_SUFFIXES)}; or --format")
    return _SUFFIXES[suffix]


def render(report: Report, format: str) -> str:  # noqa: A002  # the option's name
    """Return a report as text in a format of `FORMATS`: text, json or html."""
    if format not in FORMATS:
        raise UsageError(f"unknown format {format!r}: known are {', '.join(FORMATS)}")
    writer: Writer = import_module(f"crosspost.report.{FORMATS[format]}").render
    return writer(report)


def write(report: Report, path: str | PathLike[str], format: str | None = None) -> None:  # noqa: A002  # the option's name
    """Write a report to a file, in the format of its suffix unless `format` names one.

    Raises:
        UsageError: no format has that name or suffix.
        OSError: the file cannot be written.
    """
    Path(path).write_text(render(report, format or format_of(path)), encoding="utf-8", newline="\n")
