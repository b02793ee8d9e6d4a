"""The media files that an export has beside it."""

from __future__ import annotations

from pathlib import Path

from crosspost.models import Media, Post
from crosspost.sources.row import RowError


def with_paths(post: Post, file: str, *, own: bool, packed: bool) -> tuple[Post, list[RowError]]:
    """Return a post whose media paths lead to their files from where we are, and what had to be refused.

    A path is relative to the file that names it. The user's own posts may name any path. An export of a platform may
    name those inside its folder alone, links followed, and a file that is not there is `missing`, like what lies
    packed in an archive.
    """
    refused: list[RowError] = []
    folder = Path() if file == "-" else Path(file).parent
    media = []
    for one in post.media:
        if one.path is None:
            media.append(one)
            continue
        path = folder / one.path
        if packed:
            media.append(_missing(one))
        elif own:
            media.append(one.model_copy(update={"path": str(path)}))
        elif not _is_inside(path, folder):
            refused.append(RowError("a media path leads outside the folder of the export: not used", kept=True))
            media.append(_missing(one))
        else:
            media.append(one.model_copy(update={"path": str(path)}) if path.is_file() else _missing(one))
    return post.model_copy(update={"media": tuple(media)}), refused


def _missing(media: Media) -> Media:
    return Media.model_validate({**media.model_dump(exclude_none=True, exclude={"path"}), "missing": media.path})


def _is_inside(path: Path, folder: Path) -> bool:
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # a NUL in the name, links in a circle
        return False
