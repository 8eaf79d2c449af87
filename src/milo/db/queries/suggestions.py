"""Suggestions: written from units, counted for the live line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from milo.db.queries.upsert import insert_into
from milo.db.tables import ItemPayloadRow, ItemRow, PromptVersionRow, SuggestionRow

_PROPOSED = (
    "status",
    "distribution",
    "preselected",
    "text",
    "option_mass",
    "top_option",
    "top_confidence",
    "explanation",
    "reason",
    "created_at",
)


def store(session: Session, suggestions: Sequence[Mapping[str, Any]]) -> None:
    """Write suggestions; one of the same item, question and prompt version is replaced."""
    if not suggestions:
        return
    statement = insert_into(session, SuggestionRow)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["item_id", "question", "prompt_version_id"],
            set_={name: statement.excluded[name] for name in _PROPOSED},
        ),
        list(suggestions),
    )


def newest_version(session: Session, project_id: int) -> PromptVersionRow | None:
    """The prompt version whose suggestions are in force: the newest that has any."""
    has_any = select(SuggestionRow.id).where(
        SuggestionRow.project_id == project_id, SuggestionRow.prompt_version_id == PromptVersionRow.id
    )
    return session.scalar(
        select(PromptVersionRow)
        .where(PromptVersionRow.project_id == project_id, has_any.exists())
        .order_by(PromptVersionRow.id.desc())
        .limit(1)
    )


def of_items(
    session: Session, prompt_version_id: int, item_ids: Sequence[int]
) -> dict[tuple[int, str], SuggestionRow]:
    """The suggestions of these items under a prompt version, by item and question."""
    rows = session.scalars(
        select(SuggestionRow).where(
            SuggestionRow.item_id.in_(item_ids), SuggestionRow.prompt_version_id == prompt_version_id
        )
    )
    return {(row.item_id, row.question): row for row in rows}


def with_gold(
    session: Session, project_id: int, prompt_version_id: int
) -> list[tuple[SuggestionRow, Mapping[str, Any]]]:
    """The suggestions of items with known answers, each with all of its item's."""
    rows = session.execute(
        select(SuggestionRow, ItemPayloadRow.gold)
        .join(ItemRow, ItemRow.id == SuggestionRow.item_id)
        .join(ItemPayloadRow, ItemPayloadRow.item_id == ItemRow.id)
        .where(
            ItemRow.project_id == project_id,
            ItemRow.has_gold,
            ItemRow.deleted_at.is_(None),
            SuggestionRow.prompt_version_id == prompt_version_id,
        )
    )
    return [(row[0], row[1]) for row in rows]


def count_preselected(session: Session, project_id: int, prompt_version_id: int, at: float) -> int:
    """How many items have at least one option whose confidence reaches `at`."""
    return (
        session.scalar(
            select(func.count(SuggestionRow.item_id.distinct())).where(
                SuggestionRow.project_id == project_id,
                SuggestionRow.prompt_version_id == prompt_version_id,
                SuggestionRow.top_confidence >= at,
            )
        )
        or 0
    )


def count_items(session: Session, project_id: int) -> int:
    """How many items the project shows."""
    return (
        session.scalar(
            select(func.count())
            .select_from(ItemRow)
            .where(ItemRow.project_id == project_id, ItemRow.visible, ItemRow.deleted_at.is_(None))
        )
        or 0
    )


def batch(session: Session, project_id: int, *, after: int, limit: int) -> Sequence[SuggestionRow]:
    """Suggestions of a project behind an id, in order of id."""
    return session.scalars(
        select(SuggestionRow)
        .where(SuggestionRow.project_id == project_id, SuggestionRow.id > after)
        .order_by(SuggestionRow.id)
        .limit(limit)
    ).all()
