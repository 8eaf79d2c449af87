"""The narrow table of answers: one row an option chosen or text given, of the newest revision."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from milo.core.answer import Answers, Origin, chosen
from milo.db.tables import AnswerRow, AssignmentRow


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
        session.execute(delete(AnswerRow).where(AnswerRow.assignment_id == assignment.id))
    rows = [
        {
            "project_id": assignment.project_id,
            "item_id": assignment.item_id,
            "assignment_id": assignment.id,
            "annotator_id": assignment.annotator_id,
            "question": question,
            "option": option,
            "confidence": answer.confidence,
            "source": origins[question][option or "" if answer.kind == "choices" else ""],
        }
        for question, answer in answers.items()
        for option in (chosen(answer) or ((None,) if answer.kind == "text" else ()))
    ]
    if rows:
        session.execute(insert(AnswerRow), rows)
