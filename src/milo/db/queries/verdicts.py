"""Verdicts of a judge, and the answers and model labels that still miss some."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, delete, exists, func, or_, select, true, update
from sqlalchemy.orm import Session, aliased

from milo.core.assignment import AssignmentState
from milo.db.queries.units import Failure
from milo.db.queries.upsert import insert_into
from milo.db.tables import (
    AssignmentRow,
    DecisionRow,
    FeedbackRow,
    ItemPayloadRow,
    ItemRow,
    JobRow,
    JudgeRow,
    ProjectRow,
    RevisionRow,
    SuggestionRow,
    VerdictRow,
)

#: Answers that can be judged: sent, and not in their author's hands again.
JUDGED_STATES: tuple[AssignmentState, ...] = ("submitted", "passed", "redo")


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeScope:
    """Which answers of people, or which labels of a model, a judging job is about."""

    project_id: int
    labels_of: int | None = None  # the labels of this prompt version instead of people's answers
    only_due: bool = True  # those answers alone that wait for the judge
    states: tuple[str, ...] = JUDGED_STATES  # of the assignment
    items: tuple[int, ...] | None = None  # these items alone
    up_to: int | None = None  # the last id it covers: of an assignment, or of an item with labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is judged: one revision of an answer, or a model's labels of an item."""

    id: int  # of the assignment, or of the item with labels
    item_id: int
    assignment_id: int | None
    prompt_version_id: int | None
    revision: int  # of the assignment, or of the item with labels
    schema_version: int | None  # under which it was answered; None for labels
    fields: Mapping[str, Any]  # Any: JSON, as imported
    answers: Mapping[str, Any]  # Any: JSON answers by question; of labels see `suggestions`
    suggestions: Sequence[SuggestionRow]
    verdicts: Sequence[VerdictRow]
    has_feedback: bool


def count(session: Session, scope: JudgeScope) -> int:
    """How many answers or labels the job is about."""
    return session.scalar(select(func.count()).select_from(_ids(scope).subquery())) or 0


def next_ids(session: Session, scope: JudgeScope, *, after: int, limit: int) -> list[int]:
    """The keyset pass: ids behind `after`."""
    id = _id(scope)
    return list(session.scalars(_ids(scope).where(id > after).order_by(id).limit(limit)))


def next_unfinished(
    session: Session,
    scope: JudgeScope,
    judge_id: int,
    parts: Collection[str],
    *,
    samples: int,
    after: int,
    limit: int,
) -> list[int]:
    """The sweep: ids behind `after` with too few verdicts, or without the judge's feedback."""
    id = _id(scope)
    stored = (
        select(func.count())
        .where(*_of_judge(scope, judge_id), VerdictRow.part.in_(parts))
        .correlate(AssignmentRow, ItemRow)
        .scalar_subquery()
    )
    is_left = or_(stored < len(parts) * samples, ~_has_feedback(scope, judge_id))
    return list(session.scalars(_ids(scope).where(id > after, is_left).order_by(id).limit(limit)))


def count_missing(
    session: Session, scope: JudgeScope, judge_id: int, parts: Collection[str], *, samples: int
) -> int:
    """How many verdicts the job has to ask for."""
    stored = (
        select(func.count(VerdictRow.id))
        .where(*_of_judge(scope, judge_id), VerdictRow.part.in_(parts))
        .correlate(AssignmentRow, ItemRow)
        .scalar_subquery()
    )
    counted = _ids(scope).add_columns(stored.label("stored")).subquery()
    answers, there = session.execute(
        select(func.count(), func.coalesce(func.sum(counted.c.stored), 0)).select_from(counted)
    ).one()
    return int(answers * len(parts) * samples - there)


