"""How far a project is, counted in indexes: no payload is read, whatever the number of items."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, cast, func, literal_column, select
from sqlalchemy.orm import Session
from sqlalchemy.types import String

from milo.core.assignment import AssignmentState
from milo.db.tables import (
    AssignmentRow,
    ExportRow,
    ImportRow,
    InquiryRow,
    ItemPayloadRow,
    ItemRow,
    PersonRow,
    PromptVersionRow,
    RevisionRow,
    SuggestionRow,
)

#: States in which an annotation holds answers.
ANSWERED: tuple[AssignmentState, ...] = ("submitted", "passed", "redo")


class Worked(NamedTuple):
    """How many annotations of a person stand in a state, and their handling time together."""

    annotator_id: int
    state: str
    annotations: int
    active_ms: int


class Sent(NamedTuple):
    """How many annotations of a person were last sent on a day (UTC)."""

    annotator_id: int
    day: str
    annotations: int


class Proposed(NamedTuple):
    """How many suggestions for a question have a status."""

    question: str
    status: str
    suggestions: int


def worked(session: Session, project_id: int) -> list[Worked]:
    """Annotations by person and state; open and leased ones among them."""
    rows = session.execute(
        select(
            AssignmentRow.annotator_id,
            AssignmentRow.state,
            func.count(),
            func.sum(AssignmentRow.active_ms),
        )
        .where(AssignmentRow.project_id == project_id)
        .group_by(AssignmentRow.state, AssignmentRow.annotator_id)
    )
    return [Worked(row[0], row[1], row[2], int(row[3] or 0)) for row in rows]


def names(session: Session, person_ids: Sequence[int]) -> dict[int, str]:
    """The names of these people."""
    rows = session.execute(select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(person_ids)))
    return {row.id: row.name for row in rows}


def median_active_ms(
    session: Session, project_id: int, annotator_id: int, states: Sequence[str], count: int
) -> float | None:
    """The median handling time, revisions summed, of `count` annotations in these states."""
    if count == 0:
        return None
    middle = session.scalars(
        select(AssignmentRow.active_ms)
        .where(
            AssignmentRow.project_id == project_id,
            _one_or_many(AssignmentRow.state, states),
            AssignmentRow.annotator_id == annotator_id,
        )
        .order_by(AssignmentRow.active_ms)
        .offset((count - 1) // 2)
        .limit(2 - count % 2)
    ).all()
    return sum(middle) / len(middle) if middle else None


def first_pass_ms(session: Session, project_id: int, annotator_id: int, *, latest: int) -> list[int]:
    """The handling time of the first revision alone, of the person's latest annotations."""
    recent = (
        select(AssignmentRow.id)
        .where(
            AssignmentRow.project_id == project_id,
            AssignmentRow.annotator_id == annotator_id,
            AssignmentRow.submitted_at.is_not(None),
            AssignmentRow.state.in_(ANSWERED),
        )
        .order_by(AssignmentRow.submitted_at.desc())
        .limit(latest)
    )
    return list(
        session.scalars(
            select(RevisionRow.active_ms).where(
                RevisionRow.assignment_id.in_(recent), RevisionRow.number == 1, RevisionRow.act == "submit"
            )
        )
    )


def sent_since(
    session: Session, project_id: int, annotator_ids: Sequence[int], since: datetime
) -> list[Sent]:
    """Annotations with answers by person and day since a moment."""
    day = _day(session)
    rows = session.execute(
        select(AssignmentRow.annotator_id, day, func.count())
        .where(
            AssignmentRow.project_id == project_id,
            AssignmentRow.annotator_id.in_(annotator_ids),
            AssignmentRow.submitted_at >= since,
            AssignmentRow.state.in_(ANSWERED),
        )
        .group_by(AssignmentRow.annotator_id, day)
    )
    return [Sent(*row) for row in rows]


def proposed(session: Session, project_id: int) -> list[Proposed]:
    """Suggestions of the newest prompt version by question and status."""
    newest = session.scalar(
        select(PromptVersionRow.id)
        .where(PromptVersionRow.project_id == project_id)
        .where(
            select(SuggestionRow.id)
            .where(
                SuggestionRow.project_id == project_id,
                SuggestionRow.prompt_version_id == PromptVersionRow.id,
            )
            .exists()
        )
        .order_by(PromptVersionRow.id.desc())
        .limit(1)
    )
    rows = session.execute(
        select(SuggestionRow.question, SuggestionRow.status, func.count())
        .where(SuggestionRow.project_id == project_id, SuggestionRow.prompt_version_id == newest)
        .group_by(SuggestionRow.question, SuggestionRow.status)
    )
    return [Proposed(*row) for row in rows]


def answers_on_gold(session: Session, project_id: int, *, latest: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Answers people gave to the latest items with known answers: (assignment, gold, answers) each."""
    gold_items = (
        select(ItemRow.id)
        .where(
            ItemRow.project_id == project_id,
            ItemRow.has_gold,
            ItemRow.state.in_(("in_work", "labeled", "in_review", "done")),
        )
        .order_by(ItemRow.id.desc())
        .limit(latest)
    )
    return session.execute(
        select(AssignmentRow.id, ItemPayloadRow.gold, RevisionRow.answers)
        .join(RevisionRow, RevisionRow.assignment_id == AssignmentRow.id)
        .join(ItemPayloadRow, ItemPayloadRow.item_id == AssignmentRow.item_id)
        .where(
            AssignmentRow.item_id.in_(gold_items),
            AssignmentRow.state.in_(ANSWERED),
            RevisionRow.number == AssignmentRow.revision,
        )
        .limit(latest)
    ).all()


def duplicates(session: Session, project_id: int) -> int:
    """Rows that were skipped because the project had their content."""
    return (
        session.scalar(select(func.sum(ImportRow.duplicates)).where(ImportRow.project_id == project_id)) or 0
    )


def count_to_mend(session: Session, project_id: int) -> int:
    """How many answers were sent back and not sent again; those being mended among them."""
    is_reviewed: Any = literal_column("assignment.review <> 'none'")  # as the partial index has it
    return (
        session.scalar(
            select(func.count())
            .select_from(AssignmentRow)
            .where(AssignmentRow.project_id == project_id, is_reviewed, AssignmentRow.review == "redo")
            .where(AssignmentRow.state.in_(("redo", "leased")))
        )
        or 0
    )


def last_export(session: Session, project_id: int) -> ExportRow | None:
    """The newest export."""
    return session.scalar(
        select(ExportRow).where(ExportRow.project_id == project_id).order_by(ExportRow.id.desc()).limit(1)
    )


def open_inquiries(session: Session, project_id: int) -> int:
    """Questions of annotators that wait for a reply."""
    waiting = select(func.count()).where(InquiryRow.project_id == project_id, InquiryRow.replied_at.is_(None))
    return session.scalar(waiting) or 0


def _day(session: Session) -> ColumnElement[str]:
    if session.get_bind().dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", AssignmentRow.submitted_at), "YYYY-MM-DD")
    return func.substr(cast(AssignmentRow.submitted_at, String), 1, 10)


def _one_or_many(column: Any, values: Sequence[str]) -> ColumnElement[bool]:  # Any: a mapped column
    """With one value the index gives the rows in order; with several they are sorted."""
    condition: ColumnElement[bool] = column == values[0] if len(values) == 1 else column.in_(values)
    return condition
