"""What every test stands on: no network, and things outside Python that may be missing."""

from __future__ import annotations

import gc
import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from install_system_packages import BROWSERS, find_browser

from tests.postgres import PostgresServer, find_postgres
from tests.requirements_report import missing

settings.register_profile("milo", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("milo")

REPOSITORY = Path(__file__).resolve().parent.parent


class NetworkUsed(AssertionError):
    """A test reached for an address outside this machine."""


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect":
        family, address = arguments[0].family, arguments[1]  # type: ignore[attr-defined]  # a socket
        if family == socket.AF_UNIX or not isinstance(address, tuple):
            return
        host = str(address[0])
    elif event == "socket.getaddrinfo":
        host = str(arguments[0])
    else:
        return
    if not (host.startswith("127.") or host in {"::1", "localhost", "None", "", "0.0.0.0"}):
        raise NetworkUsed(f"a test reached for {host}; allowed is this machine only (127.0.0.1)")


def pytest_configure(config: pytest.Config) -> None:
    sys.addaudithook(_refuse_network)


def pytest_collection_finish() -> None:
    """What was imported stays; looking through it for garbage was a fifth of a run's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser: `MILO_CHROMIUM`, else the first on the PATH."""
    reason = f"no browser found; set MILO_CHROMIUM, or on Debian: apt-get install {BROWSERS[0]}"
    return find_browser() or missing("chromium", reason)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this run's own, removed at its end."""
    binaries = find_postgres()
    if binaries is None:
        missing("postgresql", "no initdb found (Debian: apt-get install postgresql)")
    with PostgresServer.start(binaries) as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A new empty database for this test."""
    with postgres_server.new_database() as url:
        yield url


@pytest.fixture(scope="session")
def weights() -> Callable[[str], Path]:
    """`weights("smollm2-135m-instruct-q4_1")` gives the installed file."""

    def find(name: str) -> Path:
        from milo import config
        from milo.models import catalog

        cache_dir = config.load().cache_dir
        if not catalog.is_installed(name, cache_dir):
            missing("weights", f"{name} is not installed (milo model install {name})")
        return catalog.path_of(name, cache_dir)

    return find


@pytest.fixture(scope="session")
def data_folder() -> Callable[[str], Path]:
    """`data_folder("vader_ratings")` gives that folder of `MILO_TEST_DATA` (default ../shared/data)."""

    def find(name: str) -> Path:
        folder = Path(os.environ.get("MILO_TEST_DATA") or REPOSITORY.parent / "shared" / "data")
        if not (folder / name).is_dir():
            missing("data", f"no folder {name} in MILO_TEST_DATA ({folder})")
        return folder / name

    return find
