"""Rated cases for researchers: what a model made, what was said of it, what was sent in the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from milo.core.assignment import AssignmentState
from milo.core.draft import Complaint, Rated, Thumb
from milo.core.questions import Answer
from milo.core.task_item import ItemExcerpt
from milo.db.tables import ProjectRow

LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedCase:
    """One rating with all that is needed to judge it."""

    rating: int  # its id
    rated: Rated
    target: int
    part: str  # the criterion or error, of a verdict or check
    question: str  # of a draft or suggestion
    thumb: Thumb
    complaints: tuple[Complaint, ...]
    note: str
    by: str
    at: datetime
    item: ItemExcerpt
    assignment: int
    model: str
    version: str
    query: str  # what the draft answers; "" where nothing is asked
    text: str  # the draft, the proposed text or explanation, the judge's explanation
    proposed: tuple[str, ...]  # the preselected options of a suggestion; of a judge its grade or count
    sent: Answer | None  # what the person sent in the end; None: nothing yet, or of a verdict
    state: AssignmentState
    example: int | None  # the example made of it
    why_no_example: str | None  # why it cannot become one; None: it can


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedCases:
    """A page of rated cases, the latest first."""

    items: tuple[RatedCase, ...]
    next_cursor: str | None


def listed(
    session: Session,
    project: ProjectRow,
    *,
    rated: str = "all",
    thumb: str = "all",
    cursor: str | None = None,
    limit: int = 20,
) -> RatedCases:
    """A page of rated cases, the latest rated first."""
    raise NotImplementedError