def load(session: Session, scope: JudgeScope, ids: Sequence[int], judge_id: int | None) -> list[Judged]:
    """These answers or labels in order of id, each with the verdicts the judge gave already."""
    if scope.labels_of is not None:
        return _load_labels(session, scope, ids, judge_id)
    rows = session.execute(
        select(AssignmentRow.id, AssignmentRow.item_id, RevisionRow, ItemPayloadRow.fields)
        .join(RevisionRow, RevisionRow.assignment_id == AssignmentRow.id)
        .join(ItemPayloadRow, ItemPayloadRow.item_id == AssignmentRow.item_id)
        .where(AssignmentRow.id.in_(ids), RevisionRow.number == answered_revision())
        .order_by(AssignmentRow.id)
    ).all()
    of_answers = VerdictRow.assignment_id.in_(ids)
    verdicts = _verdicts(session, judge_id, of_answers, lambda row: (row.assignment_id, row.revision))
    has_feedback = select(FeedbackRow.assignment_id, FeedbackRow.revision).where(
        FeedbackRow.assignment_id.in_(ids), FeedbackRow.judge_id == judge_id
    )
    feedback = {(id, revision) for id, revision in session.execute(has_feedback)}
    return [
        Judged(
            id=id,
            item_id=item_id,
            assignment_id=id,
            prompt_version_id=None,
            revision=revision.number,
            schema_version=revision.schema_version,
            fields=fields,
            answers=revision.answers,
            suggestions=(),
            verdicts=verdicts.get((id, revision.number), []),
            has_feedback=(id, revision.number) in feedback,
        )
        for id, item_id, revision, fields in rows
    ]


def answered_revision() -> ScalarSelect[Any]:
    """The number of the newest submit of an assignment, as a subquery of it."""
    return (
        select(func.max(RevisionRow.number))
        .where(RevisionRow.assignment_id == AssignmentRow.id, RevisionRow.act == "submit")
        .correlate(AssignmentRow)
        .scalar_subquery()
    )


def store(session: Session, row: Mapping[str, Any]) -> None:
    """Write a verdict; one that is there already stays."""
    session.execute(insert_into(session, VerdictRow).on_conflict_do_nothing(), [dict(row)])


def forget_failed(session: Session, project_id: int, judge_id: int) -> None:
    """Remove verdicts that are failures, with the feedback that says so: a job asks them again.

    Feedback that a decision or a person's review rests on stays, and so do its verdicts.
    """
    failed = (
        select(VerdictRow.assignment_id, VerdictRow.item_id, VerdictRow.revision)
        .where(VerdictRow.judge_id == judge_id, VerdictRow.status == "failed")
        .distinct()
    )
    for assignment_id, item_id, revision in session.execute(failed).all():
        feedback = session.scalar(
            select(FeedbackRow)
            .where(FeedbackRow.judge_id == judge_id, FeedbackRow.item_id == item_id)
            .where(FeedbackRow.assignment_id == assignment_id, FeedbackRow.revision == revision)
        )
        if feedback is not None:
            if feedback.status is not None or _is_relied_on(session, feedback.id):
                continue
            session.delete(feedback)
        session.execute(
            delete(VerdictRow)
            .where(VerdictRow.judge_id == judge_id, VerdictRow.status == "failed")
            .where(VerdictRow.item_id == item_id, VerdictRow.assignment_id == assignment_id)
            .where(VerdictRow.revision == revision)
            .execution_options(synchronize_session=False)
        )
        session.execute(
            update(AssignmentRow)
            .where(AssignmentRow.id == assignment_id, AssignmentRow.project_id == project_id)
            .where(AssignmentRow.state == "submitted", AssignmentRow.asked_judge == true())
            .where(answered_revision() == revision)
            .values(judge_due=True)
            .execution_options(synchronize_session=False)
        )
    session.flush()


