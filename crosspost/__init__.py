"""Find posts that carry the same media under places that cannot both be true.

    import crosspost
    posts = crosspost.read("export.jsonl")
    report = crosspost.check(posts)
    crosspost.write(report, "report.html")

Names are loaded on first use (PEP 562), so that `import crosspost` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crosspost.checker import Checker, check
    from crosspost.errors import CrosspostError, ReadError, UnsupportedPivot, UsageError
    from crosspost.models import Finding, Media, Options, Post, Report
    from crosspost.report import write
    from crosspost.sources import read

__version__ = "0.1.0"

_HOME = {
    "Checker": "checker",
    "check": "checker",
    "CrosspostError": "errors",
    "ReadError": "errors",
    "UnsupportedPivot": "errors",
    "UsageError": "errors",
    "Finding": "models",
    "Media": "models",
    "Options": "models",
    "Post": "models",
    "Report": "models",
    "write": "report",
    "read": "sources",
}

__all__ = [
    "Checker",
    "CrosspostError",
    "Finding",
    "Media",
    "Options",
    "Post",
    "ReadError",
    "Report",
    "UnsupportedPivot",
    "UsageError",
    "check",
    "read",
    "write",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'crosspost' has no attribute {name!r}")
    value = getattr(import_module(f"crosspost.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
