"""How texts came about: what was recorded of the writing, the drafts, and the thumbs on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, exists, select
from sqlalchemy.orm import Session

from milo.db.queries.imports import values_of
from milo.db.tables import AssistantRow, ModelDraftRow, ModelRow, RatingRow, WritingRow


def has_writings(session: Session, project_id: int) -> bool:
    """Whether the making of any text was recorded."""
    return bool(session.scalar(select(exists().where(WritingRow.project_id == project_id))))


def has_drafts(session: Session, project_id: int) -> bool:
    """Whether a model ever drafted anything."""
    return bool(session.scalar(select(exists().where(ModelDraftRow.project_id == project_id))))


def writings(session: Session, assignment_ids: Sequence[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """What was measured of every text of these assignments, without its edits."""
    return session.execute(
        select(
            WritingRow.assignment_id,
            WritingRow.revision,
            WritingRow.question,
            WritingRow.draft_id,
            WritingRow.draft_share,
            WritingRow.edit_distance,
        ).where(WritingRow.assignment_id.in_(values_of(session, assignment_ids)))
    ).all()


def drafts(session: Session, assignment_ids: Sequence[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every draft of these assignments with model and version, oldest first."""
    return session.execute(
        select(
            ModelDraftRow.id,
            ModelDraftRow.assignment_id,
            ModelDraftRow.question,
            ModelDraftRow.query,
            ModelDraftRow.status,
            ModelDraftRow.text,
            ModelDraftRow.created_at,
            ModelRow.name.label("model"),
            AssistantRow.version,
        )
        .join(AssistantRow, AssistantRow.id == ModelDraftRow.assistant_id)
        .join(ModelRow, ModelRow.id == AssistantRow.model_id)
        .where(ModelDraftRow.assignment_id.in_(values_of(session, assignment_ids)))
        .order_by(ModelDraftRow.assignment_id, ModelDraftRow.number)
    ).all()


def thumbs(session: Session, assignment_ids: Sequence[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every thumb on a draft of these assignments."""
    return session.execute(
        select(RatingRow.target, RatingRow.thumb)
        .where(RatingRow.assignment_id.in_(values_of(session, assignment_ids)))
        .where(RatingRow.rated == "draft")
    ).all()
