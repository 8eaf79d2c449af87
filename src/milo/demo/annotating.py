"""What annotators did in the demo before anybody logs in, by the same functions the screens call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from milo.core.annotator_task import AnnotatorTask
from milo.core.errors import MiloError
from milo.core.person import Person
from milo.core.submission import Rejection, SentSuggestion, Submission
from milo.db.queries import projects as project_queries
from milo.db.tables import AssignmentRow, InquiryRow, ProjectRow
from milo.demo import story
from milo.demo.story import Event
from milo.installation import Installation
from milo.workflow import annotate, assign, inquire, projects
from milo.workflow.inquire import Clause


def play(
    installation: Installation, slugs: Mapping[str, str], team: Mapping[str, Person], now: datetime
) -> None:
    """Each event in its turn: the person takes the next item, works on it, and hands it in."""
    inquiries = {(told["project"], told["by"], told["item"]): told for told in story.read()["inquiries"]}
    for number, event in enumerate(story.events()):
        begun = now - timedelta(days=event.days_ago, hours=2) + timedelta(minutes=number)
        with installation.database.write() as session:
            project = project_of(session, slugs[event.project])
            task = take(session, project, team[event.by], event.item, begun)
            told = inquiries.get((event.project, event.by, event.item))
            if told is not None:
                _ask_and_reply(session, project, task, told, team, begun)
            hand_in(session, project, task, event, begun)


def take(session: Session, project: ProjectRow, person: Person, item: str, now: datetime) -> AnnotatorTask:
    """The person takes the next item, which is the one the story says."""
    taken = assign.next_tasks(session, project, person.id, 1, now=now).tasks
    if not taken or taken[0].item.external_id != item:
        found = taken[0].item.external_id if taken else "nothing"
        raise MiloError(f"The demo's story wants {item} next for {person.login}; the queue gave {found}.")
    return taken[0]


def hand_in(
    session: Session, project: ProjectRow, task: AnnotatorTask, event: Event, begun: datetime
) -> None:
    """The person answers the item in hand, or rejects it."""
    milliseconds = int(event.active_seconds * 1000)
    row = session.get_one(AssignmentRow, task.assignment)
    ended = begun + timedelta(milliseconds=milliseconds)
    client_id = f"demo-{event.by}-{event.item}-{task.revision}"
    if event.answers is None:
        rejection = Rejection(
            client_id=client_id,
            reason=event.reason,  # type: ignore[arg-type]  # the story's test knows the reasons
            note=event.note,
            active_ms=milliseconds,
            wall_ms=milliseconds,
        )
        annotate.reject(session, project, row, rejection, now=ended)
        return
    questions = projects.questions(session, project.id, task.schema_version)
    submission = Submission(
        client_id=client_id,
        schema_version=task.schema_version,
        answers=story.core_answers(questions, event.answers),
        expected_revision=task.revision,
        shown=tuple(
            SentSuggestion(suggestion=s.id, preselected=s.preselected, revealed_at=begun.isoformat())
            for s in task.suggestions
        ),
        active_ms=milliseconds,
        wall_ms=milliseconds,
    )
    annotate.submit(session, project, row, submission, now=ended)


def _ask_and_reply(
    session: Session,
    project: ProjectRow,
    task: AnnotatorTask,
    told: Mapping[str, Any],  # Any: an entry of the story
    team: Mapping[str, Person],
    now: datetime,
) -> None:
    row = session.get_one(AssignmentRow, task.assignment)
    asked = inquire.ask(
        session, row, question=told["question"], text=told["text"], by=team[told["by"]], now=now
    )
    inquire.reply(
        session,
        project,
        session.get_one(InquiryRow, asked.id),
        text=told["reply"],
        clause=Clause(**told["clause"]),
        by=team["researcher"],
        now=now + timedelta(minutes=30),
    )


def project_of(session: Session, slug: str) -> ProjectRow:
    """A project the demo made."""
    project = project_queries.find(session, slug)
    assert project is not None, f"the demo made no project {slug}"
    return project
