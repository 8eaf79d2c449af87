"""What reviewers and judges found, and what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from milo.db.tables.table import Table


class FeedbackRow(Table):
    """What one reviewer found in one revision; a judge's stands on its verdicts."""

    __tablename__ = "feedback"
    __table_args__ = (
        Index("ix_feedback_assignment", "assignment_id", "revision"),
        Index("ix_feedback_project", "project_id", "id"),
        Index("ix_feedback_item", "item_id"),
        Index(
            "ix_feedback_judge",
            "judge_id",
            "id",
            sqlite_where=text("judge_id IS NOT NULL"),
            postgresql_where=text("judge_id IS NOT NULL"),
        ),
        Index(
            "ix_feedback_person",
            "project_id",
            "person_id",
            "created_at",
            sqlite_where=text("person_id IS NOT NULL"),
            postgresql_where=text("person_id IS NOT NULL"),
        ),
        UniqueConstraint("client_id", "project_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    revision: Mapped[int]  # of the assignment; of the item where a model's label was judged
    prompt_version_id: Mapped[int | None] = mapped_column(ForeignKey("prompt_version.id"))  # a model's label
    client_id: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(12))  # see core.feedback.Source
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    judge_id: Mapped[int | None] = mapped_column(ForeignKey("judge.id"))
    binds: Mapped[bool] = mapped_column(default=True)  # False: advice, or calibration
    is_calibration: Mapped[bool] = mapped_column(default=False)
    rubric_version: Mapped[int]
    only: Mapped[list[Any] | None]  # the criteria and errors that were asked; None: all
    findings: Mapped[list[Any]]  # core.feedback.Finding; of a judge core.feedback.Verdict
    scores: Mapped[list[Any]]  # core.feedback.RubricScore
    status: Mapped[str | None] = mapped_column(String(8))  # passed | redo | None: no verdict
    reason: Mapped[str | None]  # why there is no verdict
    note: Mapped[str] = mapped_column(default="")
    # What a person made of the judge's verdict (paper 4.3.2).
    judged_by: Mapped[int | None] = mapped_column(ForeignKey("feedback.id"))  # the verdict that was shown
    own_findings: Mapped[list[Any] | None]  # as they stood when it was shown
    agreements: Mapped[dict[str, Any]] = mapped_column(default=dict)  # part -> agree | disagree
    active_ms: Mapped[int] = mapped_column(default=0)
    reply: Mapped[str | None]  # the annotator's, once
    replied_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]  # when the annotator opened it
    created_at: Mapped[datetime]


class DecisionRow(Table):
    """What stood for a revision from a moment on; appended, the last one stands."""

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_assignment", "assignment_id", "revision"),
        Index("ix_decision_project", "project_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    revision: Mapped[int]
    status: Mapped[str] = mapped_column(String(8))  # passed | redo
    by: Mapped[str] = mapped_column(String(12))  # core.feedback.Source
    feedback_id: Mapped[int | None] = mapped_column(ForeignKey("feedback.id"))
    decided_at: Mapped[datetime]


class ReviewClaimRow(Table):
    """An answer in a reviewer's hands, so that two do not grade it at once.

    One that was given back keeps its row, its lease over: the same person is offered others first.
    """

    __tablename__ = "review_claim"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    revision: Mapped[int]
    lease_until: Mapped[datetime]
    own_findings: Mapped[list[Any] | None]  # as they stood when the judge's verdict was shown
    shown_feedback_id: Mapped[int | None] = mapped_column(ForeignKey("feedback.id"))  # that verdict


class CalibrationRow(Table):
    """An answer every reviewer grades before they start, to compare notes."""

    __tablename__ = "calibration"

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    revision: Mapped[int]
    created_at: Mapped[datetime]


class JudgeRow(Table):
    """A judge: model, prompts, rubric version and harshness, with the card it earned."""

    __tablename__ = "judge"
    __table_args__ = (UniqueConstraint("project_id", "model_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    model_id: Mapped[int] = mapped_column(ForeignKey("model.id"))
    version: Mapped[str] = mapped_column(String(16))  # short hash of all that decides a verdict
    config: Mapped[dict[str, Any]]  # how it is asked: roles.judge.Judging and the versions it rests on
    rubric_version: Mapped[int]
    binds: Mapped[bool] = mapped_column(default=False)  # its card met the bar
    card: Mapped[dict[str, Any] | None]
    card_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class VerdictRow(Table):
    """One judge question with its result; a judging job is the set of verdicts that are not there."""

    __tablename__ = "verdict"
    __table_args__ = (
        Index(
            "uq_verdict_assignment",
            "judge_id",
            "assignment_id",
            "revision",
            "part",
            "sample",
            unique=True,
            sqlite_where=text("assignment_id IS NOT NULL"),
            postgresql_where=text("assignment_id IS NOT NULL"),
        ),
        Index(
            "uq_verdict_label",
            "judge_id",
            "item_id",
            "prompt_version_id",
            "revision",
            "part",
            "sample",
            unique=True,
            sqlite_where=text("prompt_version_id IS NOT NULL"),
            postgresql_where=text("prompt_version_id IS NOT NULL"),
        ),
        Index("ix_verdict_job", "job_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    judge_id: Mapped[int] = mapped_column(ForeignKey("judge.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    prompt_version_id: Mapped[int | None] = mapped_column(ForeignKey("prompt_version.id"))
    revision: Mapped[int]
    part: Mapped[str] = mapped_column(String(63))
    sample: Mapped[int] = mapped_column(default=0)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    call_id: Mapped[int | None] = mapped_column(ForeignKey("model_call.id"))
    status: Mapped[str] = mapped_column(String(12))  # core.feedback.FindingStatus
    result: Mapped[dict[str, Any]]  # core.feedback.Verdict
    created_at: Mapped[datetime]


class CheckRow(Table):
    """An annotator asked the judge before submitting: what it was asked about and what they saw."""

    __tablename__ = "answer_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    answers: Mapped[dict[str, Any]]
    verdicts: Mapped[list[Any]]  # core.feedback.Verdict, as they came
    error: Mapped[str | None]  # why there is no verdict
    created_at: Mapped[datetime]
    shown_at: Mapped[datetime | None]  # when the last of it was on screen
