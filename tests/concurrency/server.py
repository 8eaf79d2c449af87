"""A server process for tests, which prints its port when it listens.

    python -m tests.concurrency.server URL FOLDER SPEED BEGAN [GUARD...]

Its clock runs `SPEED` times as fast as the real one since `BEGAN` (seconds since 1970), the same in every
process, so that leases of minutes end in seconds. It does without the guards named (`tests/guards.py`).
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from subprocess import PIPE, Popen

import uvicorn

from milo import logs
from milo.config import Config
from milo.db.session import Database
from milo.web.app import create_app
from tests.guards import remove_from_process


def fast_clock(speed: float, began: float) -> Callable[[], datetime]:
    """A clock that was right at `began` and has been too fast since."""
    return lambda: datetime.fromtimestamp(began + (time.time() - began) * speed, UTC)


@contextmanager
def servers(
    count: int, url: str, folder: Path, *, speed: float, began: float, without: Iterable[str] = ()
) -> Iterator[list[int]]:
    """The ports of so many server processes over one database."""
    arguments = [url, str(folder), str(speed), str(began), *without]
    command = [sys.executable, "-m", "tests.concurrency.server", *arguments]
    with ExitStack() as stack:
        processes = [stack.enter_context(_running(command)) for _ in range(count)]
        yield [_port(process) for process in processes]


@contextmanager
def _running(command: list[str]) -> Iterator[Popen[str]]:
    process = Popen(command, stdout=PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)
        assert process.stdout is not None
        process.stdout.close()


def _port(process: Popen[str]) -> int:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"the server ended with {process.wait()}")
    return int(line)


def main(url: str, folder: str, speed: str, began: str, *without: str) -> None:
    """Serve until terminated."""
    remove_from_process(without)
    listener = socket.create_server(("127.0.0.1", 0))
    app = create_app(
        Database(url), Config(data_dir=Path(folder)), clock=fast_clock(float(speed), float(began))
    )
    log_level = "critical" if without else "error"  # what is broken on purpose fails without a word
    logs.configure(log_level)
    config = uvicorn.Config(app, log_level=log_level, access_log=False, timeout_keep_alive=120)
    server = uvicorn.Server(config)
    print(listener.getsockname()[1], flush=True)
    server.run(sockets=[listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
