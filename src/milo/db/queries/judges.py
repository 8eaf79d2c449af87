"""Judges, with what they and people found in the same answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from milo.db.tables import (
    AssignmentRow,
    FeedbackRow,
    ItemRow,
    JudgeRow,
    ModelRow,
    PersonRow,
    RubricVersionRow,
    VerdictRow,
)

_people = aliased(FeedbackRow, name="person_feedback")
#: A person found something in what a judge judged; calibration decides nothing.
_FOUND_TOO = and_(
    _people.assignment_id == FeedbackRow.assignment_id,
    _people.revision == FeedbackRow.revision,
    _people.rubric_version == FeedbackRow.rubric_version,
    _people.person_id.is_not(None),
    _people.is_calibration.is_(False),
)


class Paired(NamedTuple):
    """A judge's feedback and one of a person on the same revision of an answer."""

    assignment_id: int
    item_id: int
    revision: int
    external_id: str
    verdicts: Sequence[Any]  # core.feedback.Verdict, as data
    findings: Sequence[Any]  # core.feedback.Finding, as data
    own_findings: Sequence[Any] | None  # those from before the verdicts were shown
    saw_verdicts: bool
    source: str
    judge_feedback: int
    person_feedback: int


class RubricVersion(NamedTuple):
    """A rubric version in a list."""

    version: int
    rubrics: Sequence[Any]
    created_at: Any
    created_by: str | None


def of_project(session: Session, project_id: int) -> list[tuple[JudgeRow, ModelRow]]:
    """The judges of a project with their models, the newest first."""
    rows = session.execute(
        select(JudgeRow, ModelRow)
        .join(ModelRow, ModelRow.id == JudgeRow.model_id)
        .where(JudgeRow.project_id == project_id)
        .order_by(JudgeRow.id.desc())
    )
    return [(row[0], row[1]) for row in rows]


def of_answer(session: Session, assignment_id: int, revision: int) -> Sequence[JudgeRow]:
    """The judges that found something in this revision."""
    judged = select(FeedbackRow.judge_id).where(
        FeedbackRow.assignment_id == assignment_id,
        FeedbackRow.revision == revision,
        FeedbackRow.judge_id.is_not(None),
    )
    return session.scalars(select(JudgeRow).where(JudgeRow.id.in_(judged)).order_by(JudgeRow.id)).all()


def verdicts(session: Session, judge_ids: Sequence[int]) -> Mapping[int, int]:
    """How many verdicts each judge gave."""
    counted = session.execute(
        select(VerdictRow.judge_id, func.count())
        .where(VerdictRow.judge_id.in_(judge_ids))
        .group_by(VerdictRow.judge_id)
    )
    return {row[0]: row[1] for row in counted}


def has_pairs(session: Session, judge: JudgeRow) -> bool:
    """Whether a person reviewed anything this judge judged, by the same rubric version."""
    found = (
        select(FeedbackRow.id)
        .join(_people, _FOUND_TOO)
        .where(FeedbackRow.judge_id == judge.id, FeedbackRow.rubric_version == judge.rubric_version)
        .limit(1)
    )
    return session.scalar(found) is not None


def pairs(session: Session, judge: JudgeRow) -> list[Paired]:
    """Everything the judge and a person both found, by the judge's rubric version; calibration left out.

    By answer; within one in the order in which they came.
    """
    rows = session.execute(
        select(
            FeedbackRow.assignment_id,
            FeedbackRow.item_id,
            FeedbackRow.revision,
            ItemRow.external_id,
            FeedbackRow.findings,
            _people.findings,
            _people.own_findings,
            _people.judged_by.is_not(None),
            _people.source,
            FeedbackRow.id,
            _people.id,
        )
        .join(_people, _FOUND_TOO)
        .join(ItemRow, ItemRow.id == FeedbackRow.item_id)
        .where(FeedbackRow.judge_id == judge.id, FeedbackRow.rubric_version == judge.rubric_version)
        .order_by(FeedbackRow.assignment_id, FeedbackRow.revision, FeedbackRow.id, _people.id)
    )
    return [Paired(*row) for row in rows]


def reviewed_since(session: Session, project_id: int, newest: int) -> int:
    """How much feedback people gave in the project after this id."""
    return session.scalars(
        select(func.count())
        .select_from(FeedbackRow)
        .where(
            FeedbackRow.project_id == project_id,
            FeedbackRow.id > newest,
            FeedbackRow.person_id.is_not(None),
        )
    ).one()


def waiting_for(session: Session, judge_id: int) -> list[int]:
    """The assignments under review in which this judge found a status: what its card can decide."""
    return list(
        session.scalars(
            select(FeedbackRow.assignment_id)
            .join(AssignmentRow, AssignmentRow.id == FeedbackRow.assignment_id)
            .where(
                FeedbackRow.judge_id == judge_id,
                FeedbackRow.status.is_not(None),
                AssignmentRow.state == "submitted",
                AssignmentRow.review == "due",
            )
            .distinct()
            .order_by(FeedbackRow.assignment_id)
        )
    )


def rubric_versions(session: Session, project_id: int) -> list[RubricVersion]:
    """The rubric versions of a project, the newest first, with the name of who made each."""
    rows = session.execute(
        select(
            RubricVersionRow.version, RubricVersionRow.rubrics, RubricVersionRow.created_at, PersonRow.name
        )
        .join(PersonRow, PersonRow.id == RubricVersionRow.created_by, isouter=True)
        .where(RubricVersionRow.project_id == project_id)
        .order_by(RubricVersionRow.version.desc())
    )
    return [RubricVersion(*row) for row in rows]
