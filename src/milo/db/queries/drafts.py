"""Drafts that models write: numbered within an assignment, ended, paid."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from milo.db.tables import AssistantRow, ModelDraftRow


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


def is_any_generating(session: Session, model_id: int, *, since: datetime) -> bool:
    """Whether the model writes a draft that was begun since then."""
    found = (
        select(ModelDraftRow.id)
        .join(AssistantRow, AssistantRow.id == ModelDraftRow.assistant_id)
        .where(
            AssistantRow.model_id == model_id,
            ModelDraftRow.status == "generating",
            ModelDraftRow.created_at >= since,
        )
        .limit(1)
    )
    return session.scalar(found) is not None


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
