"""Suggestions: written from units, counted for the live line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

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


def versions(session: Session, project_id: int) -> Sequence[PromptVersionRow]:
    """The project's prompt versions that have suggestions, the newest first."""
    has_any = select(SuggestionRow.id).where(
        SuggestionRow.project_id == project_id, SuggestionRow.prompt_version_id == PromptVersionRow.id
    )
    return session.scalars(
        select(PromptVersionRow)
        .where(PromptVersionRow.project_id == project_id, has_any.exists())
        .order_by(PromptVersionRow.id.desc())
    ).all()


def with_gold(
    session: Session, project_id: int, prompt_version_id: int | None = None
) -> list[tuple[SuggestionRow, Mapping[str, Any]]]:
    """The suggestions of items with known answers, each with all of its item's.

    Those of one prompt version, or those in force.
    """
    chosen = (
        _is_newest() if prompt_version_id is None else SuggestionRow.prompt_version_id == prompt_version_id
    )
    rows = session.execute(
        select(SuggestionRow, ItemPayloadRow.gold)
        .join(ItemRow, ItemRow.id == SuggestionRow.item_id)
        .join(ItemPayloadRow, ItemPayloadRow.item_id == ItemRow.id)
        .where(
            ItemRow.project_id == project_id, ItemRow.has_gold.is_(True), ItemRow.deleted_at.is_(None), chosen
        )
    )
    return [(row[0], row[1]) for row in rows]


def count_preselected(session: Session, project_id: int, at: float, *, are_all_newest: bool) -> int:
    """How many items have at least one option in force whose confidence reaches `at`."""
    statement = select(func.count(SuggestionRow.item_id.distinct())).where(
        SuggestionRow.project_id == project_id, SuggestionRow.top_confidence >= at
    )
    if not are_all_newest:
        statement = statement.where(_is_newest())
    return session.scalar(statement) or 0


def _is_newest() -> ColumnElement[bool]:
    """Whether no newer prompt version made a suggestion for the same question of the same item."""
    newer = aliased(SuggestionRow)
    return ~exists().where(
        newer.item_id == SuggestionRow.item_id,
        newer.question == SuggestionRow.question,
        newer.prompt_version_id > SuggestionRow.prompt_version_id,
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
