"""The whole way over HTTP: an answer is judged, sent back, mended, overridden, and leaves once it passed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from milo.core.export_options import ExportOptions
from milo.workflow import export
from tests.builders import an_app, browser
from tests.workflow.review_desk import BAD, GOOD, ReviewDesk, a_review_desk

BOTH = {"rules": [{"by": "judge"}, {"by": "auditor"}]}
ANSWERS = {"sentiment": {"kind": "choice", "value": "positive"}}
MENDED = {"sentiment": {"kind": "choice", "value": "negative"}}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ReviewDesk]:
    desk = a_review_desk(tmp_path, {"rules": [{"by": "judge"}]})
    yield desk
    desk.database.close()


@pytest.fixture
def app(desk: ReviewDesk, tmp_path: Path) -> Any:
    return an_app(desk.database, tmp_path, desk.clock)


def found(grades: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"part": part, "count" if isinstance(value, int) else "grade": value, "explanation": "So it is."}
        for part, value in grades.items()
    ]


def take(client: TestClient) -> Any:
    return client.post("/api/projects/reviews/next", json={"count": 1}).json()["tasks"][0]


def submit(client: TestClient, task: Any, client_id: str, answers: Any = None) -> Any:
    body = {
        "client_id": client_id,
        "expected_revision": task["revision"],
        "schema_version": 1,
        "answers": answers or ANSWERS,
    }
    reply = client.post(f"/api/assignments/{task['assignment']}/submit", json=body)
    assert reply.status_code == 200, reply.text
    return reply.json()


def exported(desk: ReviewDesk, folder: Path) -> tuple[list[Any], Any]:
    """The rows of the default export, and its ledger."""
    written = export.write(desk.database, desk.project_id, ExportOptions(), data_dir=folder, name="labels")
    return [json.loads(line) for line in written.path.read_text().splitlines()], written.ledger


def standing(client: TestClient) -> Any:
    """What the project's progress says of its reviews."""
    return client.get("/api/projects/reviews/progress").json()["reviews"]


class Row:
    """What the desk's judge needs to know of a task that came over HTTP."""

    def __init__(self, task: Any) -> None:
        self.assignment: int = task["assignment"]


