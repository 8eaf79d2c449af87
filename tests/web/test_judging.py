"""Judging over HTTP: what a run would take, runs, and the check an annotator asks for."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from milo.config import Config
from milo.core.person import Person
from milo.core.questions import ChoiceAnswer
from milo.db import convert
from milo.db.session import Database
from milo.db.tables import (
    AssignmentRow,
    CheckRow,
    DecisionRow,
    FeedbackRow,
    JobRow,
    ModelCallRow,
    ModelRow,
    ProjectRow,
)
from milo.installation import Installation, secret_key
from milo.web.app import create_app
from milo.worker import Worker
from milo.workflow import check, models, projects
from milo.workflow.models import ModelSetup
from tests.builders import a_database, a_member, a_project, browser, items
from tests.workflow.court import FINDS_BAD, POLICY, a_judged_spec

ANSWERS = {"sentiment": {"kind": "choice", "value": "positive"}}


@dataclass(slots=True)
class Site:
    """A project with a judge, one annotator, one researcher, and two items."""

    database: Database
    folder: Path
    app: Any
    project: int
    annotator: TestClient
    researcher: TestClient

    def task(self) -> int:
        """The next assignment of the annotator."""
        reply = self.annotator.post(f"/api/projects/{self.project}/next", json={"count": 1})
        found: int = reply.json()["tasks"][0]["assignment"]
        return found

    def check(self, assignment: int) -> list[tuple[str, Any]]:
        """The events of a check, to its end."""
        reply = self.annotator.post(f"/api/assignments/{assignment}/check", json={"answers": ANSWERS})
        assert reply.status_code == 200, reply.text
        assert reply.headers["content-type"].startswith("text/event-stream")
        return events(reply.text)

    def submit(self, assignment: int) -> None:
        sent = {"client_id": "c1", "schema_version": 1, "answers": ANSWERS, "expected_revision": 0}
        reply = self.annotator.post(f"/api/assignments/{assignment}/submit", json=sent)
        assert reply.status_code == 200, reply.text

    def wait_for_feedback(self) -> list[str | None]:
        """The status of each judge's feedback, once there is one."""
        waiting = threading.Event()
        for _ in range(600):
            with self.database.read() as session:
                found = list(session.scalars(select(FeedbackRow.status)))
            if found:
                return found
            waiting.wait(0.1)
        raise AssertionError("no answer was judged in a minute")

    @contextmanager
    def worker(self) -> Iterator[None]:
        """A worker at work in a thread."""
        installation = Installation(Config(data_dir=self.folder), self.folder, self.database)
        stop = threading.Event()
        thread = threading.Thread(target=Worker(installation, stop=stop).run)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(30)


def events(text: str) -> list[tuple[str, Any]]:
    found = []
    for block in text.strip().split("\n\n"):
        if not block.startswith(":"):
            name, data = block.split("\n")
            found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    database = a_database(tmp_path)
    with database.write() as session:
        project = a_project(session, a_judged_spec())
        people = [a_member(session, project), a_member(session, project, role="researcher")]
        items(session, project, ["bad one", "good one"])
        setup = ModelSetup(name="Judge", provider="scripted", model="rules", params=dict(FINDS_BAD))
        models.add(session, setup, secret=secret_key(tmp_path), now=project.created_at)
        id = project.id
    app = create_app(database, Config(data_dir=tmp_path))
    annotator, researcher = (browser(app, person) for person in people)
    yield Site(database, tmp_path, app, id, annotator, researcher)
    database.close()


def change_policy(site: Site, **changes: Any) -> None:
    with site.database.write() as session:
        project = session.get_one(ProjectRow, site.project)
        settings = replace(projects.settings(project), review=replace(POLICY, **changes))
        project.settings = convert.as_data(convert.SETTINGS, settings)


