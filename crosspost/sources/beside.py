"""The media files that an export has beside it."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from crosspost.models import Media, Post
from crosspost.sources.row import RowError


class Beside:
    """The folder of an export, in which the paths of its media are looked up.

    A path is relative to the file that names it. The user's own posts may name any path. An export of a platform may
    name those inside its folder alone, links followed, and a file that is not there is `missing`, like what lies
    packed in an archive.

    Args:
        file: the export; `-` stands where we are.
        own: these are the user's own posts.
        packed: the export lies in an archive, with its media.
    """

    def __init__(self, file: str, *, own: bool, packed: bool) -> None:
        self._folder = Path() if file == "-" else Path(file).parent
        self.own = own
        self._packed = packed
        self._listed: dict[str, Collection[str] | None] = {}  # a folder is read once: asking for each file takes longer

    def found(self, post: Post) -> tuple[Post, list[RowError]]:
        """Return a post whose media paths lead to their files from where we are, and what had to be refused."""
        refused: list[RowError] = []
        media = tuple(one if one.path is None else self._media(one, one.path, refused) for one in post.media)
        return post.model_copy(update={"media": media}), refused

    def _media(self, media: Media, named: str, refused: list[RowError]) -> Media:
        if self._packed:
            return _missing(media)
        path = self._folder / named
        if not self.own:
            folder, name = os.path.split(named)
            plain = self._plain(folder)
            if plain is None or (name not in plain and _may_be_there(path) and not self._is_inside(path)):
                refused.append(RowError("a media path leads outside the folder of the export: not used", kept=True))
                return _missing(media)
            if name not in plain and not path.is_file():
                return _missing(media)
        return media.model_copy(update={"path": str(path)})

    def _plain(self, folder: str) -> Collection[str] | None:
        """The names of the plain files in a folder that lies in that of the export, no links; None if it does not."""
        if folder not in self._listed:
            inside = self._folder / folder
            self._listed[folder] = _plain_files(inside) if self._is_inside(inside) else None
        return self._listed[folder]

    def _is_inside(self, path: Path) -> bool:
        try:
            return path.resolve().is_relative_to(self._folder.resolve())
        except (OSError, ValueError, RuntimeError):  # a NUL in the name, links in a circle
            return False


def _plain_files(folder: Path) -> Collection[str]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name for entry in entries if entry.is_file(follow_symlinks=False)}
    except OSError:  # no folder: what it should hold is looked for file by file, and told
        return ()


def _may_be_there(path: Path) -> bool:
    """Tell what is not there at all, which costs little, from what has to be looked at: a link, no name of a file."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        pass
    return True


def _missing(media: Media) -> Media:
    return Media.model_validate({**media.model_dump(exclude_none=True, exclude={"path"}), "missing": media.path})
