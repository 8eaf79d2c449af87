"""`milo serve` and `milo worker`: the two processes of an installation."""

from __future__ import annotations

from typing import Annotated

import typer

from milo import logs
from milo.config import load
from milo.installation import open_installation
from milo.server import address, child_worker, listen, run_server


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
