"""Examples that models are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from milo.db.tables import (
    ExampleRow,
    ItemPayloadRow,
    ItemRow,
    ModelDraftRow,
    PersonRow,
    RatingRow,
    SuggestionRow,
)


class Listed(NamedTuple):
    """An example with its item, who made it, and what the model had said."""

    row: ExampleRow
    external_id: str
    excerpt: str
    created_by: str | None
    draft_text: str | None
    suggestion: SuggestionRow | None


def listed(session: Session, project_id: int, *, ids: Sequence[int] | None = None) -> list[Listed]:
    """The examples of a project by question, oldest first; `ids` asks for these alone."""
    statement = (
        select(
            ExampleRow,
            ItemRow.external_id,
            ItemRow.excerpt,
            PersonRow.name,
            ModelDraftRow.text,
            SuggestionRow,
        )
        .join(ItemRow, ItemRow.id == ExampleRow.item_id)
        .join(PersonRow, PersonRow.id == ExampleRow.created_by, isouter=True)
        .join(RatingRow, RatingRow.id == ExampleRow.rating_id, isouter=True)
        .join(
            ModelDraftRow,
            (RatingRow.rated == "draft") & (ModelDraftRow.id == RatingRow.target),
            isouter=True,
        )
        .join(
            SuggestionRow,
            (RatingRow.rated == "suggestion") & (SuggestionRow.id == RatingRow.target),
            isouter=True,
        )
        .where(ExampleRow.project_id == project_id, ExampleRow.deleted_at.is_(None))
        .order_by(ExampleRow.question, ExampleRow.id)
    )
    if ids is not None:
        statement = statement.where(ExampleRow.id.in_(ids))
    return [Listed(*row) for row in session.execute(statement)]


class Stored(NamedTuple):
    """An example with what its item holds."""

    row: ExampleRow
    fields: Mapping[str, Any]  # Any: JSON, as imported


def of_question(
    session: Session, project_id: int, question: str, *, not_of: str | None, limit: int
) -> list[Stored]:
    """The newest examples of a question, oldest first; none of items with the content hash `not_of`."""
    statement = (
        select(ExampleRow, ItemPayloadRow.fields)
        .join(ItemRow, ItemRow.id == ExampleRow.item_id)
        .join(ItemPayloadRow, ItemPayloadRow.item_id == ExampleRow.item_id)
        .where(
            ExampleRow.project_id == project_id,
            ExampleRow.question == question,
            ExampleRow.deleted_at.is_(None),
        )
        .order_by(ExampleRow.id.desc())
        .limit(limit)
    )
    if not_of is not None:
        statement = statement.where(ItemRow.content_hash != not_of)
    return [Stored(*row) for row in session.execute(statement)][::-1]


def of_items(session: Session, project_id: int, item_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """The example of each of these items, by item and question; the newest where there are several."""
    rows = session.execute(
        select(ExampleRow.item_id, ExampleRow.question, ExampleRow.id)
        .where(
            ExampleRow.project_id == project_id,
            ExampleRow.item_id.in_(item_ids),
            ExampleRow.deleted_at.is_(None),
        )
        .order_by(ExampleRow.id)
    )
    return {(row.item_id, row.question): row.id for row in rows}


def of_question_and_item(session: Session, project_id: int, question: str, item_id: int) -> Sequence[int]:
    """The examples of an item for a question."""
    return session.scalars(
        select(ExampleRow.id).where(
            ExampleRow.project_id == project_id,
            ExampleRow.question == question,
            ExampleRow.item_id == item_id,
            ExampleRow.deleted_at.is_(None),
        )
    ).all()
