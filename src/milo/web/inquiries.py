"""Questions of annotators to the researcher, and the replies."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from milo.core.person import is_allowed
from milo.core.strict import INPUT
from milo.db.tables import InquiryRow
from milo.web.caller import Who
from milo.workflow import inquire

router = APIRouter(prefix="/api")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInquiry:
    """What one wants to know, about one question or the whole item."""

    __pydantic_config__ = INPUT

    text: str
    question: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyInput:
    """The reply, and the clause it becomes in the guideline."""

    __pydantic_config__ = INPUT

    text: str
    clause: inquire.Clause | None = None


@router.post("/assignments/{a}/inquiries", status_code=201)
def ask(a: int, body: NewInquiry, who: Who) -> inquire.Inquiry:
    """Ask the researcher about an item one has."""
    with who.write() as scope:
        row, _ = scope.own_assignment(a)
        return inquire.ask(
            scope.session, row, question=body.question, text=body.text, by=scope.person, now=scope.now
        )


@router.get("/projects/{p}/inquiries")
def list_inquiries(p: str, who: Who, status: str = "all") -> list[inquire.Inquiry]:
    """Inquiries, latest first; annotators see their own."""
    with who.read() as scope:
        project = scope.project(p)
        sees_all = is_allowed("read_items", scope.role, is_admin=scope.person.is_admin)
        return inquire.listed(scope.session, project, status=status, person=scope.person, sees_all=sees_all)


@router.post("/inquiries/{q}/reply")
def reply(q: int, body: ReplyInput, who: Who) -> inquire.Inquiry:
    """Answer an inquiry; with a clause the guideline gets a new version."""
    with who.write() as scope:
        row, project = scope.find(InquiryRow, q)
        return inquire.reply(
            scope.session,
            project,
            row,
            text=body.text,
            clause=body.clause,
            by=scope.person,
            now=scope.now,
        )


@router.post("/inquiries/{q}/seen")
def see(q: int, who: Who) -> inquire.Inquiry:
    """Say that one has seen the reply."""
    with who.write() as scope:
        row, _ = scope.find(InquiryRow, q)
        return inquire.see(scope.session, row, by=scope.person, now=scope.now)
