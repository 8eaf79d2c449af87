"""Whatever is sent, no route answers with a server error; what it answers is in its own description."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from milo import logs
from milo.config import Config
from milo.db.session import Database
from milo.web.app import create_app
from milo.workflow import people

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[schemathesis.BaseSchema]:
    """The described routes of a server, asked by an administrator who is in one small project."""
    folder = tmp_path_factory.mktemp("milo")
    database = Database(f"sqlite:///{folder / 'milo.db'}")
    database.create_all()
    with database.write() as session:
        person = people.add_person(session, login="root", name="Root", password=None, role="admin", now=NOW)
        _, key = people.add_api_key(session, person, "tests", NOW)
    logs.configure("critical")
    app = create_app(database, Config(data_dir=Path(folder)), clock=lambda: NOW)
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    schema.config.update(headers={"Authorization": f"Bearer {key}"})
    yield schema
    database.close()


def test_no_input_makes_a_server_error(api: schemathesis.BaseSchema) -> None:
    for operation in api.get_all_operations():  # each described route
        assert isinstance(operation, Ok), operation
        call = operation.ok()

        @given(case=call.as_strategy())
        @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
        def never_fails(case: Any) -> None:
            case.call_and_validate(
                checks=[not_a_server_error, content_type_conformance, response_schema_conformance]
            )

        never_fails()
