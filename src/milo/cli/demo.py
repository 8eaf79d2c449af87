"""`milo demo`: four projects to look around in, and a check that does the main job end to end."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from milo import logs
from milo.config import Config, load
from milo.db import schema
from milo.db.session import Database
from milo.installation import MARKER, database_url, open_installation
from milo.server import address, child_worker, listen, run_server


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command()(demo)


def demo(
    check: Annotated[bool, typer.Option("--check", help="Do the main job once, print figures, end.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Build the demo anew in a new folder.")] = False,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.")] = None,
) -> None:
    """Serve the demo projects and print the log-ins; the embedded model works in the background."""
    if check:
        from milo.demo.check import run

        sys.exit(run())
    config = _config(fresh)
    logs.configure(config.log_level)
    listener = listen(config.host, config.port if port is None else port)
    is_new = not (config.data_dir / MARKER).exists()
    if not is_new:
        bring_up_to_date(config)
    installation = open_installation(config)
    if is_new:
        from milo.demo.build import build

        build(installation, now=datetime.now(UTC))
    print(_welcome(address(listener), config.data_dir), flush=True)
    with child_worker(config):
        run_server(installation, listener)


def bring_up_to_date(config: Config) -> None:
    """Migrate a demo an earlier milo built; `milo migrate` would look in the folder of the real work."""
    database = Database(database_url(config))
    if schema.version_of(database) not in (None, schema.newest()):
        schema.migrate(database)
    database.close()


def _config(fresh: bool) -> Config:
    config = load()
    folder = config.data_dir if "MILO_DATA_DIR" in os.environ else Path("~/.local/share/milo-demo")
    folder = folder.expanduser().resolve()
    if fresh:
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        folder = folder.with_name(f"{folder.name}-{stamp}")
    return config.model_copy(update={"data_dir": folder, "database_url": ""})


def _welcome(where: str, data_dir: Path) -> str:
    from milo.demo.build import PASSWORD, PEOPLE, log_in_name

    lines = [
        "",
        f"  milo's demo is at {where}",
        "",
        "  Log in as          to",
        *(f"  {log_in_name(key):<18} {_PURPOSE[key]}" for key in PEOPLE),
        "",
        f"  Everybody's password is: {PASSWORD}",
        "  The embedded model works in the background; its progress is on the project's home.",
        f"  Data: {data_dir}   Ctrl+C ends it.",
        "",
    ]
    return "\n".join(lines)


_PURPOSE = {
    "researcher": "set up projects, import, pre-annotate, see what judge and assistant are worth, export",
    "first_annotator": "label, and write with drafts; a colleague has begun, and an answer came back",
    "second_annotator": "see work that was done, and an answered question",
    "auditor": "review written answers",
}
