"""`milo demo` where an earlier milo served it before."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config as Alembic

from milo.cli.demo import bring_up_to_date
from milo.config import Config
from milo.db import schema
from milo.installation import open_installation


def test_a_demo_of_an_earlier_milo_is_migrated(tmp_path: Path) -> None:
    config = Config(data_dir=tmp_path)
    installation = open_installation(config)
    with installation.database.migration() as session:
        alembic = Alembic(attributes={"connection": session.connection()})
        alembic.set_main_option("script_location", str(schema.MIGRATIONS))
        command.downgrade(alembic, "0001")
    installation.database.close()
    bring_up_to_date(config)
    open_installation(config).database.close()