def test_the_whole_way_of_an_answer(desk: ReviewDesk, app: Any, tmp_path: Path) -> None:
    desk.items(2)
    annotator, auditor = browser(app, desk.person()), browser(app, desk.reviewer().person)
    task = take(annotator)
    submit(annotator, task, "first")
    assert exported(desk, tmp_path)[1].excluded == {"in_review": 1}
    assert standing(auditor) == {"waiting": 1, "redo": 0, "passed": 0}
    desk.judge(Row(task), BAD)
    assert standing(auditor) == {"waiting": 0, "redo": 1, "passed": 0}
    assert exported(desk, tmp_path)[1].excluded == {"redo": 1}

    (entry,) = annotator.get("/api/projects/reviews/feedback?status=redo").json()["items"]
    assert (entry["assignment"], entry["score"], entry["can_redo"]) == (task["assignment"], 55.0, True)
    assert entry["sources"] == [{"source": "judge", "model": "judge-14b"}]

    back = take(annotator)  # it stands first, before the item nobody has had
    assert standing(auditor) == {"waiting": 0, "redo": 1, "passed": 0}
    assert (back["assignment"], back["answers"]) == (
        task["assignment"],
        ANSWERS | {"sentiment": ANSWERS["sentiment"] | {"confidence": None}},
    )
    (told,) = back["redo"]["feedback"]
    assert (told["label"], told["model"]["name"], told["status"]) == ("LLM QA", "judge-14b", "redo")
    assert [one["explanation"] for one in told["findings"]] == ["Read.", "Read.", "Counted."]
    assert exported(desk, tmp_path)[1].excluded == {"redo": 1}

    submit(annotator, back, "second", MENDED)
    assert exported(desk, tmp_path)[1].excluded == {"in_review": 1}
    desk.judge(Row(task), GOOD)
    assert standing(auditor) == {"waiting": 0, "redo": 0, "passed": 1}
    rows, ledger = exported(desk, tmp_path)
    assert (ledger.excluded, ledger.statuses) == ({}, {"passed": 1})
    (row,) = rows
    assert row["annotation"]["value"]["sentiment"]["value"] == "negative"
    assert (row["annotation"]["status"], row["annotation"]["redo_rounds"]) == ("passed", 1)
    assert [(one["source"], one["revision"], one["status"], one["score"]) for one in row["qa"]] == [
        ("llm_judge", 1, "REDO", 55.0),
        ("llm_judge", 2, "PASSED", 100.0),
    ]
    accuracy = row["qa"][0]["criteria"][0]
    assert (accuracy["name"], accuracy["grade"], accuracy["of"]) == ("accuracy", 1, 3)

    taken = auditor.post("/api/projects/reviews/review/next", json={"assignment": task["assignment"]}).json()
    assert taken["review"]["picked"] == {"by": "own_choice", "share": None}
    assert taken["review"]["previous"]["revision"] == 1
    body = {"client_id": "override", "revision": 2, "findings": found(BAD)}
    stored = auditor.post(f"/api/assignments/{task['assignment']}/feedback", json=body).json()
    assert (stored["decision"], stored["state"]) == ({"status": "redo", "by": "auditor"}, "redo")
    assert exported(desk, tmp_path)[1].excluded == {"redo": 1}
    again = take(annotator)
    assert (again["redo"]["round"], [one["label"] for one in again["redo"]["feedback"]]) == (
        2,
        ["LLM QA", "Auditor"],
    )

    reply = annotator.post(f"/api/feedback/{stored['id']}/reply", json={"text": "I see."})
    assert reply.json()["reply"]["text"] == "I see."
    read = annotator.get(f"/api/assignments/{task['assignment']}/feedback").json()
    assert [one["decision"]["status"] for one in read["revisions"]] == ["redo", "redo"]
    assert read["enough"] == "Enough: “Accuracy” at Good."
    assert annotator.post(f"/api/assignments/{task['assignment']}/feedback/seen").status_code == 204
    assert annotator.get("/api/projects/reviews/feedback").json()["items"][0]["seen"] is True
    weeks = annotator.get("/api/projects/reviews/feedback/mine").json()
    assert [part["part"] for part in weeks["parts"]] == ["accuracy", "tone", "slip"]
    coverage = auditor.get("/api/projects/reviews/coverage").json()
    assert (coverage["answers"], coverage["redo"], coverage["decided_by"]["auditor"]) == (1, 1, 1)
    (quality,) = auditor.get("/api/projects/reviews/quality").json()["annotators"]
    assert quality["first_pass"] == {"n": 1, "passed": 0}


def test_a_reviewer_meets_no_name_no_draft_and_no_verdict_of_the_judge(desk: ReviewDesk, app: Any) -> None:
    desk.policy(**BOTH)
    desk.items(1)
    person = desk.person("Zebedee")
    annotator, auditor = browser(app, person), browser(app, desk.reviewer().person)
    task = take(annotator)
    annotator.put(f"/api/assignments/{task['assignment']}/draft", json={"seq": 1, "answers": MENDED})
    submit(annotator, task, "first")
    desk.judge(Row(task), BAD, binds=False)
    reply = auditor.post("/api/projects/reviews/review/next", json={})
    assert reply.json()["review"]["judge_waits"] is True
    for secret in ("zebedee", 'insufficient","count', "judge-14b", "negative"):
        assert secret not in reply.text.lower(), secret
    assert "annotator" not in reply.json()["review"]
    revealed = auditor.post(
        f"/api/assignments/{task['assignment']}/review/reveal", json={"revision": 1, "findings": found(GOOD)}
    )
    assert (revealed.json()["model"], revealed.json()["status"]) == ("judge-14b", "redo")


