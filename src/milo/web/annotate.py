"""The labeling screen: tasks out, answers in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import orjson
from fastapi import APIRouter, Response
from pydantic import AwareDatetime

from milo.core.annotator_task import AnnotatorTask, NextTasks, TaskSuggestion
from milo.core.questions import Answer
from milo.core.strict import INPUT, Flag, Whole
from milo.core.submission import Act, Rejection, Submission
from milo.core.writing import Writing
from milo.web.caller import Who
from milo.workflow import annotate, assign, own_work

router = APIRouter(prefix="/api")


@dataclass(frozen=True, slots=True, kw_only=True)
class NextInput:
    """How many tasks are wanted, 1 to 10; with `resume` those one already holds come first."""

    __pydantic_config__ = INPUT

    count: Whole = 1
    resume: Flag = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftInput:
    """Answers so far; a higher number is newer."""

    __pydantic_config__ = INPUT

    seq: Whole
    answers: dict[str, Answer]
    writing: dict[str, Writing] = field(default_factory=dict)  # how texts came about, by question


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftReply:
    """The number of the draft that stands."""

    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSuggestions:
    """Suggestions that were revealed now or before."""

    suggestions: tuple[TaskSuggestion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseReply:
    """When the lease ends."""

    lease_until: datetime


@router.post("/projects/{p}/next", response_model=NextTasks)
def next_tasks(p: str, body: NextInput, who: Who) -> Response:
    """Take tasks; when there are none, the reason and when to ask again."""
    with who.write() as scope:
        project = scope.project(p)
        tasks = assign.next_tasks(
            scope.session, project, scope.person.id, body.count, resume=body.resume, now=scope.now
        )
    return _as_json(tasks)


@router.get("/projects/{p}/preview")
def preview(p: str, who: Who, count: int = 5) -> NextTasks:
    """The first tasks, to try the form as an annotator; nothing is stored."""
    with who.read() as scope:
        project = scope.project(p)
        return assign.preview(scope.session, project, scope.person.id, count, now=scope.now)


@router.get("/assignments/{a}/suggestions")
def reveal(a: int, who: Who) -> ShownSuggestions:
    """The model's suggestions, as the reveal policy allows; that they were seen is kept."""
    with who.write() as scope:
        row, project = scope.own_assignment(a)
        return ShownSuggestions(suggestions=annotate.reveal(scope.session, project, row, now=scope.now))


@router.put("/assignments/{a}/draft")
def save_draft(a: int, body: DraftInput, who: Who) -> DraftReply:
    """Keep answers that are not submitted yet."""
    with who.write() as scope:
        row, project = scope.own_assignment(a)
        seq = annotate.save_draft(
            scope.session, project, row, body.seq, body.answers, body.writing, now=scope.now
        )
    return DraftReply(seq=seq)


@router.post("/assignments/{a}/submit", response_model=annotate.Receipt)
def submit(a: int, body: Submission, who: Who) -> Response:
    """Submit answers; they are stored also after the lease, then perhaps as surplus."""
    with who.write() as scope:
        row, project = scope.own_assignment(a)
        receipt = annotate.submit(scope.session, project, row, body, now=scope.now)
    return _as_json(receipt)


@router.post("/assignments/{a}/skip")
def skip(a: int, body: Act, who: Who) -> annotate.Receipt:
    """Leave an item to others."""
    with who.write() as scope:
        row, project = scope.own_assignment(a)
        return annotate.skip(scope.session, project, row, body, now=scope.now)


@router.post("/assignments/{a}/reject")
def reject(a: int, body: Rejection, who: Who) -> annotate.Receipt:
    """Say that an item cannot be judged."""
    with who.write() as scope:
        row, project = scope.own_assignment(a)
        return annotate.reject(scope.session, project, row, body, now=scope.now)


@router.post("/assignments/{a}/reopen")
def reopen(a: int, body: Act, who: Who) -> AnnotatorTask:
    """Take up again what one submitted, skipped or rejected."""
    with who.write() as scope:
        row, project = scope.own_assignment(a)
        return annotate.reopen(scope.session, project, row, body, now=scope.now)


@router.post("/assignments/{a}/redo")
def redo(a: int, body: Act, who: Who) -> AnnotatorTask:
    """Take up what was sent back, with the feedback on it."""
    with who.write() as scope:
        row, project = scope.own_assignment(a)
        return annotate.redo(scope.session, project, row, body, now=scope.now)


@router.post("/assignments/{a}/release", status_code=204)
def release(a: int, who: Who) -> None:
    """Give a task back untouched."""
    with who.write() as scope:
        row, project = scope.own_assignment(a)
        annotate.release(scope.session, project, row, now=scope.now)


@router.post("/assignments/{a}/extend")
def extend(a: int, who: Who) -> LeaseReply:
    """More time for a task."""
    with who.write() as scope:
        row, project = scope.own_assignment(a)
        return LeaseReply(lease_until=annotate.extend(scope.session, project, row, now=scope.now))


@router.get("/projects/{p}/mine")
def mine(p: str, who: Who, status: str = "all", limit: int = 20, cursor: str | None = None) -> own_work.Mine:
    """One's own work, latest first."""
    with who.read() as scope:
        project = scope.project(p)
        return own_work.page(
            scope.session, project, scope.person.id, status=status, limit=limit, cursor=cursor
        )


@router.get("/projects/{p}/progress/mine")
def my_progress(p: str, who: Who, since: AwareDatetime | None = None) -> own_work.MyProgress:
    """One's own counts, and what waits; `since` is when one's day began, midnight UTC if not given."""
    with who.read() as scope:
        project = scope.project(p)
        midnight = scope.now.replace(hour=0, minute=0, second=0, microsecond=0)
        return own_work.progress(scope.session, project, scope.person.id, scope.role, since=since or midnight)


def _as_json(reply: NextTasks | annotate.Receipt) -> Response:
    """A reply of the two busiest routes: checking it against its own type would cost 0.3 ms."""
    return Response(orjson.dumps(reply), media_type="application/json")
