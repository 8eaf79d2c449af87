"""The narrow table of answers: one row an option chosen or text given, of the newest revision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import TableClause, bindparam, delete, insert
from sqlalchemy.orm import Session

from milo.core.answer import Answers, Origin, chosen
from milo.db.tables import AnswerRow, AssignmentRow

_answer = cast(TableClause, AnswerRow.__table__)
_FORGET = delete(_answer).where(_answer.c.assignment_id == bindparam("assignment"))
_ADD = insert(_answer)


def rewrite(
    session: Session,
    assignment: AssignmentRow,
    answers: Answers,
    origins: Mapping[str, Mapping[str, Origin]],
    *,
    is_first: bool,
) -> None:
    """Make the rows of an assignment those of its newest revision."""
    if not is_first:
        session.execute(_FORGET, {"assignment": assignment.id})
    rows = rows_of(
        assignment.project_id, assignment.item_id, assignment.id, assignment.annotator_id, answers, origins
    )
    if rows:
        session.execute(_ADD, rows)


def rows_of(
    project_id: int,
    item_id: int,
    assignment_id: int,
    annotator_id: int,
    answers: Answers,
    origins: Mapping[str, Mapping[str, Origin]],
) -> list[dict[str, Any]]:
    """The rows that answers make: one an option chosen or text given."""
    return [
        {
            "project_id": project_id,
            "item_id": item_id,
            "assignment_id": assignment_id,
            "annotator_id": annotator_id,
            "question": question,
            "option": option,
            "confidence": answer.confidence,
            "source": origins[question][option or "" if answer.kind == "choices" else ""],
        }
        for question, answer in answers.items()
        for option in (chosen(answer) or (() if answer.kind == "choices" else (None,)))
    ]
