"""Rubrics over HTTP: templates, files, and versions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.builders import a_database, a_member, a_person, a_project, an_app, browser


@pytest.fixture
def clients(tmp_path: Path) -> Iterator[tuple[TestClient, TestClient]]:
    """A researcher and an annotator of one project."""
    database = a_database(tmp_path)
    with database.write() as session:
        researcher = a_person(session, "ruth", role="researcher")
        annotator = a_member(session, a_project(session, by=researcher), "ann")
    app = an_app(database, tmp_path)
    yield browser(app, researcher), browser(app, annotator)
    database.close()


@pytest.fixture
def researcher(clients: tuple[TestClient, TestClient]) -> TestClient:
    return clients[0]


def a_template(researcher: TestClient, name: str) -> dict[str, object]:
    found: dict[str, object] = next(
        one["rubric"] for one in researcher.get("/api/rubric-templates").json() if one["name"] == name
    )
    return found


def test_a_project_without_rubric_says_so(researcher: TestClient) -> None:
    project = researcher.get("/api/projects/reviews").json()
    assert (project["rubrics"], project["rubric_version"]) == ([], 0)
    assert project["review"] == {"check": False, "has_judge": False, "redo_rounds": 2}
    assert researcher.get("/api/projects/reviews/rubrics").json() == []
    assert researcher.get("/api/projects/reviews/rubrics/1").status_code == 404


def test_a_template_becomes_the_first_version_and_a_change_the_second(researcher: TestClient) -> None:
    rubric = a_template(researcher, "answer_quality")
    first = researcher.patch("/api/projects/reviews", json={"rubrics": [rubric]}).json()
    assert (first["rubric_version"], first["rubrics"]) == (1, [rubric])
    same = researcher.patch("/api/projects/reviews", json={"rubrics": [rubric], "name": "New"}).json()
    assert same["rubric_version"] == 1
    changed = rubric | {"threshold": 90.0}
    assert (
        researcher.patch("/api/projects/reviews", json={"rubrics": [changed]}).json()["rubric_version"] == 2
    )
    assert researcher.get("/api/projects/reviews/rubrics/1").json()["rubrics"] == [rubric]
    newest, oldest = researcher.get("/api/projects/reviews/rubrics").json()
    assert (newest["version"], oldest["version"]) == (2, 1)
    assert newest["parts"] == ["correct", "supported", "complete"]
    assert newest["created_by"] == "Ruth"


def test_several_rubrics_stand_side_by_side(researcher: TestClient) -> None:
    rubrics = [a_template(researcher, name) for name in ("answer_quality", "mqm_errors")]
    project = researcher.patch("/api/projects/reviews", json={"rubrics": rubrics}).json()
    assert [rubric["name"] for rubric in project["rubrics"]] == ["answer_quality", "mqm_errors"]


def test_a_policy_is_saved_whole_and_shown_to_members_in_short(researcher: TestClient) -> None:
    rubric = a_template(researcher, "answer_quality")
    policy = {"rules": [{"by": "judge"}, {"by": "auditor", "share": 0.1}], "judge": "m", "check": True}
    body = {"rubrics": [rubric], "settings": {"review": policy}}
    project = researcher.patch("/api/projects/reviews", json=body).json()
    assert project["review"] == {"check": True, "has_judge": True, "redo_rounds": 2}
    stored = researcher.get("/api/projects/reviews/spec").json()["settings"]["review"]
    assert [(rule["by"], rule["share"]) for rule in stored["rules"]] == [("judge", 1.0), ("auditor", 0.1)]


def test_a_rubric_that_names_a_field_that_is_not_there_is_refused(researcher: TestClient) -> None:
    rubric = a_template(researcher, "answer_quality") | {"description": "How good is {{respnose}}?"}
    reply = researcher.patch("/api/projects/reviews", json={"rubrics": [rubric]})
    assert reply.status_code == 422
    (error,) = reply.json()["errors"]
    assert error["where"] == "rubrics.answer_quality.description"
    assert error["found"] == "{{respnose}}"
    assert "text, sentiment" in error["allowed"]


def test_rules_without_a_rubric_are_refused(researcher: TestClient) -> None:
    body = {"settings": {"review": {"rules": [{"by": "auditor"}]}}}
    reply = researcher.patch("/api/projects/reviews", json=body)
    assert reply.status_code == 422
    assert "rules without a rubric" in reply.json()["detail"]


def test_the_file_of_the_rubrics_makes_equal_rubrics(researcher: TestClient) -> None:
    rubrics = [a_template(researcher, name) for name in ("vqa_answers", "mqm_errors")]
    researcher.patch("/api/projects/reviews", json={"rubrics": rubrics})
    file = researcher.get("/api/projects/reviews/rubrics.yaml")
    assert 'filename="reviews.rubrics.yaml"' in file.headers["content-disposition"]
    checked = researcher.post("/api/projects/reviews/rubrics/check", json={"yaml": file.text}).json()
    assert checked == {"rubrics": rubrics, "errors": []}


def test_a_bad_file_is_refused_with_line_value_found_and_what_is_allowed(researcher: TestClient) -> None:
    text = "name: tone\ntitle: Tone\nthreshold: 90\nerrors:\n  - {name: rude, title: Rude, penalty: -3}\n"
    checked = researcher.post("/api/projects/reviews/rubrics/check", json={"yaml": text}).json()
    assert checked["rubrics"] is None
    (error,) = checked["errors"]
    assert (error["line"], error["where"], error["found"]) == (5, "errors.rude.penalty", "-3")
    assert error["message"] == "line 5, errors.rude.penalty: found -3; allowed: 0 to 1,000,000 points"


def test_annotators_read_rubrics_and_not_what_judges_achieved(
    clients: tuple[TestClient, TestClient],
) -> None:
    researcher, annotator = clients
    researcher.patch("/api/projects/reviews", json={"rubrics": [a_template(researcher, "answer_quality")]})
    assert annotator.get("/api/projects/reviews").json()["rubrics"][0]["name"] == "answer_quality"
    assert annotator.get("/api/projects/reviews/rubrics/1").status_code == 200
    assert annotator.get("/api/projects/reviews/rubrics").status_code == 403
