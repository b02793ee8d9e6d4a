"""The data files that come with the package: plain text that a person can read, review and extend."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable


def folder(name: str) -> Traversable:
    """Return a folder of data files, wherever the package is installed."""
    return files(__name__).joinpath(name)


def rows(name: str | Traversable) -> Iterator[list[str]]:
    """Yield the columns of a tab-separated data file; blank lines and `#` comments are left out."""
    file = folder(name) if isinstance(name, str) else name
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                yield line.rstrip("\n").split("\t")
