"""What is stored of drafts, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from milo.core.assistant_policy import AssistantPolicy
from milo.core.errors import Conflict
from milo.core.project import SubjectField
from milo.core.questions import TextQuestion
from milo.db.queries import drafts, task_drafts
from milo.db.session import Database
from milo.db.tables import (
    AssignmentRow,
    AssistantRow,
    EngineRow,
    JobRow,
    ModelCallRow,
    ModelDraftRow,
    ProjectRow,
)
from milo.installation import secret_key
from milo.roles.assistant_reading import Read
from milo.workflow import assign, assist, engine, models
from milo.workflow.assist import Begun, Written
from milo.workflow.engine import Address
from milo.workflow.models import ModelSetup
from tests.builders import NOW, a_database, a_member, a_project, a_spec, items

WRITTEN = Written(
    read=Read(status="done", text="Lima.", probability=0.5),
    reply=" Lima.\n",
    logprobs=[[[" Lima.", -0.1]]],
    finish_reason="stop",
    input_tokens=4,
    output_tokens=2,
    cost_usd=0.25,
    first_token_ms=10,
    generation_ms=30,
    request_hash="h",
    model_version="m",
    is_from_storage=False,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    database = a_database(tmp_path, url)
    with database.write() as session:
        policy = AssistantPolicy(model="Writer", most_drafts=3)
        spec = a_spec(
            subject=(SubjectField(name="text", title="Topic"),),
            questions=(TextQuestion(name="answer", title="Describe it"),),
            settings={"assistant": policy, "cost_cap_usd": 0.6},
        )
        project = a_project(session, spec)
        annotator = a_member(session, project)
        items(session, project, ["Peru"])
        setup = ModelSetup(
            name="Writer", provider="openai_compatible", model="m", base_url="http://127.0.0.1:9/v1",
            price_in_usd_per_million=0.0, price_out_usd_per_million=100_000.0,
        )  # fmt: skip
        models.add(session, setup, secret=secret_key(tmp_path), now=NOW)
        assign.next_tasks(session, project, annotator.id, 1, now=NOW)
    yield database
    database.close()


def begun(database: Database, folder: Path, query: str = "") -> Begun:
    """A draft whose row stands."""
    with database.write() as session:
        project = session.scalars(select(ProjectRow)).one()
        row = session.scalars(select(AssignmentRow)).one()
        prepared = assist.prepare(
            session, project, row, query, {}, secret=secret_key(folder), data_dir=folder
        )
        return assist.begin(session, project, row, prepared, now=NOW)


def finished(database: Database, draft: Begun, **changes: Any) -> None:
    with database.write() as session:
        assist.finish(session, draft, replace(WRITTEN, **changes), now=NOW + timedelta(seconds=1))


def rows(database: Database, table: Any) -> list[Any]:
    with database.read() as session:
        return list(session.scalars(select(table)))


def test_drafts_are_numbered_and_an_unfinished_one_ends(database: Database, tmp_path: Path) -> None:
    first, second = begun(database, tmp_path), begun(database, tmp_path)
    assert [first.draft.number, second.draft.number] == [1, 2]
    assert [first.request.sample, second.request.sample] == [1, 2]
    finished(database, first)
    finished(database, second, request_hash="h2")
    with database.read() as session:
        found = task_drafts.for_tasks(session, [first.assignment_id], now=NOW)[first.assignment_id]
    assert [(draft.status, draft.text) for draft in found] == [("stopped", "Lima."), ("done", "Lima.")]
    assert len(rows(database, AssistantRow)) == 1
    assert [call.reply for call in rows(database, ModelCallRow)] == [" Lima.\n"] * 2


def test_a_reply_that_is_stored_is_found_by_its_hash(database: Database, tmp_path: Path) -> None:
    draft = begun(database, tmp_path)
    finished(database, draft)
    with database.read() as session:
        stored = assist.stored_reply(session, "h")
        assert stored is not None
        assert (stored.text, stored.finish_reason) == (" Lima.\n", "stop")
        assert assist.stored_reply(session, "other") is None


def test_money_is_counted_also_of_what_was_stopped(database: Database, tmp_path: Path) -> None:
    finished(database, begun(database, tmp_path))
    stopped = replace(WRITTEN.read, status="stopped")
    finished(database, begun(database, tmp_path), read=stopped, finish_reason=None, cost_usd=None)
    with database.read() as session:
        assert drafts.spent_usd(session, 1) == pytest.approx(0.25 + 2 * 0.1)
    with pytest.raises(Conflict, match=r"0\.45 USD of the 0\.60 USD"):
        begun(database, tmp_path)
    assert len(rows(database, ModelCallRow)) == 1


def test_an_engine_is_wanted_by_one_job_and_its_lost_address_forgotten(
    database: Database, tmp_path: Path
) -> None:
    address = Address(base_url="http://127.0.0.1:9/v1", api_key="k")
    for _ in range(2):
        with database.write() as session:
            engine.want(session, 1, 1, now=NOW)
    assert [job.kind for job in rows(database, JobRow)] == ["engine"]
    with database.write() as session:
        session.get_one(EngineRow, 1).base_url = address.base_url
        engine.lost(session, 1, replace(address, base_url="http://127.0.0.1:10/v1"))
        assert session.get_one(EngineRow, 1).base_url == address.base_url
        engine.lost(session, 1, address)
        assert session.get_one(EngineRow, 1).base_url is None
        assert engine.look(session, 1, secret=secret_key(tmp_path), now=NOW) is None


def test_an_engine_is_kept_while_it_writes(database: Database, tmp_path: Path) -> None:
    draft = begun(database, tmp_path)
    with database.read() as session:
        assert drafts.is_any_generating(session, 1, since=NOW)
        assert not drafts.is_any_generating(session, 1, since=NOW + timedelta(minutes=1))
    finished(database, draft)
    with database.read() as session:
        assert not drafts.is_any_generating(session, 1, since=NOW)
    assert [row.generation_ms for row in rows(database, ModelDraftRow)] == [30]
