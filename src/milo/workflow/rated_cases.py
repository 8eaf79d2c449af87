"""Rated cases for researchers: what a model made, what was said of it, what was sent in the end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast, get_args

from sqlalchemy.orm import Session

from milo.core.assignment import AssignmentState
from milo.core.draft import Complaint, Rated, Thumb
from milo.core.errors import Fault, InvalidInput
from milo.core.questions import Answer
from milo.core.task_item import ItemExcerpt
from milo.db import convert
from milo.db.queries import assignments, labels, ratings
from milo.db.queries import examples as example_queries
from milo.db.queries.labels import Label
from milo.db.queries.ratings import Listed, Said
from milo.db.tables import ProjectRow, RatingRow
from milo.workflow import examples

LARGEST_PAGE = 100
#: What stands for a thing of which nothing is left: a judge asked anew forgets what had failed.
GONE = Said("", "", (), "", "")


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
    """A page of rated cases, those rated last first."""
    rows = ratings.page(
        session,
        project.id,
        kinds=_choice("rated", rated, get_args(Rated)),
        thumbs=_choice("thumb", thumb, get_args(Thumb)),
        before=None if cursor is None else _parse_cursor(cursor),
        limit=_checked_limit(limit) + 1,
    )
    page = rows[:limit]
    said = _said(session, [one.row for one in page])
    assignment_ids = [one.row.assignment_id for one in page]
    sent = labels.of_assignments(session, assignment_ids)
    states = {row.id: row.state for row in assignments.by_ids(session, assignment_ids)}
    why_not = examples.refusals([one.row for one in page], sent)
    made = example_queries.of_items(session, project.id, [one.row.item_id for one in page])
    return RatedCases(
        items=tuple(
            _case(
                one,
                said.get(one.row.id, GONE),
                sent=sent.get(one.row.assignment_id),
                state=states[one.row.assignment_id],
                example=made.get((one.row.item_id, one.row.question)),
                why_not=why_not[one.row.id],
            )
            for one in page
        ),
        next_cursor=str(page[-1].row.id) if len(rows) > limit else None,
    )


def _case(
    one: Listed, said: Said, *, sent: Label | None, state: str, example: int | None, why_not: str | None
) -> RatedCase:
    row = one.row
    answers = convert.answers_from(sent.answers) if sent is not None else {}
    return RatedCase(
        rating=row.id,
        rated=cast(Rated, row.rated),
        target=row.target,
        part=row.part,
        question=row.question,
        thumb=cast(Thumb, row.thumb),
        complaints=ratings.as_rating(row).complaints,
        note=row.note,
        by=one.by,
        at=row.updated_at,
        item=ItemExcerpt(id=row.item_id, external_id=one.external_id, excerpt=one.excerpt),
        assignment=row.assignment_id,
        model=said.model,
        version=said.version,
        query=said.query,
        text=said.text,
        proposed=said.proposed,
        sent=answers.get(row.question),
        state=cast(AssignmentState, state),
        example=example,
        why_no_example=why_not,
    )


def _said(session: Session, rows: Sequence[RatingRow]) -> dict[int, Said]:
    """What the models had said, by rating."""
    targets = {
        kind: [row.target for row in rows if row.rated == kind] for kind in {row.rated for row in rows}
    }
    whole = {
        **{("draft", id): said for id, said in ratings.drafts(session, targets.get("draft", ())).items()},
        **{
            ("suggestion", id): said
            for id, said in ratings.suggestions(session, targets.get("suggestion", ())).items()
        },
    }
    in_parts = {
        "verdict": ratings.verdicts(session, targets.get("verdict", ())),
        "check": ratings.checks(session, targets.get("check", ())),
    }
    found = {}
    for row in rows:
        if row.rated in in_parts:
            said = in_parts[row.rated].get((row.target, row.part))
        else:
            said = whole.get((row.rated, row.target))
        if said is not None:
            found[row.id] = said
    return found


def _choice(where: str, value: str, allowed: Sequence[str]) -> Sequence[str]:
    """All of what is allowed, or the one that is named."""
    if value == "all":
        return allowed
    if value not in allowed:
        names = ", ".join((*allowed, "all"))
        raise InvalidInput(
            f"The {where} {value!r} is unknown; allowed: {names}", (Fault(where, repr(value), names),)
        )
    return (value,)


def _checked_limit(limit: int) -> int:
    if not 1 <= limit <= LARGEST_PAGE:
        fault = Fault("limit", str(limit), f"1 to {LARGEST_PAGE}")
        raise InvalidInput(f"The page cannot be read: {fault}", (fault,))
    return limit


def _parse_cursor(cursor: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", cursor):
        raise InvalidInput(f"The cursor {cursor!r} cannot be read; take next_cursor of the page before.")
    return int(cursor)
