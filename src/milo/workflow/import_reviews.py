"""Reviews and decisions of exported rows, given to stand-ins for the people and judges who made them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from milo.db import convert
from milo.db.queries import annotated_items, imports
from milo.db.tables import DecisionRow, FeedbackRow
from milo.workflow import native_review
from milo.workflow.native_review import DecidedRow, ReviewedRow


class ReviewedAnswer(NamedTuple):
    """A stored assignment with the reviews and decisions that came with it."""

    assignment_id: int
    item_id: int
    reviewed: tuple[ReviewedRow, ...]
    decided: tuple[DecidedRow, ...]


def store(session: Session, project_id: int, answers: Sequence[ReviewedAnswer], *, now: datetime) -> None:
    """Write what was found in these answers and what was decided on them, in the order it came about."""
    count = sum(len(one.reviewed) for one in answers)
    ids = iter(imports.next_ids(session, cast(Table, FeedbackRow.__table__), count) if count else ())
    feedback: list[dict[str, Any]] = []
    decisions: list[dict[str, Any]] = []
    for answer in answers:
        known = {one.client_id: next(ids) for one in answer.reviewed}
        feedback += [
            _feedback(session, project_id, known[one.client_id], answer, one, now) for one in answer.reviewed
        ]
        decisions += _decisions(project_id, answer, known)
    for table, rows in ((FeedbackRow, feedback), (DecisionRow, decisions)):
        if rows:
            session.execute(insert(table), rows)


def _feedback(
    session: Session, project_id: int, id: int, answer: ReviewedAnswer, one: ReviewedRow, now: datetime
) -> dict[str, Any]:
    found = native_review.findings_of(one)
    judge_id = person_id = None
    if one.reviewer is None:
        judge_id = annotated_items.judge(
            session,
            project_id,
            one.model or "",
            one.judge_version or "",
            rubric_version=one.rubric_version,
            now=now,
        )
    else:
        person_id = annotated_items.stand_in(session, project_id, one.reviewer, one.by, now=now)
    kind: Any = convert.VERDICTS if one.by == "judge" else convert.FINDINGS  # Any: of one of the two
    return {
        "id": id,
        "project_id": project_id,
        "item_id": answer.item_id,
        "assignment_id": answer.assignment_id,
        "revision": one.revision,
        "client_id": one.client_id,
        "source": one.by,
        "person_id": person_id,
        "judge_id": judge_id,
        "binds": one.binds,
        "is_calibration": False,
        "rubric_version": one.rubric_version,
        "only": None if one.only is None else list(one.only),
        "findings": convert.as_data(kind, found),
        "scores": convert.as_data(convert.SCORES, one.scores),
        "status": one.outcome,
        "reason": one.reason,
        "note": one.note,
        "own_findings": None
        if one.own_criteria is None
        else convert.as_data(convert.FINDINGS, one.own_criteria),
        "agreements": one.agreements,
        "active_ms": one.active_ms,
        "reply": one.reply,
        "replied_at": one.replied_at,
        "created_at": one.created_at,
    }


def _decisions(project_id: int, answer: ReviewedAnswer, known: dict[str, int]) -> Iterator[dict[str, Any]]:
    for one in answer.decided:
        yield {
            "project_id": project_id,
            "assignment_id": answer.assignment_id,
            "revision": one.revision,
            "status": one.status.lower(),
            "by": one.by,
            "feedback_id": None if one.feedback is None else known[one.feedback],
            "decided_at": one.decided_at,
        }
