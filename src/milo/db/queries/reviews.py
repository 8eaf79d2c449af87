"""Reviews: the reviewers' queue and claims, feedback, decisions, and what is sent back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    Select,
    Table,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.orm import Session, aliased

from milo.core.feedback import Source, Status
from milo.db.queries.upsert import insert_into
from milo.db.tables import (
    AssignmentRow,
    CalibrationRow,
    DecisionRow,
    FeedbackRow,
    ItemRow,
    JudgeRow,
    MembershipRow,
    ModelRow,
    PersonRow,
    ReviewClaimRow,
    RevisionRow,
    UtcDateTime,
)

ANSWERED = ("submitted", "passed", "redo")


class Redo(NamedTuple):
    """Assignments sent back: those of one annotator, and those of anybody who stayed away too long."""

    own: list[int]
    absent: list[int]


class Given(NamedTuple):
    """Feedback with the judge and its model, if a judge gave it."""

    row: FeedbackRow
    judge: JudgeRow | None
    model: str | None


class Listed(NamedTuple):
    """An answer in a reviewer's list."""

    row: AssignmentRow
    external_id: str
    excerpt: str


# --- the queue ---------------------------------------------------------------------------------------

# SQLite uses a partial index only where the statement names its condition literally.
_RANKED: Any = literal_column("assignment.review_rank IS NOT NULL")
_REVIEWED: Any = literal_column("assignment.review <> 'none'")
_JUDGE_DUE: Any = AssignmentRow.judge_due


def _waiting(reviewer: int, *, sees_all: bool) -> tuple[Any, ...]:
    """What a reviewer may take: never the own answers; auditors not what researchers alone are asked."""
    conditions: tuple[Any, ...] = (
        _RANKED,
        AssignmentRow.state == "submitted",
        AssignmentRow.annotator_id != reviewer,
    )
    if not sees_all:
        conditions += (func.coalesce(AssignmentRow.asked_person, "auditor") != "researcher",)
    return conditions


def next_due(
    session: Session, project_id: int, reviewer: int, *, sees_all: bool, now: datetime, given_back: bool
) -> int | None:
    """The first answer in the queue that nobody has in hand.

    Those this reviewer gave back are passed over, unless `given_back`.
    """
    is_free = ReviewClaimRow.assignment_id.is_(None) | (ReviewClaimRow.lease_until < now)
    if not given_back:
        is_free &= func.coalesce(ReviewClaimRow.person_id, 0) != reviewer
    return session.scalar(
        select(AssignmentRow.id)
        .join(ReviewClaimRow, ReviewClaimRow.assignment_id == AssignmentRow.id, isouter=True)
        .where(AssignmentRow.project_id == project_id, *_waiting(reviewer, sees_all=sees_all), is_free)
        .order_by(AssignmentRow.review_rank, AssignmentRow.id)
        .limit(1)
    )


def count_due(session: Session, project_id: int, reviewer: int, *, sees_all: bool) -> int:
    """How many answers in the queue the reviewer could take."""
    waiting = _waiting(reviewer, sees_all=sees_all)
    return (
        session.scalar(
            select(func.count())
            .select_from(AssignmentRow)
            .where(AssignmentRow.project_id == project_id, *waiting)
        )
        or 0
    )


def claim(
    session: Session, assignment_id: int, reviewer: int, revision: int, *, until: datetime, now: datetime
) -> ReviewClaimRow | None:
    """The answer is the reviewer's until then; None when somebody else has it."""
    values = {
        "assignment_id": assignment_id,
        "person_id": reviewer,
        "revision": revision,
        "lease_until": until,
        "own_findings": None,
        "shown_feedback_id": None,
    }
    table = cast(Table, ReviewClaimRow.__table__)
    is_same = (table.c.person_id == reviewer) & (table.c.revision == revision)
    statement = insert_into(session, table).values(**values)
    taken = session.execute(
        statement.on_conflict_do_update(
            index_elements=["assignment_id"],
            set_={
                "person_id": reviewer,
                "revision": revision,
                "lease_until": until,
                # What was found before the judge was shown stays the reviewer's as long as they hold it.
                "own_findings": case((is_same, table.c.own_findings), else_=statement.excluded.own_findings),
                "shown_feedback_id": case((is_same, table.c.shown_feedback_id), else_=None),
            },
            where=(table.c.person_id == reviewer) | (table.c.lease_until < now),
        ).returning(table.c.assignment_id)
    ).first()
    return None if taken is None else claim_of(session, assignment_id)


