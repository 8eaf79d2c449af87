"""A project at work, one transaction an act, for tests of what annotators do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from milo.core.annotator_task import AnnotatorTask, NextTasks
from milo.core.answer import Answers
from milo.core.draft import DraftStatus
from milo.core.person import Person
from milo.core.project import ProjectSpec
from milo.core.review_task import ReviewTask
from milo.core.submission import Act, Rejection, SentSuggestion, Submission
from milo.core.writing import Writing
from milo.db.session import Database
from milo.db.tables import (
    AnswerRow,
    AssignmentRow,
    AssistantRow,
    ItemRow,
    ModelDraftRow,
    ModelRow,
    ProjectRow,
    PromptVersionRow,
    RevisionRow,
    SlotRow,
    SuggestionRow,
    WritingRow,
)
from milo.workflow import annotate, assign, projects
from milo.workflow.annotate import Receipt
from tests.builders import POSITIVE, Clock, a_database, a_member, a_project, items


@dataclass(slots=True)
class Desk:
    """Acts as workflow functions, with client ids of their own unless given."""

    database: Database
    project_id: int
    researcher: Person
    clock: Clock = field(default_factory=Clock)
    numbers: Any = field(default_factory=lambda: count(1))

    def person(self, name: str = "") -> Person:
        with self.database.write() as session:
            return a_member(session, self._project(session), name)

    def items(self, texts: Sequence[str] | int = 1) -> list[int]:
        with self.database.write() as session:
            return items(session, self._project(session), texts)

    def change(self, **changes: Any) -> None:
        with self.database.write() as session:
            project = self._project(session)
            spec = projects.merged(projects.spec_of(session, project), changes)
            projects.change(session, project, spec, by=self.researcher, now=self.clock())

    def next(self, person: Person, count: int = 1, *, resume: bool = False) -> NextTasks:
        with self.database.write() as session:
            project = self._project(session)
            return assign.next_tasks(session, project, person.id, count, resume=resume, now=self.clock())

    def take(self, person: Person) -> AnnotatorTask:
        (task,) = self.next(person).tasks
        return task

    def submit(
        self,
        task: AnnotatorTask,
        answers: Answers = POSITIVE,
        *,
        client_id: str = "",
        shown: tuple[SentSuggestion, ...] = (),
        after: str | None = None,
        expected: int | None = None,
        active_ms: int = 500,
        wall_ms: int = 800,
        blurred_ms: int = 0,
        schema_version: int | None = None,
        writing: Mapping[str, Writing] | None = None,
        generation_ms: int = 0,
    ) -> Receipt:
        sent = Submission(
            client_id=client_id or self.an_id(),
            schema_version=schema_version or task.schema_version,
            answers=answers,
            expected_revision=None if after else (task.revision if expected is None else expected),
            after_client_id=after,
            shown=shown,
            active_ms=active_ms,
            wall_ms=wall_ms,
            blurred_ms=blurred_ms,
            generation_ms=generation_ms,
            writing=writing or {},
        )
        with self.database.write() as session:
            row = session.get_one(AssignmentRow, task.assignment)
            return annotate.submit(session, self._project(session), row, sent, now=self.clock())

    def skip(self, task: AnnotatorTask, client_id: str = "") -> Receipt:
        with self.database.write() as session:
            row = session.get_one(AssignmentRow, task.assignment)
            sent = Act(client_id=client_id or self.an_id())
            return annotate.skip(session, self._project(session), row, sent, now=self.clock())

    def reject(self, task: AnnotatorTask, reason: Any = "language", note: str = "") -> Receipt:
        with self.database.write() as session:
            row = session.get_one(AssignmentRow, task.assignment)
            sent = Rejection(client_id=self.an_id(), reason=reason, note=note)
            return annotate.reject(session, self._project(session), row, sent, now=self.clock())

    def reopen(self, task: AnnotatorTask, client_id: str = "") -> AnnotatorTask:
        with self.database.write() as session:
            row = session.get_one(AssignmentRow, task.assignment)
            sent = Act(client_id=client_id or self.an_id())
            return annotate.reopen(session, self._project(session), row, sent, now=self.clock())

    def release(self, task: AnnotatorTask) -> None:
        with self.database.write() as session:
            row = session.get_one(AssignmentRow, task.assignment)
            annotate.release(session, self._project(session), row, now=self.clock())

    def extend(self, task: AnnotatorTask) -> None:
        with self.database.write() as session:
            row = session.get_one(AssignmentRow, task.assignment)
            annotate.extend(session, self._project(session), row, now=self.clock())

    def draft(
        self,
        task: AnnotatorTask,
        seq: int,
        answers: Answers = POSITIVE,
        writing: Mapping[str, Writing] | None = None,
    ) -> int:
        with self.database.write() as session:
            row = session.get_one(AssignmentRow, task.assignment)
            return annotate.save_draft(
                session, self._project(session), row, seq, answers, writing, now=self.clock()
            )

    def reveal(self, task: AnnotatorTask) -> tuple[Any, ...]:
        with self.database.write() as session:
            row = session.get_one(AssignmentRow, task.assignment)
            return annotate.reveal(session, self._project(session), row, now=self.clock())

    def suggest(
        self,
        item_id: int,
        question: str = "sentiment",
        distribution: dict[str, float] | None = None,
        preselected: Sequence[str] = ("positive",),
        text: str | None = None,
    ) -> int:
        """The id of a stored suggestion of a scripted model."""
        with self.database.write() as session:
            model = session.scalar(select(ModelRow)) or ModelRow(
                name="scripted", provider="scripted", model="s", created_at=self.clock()
            )
            session.add(model)
            session.flush()
            prompt = session.scalar(select(PromptVersionRow)) or PromptVersionRow(
                project_id=self.project_id,
                model_id=model.id,
                version="abc",
                config={},
                created_at=self.clock(),
            )
            session.add(prompt)
            session.flush()
            row = SuggestionRow(
                project_id=self.project_id,
                item_id=item_id,
                question=question,
                prompt_version_id=prompt.id,
                status="ok",
                distribution={"positive": 0.9, "negative": 0.1} if distribution is None else distribution,
                preselected=list(preselected),
                text=text,
                created_at=self.clock(),
            )
            session.add(row)
            session.flush()
            return row.id

    def model_draft(
        self,
        task: AnnotatorTask,
        text: str,
        *,
        question: str = "response",
        query: str = "",
        status: DraftStatus = "done",
    ) -> int:
        """The id of a draft that a scripted model wrote for the task."""
        with self.database.write() as session:
            assistant = self._assistant(session)
            of_task = select(func.count()).where(ModelDraftRow.assignment_id == task.assignment)
            row = ModelDraftRow(
                project_id=self.project_id,
                item_id=task.item.id,
                assignment_id=task.assignment,
                assistant_id=assistant.id,
                number=(session.scalar(of_task) or 0) + 1,
                question=question,
                query=query,
                status=status,
                text=text,
                output_tokens=len(text.split()),
                first_token_ms=120,
                generation_ms=900,
                created_at=self.clock(),
                ended_at=None if status == "generating" else self.clock(),
            )
            session.add(row)
            session.flush()
            return row.id

    def _assistant(self, session: Session) -> AssistantRow:
        found = session.scalar(select(AssistantRow).where(AssistantRow.project_id == self.project_id))
        if found is not None:
            return found
        model = session.scalar(select(ModelRow)) or ModelRow(
            name="scripted", provider="scripted", model="s", created_at=self.clock()
        )
        session.add(model)
        session.flush()
        row = AssistantRow(
            project_id=self.project_id, model_id=model.id, version="a1", config={}, created_at=self.clock()
        )
        session.add(row)
        session.flush()
        return row

    # --- what stands in the database ---

    def assignment(self, task: AnnotatorTask | ReviewTask) -> AssignmentRow:
        with self.database.read() as session:
            return session.get_one(AssignmentRow, task.assignment)

    def slots(self, item_id: int) -> list[str]:
        with self.database.read() as session:
            of_item = select(SlotRow.state).where(SlotRow.item_id == item_id).order_by(SlotRow.id)
            return list(session.scalars(of_item))

    def item_state(self, item_id: int) -> str:
        with self.database.read() as session:
            return session.get_one(ItemRow, item_id).state

    def revisions(self, task: AnnotatorTask) -> list[RevisionRow]:
        with self.database.read() as session:
            of_task = select(RevisionRow).where(RevisionRow.assignment_id == task.assignment)
            return list(session.scalars(of_task.order_by(RevisionRow.number)))

    def answers(self, task: AnnotatorTask) -> list[tuple[str, str | None, str]]:
        with self.database.read() as session:
            of_task = select(AnswerRow).where(AnswerRow.assignment_id == task.assignment)
            rows = session.scalars(of_task.order_by(AnswerRow.id))
            return [(row.question, row.option, row.source) for row in rows]

    def writings(self, task: AnnotatorTask) -> list[WritingRow]:
        with self.database.read() as session:
            of_task = select(WritingRow).where(WritingRow.assignment_id == task.assignment)
            return list(session.scalars(of_task.order_by(WritingRow.revision, WritingRow.question)))

    def reopened_seq(self) -> int:
        with self.database.read() as session:
            return self._project(session).reopened_seq

    def an_id(self) -> str:
        return f"client-{next(self.numbers)}"

    def _project(self, session: Session) -> ProjectRow:
        return session.get_one(ProjectRow, self.project_id)


def a_desk(folder: Path, spec: ProjectSpec | None = None, url: str = "") -> Desk:
    """A new project with a researcher and no items."""
    from tests.builders import a_person

    database = a_database(folder, url)
    with database.write() as session:
        researcher = a_person(session, role="researcher")
        project = a_project(session, spec, by=researcher)
        return Desk(database, project.id, researcher)
