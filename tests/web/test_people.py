"""People, members and the audit log over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from milo.db.queries import projects
from milo.db.session import Database
from milo.db.tables import PersonRow
from tests.builders import a_database, a_member, a_person, a_project, an_app, browser


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = a_database(tmp_path)
    yield database
    database.close()


@pytest.fixture
def app(database: Database, tmp_path: Path) -> Any:
    return an_app(database, tmp_path)


@pytest.fixture
def admin(database: Database, app: Any) -> TestClient:
    with database.write() as session:
        person = a_person(session, "root", "admin")
    return browser(app, person)


def test_somebody_who_was_added_logs_in_until_disabled(admin: TestClient, app: Any) -> None:
    body = {"login": "mara", "name": "Mara", "password": "correct horse", "organisation": "Vendor"}
    added = admin.post("/api/people", json=body)
    assert added.status_code == 201
    assert "correct horse" not in added.text
    stranger = browser(app, None)
    login = {"login": "mara", "password": "correct horse"}
    assert stranger.post("/api/login", json=login).json()["name"] == "Mara"
    assert stranger.get("/api/me").status_code == 200
    changed = admin.patch(f"/api/people/{added.json()['id']}", json={"disabled": True})
    assert changed.json()["is_disabled"]
    assert stranger.get("/api/me").status_code == 401
    assert stranger.post("/api/login", json=login).status_code == 401


def test_a_new_password_ends_the_log_ins_made_with_the_old_one(admin: TestClient, app: Any) -> None:
    body = {"login": "mara", "name": "Mara", "password": "correct horse"}
    id = admin.post("/api/people", json=body).json()["id"]
    client = browser(app, None)
    client.post("/api/login", json={"login": "mara", "password": "correct horse"})
    admin.patch(f"/api/people/{id}", json={"password": "battery staple"})
    assert client.get("/api/me").status_code == 401
    again = client.post("/api/login", json={"login": "mara", "password": "battery staple"})
    assert again.status_code == 200
    assert "staple" not in admin.get("/api/audit").text


@pytest.mark.parametrize(
    ("changes", "status", "told"),
    [
        ({"login": "root"}, 409, "taken"),
        ({"login": "a b"}, 422, "2 to 200"),
        ({"password": "short"}, 422, "at least 10"),
        ({"role": "boss"}, 422, "role"),
    ],
)
def test_a_person_that_cannot_be_is_refused(
    admin: TestClient, changes: dict[str, str], status: int, told: str
) -> None:
    body = {"login": "mara", "name": "Mara", "password": "correct horse"} | changes
    reply = admin.post("/api/people", json=body)
    assert reply.status_code == status
    assert told in reply.text


def test_the_last_administrator_cannot_lock_themselves_out(admin: TestClient) -> None:
    me = admin.get("/api/me").json()["id"]
    assert admin.patch(f"/api/people/{me}", json={"disabled": True}).status_code == 409
    assert admin.patch(f"/api/people/{me}", json={"role": "annotator"}).status_code == 409


def test_a_researcher_sets_the_members_of_their_project(database: Database, app: Any) -> None:
    with database.write() as session:
        researcher, newcomer = a_person(session, "lead", "researcher"), a_person(session, "mara")
        project = a_project(session, by=researcher)
        a_member(session, project, "gone")
    client = browser(app, researcher)
    members = [{"login": "lead", "role": "researcher"}, {"person": newcomer.id, "role": "auditor"}]
    kept = client.put("/api/projects/reviews/members", json={"members": members}).json()
    assert {member["login"]: member["role"] for member in kept} == {"lead": "researcher", "mara": "auditor"}
    assert all(member["pseudonym"] for member in kept)
    assert client.get("/api/projects/reviews/members").json() == kept
    unknown = {"members": [{"login": "nobody", "role": "annotator"}]}
    reply = client.put("/api/projects/reviews/members", json=unknown)
    assert reply.status_code == 422
    assert "'nobody'" in reply.json()["detail"]


def test_who_leaves_a_project_loses_it_and_who_returns_keeps_the_pseudonym(
    database: Database, app: Any
) -> None:
    with database.write() as session:
        researcher = a_person(session, "lead", "researcher")
        project = a_project(session, by=researcher)
        mara = a_member(session, project, "mara")
    client, theirs = browser(app, researcher), browser(app, mara)
    lead = {"login": "lead", "role": "researcher"}
    client.put("/api/projects/reviews/members", json={"members": [lead]})
    assert theirs.get("/api/me").json()["projects"] == []
    assert theirs.get("/api/projects").json() == []
    assert theirs.get("/api/projects/reviews").status_code == 404
    assert theirs.post("/api/projects/reviews/next", json={"count": 1}).status_code == 404
    back = {"members": [lead, {"login": "mara", "role": "auditor"}]}
    members = client.put("/api/projects/reviews/members", json=back).json()
    assert [(one["role"], one["pseudonym"]) for one in members if one["login"] == "mara"] == [
        ("auditor", f"a{mara.id}")
    ]
    assert theirs.get("/api/projects/reviews").json()["role"] == "auditor"


def test_whose_work_was_imported_stays_a_member_when_others_are_set(database: Database, app: Any) -> None:
    with database.write() as session:
        researcher = a_person(session, "lead", "researcher")
        project = a_project(session, by=researcher)
        stand_in = a_member(session, project, "elsewhere")
        session.get_one(PersonRow, stand_in.id).disabled_at = project.created_at
    client = browser(app, researcher)
    client.put("/api/projects/reviews/members", json={"members": [{"login": "lead", "role": "researcher"}]})
    with database.read() as session:
        found = projects.find_with_role(session, project.id, stand_in.id)
        assert found is not None
        assert found[1] == "annotator"


def test_the_audit_log_says_who_did_what_in_pages(admin: TestClient) -> None:
    for name in ("one", "two", "three"):
        admin.post("/api/projects", json={"template": "yes_no_check", "name": name})
    first = admin.get("/api/audit?limit=2").json()
    second = admin.get(f"/api/audit?limit=2&cursor={first['next_cursor']}").json()
    lines = [*first["items"], *second["items"]]
    assert [line["target"] for line in lines[:3]] == ["three", "two", "one"]
    assert (lines[0]["action"], lines[0]["by"]) == ("create_project", "Root")
