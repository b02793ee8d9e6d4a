"""What the program says on stderr beside its data: notes, problems of the input, progress."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crosspost.engine import Progress
    from crosspost.models import Problem

_PROBLEMS_SHOWN = 20


def note(text: str) -> None:
    """Say something on stderr, under the program's name; a file's name cannot move the cursor."""
    from crosspost.report.plain_text import without_controls

    print(f"crosspost: {without_controls(text)}", file=sys.stderr)


def say_problems(problems: Sequence[Problem], *, quiet: bool) -> None:
    """Name the rows that could not be read as they stand, each with file and line."""
    if quiet:
        return
    for problem in problems[:_PROBLEMS_SHOWN]:
        where = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
        note(f"{where}: {problem.error}")
    if len(problems) > _PROBLEMS_SHOWN:
        note(f"and {len(problems) - _PROBLEMS_SHOWN} more rows: see the report")


@contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Progress]:
    """Show a progress bar on stderr where that is a terminal, and nothing elsewhere."""
    if quiet or not sys.stderr.isatty():
        yield lambda _step, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("read", total=None)
        yield lambda step, done, total: bar.update(task, description=step, completed=done, total=total)
