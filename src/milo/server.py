"""The server process: its socket, the application on it, and the worker beside it."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from milo.config import Config
from milo.core.errors import Unavailable
from milo.installation import Installation

BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """A socket where requests already queue; raises `Unavailable` when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named asyncio sets TCP_NODELAY; without, a reply waits 40 ms for a delayed ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        raise Unavailable(
            f"Cannot listen on {host}:{port} ({error.strerror}); try another --port."
        ) from error
    return listener


def address(listener: socket.socket) -> str:
    """The address a browser opens."""
    host, port = listener.getsockname()[:2]
    return f"http://{host}:{port}"


def run_server(installation: Installation, listener: socket.socket) -> None:
    """Serve until the process is told to end."""
    import uvicorn

    from milo.web.app import create_app

    app = create_app(installation.database, installation.config)
    # What is loaded stays: looking through it for garbage held up a request for 50 ms now and then.
    gc.freeze()
    uvicorn.Server(
        uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=5)
    ).run(sockets=[listener])


@contextmanager
def child_worker(config: Config) -> Iterator[None]:
    """A worker process beside this one: started again when it dies, ended with this one."""
    ending = threading.Event()
    keeper = threading.Thread(target=_keep_worker, args=(config, ending), name="worker-keeper")
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        keeper.join()


def _keep_worker(config: Config, ending: threading.Event) -> None:
    pause = 1.0
    while not ending.is_set():
        started = time.monotonic()
        process = _start_worker(config)
        while process.poll() is None and not ending.wait(0.2):
            pass
        if ending.is_set():
            _end_worker(process)
            return
        structlog.get_logger().warning("worker_ended", status=process.returncode, next_in_seconds=pause)
        ending.wait(pause)
        lived_well = time.monotonic() - started > 60
        pause = 1.0 if lived_well else min(pause * 2, 30.0)


def _start_worker(config: Config) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "milo", "worker", "--parent", str(os.getpid())],
        env={**os.environ, "MILO_DATA_DIR": str(config.data_dir), "MILO_DATABASE_URL": config.database_url},
    )


def _end_worker(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
