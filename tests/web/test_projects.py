"""Setting a project up over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from milo.core.assistant_policy import AssistantPolicy
from milo.core.project import SubjectField
from milo.db.tables import SlotRow
from milo.formats import milo_yaml
from tests.builders import a_database, a_member, a_person, a_project, a_spec, an_app, browser, items


@pytest.fixture
def researcher(tmp_path: Path) -> Iterator[TestClient]:
    database = a_database(tmp_path)
    with database.write() as session:
        person = a_person(session, role="researcher")
    yield browser(an_app(database, tmp_path), person)
    database.close()


def test_a_project_begins_with_a_template_and_a_name(researcher: TestClient) -> None:
    templates = {template["name"] for template in researcher.get("/api/templates").json()}
    assert {"review_sentiment", "comment_classification", "yes_no_check"} <= templates
    body = {"template": "review_sentiment", "name": "Films of May"}
    created = researcher.post("/api/projects", json=body)
    assert created.status_code == 201
    project = researcher.get("/api/projects/films-of-may").json()
    assert created.json() == project
    assert project["role"] == "researcher"
    assert (project["schema_version"], project["guideline_version"]) == (1, 1)
    assert [question["name"] for question in project["questions"]] == ["sentiment"]
    assert [row["slug"] for row in researcher.get("/api/projects").json()] == ["films-of-may"]


def test_the_file_of_a_project_makes_an_equal_project(researcher: TestClient) -> None:
    researcher.post("/api/projects", json={"template": "comment_classification"})
    reply = researcher.get("/api/projects/comment-classification/spec.yaml")
    assert 'filename="comment-classification.milo.yaml"' in reply.headers["content-disposition"]
    researcher.post("/api/projects", json={"yaml": reply.text})
    first, second = (
        researcher.get(f"/api/projects/comment-classification{end}/spec").json() for end in ("", "-2")
    )
    assert first | {"slug": ""} == second | {"slug": ""}
    researcher.post("/api/projects", json={"spec": first, "name": "Third"})
    assert researcher.get("/api/projects/third/spec").json()["questions"] == first["questions"]


def test_a_bad_file_is_refused_with_line_value_found_and_what_is_allowed(researcher: TestClient) -> None:
    text = milo_yaml.write(milo_yaml.template("review_sentiment")).replace("kind: choice", "kind: chioce")
    (error,) = researcher.post("/api/specs/check", json={"yaml": text}).json()["errors"]
    line = text.splitlines().index("    kind: chioce") + 1
    assert error["line"] == line
    assert error["found"] == "'chioce'"
    assert error["message"].startswith(
        f"line {line}, questions.0.kind: found 'chioce'; allowed: one of choice"
    )
    refused = researcher.post("/api/projects", json={"yaml": text})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["line"] == line


def test_a_good_file_is_shown_as_the_project_it_makes(researcher: TestClient) -> None:
    text = milo_yaml.write(milo_yaml.template("yes_no_check"))
    checked = researcher.post("/api/specs/check", json={"yaml": text}).json()
    assert checked["errors"] == []
    assert checked["spec"]["name"] == "Yes/no check"


@pytest.mark.parametrize("body", [{}, {"template": "review_sentiment", "yaml": "name: a"}])
def test_a_project_is_made_from_exactly_one_thing(researcher: TestClient, body: dict[str, str]) -> None:
    reply = researcher.post("/api/projects", json=body)
    assert reply.status_code == 422
    assert "exactly one of template, spec, yaml" in reply.json()["detail"]


def test_what_changes_becomes_a_new_version_and_the_old_one_stays(researcher: TestClient) -> None:
    address = "/api/projects/review-sentiment"
    before = researcher.post("/api/projects", json={"template": "review_sentiment"}).json()
    question = {"kind": "text", "name": "why", "title": "Why?"}
    changed = researcher.patch(address, json={"questions": [*before["questions"], question]}).json()
    assert (changed["schema_version"], changed["guideline_version"]) == (2, 1)
    section = {"id": "task", "kind": "task", "title": "Task", "body": "Judge the verdict."}
    sections = [section, *before["guideline"]["sections"][1:]]
    changed = researcher.patch(address, json={"guideline": {"sections": sections}}).json()
    assert (changed["schema_version"], changed["guideline_version"]) == (2, 2)
    assert researcher.get(f"{address}/schemas/1").json()["questions"] == before["questions"]
    assert researcher.get(f"{address}/guidelines/1").json() == before["guideline"]
    assert researcher.get(f"{address}/schemas/3").status_code == 404
    assert researcher.get(f"{address}/guidelines/3").status_code == 404


def test_a_setting_changes_alone(researcher: TestClient) -> None:
    address = "/api/projects/review-sentiment"
    before = researcher.post("/api/projects", json={"template": "review_sentiment"}).json()
    changed = researcher.patch(address, json={"settings": {"daily_goal": 7}, "name": "New name"}).json()
    assert changed["settings"] == before["settings"] | {"daily_goal": 7}
    assert (changed["name"], changed["slug"]) == ("New name", "review-sentiment")
    refused = researcher.patch(address, json={"settings": {"overlap": 0, "colour": "red"}})
    assert refused.status_code == 422
    assert "colour" in refused.text


def test_a_changed_overlap_reaches_the_items_that_are_there(tmp_path: Path) -> None:
    database = a_database(tmp_path)
    with database.write() as session:
        person = a_person(session, role="researcher")
        project = a_project(session, by=person)
        items(session, project, 3)
    client = browser(an_app(database, tmp_path), person)
    client.patch("/api/projects/reviews", json={"settings": {"overlap": 2}})
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(SlotRow)) == 6
    database.close()


def test_annotators_see_the_project_but_not_how_work_is_dealt(tmp_path: Path) -> None:
    database = a_database(tmp_path)
    with database.write() as session:
        annotator = a_member(session, a_project(session))
    client = browser(an_app(database, tmp_path), annotator)
    project = client.get("/api/projects/reviews").json()
    assert project["role"] == "annotator"
    assert "holdout_share" not in project["settings"]
    assert client.get("/api/projects/reviews/spec").status_code == 403
    database.close()


def test_members_know_what_the_assistant_sees_and_what_may_become_of_its_words(tmp_path: Path) -> None:
    database = a_database(tmp_path)
    policy = AssistantPolicy(
        model="vqa", answers="complaint", query="text", fields=("source",), copying="block", holdout_share=0.2
    )
    subject = tuple(SubjectField(name=name, title=name.title()) for name in ("text", "source"))
    with database.write() as session:
        spec = a_spec(subject=subject, settings={"assistant": policy})
        person = a_member(session, a_project(session, spec))
    told = browser(an_app(database, tmp_path), person).get("/api/projects/reviews").json()["assistant"]
    assert (told["model"], told["answers"], told["query"]) == ("vqa", "complaint", "text")
    assert (told["query_is_field"], told["sees"], told["sees_pictures"]) == (True, ["Source"], False)
    assert (told["copying"], told["copy_limit"], told["most_drafts"]) == ("block", 0.5, 20)
    assert "holdout_share" not in told
    database.close()


def test_without_a_model_there_is_no_assistant(researcher: TestClient) -> None:
    created = researcher.post("/api/projects", json={"template": "review_sentiment"}).json()
    assert created["assistant"] is None
