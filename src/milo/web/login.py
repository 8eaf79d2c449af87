"""Logging in and out, and who one is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import select

from milo.core.errors import NotLoggedIn
from milo.core.person import Person
from milo.core.strict import INPUT
from milo.db.queries import people as people_queries
from milo.db.tables import ApiKeyRow, LoginSessionRow, MembershipRow, PersonRow, ProjectRow
from milo.web.caller import COOKIE, Scope, Who
from milo.workflow import people

router = APIRouter(prefix="/api")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginInput:
    """A log-in name and its password."""

    __pydantic_config__ = INPUT

    login: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MyProject:
    """A project one is in."""

    id: int
    slug: str
    name: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who is logged in."""

    id: int
    login: str
    name: str
    role: str
    is_admin: bool
    organisation: str
    csrf_token: str | None
    preferences: dict[str, Any]
    projects: list[MyProject]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyName:
    """What a key is for."""

    __pydantic_config__ = INPUT

    name: str


@router.post("/login")
def log_in(body: LoginInput, response: Response, who: Who) -> Me:
    """Open a session; the cookie is HttpOnly and same-site."""
    config, gate = who.request.app.state.config, who.request.app.state.login_gate
    gate.enter(body.login, who.now)
    with who.database.read() as session:
        row, password_hash = people.check_password(session, body.login, body.password)
    if not people.verify(password_hash, body.password) or row is None:
        raise NotLoggedIn("The log-in name or the password is wrong.")
    gate.forget(body.login)
    with who.database.write() as session:
        opened = people.open_session(session, row.id, hours=config.session_hours, now=who.now)
        me = _me(session, opened.person, opened.csrf_token)
    response.set_cookie(
        COOKIE,
        opened.token,
        max_age=config.session_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=config.secure_cookies,
    )
    return me


@router.post("/logout", status_code=204)
def log_out(response: Response, who: Who) -> None:
    """Close the session."""
    with who.write() as scope:
        scope.anywhere()
        people.close_session(scope.session, who.request.cookies.get(COOKIE, ""))
    response.delete_cookie(COOKIE)


@router.get("/me")
def read_me(who: Who) -> Me:
    """Who is logged in, with their projects and the token for the CSRF header."""
    with who.read() as scope:
        person = scope.anywhere()
        return _me(scope.session, person, _csrf_token(scope, who.request.cookies.get(COOKIE)))


@router.put("/me/preferences")
def save_preferences(preferences: dict[str, Any], who: Who) -> dict[str, Any]:
    """Keep what a person set for themselves: theme, keys, text size."""
    with who.write() as scope:
        return people.set_preferences(scope.session, scope.anywhere(), preferences)


@router.get("/me/keys")
def list_keys(who: Who) -> list[dict[str, Any]]:
    """The keys one made that still work, without the keys themselves."""
    with who.read() as scope:
        mine = (ApiKeyRow.person_id == scope.anywhere().id, ApiKeyRow.revoked_at.is_(None))
        rows = scope.session.scalars(select(ApiKeyRow).where(*mine).order_by(ApiKeyRow.id))
        return [{"id": row.id, "name": row.name, "created_at": row.created_at} for row in rows]


@router.post("/me/keys", status_code=201)
def add_key(body: KeyName, who: Who) -> dict[str, Any]:
    """A new Bearer key; it is shown this once."""
    with who.write() as scope:
        id, key = people.add_api_key(scope.session, scope.anywhere(), body.name, who.now)
        return {"id": id, "name": body.name, "key": key}


@router.delete("/me/keys/{k}", status_code=204)
def revoke_key(k: int, who: Who) -> None:
    """Make a key useless."""
    with who.write() as scope:
        people.revoke_api_key(scope.session, scope.anywhere(), k, who.now)


def _csrf_token(scope: Scope, token: str | None) -> str | None:
    if token is None:
        return None
    hashed = people_queries.token_hash(token)
    return scope.session.scalar(
        select(LoginSessionRow.csrf_token).where(LoginSessionRow.token_hash == hashed)
    )


def _me(session: Any, person: Person, csrf_token: str | None) -> Me:  # Any: a Session
    rows = session.execute(
        select(ProjectRow.id, ProjectRow.slug, ProjectRow.name, MembershipRow.role)
        .join(MembershipRow, MembershipRow.project_id == ProjectRow.id)
        .where(MembershipRow.person_id == person.id, MembershipRow.left_at.is_(None))
        .where(ProjectRow.deleted_at.is_(None))
        .order_by(ProjectRow.name)
    )
    return Me(
        id=person.id,
        login=person.login,
        name=person.name,
        role=person.role,
        is_admin=person.is_admin,
        organisation=person.organisation,
        csrf_token=csrf_token,
        preferences=session.get_one(PersonRow, person.id).preferences,
        projects=[MyProject(id=r.id, slug=r.slug, name=r.name, role=r.role) for r in rows],
    )
