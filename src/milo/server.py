"""The server process: its socket, the application on it, and the worker beside it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from milo.config import Config
from milo.core.errors import Unavailable
from milo.installation import Installation


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; raises `Unavailable` when the port is taken."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
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
    uvicorn.Server(
        uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=5)
    ).run(sockets=[listener])


@contextmanager
def child_worker(config: Config) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process that ends with this one."""
    process = subprocess.Popen(
        [sys.executable, "-m", "milo", "worker", "--parent", str(os.getpid())],
        env={**os.environ, "MILO_DATA_DIR": str(config.data_dir), "MILO_DATABASE_URL": config.database_url},
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
