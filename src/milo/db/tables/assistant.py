"""Drafts of models, how texts came about, and what people said of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from milo.db.tables.table import Table


class AssistantRow(Table):
    """An assistant version: model, parameters, prompt, what it sees, guideline version."""

    __tablename__ = "assistant"
    __table_args__ = (UniqueConstraint("project_id", "model_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    model_id: Mapped[int] = mapped_column(ForeignKey("model.id"))
    version: Mapped[str] = mapped_column(String(16))  # short hash of all that decides a draft beside the item
    config: Mapped[dict[str, Any]]  # the policy and the versions it rests on
    created_at: Mapped[datetime]


class ModelDraftRow(Table):
    """Text a model wrote for an assignment; see core.draft.Draft."""

    __tablename__ = "model_draft"
    __table_args__ = (
        UniqueConstraint("assignment_id", "number"),
        Index("ix_model_draft_project", "project_id", "id"),
        Index("ix_model_draft_item", "item_id"),
        Index("ix_model_draft_assistant", "assistant_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    assistant_id: Mapped[int] = mapped_column(ForeignKey("assistant.id"))
    number: Mapped[int]  # from 1, within the assignment
    question: Mapped[str] = mapped_column(String(63))
    query: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(String(12))  # core.draft.DraftStatus
    text: Mapped[str] = mapped_column(default="")
    reason: Mapped[str | None]
    is_cut: Mapped[bool] = mapped_column(default=False)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("model_call.id"))
    input_tokens: Mapped[int | None]
    output_tokens: Mapped[int | None]
    cost_usd: Mapped[float | None]
    first_token_ms: Mapped[int | None]
    generation_ms: Mapped[int] = mapped_column(default=0)
    probability: Mapped[float | None]
    unsure: Mapped[list[Any]] = mapped_column(default=list)  # core.draft.UnsurePassage
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class WritingRow(Table):
    """How the text of one question of one revision came about, and how much of it a model wrote."""

    __tablename__ = "writing"
    __table_args__ = (Index("ix_writing_project", "project_id", "assignment_id"),)

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(String(63), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    is_complete: Mapped[bool] = mapped_column(default=True)  # the edits lead to the text that was sent
    words: Mapped[int] = mapped_column(default=0)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("model_draft.id"))  # the one most of it came from
    draft_share: Mapped[float] = mapped_column(default=0.0)  # of the final words, from any draft
    edit_distance: Mapped[int | None]  # words, from that draft; None: no draft
    pasted: Mapped[dict[str, Any]] = mapped_column(default=dict)  # source -> code points
    first_edit_ms: Mapped[int | None]
    base: Mapped[str] = mapped_column(default="")  # the two that may be long come last: reports skip them
    edits: Mapped[list[Any]] = mapped_column(default=list)  # core.writing.Edit


class RatingRow(Table):
    """What a person said of one thing a model made; the last word counts."""

    __tablename__ = "rating"
    __table_args__ = (
        UniqueConstraint("person_id", "rated", "target", "part"),
        Index("ix_rating_project", "project_id", "rated", "thumb", "id"),
        Index("ix_rating_assignment", "assignment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    rated: Mapped[str] = mapped_column(String(12))  # core.draft.Rated
    target: Mapped[int]
    part: Mapped[str] = mapped_column(String(63), default="")
    question: Mapped[str] = mapped_column(String(63), default="")  # of a draft or suggestion
    version_id: Mapped[int | None]  # assistant, prompt version or judge, as `rated` says
    thumb: Mapped[str] = mapped_column(String(4))
    complaints: Mapped[list[Any]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ExampleRow(Table):
    """A corrected case that models are shown before they are asked; never for the item it came from."""

    __tablename__ = "example"
    __table_args__ = (Index("ix_example_project", "project_id", "question", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    question: Mapped[str] = mapped_column(String(63))
    query: Mapped[str] = mapped_column(default="")
    answer: Mapped[dict[str, Any]]  # core.questions.Answer
    rating_id: Mapped[int | None] = mapped_column(ForeignKey("rating.id"))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class EngineRow(Table):
    """An embedded model that a worker keeps loaded for drafts, and where this machine's server asks it."""

    __tablename__ = "engine"

    model_id: Mapped[int] = mapped_column(ForeignKey("model.id"), primary_key=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    base_url: Mapped[str | None]  # None: not loaded yet
    key_encrypted: Mapped[bytes | None]
    wanted_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
