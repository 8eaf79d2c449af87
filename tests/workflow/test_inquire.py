"""Asking the researcher, and replies that become clauses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders import an_app, browser
from tests.workflow.desk import Desk, a_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = a_desk(tmp_path)
    desk.items(["Fine, I suppose."])
    yield desk
    desk.database.close()


@pytest.fixture
def app(desk: Desk, tmp_path: Path) -> Any:
    return an_app(desk.database, tmp_path, desk.clock)


def ask(desk: Desk, app: Any, **changes: Any) -> tuple[Any, Any]:
    """The annotator's browser and what came back for their question."""
    person = desk.person("asker")
    client = browser(app, person)
    task = desk.take(person)
    body = {"question": "sentiment", "text": "Is faint praise positive?"} | changes
    return client, client.post(f"/api/assignments/{task.assignment}/inquiries", json=body)


def test_a_question_reaches_the_researcher_and_the_reply_comes_back(desk: Desk, app: Any) -> None:
    annotator, asked = ask(desk, app)
    assert asked.status_code == 201
    researcher = browser(app, desk.researcher)
    (open_one,) = researcher.get("/api/projects/reviews/inquiries?status=open").json()
    assert (open_one["asked_by"], open_one["item"]["excerpt"]) == ("Asker", "Fine, I suppose.")
    replied = researcher.post(f"/api/inquiries/{open_one['id']}/reply", json={"text": "Yes."}).json()
    assert (replied["status"], replied["section_id"]) == ("answered", None)
    assert researcher.get("/api/projects/reviews/inquiries?status=open").json() == []
    (mine,) = annotator.get("/api/projects/reviews/inquiries?status=mine").json()
    assert (mine["reply"], mine["seen_at"]) == ("Yes.", None)
    seen = annotator.post(f"/api/inquiries/{mine['id']}/seen").json()
    assert seen["seen_at"] is not None
    assert researcher.post(f"/api/inquiries/{mine['id']}/seen").status_code == 403


def test_a_reply_becomes_a_clause_linked_to_its_question(desk: Desk, app: Any) -> None:
    _, asked = ask(desk, app)
    id = asked.json()["id"]
    researcher = browser(app, desk.researcher)
    clause = {"title": "Faint praise", "body": "Counts as positive."}
    replied = researcher.post(f"/api/inquiries/{id}/reply", json={"text": "Yes.", "clause": clause}).json()
    assert (replied["section_id"], replied["guideline_version"]) == (f"inquiry_{id}", 2)
    guideline = researcher.get("/api/projects/reviews").json()["guideline"]
    section = guideline["sections"][-1]
    assert guideline["version"] == 2
    assert section["inquiry"] == id
    assert (section["kind"], section["question"], section["body"]) == (
        "question",
        "sentiment",
        "Counts as positive.",
    )
    again = researcher.post(f"/api/inquiries/{id}/reply", json={"text": "No."})
    assert again.status_code == 409


def test_a_clause_can_reword_a_section_in_its_place(desk: Desk, app: Any) -> None:
    _, asked = ask(desk, app)
    address = f"/api/inquiries/{asked.json()['id']}/reply"
    researcher = browser(app, desk.researcher)
    clause = {"section_id": "nowhere", "title": "Task", "body": "Judge the verdict."}
    refused = researcher.post(address, json={"text": "See the task.", "clause": clause})
    assert refused.status_code == 422
    assert "it has: task" in refused.json()["detail"]
    clause["section_id"] = "task"
    assert researcher.post(address, json={"text": "See the task.", "clause": clause}).status_code == 200
    sections = researcher.get("/api/projects/reviews/guidelines/2").json()["sections"]
    assert [(s["id"], s["kind"], s["body"]) for s in sections] == [("task", "task", "Judge the verdict.")]


@pytest.mark.parametrize(
    ("changes", "told"), [({"text": "  "}, "text"), ({"question": "mood"}, "sentiment, topics, complaint")]
)
def test_a_question_that_says_nothing_is_refused(
    desk: Desk, app: Any, changes: dict[str, str], told: str
) -> None:
    _, refused = ask(desk, app, **changes)
    assert refused.status_code == 422
    assert told in refused.text


def test_annotators_see_their_own_questions_only(desk: Desk, app: Any) -> None:
    ask(desk, app)
    other = browser(app, desk.person("other"))
    assert other.get("/api/projects/reviews/inquiries").json() == []
    assert other.get("/api/projects/reviews/inquiries?status=strange").status_code == 422
