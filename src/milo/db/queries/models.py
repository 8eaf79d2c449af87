"""Models that were set up, and the prompt versions made with them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from milo.db.tables import ModelRow, PromptVersionRow


def listed(session: Session) -> Sequence[ModelRow]:
    """Every model that was not deleted, by name."""
    return session.scalars(
        select(ModelRow).where(ModelRow.deleted_at.is_(None)).order_by(ModelRow.name)
    ).all()


def find(session: Session, id: int) -> ModelRow | None:
    """A model by id; None when there is none or it was deleted."""
    return session.scalar(select(ModelRow).where(ModelRow.id == id, ModelRow.deleted_at.is_(None)))


def by_name(session: Session, name: str) -> ModelRow | None:
    """A model by name; None when there is none or it was deleted."""
    return session.scalar(select(ModelRow).where(ModelRow.name == name, ModelRow.deleted_at.is_(None)))


def prompt_version(session: Session, project_id: int, model_id: int, version: str) -> PromptVersionRow | None:
    """The prompt version of that hash; None when it is new."""
    return session.scalar(
        select(PromptVersionRow).where(
            PromptVersionRow.project_id == project_id,
            PromptVersionRow.model_id == model_id,
            PromptVersionRow.version == version,
        )
    )


def prompt_versions(session: Session, project_id: int, model_id: int) -> Sequence[PromptVersionRow]:
    """Every prompt version a model was run with in a project, oldest first."""
    return session.scalars(
        select(PromptVersionRow)
        .where(PromptVersionRow.project_id == project_id, PromptVersionRow.model_id == model_id)
        .order_by(PromptVersionRow.id)
    ).all()