def claim_of(session: Session, assignment_id: int) -> ReviewClaimRow | None:
    """The claim on an answer, running or over."""
    return session.get(ReviewClaimRow, assignment_id, populate_existing=True)


def held(session: Session, project_id: int, reviewer: int, now: datetime) -> int | None:
    """The answer the reviewer has in hand, the first one claimed."""
    return session.scalar(
        select(ReviewClaimRow.assignment_id)
        .join(AssignmentRow, AssignmentRow.id == ReviewClaimRow.assignment_id)
        .where(ReviewClaimRow.person_id == reviewer, ReviewClaimRow.lease_until >= now)
        .where(AssignmentRow.project_id == project_id, AssignmentRow.state == "submitted")
        .order_by(ReviewClaimRow.lease_until)
        .limit(1)
    )


def delete_claim(session: Session, assignment_id: int) -> None:
    """Nobody has the answer in hand."""
    session.execute(
        delete(ReviewClaimRow).where(ReviewClaimRow.assignment_id == assignment_id),
        execution_options={"synchronize_session": "fetch"},
    )


def count_reviewed(session: Session, project_id: int, reviewer: int, since: datetime | None) -> int:
    """How many answers the reviewer gave feedback on, calibration aside, since a moment or ever."""
    statement = select(func.count(FeedbackRow.assignment_id.distinct())).where(
        FeedbackRow.project_id == project_id,
        FeedbackRow.person_id == reviewer,
        FeedbackRow.is_calibration.is_(False),
    )
    if since is not None:
        statement = statement.where(FeedbackRow.created_at >= since)
    return session.scalar(statement) or 0


