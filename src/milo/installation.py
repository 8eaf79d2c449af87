"""One installation: its data folder, its database, its secret key."""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from milo.config import Config
from milo.core.errors import Unavailable
from milo.db import schema
from milo.db.session import Database

MARKER = "installation.json"


@dataclass(frozen=True, slots=True)
class Installation:
    """An opened installation."""

    config: Config
    data_dir: Path
    database: Database


def open_installation(config: Config, *, create: bool = True) -> Installation:
    """The installation of a configuration, its tables checked.

    A new one is made when there is none and `create` is set. Raises `Unavailable` when the database is empty
    though the data folder says it was used before (a lost or misnamed file is not silently replaced), or when
    its schema version is not this milo's.
    """
    data_dir = config.data_dir.expanduser().resolve()
    if not create and not (data_dir / MARKER).exists():
        raise Unavailable(f"There is no milo installation in {data_dir}; make one with `milo init`.")
    data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(database_url(config))
    try:
        _prepare(database, data_dir / MARKER)
    except BaseException:
        database.close()
        raise
    return Installation(config, data_dir, database)


def _prepare(database: Database, marker: Path) -> None:
    if schema.is_empty(database):
        if marker.exists():
            raise Unavailable(
                f"{marker} says that {json.loads(marker.read_text())['database']} was in use, but "
                f"{_shown(database.url)} is empty. Restore it from a backup, or set MILO_DATABASE_URL or "
                "MILO_DATA_DIR to the right place; to begin anew, remove that file."
            )
        schema.migrate(database)
        marker.write_text(json.dumps({"database": _shown(database.url)}) + "\n")
    schema.check(database)


def database_url(config: Config) -> str:
    """The configured URL, or SQLite in the data folder."""
    return config.database_url or f"sqlite:///{config.data_dir.expanduser().resolve() / 'milo.db'}"


def secret_key(data_dir: Path) -> bytes:
    """The Fernet key that model keys are encrypted with; made at first use, readable by the owner alone."""
    path = data_dir / "secret.key"
    if not path.exists():
        from cryptography.fernet import Fernet

        unfinished = data_dir / f".secret.{os.getpid()}.{secrets.token_hex(4)}"
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(Fernet.generate_key())
        with suppress(FileExistsError):  # another process was first, and its key stays
            os.link(unfinished, path)
        unfinished.unlink()
    return path.read_bytes()


def _shown(url: str) -> str:
    from sqlalchemy import make_url

    return make_url(url).render_as_string(hide_password=True)
