"""Slots, who holds them, and what was answered; payloads stand apart from lists."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from milo.db.tables.table import Table


class QueueRow(Table):
    """Where slots wait: `main`, later the arms of studies."""

    __tablename__ = "queue"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    name: Mapped[str] = mapped_column(String(60))


class SlotRow(Table):
    """One needed answer."""

    __tablename__ = "slot"
    __table_args__ = (
        Index("ix_slot_claim", "queue_id", "state", "priority", "id"),
        Index("ix_slot_item", "item_id"),
        Index(
            "ix_slot_lease",
            "lease_until",
            sqlite_where=text("state = 'leased'"),
            postgresql_where=text("state = 'leased'"),
        ),
        Index(
            "uq_slot_item_annotator",
            "item_id",
            "annotator_id",
            unique=True,
            sqlite_where=text("annotator_id IS NOT NULL"),
            postgresql_where=text("annotator_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    state: Mapped[str] = mapped_column(String(10), default="open")  # open | leased | done | withdrawn
    priority: Mapped[int] = mapped_column(default=100)  # lower first; redo is 0
    only_annotator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    annotator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lease_until: Mapped[datetime | None]


class ClaimCursorRow(Table):
    """How far an annotator has come in a queue."""

    __tablename__ = "claim_cursor"

    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id"), primary_key=True)
    annotator_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    priority: Mapped[int]
    slot_id: Mapped[int]
    reopened_seq: Mapped[int]


class AssignmentRow(Table):
    """One item in one person's hands; with its revisions, that person's annotation of the item."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index("uq_assignment_annotator_item", "annotator_id", "item_id", unique=True),
        Index("ix_assignment_item", "item_id"),
        # The last columns let progress be counted in the indexes alone: 0.1 s instead of seconds a million.
        Index("ix_assignment_mine", "project_id", "annotator_id", "submitted_at", "state"),
        Index("ix_assignment_project_state", "project_id", "state", "annotator_id", "active_ms"),
        Index(
            "ix_assignment_review",
            "project_id",
            "review_rank",
            "id",
            "state",  # these three, so that the queue is counted in the index alone
            "asked_person",
            "annotator_id",
            sqlite_where=text("review_rank IS NOT NULL"),
            postgresql_where=text("review_rank IS NOT NULL"),
        ),
        Index(
            "ix_assignment_judge",
            "project_id",
            "id",
            sqlite_where=text("judge_due = 1"),  # as SQLAlchemy writes `AssignmentRow.judge_due`
            postgresql_where=text("judge_due"),
        ),
        Index(
            "ix_assignment_redo",
            "project_id",
            "annotator_id",
            sqlite_where=text("state = 'redo'"),
            postgresql_where=text("state = 'redo'"),
        ),
        Index(
            "ix_assignment_absent",
            "project_id",
            "redo_until",
            sqlite_where=text("state = 'redo'"),
            postgresql_where=text("state = 'redo'"),
        ),
        Index(
            "ix_assignment_reviewed",
            "project_id",
            "review",
            "id",
            sqlite_where=text("review <> 'none'"),
            postgresql_where=text("review <> 'none'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    annotator_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id"))
    state: Mapped[str] = mapped_column(String(10))  # see core.assignment.AssignmentState
    schema_version: Mapped[int]
    guideline_version: Mapped[int]
    reveal: Mapped[str] = mapped_column(String(12), default="immediate")
    held_out: Mapped[bool] = mapped_column(default=False)
    assist_held_out: Mapped[bool] = mapped_column(default=False, server_default=false())
    revealed_at: Mapped[datetime | None]
    leased_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=0)  # the number of the last one; 0: none yet
    submitted_at: Mapped[datetime | None]  # of the last revision
    active_ms: Mapped[int] = mapped_column(default=0)  # sums over its revisions
    wall_ms: Mapped[int] = mapped_column(default=0)
    # The review of its newest answer, see workflow/review.py.
    review: Mapped[str] = mapped_column(String(8), default="none", server_default="none")  # ReviewState
    asked_judge: Mapped[bool] = mapped_column(default=False, server_default=false())
    asked_person: Mapped[str | None] = mapped_column(String(12))  # auditor | researcher
    judge_due: Mapped[bool] = mapped_column(default=False, server_default=false())
    review_rank: Mapped[int | None]  # its place in the reviewers' queue, lower first; None: nothing to do
    redo_rounds: Mapped[int] = mapped_column(default=0, server_default="0")  # how often it was sent back
    redo_until: Mapped[datetime | None]  # so long it is kept for its annotator


class RevisionRow(Table):
    """One thing an annotator sent; appended, never changed. Its id is the cut of exports."""

    __tablename__ = "revision"
    __table_args__ = (
        UniqueConstraint("assignment_id", "number"),
        # In a project: an import of another project's export keeps the ids of what was sent.
        UniqueConstraint("client_id", "project_id"),
        Index("ix_revision_project", "project_id", "id"),
        Index("ix_revision_project_at", "project_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    client_id: Mapped[str] = mapped_column(String(64))
    number: Mapped[int]
    act: Mapped[str] = mapped_column(String(10))  # submit | skip | reject | reopen
    state: Mapped[str] = mapped_column(String(10))  # the assignment's state after it
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    origins: Mapped[dict[str, Any]] = mapped_column(default=dict)  # question -> {option or "": origin}
    shown: Mapped[list[Any]] = mapped_column(default=list)
    reject_reason: Mapped[str | None]
    note: Mapped[str | None]
    schema_version: Mapped[int]
    guideline_version: Mapped[int]
    active_ms: Mapped[int] = mapped_column(default=0)
    wall_ms: Mapped[int] = mapped_column(default=0)
    blurred_ms: Mapped[int] = mapped_column(default=0)
    generation_ms: Mapped[int] = mapped_column(default=0)
    suspect: Mapped[bool] = mapped_column(default=False)  # wall time beyond the lease plus 5 s
    created_at: Mapped[datetime]


class DraftRow(Table):
    """Answers not yet submitted; a lower sequence number never overwrites a higher one."""

    __tablename__ = "draft"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), primary_key=True)
    seq: Mapped[int]
    answers: Mapped[dict[str, Any]]
    writing: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")  # core.writing.Writing
    updated_at: Mapped[datetime]


class AnswerRow(Table):
    """The narrow table: one row an option chosen (or text given) in the newest revision."""

    __tablename__ = "answer"
    __table_args__ = (
        Index("ix_answer_assignment", "assignment_id"),
        Index("ix_answer_question", "project_id", "question", "option"),
        Index("ix_answer_item", "item_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    annotator_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    question: Mapped[str] = mapped_column(String(63))
    option: Mapped[str | None] = mapped_column(String(63))  # None for a text
    confidence: Mapped[str | None] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(16))  # origin, see core.answer.Origin
