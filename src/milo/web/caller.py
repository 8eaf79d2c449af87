"""Who asks: finds the person behind a request and checks the one permission table, inside the transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from milo.core.errors import Forbidden, MiloError, NotFound, NotLoggedIn
from milo.core.person import Permission, Person, Role, require
from milo.db.queries import people, projects
from milo.db.session import Database
from milo.db.tables import AssignmentRow, ProjectRow
from milo.web.permissions import ROUTES, Need

Row = TypeVar("Row")

COOKIE = "milo_session"
CSRF_HEADER = "X-CSRF-Token"


@dataclass(slots=True)
class Scope:
    """A transaction, the person in it, and the checks an endpoint makes before it touches anything."""

    session: Session
    need: Need
    now: datetime
    known: Person | None
    role: Role | None = None  # the person's in the project that was found; None for who is no member
    is_checked: bool = False

    @property
    def person(self) -> Person:
        """The person who asks; raises `NotLoggedIn` when there is none."""
        if self.known is None:
            raise NotLoggedIn("Log in first: POST /api/login, or send a key as 'Authorization: Bearer ...'.")
        return self.known

    def anywhere(self) -> Person:
        """The person, for routes that name no project: their own role decides."""
        person = self.person
        if self.need not in ("anyone", "logged_in"):
            role = None if person.role == "admin" else person.role
            require(cast(Permission, self.need), role, is_admin=person.is_admin)
        self.is_checked = True
        return person

    def project(self, address: str | int) -> ProjectRow:
        """The project by id or slug; `NotFound` for outsiders, so that nobody learns what exists."""
        person = self.person
        found = projects.find_with_role(self.session, address, person.id)
        if found is None or (found[1] is None and not person.is_admin):
            raise NotFound(f"There is no project {address!r} that you can see.")
        project, self.role = found
        require(cast(Permission, self.need), self.role, is_admin=person.is_admin)
        self.is_checked = True
        return project

    def find(self, table: type[Row], id: int) -> tuple[Row, ProjectRow]:
        """A row with its project, both checked; `NotFound` when it is in a project the person is not in."""
        row: Any = self.session.get(table, id)
        missing = NotFound(f"There is no {table.__name__.removesuffix('Row').lower()} {id} that you can see.")
        if row is None:
            raise missing
        try:
            return row, self.project(row.project_id)
        except NotFound:
            raise missing from None

    def own_assignment(self, id: int) -> tuple[AssignmentRow, ProjectRow]:
        """An assignment of the person who asks; anybody else's is `NotFound`."""
        row, project = self.find(AssignmentRow, id)
        if row.annotator_id != self.person.id:
            raise NotFound(f"There is no assignment {id} of yours.")
        return row, project


@dataclass(slots=True)
class Caller:
    """The outside of a request: its token, not yet looked up."""

    request: Request
    database: Database
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.request.app.state.clock()

    @contextmanager
    def read(self) -> Iterator[Scope]:
        """A transaction that only looks."""
        with self.database.read() as session, self._checked(session) as scope:
            yield scope

    @contextmanager
    def write(self) -> Iterator[Scope]:
        """A transaction that is committed before the reply is sent."""
        with self.database.write() as session, self._checked(session) as scope:
            yield scope

    @contextmanager
    def _checked(self, session: Session) -> Iterator[Scope]:
        route = self.request.scope["route"].path
        need = ROUTES.get((self.request.method, route))
        if need is None:
            raise Forbidden(f"{self.request.method} {route} has no row in the permission table.")
        scope = Scope(session, need, self.now, self._identify(session))
        yield scope
        if not scope.is_checked and need != "anyone":
            raise MiloError(f"{self.request.method} {route} checked no permission.")

    def _identify(self, session: Session) -> Person | None:
        bearer = self.request.headers.get("authorization", "")
        if bearer.lower().startswith("bearer "):
            return people.by_api_key(session, bearer[7:].strip())
        token = self.request.cookies.get(COOKIE)
        if token is None:
            return None
        found = people.by_session(session, token, self.now)
        if found is None:
            return None
        person, csrf_token = found
        if self.request.method not in ("GET", "HEAD") and self.request.headers.get(CSRF_HEADER) != csrf_token:
            raise Forbidden(f"The header {CSRF_HEADER} must carry csrf_token of GET /api/me.")
        return person


async def _caller(request: Request) -> Caller:
    return Caller(request, request.app.state.database)


Who = Annotated[Caller, Depends(_caller)]
