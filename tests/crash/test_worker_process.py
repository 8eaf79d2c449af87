"""The worker beside the server: started again when it is killed, gone when the server is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import select

from milo.config import Config
from milo.core.errors import Unavailable
from milo.db.session import Database
from milo.db.tables import JobRow, WorkerRow
from milo.installation import open_installation
from milo.worker import only_worker, run
from milo.workflow import jobs
from tests.builders import NOW, a_project

T = TypeVar("T")

pytestmark = pytest.mark.slow


def test_a_killed_worker_is_replaced_and_a_killed_server_takes_its_worker_along(tmp_path: Path) -> None:
    database = open_installation(Config(data_dir=tmp_path)).database
    with a_server(tmp_path) as server:
        first = wait_for(lambda: worker_pid(database, other_than=None), "no worker came")
        os.kill(first, signal.SIGKILL)
        second = wait_for(lambda: worker_pid(database, other_than=first), "no worker came after the kill")
        job = a_job(database)
        wait_for(lambda: state(database, job) == "done", "the second worker did no job")
        server.send_signal(signal.SIGKILL)
        server.wait(10)
        wait_for(lambda: not is_alive(second), "the worker outlived its server")
    database.close()


def test_a_second_worker_of_the_same_folder_is_refused(tmp_path: Path) -> None:
    installation = open_installation(Config(data_dir=tmp_path))
    with only_worker(installation) as is_only:
        assert is_only
        handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            with pytest.raises(Unavailable, match="Another worker is at work"):
                run(installation)
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
    installation.database.close()


@contextmanager
def a_server(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "MILO_DATA_DIR": str(folder), "MILO_DATABASE_URL": ""}
    command = [sys.executable, "-m", "milo", "serve", "--port", "0"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def a_job(database: Database) -> int:
    """A job that has nothing to do."""
    with database.write() as session:
        return jobs.enqueue(session, a_project(session).id, "preselect", {}, now=NOW).id


def state(database: Database, job: int) -> str:
    with database.read() as session:
        return session.get_one(JobRow, job).state


def worker_pid(database: Database, *, other_than: int | None) -> int | None:
    with database.read() as session:
        return session.scalar(
            select(WorkerRow.pid)
            .where(WorkerRow.pid != (other_than or 0))
            .order_by(WorkerRow.heartbeat_at.desc())
        )


def is_alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rsplit(")", 1)[1].split()[0] != "Z"


def wait_for(found: Callable[[], T | None], otherwise: str, seconds: float = 30.0) -> T:
    until = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < until, otherwise
        time.sleep(0.05)
    return value
