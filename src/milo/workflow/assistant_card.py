"""What the assistant of a project is, sees and may do, with what was measured; never an invented number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from milo.core.assistant_policy import Copying
from milo.db.tables import ProjectRow


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantSummary:
    """The assistant as everybody who works with it knows it."""

    model: str
    answers: str  # name of the question it drafts
    query: str | None  # the question, or the field, that holds what is asked
    query_is_field: bool
    sees: tuple[str, ...]  # titles of the fields it gets
    sees_pictures: bool
    sees_guideline: bool
    may_not_know: bool
    max_words: int | None
    copying: Copying
    copy_limit: float
    most_drafts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantMeasured:
    """What was measured with this model on this project; each share needs its count beside it."""

    drafts: int
    rated: int
    made_up: int  # drafts with that complaint
    wrong: int
    too_long: int
    off_guideline: int
    reviewed_with_draft: int  # answers with words of a draft on which was decided
    passed_with_draft: int  # of these, so many passed at once
    reviewed_without: int
    passed_without: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantCard(AssistantSummary):
    """What one should know before the first draft."""

    version: str | None  # None: nobody has asked it yet
    instructions_shown: bool  # whether it is told more than what is asked
    model_card: Mapping[str, Any] | None  # Any: as the model's own card says it
    measured: AssistantMeasured | None


def summary(session: Session, project: ProjectRow) -> AssistantSummary | None:
    """The assistant in short; None: the project has none."""
    raise NotImplementedError


def card(session: Session, project: ProjectRow) -> AssistantCard | None:
    """The capability card; None: the project has no assistant."""
    raise NotImplementedError
