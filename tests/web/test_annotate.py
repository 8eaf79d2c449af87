"""The labeling screen over HTTP: what annotators receive, and what they must never receive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from milo.core.assistant_policy import AssistantPolicy
from milo.core.project import SubjectField
from milo.core.questions import TextAnswer
from milo.core.writing import Edit, Writing
from milo.db.tables import ItemPayloadRow, SuggestionRow, WritingRow
from milo.web.permissions import ROUTES
from tests.builders import NEGATIVE, POSITIVE, a_spec, an_app, browser
from tests.workflow.desk import Desk, a_desk

ANSWERS = {"sentiment": {"kind": "choice", "value": "positive"}}
TIMES = {"active_ms": 500, "wall_ms": 800, "blurred_ms": 0}

#: What must not reach an annotator, planted in every place it could leak from.
SECRETS = ("GOLD-SECRET", "OTHERS-SECRET", "HIDDEN-SECRET", "SUGGESTION-SECRET", "DRAFT-SECRET")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    spec = a_spec(
        subject=(
            SubjectField(name="text", title="Review"),
            SubjectField(name="source", title="Source", show="hidden"),
        ),
        settings={"overlap": 2, "reveal": "on_request", "assistant": AssistantPolicy(model="scripted")},
    )
    desk = a_desk(tmp_path, spec)
    yield desk
    desk.database.close()


@pytest.fixture
def app(desk: Desk, tmp_path: Path) -> Any:
    return an_app(desk.database, tmp_path, desk.clock)


def submission(**changes: Any) -> dict[str, Any]:
    body = {"client_id": "c1", "expected_revision": 0, "schema_version": 1, "answers": ANSWERS, "shown": []}
    return body | TIMES | changes


def take(client: TestClient, count: int = 1) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = client.post("/api/projects/reviews/next", json={"count": count}).json()[
        "tasks"
    ]
    return tasks


def test_an_answer_travels_from_the_task_to_the_list_of_ones_work(desk: Desk, app: Any) -> None:
    desk.items(1)
    client = browser(app, desk.person())
    (task,) = take(client)
    reply = client.post(f"/api/assignments/{task['assignment']}/submit", json=submission())
    assert reply.json() == {
        "assignment": task["assignment"],
        "revision": 1,
        "state": "submitted",
        "client_id": "c1",
    }
    (entry,) = client.get("/api/projects/reviews/mine").json()["items"]
    assert (entry["state"], entry["answers_summary"]) == ("submitted", "Positive")


def test_a_conflict_carries_what_stands(desk: Desk, app: Any) -> None:
    desk.items(1)
    client = browser(app, desk.person())
    (task,) = take(client)
    address = f"/api/assignments/{task['assignment']}/submit"
    client.post(address, json=submission())
    reply = client.post(address, json=submission(client_id="c2"))
    assert reply.status_code == 409
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["current"]["revision"] == 1


def test_a_reply_that_never_arrived_is_given_again(desk: Desk, app: Any) -> None:
    desk.items(1)
    client = browser(app, desk.person())
    (task,) = take(client)
    address = f"/api/assignments/{task['assignment']}/submit"
    replies: list[Response] = [client.post(address, json=submission()) for _ in range(3)]
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.text for reply in replies}) == 1


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"answers": {"sentiment": {"value": "positive"}}}, "answers"),
        ({"answers": {"sentiment": {"kind": "choice", "value": "positive", "extra": 1}}}, "extra"),
        ({"active_ms": 1.5}, "active_ms"),
        ({"active_ms": True}, "active_ms"),
        ({"active_ms": -5}, "active_ms"),
        ({"client_id": ""}, "client_id"),
        ({"client_id": "x" * 65}, "client_id"),
        ({"expected_revision": None}, "expected_revision"),
        ({"after_client_id": "c0"}, "after_client_id"),
        ({"schema_version": 10**30}, "schema_version"),
        ({"unknown": 1}, "unknown"),
        ({"shown": [{"suggestion": 10**30}]}, "shown"),
    ],
)
def test_a_malformed_submit_names_the_fault(
    desk: Desk, app: Any, changes: dict[str, Any], where: str
) -> None:
    desk.items(1)
    client = browser(app, desk.person())
    (task,) = take(client)
    reply = client.post(f"/api/assignments/{task['assignment']}/submit", json=submission(**changes))
    assert reply.status_code == 422
    assert any(where in fault["where"] for fault in reply.json()["errors"])


def test_nothing_an_annotator_can_reach_holds_what_they_must_not_see(desk: Desk, app: Any) -> None:
    """Walks every route an annotator may call, with secrets planted in gold, answers, fields, suggestions."""
    (item,) = desk.items(["An open review."])
    id = desk.suggest(item)
    _plant_secrets(desk, item, id)
    other, person = desk.person("other"), desk.person("walker")
    theirs = desk.take(other)
    desk.draft(theirs, 1, POSITIVE)
    desk.model_draft(theirs, "DRAFT-SECRET of somebody else's", question="complaint")
    desk.submit(
        theirs,
        NEGATIVE | {"complaint": TextAnswer(value="OTHERS-SECRET")},
        writing={"complaint": Writing(edits=(Edit(at_ms=1, start=0, inserted="OTHERS-SECRET"),))},
    )
    client = browser(app, person)
    (task,) = take(client)
    desk.model_draft(desk.next(person, resume=True).tasks[0], "A draft of one's own", question="complaint")
    walked = [client.post("/api/projects/reviews/next", json={"resume": True})]
    assert "A draft of one's own" in walked[0].text
    a = task["assignment"]
    calls: list[tuple[str, str, Any]] = [
        ("PUT", f"/api/assignments/{a}/draft", {"seq": 1, "answers": ANSWERS}),
        ("POST", f"/api/assignments/{a}/assist", {"query": "", "answers": ANSWERS}),
        ("GET", f"/api/assignments/{theirs.assignment}/drafts", None),
        ("GET", f"/api/assignments/{theirs.assignment}/ratings", None),
        (
            "PUT",
            f"/api/assignments/{theirs.assignment}/ratings",
            {"rated": "draft", "target": 1, "thumb": "up"},
        ),
        ("POST", f"/api/assignments/{a}/extend", None),
        ("POST", f"/api/assignments/{a}/inquiries", {"text": "Why?"}),
        ("POST", f"/api/assignments/{a}/submit", submission()),
        ("POST", f"/api/assignments/{a}/submit", submission(client_id="conflict")),
        ("POST", f"/api/assignments/{a}/reopen", {"client_id": "c2"}),
        ("POST", f"/api/assignments/{a}/release", None),
        ("POST", f"/api/assignments/{a}/reopen", {"client_id": "c3"}),
        ("POST", f"/api/assignments/{a}/skip", {"client_id": "c4"}),
        ("POST", f"/api/assignments/{a}/reopen", {"client_id": "c5"}),
        ("POST", f"/api/assignments/{a}/reject", {"client_id": "c6", "reason": "language"}),
        ("POST", f"/api/assignments/{theirs.assignment}/submit", submission()),
    ]
    walked += [client.request(method, path, json=body) for method, path, body in calls]
    values = {"p": "reviews", "a": str(a), "v": "1", "i": str(item), "path:path": "", "name:path": "x"}
    for method, path in ROUTES:
        if method == "GET" and not path.endswith("/suggestions"):
            for name, value in values.items():
                path = path.replace("{" + name + "}", value)
            walked.append(client.get(_numbered(path)))
    assert len(walked) > 40
    for reply in walked:
        assert reply.status_code < 500, reply.request.url
        for secret in SECRETS:
            assert secret not in reply.text, f"{secret} in {reply.request.method} {reply.request.url}"


def test_how_a_text_was_written_travels_with_drafts_and_answers(desk: Desk, app: Any) -> None:
    desk.items(1)
    client = browser(app, desk.person())
    (task,) = take(client)
    address = f"/api/assignments/{task['assignment']}"
    edits = [{"at_ms": 900, "start": 0, "inserted": "Too dear \U0001f5fc", "source": "typed"}]
    answers = {
        "sentiment": {"kind": "choice", "value": "negative"},
        "complaint": {"kind": "text", "value": "Too dear \U0001f5fc"},
    }
    writing = {"complaint": {"edits": edits}}
    client.put(f"{address}/draft", json={"seq": 1, "answers": answers, "writing": writing})
    (again,) = client.post("/api/projects/reviews/next", json={"resume": True}).json()["tasks"]
    (edit,) = again["draft"]["writing"]["complaint"]["edits"]
    assert (edit["inserted"], edit["is_paste"], edit["draft"]) == ("Too dear \U0001f5fc", False, None)
    body = submission(answers=answers, writing=again["draft"]["writing"])
    assert client.post(f"{address}/submit", json=body).json()["revision"] == 1
    with desk.database.read() as session:
        (row,) = session.scalars(select(WritingRow))
    assert (row.question, row.is_complete, row.words, row.first_edit_ms) == ("complaint", True, 2, 900)


@pytest.mark.parametrize(
    ("edit", "where"),
    [
        ({"at_ms": 1, "start": 0, "inserted": "x", "who": "me"}, "who"),
        ({"at_ms": 1, "start": 0, "source": "dictated"}, "source"),
        ({"at_ms": 1, "start": "0"}, "start"),
    ],
)
def test_an_edit_that_is_none_is_named(desk: Desk, app: Any, edit: dict[str, Any], where: str) -> None:
    desk.items(1)
    client = browser(app, desk.person())
    (task,) = take(client)
    body = submission(writing={"complaint": {"edits": [edit]}})
    reply = client.post(f"/api/assignments/{task['assignment']}/submit", json=body)
    assert reply.status_code == 422
    assert any(where in fault["where"] for fault in reply.json()["errors"])


def test_a_suggestion_is_revealed_by_asking_and_then_stays(desk: Desk, app: Any) -> None:
    (item,) = desk.items(1)
    desk.suggest(item)
    client = browser(app, desk.person())
    (task,) = take(client)
    assert task["suggestions"] == []
    shown = client.get(f"/api/assignments/{task['assignment']}/suggestions").json()["suggestions"]
    assert shown[0]["preselected"] == ["positive"]
    (again,) = client.post("/api/projects/reviews/next", json={"resume": True}).json()["tasks"]
    assert again["suggestions"] == shown


def _plant_secrets(desk: Desk, item: int, suggestion: int) -> None:
    with desk.database.write() as session:
        payload = session.get_one(ItemPayloadRow, item)
        payload.fields = {"text": "An open review.", "source": "HIDDEN-SECRET", "spare": "HIDDEN-SECRET"}
        payload.gold = {"complaint": {"kind": "text", "value": "GOLD-SECRET", "confidence": None}}
        row = session.get_one(SuggestionRow, suggestion)
        row.explanation = {"text": "SUGGESTION-SECRET", "evidence": []}
        row.reason = "SUGGESTION-SECRET"


def _numbered(path: str) -> str:
    return re.sub(r"\{\w+\}", "1", path)
