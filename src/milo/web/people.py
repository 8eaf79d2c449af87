"""People, their roles in projects, and who did what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import APIRouter

from milo.core.errors import InvalidInput
from milo.core.person import PersonRole, Role
from milo.core.strict import INPUT, Flag, Whole
from milo.db.queries import people as people_queries
from milo.db.tables import PersonRow
from milo.web.caller import Scope, Who
from milo.workflow import people

router = APIRouter(prefix="/api")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDetail:
    """A person as administrators see them."""

    id: int
    login: str
    name: str
    role: str
    organisation: str
    pay_usd_per_hour: float | None
    is_disabled: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Somebody who shall log in."""

    __pydantic_config__ = INPUT

    login: str
    name: str
    password: str
    role: PersonRole = "annotator"
    organisation: str = ""
    pay_usd_per_hour: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChanges:
    """What is to be different; what is left out stays. A new password ends the person's log-ins."""

    __pydantic_config__ = INPUT

    name: str | None = None
    password: str | None = None
    role: PersonRole | None = None
    organisation: str | None = None
    pay_usd_per_hour: float | None = None
    disabled: Flag | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDetail:
    """A person in a project; exports name them by the pseudonym."""

    person: int
    login: str
    name: str
    organisation: str
    role: str
    pseudonym: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberInput:
    """A person, by id or by log-in name, and their role."""

    __pydantic_config__ = INPUT

    role: Role
    person: Whole | None = None
    login: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersInput:
    """All members a project shall have; who is missing loses the role but not their work."""

    __pydantic_config__ = INPUT

    members: tuple[MemberInput, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """Who did what, to what."""

    id: int
    at: datetime
    by: str | None
    action: str
    target: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """A page of the audit log, latest first."""

    items: tuple[AuditLine, ...]
    next_cursor: str | None


@router.get("/people")
def list_people(who: Who) -> list[PersonDetail]:
    """Everybody who can log in or once could."""
    with who.read() as scope:
        scope.anywhere()
        return [_detail(row) for row in people_queries.everybody(scope.session)]


@router.post("/people", status_code=201)
def add_person(body: NewPerson, who: Who) -> PersonDetail:
    """A new person."""
    with who.read() as scope:
        scope.anywhere()
    hashed = people.hash_password(body.password)  # takes 0.26 s: outside the transaction that writes
    with who.write() as scope:
        person = people.add_person(
            scope.session,
            login=body.login,
            name=body.name,
            password=None,
            password_hash=hashed,
            role=body.role,
            organisation=body.organisation,
            pay_usd_per_hour=body.pay_usd_per_hour,
            by=scope.anywhere(),
            now=scope.now,
        )
        return _detail(scope.session.get_one(PersonRow, person.id))


@router.patch("/people/{id}")
def change_person(id: int, body: PersonChanges, who: Who) -> PersonDetail:
    """The person after the changes."""
    with who.read() as scope:
        scope.anywhere()
    changes = {name: value for name in _CHANGEABLE if (value := getattr(body, name)) is not None}
    if body.password is not None:
        changes["password_hash"] = people.hash_password(body.password)
    with who.write() as scope:
        people.change_person(scope.session, id, changes, by=scope.anywhere(), now=scope.now)
        return _detail(scope.session.get_one(PersonRow, id))


@router.get("/projects/{p}/members")
def list_members(p: str, who: Who) -> list[MemberDetail]:
    """The members of a project."""
    with who.read() as scope:
        return _members(scope, scope.project(p).id)


@router.put("/projects/{p}/members")
def set_members(p: str, body: MembersInput, who: Who) -> list[MemberDetail]:
    """Make these the members of a project."""
    with who.write() as scope:
        project = scope.project(p)
        roles = {_person_id(scope, member): member.role for member in body.members}
        people.set_members(scope.session, project.id, roles, by=scope.person, now=scope.now)
        return _members(scope, project.id)


@router.get("/audit")
def read_audit(who: Who, limit: int = 100, cursor: int | None = None) -> AuditPage:
    """Who changed people, roles, keys and projects, latest first."""
    if not 1 <= limit <= 1000:
        raise InvalidInput(f"The limit {limit} cannot be; allowed: 1 to 1000")
    with who.read() as scope:
        scope.anywhere()
        rows = people_queries.audit(scope.session, before=cursor, limit=limit + 1)
    lines = tuple(
        AuditLine(id=row.id, at=row.at, by=name, action=row.action, target=row.target, detail=row.detail)
        for row, name in rows[:limit]
    )
    return AuditPage(items=lines, next_cursor=str(lines[-1].id) if len(rows) > limit else None)


_CHANGEABLE = ("name", "role", "organisation", "pay_usd_per_hour", "disabled")


def _person_id(scope: Scope, member: MemberInput) -> int:
    if (member.person is None) == (member.login is None):
        raise InvalidInput("A member is named by exactly one of person (the id) and login.")
    if member.person is not None:
        return member.person
    row = people_queries.by_login(scope.session, member.login or "")
    if row is None:
        raise InvalidInput(f"There is no person with the log-in name {member.login!r}.")
    return row.id


def _members(scope: Scope, project_id: int) -> list[MemberDetail]:
    return [
        MemberDetail(
            person=person.id,
            login=person.login,
            name=person.name,
            organisation=person.organisation,
            role=membership.role,
            pseudonym=membership.pseudonym,
        )
        for membership, person in people_queries.members(scope.session, project_id)
    ]


def _detail(row: PersonRow) -> PersonDetail:
    return PersonDetail(
        id=row.id,
        login=row.login,
        name=row.name,
        role=row.role,
        organisation=row.organisation,
        pay_usd_per_hour=row.pay_usd_per_hour,
        is_disabled=row.disabled_at is not None,
        created_at=row.created_at,
    )
