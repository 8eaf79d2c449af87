"""The calibration set: answers every reviewer grades before they start, to compare notes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from milo.core.errors import Conflict, Fault, InvalidInput
from milo.core.review_task import CalibrationProgress
from milo.db.queries import reviews
from milo.db.tables import CalibrationRow, FeedbackRow, ProjectRow
from milo.workflow import feedback
from milo.workflow.review import Reviewer

#: Answers a set is drawn from, the latest ones, and how many it may hold.
CANDIDATES, MOST = 2_000, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibratedReviewer:
    """A reviewer, and the share of parts they graded as the others did."""

    name: str
    done: int
    agreement: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibratedPart:
    """A criterion or error, and the share of pairs of reviewers who found the same."""

    part: str
    agreement: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How reviewers agree on the calibration set; hidden from a reviewer who has not graded it."""

    total: int
    reviewers: tuple[CalibratedReviewer, ...]
    parts: tuple[CalibratedPart, ...]


def draw(session: Session, project: ProjectRow, count: int, *, now: datetime) -> None:
    """Let the calibration set hold `count` answers, drawn by a salted hash; it never shrinks."""
    if not 1 <= count <= MOST:
        fault = Fault("count", str(count), f"1 to {MOST}")
        raise InvalidInput(f"The calibration set cannot be drawn: {fault}", (fault,))
    if project.rubric_version == 0:
        raise Conflict("The project has no rubric; write one before reviewers calibrate.")
    have = {row.assignment_id for row in reviews.calibration(session, project.id)}
    found = [
        pair for pair in reviews.candidates(session, project.id, limit=CANDIDATES) if pair[0] not in have
    ]
    wanted = count - len(have)
    if wanted > len(found):
        raise Conflict(
            f"There are {len(found) + len(have)} answers to draw {count} from; wait until more are in."
        )
    found.sort(key=lambda pair: hashlib.sha256(f"{project.salt}:calibration:{pair[0]}".encode()).digest())
    for assignment, revision in found[: max(wanted, 0)]:
        session.add(
            CalibrationRow(assignment_id=assignment, project_id=project.id, revision=revision, created_at=now)
        )
    session.flush()


def progress(session: Session, project: ProjectRow, reviewer: int) -> CalibrationProgress | None:
    """How much of the set a reviewer has graded, own answers aside; None without a set."""
    total = len(reviews.calibration(session, project.id))
    if total == 0:
        return None
    left = len(reviews.to_calibrate(session, project.id, reviewer))
    return CalibrationProgress(done=total - left, total=total)


def report(session: Session, project: ProjectRow, by: Reviewer) -> Calibration:
    """How far every reviewer is, and how they agree."""
    total = len(reviews.calibration(session, project.id))
    given = _first_each(reviews.calibrated(session, project.id))
    sees = by.source == "researcher" or not reviews.to_calibrate(session, project.id, by.person.id)
    pairs = _pairs(given) if sees else []
    names = {row.person_id: name for row, name in given}
    return Calibration(
        total=total,
        reviewers=tuple(
            CalibratedReviewer(
                name=name,
                done=sum(row.person_id == person for row, _ in given),
                agreement=_share([same for people, _, same in pairs if person in people]),
            )
            for person, name in sorted(names.items(), key=lambda one: one[1])
        ),
        parts=tuple(
            CalibratedPart(part=part, agreement=_share([same for _, one, same in pairs if one == part]))
            for part in dict.fromkeys(part for _, part, _ in pairs)
        ),
    )


def _first_each(given: list[tuple[FeedbackRow, str]]) -> list[tuple[FeedbackRow, str]]:
    """What each reviewer found first in each answer."""
    first = {(row.assignment_id, row.person_id): (row, name) for row, name in reversed(given)}
    return list(first.values())


def _pairs(given: list[tuple[FeedbackRow, str]]) -> list[tuple[frozenset[int | None], str, bool]]:
    """Each pair of reviewers of the same answer, part by part, with whether they found the same."""
    found = [
        (row.assignment_id, row.person_id, {one.part: one for one in feedback.findings_of(row)})
        for row, _ in given
    ]
    return [
        (
            frozenset((first, second)),
            part,
            (mine[part].grade, mine[part].count) == (theirs[part].grade, theirs[part].count),
        )
        for number, (answer, first, mine) in enumerate(found)
        for other, second, theirs in found[number + 1 :]
        if answer == other
        for part in mine
        if part in theirs
    ]


def _share(same: Sequence[bool]) -> float | None:
    return sum(same) / len(same) if same else None
