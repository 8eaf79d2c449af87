"""Transactions: many readers beside one writer on SQLite, plain transactions on PostgreSQL."""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session

from milo.core.errors import Unavailable
from milo.db.tables import Table


class Database:
    """A database by its URL. `read()` and `write()` give a session for one transaction each.

    On SQLite writers come one after the other, across threads and processes: an advisory lock on a file
    beside the database is held for the whole write transaction, so nobody meets "database is locked".
    Readers have an engine of their own and never wait for a writer (write-ahead log). What was written is on
    the disk when `write()` ends; writers that end together share one `fdatasync`, outside the lock.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        if self.is_sqlite:
            path = make_url(url).database
            if not path or path == ":memory:":
                raise ValueError(f"SQLite needs a file, found {url!r}; use sqlite:///path/to/milo.db")
            self._lock: _WriteLock | None = _WriteLock(Path(path + ".lock"))
            self._disk = _Disk(Path(path + "-wal"))
            self._writer = _sqlite_engine(url, begin="BEGIN IMMEDIATE", pool_size=1)
            self._reader = _sqlite_engine(url, begin="BEGIN", pool_size=8)
        else:
            self._lock = None
            self._writer = self._reader = create_engine(
                url, pool_size=10, max_overflow=20, pool_pre_ping=True, **_JSON
            )

    @contextmanager
    def write(self, *, is_synced: bool = True) -> Iterator[Session]:
        """A session whose work is committed when the block ends well and undone when it raises.

        Without `is_synced` a power cut may undo it, as long as no later write was synced; a crash of the
        process does not. On SQLite a block within a block of the same thread would wait for itself: it is
        refused.
        """
        if self._lock is None:
            with Session(self._writer, expire_on_commit=False) as session, session.begin():
                yield session
            return
        with self._lock, Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session
        if is_synced:
            self._disk.sync()

    @contextmanager
    def migration(self) -> Iterator[Session]:
        """As `write`, to change tables; whether every reference holds is looked at when all is done.

        SQLite changes a table by copying it. While references are enforced the old one could not be dropped,
        or would take with it what points at it.
        """
        if self._lock is None:
            with self.write() as session:
                yield session
            return
        with self._lock, self._writer.connect() as connection:
            driver: Any = connection.connection.driver_connection  # SQLite obeys outside a transaction alone
            driver.execute("PRAGMA foreign_keys=OFF")
            try:
                with Session(connection) as session, session.begin():
                    yield session
                    _check_references(session)
            finally:
                driver.execute("PRAGMA foreign_keys=ON")
        self._disk.sync()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only looks; nothing it does is kept."""
        with Session(self._reader, expire_on_commit=False, autoflush=False) as session:
            yield session

    def shorten_log(self) -> None:
        """Bring the write-ahead log into the database file, beside other writers and readers.

        SQLite does so by itself within a commit once the log has 1,000 pages (4 MB), thus inside the lock.
        Who writes much calls this between transactions, before it comes to that.
        """
        if self._lock is None:
            return
        connection = self._reader.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        finally:
            connection.close()

    def create_all(self) -> None:
        """Create every table, for tests; servers use the migrations."""
        Table.metadata.create_all(self._writer)

    @property
    def engine(self) -> Engine:
        """The engine that writes, for migrations."""
        return self._writer

    def close(self) -> None:
        """Give every connection back."""
        self._writer.dispose()
        self._reader.dispose()
        if self._lock is not None:
            self._lock.close()


class _WriteLock:
    """One writer at a time: among the threads of this process, then among processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = threading.Lock()
        self._owner: int | None = None  # the thread that writes
        self._file: Any = None  # Any: the open file, None while unlocked

    def __enter__(self) -> None:
        if self._owner == threading.get_ident():
            raise RuntimeError(
                "write() within write() of the same thread would wait for itself for ever; "
                "pass the session of the outer block on, or end that block first"
            )
        self._threads.acquire()
        self._owner = threading.get_ident()
        try:
            if self._file is None:
                self._file = open(self._path, "ab")
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._let_go()
            raise

    def __exit__(self, *exc: object) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._let_go()

    def _let_go(self) -> None:
        self._owner = None
        self._threads.release()

    def close(self) -> None:
        """Close the file; the next writer opens it anew."""
        if self._file is not None:
            self._file.close()
            self._file = None


class _Disk:
    """Brings what was committed to the disk, for all threads that wait at once.

    SQLite's own `synchronous=FULL` does the same inside each commit, thus inside the lock: at 4 ms a time (a
    shared virtual disk) nobody else could write meanwhile, which alone would keep claims with submits below
    120 pairs a second.
    """

    def __init__(self, log: Path) -> None:
        self._log = log
        self._turn = threading.Condition()
        self._asked = 0
        self._done = 0  # everything asked up to this number is on the disk
        self._is_busy = False

    def sync(self) -> None:
        """Return when all that was committed before the call survives a power cut."""
        with self._turn:
            self._asked += 1
            mine = self._asked
            self._turn.wait_for(lambda: self._done >= mine or not self._is_busy)
            if self._done >= mine:
                return
            self._is_busy, covered = True, self._asked
        try:
            self._write_out()
        except BaseException:
            covered = 0
            raise
        finally:
            with self._turn:
                self._is_busy = False
                self._done = max(self._done, covered)
                self._turn.notify_all()

    def _write_out(self) -> None:
        try:
            descriptor = os.open(self._log, os.O_RDWR)
        except FileNotFoundError:
            return  # the last connection closed: SQLite brought the log into the database and synced that
        try:
            getattr(os, "fdatasync", os.fsync)(descriptor)
        finally:
            os.close(descriptor)


def _check_references(session: Session) -> None:
    broken = session.execute(text("PRAGMA foreign_key_check")).first()
    if broken is not None:
        raise Unavailable(
            f"The migration was undone: row {broken.rowid} of {broken.table!r} points at a row that does not "
            f"exist in {broken.parent!r}. Restore a backup, or report this."
        )


def _to_json(value: object) -> str:
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # a whole number beyond 64 bits, or half of a surrogate pair
        return json.dumps(value)


def _from_json(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


_JSON: dict[str, Any] = {"json_serializer": _to_json, "json_deserializer": _from_json}


def _sqlite_engine(url: str, *, begin: str, pool_size: int) -> Engine:
    engine = create_engine(url, pool_size=pool_size, max_overflow=40, **_JSON)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are begun by the event below, not by the driver
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",  # no sync inside a commit; `_Disk` does it before anything is acknowledged
            "busy_timeout=10000",
            "foreign_keys=ON",
            "cache_size=-32000",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
