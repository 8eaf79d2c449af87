"""Which sent answers are labels: passed, or never asked about by a review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from milo.db.tables import AssignmentRow, RevisionRow

#: Why an assignment in this state holds no label.
NO_LABEL: Mapping[str, str] = {
    "leased": "the answer was taken up again and is being changed",
    "open": "the answer was taken up again and given back",
    "redo": "the answer was sent back",
    "skipped": "the item was skipped",
    "rejected": "the item was said to be unfit for an answer",
    "withdrawn": "the answer was sent back, and somebody else has the item",
    "surplus": "the answer came after the item was somebody else's",
}


class Label(NamedTuple):
    """The newest answers of an assignment, and whether they are a label."""

    assignment_id: int
    state: str
    answers: Mapping[str, Any]  # Any: JSON answers by question
    is_quality: bool
    why_not: str


def of_assignments(session: Session, ids: Sequence[int]) -> dict[int, Label]:
    """What was sent last for each of these assignments; those without any answers are left out."""
    newest = (
        select(func.max(RevisionRow.number))
        .where(RevisionRow.assignment_id == AssignmentRow.id, RevisionRow.act == "submit")
        .correlate(AssignmentRow)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            AssignmentRow.id,
            AssignmentRow.state,
            AssignmentRow.review,
            RevisionRow.answers,
        )
        .join(RevisionRow, RevisionRow.assignment_id == AssignmentRow.id)
        .where(AssignmentRow.id.in_(ids), RevisionRow.number == newest)
    )
    return {row.id: _label(*row) for row in rows}


def newest_of_item(session: Session, item_id: int, question: str) -> Label | None:
    """The newest label of an item that answers the question; None: there is none."""
    ids = session.scalars(
        select(AssignmentRow.id)
        .where(AssignmentRow.item_id == item_id, AssignmentRow.state.in_(("submitted", "passed")))
        .order_by(AssignmentRow.submitted_at)
    ).all()
    found = of_assignments(session, ids)
    usable = [
        found[id] for id in ids if id in found and found[id].is_quality and question in found[id].answers
    ]
    return usable[-1] if usable else None


def _label(assignment_id: int, state: str, review: str, answers: Mapping[str, Any]) -> Label:
    if state == "passed" or (state == "submitted" and review in ("none", "passed")):
        return Label(assignment_id, state, answers, True, "")
    why_not = NO_LABEL.get(state, "the answer waits for its review")
    return Label(assignment_id, state, answers, False, why_not)
