"""Revisions: what annotators sent, appended and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import TableClause, bindparam, insert, select
from sqlalchemy.orm import Session

from milo.db.tables import RevisionRow

_BY_CLIENT_ID = select(RevisionRow).where(
    RevisionRow.client_id == bindparam("client"), RevisionRow.project_id == bindparam("project")
)
_APPEND = insert(cast(TableClause, RevisionRow.__table__))


def by_client_id(session: Session, project_id: int, client_id: str) -> RevisionRow | None:
    """The revision that was sent under this id; None when it never arrived."""
    return session.scalar(_BY_CLIENT_ID, {"client": client_id, "project": project_id})


def append(session: Session, **values: Any) -> None:
    """A new revision; `values` are its columns."""
    session.execute(_APPEND, values)


def newest(session: Session, assignment_id: int) -> RevisionRow | None:
    """The last thing sent for an assignment."""
    return session.scalar(
        select(RevisionRow)
        .where(RevisionRow.assignment_id == assignment_id)
        .order_by(RevisionRow.number.desc())
        .limit(1)
    )


def newest_of_acts(session: Session, assignment_id: int, acts: Sequence[str]) -> RevisionRow | None:
    """The last submit, skip or reject, whatever of these is asked for."""
    return session.scalar(
        select(RevisionRow)
        .where(RevisionRow.assignment_id == assignment_id, RevisionRow.act.in_(acts))
        .order_by(RevisionRow.number.desc())
        .limit(1)
    )


def newest_answers(session: Session, assignment_ids: Sequence[int]) -> dict[int, RevisionRow]:
    """The last submitted revision of each of these assignments."""
    rows = session.scalars(
        select(RevisionRow)
        .where(RevisionRow.assignment_id.in_(assignment_ids), RevisionRow.act == "submit")
        .order_by(RevisionRow.assignment_id, RevisionRow.number)
    )
    return {row.assignment_id: row for row in rows}
