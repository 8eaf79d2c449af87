"""An import, a job and annotators at once: nobody meets an error, and nothing is lost or seen too early.

How long a submit takes meanwhile is measured by `benchmarks/import_export.py`; here it is that all is right.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from milo.db.session import Database
from milo.db.tables import (
    AssignmentRow,
    ImportRow,
    ItemContentRow,
    ItemRow,
    ModelRow,
    ProjectRow,
    PromptVersionRow,
    RevisionRow,
    SlotRow,
    SuggestionRow,
)
from milo.workflow import import_items
from tests.builders import NOW, Clock, a_database, a_member, a_project, an_app, browser, items

ROWS = 12_000
ANNOTATORS = 8


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    database = a_database(tmp_path, url)
    yield database
    database.close()


@pytest.mark.slow
@pytest.mark.timed
def test_an_import_a_job_and_eight_annotators_at_once_lose_nothing(
    database: Database, tmp_path: Path
) -> None:
    with database.write() as session:
        project = a_project(session)
        people = [a_member(session, project) for _ in range(ANNOTATORS)]
        first = items(session, project, 400)
        file = tmp_path / "rows.jsonl"
        file.write_text("".join(json.dumps({"id": f"n{n}", "text": f"Text {n}"}) + "\n" for n in range(ROWS)))
        row = import_items.start(
            session, project, filename=file.name, path=file, format=None, mapping={}, by=None, now=NOW
        )
    app = an_app(database, tmp_path, Clock())
    clients = [browser(app, person) for person in people]
    is_over = threading.Event()
    with ThreadPoolExecutor(ANNOTATORS + 1) as pool:
        answered = [pool.submit(annotate_until, client, is_over) for client in clients]
        stored = pool.submit(store_until, database, project.id, first, is_over)
        try:
            import_items.run(database, row.id, data_dir=tmp_path, clock=Clock())
        finally:
            is_over.set()
        sent = [client_id for done in answered for client_id in done.result()]
        suggestions = stored.result()
    assert sent
    with database.read() as session:
        assert session.get_one(ImportRow, row.id).imported == ROWS
        assert set(sent) == set(session.scalars(select(RevisionRow.client_id)))
        assert len(session.scalars(select(SuggestionRow.id)).all()) == suggestions
        for table in (ItemRow, SlotRow):
            assert session.scalar(select(func.count()).select_from(table)) == ROWS + len(first)
        assert session.scalar(select(func.count()).select_from(ItemContentRow)) == ROWS
        assert not session.scalars(select(ItemRow.id).where(ItemRow.visible.is_(False))).all()
        doubled = select(AssignmentRow.item_id).group_by(AssignmentRow.item_id).having(func.count() > 1)
        assert not session.scalars(doubled).all()
        assert session.get_one(ProjectRow, project.id).reopened_seq > project.reopened_seq


def annotate_until(client: TestClient, is_over: threading.Event) -> list[str]:
    """Claim and submit until the import is over; the ids that were acknowledged."""
    acknowledged = []
    while not is_over.is_set():
        reply = client.post("/api/projects/1/next", json={"count": 1})
        assert reply.status_code == 200, reply.text
        for task in reply.json()["tasks"]:
            client_id = f"c{task['assignment']}"
            sent = {
                "client_id": client_id,
                "expected_revision": 0,
                "schema_version": 1,
                "answers": {"sentiment": {"kind": "choice", "value": "positive"}},
            }
            reply = client.post(f"/api/assignments/{task['assignment']}/submit", json=sent)
            assert (reply.status_code, reply.json().get("state")) == (200, "submitted"), reply.text
            acknowledged.append(client_id)
        is_over.wait(0.05)
    return acknowledged


def store_until(database: Database, project_id: int, item_ids: list[int], is_over: threading.Event) -> int:
    """Store model results as a job does, until the import is over; how many."""
    with database.write() as session:
        model = ModelRow(name="job", provider="scripted", model="rules", created_at=NOW)
        session.add(model)
        session.flush()
        version = PromptVersionRow(
            project_id=project_id, model_id=model.id, version="v", config={}, created_at=NOW
        )
        session.add(version)
        session.flush()
        version_id = version.id
    stored = 0
    for item_id in item_ids:
        if is_over.wait(0.02):
            break
        with database.write() as session:
            session.add(
                SuggestionRow(
                    project_id=project_id,
                    item_id=item_id,
                    question="sentiment",
                    prompt_version_id=version_id,
                    status="ok",
                    created_at=NOW,
                )
            )
        stored += 1
    return stored
