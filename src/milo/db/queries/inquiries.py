"""Inquiries: what annotators asked about items, and the replies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from milo.db.tables import InquiryRow, ItemRow, PersonRow


class Found(NamedTuple):
    """An inquiry with the words of the item and the names of the two people."""

    row: InquiryRow
    external_id: str
    excerpt: str
    asker: str
    replier: str | None


def of_project(
    session: Session, project_id: int, *, asked_by: int | None, is_answered: bool | None, limit: int
) -> Sequence[Found]:
    """The inquiries of a project, latest first: one person's or everybody's, answered, open or both."""
    statement = _FOUND.where(InquiryRow.project_id == project_id).order_by(InquiryRow.id.desc()).limit(limit)
    if asked_by is not None:
        statement = statement.where(InquiryRow.asked_by == asked_by)
    if is_answered is not None:
        answered = InquiryRow.replied_at.is_not(None)
        statement = statement.where(answered if is_answered else ~answered)
    return [Found(*row) for row in session.execute(statement)]


def one(session: Session, id: int) -> Found:
    """An inquiry that exists."""
    return Found(*session.execute(_FOUND.where(InquiryRow.id == id)).one())


_ASKER, _REPLIER = aliased(PersonRow), aliased(PersonRow)
_FOUND = (
    select(InquiryRow, ItemRow.external_id, ItemRow.excerpt, _ASKER.name, _REPLIER.name)
    .join(ItemRow, ItemRow.id == InquiryRow.item_id)
    .join(_ASKER, _ASKER.id == InquiryRow.asked_by)
    .join(_REPLIER, _REPLIER.id == InquiryRow.replied_by, isouter=True)
)
