"""`milo init`, `doctor`, `backup`, `migrate`: looking after an installation."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from milo.cli.output import Json, now, show, show_table
from milo.config import Config, load
from milo.core.errors import MiloError, Unavailable
from milo.installation import database_url, open_installation, secret_key


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command()(init)
    app.command()(doctor)
    app.command()(backup)
    app.command()(migrate)


def init(json: Json = False) -> None:
    """Make the data folder, the database and the secret key; safe to repeat."""
    installation = open_installation(load())
    secret_key(installation.data_dir)
    show(
        {"data_dir": str(installation.data_dir)},
        f"milo keeps its data in {installation.data_dir}.\n"
        "Next: `milo user add LOGIN --role researcher`, then `milo serve`.",
        json,
    )


def doctor(json: Json = False) -> None:
    """Look at the installation and say what is wrong; exits 1 when something is."""
    rows = list(_findings(load()))
    show_table(rows, ("check", "state", "detail"), json)
    if any(row["state"] == "wrong" for row in rows):
        sys.exit(1)


def backup(
    to: Annotated[Path, typer.Argument(help="A folder that does not exist yet.")], json: Json = False
) -> None:
    """Copy database, media and secret key to a folder, while the server runs."""
    installation = open_installation(load(), create=False)
    if to.exists():
        raise Unavailable(f"{to} exists; give a folder that does not, so that nothing is overwritten.")
    if not installation.database.is_sqlite:
        raise Unavailable("On PostgreSQL use pg_dump for the database, and copy the data folder beside it.")
    to.mkdir(parents=True)
    source = database_url(installation.config).removeprefix("sqlite:///")
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(to / "milo.db")) as copy:
        live.backup(copy, pages=2000, sleep=0.01)
    for name in ("media", "exports", "secret.key", "installation.json"):
        path = installation.data_dir / name
        if path.is_dir():
            shutil.copytree(path, to / name)
        elif path.exists():
            shutil.copy2(path, to / name)
    show({"backup": str(to)}, f"Copied to {to}.", json)


def migrate(json: Json = False) -> None:
    """Bring the database to this milo's schema version. Make a `milo backup` before."""
    from milo.db import schema
    from milo.db.session import Database

    database = Database(database_url(load()))
    before = schema.version_of(database)
    after = schema.migrate(database)
    show({"before": before, "after": after}, f"Schema version {before or 'none'} -> {after}.", json)


def _findings(config: Config) -> Iterator[dict[str, str]]:
    try:
        installation = open_installation(config, create=False)
    except MiloError as error:
        yield {"check": "installation", "state": "wrong", "detail": str(error)}
        return
    yield {"check": "installation", "state": "ok", "detail": str(installation.data_dir)}
    database = installation.database
    kind = "SQLite: one server; for teams use PostgreSQL" if database.is_sqlite else "PostgreSQL"
    yield {"check": "database", "state": "ok", "detail": kind}
    if database.is_sqlite:
        with database.read() as session:
            verdict = str(session.connection().exec_driver_sql("PRAGMA quick_check").scalar())
        yield {"check": "integrity", "state": "ok" if verdict == "ok" else "wrong", "detail": verdict}
    free = shutil.disk_usage(installation.data_dir).free / 1e9
    yield {"check": "disk", "state": "ok" if free > 1 else "wrong", "detail": f"{free:.1f} GB free"}
    key = installation.data_dir / "secret.key"
    mode = key.stat().st_mode & 0o077 if key.exists() else 0
    yield {
        "check": "secret key",
        "state": "wrong" if mode else "ok",
        "detail": "readable by others: chmod 600 secret.key" if mode else "readable by its owner alone",
    }
    with database.read() as session:
        from milo.db.queries import people

        admins = sum(row.role == "admin" for row in people.everybody(session))
    detail = f"{admins} administrator(s)" if admins else "none; add one: milo user add NAME --role admin"
    yield {"check": "people", "state": "ok" if admins else "hint", "detail": detail}
    yield {"check": "time", "state": "ok", "detail": now().isoformat(timespec="seconds")}
