"""Transactions on SQLite: one writer, many readers, nothing half done."""

from __future__ import annotations

import multiprocessing
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


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(AuditRow)) or 0


def add_fifty(url: str) -> None:
    database = Database(url)
    for _ in range(50):
        add(database, "from another process")
    database.close()


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
