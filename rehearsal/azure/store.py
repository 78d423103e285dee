"""The store: JSON documents by kind and key in SQLite, in memory or in a file that survives a killed process."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Contents = list[tuple[str, str, dict[str, Any]]]
"""Everything in a store, as (kind, key, document) in order of creation."""

_LAYOUT = 1
_TABLE = """
CREATE TABLE IF NOT EXISTS documents (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    document TEXT NOT NULL,
    UNIQUE (kind, key)
)
"""


class BrokenState(Exception):  # noqa: N818 (the name says what the user has, not what Python has)
    """The store's file cannot be used; the message says which file, why, and what to do. The file is left as it is."""


class Store:
    """Documents by (kind, key). Documents that come out are copies: changing one changes nothing until it is put.

    One request is one transaction; requests take turns, so a handler sees no other request's half-done work.
    """

    def __init__(self, file: Path | None = None) -> None:
        """`file` None keeps everything in memory. Raises `BrokenState` for a file that is no store of this layout."""
        self._turn = threading.RLock()
        self._file = file
        if file is not None and file.exists():
            _check(file)
        self._connection = sqlite3.connect(file or ":memory:", check_same_thread=False, isolation_level=None)
        try:
            if file is not None:
                file.chmod(0o600)
                # With a write-ahead log a committed transaction survives the death of the process without a disk
                # flush per request (SQLite documentation, "Write-Ahead Logging").
                self._connection.execute("PRAGMA journal_mode = WAL")
                self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute(_TABLE)
            self._connection.execute(f"PRAGMA user_version = {_LAYOUT}")
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise BrokenState(_broken(file, str(error))) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything put and removed inside happens together; an exception takes all of it back."""
        with self._turn:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def put(self, kind: str, key: str, document: dict[str, Any]) -> None:
        """Keep a document, replacing the one under the same kind and key at its place in the order."""
        self._execute(
            "INSERT INTO documents (kind, key, document) VALUES (?, ?, ?) "
            "ON CONFLICT (kind, key) DO UPDATE SET document = excluded.document",
            (kind, key, json.dumps(document)),
        )

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        """The document under a kind and key; None when there is none."""
        rows = self._execute("SELECT document FROM documents WHERE kind = ? AND key = ?", (kind, key))
        return _documents(rows)[0] if rows else None

    def remove(self, kind: str, key: str) -> bool:
        """Forget a document; False when there was none."""
        rows = self._execute("DELETE FROM documents WHERE kind = ? AND key = ? RETURNING position", (kind, key))
        return bool(rows)

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Every document of a kind, in order of creation."""
        return _documents(self._execute("SELECT document FROM documents WHERE kind = ? ORDER BY position", (kind,)))

    def find(self, kind: str, **equal: Any) -> list[dict[str, Any]]:
        """The documents of a kind whose top-level fields equal the given strings, numbers, booleans or None."""
        conditions = "".join(f" AND json_extract(document, '$.{field}') IS ?" for field in equal)
        rows = self._execute(
            f"SELECT document FROM documents WHERE kind = ?{conditions} ORDER BY position",  # noqa: S608 (field names are keyword names of our own calls)
            (kind, *equal.values()),
        )
        return _documents(rows)

    def dump(self) -> Contents:
        """Everything, as (kind, key, document) in order of creation."""
        rows = self._execute("SELECT kind, key, document FROM documents ORDER BY position", ())
        return [(kind, key, json.loads(text)) for kind, key, text in rows]

    def load(self, contents: Contents) -> None:
        """Replace everything by what `dump` gave."""
        with self.transaction():
            self._execute("DELETE FROM documents", ())
            for kind, key, document in contents:
                self.put(kind, key, document)

    def close(self) -> None:
        """Let go of the file."""
        with self._turn:
            self._connection.close()

    def _execute(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        with self._turn:
            return self._connection.execute(statement, values).fetchall()


def _documents(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [json.loads(row[0]) for row in rows]


def _check(file: Path) -> None:
    """Read-only, so that a file that is not ours stays byte for byte what it was."""
    try:
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.DatabaseError as error:
        raise BrokenState(_broken(file, str(error))) from error
    try:
        [(verdict,)] = connection.execute("PRAGMA quick_check(1)").fetchall()
        [(layout,)] = connection.execute("PRAGMA user_version").fetchall()
    except sqlite3.DatabaseError as error:
        raise BrokenState(_broken(file, str(error))) from error
    finally:
        connection.close()
    if verdict != "ok":
        raise BrokenState(_broken(file, verdict))
    if layout != _LAYOUT:
        raise BrokenState(_broken(file, f"its layout is {layout}, this version reads layout {_LAYOUT}"))


def _broken(file: Path | None, reason: str) -> str:
    return (
        f"The stand-in's store {file} cannot be used: {reason}. It was left as it is. "
        f"Move it away (and {file}-wal, {file}-shm if present) to start with an empty Azure, "
        "or choose another state folder."
    )
