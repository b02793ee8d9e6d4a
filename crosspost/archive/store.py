"""The file of an archive: SQLite in WAL mode, one table of posts and one of postings.

A posting list says which posts a key stands in. It is cut into blocks of 65,536 posts, so that two bytes name a post,
adding rewrites little, and the number of holders is the length of the lists.
"""

from __future__ import annotations

import sqlite3
import struct
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from crosspost.database import is_empty, pragma, turn_to_wal
from crosspost.errors import ArchiveError
from crosspost.models import Annotation

FORMAT = 1  # of the tables, of the keys and of the stored annotations
_APPLICATION = 0x78706F73  # "xpos": what `file` and SQLite know an archive by
_BLOCK_BITS = 16
_IN_BLOCK = (1 << _BLOCK_BITS) - 1
_PATIENCE = 60.0  # seconds that a writer waits for another one
_AT_ONCE = 500  # values in one statement, far below SQLite's limit

_SCHEMA = """
CREATE TABLE posts (
    number INTEGER PRIMARY KEY AUTOINCREMENT, -- never given twice, so that a removed post leaves no ghost
    id TEXT NOT NULL UNIQUE,
    digest BLOB NOT NULL,                     -- of the content without the id
    language TEXT NOT NULL,
    pivot TEXT NOT NULL,
    weight REAL NOT NULL                      -- bits of all its words, by the background frequencies alone
);
CREATE TABLE annotations (                    -- apart, so that the table of posts is short to look things up in
    number INTEGER PRIMARY KEY,
    annotation BLOB NOT NULL                  -- JSON, deflated
);
CREATE TABLE postings (
    key INTEGER NOT NULL,
    block INTEGER NOT NULL,
    posts BLOB NOT NULL,                      -- little-endian 16-bit numbers inside the block
    PRIMARY KEY (key, block)
) WITHOUT ROWID;
"""

_ANNOTATION = TypeAdapter(Annotation)


