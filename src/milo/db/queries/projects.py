"""Projects, their schema and guideline versions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Text, and_, bindparam, cast, select
from sqlalchemy.orm import Session

from milo.db.tables import MembershipRow, ProjectRow, SchemaVersionRow

# Built once: every request to a project begins with one of them.
_BY_ID = select(ProjectRow).where(ProjectRow.id == bindparam("address"), ProjectRow.deleted_at.is_(None))
_BY_SLUG = select(ProjectRow).where(ProjectRow.slug == bindparam("address"), ProjectRow.deleted_at.is_(None))

_schema = SchemaVersionRow.__table__
_SCHEMA = select(cast(_schema.c.questions, Text), cast(_schema.c.subject, Text)).where(
    _schema.c.project_id == bindparam("project"), _schema.c.version == bindparam("version")
)


def find(session: Session, address: str | int) -> ProjectRow | None:
    """The project by id or slug; None when there is none or it was deleted."""
    if isinstance(address, int) or address.isdecimal():
        return session.scalar(_BY_ID, {"address": int(address)}) if len(str(address)) < 19 else None
    return session.scalar(_BY_SLUG, {"address": address})


def every(session: Session) -> Sequence[ProjectRow]:
    """All projects that were not deleted, by name."""
    return session.scalars(
        select(ProjectRow).where(ProjectRow.deleted_at.is_(None)).order_by(ProjectRow.name, ProjectRow.id)
    ).all()


def with_roles(session: Session, person_id: int, *, every: bool) -> Sequence[tuple[ProjectRow, str | None]]:
    """The projects a person is in with their role; with `every` also all others, the role None there."""
    member = and_(
        MembershipRow.project_id == ProjectRow.id,
        MembershipRow.person_id == person_id,
        MembershipRow.left_at.is_(None),
    )
    rows = session.execute(
        select(ProjectRow, MembershipRow.role)
        .join(MembershipRow, member, isouter=every)
        .where(ProjectRow.deleted_at.is_(None))
        .order_by(ProjectRow.name, ProjectRow.id)
    )
    return [(row[0], row[1]) for row in rows]


def schema(session: Session, project_id: int, version: int) -> tuple[str, str] | None:
    """Questions and shown fields of a schema version as JSON text; None when there is no such version."""
    row = session.execute(_SCHEMA, {"project": project_id, "version": version}).first()
    return None if row is None else (row[0], row[1])
