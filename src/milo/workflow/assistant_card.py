"""What the assistant of a project is, sees and may do, with what was measured; never an invented number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy.orm import Session

from milo.core.assistant_policy import AssistantPolicy, Copying, drafted
from milo.core.project import SubjectField
from milo.core.questions import ChatQuestion
from milo.db.queries import assistant_reports as reports
from milo.db.queries import models
from milo.db.tables import ModelRow, ProjectRow
from milo.workflow import assist, projects
from milo.workflow.models import sees_images


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

    version: str | None  # of what is asked now; None: its model is not there
    instructions_shown: bool  # whether it is told more than what is asked
    model_card: Mapping[str, Any] | None  # Any: as the model's own card says it
    measured: AssistantMeasured | None


def summary(session: Session, project: ProjectRow) -> AssistantSummary | None:
    """The assistant in short; None: the project has none."""
    policy = projects.settings(project).assistant
    question = drafted(policy, projects.questions(session, project.id, project.schema_version))
    if policy.model is None or question is None:
        return None
    model = models.by_name(session, policy.model)
    subject = projects.subject_fields(session, project.id, project.schema_version)
    conversation = question.conversation if isinstance(question, ChatQuestion) else None
    return AssistantSummary(
        model=policy.model,
        answers=question.name,
        query=policy.query,
        query_is_field=policy.query in {field.name for field in subject},
        sees=tuple(field.title for field in subject if field.name == conversation or _is_read(policy, field)),
        sees_pictures=(
            model is not None
            and sees_images(model)
            and any(_is_looked_at(policy, field) for field in subject)
        ),
        sees_guideline=policy.guideline,
        may_not_know=policy.may_not_know,
        max_words=policy.max_words,
        copying=policy.copying,
        copy_limit=policy.copy_limit,
        most_drafts=policy.most_drafts,
    )


def card(session: Session, project: ProjectRow) -> AssistantCard | None:
    """The capability card; None: the project has no assistant."""
    short = summary(session, project)
    if short is None:
        return None
    policy = projects.settings(project).assistant
    model = models.by_name(session, short.model)
    return AssistantCard(
        **{one.name: getattr(short, one.name) for one in fields(short)},
        version=None if model is None else _version(session, project, policy, model),
        instructions_shown=bool(policy.instructions.strip()),
        model_card=None if model is None else model.card,
        measured=None if model is None else _measured(session, project, model.id),
    )


def _version(session: Session, project: ProjectRow, policy: AssistantPolicy, model: ModelRow) -> str:
    return assist.version_of(model, assist.assisting_of(session, project, policy, model))


def _is_read(policy: AssistantPolicy, field: SubjectField) -> bool:
    """Whether the assistant gets the text of a field; what is asked is told apart."""
    is_text = field.show not in ("image", "video", "hidden")
    return is_text and field.name in (policy.fields or ()) and field.name != policy.query


def _is_looked_at(policy: AssistantPolicy, field: SubjectField) -> bool:
    """Whether the assistant gets the picture of a field."""
    return field.show == "image" and (policy.fields is None or field.name in policy.fields)


def _measured(session: Session, project: ProjectRow, model_id: int) -> AssistantMeasured | None:
    """What was measured with this model here; None before its first draft."""
    drafts = reports.count_drafts(session, project.id, model_id)
    if not drafts:
        return None
    said = reports.rated_drafts(session, project.id, model_id)
    reviewed = reports.reviewed(session, project.id)
    return AssistantMeasured(
        drafts=drafts,
        rated=said.rated,
        made_up=said.complaints["made_up"],
        wrong=said.complaints["wrong"],
        too_long=said.complaints["too_long"],
        off_guideline=said.complaints["off_guideline"],
        reviewed_with_draft=reviewed.with_draft,
        passed_with_draft=reviewed.passed_with_draft,
        reviewed_without=reviewed.without,
        passed_without=reviewed.passed_without,
    )