def test_a_review_that_cannot_be_stored_says_what_is_wrong_at_each_place(desk: ReviewDesk, app: Any) -> None:
    desk.policy(**BOTH)
    desk.items(1)
    annotator, auditor = browser(app, desk.person()), browser(app, desk.reviewer().person)
    task = take(annotator)
    submit(annotator, task, "first")
    url = f"/api/assignments/{task['assignment']}/feedback"
    wrong = {"client_id": "r1", "revision": 1, "findings": found({"accuracy": "best", "wit": 1})}
    reply = auditor.post(url, json=wrong)
    assert reply.status_code == 422
    assert {fault["where"] for fault in reply.json()["errors"]} == {
        "findings.tone",
        "findings.slip",
        "findings.accuracy.grade",
        "findings.wit",
    }
    stale = auditor.post(url, json=wrong | {"revision": 7, "findings": found(GOOD)})
    assert (stale.status_code, stale.json()["current"]["revision"]) == (409, 1)
    assert auditor.post(url, json=wrong | {"grade": 3}).status_code == 422
    refused = annotator.post(url, json=wrong)
    assert refused.status_code == 403
    assert "needs the permission 'review'" in refused.json()["detail"]
    assert (
        auditor.post(f"/api/assignments/{task['assignment']}/redo", json={"client_id": "x"}).status_code
        == 403
    )


def test_a_review_is_given_back_and_found_in_the_list(desk: ReviewDesk, app: Any) -> None:
    desk.policy(**BOTH)
    desk.items(1)
    annotator, auditor = browser(app, desk.person()), browser(app, desk.reviewer().person)
    task = take(annotator)
    submit(annotator, task, "first")
    taken = auditor.post("/api/projects/reviews/review/next", json={}).json()
    assert (taken["queue"]["due"], taken["review"]["picked"]) == (1, {"by": "auditor", "share": 1.0})
    assert auditor.post(f"/api/assignments/{task['assignment']}/review/release").status_code == 204
    (due,) = auditor.get("/api/projects/reviews/review/list?status=due").json()["items"]
    assert (due["assignment"], due["can_review"], due["status"]) == (task["assignment"], True, None)
    auditor.post(
        f"/api/assignments/{task['assignment']}/feedback",
        json={"client_id": "r1", "revision": 1, "findings": found(GOOD)},
    )
    assert auditor.get("/api/projects/reviews/review/list?status=due").json()["items"] == []
    (passed,) = auditor.get("/api/projects/reviews/review/list?status=passed").json()["items"]
    assert (passed["is_own"], passed["by"], passed["status"]) == (True, "auditor", "passed")
    wrong = auditor.get("/api/projects/reviews/review/list?status=late")
    assert (wrong.status_code, "allowed: passed, redo, due, all" in wrong.json()["detail"]) == (422, True)


def test_the_feedback_of_others_is_nobody_elses(desk: ReviewDesk, app: Any) -> None:
    desk.policy(**BOTH)
    desk.items(1)
    annotator, other = browser(app, desk.person()), browser(app, desk.person())
    auditor = browser(app, desk.reviewer().person)
    task = take(annotator)
    submit(annotator, task, "first")
    stored = auditor.post(
        f"/api/assignments/{task['assignment']}/feedback",
        json={"client_id": "r1", "revision": 1, "findings": found(BAD)},
    ).json()
    assert other.get(f"/api/assignments/{task['assignment']}/feedback").status_code == 404
    assert other.post(f"/api/feedback/{stored['id']}/reply", json={"text": "?"}).status_code == 404
    assert other.get("/api/projects/reviews/feedback").json()["items"] == []


def test_a_calibration_set_is_drawn_by_the_researcher_and_graded_by_reviewers(
    desk: ReviewDesk, app: Any
) -> None:
    desk.policy(rules=[])
    desk.items(1)
    annotator = browser(app, desk.person())
    submit(annotator, take(annotator), "first")
    auditor, researcher = browser(app, desk.reviewer().person), browser(app, desk.researcher)
    url = "/api/projects/reviews/review/calibration"
    assert auditor.post(url, json={"count": 1}).status_code == 403
    assert researcher.post(url, json={"count": 0}).status_code == 422
    assert researcher.post(url, json={"count": 1}).json() == {"total": 1, "reviewers": [], "parts": []}
    taken = auditor.post("/api/projects/reviews/review/next", json={}).json()
    assert (taken["review"]["is_calibration"], taken["queue"]["calibration"]) == (
        True,
        {"done": 0, "total": 1},
    )
    stored = auditor.post(
        f"/api/assignments/{taken['review']['assignment']}/feedback",
        json={"client_id": "r1", "revision": 1, "findings": found(BAD)},
    ).json()
    assert (stored["decision"], stored["state"], stored["binds"]) == (None, "submitted", False)
    assert auditor.get(url).json()["reviewers"][0]["done"] == 1
