"""Asking the researcher about an item; a reply can become a clause of the guideline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy.orm import Session

from milo.core.errors import Conflict, Fault, Forbidden, InvalidInput
from milo.core.guideline import Section
from milo.core.person import Person
from milo.core.strict import INPUT
from milo.db.queries import inquiries
from milo.db.tables import AssignmentRow, InquiryRow, ProjectRow
from milo.workflow import projects

Status = Literal["open", "answered", "mine", "all"]

TEXT_MAX = 10_000
LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiredItem:
    """The item an inquiry is about."""

    id: int
    external_id: str
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question about an item with the reply, if there is one."""

    id: int
    assignment: int | None
    item: InquiredItem
    question: str | None
    text: str
    status: Literal["open", "answered"]
    asked_by: str
    asked_at: datetime
    reply: str | None
    replied_by: str | None
    replied_at: datetime | None
    seen_at: datetime | None  # when the asker saw the reply
    section_id: str | None  # the clause it became
    guideline_version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A section of the guideline; one with a known id is reworded, without an id it is new."""

    __pydantic_config__ = INPUT

    title: str
    body: str
    section_id: str | None = None


def ask(
    session: Session, row: AssignmentRow, *, question: str | None, text: str, by: Person, now: datetime
) -> Inquiry:
    """Ask about an item one holds or has answered."""
    _check_text("text", text)
    names = [q.name for q in projects.questions(session, row.project_id, row.schema_version)]
    if question is not None and question not in names:
        allowed = ", ".join(names)
        raise InvalidInput(
            f"There is no question {question!r}; there are: {allowed}",
            (Fault("question", repr(question), allowed),),
        )
    inquiry = InquiryRow(
        project_id=row.project_id,
        item_id=row.item_id,
        assignment_id=row.id,
        question=question,
        asked_by=by.id,
        text=text.strip(),
        asked_at=now,
    )
    session.add(inquiry)
    session.flush()
    return _inquiry(inquiries.one(session, inquiry.id))


def listed(
    session: Session, project: ProjectRow, *, status: str, person: Person, sees_all: bool
) -> list[Inquiry]:
    """The inquiries of a project, latest first; those who may not see all see their own."""
    if status not in get_args(Status):
        raise InvalidInput(f"The status {status!r} is unknown; allowed: {', '.join(get_args(Status))}")
    found = inquiries.of_project(
        session,
        project.id,
        asked_by=person.id if status == "mine" or not sees_all else None,
        is_answered={"open": False, "answered": True}.get(status),
        limit=LIMIT,
    )
    return [_inquiry(one) for one in found]


def reply(
    session: Session,
    project: ProjectRow,
    row: InquiryRow,
    *,
    text: str,
    clause: Clause | None,
    by: Person,
    now: datetime,
) -> Inquiry:
    """Answer an inquiry; with a clause the guideline gets a new version, linked both ways."""
    _check_text("text", text)
    if row.replied_at is not None:
        raise Conflict("This inquiry is answered.", {"reply": row.reply})
    row.reply, row.replied_by, row.replied_at = text.strip(), by.id, now
    if clause is not None:
        section = _section(session, project, row, clause)
        row.guideline_version = projects.add_clause(session, project, section, by=by, now=now)
        row.section_id = section.id
    session.flush()
    return _inquiry(inquiries.one(session, row.id))


def see(session: Session, row: InquiryRow, *, by: Person, now: datetime) -> Inquiry:
    """Keep that the asker saw the reply."""
    if row.asked_by != by.id:
        raise Forbidden("Only who asked can mark the reply as seen.")
    if row.replied_at is not None and row.seen_at is None:
        row.seen_at = now
        session.flush()
    return _inquiry(inquiries.one(session, row.id))


def _section(session: Session, project: ProjectRow, row: InquiryRow, clause: Clause) -> Section:
    _check_text("clause.title", clause.title)
    _check_text("clause.body", clause.body)
    sections = {s.id: s for s in projects.guideline_sections(session, project.id, project.guideline_version)}
    known = None if clause.section_id is None else sections.get(clause.section_id)
    if clause.section_id is not None and known is None:
        allowed = ", ".join(sections) or "none: the guideline is empty"
        raise InvalidInput(
            f"The guideline has no section {clause.section_id!r}; it has: {allowed}",
            (Fault("clause.section_id", repr(clause.section_id), allowed),),
        )
    asked = {q.name for q in projects.questions(session, project.id, project.schema_version)}
    return Section(
        id=known.id if known else f"inquiry_{row.id}",
        title=clause.title.strip(),
        body=clause.body.strip(),
        kind=known.kind if known else ("question" if row.question in asked else "note"),
        question=known.question if known else (row.question if row.question in asked else None),
        in_prompt=known.in_prompt if known else True,
        inquiry=row.id,
    )


def _check_text(where: str, text: str) -> None:
    if not text.strip() or len(text) > TEXT_MAX or "\x00" in text:
        fault = Fault(where, f"{len(text.strip())} characters", f"1 to {TEXT_MAX}, without NUL")
        raise InvalidInput(f"This cannot be stored: {fault}", (fault,))


def _inquiry(found: inquiries.Found) -> Inquiry:
    row = found.row
    return Inquiry(
        id=row.id,
        assignment=row.assignment_id,
        item=InquiredItem(id=row.item_id, external_id=found.external_id, excerpt=found.excerpt),
        question=row.question,
        text=row.text,
        status="open" if row.replied_at is None else "answered",
        asked_by=found.asker,
        asked_at=row.asked_at,
        reply=row.reply,
        replied_by=found.replier,
        replied_at=row.replied_at,
        seen_at=row.seen_at,
        section_id=row.section_id,
        guideline_version=row.guideline_version,
    )
