"""What leaves: annotations in the order of their last revision, read by keyset up to a cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Row,
    Text,
    case,
    cast,
    exists,
    false,
    func,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from milo.db.queries.imports import values_of
from milo.db.tables import (
    AssignmentRow,
    AssistantRow,
    DecisionRow,
    ExportRow,
    FeedbackRow,
    InquiryRow,
    ItemPayloadRow,
    ItemRow,
    JudgeRow,
    MembershipRow,
    ModelCallRow,
    ModelDraftRow,
    ModelRow,
    PromptVersionRow,
    RatingRow,
    RevisionRow,
    SuggestionRow,
    WritingRow,
)

#: Columns of a revision that leave as they are; JSON as text, so that it is not read only to be written.
_REVISION = (
    RevisionRow.number,
    RevisionRow.act,
    RevisionRow.state,
    RevisionRow.client_id,
    cast(RevisionRow.answers, Text).label("answers"),
    cast(RevisionRow.origins, Text).label("origins"),
    cast(RevisionRow.shown, Text).label("shown"),
    RevisionRow.reject_reason,
    RevisionRow.note,
    RevisionRow.schema_version,
    RevisionRow.guideline_version,
    RevisionRow.active_ms,
    RevisionRow.wall_ms,
    RevisionRow.blurred_ms,
    RevisionRow.generation_ms,
    RevisionRow.suspect,
    RevisionRow.created_at,
)
_ITEM = (
    ItemRow.id.label("item_id"),
    ItemRow.external_id,
    ItemRow.category,
    ItemRow.language,
    cast(ItemPayloadRow.fields, Text).label("fields"),
    cast(ItemPayloadRow.gold, Text).label("gold"),
    cast(ItemPayloadRow.meta, Text).label("meta"),
)


class LastRevision(NamedTuple):
    """What somebody sent last for an item before the cut, with the item; JSON as text.

    A tuple of its own: reading an attribute of a row of SQLAlchemy costs four times as much.
    """

    id: int
    assignment_id: int
    annotator_id: int
    state_now: str
    review: str
    is_asked: bool
    redo_rounds: int
    is_superseded: bool  # the annotator sent something else since, perhaps after the cut
    was_reopened: bool  # and before the cut had taken it up again
    decision: str | None  # what stands for this very revision
    reveal: str
    held_out: bool
    assist_held_out: bool
    number: int
    act: str
    state: str
    client_id: str
    answers: str
    origins: str
    shown: str
    reject_reason: str | None
    note: str | None
    schema_version: int
    guideline_version: int
    active_ms: int
    wall_ms: int
    blurred_ms: int
    generation_ms: int
    suspect: bool
    created_at: datetime
    item_id: int
    external_id: str
    category: str | None
    language: str | None
    fields: str
    gold: str
    meta: str


def listed(session: Session, project_id: int, *, limit: int = 50) -> Sequence[ExportRow]:
    """The project's exports, newest first."""
    return session.scalars(
        select(ExportRow).where(ExportRow.project_id == project_id).order_by(ExportRow.id.desc()).limit(limit)
    ).all()


def cut(session: Session, project_id: int) -> int:
    """The highest revision id of the project; 0 when nobody sent anything."""
    return session.scalar(select(func.max(RevisionRow.id)).where(RevisionRow.project_id == project_id)) or 0


def last_item(session: Session, project_id: int) -> int:
    """The highest id of a visible item; 0 when there is none."""
    return (
        session.scalar(select(func.max(ItemRow.id)).where(ItemRow.project_id == project_id, ItemRow.visible))
        or 0
    )


def counts_by_state(session: Session, project_id: int) -> dict[str, int]:
    """How many assignments stand in each state, counted in the index alone."""
    rows = session.execute(
        select(AssignmentRow.state, func.count())
        .where(AssignmentRow.project_id == project_id)
        .group_by(AssignmentRow.state)
    )
    return {row[0]: row[1] for row in rows}