class Store:
    """The tables of one archive file.

    Raises:
        ArchiveError: there is no such file and `create` is false, or it is no archive, or one of another format.
    """

    def __init__(self, path: str | PathLike[str], *, create: bool = False) -> None:
        self._path = Path(path)
        self._closed = False
        if not create and not self._path.is_file():
            raise ArchiveError(f"{self._path}: no archive there; `crosspost archive add` makes one")
        mode = "rwc" if create else "rw"
        try:
            self._sql = sqlite3.connect(
                f"file:{quote(str(self._path))}?mode={mode}", uri=True, timeout=_PATIENCE, isolation_level=None
            )
        except sqlite3.Error as error:
            raise ArchiveError(f"{self._path}: {error}") from error
        try:
            self._open(create=create)
        except BaseException:
            self._sql.close()
            raise

    def _open(self, *, create: bool) -> None:
        with self._errors():
            if create and is_empty(self._sql):
                self._create()
            if pragma(self._sql, "application_id") != _APPLICATION:
                raise ArchiveError(f"{self._path}: not a crosspost archive; it was left as it is")
            if (version := pragma(self._sql, "user_version")) != FORMAT:
                raise ArchiveError(
                    f"{self._path}: an archive of format {version}, this program knows format {FORMAT}; "
                    "make a new one with `crosspost archive add`"
                )
            self._sql.execute("PRAGMA synchronous = NORMAL")  # enough for WAL: a killed program loses nothing
            self._sql.execute("PRAGMA cache_size = -65536")  # KiB: adding touches lists all over the file
            self._sql.execute("PRAGMA wal_autocheckpoint = 8192")  # pages, for the same reason

    def _create(self) -> None:
        """Make the tables, unless another program makes them at this moment."""
        turn_to_wal(self._sql, _PATIENCE)
        with self.writing():
            if is_empty(self._sql):
                for statement in _SCHEMA.split(";\n"):
                    self._sql.execute(statement)
                self._sql.execute(f"PRAGMA application_id = {_APPLICATION}")
                self._sql.execute(f"PRAGMA user_version = {FORMAT}")

    def close(self) -> None:
        """Close the file."""
        self._closed = True
        self._sql.close()

    # ------------------------------------------------------------------ transactions

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the file for writing; what is done in here is in it as a whole, or not at all."""
        self._new: defaultdict[int, list[int]] = defaultdict(list)
        with self._errors():
            self._sql.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._write_postings()
                self._sql.execute("COMMIT")
            except BaseException:
                if self._sql.in_transaction:
                    self._sql.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """See the file as it is now, whatever others write meanwhile."""
        self._holders: dict[int, int] = {}
        with self._errors():
            self._sql.execute("BEGIN")
            self._posts = self.count()
            try:
                yield
            finally:
                if not self._closed:  # a search that was left half-way may be dropped after the file
                    self._sql.execute("COMMIT")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if "locked" in str(error):
                reason = f"held by another program for more than {_PATIENCE:.0f} seconds"
            elif "not a database" in str(error):
                reason = "not a crosspost archive; it was left as it is"
            else:
                reason = str(error)
            raise ArchiveError(f"{self._path}: {reason}") from error

    # ------------------------------------------------------------------ posts

    def place(self, post_id: str, digest: bytes) -> str | None:
        """Return the id under which a post of this content can be added, or None when it is there already."""
        free, number = post_id, 1
        while (row := self._sql.execute("SELECT digest FROM posts WHERE id = ?", (free,)).fetchone()) is not None:
            if row[0] == digest:
                return None
            number += 1
            free = f"{post_id}~{number}"
        return free

    def insert(self, annotation: Annotation, digest: bytes, weight: float, keys: Iterable[int]) -> None:
        """Add a post under its keys (inside `writing`)."""
        row = (annotation.id, digest, annotation.language.code, _pivot(annotation), weight)
        number = self._sql.execute(
            "INSERT INTO posts (id, digest, language, pivot, weight) VALUES (?, ?, ?, ?, ?)", row
        ).lastrowid
        assert number is not None  # noqa: S101  # for the type checker: a row was inserted
        packed = zlib.compress(_ANNOTATION.dump_json(annotation, exclude_defaults=True), 1)
        self._sql.execute("INSERT INTO annotations VALUES (?, ?)", (number, packed))
        for key in keys:
            self._new[key].append(number)

    def delete(self, post_id: str, keys: Iterable[int]) -> None:
        """Take a post out of the table and out of the lists of its keys (inside `writing`)."""
        (number,) = self._sql.execute("SELECT number FROM posts WHERE id = ?", (post_id,)).fetchone()
        self._sql.execute("DELETE FROM posts WHERE number = ?", (number,))
        self._sql.execute("DELETE FROM annotations WHERE number = ?", (number,))
        for key in keys:
            where = (key, number >> _BLOCK_BITS)
            (listed,) = self._sql.execute("SELECT posts FROM postings WHERE key = ? AND block = ?", where).fetchone()
            numbers = np.frombuffer(listed, "<u2")
            rest = numbers[numbers != number & _IN_BLOCK].tobytes()
            if rest:
                self._sql.execute("UPDATE postings SET posts = ? WHERE key = ? AND block = ?", (rest, *where))
            else:
                self._sql.execute("DELETE FROM postings WHERE key = ? AND block = ?", where)

    def _write_postings(self) -> None:
        """Add the postings of a transaction, each list rewritten once."""
        if not self._new:
            return
        blocks: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for key, numbers in self._new.items():
            for number in numbers:
                blocks[key, number >> _BLOCK_BITS].append(number & _IN_BLOCK)
        self._sql.executemany(
            "INSERT INTO postings VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET posts = CAST(posts || excluded.posts AS BLOB)",
            ((*where, struct.pack(f"<{len(blocks[where])}H", *blocks[where])) for where in sorted(blocks)),
        )

    def count(self) -> int:
        """Return the number of posts."""
        return int(self._sql.execute("SELECT count(*) FROM posts").fetchone()[0])

    def annotation(self, post_id: str) -> Annotation | None:
        """Return a post as it was understood when it was added."""
        number = self.number(post_id)
        return None if number is None else self.annotations([number])[0]

    def info(self) -> dict[str, object]:
        """Return what the file holds."""
        with self._errors():
            languages = dict(self._sql.execute("SELECT language, count(*) FROM posts GROUP BY 1 ORDER BY 2 DESC, 1"))
            pivots = dict(self._sql.execute("SELECT pivot, count(*) FROM posts GROUP BY 1 ORDER BY 2 DESC, 1"))
            size = pragma(self._sql, "page_count") * pragma(self._sql, "page_size")
            return {
                "posts": self.count(),
                "languages": languages,
                "pivots": pivots,
                "keys": self._sql.execute("SELECT count(DISTINCT key) FROM postings").fetchone()[0],
                "bytes": size,
                "format": FORMAT,
            }

    # ------------------------------------------------------------------ what the search asks (inside `reading`)

    @property
    def posts(self) -> int:
        """The number of posts in the view of `reading`."""
        return self._posts

    def holders(self, keys: Iterable[int]) -> dict[int, int]:
        """Return how many posts hold each of these keys, and of those asked for before."""
        unseen = [key for key in dict.fromkeys(keys) if key not in self._holders]
        self._holders.update(dict.fromkeys(unseen, 0))
        for some in _slices(unseen):
            self._holders.update(
                self._sql.execute(
                    f"SELECT key, sum(length(posts)) / 2 FROM postings WHERE key IN ({_marks(some)}) GROUP BY key",  # noqa: S608  # question marks alone
                    some,
                )
            )
        return self._holders

    def number(self, post_id: str) -> int | None:
        """Return the number of the post of that id."""
        row = self._sql.execute("SELECT number FROM posts WHERE id = ?", (post_id,)).fetchone()
        return None if row is None else int(row[0])

    def numbers(self, key: int) -> NDArray[np.int64]:
        """Return the numbers of the posts that hold a key."""
        parts = [
            np.frombuffer(posts, "<u2").astype(np.int64) + (block << _BLOCK_BITS)
            for block, posts in self._sql.execute("SELECT block, posts FROM postings WHERE key = ?", (key,))
        ]
        return np.concatenate(parts) if parts else np.empty(0, np.int64)

    def weights(self, numbers: Sequence[int]) -> list[tuple[int, str, float]]:
        """Return (number, id, weight) of posts."""
        return [row for some in _slices(numbers) for row in self._rows("number, id, weight FROM posts", some)]

    def annotations(self, numbers: Sequence[int]) -> list[Annotation]:
        """Return posts as they were understood when they were added, in the order of `numbers`."""
        rows = (row for some in _slices(numbers) for row in self._rows("number, annotation FROM annotations", some))
        packed = dict(rows)
        return [self._unpacked(number, packed[number]) for number in numbers]

    def _unpacked(self, number: int, packed: bytes) -> Annotation:
        try:
            found: Annotation = _ANNOTATION.validate_json(zlib.decompress(packed))
        except (zlib.error, ValueError) as error:
            raise ArchiveError(f"{self._path}: post {number} in it is damaged; make the archive anew") from error
        return found

    def _rows(self, columns: str, numbers: Sequence[int]) -> sqlite3.Cursor:
        return self._sql.execute(f"SELECT {columns} WHERE number IN ({_marks(numbers)})", numbers)  # our own columns


def _pivot(annotation: Annotation) -> str:
    pivot = annotation.pivot
    return f"{pivot.engine} {pivot.version}".strip() + f" ({pivot.quality})"


def _slices(values: Sequence[int]) -> Iterator[Sequence[int]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def _marks(values: Sequence[int]) -> str:
    return ",".join("?" * len(values))
