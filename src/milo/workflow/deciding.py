"""Whom an answer waits for, and what its reviews do to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy.orm import Session

from milo.core.assignment import AssignmentState, move
from milo.core.feedback import Source, Status
from milo.core.review_policy import Asked, Decision, Opinion, ReviewPolicy, asked_about, decide
from milo.db.queries import assignments, reviews, slots
from milo.db.tables import AssignmentRow, FeedbackRow, ProjectRow
from milo.workflow import projects

#: Places in the reviewers' queue, the first ones first.
ESCALATED, RESUBMITTED, PICKED, ADVICE = 0, 1, 2, 9


def ask(session: Session, project: ProjectRow, policy: ReviewPolicy, row: AssignmentRow) -> None:
    """Set whom a submitted answer waits for, and its place in the queue."""
    wanted = asked_about(
        policy,
        project.salt,
        row.id,
        annotator=_pseudonym(session, policy, row),
        earlier=reviews.count_before(session, row, most) if (most := _first_of_each(policy)) else 0,
    )
    rank = PICKED if wanted.person else None
    if row.redo_rounds:
        wanted, rank = _asked_back(session, policy, row, wanted, rank)
    row.asked_judge = row.judge_due = wanted.judge
    row.asked_person = wanted.person
    row.review = "due" if wanted.anybody else "none"
    if rank is None and wanted.judge and not reviews.has_binding_judge(session, project.id):
        rank = ADVICE
    row.review_rank, row.redo_until = rank, None


def _asked_back(
    session: Session, policy: ReviewPolicy, row: AssignmentRow, wanted: Asked, rank: int | None
) -> tuple[Asked, int | None]:
    """The same, and in any case who sent the answer back; a person where the project has no judge now."""
    last = reviews.last_decision(session, row.id)
    assert last is not None
    if last.by == "judge" and any(rule.by == "judge" for rule in policy.rules):
        return replace(wanted, judge=True), rank
    sender = "auditor" if last.by == "judge" else cast(Literal["auditor", "researcher"], last.by)
    return replace(wanted, person=sender), RESUBMITTED


def _pseudonym(session: Session, policy: ReviewPolicy, row: AssignmentRow) -> str:
    if not any(rule.annotators for rule in policy.rules):
        return ""
    return reviews.pseudonym(session, row.project_id, row.annotator_id)


def _first_of_each(policy: ReviewPolicy) -> int:
    return max((rule.first_of_each for rule in policy.rules), default=0)


def forget(row: AssignmentRow) -> None:
    """Nothing waits for a review of it: it was skipped, rejected, or nobody is asked."""
    row.review, row.asked_judge, row.asked_person = "none", False, None
    row.judge_due, row.review_rank, row.redo_until = False, None, None


def settle(session: Session, project: ProjectRow, row: AssignmentRow, revision: int, now: datetime) -> None:
    """Bring an answer into the state its reviews ask for."""
    settings = projects.settings(project)
    given = [one.row for one in reviews.feedback_of(session, [row.id]) if one.row.revision == revision]
    decision = decide(
        Asked(judge=row.asked_judge, person=cast(Literal["auditor", "researcher"] | None, row.asked_person)),
        [
            Opinion(source=cast(Source, one.source), status=cast(Status | None, one.status), binds=one.binds)
            for one in given
        ],
    )
    if decision is None:
        _wait(row, given)
    else:
        _carry_out(session, settings.review, row, revision, decision, given, now)
    assignments.refresh_items(session, [row.item_id], settings.overlap)


def _wait(row: AssignmentRow, given: Sequence[FeedbackRow]) -> None:
    """A judge that gave no status, or whose status is advice, leaves the answer to a person."""
    judged = [one for one in given if one.source == "judge"]
    if row.review != "due" or not judged:
        return
    rank = PICKED if judged[-1].status is None else ADVICE
    if rank == PICKED or not judged[-1].binds:
        row.review_rank = rank if row.review_rank is None else min(rank, row.review_rank)


def _carry_out(
    session: Session,
    policy: ReviewPolicy,
    row: AssignmentRow,
    revision: int,
    decision: Decision,
    given: Sequence[FeedbackRow],
    now: datetime,
) -> None:
    stands = reviews.last_decision(session, row.id, revision)
    if stands is not None and decision.by == "judge":
        return  # a later verdict of a judge changes nothing that stands
    is_last = row.state != "redo" and row.redo_rounds >= policy.redo_rounds
    if decision == Decision(status="redo", by="judge") and is_last:
        row.review, row.review_rank = "due", ESCALATED
        row.asked_person = row.asked_person or "auditor"
        return
    if stands is None or (stands.status, stands.by) != (decision.status, decision.by):
        deciding = [one for one in given if (one.source, one.status) == (decision.by, decision.status)]
        reviews.decide(
            session,
            row,
            revision,
            status=decision.status,
            by=decision.by,
            feedback_id=deciding[-1].id,
            now=now,
        )
    if decision.status == "passed":
        _pass(row)
    elif is_last:
        withdraw(session, row)
        slots.note_reopened(session, row.project_id)
    elif row.state != "redo":
        _send_back(policy, row, now)


def _pass(row: AssignmentRow) -> None:
    if row.state == "redo":
        row.redo_rounds -= 1  # it was never mended
    if row.state != "passed":
        row.state = move(cast(AssignmentState, row.state), "passed")
    row.review, row.review_rank, row.redo_until = "passed", None, None


def _send_back(policy: ReviewPolicy, row: AssignmentRow, now: datetime) -> None:
    row.state = move(cast(AssignmentState, row.state), "redo")
    row.review, row.review_rank = "redo", None
    row.redo_rounds += 1
    row.redo_until = now + timedelta(hours=policy.redo_hours)


def withdraw(session: Session, row: AssignmentRow) -> None:
    """The item is somebody else's; not the same person's again, as their assignment remains."""
    row.state = move(cast(AssignmentState, row.state), "withdrawn")
    forget(row)
    if row.slot_id is not None:
        slots.open_again(session, row.slot_id)
        row.slot_id = None


def given_away(session: Session, rows: Sequence[AssignmentRow]) -> set[int]:
    """Of these, what came after the answer was sent back and the item given to somebody else."""
    ids = [row.id for row in rows if row.state == "surplus" and row.revision > 1]
    decisions = reviews.decisions(session, ids).values() if ids else ()
    last = {one.assignment_id: one.status for one in sorted(decisions, key=lambda one: one.id)}
    return {id for id, status in last.items() if status == "redo"}
