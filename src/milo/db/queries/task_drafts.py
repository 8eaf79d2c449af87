"""Drafts as their annotators see them: in the order they were asked for, with what was said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from milo.core.draft import Draft, DraftingModel, DraftStatus, Rating
from milo.db import convert
from milo.db.queries import ratings
from milo.db.tables import AssistantRow, ModelDraftRow, ModelRow

#: No draft takes so long: its server ended while it was written.
LOST_AFTER = timedelta(minutes=11)

_FOR_TASKS = (
    select(ModelDraftRow, AssistantRow.version, ModelRow)
    .join(AssistantRow, AssistantRow.id == ModelDraftRow.assistant_id)
    .join(ModelRow, ModelRow.id == AssistantRow.model_id)
    .where(ModelDraftRow.assignment_id.in_(bindparam("assignments", expanding=True)))
    .order_by(ModelDraftRow.assignment_id, ModelDraftRow.number)
)
_TEXTS = (
    select(ModelDraftRow.id, ModelDraftRow.question, ModelDraftRow.text, ModelDraftRow.status)
    .where(ModelDraftRow.assignment_id == bindparam("assignment"))
    .order_by(ModelDraftRow.number)
)


class DraftText(NamedTuple):
    """What a draft says, so far when it is still generating."""

    id: int
    question: str
    text: str
    status: DraftStatus


def for_tasks(
    session: Session, assignment_ids: Sequence[int], *, now: datetime
) -> dict[int, tuple[Draft, ...]]:
    """The drafts by assignment, the latest last; one whose server died while it was written as stopped."""
    rows = session.execute(_FOR_TASKS, {"assignments": assignment_ids}).all()
    rated = ratings.of_drafts(session, [row.id for row, _, _ in rows])
    found: dict[int, tuple[Draft, ...]] = {}
    for row, version, model in rows:
        earlier = found.get(row.assignment_id, ())
        draft = as_draft(row, version, model, rated.get(row.id))
        if draft.status == "generating" and now - draft.created_at > LOST_AFTER:
            draft = replace(draft, status="stopped")
        found[row.assignment_id] = (*earlier, draft)
    return found


def texts(session: Session, assignment_id: int) -> list[DraftText]:
    """What the drafts of an assignment say, oldest first."""
    rows = session.execute(_TEXTS, {"assignment": assignment_id})
    return [DraftText(id, question, text, cast(DraftStatus, status)) for id, question, text, status in rows]


def as_draft(row: ModelDraftRow, version: str, model: ModelRow, rating: Rating | None) -> Draft:
    """A row as its annotator sees it."""
    return Draft(
        id=row.id,
        number=row.number,
        question=row.question,
        status=cast(DraftStatus, row.status),
        text=row.text,
        reason=row.reason,
        is_cut=row.is_cut,
        query=row.query,
        model=DraftingModel(name=model.name, model=model.model, recorded=model.provider == "replay"),
        version=version,
        tokens=row.output_tokens,
        first_token_ms=row.first_token_ms,
        generation_ms=row.generation_ms,
        probability=row.probability,
        unsure=convert.UNSURE.validate_python(row.unsure),
        rating=rating,
        created_at=row.created_at,
    )
