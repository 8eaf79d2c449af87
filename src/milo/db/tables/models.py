"""Models, what they were asked and what they answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from milo.db.tables.table import Table


class ModelRow(Table):
    """A model somebody set up; its key is encrypted."""

    __tablename__ = "model"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    provider: Mapped[str] = mapped_column(String(20))
    model: Mapped[str]
    base_url: Mapped[str | None]
    api_key_encrypted: Mapped[bytes | None]
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    price_in_usd_per_million: Mapped[float | None]
    price_out_usd_per_million: Mapped[float | None]
    card: Mapped[dict[str, Any] | None]
    capabilities: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class PromptVersionRow(Table):
    """An annotator version: model + parameters + templates + sections + guideline version."""

    __tablename__ = "prompt_version"
    __table_args__ = (UniqueConstraint("project_id", "model_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    model_id: Mapped[int] = mapped_column(ForeignKey("model.id"))
    version: Mapped[str] = mapped_column(String(16))  # short hash of all that decides a reply
    config: Mapped[
        dict[str, Any]
    ]  # templates, sections, style, confidence method, schema and guideline version
    probes: Mapped[dict[str, Any]] = mapped_column(default=dict)  # question -> prior and calibration it uses
    measured: Mapped[dict[str, Any] | None]  # question -> accuracy and AUC on gold items
    created_at: Mapped[datetime]


class ModelCallRow(Table):
    """One call that was answered (or failed for good); no stored reply is paid again."""

    __tablename__ = "model_call"
    __table_args__ = (Index("ix_model_call_job", "job_id"), Index("ix_model_call_item", "item_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64), unique=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    role: Mapped[str] = mapped_column(String(20))
    model_id: Mapped[int] = mapped_column(ForeignKey("model.id"))
    model: Mapped[str]
    prompt_version_id: Mapped[int | None] = mapped_column(ForeignKey("prompt_version.id"))
    messages: Mapped[list[Any]]
    reply: Mapped[str | None]
    top_logprobs: Mapped[list[Any] | None]
    error: Mapped[str | None]
    finish_reason: Mapped[str | None]
    input_tokens: Mapped[int | None]
    output_tokens: Mapped[int | None]
    evaluated_tokens: Mapped[int | None]
    cost_usd: Mapped[float | None]
    latency_ms: Mapped[float | None]
    created_at: Mapped[datetime]


class UnitRow(Table):
    """One model question with its result; a job is the set of units that have no row here."""

    __tablename__ = "unit"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    prompt_version_id: Mapped[int] = mapped_column(ForeignKey("prompt_version.id"), primary_key=True)
    question: Mapped[str] = mapped_column(String(63), primary_key=True)
    option: Mapped[str] = mapped_column(String(63), primary_key=True, default="")
    sample: Mapped[int] = mapped_column(primary_key=True, default=0)
    item_revision: Mapped[int] = mapped_column(primary_key=True, default=1)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"), index=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("model_call.id"))
    status: Mapped[str] = mapped_column(String(12))  # ok | abstained | unreadable | failed
    result: Mapped[dict[str, Any]]
    reason: Mapped[str | None]


class SuggestionRow(Table):
    """What a model proposes for one question of one item, from its units."""

    __tablename__ = "suggestion"
    __table_args__ = (
        UniqueConstraint("item_id", "question", "prompt_version_id"),
        Index("ix_suggestion_project", "project_id", "prompt_version_id", "question", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    question: Mapped[str] = mapped_column(String(63))
    prompt_version_id: Mapped[int] = mapped_column(ForeignKey("prompt_version.id"))
    status: Mapped[str] = mapped_column(String(12))
    distribution: Mapped[dict[str, Any]] = mapped_column(default=dict)
    preselected: Mapped[list[Any]] = mapped_column(default=list)
    text: Mapped[str | None]
    option_mass: Mapped[float | None]
    top_option: Mapped[str | None]
    top_confidence: Mapped[float | None]
    explanation: Mapped[dict[str, Any] | None]
    reason: Mapped[str | None]
    created_at: Mapped[datetime]
