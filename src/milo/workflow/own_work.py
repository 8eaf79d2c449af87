"""What an annotator did: the list of it, and how far they and the project are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from string import ascii_uppercase
from typing import cast

from sqlalchemy.orm import Session

from milo.core.answer import in_words
from milo.core.assignment import MOVES, AssignmentState
from milo.core.errors import InvalidInput
from milo.core.person import Role
from milo.core.questions.order import orders
from milo.db import convert
from milo.db.queries import assignments, reviews, revisions
from milo.db.tables import AssignmentRow, ProjectRow, RevisionRow
from milo.workflow import deciding, projects

MINE_STATES: dict[str, tuple[AssignmentState, ...]] = {
    "submitted": ("submitted", "passed", "redo", "surplus"),
    "redo": ("redo",),
    "passed": ("passed",),
    "skipped": ("skipped",),
    "rejected": ("rejected",),
    "all": ("submitted", "passed", "redo", "surplus", "skipped", "rejected", "leased"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MineItem:
    """An item in a list."""

    id: int
    external_id: str
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MineEntry:
    """One's own work on an item."""

    assignment: int
    item: MineItem
    state: AssignmentState
    revision: int
    answers_summary: str
    submitted_at: datetime | None
    active_ms: int
    can_reopen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """A page of one's own work, latest first."""

    items: tuple[MineEntry, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MyProgress:
    """How far one is today and ever, what waits for one, and how far the project is."""

    today: int
    goal: int
    total: int
    to_redo: int  # own answers that were sent back
    to_review: int | None  # answers of others one could review; None for annotators
    has_rubric: bool  # whether the project is reviewed at all
    project_done: int
    project_total: int


def page(
    session: Session, project: ProjectRow, annotator_id: int, *, status: str, limit: int, cursor: str | None
) -> Mine:
    """A page of the annotator's own work, latest first."""
    if status not in MINE_STATES:
        raise InvalidInput(f"The status {status!r} is unknown; allowed: {', '.join(MINE_STATES)}")
    if not 1 <= limit <= 100:
        raise InvalidInput(f"The limit {limit} cannot be; allowed: 1 to 100")
    rows = assignments.mine(
        session,
        project.id,
        annotator_id,
        MINE_STATES[status],
        before=None if cursor is None else _parse_cursor(cursor),
        limit=limit + 1,
    )
    found = rows[:limit]
    answered = revisions.newest_answers(session, [row.id for row, _, _ in found])
    final = deciding.given_away(session, [row for row, _, _ in found])
    entries = tuple(
        _entry(
            session,
            row,
            MineItem(id=row.item_id, external_id=external_id, excerpt=excerpt),
            answered,
            is_final=row.id in final,
        )
        for row, external_id, excerpt in found
    )
    return Mine(items=entries, next_cursor=_cursor(found[-1][0]) if len(rows) > limit else None)


def progress(
    session: Session, project: ProjectRow, annotator_id: int, role: Role | None, *, since: datetime
) -> MyProgress:
    """The person's counts, `today` being since a moment of their day; an administrator may have no role."""
    counts = assignments.count_items(session, project.id)
    is_reviewer = role != "annotator"
    return MyProgress(
        today=assignments.count_mine(session, project.id, annotator_id, since),
        goal=projects.settings(project).daily_goal,
        total=assignments.count_mine(session, project.id, annotator_id, None),
        to_redo=reviews.count_redo(session, project.id, annotator_id),
        to_review=reviews.count_due(session, project.id, annotator_id, sees_all=role != "auditor")
        if is_reviewer
        else None,
        has_rubric=project.rubric_version > 0,
        project_done=counts.done,
        project_total=counts.total,
    )


def _entry(
    session: Session,
    row: AssignmentRow,
    item: MineItem,
    answered: Mapping[int, RevisionRow],
    *,
    is_final: bool,
) -> MineEntry:
    state = cast(AssignmentState, row.state)
    last = answered.get(row.id)
    is_answer = last is not None and state not in ("rejected", "skipped")
    return MineEntry(
        assignment=row.id,
        item=item,
        state=state,
        revision=row.revision,
        answers_summary=_in_words(session, last, row.item_id) if last is not None and is_answer else "",
        submitted_at=row.submitted_at,
        active_ms=row.active_ms,
        can_reopen="leased" in MOVES[state] and not is_final,
    )


def _in_words(session: Session, revision: RevisionRow, item: int) -> str:
    """The answers as their annotator saw them: compared texts by their letters."""
    answers = convert.answers_from(revision.answers)
    questions = projects.questions(session, revision.project_id, revision.schema_version)
    project = session.get_one(ProjectRow, revision.project_id)
    letters = {
        name: dict(zip(order, ascii_uppercase, strict=False))
        for name, order in orders(questions, salt=project.salt, item=item).items()
    }
    words = [in_words(q, answers[q.name], letters.get(q.name, {})) for q in questions if q.name in answers]
    return " · ".join(word for word in words if word)


def _cursor(row: AssignmentRow) -> str:
    assert row.submitted_at is not None
    return f"{row.submitted_at.isoformat()}_{row.id}"


def _parse_cursor(cursor: str) -> tuple[datetime, int]:
    at, _, id = cursor.rpartition("_")
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is not None and 0 < int(id) < 2**63:
            return moment, int(id)
    except ValueError:
        pass
    raise InvalidInput(f"The cursor {cursor!r} cannot be read; take next_cursor of the page before.")
