"""What annotators say of what models wrote, proposed and found; the last word counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from milo.core.draft import Rated, Rating, RatingInput
from milo.core.person import Person
from milo.db.tables import AssignmentRow, ProjectRow


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


def rate(
    session: Session,
    project: ProjectRow,
    row: AssignmentRow,
    given: RatingInput,
    *,
    by: Person,
    now: datetime,
) -> Rating | None:
    """The rating as it stands afterwards."""
    raise NotImplementedError


def of_assignment(session: Session, row: AssignmentRow, *, by: Person) -> GivenRatings:
    """The person's own ratings of what models made for an assignment."""
    raise NotImplementedError
