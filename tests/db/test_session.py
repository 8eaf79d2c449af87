"""Transactions on SQLite: one writer, many readers, nothing half done."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import func, select

from milo.db.session import Database
from milo.db.tables import AuditRow

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'milo.db'}")
    database.create_all()
    yield database
    database.close()


def add(database: Database, action: str) -> None:
    with database.write() as session:
        session.add(AuditRow(at=NOW, action=action, target="x"))


def add_half(database: Database) -> None:
    with database.write() as session:
        session.add(AuditRow(at=NOW, action="half", target="x"))
        session.flush()
        raise RuntimeError("the power went")


def add_within(database: Database) -> None:
    with database.write() as session:
        session.add(AuditRow(at=NOW, action="outer", target="x"))
        add(database, "inner")


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(AuditRow)) or 0


def add_fifty(url: str) -> None:
    database = Database(url)
    for _ in range(50):
        add(database, "from another process")
    database.close()


def test_a_write_within_a_write_is_refused_and_undoes_both(database: Database) -> None:
    with pytest.raises(RuntimeError, match="pass the session of the outer block on"):
        add_within(database)
    assert count(database) == 0
    add(database, "next")
    assert count(database) == 1


def test_what_a_failing_transaction_did_is_undone(database: Database) -> None:
    with pytest.raises(RuntimeError, match="the power went"):
        add_half(database)
    assert count(database) == 0
    add(database, "whole")
    assert count(database) == 1


def test_threads_and_processes_that_write_at_once_never_meet_a_locked_database(database: Database) -> None:
    spawn = multiprocessing.get_context("spawn")
    processes: list[BaseProcess] = [spawn.Process(target=add_fifty, args=(database.url,)) for _ in range(2)]
    threads = [threading.Thread(target=add_fifty, args=(database.url,)) for _ in range(4)]
    workers: list[BaseProcess | threading.Thread] = [*processes, *threads]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert count(database) == 300


def test_a_reader_sees_the_state_before_a_write_that_is_not_over(database: Database) -> None:
    add(database, "first")
    with database.write() as session:
        session.add(AuditRow(at=NOW, action="second", target="x"))
        session.flush()
        assert count(database) == 1
    assert count(database) == 2


def test_a_moment_comes_back_with_its_time_zone_and_a_naive_one_is_refused(database: Database) -> None:
    add(database, "first")
    with database.read() as session:
        assert session.scalars(select(AuditRow.at)).one() == NOW
    with pytest.raises(Exception, match="needs a time zone"), database.write() as session:
        session.add(AuditRow(at=datetime(2026, 1, 1), action="naive", target="x"))  # noqa: DTZ001


def test_sqlite_in_memory_is_refused_with_what_to_use_instead() -> None:
    with pytest.raises(ValueError, match=r"sqlite:///path/to/milo\.db"):
        Database("sqlite://")


def test_what_was_written_is_synced_before_write_returns(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fdatasync", lambda descriptor: synced.append(os.fstat(descriptor).st_ino))
    with database.write() as session:
        session.add(AuditRow(at=NOW, action="a", target="x"))
        session.flush()
        assert synced == []
    assert synced == [(tmp_path / "milo.db-wal").stat().st_ino]


def test_a_sync_that_fails_fails_the_write(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fdatasync", fail)
        with pytest.raises(OSError, match="the disk is gone"):
            add(database, "a")
    add(database, "the next one works")


def test_writers_that_end_together_share_a_sync(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    is_first_in, may_go_on = threading.Event(), threading.Event()

    def slow(descriptor: int) -> None:
        synced.append(descriptor)
        is_first_in.set()
        may_go_on.wait(10)

    monkeypatch.setattr(os, "fdatasync", slow)
    threads = [threading.Thread(target=add, args=(database, "a")) for _ in range(6)]
    threads[0].start()
    assert is_first_in.wait(10)
    for thread in threads[1:]:
        thread.start()
    while count(database) < 6:
        threading.Event().wait(0.01)
    may_go_on.set()
    for thread in threads:
        thread.join(10)
    assert len(synced) <= 3
