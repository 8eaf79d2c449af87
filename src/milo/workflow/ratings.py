"""What annotators say of what models wrote, proposed and found for them; the last word counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, cast, get_args

from sqlalchemy.orm import Session

from milo.core.draft import RATING_NOTE_MAX, Complaint, Rated, Rating, RatingInput
from milo.core.errors import Fault, InvalidInput, NotFound
from milo.core.person import Person
from milo.db import convert
from milo.db.queries import ratings, reviews
from milo.db.queries import verdicts as verdict_queries
from milo.db.tables import (
    AssignmentRow,
    CheckRow,
    FeedbackRow,
    JobRow,
    ModelDraftRow,
    SuggestionRow,
)

COMPLAINTS: tuple[Complaint, ...] = get_args(Complaint)


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingReply:
    """The rating as it stands; null once it was taken back."""

    rating: Rating | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRating:
    """A rating with what it speaks of."""

    rated: Rated
    target: int
    part: str
    rating: Rating


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRatings:
    """One's own ratings of an item."""

    ratings: tuple[GivenRating, ...]


class _Thing(NamedTuple):
    """What is rated: the question it is about, the version that made it, and its parts ("": it is whole)."""

    question: str
    version_id: int | None
    parts: Sequence[str]


def rate(
    session: Session, row: AssignmentRow, given: RatingInput, *, by: Person, now: datetime
) -> Rating | None:
    """The rating as it stands afterwards; without a thumb there is none any more.

    Only what was shown to the annotator of this assignment can be rated; anything else is `NotFound`.
    """
    _check(given)
    thing = _thing(session, row, given)
    if given.part not in thing.parts:
        allowed = ", ".join(thing.parts) if any(thing.parts) else "nothing: it is rated as a whole"
        fault = Fault("part", repr(given.part), allowed)
        raise InvalidInput(f"The rating cannot be stored: {fault}", (fault,))
    if given.thumb is None:
        ratings.take_back(session, by.id, given.rated, given.target, given.part)
        return None
    stored = {
        "project_id": row.project_id,
        "item_id": row.item_id,
        "assignment_id": row.id,
        "person_id": by.id,
        "rated": given.rated,
        "target": given.target,
        "part": given.part,
        "question": thing.question,
        "version_id": thing.version_id,
        "thumb": given.thumb,
        "complaints": [one for one in COMPLAINTS if one in given.complaints],
        "note": given.note.strip(),
    }
    ratings.store(session, stored, now=now)
    return Rating(
        thumb=given.thumb,
        complaints=tuple(one for one in COMPLAINTS if one in given.complaints),
        note=given.note.strip(),
    )


def of_assignment(session: Session, row: AssignmentRow, *, by: Person) -> GivenRatings:
    """The person's own ratings of what models made for an assignment."""
    return GivenRatings(
        ratings=tuple(
            GivenRating(
                rated=cast(Rated, one.rated),
                target=one.target,
                part=one.part,
                rating=ratings.as_rating(one),
            )
            for one in ratings.of_assignment(session, row.id, by.id)
        )
    )


def _check(given: RatingInput) -> None:
    """Raise `InvalidInput` for reasons without a thumb down, and for notes that cannot be stored."""
    faults = []
    if given.complaints and given.thumb != "down":
        found = f"{', '.join(given.complaints)} with the thumb {given.thumb or 'taken back'}"
        faults.append(Fault("complaints", found, "complaints only with the thumb down"))
    if len(given.note) > RATING_NOTE_MAX or "\x00" in given.note:
        found = f"{len(given.note)} characters"
        faults.append(Fault("note", found, f"at most {RATING_NOTE_MAX}, without NUL"))
    if faults:
        raise InvalidInput("The rating cannot be stored: " + "; ".join(map(str, faults)), tuple(faults))


def _thing(session: Session, row: AssignmentRow, given: RatingInput) -> _Thing:
    """What is rated, if this annotator was shown it."""
    found: _Thing | None
    match given.rated:
        case "draft":
            found = _draft(session, row, given.target)
        case "suggestion":
            found = _suggestion(session, row, given.target)
        case "verdict":
            found = _verdict(session, row, given.target)
        case "check":
            found = _check_of(session, row, given.target)
    if found is None:
        raise NotFound(f"There is no {given.rated} {given.target} that was shown to you for this item.")
    return found


def _draft(session: Session, row: AssignmentRow, id: int) -> _Thing | None:
    draft = session.get(ModelDraftRow, id)
    if draft is None or draft.assignment_id != row.id:
        return None
    return _Thing(draft.question, draft.assistant_id, ("",))


def _suggestion(session: Session, row: AssignmentRow, id: int) -> _Thing | None:
    suggestion = session.get(SuggestionRow, id)
    if suggestion is None or suggestion.item_id != row.item_id or row.revealed_at is None:
        return None
    return _Thing(suggestion.question, suggestion.prompt_version_id, ("",))


def _verdict(session: Session, row: AssignmentRow, id: int) -> _Thing | None:
    """A judge's feedback on a revision that was decided: before, its annotator does not see it."""
    feedback = session.get(FeedbackRow, id)
    if feedback is None or feedback.assignment_id != row.id or feedback.source != "judge":
        return None
    if feedback.is_calibration or reviews.last_decision(session, row.id, feedback.revision) is None:
        return None
    parts = [verdict.part for verdict in convert.VERDICTS.validate_python(feedback.findings)]
    return _Thing("", feedback.judge_id, parts)


def _check_of(session: Session, row: AssignmentRow, id: int) -> _Thing | None:
    check = session.get(CheckRow, id)
    if check is None or check.assignment_id != row.id:
        return None
    parts = [verdict.part for verdict in convert.VERDICTS.validate_python(check.verdicts)]
    return _Thing("", _judge_of(session, check), parts)


def _judge_of(session: Session, check: CheckRow) -> int | None:
    """The judge that was asked; None as long as it never judged an answer that was sent."""
    job = session.get(JobRow, check.job_id) if check.job_id is not None else None
    version = (job.result or {}).get("version") if job is not None else None
    if job is None or version is None:
        return None
    judge = verdict_queries.judge(session, check.project_id, job.config["model"], version)
    return None if judge is None else judge.id
