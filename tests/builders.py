"""Small things tests are built from: a specification, a database, people, projects, items, browsers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from milo.config import Config
from milo.core.answer import Answers
from milo.core.guideline import Guideline, Section
from milo.core.item import content_hash
from milo.core.person import Person, PersonRole, Role
from milo.core.project import ProjectSpec, Settings, SubjectField
from milo.core.questions import (
    Answer,
    ChoiceAnswer,
    ChoiceQuestion,
    ChoicesAnswer,
    ChoicesQuestion,
    Option,
    ShownIf,
    TextQuestion,
)
from milo.db import convert
from milo.db.session import Database
from milo.db.tables import ItemPayloadRow, ItemRow, ProjectRow, QueueRow, SlotRow
from milo.web.app import create_app
from milo.workflow import people, projects

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

_numbers = count(1)


@dataclass(slots=True)
class Clock:
    """The time, which stands still until a test moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_minutes(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


def a_spec(**changes: Any) -> ProjectSpec:
    """Three questions: a choice, choices with an exclusive option, and a text asked after `negative`."""
    spec = ProjectSpec(
        name="Reviews",
        subject=(SubjectField(name="text", title="Review"),),
        questions=(
            ChoiceQuestion(
                name="sentiment",
                title="Positive or negative?",
                options=(
                    Option(name="positive", label="Positive"),
                    Option(name="negative", label="Negative"),
                ),
            ),
            ChoicesQuestion(
                name="topics",
                title="What is it about?",
                required=False,
                options=(
                    Option(name="price", label="Price"),
                    Option(name="quality", label="Quality"),
                    Option(name="none", label="None of these", exclusive=True),
                ),
            ),
            TextQuestion(
                name="complaint",
                title="What is wrong?",
                required=False,
                shown_if=ShownIf(question="sentiment", any_of=("negative",)),
            ),
        ),
        guideline=Guideline(sections=(Section(id="task", title="Task", kind="task", body="Judge."),)),
    )
    settings = changes.pop("settings", None)
    if isinstance(settings, dict):
        settings = Settings(**settings)
    return replace(spec, **changes, **({"settings": settings} if settings else {}))


POSITIVE: dict[str, Answer] = {"sentiment": ChoiceAnswer(value="positive")}
NEGATIVE: dict[str, Answer] = {
    "sentiment": ChoiceAnswer(value="negative"),
    "topics": ChoicesAnswer(value=("price",)),
}


def a_database(folder: Path, url: str = "") -> Database:
    """A new database with all tables: SQLite in the folder, or an empty one at the URL."""
    if url:
        database = Database(url)
        database.create_all()
        return database
    (folder / "milo.db").write_bytes(_empty_sqlite())
    return Database(f"sqlite:///{folder / 'milo.db'}")


@cache
def _empty_sqlite() -> bytes:
    """An SQLite file with all tables; making them takes longer than most tests."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        database = Database(f"sqlite:///{path}")
        database.create_all()
        database.close()
        return path.read_bytes()


def a_person(session: Session, name: str = "", role: PersonRole = "annotator") -> Person:
    """Somebody without a password; `browser` logs them in all the same."""
    login = name or f"{role}{next(_numbers)}"
    return people.add_person(session, login=login, name=login.title(), password=None, role=role, now=NOW)


def a_project(session: Session, spec: ProjectSpec | None = None, by: Person | None = None) -> ProjectRow:
    """A project, made by `by` if given, else by nobody."""
    return projects.create(session, spec or a_spec(), by=by, now=NOW)


def a_member(session: Session, project: ProjectRow, name: str = "", role: Role = "annotator") -> Person:
    """A new person with that role in the project."""
    person = a_person(session, name, role)
    people.add_member(session, project.id, person.id, role, now=NOW)
    return person


def items(
    session: Session, project: ProjectRow, texts: Sequence[str] | int, gold: Answers | None = None
) -> list[int]:
    """The ids of new visible items with as many open slots as the project's overlap."""
    if isinstance(texts, int):
        texts = [f"Review {next(_numbers)}: it works." for _ in range(texts)]
    queue = session.scalars(select(QueueRow.id).where(QueueRow.project_id == project.id)).one()
    rows = []
    for text in texts:
        row = ItemRow(
            project_id=project.id,
            external_id=f"r{next(_numbers)}",
            content_hash=content_hash({"text": text}),
            excerpt=text[:80],
            visible=True,
            has_gold=gold is not None,
            created_at=NOW,
        )
        session.add(row)
        rows.append((row, text))
    session.flush()
    for row, text in rows:
        data = convert.answers_as_data(gold) if gold else {}
        session.add(ItemPayloadRow(item_id=row.id, fields={"text": text}, gold=data))
        for _ in range(projects.settings(project).overlap):
            session.add(SlotRow(queue_id=queue, item_id=row.id))
    project.reopened_seq += 1
    session.flush()
    return [row.id for row, _ in rows]


def an_app(database: Database, folder: Path, clock: Clock | None = None) -> Any:
    """The application over a database, with a clock of the test's own."""
    return create_app(database, Config(data_dir=folder), clock=clock or Clock())


def browser(app: Any, person: Person | None) -> TestClient:
    """A client logged in as the person, CSRF header set; with None, a stranger's."""
    client = TestClient(app, raise_server_exceptions=False)
    if person is not None:
        with app.state.database.write() as session:
            opened = people.open_session(session, person.id, hours=24, now=app.state.clock())
        client.cookies.set("milo_session", opened.token)
        client.headers["X-CSRF-Token"] = opened.csrf_token
    return client