def last_revisions(
    session: Session, project_id: int, *, after: int, cut: int, limit: int
) -> tuple[Sequence[LastRevision], int]:
    """The next revisions that were the last of their assignment at the cut, each with its item.

    Having taken an answer up again is none: what was sent before stands until something else is sent.
    `after` is the id of a revision; also returned is that of the last one looked at, or 0 at the end.
    """
    window = session.scalars(
        select(RevisionRow.id)
        .where(RevisionRow.project_id == project_id, RevisionRow.id > after, RevisionRow.id <= cut)
        .order_by(RevisionRow.id)
        .limit(limit)
    ).all()
    if not window:
        return (), 0
    later = aliased(RevisionRow)
    is_newest = AssignmentRow.revision == RevisionRow.number
    follows = exists().where(
        later.assignment_id == RevisionRow.assignment_id, later.number > RevisionRow.number
    )
    is_sent = later.act != "reopen"
    is_last: ColumnElement[bool] = is_newest | ~follows.where(is_sent, later.id <= cut)
    decision = (
        select(DecisionRow.status)
        .where(
            DecisionRow.assignment_id == RevisionRow.assignment_id, DecisionRow.revision == RevisionRow.number
        )
        .order_by(DecisionRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            RevisionRow.id,
            RevisionRow.assignment_id,
            AssignmentRow.annotator_id,
            AssignmentRow.state.label("state_now"),
            AssignmentRow.review,
            or_(AssignmentRow.asked_judge, AssignmentRow.asked_person.is_not(None)),
            AssignmentRow.redo_rounds,
            case((is_newest, false()), else_=follows.where(is_sent)),
            case((is_newest, false()), else_=follows.where(later.act == "reopen", later.id <= cut)),
            decision,
            AssignmentRow.reveal,
            AssignmentRow.held_out,
            AssignmentRow.assist_held_out,
            *_REVISION,
            *_ITEM,
        )
        .join(AssignmentRow, AssignmentRow.id == RevisionRow.assignment_id)
        .join(ItemRow, ItemRow.id == AssignmentRow.item_id)
        .join(ItemPayloadRow, ItemPayloadRow.item_id == ItemRow.id)
        .where(RevisionRow.project_id == project_id, RevisionRow.id > after, RevisionRow.id <= window[-1])
        .where(RevisionRow.act != "reopen", is_last)
        .order_by(RevisionRow.id)
    )
    return [LastRevision._make(row) for row in rows], window[-1]


