"""Sources: reading posts from whatever export people have, one file a format.

file ── opening ──> lines ── formats ──> its source ──> rows ── row ──> posts ── export ──> read()
        unpacked,            recognised  maps them to           checked,         ids made unique,
        decoded              by a Sample a post's fields        losses told      media found beside
"""

from __future__ import annotations

from os import PathLike

from crosspost.errors import UsageError
from crosspost.models import Post
from crosspost.sources.columns import Columns
from crosspost.sources.export import Export, Notice, silent
from crosspost.sources.formats import FORMATS, Format, Source, format_of, names
from crosspost.sources.row import RowError
from crosspost.sources.sample import Sample

__all__ = ["FORMATS", "Export", "Format", "RowError", "Sample", "Source", "names", "read", "silent"]


def read(
    *files: str | PathLike[str],
    source: str | None = None,
    columns: Columns | None = None,
    notice: Notice = silent,
) -> Export:
    """Return the posts of files (`-` is standard input), in any format that is known, read when iterated.

    Args:
        files: paths, read in order.
        source: the name of a format of `names()`; recognised from the content when left out.
        columns: field of a post -> name of the column (or JSON field) that holds it, for tables and Post JSONL.
        notice: called with a sentence for what each file was taken for.

    Raises:
        UsageError: no source has that name, `columns` names no field of a post, or does not go with the source.
        ReadError: while iterating, when no post could be read from any of the files.
    """
    if source is not None and columns and not format_of(source).own:
        raise UsageError(f"columns cannot be told for the source {source!r}: it has its own")
    if source is not None:
        format_of(source)
    if unknown := [field for field in columns or {} if field not in Post.model_fields]:
        raise UsageError(f"unknown field {unknown[0]!r}: known are {', '.join(Post.model_fields)}")
    return Export([str(file) for file in files], source, columns, notice)
