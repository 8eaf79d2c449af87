"""People: made, logged in, given roles and keys."""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast, get_args

from sqlalchemy import delete
from sqlalchemy.orm import Session

from milo.core.errors import Conflict, InvalidInput, NotFound, NotLoggedIn, TooMany
from milo.core.person import Person, PersonRole, Role
from milo.db.queries import people
from milo.db.tables import ApiKeyRow, AuditRow, LoginSessionRow, MembershipRow, PersonRow

PASSWORD_MIN = 10
PREFERENCES_MAX = 50_000


@dataclass(frozen=True, slots=True)
class LogIn:
    """A session that was just opened; the token is known to the browser alone."""

    person: Person
    token: str
    csrf_token: str


class LoginGate:
    """Lets so many log-in attempts a minute through for one name, as each costs 0.26 s and 64 MiB."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._attempts: dict[str, deque[datetime]] = {}
        self._lock = threading.Lock()

    def enter(self, login: str, now: datetime) -> None:
        """Count an attempt; raises `TooMany` when there were too many in the last minute."""
        with self._lock:
            recent = self._attempts.setdefault(login.lower(), deque())
            while recent and now - recent[0] > timedelta(minutes=1):
                recent.popleft()
            if len(recent) >= self._per_minute:
                wait = 60 - (now - recent[0]).total_seconds()
                raise TooMany(f"Too many attempts for {login!r}; try again in {wait:.0f} s.", wait)
            recent.append(now)

    def forget(self, login: str) -> None:
        """After a log-in that worked."""
        with self._lock:
            self._attempts.pop(login.lower(), None)


def add_person(
    session: Session,
    *,
    login: str,
    name: str,
    password: str | None,
    role: PersonRole,
    now: datetime,
    organisation: str = "",
    pay_usd_per_hour: float | None = None,
    password_hash: str | None = None,
    by: Person | None = None,
) -> Person:
    """A new person; without a password, or the hash of one, nobody can log in as them."""
    if not re.fullmatch(r"[A-Za-z0-9._@+-]{2,200}", login):
        raise InvalidInput(
            f"The log-in name {login!r} cannot be used; allowed: 2 to 200 of A-Z a-z 0-9 . _ @ + -"
        )
    if role not in get_args(PersonRole):
        raise InvalidInput(f"The role {role!r} is unknown; allowed: {', '.join(get_args(PersonRole))}")
    if people.by_login(session, login) is not None:
        raise Conflict(f"The log-in name {login!r} is taken.")
    row = PersonRow(
        login=login,
        name=name.strip() or login,
        password_hash=password_hash if password is None else hash_password(password),
        role=role,
        organisation=organisation,
        pay_usd_per_hour=pay_usd_per_hour,
        created_at=now,
    )
    session.add(row)
    session.flush()
    note(session, by, "add_person", login, {"role": role}, now)
    return people.as_person(row)


def change_person(session: Session, id: int, changes: dict[str, Any], *, by: Person, now: datetime) -> Person:
    """The person after the changes: name, role, organisation, pay, password_hash or whether disabled."""
    row = session.get(PersonRow, id)
    if row is None:
        raise NotFound(f"There is no person {id}.")
    is_losing_admin = changes.get("disabled") or changes.get("role", "admin") != "admin"
    if row.role == "admin" and is_losing_admin and row.id == by.id:
        raise Conflict("You cannot disable yourself or give up your own administrator role; ask another one.")
    for field in ("name", "role", "organisation", "pay_usd_per_hour"):
        if field in changes:
            setattr(row, field, changes[field])
    if changes.get("password_hash"):
        row.password_hash = changes["password_hash"]
    if "disabled" in changes:
        row.disabled_at = now if changes["disabled"] else None
    if row.disabled_at is not None or changes.get("password_hash"):
        session.execute(delete(LoginSessionRow).where(LoginSessionRow.person_id == id))
    told = {key: value for key, value in changes.items() if key != "password_hash"} | (
        {"password": "changed"} if "password_hash" in changes else {}
    )
    note(session, by, "change_person", row.login, told, now)
    return people.as_person(row)


def check_password(session: Session, login: str, password: str) -> tuple[PersonRow | None, str]:
    """The row of a log-in name with the hash to check against; a dummy one when there is none.

    The check itself is left to the caller, outside any transaction: it takes 0.26 s.
    """
    row = people.by_login(session, login)
    if row is None or row.password_hash is None or row.disabled_at is not None:
        return None, _dummy_hash()
    return row, row.password_hash


def verify(password_hash: str, password: str) -> bool:
    """Whether the password is the one of the hash (argon2id)."""
    from argon2.exceptions import VerificationError

    try:
        return bool(_hasher().verify(password_hash, password))
    except VerificationError:
        return False


def open_session(session: Session, person_id: int, *, hours: int, now: datetime) -> LogIn:
    """A new log-in session; ones that are over are removed on the way."""
    row = session.get(PersonRow, person_id)
    if row is None or row.disabled_at is not None:
        raise NotLoggedIn("The log-in name or the password is wrong.")
    token, csrf_token = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    session.execute(delete(LoginSessionRow).where(LoginSessionRow.expires_at < now))
    session.add(
        LoginSessionRow(
            token_hash=people.token_hash(token),
            person_id=person_id,
            csrf_token=csrf_token,
            created_at=now,
            expires_at=now + timedelta(hours=hours),
        )
    )
    return LogIn(people.as_person(row), token, csrf_token)


def close_session(session: Session, token: str) -> None:
    """Log a browser out."""
    session.execute(delete(LoginSessionRow).where(LoginSessionRow.token_hash == people.token_hash(token)))


def set_preferences(session: Session, person: Person, changes: dict[str, Any]) -> dict[str, Any]:
    """All preferences of a person, after these changes."""
    row = session.get_one(PersonRow, person.id)
    preferences = {**row.preferences, **changes}
    size = len(json.dumps(preferences))
    if size > PREFERENCES_MAX:
        raise InvalidInput(f"Preferences of {size} characters are too many; allowed are {PREFERENCES_MAX}.")
    row.preferences = preferences
    return preferences


def add_api_key(session: Session, person: Person, name: str, now: datetime) -> tuple[int, str]:
    """A new Bearer key with its id; the key is shown once and only its hash stored."""
    key = "milo_" + secrets.token_urlsafe(32)
    row = ApiKeyRow(person_id=person.id, name=name, key_hash=people.token_hash(key), created_at=now)
    session.add(row)
    session.flush()
    note(session, person, "add_api_key", name, {}, now)
    return row.id, key


def revoke_api_key(session: Session, person: Person, id: int, now: datetime) -> None:
    """Make a key of this person useless."""
    row = session.get(ApiKeyRow, id)
    if row is None or row.person_id != person.id:
        raise NotFound(f"There is no key {id} of yours.")
    row.revoked_at = now
    note(session, person, "revoke_api_key", row.name, {}, now)


def set_members(
    session: Session, project_id: int, roles: dict[int, Role], *, by: Person | None, now: datetime
) -> None:
    """Make these people, with these roles, the members of a project; who is missing leaves it."""
    for role in roles.values():
        if role not in get_args(Role):
            raise InvalidInput(
                f"The role {role!r} is unknown in a project; allowed: {', '.join(get_args(Role))}"
            )
    for membership, person in people.members(session, project_id):
        if person.id not in roles and not _is_stand_in(person):
            membership.left_at = now
    for person_id, role in roles.items():
        add_member(session, project_id, person_id, role, now=now)
    note(session, by, "set_members", str(project_id), {str(id): role for id, role in roles.items()}, now)


def add_member(session: Session, project_id: int, person_id: int, role: Role, *, now: datetime) -> None:
    """Give a person a role in a project, and the pseudonym exports will use; who was there keeps theirs."""
    if session.get(PersonRow, person_id) is None:
        raise NotFound(f"There is no person {person_id}.")
    row = session.get(MembershipRow, (project_id, person_id))
    if row is None:
        row = MembershipRow(
            project_id=project_id, person_id=person_id, pseudonym=f"{role[0]}{person_id}", created_at=now
        )
        session.add(row)
    row.role, row.left_at = role, None
    session.flush()


def note(
    session: Session, by: Person | None, action: str, target: str, detail: dict[str, Any], at: datetime
) -> None:
    """A line of the audit log."""
    session.add(AuditRow(at=at, person_id=by.id if by else None, action=action, target=target, detail=detail))


def hash_password(password: str) -> str:
    """The argon2id hash of a password; raises `InvalidInput` for a short one."""
    if len(password) < PASSWORD_MIN:
        raise InvalidInput(f"The password has {len(password)} characters; it needs at least {PASSWORD_MIN}.")
    return cast(str, _hasher().hash(password))


def _is_stand_in(row: PersonRow) -> bool:
    """Whether the person came with imported work; nobody can take their place or send them away."""
    return row.password_hash is None and row.disabled_at is not None


@cache
def _hasher() -> Any:  # Any: argon2 is imported late, it is slow to import
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _dummy_hash() -> str:
    return cast(str, _hasher().hash(secrets.token_urlsafe(16)))
