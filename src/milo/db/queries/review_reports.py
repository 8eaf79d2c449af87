"""What reviews came to: for the annotator whose answers they are, and for the project."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, literal_column, or_, select, update
from sqlalchemy.orm import Session, aliased

from milo.db.tables import AssignmentRow, DecisionRow, FeedbackRow, ItemRow, RevisionRow

#: Places in the list of own answers, the first ones first.
TO_REDO, NEW, SEEN = 0, 1, 2

#: The place of an answer by its last decision.
_PLACE: Any = case(  # Any: an expression of SQL
    (
        (AssignmentRow.review == "redo") & AssignmentRow.state.in_(("redo", "leased")),
        literal_column(str(TO_REDO)),
    ),
    (
        exists().where(
            FeedbackRow.assignment_id == DecisionRow.assignment_id,
            FeedbackRow.revision == DecisionRow.revision,
            FeedbackRow.seen_at.is_(None),
            FeedbackRow.is_calibration.is_(False),
        ),
        literal_column(str(NEW)),
    ),
    else_=literal_column(str(SEEN)),
)


def _is_own_last(project_id: int, annotator_id: int) -> ColumnElement[bool]:
    """Whether a decision is the last one on an answer of the annotator."""
    later = aliased(DecisionRow)
    return and_(
        AssignmentRow.project_id == project_id,
        AssignmentRow.annotator_id == annotator_id,
        ~exists().where(later.assignment_id == AssignmentRow.id, later.id > DecisionRow.id),
    )


class Told(NamedTuple):
    """An own answer somebody decided on, with its place in the list and the id of its last decision."""

    row: AssignmentRow
    external_id: str
    excerpt: str
    place: int
    decision: int


def told(
    session: Session,
    project_id: int,
    annotator_id: int,
    *,
    source: str | None,
    status: str | None,
    after: tuple[int, int] | None,
    limit: int,
) -> list[Told]:
    """An annotator's answers on which was decided: what is to be redone, what is new, then what was seen.

    In each place the latest decision comes first. `source` asks for feedback of that kind of reviewer,
    `status` for what the last decision says; `after` is the place and decision of the last one before.
    """
    page = (
        select(DecisionRow.id.label("decision"), _PLACE.label("place"))
        .join(AssignmentRow, AssignmentRow.id == DecisionRow.assignment_id)
        .where(_is_own_last(project_id, annotator_id))
        .order_by(_PLACE, DecisionRow.id.desc())
        .limit(limit)
    )
    if source is not None:
        of_source = exists().where(
            FeedbackRow.assignment_id == AssignmentRow.id,
            FeedbackRow.source == source,
            FeedbackRow.is_calibration.is_(False),
        )
        page = page.where(of_source)
    if status is not None:
        page = page.where(DecisionRow.status == status)
    if after is not None:
        place, decision = after
        page = page.where(or_(place < _PLACE, (place == _PLACE) & (decision > DecisionRow.id)))
    found = page.subquery()
    rows = session.execute(
        select(AssignmentRow, ItemRow.external_id, ItemRow.excerpt, found.c.place, found.c.decision)
        .join(DecisionRow, DecisionRow.id == found.c.decision)
        .join(AssignmentRow, AssignmentRow.id == DecisionRow.assignment_id)
        .join(ItemRow, ItemRow.id == AssignmentRow.item_id)
        .order_by(found.c.place, found.c.decision.desc())
    )
    return [Told(*row) for row in rows]


class ToldCounts(NamedTuple):
    """How many own answers are to be redone, have news, or were looked at."""

    redo: int
    new: int
    seen: int


def count_told(session: Session, project_id: int, annotator_id: int) -> ToldCounts:
    """The annotator's decided answers: to be redone; else with or without feedback not yet seen."""
    rows = session.execute(
        select(_PLACE, func.count())
        .select_from(DecisionRow)
        .join(AssignmentRow, AssignmentRow.id == DecisionRow.assignment_id)
        .where(_is_own_last(project_id, annotator_id))
        .group_by(_PLACE)
    )
    counts: dict[int, int] = {row[0]: row[1] for row in rows}
    return ToldCounts(counts.get(TO_REDO, 0), counts.get(NEW, 0), counts.get(SEEN, 0))


def note_seen(session: Session, assignment_id: int, revisions: Sequence[int], now: datetime) -> None:
    """Keep that the annotator looked at the feedback on these revisions."""
    session.execute(
        update(FeedbackRow)
        .where(FeedbackRow.assignment_id == assignment_id, FeedbackRow.revision.in_(revisions))
        .where(FeedbackRow.seen_at.is_(None))
        .values(seen_at=now)
    )


class Deciding(NamedTuple):
    """The feedback behind what stands for one revision."""

    annotator_id: int
    assignment_id: int
    revision: int
    status: str
    decided_at: datetime
    feedback: FeedbackRow | None


