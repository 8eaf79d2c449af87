"""Every table. Payloads (fields, answers, messages) stand in tables of their own, outside list queries."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; comes back aware on SQLite too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


#: 64-bit on PostgreSQL; on SQLite plain INTEGER, which alone is the row id.
Id = BigInteger().with_variant(Integer(), "sqlite")


class Table(DeclarativeBase):
    """The root of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {  # Any: as SQLAlchemy has it
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
        int: Id,
        str: Text(),
        float: Float(),
        bool: Boolean(),
        bytes: LargeBinary(),
    }


# --- people -----------------------------------------------------------------------------------------


class PersonRow(Table):
    """Somebody who logs in."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]  # None: a stub from an import, who cannot log in
    role: Mapped[str] = mapped_column(String(20), default="annotator")  # see core.person.PersonRole
    organisation: Mapped[str] = mapped_column(default="")
    pay_usd_per_hour: Mapped[float | None]
    preferences: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class LoginSessionRow(Table):
    """A browser that is logged in; the token itself is never stored."""

    __tablename__ = "login_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    csrf_token: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class ApiKeyRow(Table):
    """A Bearer key of a person."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class MembershipRow(Table):
    """A person's role in a project; who has left keeps the pseudonym, as their work stays."""

    __tablename__ = "membership"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(20))
    pseudonym: Mapped[str] = mapped_column(String(60))  # how exports name the person
    seen_guideline: Mapped[int | None]  # the version of their last item
    created_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class AuditRow(Table):
    """Who did what to people, roles, keys and projects."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    action: Mapped[str] = mapped_column(String(60))
    target: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


# --- projects ---------------------------------------------------------------------------------------


class ProjectRow(Table):
    """Guideline + questions + items + settings."""

    __tablename__ = "project"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    settings: Mapped[dict[str, Any]]
    salt: Mapped[str] = mapped_column(String(32))  # of hold-out hashes
    schema_version: Mapped[int] = mapped_column(default=1)
    guideline_version: Mapped[int] = mapped_column(default=1)
    rubric_version: Mapped[int] = mapped_column(default=0, server_default="0")  # 0: there is no rubric
    reopened_seq: Mapped[int] = mapped_column(default=0)  # moves whenever a slot opens or a priority changes
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class SchemaVersionRow(Table):
    """Questions and shown fields, as of a version; never changed."""

    __tablename__ = "schema_version"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    questions: Mapped[list[Any]]
    subject: Mapped[list[Any]]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class GuidelineVersionRow(Table):
    """The guideline's sections, as of a version; never changed."""

    __tablename__ = "guideline_version"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    sections: Mapped[list[Any]]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class RubricVersionRow(Table):
    """The project's rubrics, as of a version; never changed."""

    __tablename__ = "rubric_version"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    rubrics: Mapped[list[Any]]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class InquiryRow(Table):
    """An annotator's question to the researcher about an item, with the reply."""

    __tablename__ = "inquiry"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    question: Mapped[str | None]
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str]
    asked_at: Mapped[datetime]
    reply: Mapped[str | None]
    replied_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    replied_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]  # when the asker saw the reply
    section_id: Mapped[str | None]  # the guideline clause it became
    guideline_version: Mapped[int | None]


# --- items ------------------------------------------------------------------------------------------


class ImportRow(Table):
    """One file coming in; its items are visible when it is done."""

    __tablename__ = "import"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    filename: Mapped[str]
    format: Mapped[str] = mapped_column(String(10))
    path: Mapped[str]  # the spooled file
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10))  # loading | done | failed | removed
    rows_read: Mapped[int] = mapped_column(default=0)
    imported: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)  # rows of the file that are committed
    error: Mapped[str | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class RejectedRow(Table):
    """A row of a file that could not be imported, and why."""

    __tablename__ = "rejected_row"

    import_id: Mapped[int] = mapped_column(ForeignKey("import.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str]
    excerpt: Mapped[str]


class ItemRow(Table):
    """One review subject, without its payload."""

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("project_id", "external_id"),
        # Partial: an import fills these in its last step, in order; lists never meet what is not visible.
        Index(
            "ix_item_project_state",
            "project_id",
            "state",
            "id",
            "visible",  # else SQLite looks it up in the table, and counts a million items in 0.5 s
            sqlite_where=text("visible = 1"),  # as SQLAlchemy writes `ItemRow.visible`, else it is not used
            postgresql_where=text("visible"),
        ),
        Index(
            "ix_item_project_id",
            "project_id",
            "id",
            sqlite_where=text("visible = 1"),  # as SQLAlchemy writes `ItemRow.visible`, else it is not used
            postgresql_where=text("visible"),
        ),
        Index(
            "ix_item_gold",
            "project_id",
            "state",
            "id",
            sqlite_where=text("has_gold = 1"),
            postgresql_where=text("has_gold"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import.id"), index=True)
    row: Mapped[int | None]  # its row in the file
    external_id: Mapped[str] = mapped_column(String(300))
    content_hash: Mapped[str] = mapped_column(String(32))  # looked up through `ItemContentRow`
    excerpt: Mapped[str]  # the first words of the subject, for lists
    category: Mapped[str | None]
    language: Mapped[str | None] = mapped_column(String(35))
    has_gold: Mapped[bool] = mapped_column(default=False)
    visible: Mapped[bool] = mapped_column(default=False)  # its import is done
    state: Mapped[str] = mapped_column(String(12), default="new")  # see core.assignment.ItemState
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class ItemContentRow(Table):
    """Which item holds a content. Written when an import ends, sorted by hash: entered row by row, an index
    on hashes made a million items cost 20 s more."""

    __tablename__ = "item_content"
    __table_args__ = ({"sqlite_with_rowid": False},)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(32), primary_key=True)
    item_id: Mapped[int] = mapped_column(primary_key=True)  # no foreign key: its check is a seek a row


class ItemPayloadRow(Table):
    """What an item holds."""

    __tablename__ = "item_payload"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    fields: Mapped[dict[str, Any]]
    gold: Mapped[dict[str, Any]] = mapped_column(default=dict)
    meta: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # keys of the row milo has no use for; exported as given


# --- slots and answers ------------------------------------------------------------------------------


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


# --- reviews ----------------------------------------------------------------------------------------


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


# --- the assistant ----------------------------------------------------------------------------------


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


# --- models -----------------------------------------------------------------------------------------


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


# --- jobs -------------------------------------------------------------------------------------------


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