def failures(session: Session, job_id: int, *, limit: int = 500) -> list[Failure]:
    """Where a judging job found no verdict: uncertain, unreadable and failed parts, by item."""
    rows = session.execute(
        select(VerdictRow, ItemRow.external_id)
        .join(ItemRow, ItemRow.id == VerdictRow.item_id)
        .where(VerdictRow.job_id == job_id, VerdictRow.status != "ok")
        .order_by(VerdictRow.item_id, VerdictRow.id)
        .limit(limit)
    )
    return [
        Failure(
            item=row.item_id,
            external_id=external_id,
            question=row.part,
            option="",
            status=row.status,
            reason=row.result.get("reason"),
        )
        for row, external_id in rows
    ]


def outcomes(session: Session, job_id: int, judge_id: int) -> dict[str | None, int]:
    """How many answers that a job asked about passed, are to be redone, or got no verdict (None)."""
    asked = exists().where(
        VerdictRow.job_id == job_id,
        VerdictRow.judge_id == judge_id,
        VerdictRow.item_id == FeedbackRow.item_id,
        VerdictRow.revision == FeedbackRow.revision,
        VerdictRow.assignment_id.is_not_distinct_from(FeedbackRow.assignment_id),
    )
    rows = session.execute(
        select(FeedbackRow.status, func.count())
        .where(FeedbackRow.judge_id == judge_id, asked)
        .group_by(FeedbackRow.status)
    )
    return {row.status: row[1] for row in rows}


def judge(session: Session, project_id: int, model_id: int, version: str) -> JudgeRow | None:
    """The judge of that version; None when it is new."""
    return session.scalar(
        select(JudgeRow).where(
            JudgeRow.project_id == project_id, JudgeRow.model_id == model_id, JudgeRow.version == version
        )
    )


def newest_judged(session: Session, judge_id: int, *, limit: int) -> list[int]:
    """The assignments a judge judged last, the newest first."""
    return list(
        session.scalars(
            select(VerdictRow.assignment_id)
            .where(VerdictRow.judge_id == judge_id, VerdictRow.assignment_id.is_not(None))
            .group_by(VerdictRow.assignment_id)
            .order_by(func.max(VerdictRow.id).desc())
            .limit(limit)
        )
    )


def projects_that_wait(session: Session, *, ended_before: datetime) -> list[int]:
    """Projects with answers that wait for the judge, where no judging job is queued or at work.

    One whose last such job failed or was cancelled waits until `ended_before`.
    """
    waits = exists().where(AssignmentRow.project_id == ProjectRow.id, AssignmentRow.judge_due == true())
    newest = aliased(JobRow)
    last = (
        select(func.max(newest.id))
        .where(newest.project_id == ProjectRow.id, newest.kind == "judge")
        .correlate(ProjectRow)
        .scalar_subquery()
    )
    has_just_ended = and_(JobRow.state.in_(("failed", "cancelled")), JobRow.ended_at >= ended_before)
    rests = exists().where(JobRow.id == last, or_(JobRow.state.in_(("queued", "running")), has_just_ended))
    return list(session.scalars(select(ProjectRow.id).where(waits, ~rests, ProjectRow.deleted_at.is_(None))))


def _ids(scope: JudgeScope) -> Any:  # Any: a select whose columns callers add to
    if scope.labels_of is not None:
        has_label = exists().where(
            SuggestionRow.item_id == ItemRow.id,
            SuggestionRow.prompt_version_id == scope.labels_of,
            SuggestionRow.status == "ok",
        )
        statement: Any = select(ItemRow.id).where(
            ItemRow.project_id == scope.project_id, ItemRow.visible == true(), has_label
        )
    else:
        has_answer = exists().where(
            RevisionRow.assignment_id == AssignmentRow.id, RevisionRow.act == "submit"
        )
        statement = (
            select(AssignmentRow.id)
            .join(ItemRow, ItemRow.id == AssignmentRow.item_id)
            .where(AssignmentRow.project_id == scope.project_id, has_answer)
            .where(AssignmentRow.state.in_(scope.states))
        )
        if scope.only_due:
            statement = statement.where(AssignmentRow.judge_due == true())
    statement = statement.where(ItemRow.deleted_at.is_(None))
    if scope.items is not None:
        statement = statement.where(ItemRow.id.in_(scope.items))
    if scope.up_to is not None:
        statement = statement.where(_id(scope) <= scope.up_to)
    return statement


