"""People, their sessions, keys and memberships."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from milo.core.person import Person, PersonRole
from milo.db.tables import ApiKeyRow, AuditRow, LoginSessionRow, MembershipRow, PersonRow, UtcDateTime

# Every request begins with it, so it is built once and selects plain columns.
_person, _login = PersonRow.__table__, LoginSessionRow.__table__
_BY_SESSION = (
    select(
        *(_person.c[n] for n in ("id", "login", "name", "role", "organisation", "pay_usd_per_hour")),
        _login.c.csrf_token,
    )
    .select_from(_login.join(_person, _login.c.person_id == _person.c.id))
    .where(_login.c.token_hash == bindparam("hash"))
    .where(_login.c.expires_at > bindparam("now", type_=UtcDateTime()), _person.c.disabled_at.is_(None))
)


def token_hash(token: str) -> str:
    """SHA-256 in hex of a token; only this is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def as_person(row: PersonRow | Any) -> Person:  # Any: a row with the same columns
    """The person of a row."""
    return Person(
        id=row.id,
        login=row.login,
        name=row.name,
        role=cast(PersonRole, row.role),
        organisation=row.organisation,
        pay_usd_per_hour=row.pay_usd_per_hour,
    )


def by_login(session: Session, login: str) -> PersonRow | None:
    """The person of a log-in name, disabled ones too."""
    return session.scalar(select(PersonRow).where(PersonRow.login == login))


def by_session(session: Session, token: str, now: datetime) -> tuple[Person, str] | None:
    """The person of a session token with the session's CSRF token; None when it is unknown or over."""
    found = session.execute(_BY_SESSION, {"hash": token_hash(token), "now": now}).first()
    return None if found is None else (as_person(found), found.csrf_token)


def by_api_key(session: Session, key: str) -> Person | None:
    """The person of a Bearer key; None when it is unknown or revoked."""
    row = session.scalar(
        select(PersonRow)
        .join(ApiKeyRow, ApiKeyRow.person_id == PersonRow.id)
        .where(ApiKeyRow.key_hash == token_hash(key), ApiKeyRow.revoked_at.is_(None))
        .where(PersonRow.disabled_at.is_(None))
    )
    return None if row is None else as_person(row)


def everybody(session: Session) -> Sequence[PersonRow]:
    """All people who can log in or once could, by name; stubs of imports are left out."""
    return session.scalars(
        select(PersonRow).where(PersonRow.password_hash.is_not(None)).order_by(PersonRow.name, PersonRow.id)
    ).all()


def members(session: Session, project_id: int) -> Sequence[tuple[MembershipRow, PersonRow]]:
    """The members of a project by name, with stubs of imports."""
    rows = session.execute(
        select(MembershipRow, PersonRow)
        .join(PersonRow, PersonRow.id == MembershipRow.person_id)
        .where(MembershipRow.project_id == project_id, MembershipRow.left_at.is_(None))
        .order_by(PersonRow.name, PersonRow.id)
    )
    return [(row[0], row[1]) for row in rows]


def audit(session: Session, *, before: int | None, limit: int) -> Sequence[tuple[AuditRow, str | None]]:
    """Lines of the audit log with who did it, latest first."""
    statement = (
        select(AuditRow, PersonRow.name)
        .join(PersonRow, PersonRow.id == AuditRow.person_id, isouter=True)
        .order_by(AuditRow.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(AuditRow.id < before)
    return [(row[0], row[1]) for row in session.execute(statement)]
