"""A PostgreSQL server that lives as long as a test run."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

START_SECONDS = 30


def find_postgres() -> Path | None:
    """The folder that holds `initdb` and `postgres`: Debian's newest version, else the PATH."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = str(versions[-1]) if versions else shutil.which("initdb")
    return Path(found).parent if found else None


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """Listens on 127.0.0.1; anyone on this machine may log in while it runs."""

    port: int
    names: Iterator[int] = field(default_factory=count)

    @classmethod
    @contextmanager
    def start(cls, binaries: Path) -> Iterator[PostgresServer]:
        """A server on a new cluster; both are gone afterwards."""
        user = _server_user()
        folder = Path(tempfile.mkdtemp(prefix="milo-postgres-", dir="/tmp"))
        try:
            if user:
                shutil.chown(folder, user)
            _make_cluster(binaries, folder, user)
            port = _free_port()
            process = _start_process(binaries, folder, user, port)
            try:
                _wait_until_ready(process, port, folder)
                yield cls(port)
            finally:
                process.send_signal(signal.SIGINT)  # a fast shutdown: open sessions are cut
                process.wait(timeout=START_SECONDS)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://milo@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def new_database(self) -> Iterator[str]:
        """The SQLAlchemy URL of an empty database, dropped afterwards."""
        name = f"test_{next(self.names)}"
        self._run(f"CREATE DATABASE {name}")
        try:
            yield self.url(name)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(_address(self.port), autocommit=True) as connection:
            connection.execute(statement.encode())


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root; as anyone else it runs as oneself."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _make_cluster(binaries: Path, folder: Path, user: str | None) -> None:
    options = ["--username=milo", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    done = subprocess.run(
        [binaries / "initdb", f"--pgdata={folder / 'cluster'}", *options],
        user=user,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"initdb ended with status {done.returncode}: {done.stderr}")


def _start_process(binaries: Path, folder: Path, user: str | None, port: int) -> subprocess.Popen[bytes]:
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "100",
        # The cluster is thrown away: nothing is lost by not waiting for the disk.
        "fsync": "off",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [binaries / "postgres", "-D", folder / "cluster", "-p", str(port), *options],
            user=user,
            cwd=folder,
            stdout=log,
            stderr=log,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )


def _end_with_parent() -> None:
    """Ask Linux to shut the server down when the test run dies without cleaning up."""
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGINT)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    import psycopg

    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(_address(port), connect_timeout=2).close()
            return
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()}") from error
            time.sleep(0.05)


def _address(port: int) -> str:
    return f"postgresql://milo@127.0.0.1:{port}/postgres"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