def _id(scope: JudgeScope) -> Any:  # Any: a column of either table
    return ItemRow.id if scope.labels_of is not None else AssignmentRow.id


def _of_judge(scope: JudgeScope, judge_id: int) -> list[ColumnElement[bool]]:
    """A verdict of the judge on what stands there now."""
    if scope.labels_of is not None:
        return [
            VerdictRow.judge_id == judge_id,
            VerdictRow.item_id == ItemRow.id,
            VerdictRow.prompt_version_id == scope.labels_of,
            VerdictRow.revision == ItemRow.revision,
        ]
    return [
        VerdictRow.judge_id == judge_id,
        VerdictRow.assignment_id == AssignmentRow.id,
        VerdictRow.revision == answered_revision(),
    ]


def _has_feedback(scope: JudgeScope, judge_id: int) -> ColumnElement[bool]:
    if scope.labels_of is not None:
        return exists().where(
            FeedbackRow.judge_id == judge_id,
            FeedbackRow.item_id == ItemRow.id,
            FeedbackRow.prompt_version_id == scope.labels_of,
            FeedbackRow.revision == ItemRow.revision,
        )
    return exists().where(
        FeedbackRow.judge_id == judge_id,
        FeedbackRow.assignment_id == AssignmentRow.id,
        FeedbackRow.revision == answered_revision(),
    )


def _load_labels(
    session: Session, scope: JudgeScope, ids: Sequence[int], judge_id: int | None
) -> list[Judged]:
    rows = session.execute(
        select(ItemRow.id, ItemRow.revision, ItemPayloadRow.fields)
        .join(ItemPayloadRow, ItemPayloadRow.item_id == ItemRow.id)
        .where(ItemRow.id.in_(ids))
        .order_by(ItemRow.id)
    ).all()
    labels: dict[int, list[SuggestionRow]] = {}
    for label in session.scalars(
        select(SuggestionRow).where(
            SuggestionRow.item_id.in_(ids), SuggestionRow.prompt_version_id == scope.labels_of
        )
    ):
        labels.setdefault(label.item_id, []).append(label)
    of_labels = VerdictRow.item_id.in_(ids) & (VerdictRow.prompt_version_id == scope.labels_of)
    verdicts = _verdicts(session, judge_id, of_labels, lambda row: (row.item_id, row.revision))
    has_feedback = select(FeedbackRow.item_id, FeedbackRow.revision).where(
        FeedbackRow.item_id.in_(ids),
        FeedbackRow.prompt_version_id == scope.labels_of,
        FeedbackRow.judge_id == judge_id,
    )
    feedback = {(id, revision) for id, revision in session.execute(has_feedback)}
    return [
        Judged(
            id=id,
            item_id=id,
            assignment_id=None,
            prompt_version_id=scope.labels_of,
            revision=revision,
            schema_version=None,
            fields=fields,
            answers={},
            suggestions=labels.get(id, []),
            verdicts=verdicts.get((id, revision), []),
            has_feedback=(id, revision) in feedback,
        )
        for id, revision, fields in rows
    ]


def _verdicts(
    session: Session, judge_id: int | None, which: ColumnElement[bool], key: Any
) -> dict[tuple[int, int], list[VerdictRow]]:  # Any: a function of a verdict
    found: dict[tuple[int, int], list[VerdictRow]] = {}
    if judge_id is not None:
        for row in session.scalars(select(VerdictRow).where(which, VerdictRow.judge_id == judge_id)):
            found.setdefault(key(row), []).append(row)
    return found


def _is_relied_on(session: Session, feedback_id: int) -> bool:
    decided = exists().where(DecisionRow.feedback_id == feedback_id)
    judged = exists().where(FeedbackRow.judged_by == feedback_id)
    return bool(session.scalar(select(or_(decided, judged))))
