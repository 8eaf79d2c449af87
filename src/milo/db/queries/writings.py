"""How texts came about, one row a revision and question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import TableClause, insert, select
from sqlalchemy.orm import Session

from milo.db.tables import AssignmentRow, WritingRow

_ADD = insert(cast(TableClause, WritingRow.__table__))


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep how the texts of a revision came about; `rows` are the columns of each."""
    session.execute(_ADD, rows)


def of_item(session: Session, item_id: int) -> Sequence[WritingRow]:
    """Every writing of an item's answers, oldest revision first."""
    return session.scalars(
        select(WritingRow)
        .join(AssignmentRow, AssignmentRow.id == WritingRow.assignment_id)
        .where(AssignmentRow.item_id == item_id)
        .order_by(WritingRow.assignment_id, WritingRow.revision, WritingRow.question)
    ).all()
