"""What every SQLite file of ours (archive, translation memory) is asked alike."""

from __future__ import annotations

import sqlite3
import time


def turn_to_wal(sql: sqlite3.Connection, patience: float) -> None:
    """Turn a file to write-ahead logging, so that readers never wait for a writer; it stays so.

    SQLite does not wait by itself when two programs do this at once: it is tried again for `patience` seconds.

    Raises:
        sqlite3.OperationalError: another program held the file all that time.
    """
    until = time.monotonic() + patience
    while True:
        try:
            sql.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def is_empty(sql: sqlite3.Connection) -> bool:
    """Tell whether a file holds no table yet and bears no program's mark.

    The tables come first: once another program has made its own, the marks that are read after them are its marks.
    """
    (tables,) = sql.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return tables == 0 and pragma(sql, "application_id") == 0 and pragma(sql, "user_version") == 0


def pragma(sql: sqlite3.Connection, name: str) -> int:
    """Return a number that SQLite keeps in the head of a file, such as `application_id` or `user_version`."""
    return int(sql.execute(f"PRAGMA {name}").fetchone()[0])
