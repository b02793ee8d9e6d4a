"""The media files that an export has beside it."""

from __future__ import annotations

import os
from collections.abc import Mapping
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
        self._plain: dict[Path, Mapping[str, bool]] = {}  # a folder is read once: asking for each file takes longer

    def found(self, post: Post) -> tuple[Post, list[RowError]]:
        """Return a post whose media paths lead to their files from where we are, and what had to be refused."""
        refused: list[RowError] = []
        media = tuple(one if one.path is None else self._media(one, one.path, refused) for one in post.media)
        return post.model_copy(update={"media": media}), refused

    def _media(self, media: Media, named: str, refused: list[RowError]) -> Media:
        path = self._folder / named
        if self._packed:
            return _missing(media)
        if not self.own:
            plain = self._files(path.parent).get(path.name)
            if plain is None and not self._is_inside(path):
                refused.append(RowError("a media path leads outside the folder of the export: not used", kept=True))
                return _missing(media)
            if not (plain or path.is_file()):
                return _missing(media)
        return media.model_copy(update={"path": str(path)})

    def _files(self, folder: Path) -> Mapping[str, bool]:
        """The names in a folder that lies in that of the export; those of plain files are true, links stand apart."""
        found = self._plain.get(folder)
        if found is None:
            found = {}
            if self._is_inside(folder):
                try:
                    with os.scandir(folder) as entries:
                        found = {entry.name: entry.is_file() for entry in entries if not entry.is_symlink()}
                except OSError:  # no folder: what it should hold is looked for file by file, and told
                    pass
            self._plain[folder] = found
        return found

    def _is_inside(self, path: Path) -> bool:
        try:
            return path.resolve().is_relative_to(self._folder.resolve())
        except (OSError, ValueError, RuntimeError):  # a NUL in the name, links in a circle
            return False


def _missing(media: Media) -> Media:
    return Media.model_validate({**media.model_dump(exclude_none=True, exclude={"path"}), "missing": media.path})
