"""Items: pages of a list without payloads, and all that is known of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from milo.core.assignment import COUNTING
from milo.db.tables import (
    AnswerRow,
    AssignmentRow,
    InquiryRow,
    ItemRow,
    ModelCallRow,
    ModelRow,
    PersonRow,
    PromptVersionRow,
    RevisionRow,
    SuggestionRow,
)


class Suggested(NamedTuple):
    """The newest suggestion for a question of an item, in short."""

    item_id: int
    question: str
    option: str | None
    confidence: float | None
    status: str


class Answered(NamedTuple):
    """How often an option was chosen for an item; None stands for a text."""

    item_id: int
    question: str
    option: str | None
    times: int


class Handled(NamedTuple):
    """An annotation's handling time."""

    item_id: int
    active_ms: int


def page(
    session: Session, project_id: int, *, state: str | None, search: str, after: int, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The columns of a list for the next items after an id: (project, state, id) or (project, id) is read.

    `search` is looked for in the id and the excerpt, without regard to the case of A-Z.
    """
    return session.execute(
        select(
            ItemRow.id,
            ItemRow.external_id,
            ItemRow.excerpt,
            ItemRow.state,
            ItemRow.category,
            ItemRow.language,
            ItemRow.has_gold,
        )
        .where(*_listed(project_id, state, search), ItemRow.id > after)
        .order_by(ItemRow.id)
        .limit(limit)
    ).all()


def counts_by_state(session: Session, project_id: int) -> dict[str, int]:
    """How many items stand in each state, counted in the index alone: 50 ms for a million items."""
    rows = session.execute(
        select(ItemRow.state, func.count())
        .where(ItemRow.project_id == project_id, ItemRow.visible)
        .group_by(ItemRow.state)
    )
    return {row[0]: row[1] for row in rows}


def suggested(session: Session, item_ids: Sequence[int]) -> list[Suggested]:
    """Each suggestion for these items, oldest first."""
    rows = session.execute(
        select(
            SuggestionRow.item_id,
            SuggestionRow.question,
            SuggestionRow.top_option,
            SuggestionRow.top_confidence,
            SuggestionRow.status,
        )
        .where(SuggestionRow.item_id.in_(item_ids))
        .order_by(SuggestionRow.id)
    )
    return [Suggested(*row) for row in rows]


def answered(session: Session, item_ids: Sequence[int]) -> list[Answered]:
    """How often each option was chosen for these items, in answers that count."""
    rows = session.execute(
        select(AnswerRow.item_id, AnswerRow.question, AnswerRow.option, func.count())
        .join(AssignmentRow, AssignmentRow.id == AnswerRow.assignment_id)
        .where(AnswerRow.item_id.in_(item_ids), AssignmentRow.state.in_(COUNTING))
        .group_by(AnswerRow.item_id, AnswerRow.question, AnswerRow.option)
    )
    return [Answered(*row) for row in rows]


def handled(session: Session, item_ids: Sequence[int]) -> list[Handled]:
    """The handling time of each annotation of these items that counts."""
    rows = session.execute(
        select(AssignmentRow.item_id, AssignmentRow.active_ms).where(
            AssignmentRow.item_id.in_(item_ids), AssignmentRow.state.in_(COUNTING)
        )
    )
    return [Handled(*row) for row in rows]


def assignments_of(session: Session, item_id: int) -> Sequence[Row[AssignmentRow, str]]:
    """Who had the item in hands, with their names."""
    return session.execute(
        select(AssignmentRow, PersonRow.name)
        .join(PersonRow, PersonRow.id == AssignmentRow.annotator_id)
        .where(AssignmentRow.item_id == item_id)
        .order_by(AssignmentRow.id)
    ).all()


def revisions_of(session: Session, item_id: int) -> Sequence[RevisionRow]:
    """Everything annotators sent about the item, oldest first."""
    return session.scalars(
        select(RevisionRow)
        .join(AssignmentRow, AssignmentRow.id == RevisionRow.assignment_id)
        .where(AssignmentRow.item_id == item_id)
        .order_by(RevisionRow.id)
    ).all()


def suggestions_of(session: Session, item_id: int) -> Sequence[Row[SuggestionRow, str, str]]:
    """Every suggestion for the item with its model and prompt version, oldest first."""
    return session.execute(
        select(SuggestionRow, ModelRow.name, PromptVersionRow.version)
        .join(PromptVersionRow, PromptVersionRow.id == SuggestionRow.prompt_version_id)
        .join(ModelRow, ModelRow.id == PromptVersionRow.model_id)
        .where(SuggestionRow.item_id == item_id)
        .order_by(SuggestionRow.id)
    ).all()


def inquiries_of(session: Session, item_id: int) -> Sequence[Row[InquiryRow, str]]:
    """What annotators asked about the item, with their names."""
    return session.execute(
        select(InquiryRow, PersonRow.name)
        .join(PersonRow, PersonRow.id == InquiryRow.asked_by)
        .where(InquiryRow.item_id == item_id)
        .order_by(InquiryRow.id)
    ).all()


def calls_of(session: Session, item_id: int) -> Sequence[ModelCallRow]:
    """Every model call about the item, oldest first."""
    return session.scalars(
        select(ModelCallRow).where(ModelCallRow.item_id == item_id).order_by(ModelCallRow.id)
    ).all()


def _listed(project_id: int, state: str | None, search: str) -> list[Any]:  # Any: two kinds of condition
    conditions: list[Any] = [ItemRow.project_id == project_id, ItemRow.visible, ItemRow.deleted_at.is_(None)]
    if state is not None:
        conditions.append(ItemRow.state == state)
    if search:
        found = [
            column.icontains(search, autoescape=True) for column in (ItemRow.excerpt, ItemRow.external_id)
        ]
        conditions.append(or_(*found))
    return conditions
