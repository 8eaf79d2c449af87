"""`milo serve` and `milo worker`: the two processes of an installation."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from milo import logs
from milo.config import Config, load
from milo.core.errors import Unavailable
from milo.installation import Installation, open_installation


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(serve)
    app.command()(worker)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; MILO_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one; MILO_PORT.")] = None,
    with_worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Start the worker too.")] = True,
) -> None:
    """Serve the interface and the API, with a worker beside it for jobs."""
    config = load()
    logs.configure(config.log_level)
    installation = open_installation(config)
    listener = listen(host or config.host, config.port if port is None else port)
    print(f"milo is at {address(listener)}  (data in {installation.data_dir}; Ctrl+C ends it)", flush=True)
    if not with_worker:
        run_server(installation, listener)
        return
    with child_worker(config):
        run_server(installation, listener)


def worker(
    parent: Annotated[int | None, typer.Option(help="End when this process ends.")] = None,
) -> None:
    """Do the jobs that are waiting: imports, pre-annotation, exports. `milo serve` starts one itself."""
    from milo.worker import run

    config = load()
    logs.configure(config.log_level)
    run(open_installation(config, create=False), parent=parent)


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