def listed(
    session: Session, project_id: int, reviews: Sequence[str], *, before: int | None, limit: int
) -> list[Listed]:
    """Answers whose review stands so, latest first, from before an id on."""
    statement = (
        select(AssignmentRow, ItemRow.external_id, ItemRow.excerpt)
        .join(ItemRow, ItemRow.id == AssignmentRow.item_id)
        .where(AssignmentRow.project_id == project_id, _REVIEWED, AssignmentRow.review.in_(reviews))
        .where(AssignmentRow.state.in_(ANSWERED))
        .order_by(AssignmentRow.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(AssignmentRow.id < before)
    return [Listed(row[0], row[1], row[2]) for row in session.execute(statement)]


# --- the judge's queue -------------------------------------------------------------------------------


def due_for_judge(session: Session, project_id: int, *, after: int, limit: int) -> list[int]:
    """The next answers a judge was asked about, in order of their ids from `after` on."""
    return list(
        session.scalars(
            select(AssignmentRow.id)
            .where(AssignmentRow.project_id == project_id, _JUDGE_DUE, AssignmentRow.id > after)
            .where(AssignmentRow.state.in_(ANSWERED))
            .order_by(AssignmentRow.id)
            .limit(limit)
        )
    )


def has_binding_judge(session: Session, project_id: int) -> bool:
    """Whether any judge of the project has earned that its verdicts bind."""
    return bool(
        session.scalar(select(exists().where(JudgeRow.project_id == project_id, JudgeRow.binds.is_(True))))
    )


# --- who answered ------------------------------------------------------------------------------------


def pseudonym(session: Session, project_id: int, person_id: int) -> str:
    """How the project names an annotator; empty for somebody who never was a member."""
    found = session.get(MembershipRow, (project_id, person_id))
    return "" if found is None else found.pseudonym


def count_before(session: Session, row: AssignmentRow, at_most: int) -> int:
    """How many items the annotator had answered before this one, counted up to a limit."""
    some = (
        select(AssignmentRow.id)
        .where(AssignmentRow.project_id == row.project_id, AssignmentRow.annotator_id == row.annotator_id)
        .where(AssignmentRow.submitted_at.is_not(None), AssignmentRow.state.not_in(("skipped", "open")))
        .where(AssignmentRow.id < row.id)
        .limit(at_most)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(some)) or 0


def submitted_after(session: Session, project_id: int, *, after: int, limit: int) -> list[int]:
    """Answers no review has decided, in order of their ids from `after` on."""
    return list(
        session.scalars(
            select(AssignmentRow.id)
            .where(AssignmentRow.project_id == project_id, AssignmentRow.state == "submitted")
            .where(AssignmentRow.id > after)
            .order_by(AssignmentRow.id)
            .limit(limit)
        )
    )


# --- sent back ---------------------------------------------------------------------------------------

_REDO = text(
    """
    SELECT * FROM (SELECT id, 1 AS own FROM assignment
      WHERE project_id = :project AND annotator_id = :annotator AND state = 'redo'
        AND (redo_until IS NULL OR redo_until >= :now) ORDER BY id LIMIT :count) AS mine
    UNION ALL
    SELECT * FROM (SELECT id, 0 AS own FROM assignment
      WHERE project_id = :project AND state = 'redo' AND redo_until < :now
      ORDER BY redo_until LIMIT :most) AS absent
    """
).bindparams(bindparam("now", type_=UtcDateTime()))


def redo(
    session: Session, project_id: int, annotator_id: int, *, now: datetime, count: int, most: int
) -> Redo:
    """What was sent back to an annotator, first come first; and up to `most` whose time is over."""
    rows = session.execute(
        _REDO,
        {"project": project_id, "annotator": annotator_id, "now": now, "count": count, "most": most},
    ).all()
    return Redo([id for id, own in rows if own], [id for id, own in rows if not own])


def count_redo(session: Session, project_id: int, annotator_id: int) -> int:
    """How many answers of an annotator were sent back and not taken up."""
    return (
        session.scalar(
            select(func.count())
            .select_from(AssignmentRow)
            .where(AssignmentRow.project_id == project_id, AssignmentRow.annotator_id == annotator_id)
            .where(AssignmentRow.state == "redo")
        )
        or 0
    )


def absent(session: Session, project_id: int, *, now: datetime, most: int) -> list[int]:
    """Up to `most` assignments that were sent back and whose time is over."""
    return redo(session, project_id, 0, now=now, count=0, most=most).absent


def locked(session: Session, ids: Sequence[int], *, skip: bool = False) -> Sequence[AssignmentRow]:
    """The assignments as they stand now, in order of their ids; with `skip` without those being changed."""
    return session.scalars(
        select(AssignmentRow)
        .where(AssignmentRow.id.in_(ids))
        .order_by(AssignmentRow.id)
        .with_for_update(skip_locked=skip),
        execution_options={"populate_existing": True},
    ).all()


# --- feedback and decisions --------------------------------------------------------------------------


def answered(session: Session, assignment_id: int) -> RevisionRow | None:
    """The revision a review is about: the newest that holds answers."""
    return session.scalar(
        select(RevisionRow)
        .where(RevisionRow.assignment_id == assignment_id, RevisionRow.act == "submit")
        .order_by(RevisionRow.number.desc())
        .limit(1)
    )


def answers_of(session: Session, assignment_id: int) -> Sequence[RevisionRow]:
    """Every revision that holds answers, oldest first."""
    return session.scalars(
        select(RevisionRow)
        .where(RevisionRow.assignment_id == assignment_id, RevisionRow.act == "submit")
        .order_by(RevisionRow.number)
    ).all()


def by_client_id(session: Session, project_id: int, client_id: str) -> FeedbackRow | None:
    """The feedback that was sent under this id; None when it never arrived."""
    return session.scalar(
        select(FeedbackRow).where(FeedbackRow.client_id == client_id, FeedbackRow.project_id == project_id)
    )


def feedback_of(session: Session, assignment_ids: Sequence[int]) -> list[Given]:
    """All feedback on the answers of these assignments, oldest first; calibration is none."""
    return _given(
        session,
        select(FeedbackRow, JudgeRow, ModelRow.name)
        .where(FeedbackRow.assignment_id.in_(assignment_ids), FeedbackRow.is_calibration.is_(False))
        .order_by(FeedbackRow.id),
    )


def feedback(session: Session, id: int) -> Given:
    """One piece of feedback."""
    (found,) = _given(session, select(FeedbackRow, JudgeRow, ModelRow.name).where(FeedbackRow.id == id))
    return found


def _given(session: Session, statement: Select[*tuple[Any, ...]]) -> list[Given]:
    rows = session.execute(
        statement.join(JudgeRow, JudgeRow.id == FeedbackRow.judge_id, isouter=True).join(
            ModelRow, ModelRow.id == JudgeRow.model_id, isouter=True
        )
    )
    return [Given(row[0], row[1], row[2]) for row in rows]


def judged(session: Session, assignment_id: int, revision: int) -> Given | None:
    """The newest feedback of a judge on a revision."""
    found = _given(
        session,
        select(FeedbackRow, JudgeRow, ModelRow.name)
        .where(FeedbackRow.assignment_id == assignment_id, FeedbackRow.revision == revision)
        .where(FeedbackRow.source == "judge")
        .order_by(FeedbackRow.id.desc())
        .limit(1),
    )
    return found[0] if found else None


def own_feedback(session: Session, assignment_id: int, revision: int, person_id: int) -> FeedbackRow | None:
    """The newest feedback of a person on a revision."""
    return session.scalar(
        select(FeedbackRow)
        .where(FeedbackRow.assignment_id == assignment_id, FeedbackRow.revision == revision)
        .where(FeedbackRow.person_id == person_id)
        .order_by(FeedbackRow.id.desc())
        .limit(1)
    )


def decisions(session: Session, assignment_ids: Sequence[int]) -> dict[tuple[int, int], DecisionRow]:
    """What stands for each decided revision, by assignment and number."""
    rows = session.scalars(
        select(DecisionRow).where(DecisionRow.assignment_id.in_(assignment_ids)).order_by(DecisionRow.id)
    )
    return {(row.assignment_id, row.revision): row for row in rows}


def last_decision(session: Session, assignment_id: int, revision: int | None = None) -> DecisionRow | None:
    """What was decided last, of one revision or of any."""
    statement = select(DecisionRow).where(DecisionRow.assignment_id == assignment_id)
    if revision is not None:
        statement = statement.where(DecisionRow.revision == revision)
    return session.scalar(statement.order_by(DecisionRow.id.desc()).limit(1))


def decide(
    session: Session,
    row: AssignmentRow,
    revision: int,
    *,
    status: Status,
    by: Source,
    feedback_id: int | None,
    now: datetime,
) -> None:
    """Append what stands from now on."""
    session.add(
        DecisionRow(
            project_id=row.project_id,
            assignment_id=row.id,
            revision=revision,
            status=status,
            by=by,
            feedback_id=feedback_id,
            decided_at=now,
        )
    )
    session.flush()


# --- calibration -------------------------------------------------------------------------------------


def calibration(session: Session, project_id: int) -> Sequence[CalibrationRow]:
    """The calibration set, in the order in which it is graded."""
    return session.scalars(
        select(CalibrationRow)
        .where(CalibrationRow.project_id == project_id)
        .order_by(CalibrationRow.assignment_id)
    ).all()


def calibrated(session: Session, project_id: int) -> list[tuple[FeedbackRow, str]]:
    """What reviewers found in the calibration set, with their names, oldest first."""
    rows = session.execute(
        select(FeedbackRow, PersonRow.name)
        .join(CalibrationRow, CalibrationRow.assignment_id == FeedbackRow.assignment_id)
        .join(PersonRow, PersonRow.id == FeedbackRow.person_id)
        .where(CalibrationRow.project_id == project_id, FeedbackRow.is_calibration.is_(True))
        .order_by(FeedbackRow.id)
    )
    return [(row[0], row[1]) for row in rows]


def to_calibrate(session: Session, project_id: int, reviewer: int) -> list[int]:
    """The answers of the calibration set that this reviewer may grade and has not."""
    graded = exists().where(
        FeedbackRow.assignment_id == CalibrationRow.assignment_id,
        FeedbackRow.person_id == reviewer,
        FeedbackRow.is_calibration.is_(True),
    )
    return list(
        session.scalars(
            select(CalibrationRow.assignment_id)
            .join(AssignmentRow, AssignmentRow.id == CalibrationRow.assignment_id)
            .where(CalibrationRow.project_id == project_id, AssignmentRow.annotator_id != reviewer, ~graded)
            .order_by(CalibrationRow.assignment_id)
        )
    )


def candidates(session: Session, project_id: int, *, limit: int) -> list[tuple[int, int]]:
    """Answers a calibration set is drawn from, latest first: assignment and answered revision."""
    later = aliased(RevisionRow)
    is_followed = exists().where(
        later.assignment_id == RevisionRow.assignment_id,
        later.act == "submit",
        later.number > RevisionRow.number,
    )
    rows = session.execute(
        select(RevisionRow.assignment_id, RevisionRow.number)
        .join(AssignmentRow, AssignmentRow.id == RevisionRow.assignment_id)
        .where(RevisionRow.project_id == project_id, RevisionRow.act == "submit", ~is_followed)
        .where(AssignmentRow.state.in_(("submitted", "passed")))
        .order_by(RevisionRow.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]
