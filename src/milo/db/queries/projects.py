"""Projects, their schema and guideline versions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from milo.db.tables import MembershipRow, ProjectRow


def find(session: Session, address: str | int) -> ProjectRow | None:
    """The project by id or slug; None when there is none or it was deleted."""
    by_id = isinstance(address, int) or address.isdecimal()
    condition = ProjectRow.id == int(address) if by_id else ProjectRow.slug == address
    return session.scalar(select(ProjectRow).where(condition, ProjectRow.deleted_at.is_(None)))


def every(session: Session) -> Sequence[ProjectRow]:
    """All projects that were not deleted, by name."""
    return session.scalars(
        select(ProjectRow).where(ProjectRow.deleted_at.is_(None)).order_by(ProjectRow.name, ProjectRow.id)
    ).all()


def with_roles(session: Session, person_id: int, *, every: bool) -> Sequence[tuple[ProjectRow, str | None]]:
    """The projects a person is in with their role; with `every` also all others, the role None there."""
    member = and_(MembershipRow.project_id == ProjectRow.id, MembershipRow.person_id == person_id)
    rows = session.execute(
        select(ProjectRow, MembershipRow.role)
        .join(MembershipRow, member, isouter=every)
        .where(ProjectRow.deleted_at.is_(None))
        .order_by(ProjectRow.name, ProjectRow.id)
    )
    return [(row[0], row[1]) for row in rows]
