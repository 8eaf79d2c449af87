"""The database's version: brought up to date by migrations, checked at every start."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect

from milo.core.errors import Unavailable
from milo.db.session import Database

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(database: Database) -> str:
    """Bring the tables up to the newest version and return it; does nothing when they are there."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.migration() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "head")
    return newest()


def check(database: Database) -> None:
    """Raise `Unavailable` unless the tables have the version this milo was made for."""
    found = version_of(database)
    if found != newest():
        raise Unavailable(
            f"The database has schema version {found or 'none'}, this milo needs {newest()}. "
            "Make a copy with `milo backup`, then run `milo migrate`."
        )


def version_of(database: Database) -> str | None:
    """The schema version the database has; None when it is empty."""
    from alembic.runtime.migration import MigrationContext

    with database.read() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


def newest() -> str:
    """The schema version this milo was made for."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    head = ScriptDirectory.from_config(config).get_current_head()
    assert head is not None, "the package holds no migrations"
    return head


def is_empty(database: Database) -> bool:
    """Whether the database has no table at all."""
    with database.read() as session:
        return not inspect(session.connection()).get_table_names()