def deciding(session: Session, project_id: int, annotator_id: int | None, *, latest: int) -> list[Deciding]:
    """What stands for each decided revision, of one annotator or of all, the latest ones, oldest first."""
    later = aliased(DecisionRow)
    is_followed = exists().where(
        later.assignment_id == DecisionRow.assignment_id,
        later.revision == DecisionRow.revision,
        later.id > DecisionRow.id,
    )
    statement = (
        select(
            AssignmentRow.annotator_id,
            DecisionRow.assignment_id,
            DecisionRow.revision,
            DecisionRow.status,
            DecisionRow.decided_at,
            FeedbackRow,
        )
        .join(AssignmentRow, AssignmentRow.id == DecisionRow.assignment_id)
        .join(FeedbackRow, FeedbackRow.id == DecisionRow.feedback_id, isouter=True)
        .where(DecisionRow.project_id == project_id, ~is_followed)
        .order_by(DecisionRow.id.desc())
        .limit(latest)
    )
    if annotator_id is not None:
        statement = statement.where(AssignmentRow.annotator_id == annotator_id)
    return [Deciding(*row) for row in session.execute(statement)][::-1]


# --- coverage ----------------------------------------------------------------------------------------


def count_by_review(session: Session, project_id: int) -> dict[tuple[str, str], int]:
    """How many assignments are in each state, by what their review says."""
    rows = session.execute(
        select(AssignmentRow.state, AssignmentRow.review, func.count())
        .where(AssignmentRow.project_id == project_id)
        .group_by(AssignmentRow.state, AssignmentRow.review)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def count_by_source(session: Session, project_id: int) -> dict[str, int]:
    """How many answers each kind of reviewer has given a status."""
    rows = session.execute(
        select(FeedbackRow.source, func.count(FeedbackRow.assignment_id.distinct()))
        .where(FeedbackRow.project_id == project_id, FeedbackRow.is_calibration.is_(False))
        .where(FeedbackRow.status.is_not(None), FeedbackRow.assignment_id.is_not(None))
        .group_by(FeedbackRow.source)
    )
    return {row[0]: row[1] for row in rows}


def count_by_two(session: Session, project_id: int) -> int:
    """How many revisions two people or more reviewed."""
    twice = (
        select(FeedbackRow.assignment_id)
        .where(FeedbackRow.project_id == project_id, FeedbackRow.is_calibration.is_(False))
        .where(FeedbackRow.person_id.is_not(None))
        .group_by(FeedbackRow.assignment_id, FeedbackRow.revision)
        .having(func.count(FeedbackRow.person_id.distinct()) > 1)
        .subquery()
    )
    return session.scalar(select(func.count(twice.c.assignment_id.distinct()))) or 0


class Decided(NamedTuple):
    """How the decided answers came out."""

    answers: int
    passed_first: int  # never sent back
    rounds: int  # sum of how often they were sent back


def count_decided(session: Session, project_id: int) -> Decided:
    """The answers something was decided on, those that passed at once, and the rounds of all."""
    first = (AssignmentRow.state == "passed") & (AssignmentRow.redo_rounds == 0)
    row = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((first, 1), else_=0)), 0),
            func.coalesce(func.sum(AssignmentRow.redo_rounds), 0),
        )
        .where(AssignmentRow.project_id == project_id)
        .where(exists().where(DecisionRow.assignment_id == AssignmentRow.id))
    ).one()
    return Decided(int(row[0]), int(row[1]), int(row[2]))


def count_decided_by(session: Session, project_id: int) -> dict[str, int]:
    """Whose decision stands, by kind of reviewer."""
    newest = (
        select(func.max(DecisionRow.id).label("id"))
        .where(DecisionRow.project_id == project_id)
        .group_by(DecisionRow.assignment_id)
        .subquery()
    )
    rows = session.execute(
        select(DecisionRow.by, func.count())
        .join(newest, newest.c.id == DecisionRow.id)
        .group_by(DecisionRow.by)
    )
    return {row[0]: row[1] for row in rows}


def times(session: Session, project_id: int, *, latest: int) -> tuple[list[int], list[int]]:
    """Active time of the latest first answers, and of those sent again after a REDO."""
    rows = session.execute(
        select(RevisionRow.number, AssignmentRow.redo_rounds, RevisionRow.active_ms)
        .join(AssignmentRow, AssignmentRow.id == RevisionRow.assignment_id)
        .where(RevisionRow.project_id == project_id, RevisionRow.act == "submit")
        .order_by(RevisionRow.id.desc())
        .limit(latest)
    ).all()
    first = [active for number, _, active in rows if number == 1]
    return first, [active for number, rounds, active in rows if number > 1 and rounds]
