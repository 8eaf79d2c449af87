"""Every route stands in the one permission table, and every role meets exactly what the table says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy.orm import Session

from milo.core.person import Permission, Person, Role, is_allowed
from milo.db.tables import (
    AssignmentRow,
    CheckRow,
    ExampleRow,
    ExportRow,
    FeedbackRow,
    ImportRow,
    InquiryRow,
    JobRow,
    JudgeRow,
    ModelRow,
    ProjectRow,
)
from milo.web.permissions import ROUTES
from tests.builders import NOW, a_database, a_member, a_person, a_project, an_app, browser, items

ROLES = ("annotator", "auditor", "researcher", "admin")
LEDGER = {"in": 0, "exported": 0, "excluded": {}}
OF_A_PROJECT = re.compile(r"\{(p|a|q|i|j|e|c|f)\}|/imports/\{m\}")


@dataclass(slots=True)
class World:
    """A project with one person a role, another project they are not in, and a row of each kind in both."""

    app: Any
    people: dict[str, Person]
    at_home: dict[str, dict[str, int | str]]  # role -> path parameter -> value
    away: dict[str, int | str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("milo")
    database = a_database(Path(folder))
    with database.write() as session:
        model = ModelRow(name="scripted", provider="scripted", model="scripted", created_at=NOW)
        session.add(model)
        home, away = a_project(session), a_project(session)
        people = {role: a_member(session, home, role, cast(Role, role)) for role in ROLES[:3]}
        people["admin"] = a_person(session, "admin", "admin")
        stranger = a_member(session, away, "stranger", "researcher")
        at_home = {role: _rows(session, home, person, model.id) for role, person in people.items()}
        elsewhere = _rows(session, away, stranger, model.id)
    yield World(an_app(database, folder), people, at_home, elsewhere)
    database.close()


def _rows(session: Session, project: ProjectRow, person: Person, model_id: int) -> dict[str, int | str]:
    (item,) = items(session, project, 1)
    rows: dict[str, Any] = {
        "a": AssignmentRow(
            project_id=project.id,
            item_id=item,
            annotator_id=person.id,
            state="leased",
            schema_version=1,
            guideline_version=1,
            leased_at=NOW,
            lease_until=NOW,
        ),
        "q": InquiryRow(project_id=project.id, item_id=item, asked_by=person.id, text="?", asked_at=NOW),
        "import": ImportRow(
            project_id=project.id, filename="f", format="jsonl", path="f", state="done", started_at=NOW
        ),
        "j": JobRow(project_id=project.id, kind="preannotate", state="done", config={}, created_at=NOW),
        "judge": JudgeRow(
            project_id=project.id,
            model_id=model_id,
            version=f"v{item}",
            config={},
            rubric_version=0,
            created_at=NOW,
        ),
        "e": ExportRow(project_id=project.id, format="jsonl", path="f", ledger=LEDGER, created_at=NOW),
        "example": ExampleRow(
            project_id=project.id,
            item_id=item,
            question="sentiment",
            answer={"kind": "choice", "value": "positive"},
            created_at=NOW,
        ),
    }
    session.add_all(rows.values())
    session.flush()
    rows["c"] = CheckRow(
        project_id=project.id,
        assignment_id=rows["a"].id,
        person_id=person.id,
        answers={},
        verdicts=[],
        created_at=NOW,
    )
    rows["f"] = FeedbackRow(
        project_id=project.id,
        item_id=item,
        assignment_id=rows["a"].id,
        revision=1,
        client_id=f"feedback-{item}",
        source="auditor",
        rubric_version=1,
        findings=[],
        scores=[],
        created_at=NOW,
    )
    session.add_all([rows["c"], rows["f"]])
    session.flush()
    values: dict[str, int | str] = {name: row.id for name, row in rows.items()}
    return values | {"p": project.slug, "i": item, "model": model_id, "v": 1, "k": 1, "id": person.id}


def _routes(world: World) -> list[tuple[str, str]]:
    return [
        (method, route.path)
        for route in _flat(world.app.routes)
        for method in sorted(route.methods - {"HEAD"})
    ]


def _flat(routes: Iterable[Any]) -> Iterator[Any]:
    for route in routes:
        if hasattr(route, "original_router"):  # an included router keeps its routes to itself
            yield from _flat(route.original_router.routes)
        else:
            yield route


def test_every_route_has_a_row_and_every_row_a_route(world: World) -> None:
    routes = set(_routes(world))
    assert routes - set(ROUTES) == set(), "routes without a row in web/permissions.py"
    assert set(ROUTES) - routes == set(), "rows in web/permissions.py without a route"


@pytest.mark.parametrize("role", [*ROLES, None])
def test_every_role_may_do_what_the_table_says_and_nothing_else(world: World, role: str | None) -> None:
    wrong = []
    for method, path in sorted(_routes(world), key=lambda route: route[0] == "DELETE"):
        need = ROUTES.get((method, path))
        if need is None or need == "anyone":
            continue
        status = _ask(world, method, path, role, world.at_home[role or "annotator"])
        if role is None:
            is_right = status == 401
        elif _may(need, role):
            is_right = status not in (401, 403) and status < 500
        else:
            is_right = status == 403
        if not is_right:
            wrong.append(f"{role}: {method} {path} needs {need}, answered {status}")
    assert wrong == []


@pytest.mark.parametrize("role", ["annotator", "auditor", "researcher"])
def test_a_project_one_is_not_in_does_not_exist(world: World, role: str) -> None:
    wrong = [
        f"{method} {path} answered {status}"
        for method, path in _routes(world)
        if OF_A_PROJECT.search(path) and (status := _ask(world, method, path, role, world.away)) != 404
    ]
    assert wrong == []


def test_an_assignment_of_somebody_else_does_not_exist(world: World) -> None:
    theirs = world.at_home["annotator"]
    for method, path in _routes(world):
        if "{a}" in path and ROUTES[method, path] != "review":  # reviewers look at what others did
            for role in ("researcher", "admin"):
                assert _ask(world, method, path, role, theirs) == 404, f"{role}: {method} {path}"


def test_a_request_that_changes_something_needs_the_csrf_header(world: World) -> None:
    client = browser(world.app, world.people["annotator"])
    del client.headers["X-CSRF-Token"]
    reply = client.post(f"/api/projects/{world.at_home['annotator']['p']}/next", json={})
    assert reply.status_code == 403
    assert "X-CSRF-Token" in reply.json()["detail"]


def _may(need: str, role: str) -> bool:
    if need == "logged_in":
        return True
    in_project = None if role == "admin" else cast(Role, role)
    return is_allowed(cast(Permission, need), in_project, is_admin=role == "admin")


def _ask(world: World, method: str, path: str, role: str | None, values: dict[str, int | str]) -> int:
    """The status of a request that is well-formed, by the route's own description."""
    client = browser(world.app, None if role is None else world.people[role])
    operation = world.app.openapi()["paths"].get(path, {}).get(method.lower(), {})
    content: dict[str, Any] = {}
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body is not None:
        content["json"] = _example(body["schema"], world.app.openapi())
    query = {
        parameter["name"]: _example(parameter["schema"], world.app.openapi())
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query" and parameter.get("required")
    }
    status: int = client.request(method, _filled(path, values), params=query, **content).status_code
    return status


def _filled(path: str, values: dict[str, int | str]) -> str:
    values = values | {"m": values["import" if "/imports/" in path else "model"]}
    values = values | {"j": values["judge" if "/judges/" in path else "j"]}
    values = values | {"e": values["example" if "/examples/" in path else "e"]}
    return re.sub(r"\{(\w+)(:path)?\}", lambda match: str(values.get(match[1], "x")), path)


def _example(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    """The smallest value a JSON schema of ours allows."""
    if "$ref" in schema:
        return _example(document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], document)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return _example(schema[several][0], document)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            required = schema.get("required", ())
            return {name: _example(schema["properties"][name], document) for name in required}
        case "string":
            return "2026-01-01T00:00:00Z" if schema.get("format") == "date-time" else "long enough"
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return False
        case "array":
            return []
        case _:
            return {}
