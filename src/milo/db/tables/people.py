"""People, how they log in, what they may do, and who did what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from milo.db.tables.table import Table


class PersonRow(Table):
    """Somebody who logs in."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]  # None: a stub from an import, who cannot log in
    role: Mapped[str] = mapped_column(String(20), default="annotator")  # see core.person.PersonRole
    organisation: Mapped[str] = mapped_column(default="")
    pay_usd_per_hour: Mapped[float | None]
    preferences: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class LoginSessionRow(Table):
    """A browser that is logged in; the token itself is never stored."""

    __tablename__ = "login_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    csrf_token: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ApiKeyRow(Table):
    """A Bearer key of a person."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class MembershipRow(Table):
    """A person's role in a project; who has left keeps the pseudonym, as their work stays."""

    __tablename__ = "membership"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(20))
    pseudonym: Mapped[str] = mapped_column(String(60))  # how exports name the person
    seen_guideline: Mapped[int | None]  # the version of their last item
    created_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class AuditRow(Table):
    """Who did what to people, roles, keys and projects."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    action: Mapped[str] = mapped_column(String(60))
    target: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
