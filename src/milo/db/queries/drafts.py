"""Drafts that models wrote, with the model and the version behind each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from milo.core.draft import Draft, DraftingModel, DraftStatus, Rating, UnsurePassage
from milo.db.tables import AssistantRow, ModelDraftRow, ModelRow, RatingRow

#: A draft that claims to be written for longer lost its server: no draft takes so long.
LOST_AFTER = timedelta(minutes=11)

_OF_ASSIGNMENTS = (
    select(ModelDraftRow, AssistantRow, ModelRow, RatingRow)
    .join(AssistantRow, AssistantRow.id == ModelDraftRow.assistant_id)
    .join(ModelRow, ModelRow.id == AssistantRow.model_id)
    .join(
        RatingRow,
        (RatingRow.rated == "draft")
        & (RatingRow.target == ModelDraftRow.id)
        & (RatingRow.assignment_id == ModelDraftRow.assignment_id),
        isouter=True,
    )
    .where(ModelDraftRow.assignment_id.in_(bindparam("assignments", expanding=True)))
    .order_by(ModelDraftRow.assignment_id, ModelDraftRow.number, RatingRow.id)
)


def for_tasks(
    session: Session, assignment_ids: Sequence[int], *, now: datetime
) -> dict[int, tuple[Draft, ...]]:
    """The drafts of each assignment that has any, the latest last.

    One whose server ended while it was written is shown as stopped.
    """
    found: dict[int, dict[int, Draft]] = {}
    for row, assistant, model, rating in session.execute(_OF_ASSIGNMENTS, {"assignments": assignment_ids}):
        found.setdefault(row.assignment_id, {})[row.id] = _draft(row, assistant, model, rating, now)
    return {assignment: tuple(drafts.values()) for assignment, drafts in found.items()}


def last_number(session: Session, assignment_id: int) -> int:
    """The number of the latest draft of an assignment; 0 without any."""
    newest = select(func.max(ModelDraftRow.number)).where(ModelDraftRow.assignment_id == assignment_id)
    return session.scalar(newest) or 0


def stop_unfinished(session: Session, assignment_id: int, *, now: datetime) -> None:
    """End what is still being written for an assignment; what came of it is written by who wrote it."""
    session.execute(
        update(ModelDraftRow)
        .where(ModelDraftRow.assignment_id == assignment_id, ModelDraftRow.status == "generating")
        .values(status="stopped", ended_at=now)
        .execution_options(synchronize_session=False)
    )


def assistant(session: Session, project_id: int, model_id: int, version: str) -> AssistantRow | None:
    """The assistant version of a project."""
    return session.scalar(
        select(AssistantRow).where(
            AssistantRow.project_id == project_id,
            AssistantRow.model_id == model_id,
            AssistantRow.version == version,
        )
    )


def spent_usd(session: Session, project_id: int) -> float:
    """What the drafts of a project cost so far, as far as it is known."""
    total = select(func.sum(ModelDraftRow.cost_usd)).where(ModelDraftRow.project_id == project_id)
    return session.scalar(total) or 0.0


def _draft(
    row: ModelDraftRow, assistant: AssistantRow, model: ModelRow, rating: RatingRow | None, now: datetime
) -> Draft:
    is_lost = row.status == "generating" and now - row.created_at > LOST_AFTER
    return Draft(
        id=row.id,
        number=row.number,
        question=row.question,
        status="stopped" if is_lost else cast(DraftStatus, row.status),
        text=row.text,
        reason=row.reason,
        is_cut=row.is_cut,
        query=row.query,
        model=DraftingModel(name=model.name, model=model.model, recorded=model.provider == "replay"),
        version=assistant.version,
        tokens=row.output_tokens,
        first_token_ms=row.first_token_ms,
        generation_ms=row.generation_ms,
        probability=row.probability,
        unsure=tuple(UnsurePassage(**passage) for passage in row.unsure),
        rating=None if rating is None else _rating(rating),
        created_at=row.created_at,
    )


def _rating(row: RatingRow) -> Rating:
    return Rating(thumb=row.thumb, complaints=tuple(row.complaints), note=row.note)  # type: ignore[arg-type]  # columns of text
