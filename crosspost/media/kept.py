"""What was seen of media, kept in one SQLite file by the hash of their content: no file is decoded twice."""

from __future__ import annotations

import sqlite3
from os import PathLike
from pathlib import Path

from crosspost.database import is_empty, pragma, turn_to_wal
from crosspost.errors import MediaCacheError
from crosspost.media.packed import FORMAT

_APPLICATION = 0x43504D43  # "CPMC"
_PATIENCE = 30.0  # seconds
_SCHEMA = "CREATE TABLE media (sha256 TEXT PRIMARY KEY, packed BLOB, refused TEXT) WITHOUT ROWID"


class Kept:
    """A cache of packed fingerprints, and of the reasons why files were refused.

    Args:
        path: the file, made where there is none; None for one that goes with the process.

    Raises:
        MediaCacheError: the file is something else, or another program holds it.
    """

    def __init__(self, path: str | PathLike[str] | None = None) -> None:
        self._name = "" if path is None else Path(path).name
        try:
            # "" is a database on the disk that SQLite removes by itself
            self._sql = sqlite3.connect(path or "", timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
            if is_empty(self._sql):
                turn_to_wal(self._sql, _PATIENCE)
                self._sql.execute("BEGIN IMMEDIATE")
                if is_empty(self._sql):
                    self._sql.execute(_SCHEMA)
                    self._sql.execute(f"PRAGMA application_id = {_APPLICATION}")
                    self._sql.execute(f"PRAGMA user_version = {FORMAT}")
                self._sql.execute("COMMIT")
            marks = pragma(self._sql, "application_id"), pragma(self._sql, "user_version")
        except sqlite3.Error as error:
            raise MediaCacheError(f"{self._name}: {error}") from None
        if marks != (_APPLICATION, FORMAT):
            raise MediaCacheError(f"{self._name}: no cache of media of format {FORMAT}; it was left as it is")

    def find(self, sha256: str) -> tuple[bytes | None, str | None] | None:
        """Return what is kept of a file: its packed fingerprint, or why it was refused; None for an unknown one."""
        found = self._ask("SELECT packed, refused FROM media WHERE sha256 = ?", sha256)
        return found[0] if found else None

    def keep(self, sha256: str, packed: bytes | None, refused: str | None) -> None:
        """Keep what was seen of a file, on the disk before this returns."""
        self._ask("INSERT OR REPLACE INTO media VALUES (?, ?, ?)", sha256, packed, refused)

    def close(self) -> None:
        """Close the file."""
        self._sql.close()

    def _ask(self, question: str, *values: object) -> list[tuple[bytes | None, str | None]]:
        try:
            return self._sql.execute(question, values).fetchall()
        except sqlite3.Error as error:
            raise MediaCacheError(f"{self._name}: {error}") from None