class TestACheck:
    def test_streams_each_verdict_and_what_the_answer_would_score(self, site: Site) -> None:
        assignment = site.task()
        with site.worker():
            found = site.check(assignment)
        assert [name for name, _ in found] == ["started", "verdict", "verdict", "done"]
        assert (found[1][1]["part"], found[1][1]["grade"]) == ("fit", "wrong")
        done = found[-1][1]
        assert done["status"] == "redo"
        assert done["scores"][0]["score"]["shown"] == pytest.approx(100 / 3)
        assert done["card"] is None

    def test_is_advice_alone_and_recorded_as_shown(self, site: Site) -> None:
        assignment = site.task()
        with site.worker():
            found = site.check(assignment)
        check = found[0][1]["check"]
        shown = site.annotator.post(f"/api/checks/{check}/shown").json()
        again = site.annotator.post(f"/api/checks/{check}/shown").json()
        assert shown["shown_at"] == again["shown_at"]
        assert site.researcher.post(f"/api/checks/{check}/shown").status_code == 404
        with site.database.read() as session:
            row = session.get_one(CheckRow, check)
            assert len(row.verdicts) == 2
            assert row.answers["sentiment"]["value"] == "positive"
            assert list(session.scalars(select(FeedbackRow))) == []
            assert list(session.scalars(select(DecisionRow))) == []

    def test_what_was_checked_is_judged_without_another_call(self, site: Site) -> None:
        assignment = site.task()
        with site.worker():
            site.check(assignment)
            with site.database.read() as session:
                calls = len(session.scalars(select(ModelCallRow.id)).all())
            site.submit(assignment)
            assert site.wait_for_feedback() == ["redo"]
        with site.database.read() as session:
            assert len(session.scalars(select(ModelCallRow.id)).all()) == calls == 3

    def test_a_judge_that_is_down_is_a_problem_with_its_reason(self, site: Site) -> None:
        with site.database.write() as session:
            row = session.scalars(select(ModelRow)).one()
            row.params = {"rules": [], "default": {"fail": "transient"}}
        assignment = site.task()
        with site.worker():
            found = site.check(assignment)
            assert [name for name, _ in found] == ["started", "problem"]
            assert "fails here by its script" in found[-1][1]["reason"]
            site.submit(assignment)

    def test_without_a_worker_it_says_so(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(check, "MOST_WAIT", timedelta(0))
        found = site.check(site.task())
        assert found[-1][0] == "problem"
        assert "No worker" in found[-1][1]["reason"]
        with site.database.read() as session:
            assert session.scalars(select(JobRow.state).where(JobRow.kind == "check")).all() == ["cancelled"]

    def test_ends_when_the_browser_goes(self, site: Site) -> None:
        assignment = site.task()
        asyncio.run(_leave_after_the_first_event(site, assignment))
        with site.database.read() as session:
            assert session.scalars(select(JobRow.state).where(JobRow.kind == "check")).all() == ["cancelled"]

    def test_another_check_ends_the_one_before(self, site: Site) -> None:
        assignment = site.task()
        with site.database.write() as session:
            row = session.get_one(AssignmentRow, assignment)
            project = session.get_one(ProjectRow, site.project)
            by = Person(id=row.annotator_id, login="a", name="A")
            answers = {"sentiment": ChoiceAnswer(value="positive")}
            for _ in range(2):
                check.start(session, project, row, answers, by=by, now=project.created_at)
            jobs = session.scalars(select(JobRow).where(JobRow.kind == "check").order_by(JobRow.id)).all()
            assert [job.state for job in jobs] == ["cancelled", "queued"]
            assert jobs[1].lane != f"model:{jobs[1].config['model']}"

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (lambda site: change_policy(site, check=False), "not checked before they are sent"),
            (lambda site: change_policy(site, judge=None), "names no judge"),
            (lambda site: change_policy(site, judge="Nobody"), "'Nobody', which is no model"),
        ],
    )
    def test_where_it_cannot_be_the_reason_is_said(
        self, site: Site, change: Callable[[Site], None], words: str
    ) -> None:
        assignment = site.task()
        change(site)
        reply = site.annotator.post(f"/api/assignments/{assignment}/check", json={"answers": ANSWERS})
        assert reply.status_code == 409
        assert words in reply.json()["detail"]


class TestARun:
    def test_is_estimated_started_and_done_by_the_worker(self, site: Site) -> None:
        assignment = site.task()
        site.submit(assignment)
        takes = site.researcher.post(
            f"/api/projects/{site.project}/judging/estimate", json={"model": 1}
        ).json()
        assert (takes["answers"], takes["calls"], takes["cost_usd"]) == (1, 2, 0.0)
        wanted = {"kind": "judge", "model": 1}
        job = site.researcher.post(f"/api/projects/{site.project}/jobs", json=wanted).json()
        with site.worker():
            ended = threading.Event()
            for _ in range(300):
                state = site.researcher.get(f"/api/jobs/{job['id']}").json()
                if state["state"] not in ("queued", "running"):
                    break
                ended.wait(0.1)
        assert (state["state"], state["result"]["redo"]) == ("done", 1)

    def test_submitted_answers_are_judged_by_the_worker_by_itself(self, site: Site) -> None:
        assignment = site.task()
        with site.worker():
            site.submit(assignment)
            assert site.wait_for_feedback() == ["redo"]


async def _leave_after_the_first_event(site: Site, assignment: int) -> None:
    """Ask for a check as a browser that closes the page once the stream began."""
    body = json.dumps({"answers": ANSWERS}).encode()
    client = site.annotator
    headers = [
        (b"content-type", b"application/json"),
        (b"x-csrf-token", client.headers["X-CSRF-Token"].encode()),
    ]
    headers.append((b"cookie", f"milo_session={client.cookies['milo_session']}".encode()))
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": f"/api/assignments/{assignment}/check",
        "raw_path": f"/api/assignments/{assignment}/check".encode(),
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    has_begun = asyncio.Event()
    requests = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Any:
        if (request := next(requests, None)) is not None:
            return request
        await has_begun.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body" and b"started" in message["body"]:
            has_begun.set()

    await asyncio.wait_for(site.app(scope, receive, send), 30)
    assert has_begun.is_set()
