"""Migrations make the tables the code expects, and an installation is not silently replaced."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as Alembic
from alembic.runtime.migration import MigrationContext
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from milo.config import Config
from milo.core.errors import Unavailable
from milo.core.submission import Submission
from milo.db import schema
from milo.db.session import Database
from milo.db.tables import AssignmentRow, ProjectRow, Table
from milo.installation import MARKER, open_installation, secret_key
from milo.workflow import annotate, assign
from tests.builders import NOW, POSITIVE, a_member, a_project, items


def differences(database: Database) -> list[object]:
    with database.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        return list(compare_metadata(context, Table.metadata))


def test_the_migrations_make_exactly_the_tables_of_the_code_on_sqlite(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'milo.db'}")
    schema.migrate(database)
    assert differences(database) == []
    assert schema.version_of(database) == schema.newest()
    database.close()


def test_the_migrations_make_exactly_the_tables_of_the_code_on_postgresql(postgres_url: str) -> None:
    database = Database(postgres_url)
    schema.migrate(database)
    assert differences(database) == []
    database.close()


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'milo.db'}")
    assert schema.migrate(database) == schema.migrate(database)
    database.close()


def test_work_survives_the_way_from_the_first_version_to_the_newest(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'milo.db'}")
    schema.migrate(database)
    with database.write() as session:
        project = a_project(session)
        annotator = a_member(session, project)
        items(session, project, 3)
        task = assign.next_tasks(session, project, annotator.id, 2, now=NOW).tasks[0]
        row = session.get_one(AssignmentRow, task.assignment)
        answer = Submission(client_id="one", schema_version=1, answers=POSITIVE, expected_revision=0)
        annotate.submit(session, project, row, answer, now=NOW)
    before = counts(database)
    with database.migration() as session:
        alembic = Alembic(attributes={"connection": session.connection()})
        alembic.set_main_option("script_location", str(schema.MIGRATIONS))
        command.downgrade(alembic, "0001")
    schema.migrate(database)
    assert counts(database) == before
    assert (before["item"], before["assignment"], before["revision"]) == (3, 2, 1)
    with pytest.raises(IntegrityError), database.write() as session:
        session.execute(delete(ProjectRow))  # references hold as before
    database.close()


def test_a_migration_that_breaks_a_reference_is_undone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'milo.db'}")
    schema.migrate(database)
    with database.write() as session:
        a_project(session)
    before = counts(database)
    told = pytest.raises(Unavailable, match="points at a row that does not exist in 'project'")
    with told, database.migration() as session:
        session.execute(delete(ProjectRow))
    assert counts(database) == before
    database.close()


def counts(database: Database) -> dict[str, int]:
    with database.read() as session:
        tables = Table.metadata.sorted_tables
        return {one.name: session.scalar(select(func.count()).select_from(one)) or 0 for one in tables}


def test_an_old_database_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'milo.db'}")
    schema.migrate(database)
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    with pytest.raises(Unavailable, match=r"schema version older.*milo migrate"):
        schema.check(database)
    database.close()


def test_a_lost_database_is_not_silently_replaced_by_an_empty_one(tmp_path: Path) -> None:
    config = Config(data_dir=tmp_path)
    open_installation(config).database.close()
    for file in tmp_path.glob("milo.db*"):
        file.unlink()
    with pytest.raises(Unavailable, match="was in use, but"):
        open_installation(config)
    (tmp_path / MARKER).unlink()
    open_installation(config).database.close()


def test_the_secret_key_is_readable_by_its_owner_alone_and_stays(tmp_path: Path) -> None:
    key = secret_key(tmp_path)
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0
    assert secret_key(tmp_path) == key
