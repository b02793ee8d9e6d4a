"""The translation memory: what was translated once, by whom, for ever. One SQLite file.

It makes a run repeatable and citable, and no call is paid for twice: a row is committed before the next call goes out.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from os import PathLike
from pathlib import Path
from urllib.parse import quote

from pydantic import BaseModel, Field, ValidationError, model_validator

from crosspost.database import is_empty, pragma, turn_to_wal
from crosspost.errors import TranslationMemoryError
from crosspost.models import Passage, Problem, Quality, Translation
from crosspost.text import repair_surrogates

FORMAT = 1
_APPLICATION = 0x78706D65  # "xpme": what `file` and SQLite know a memory by
_PATIENCE = 60.0  # seconds that a writer waits for another one

_SCHEMA = """
CREATE TABLE translations (
    text TEXT NOT NULL,
    source TEXT NOT NULL,                     -- language of the text
    target TEXT NOT NULL,
    engine TEXT NOT NULL,
    version TEXT NOT NULL,
    translation TEXT NOT NULL,                -- empty where it failed
    quality TEXT NOT NULL,
    coverage REAL NOT NULL,
    warnings TEXT NOT NULL,                   -- JSON, a list of sentences
    asked_at TEXT NOT NULL,                   -- ISO 8601, UTC
    PRIMARY KEY (text, source, target, engine, version)
) WITHOUT ROWID
"""
# A failure never takes the place of a translation, nor does the answer of another day; what people wrote may be mended.
_KEEP = """
INSERT INTO translations VALUES (
    :text, :source, :target, :engine, :version, :translation, :quality, :coverage, :warnings, :asked_at
)
ON CONFLICT DO UPDATE SET
    translation = excluded.translation, quality = excluded.quality, coverage = excluded.coverage,
    warnings = excluded.warnings, asked_at = excluded.asked_at
WHERE quality = 'failed' OR (quality = 'human' AND excluded.quality = 'human')
"""
_FIND = """
SELECT translation, engine, version, quality, coverage, warnings FROM translations
WHERE text = ? AND source = ? AND target = ? AND quality != 'failed'
    AND (quality = 'human' OR ? IS NULL OR (engine = ? AND version = ?))
