"""Projects, their schema and guideline versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Text, and_, bindparam, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from milo.core.person import Role
from milo.db.tables import MembershipRow, ProjectRow, SchemaVersionRow

# Built once: every request to a project begins with one of them.
_BY_ID = and_(ProjectRow.id == bindparam("address"), ProjectRow.deleted_at.is_(None))
_BY_SLUG = and_(ProjectRow.slug == bindparam("address"), ProjectRow.deleted_at.is_(None))
_IS_MEMBER = and_(
    MembershipRow.project_id == ProjectRow.id,
    MembershipRow.person_id == bindparam("person"),
    MembershipRow.left_at.is_(None),
)
_WITH_ROLE = select(ProjectRow, MembershipRow.role).outerjoin(MembershipRow, _IS_MEMBER)
_FIND = {int: select(ProjectRow).where(_BY_ID), str: select(ProjectRow).where(_BY_SLUG)}
_FIND_WITH_ROLE = {int: _WITH_ROLE.where(_BY_ID), str: _WITH_ROLE.where(_BY_SLUG)}

_schema = SchemaVersionRow.__table__
_SCHEMA = select(sql_cast(_schema.c.questions, Text), sql_cast(_schema.c.subject, Text)).where(
    _schema.c.project_id == bindparam("project"), _schema.c.version == bindparam("version")
)


def find(session: Session, address: str | int) -> ProjectRow | None:
    """The project by id or slug; None when there is none or it was deleted."""
    key = _key(address)
    return None if key is None else session.scalar(_FIND[type(key)], {"address": key})


def find_with_role(
    session: Session, address: str | int, person_id: int
) -> tuple[ProjectRow, Role | None] | None:
    """The project with the person's role in it, None for who is no member; None when there is no project."""
    key = _key(address)
    if key is None:
        return None
    row = session.execute(_FIND_WITH_ROLE[type(key)], {"address": key, "person": person_id}).first()
    return None if row is None else (row[0], cast(Role | None, row[1]))


def _key(address: str | int) -> str | int | None:
    """The slug, or the id of an address in digits; None of one that is larger than any id."""
    if isinstance(address, str) and not address.isdecimal():
        return address
    return int(address) if len(str(address)) < 19 else None


def every(session: Session) -> Sequence[ProjectRow]:
    """All projects that were not deleted, by name."""
    return session.scalars(
        select(ProjectRow).where(ProjectRow.deleted_at.is_(None)).order_by(ProjectRow.name, ProjectRow.id)
    ).all()


def with_roles(session: Session, person_id: int, *, every: bool) -> Sequence[tuple[ProjectRow, str | None]]:
    """The projects a person is in with their role; with `every` also all others, the role None there."""
    rows = session.execute(
        select(ProjectRow, MembershipRow.role)
        .join(MembershipRow, _IS_MEMBER, isouter=every)
        .where(ProjectRow.deleted_at.is_(None))
        .order_by(ProjectRow.name, ProjectRow.id),
        {"person": person_id},
    )
    return [(row[0], row[1]) for row in rows]


def schema(session: Session, project_id: int, version: int) -> tuple[str, str] | None:
    """Questions and shown fields of a schema version as JSON text; None when there is no such version."""
    row = session.execute(_SCHEMA, {"project": project_id, "version": version}).first()
    return None if row is None else (row[0], row[1])
