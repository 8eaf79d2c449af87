"""A project whose texts are written and compared, row by row as a test needs them; nobody is at work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy.orm import Session

from milo.core.export_options import ExportOptions
from milo.core.person import Person
from milo.core.project import ProjectSpec, Settings, SubjectField
from milo.core.questions import ChatQuestion, PairwiseQuestion, Question, RankingQuestion, TextQuestion
from milo.db import convert
from milo.db.session import Database
from milo.db.tables import (
    AssignmentRow,
    AssistantRow,
    DecisionRow,
    ItemPayloadRow,
    ItemRow,
    ModelDraftRow,
    ModelRow,
    ProjectRow,
    RatingRow,
    RevisionRow,
    WritingRow,
)
from milo.workflow import export, media, projects
from milo.workflow.export import Written
from tests.builders import NOW, a_database, a_member, a_project, a_spec

PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ADraft:
    """A draft of the one model, and the thumb on it."""

    text: str
    question: str = "response"
    query: str = ""
    status: str = "done"
    thumb: str | None = None
    minutes: int = 1  # after the start of the work; the answer is sent after 5


@dataclass(slots=True)
class Workshop:
    """Inserts what people and models left behind."""

    database: Database
    project_id: int
    person: Person
    assistant_id: int
    folder: Path
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def answer(
        self,
        fields: Mapping[str, Any],
        answers: Mapping[str, Any],
        *,
        state: str = "submitted",
        decision: str | None = None,
        drafts: Sequence[ADraft] = (),
        used: int | None = None,
        share: float = 0.0,
        distance: int | None = None,
        question: str = "response",
        schema_version: int = 1,
        language: str | None = None,
    ) -> int:
        """The id of an assignment somebody sent; `used` is the place of the draft most of it came from."""
        number = next(self.numbers)
        with self.database.write() as session:
            project = session.get_one(ProjectRow, self.project_id)
            kinds = self._kinds(session)
            item = ItemRow(
                project_id=project.id,
                external_id=f"i{number}",
                content_hash=f"{number:032d}",
                excerpt="",
                visible=True,
                language=language,
                created_at=NOW,
            )
            session.add(item)
            session.flush()
            session.add(ItemPayloadRow(item_id=item.id, fields=dict(fields)))
            row = AssignmentRow(
                project_id=project.id,
                item_id=item.id,
                annotator_id=self.person.id,
                state=state,
                schema_version=schema_version,
                guideline_version=1,
                revision=1,
            )
            session.add(row)
            session.flush()
            session.add(
                RevisionRow(
                    project_id=project.id,
                    assignment_id=row.id,
                    client_id=f"c{number}",
                    number=1,
                    act="submit",
                    state="submitted" if state in ("passed", "redo") else state,
                    answers={name: _answer(kinds[name], value) for name, value in answers.items()},
                    schema_version=schema_version,
                    guideline_version=1,
                    created_at=NOW + timedelta(minutes=5),
                )
            )
            ids = [self._draft(session, row, place, one) for place, one in enumerate(drafts, start=1)]
            if used is not None or share:
                session.add(
                    WritingRow(
                        assignment_id=row.id,
                        revision=1,
                        question=question,
                        project_id=project.id,
                        draft_id=None if used is None else ids[used],
                        draft_share=share,
                        edit_distance=distance,
                    )
                )
            if decision is not None:
                session.add(
                    DecisionRow(
                        project_id=project.id,
                        assignment_id=row.id,
                        revision=1,
                        status=decision,
                        by="auditor",
                        decided_at=NOW,
                    )
                )
            return row.id

    def picture(self, content: bytes = PNG) -> str:
        """The address of a stored picture."""
        return media.url(self.project_id, media.store(self.folder, content))

    def write(self, format: Any, **options: Any) -> Written:
        """The file of an export."""
        wanted = ExportOptions(format=format, **options)
        name = f"{format}-{next(self.numbers)}"
        return export.write(self.database, self.project_id, wanted, data_dir=self.folder, name=name)

    def rows(self, format: Any, **options: Any) -> list[dict[str, Any]]:
        """The rows of a format that is one file of JSON Lines."""
        return [orjson.loads(line) for line in self.write(format, **options).path.read_bytes().splitlines()]

    def change(self, **settings: Any) -> None:
        """Other settings of the assistant."""
        with self.database.write() as session:
            project = session.get_one(ProjectRow, self.project_id)
            project.settings = project.settings | {"assistant": settings}

    def _draft(self, session: Session, row: AssignmentRow, number: int, draft: ADraft) -> int:
        made = ModelDraftRow(
            project_id=self.project_id,
            item_id=row.item_id,
            assignment_id=row.id,
            assistant_id=self.assistant_id,
            number=number,
            question=draft.question,
            query=draft.query,
            status=draft.status,
            text=draft.text,
            created_at=NOW + timedelta(minutes=draft.minutes),
        )
        session.add(made)
        session.flush()
        if draft.thumb is not None:
            session.add(
                RatingRow(
                    project_id=self.project_id,
                    item_id=row.item_id,
                    assignment_id=row.id,
                    person_id=self.person.id,
                    rated="draft",
                    target=made.id,
                    thumb=draft.thumb,
                    created_at=NOW,
                    updated_at=NOW,
                )
            )
        return made.id

    def _kinds(self, session: Session) -> dict[str, str]:
        project = session.get_one(ProjectRow, self.project_id)
        return {one.name: one.kind for one in projects.questions(session, project.id, project.schema_version)}


def _answer(kind: str, value: Any) -> dict[str, Any]:
    return {"kind": kind, "value": value, "confidence": None}


@contextmanager
def a_workshop(
    folder: Path,
    subject: Sequence[SubjectField],
    questions: Sequence[Question],
    url: str = "",
    **assistant: Any,
) -> Iterator[Workshop]:
    """A project with that subject and those questions, one annotator, and one version of one assistant."""
    database = a_database(folder, url)
    spec: ProjectSpec = a_spec(subject=tuple(subject), questions=tuple(questions))
    with database.write() as session:
        project = a_project(session, spec)
        person = a_member(session, project)
        model = ModelRow(name="Scripted", provider="scripted", model="s", created_at=NOW)
        session.add(model)
        session.flush()
        version = AssistantRow(
            project_id=project.id, model_id=model.id, version="v1", config={}, created_at=NOW
        )
        session.add(version)
        session.flush()
        if assistant:
            policy = convert.as_data(convert.SETTINGS, Settings())["assistant"] | assistant
            project.settings = project.settings | {"assistant": policy}
        made = Workshop(database, project.id, person, version.id, folder)
    yield made
    database.close()


# --- the projects of the issue ---

CAPTION = SubjectField(name="caption", title="Caption")
QUERY = TextQuestion(name="query", title="What do you ask?")
RESPONSE = TextQuestion(name="response", title="The answer")
PRODUCTION: dict[str, Any] = {"model": "Scripted", "query": "query", "answers": "response"}

TALK = SubjectField(name="talk", title="Conversation", show="chat")
OFFERED = SubjectField(name="offered", title="Offered", required=False)
TURN = ChatQuestion(name="turn", title="The next turn", conversation="talk", candidate="offered")
HELLO = [{"role": "customer", "content": "It broke."}]

PROMPT = SubjectField(name="prompt", title="Prompt")
RESPONSES = tuple(SubjectField(name=name, title=name.upper()) for name in ("a", "b", "c"))
PAIR = PairwiseQuestion(name="better", title="Which is better?", first="a", second="b", ties="two")
RANKING = RankingQuestion(name="order", title="Order them", fields=("a", "b", "c"))