def earlier_revisions(
    session: Session, assignment_ids: Sequence[int], cut: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every revision of these assignments up to the cut, oldest first."""
    if not assignment_ids:
        return ()
    return session.execute(
        select(RevisionRow.assignment_id, *_REVISION)
        .where(RevisionRow.assignment_id.in_(values_of(session, assignment_ids)), RevisionRow.id <= cut)
        .order_by(RevisionRow.assignment_id, RevisionRow.number)
    ).all()


def unlabeled_items(
    session: Session, project_id: int, *, after: int, last: int, cut: int, limit: int
) -> tuple[Sequence[int], int]:
    """Of the next visible items, those nobody had sent anything for at the cut; and the last id looked at."""
    window = session.scalars(
        select(ItemRow.id)
        .where(ItemRow.project_id == project_id, ItemRow.visible, ItemRow.id > after, ItemRow.id <= last)
        .order_by(ItemRow.id)
        .limit(limit)
    ).all()
    if not window:
        return (), 0
    was_sent = (
        exists()
        .where(AssignmentRow.item_id == ItemRow.id, AssignmentRow.revision > 0)
        .where(RevisionRow.assignment_id == AssignmentRow.id, RevisionRow.number == 1, RevisionRow.id <= cut)
    )
    rows = session.scalars(
        select(ItemRow.id)
        .where(ItemRow.project_id == project_id, ItemRow.visible)
        .where(ItemRow.id > after, ItemRow.id <= window[-1], ~was_sent)
        .order_by(ItemRow.id)
    ).all()
    return rows, window[-1]


def items(session: Session, item_ids: Sequence[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """These items with their payloads."""
    return session.execute(
        select(*_ITEM)
        .join(ItemPayloadRow, ItemPayloadRow.item_id == ItemRow.id)
        .where(ItemRow.id.in_(values_of(session, item_ids)))
        .order_by(ItemRow.id)
    ).all()


def suggestions(session: Session, item_ids: Iterable[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every suggestion for these items with model and prompt version, oldest first."""
    return session.execute(
        select(
            SuggestionRow.id,
            SuggestionRow.item_id,
            SuggestionRow.question,
            SuggestionRow.status,
            SuggestionRow.distribution,
            SuggestionRow.preselected,
            SuggestionRow.text,
            SuggestionRow.option_mass,
            SuggestionRow.explanation,
            SuggestionRow.reason,
            SuggestionRow.created_at,
            ModelRow.name.label("model"),
            PromptVersionRow.version.label("prompt_version"),
        )
        .join(PromptVersionRow, PromptVersionRow.id == SuggestionRow.prompt_version_id)
        .join(ModelRow, ModelRow.id == PromptVersionRow.model_id)
        .where(SuggestionRow.item_id.in_(values_of(session, list(item_ids))))
        .order_by(SuggestionRow.id)
    ).all()


def model_calls(session: Session, item_ids: Iterable[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every model call about these items, oldest first, without what was said."""
    return session.execute(
        select(
            ModelCallRow.item_id,
            ModelCallRow.role,
            ModelCallRow.model,
            ModelCallRow.input_tokens,
            ModelCallRow.output_tokens,
            ModelCallRow.cost_usd,
            ModelCallRow.latency_ms,
            ModelCallRow.error,
        )
        .where(ModelCallRow.item_id.in_(values_of(session, list(item_ids))))
        .order_by(ModelCallRow.id)
    ).all()


def inquiries(session: Session, item_ids: Iterable[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """What annotators asked about these items, with the replies, oldest first."""
    return session.execute(
        select(
            InquiryRow.item_id,
            InquiryRow.question,
            InquiryRow.asked_by,
            InquiryRow.text,
            InquiryRow.asked_at,
            InquiryRow.reply,
            InquiryRow.replied_at,
            InquiryRow.section_id,
        )
        .where(InquiryRow.item_id.in_(values_of(session, list(item_ids))))
        .order_by(InquiryRow.id)
    ).all()


def has_feedback(session: Session, project_id: int) -> bool:
    """Whether anything in the project was reviewed."""
    return bool(session.scalar(select(exists().where(FeedbackRow.project_id == project_id))))


def has_drafts(session: Session, project_id: int) -> bool:
    """Whether a model wrote drafts in the project."""
    return bool(session.scalar(select(exists().where(ModelDraftRow.project_id == project_id))))


def has_writings(session: Session, project_id: int) -> bool:
    """Whether it is known of any text of the project how it was written."""
    return bool(session.scalar(select(exists().where(WritingRow.project_id == project_id))))


def drafts(session: Session, assignment_ids: Sequence[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every draft for these assignments with model, version and its annotator's rating, oldest first."""
    return session.execute(
        select(
            *ModelDraftRow.__table__.c,
            AssistantRow.version,
            ModelRow.name.label("model"),
            RatingRow.thumb,
            RatingRow.complaints,
            RatingRow.note,
        )
        .join(AssistantRow, AssistantRow.id == ModelDraftRow.assistant_id)
        .join(ModelRow, ModelRow.id == AssistantRow.model_id)
        .join(AssignmentRow, AssignmentRow.id == ModelDraftRow.assignment_id)
        .join(
            RatingRow,
            (RatingRow.person_id == AssignmentRow.annotator_id)
            & (RatingRow.rated == "draft")
            & (RatingRow.target == ModelDraftRow.id),
            isouter=True,
        )
        .where(ModelDraftRow.assignment_id.in_(values_of(session, assignment_ids)))
        .order_by(ModelDraftRow.assignment_id, ModelDraftRow.number)
    ).all()


def writings(
    session: Session, assignment_ids: Sequence[int], *, with_edits: bool
) -> Sequence[Row[*tuple[Any, ...]]]:
    """How the texts of these assignments were written, oldest revision first; the edits only if wanted."""
    columns = [one for one in WritingRow.__table__.c if one.name != "edits"]
    edits = WritingRow.__table__.c.edits if with_edits else null().label("edits")
    return session.execute(
        select(*columns, edits)
        .where(WritingRow.assignment_id.in_(values_of(session, assignment_ids)))
        .order_by(WritingRow.assignment_id, WritingRow.revision, WritingRow.question)
    ).all()


def count_in_review(session: Session, project_id: int) -> int:
    """How many submitted answers wait for a review."""
    is_due: Any = literal_column("assignment.review <> 'none'")  # as the partial index has it
    return (
        session.scalar(
            select(func.count())
            .select_from(AssignmentRow)
            .where(AssignmentRow.project_id == project_id, is_due, AssignmentRow.review == "due")
            .where(AssignmentRow.state == "submitted")
        )
        or 0
    )


def feedback(session: Session, assignment_ids: Sequence[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Every feedback on these assignments with judge and model, oldest first; calibration is none."""
    return session.execute(
        select(
            *FeedbackRow.__table__.c,
            ModelRow.name.label("model"),
            JudgeRow.version.label("judge_version"),
        )
        .join(JudgeRow, JudgeRow.id == FeedbackRow.judge_id, isouter=True)
        .join(ModelRow, ModelRow.id == JudgeRow.model_id, isouter=True)
        .where(FeedbackRow.assignment_id.in_(values_of(session, assignment_ids)))
        .where(FeedbackRow.is_calibration.is_(False))
        .order_by(FeedbackRow.id)
    ).all()


def decisions(session: Session, assignment_ids: Sequence[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    """What stood for these assignments, one after the other, with the feedback that decided."""
    return session.execute(
        select(
            DecisionRow.assignment_id,
            DecisionRow.revision,
            DecisionRow.status,
            DecisionRow.by,
            DecisionRow.decided_at,
            FeedbackRow.client_id.label("feedback"),
        )
        .join(FeedbackRow, FeedbackRow.id == DecisionRow.feedback_id, isouter=True)
        .where(DecisionRow.assignment_id.in_(values_of(session, assignment_ids)))
        .order_by(DecisionRow.id)
    ).all()


def members(session: Session, project_id: int) -> dict[int, tuple[str, str]]:
    """Pseudonym and role of each member, by person; of those who left, too."""
    rows = session.execute(
        select(MembershipRow.person_id, MembershipRow.pseudonym, MembershipRow.role).where(
            MembershipRow.project_id == project_id
        )
    )
    return {row.person_id: (row.pseudonym, row.role) for row in rows}
