"""Work in the background, and the files it leaves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from milo.db.tables.table import Table


class JobRow(Table):
    """Long work, with its progress. The worker that holds the lease owns it; a takeover raises the fence."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state", "state", "id"), Index("ix_job_project", "project_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    kind: Mapped[str] = mapped_column(String(20))  # import | preannotate | bench | preselect | export
    lane: Mapped[str] = mapped_column(String(60), default="")  # jobs of one lane run one after the other
    state: Mapped[str] = mapped_column(String(10))  # queued | running | done | cancelled | failed
    config: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any] | None]
    position: Mapped[int] = mapped_column(default=0)  # last item id passed in the keyset pass
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    abstained: Mapped[int] = mapped_column(default=0)
    unreadable: Mapped[int] = mapped_column(default=0)
    cost_usd: Mapped[float] = mapped_column(default=0.0)
    rate_per_second: Mapped[float | None]
    error: Mapped[str | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    owner: Mapped[str | None] = mapped_column(String(60))
    fence: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class WorkerRow(Table):
    """A worker process that is alive."""

    __tablename__ = "worker"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    pid: Mapped[int]
    heartbeat_at: Mapped[datetime]


class ExportRow(Table):
    """A file that was written, with its ledger."""

    __tablename__ = "export"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    format: Mapped[str] = mapped_column(String(20))
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    path: Mapped[str]
    bytes: Mapped[int] = mapped_column(default=0)
    cut: Mapped[int] = mapped_column(default=0)  # the highest revision id it holds
    ledger: Mapped[dict[str, Any]]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