ORDER BY quality != 'human', engine, version LIMIT 1
"""


class Remembered(BaseModel):
    """A row of the memory, as it is exported and imported: one JSON object a line."""

    text: str = Field(min_length=1)
    source: str = Field(min_length=1)
    target: str = Field(min_length=1)
    engine: str = Field(min_length=1)
    version: str = ""
    translation: str = ""
    quality: Quality
    coverage: float = Field(default=1.0, ge=0, le=1)
    warnings: tuple[str, ...] = ()
    asked_at: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Remembered:
        if (self.quality == "failed") == bool(self.translation.strip()):
            raise ValueError("a `translation` goes with every quality but `failed`")
        return self


class Memory:
    """The memory in a file; may be used from several threads and programs at once.

    Args:
        path: the file.
        create: make it where there is none; otherwise it is only read.

    Raises:
        TranslationMemoryError: there is no such file and `create` is false, or it is no memory, or one of another
            format, or stays locked.
    """

    def __init__(self, path: str | PathLike[str], *, create: bool = False) -> None:
        self._path = Path(path)
        self._turn = threading.Lock()
        if not create and not self._path.is_file():
            raise TranslationMemoryError(f"{self._path}: no translation memory there; `crosspost translate` fills one")
        with self._errors():
            self._sql = sqlite3.connect(
                f"file:{quote(str(self._path))}?mode={'rwc' if create else 'rw'}",
                uri=True,
                timeout=_PATIENCE,
                isolation_level=None,
                check_same_thread=False,
            )
        self.close = weakref.finalize(self, _close, self._sql, self._turn)
        try:
            self._open(create=create)
        except BaseException:
            self.close()
            raise

    def __len__(self) -> int:
        """Return the number of translations, without those that failed."""
        with self._turn, self._errors():
            (count,) = self._sql.execute("SELECT count(*) FROM translations WHERE quality != 'failed'").fetchone()
        return int(count)

    def find(self, passage: Passage, target: str, engine: str | None = None, version: str = "") -> Translation | None:
        """Return the translation of exactly this text, None where there is none yet or it failed.

        That of an engine and its version, or of any engine where none is given (the first by name); one made by a
        human comes before all.
        """
        values = (repair_surrogates(passage.text), passage.language, target, engine, engine, version)
        with self._turn, self._errors():
            found = self._sql.execute(_FIND, values).fetchone()
        if found is None:
            return None
        text, by, its_version, quality, coverage, warnings = found
        return Translation(text, by, its_version, quality, coverage, tuple(json.loads(warnings)))

    def keep(self, passage: Passage, target: str, translation: Translation) -> None:
        """Write a translation, or that it failed, and return when it is safe on the disk."""
        row = Remembered.model_construct(
            text=repair_surrogates(passage.text),
            source=passage.language,
            target=target,
            engine=translation.engine,
            version=translation.version,
            translation=translation.text,
            quality=translation.quality,
            coverage=translation.coverage,
            warnings=translation.warnings,
            asked_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        self._write([row])

    def export(self) -> Iterator[str]:
        """Yield every row as a line of JSON, in the order of text, languages, engine and version."""
        with self._turn, self._errors():
            found = self._sql.execute("SELECT * FROM translations ORDER BY text, source, target, engine, version")
            names = [column[0] for column in found.description]
            rows = [dict(zip(names, row, strict=True)) for row in found]
        for row in rows:
            yield json.dumps({**row, "warnings": json.loads(row["warnings"])}, ensure_ascii=False)

    def load(self, path: str | PathLike[str]) -> tuple[int, list[Problem]]:
        """Read what `export` wrote, or translations made by hand (`"quality": "human"`); all of it or none.

        Return the number of rows read and a problem for each line that is none.

        Raises:
            OSError: the file cannot be read.
        """
        rows: list[Remembered] = []
        problems: list[Problem] = []
        with Path(path).open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    rows.append(Remembered.model_validate_json(line))
                except ValidationError as error:
                    problems.append(Problem(str(path), number, _told(error)))
        self._write(rows)
        return len(rows), problems

    def _write(self, rows: Sequence[Remembered]) -> None:
        values = [{**row.model_dump(), "warnings": json.dumps(row.warnings, ensure_ascii=False)} for row in rows]
        with self._turn, self._errors():
            self._sql.execute("BEGIN IMMEDIATE")
            try:
                self._sql.executemany(_KEEP, values)
            except BaseException:
                self._sql.execute("ROLLBACK")
                raise
            self._sql.execute("COMMIT")

    def _open(self, *, create: bool) -> None:
        with self._errors():
            if create and is_empty(self._sql):
                self._create()
            if pragma(self._sql, "application_id") != _APPLICATION:
                raise TranslationMemoryError(f"{self._path}: not a translation memory; it was left as it is")
            if (version := pragma(self._sql, "user_version")) != FORMAT:
                raise TranslationMemoryError(
                    f"{self._path}: a memory of format {version}, this program knows format {FORMAT}"
                )
            self._sql.execute("PRAGMA synchronous = FULL")  # a paid row outlives a power cut, not only a killed program

    def _create(self) -> None:
        """Make the table, unless another program makes it at this moment."""
        turn_to_wal(self._sql, _PATIENCE)
        self._sql.execute("BEGIN IMMEDIATE")
        if is_empty(self._sql):
            self._sql.execute(_SCHEMA)
            self._sql.execute(f"PRAGMA application_id = {_APPLICATION}")
            self._sql.execute(f"PRAGMA user_version = {FORMAT}")
        self._sql.execute("COMMIT")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise TranslationMemoryError(f"{self._path}: {error}") from None


def _close(sql: sqlite3.Connection, turn: threading.Lock) -> None:
    """Close a file when nobody is at it: at the end of an interrupted program a worker may still be writing."""
    with turn:
        sql.close()


def _told(error: ValidationError) -> str:
    """The first thing that is wrong with a line, without repeating what stands in it."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    where = ".".join(map(str, first["loc"]))
    return f"no row of a translation memory: {where + ': ' if where else ''}{first['msg']}"


class Recall:
    """The `Translator` that answers from a memory alone, whoever translated; it asks nobody."""

    engine = "memory"
    version = str(FORMAT)

    def __init__(self, memory: Memory, pivot: str = "en") -> None:
        self._memory = memory
        self.pivot = pivot

    def translate(self, passages: Sequence[Passage]) -> list[Translation]:
        """Answer each passage with the translation in the memory; `failed` where there is none."""
        missing = Translation(
            "", self.engine, self.version, "failed", 0.0, ("the translation memory does not hold it",)
        )
        return [self._memory.find(passage, self.pivot) or missing for passage in passages]
