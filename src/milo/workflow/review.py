"""Whom an answer waits for, what reviewers found in it, and what that does to it.

A review is about one revision: the newest that holds answers. Opinions and decisions are appended; the state
of the assignment follows the last decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, cast

from sqlalchemy.orm import Session

from milo.core.assignment import AssignmentState
from milo.core.errors import Conflict, Fault, Forbidden, InvalidInput
from milo.core.feedback import Finding, Source, Status, Verdict, check_findings, scored, status_of
from milo.core.person import Person
from milo.core.review_policy import (
    RANK,
    Decision,
    ReviewPolicy,
    criteria_of,
)
from milo.core.review_task import Feedback
from milo.core.rubric import part_names
from milo.core.strict import INPUT, Whole
from milo.core.submission import CLIENT_ID_MAX, NOTE_MAX, YEAR_MS
from milo.db import convert
from milo.db.queries import assignments, reviews, slots
from milo.db.queries.reviews import Given
from milo.db.tables import AssignmentRow, FeedbackRow, JudgeRow, ProjectRow, RevisionRow
from milo.workflow import deciding, feedback, judge_cards, projects

#: Answers asked about anew in one transaction.
BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """Somebody who reviews, and as what."""

    person: Person
    source: Literal["auditor", "researcher"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a reviewer found in a revision; the same `client_id` sent again changes nothing."""

    __pydantic_config__ = INPUT

    client_id: str
    revision: Whole
    findings: tuple[Finding, ...]
    agreements: dict[str, Literal["agree", "disagree"]] = field(default_factory=dict)  # with the judge
    note: str = ""
    active_ms: Whole = 0
    rubric_version: Whole | None = None  # the one it was graded by; None: the project's newest


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReview(Feedback):
    """Feedback that was stored, with what stands now."""

    decision: Decision | None
    state: AssignmentState


def asked(session: Session, project: ProjectRow, row: AssignmentRow, *, now: datetime) -> None:
    """Set whom an answer waits for, which was just submitted."""
    has_rules = bool((project.settings.get("review") or {}).get("rules"))
    if row.state == "submitted" and (has_rules or row.redo_rounds):
        deciding.ask(session, project, projects.settings(project).review, row)
    else:
        deciding.forget(row)


def store_review(
    session: Session,
    project: ProjectRow,
    row: AssignmentRow,
    review: Review,
    *,
    by: Reviewer,
    now: datetime,
) -> StoredReview:
    """Store what a person found, and what it decides.

    Raises `Conflict` when another revision stands by now, or the annotator has the answer in hand.
    """
    _check_review(review)
    row = assignments.locked(session, row.id)
    known = reviews.by_client_id(session, project.id, review.client_id)
    if known is not None:
        if known.assignment_id != row.id or known.person_id != by.person.id:
            raise Conflict(f"The client_id {review.client_id!r} was used for another review; take a new one.")
        return _stored(session, row, known)
    answer = reviewable(session, row, by)
    check_revision(row, answer, review.revision)
    policy = projects.settings(project).review
    version = _rubric_version(project, review)
    rubrics = projects.rubrics(session, project.id, version)
    only = criteria_of(policy, by.source)
    check_findings(rubrics, review.findings, only=only)
    is_calibration = row.id in reviews.to_calibrate(session, project.id, by.person.id)
    if not is_calibration:
        check_rank(session, row, answer.number, by)
    claim = reviews.claim_of(session, row.id)
    if claim is not None and claim.person_id != by.person.id:
        claim = None
    judged = (
        None
        if is_calibration
        else _judged(
            session, policy, row, answer.number, claim is not None and claim.shown_feedback_id is not None
        )
    )
    _check_agreements(review, judged)
    scores = scored(rubrics, review.findings, only=only)
    stored = FeedbackRow(
        project_id=project.id,
        item_id=row.item_id,
        assignment_id=row.id,
        revision=answer.number,
        client_id=review.client_id,
        source=by.source,
        person_id=by.person.id,
        binds=not is_calibration,
        is_calibration=is_calibration,
        rubric_version=version,
        only=None if only is None else sorted(only),
        findings=convert.as_data(convert.FINDINGS, review.findings),
        scores=convert.as_data(convert.SCORES, scores),
        status=status_of(scores),
        note=review.note.strip(),
        judged_by=None if judged is None else judged.row.id,
        own_findings=None if claim is None else claim.own_findings,
        agreements=dict(review.agreements),
        active_ms=review.active_ms,
        created_at=now,
    )
    session.add(stored)
    session.flush()
    if not is_calibration:
        if claim is not None:
            reviews.delete_claim(session, row.id)
        deciding.settle(session, project, row, answer.number, now)
        earned = judge_cards.refresh(session, project, row, answer.number, now=now)
        decide_again(session, project, earned, now=now)
    return _stored(session, row, stored)


def store_judgement(
    session: Session,
    project: ProjectRow,
    row: AssignmentRow,
    revision: int,
    judge: JudgeRow,
    verdicts: Sequence[Verdict],
    *,
    now: datetime,
) -> FeedbackRow:
    """Store a judge's feedback from its verdicts on all it was asked, and what it decides.

    A verdict that is not "ok" counts as none: without it there may be no status, and then a person decides.
    Stored once for a judge and revision.
    """
    row = assignments.locked(session, row.id)
    client_id = f"judge-{judge.id}-{row.id}-{revision}"
    known = reviews.by_client_id(session, project.id, client_id)
    if known is not None and (known.judge_id, known.assignment_id) != (judge.id, row.id):
        client_id += "-here"  # that one came in from another project
        known = reviews.by_client_id(session, project.id, client_id)
    if known is not None:
        return known
    rubrics = projects.rubrics(session, project.id, judge.rubric_version)
    given = {verdict.part for verdict in verdicts}
    everything = {name for rubric in rubrics for name in part_names(rubric)}
    only = None if given >= everything else sorted(given)
    read = [verdict.finding for verdict in verdicts if verdict.status == "ok"]
    scores = scored(rubrics, read, only=only)
    reasons = [f"{one.part}: {one.reason or one.status}" for one in verdicts if one.status != "ok"]
    status = status_of(scores)
    stored = FeedbackRow(
        project_id=project.id,
        item_id=row.item_id,
        assignment_id=row.id,
        revision=revision,
        client_id=client_id,
        source="judge",
        judge_id=judge.id,
        binds=judge.binds,
        rubric_version=judge.rubric_version,
        only=only,
        findings=convert.as_data(convert.VERDICTS, tuple(verdicts)),
        scores=convert.as_data(convert.SCORES, scores),
        status=status,
        reason="no verdict: " + "; ".join(reasons or ["nothing was asked"]) if status is None else None,
        created_at=now,
    )
    session.add(stored)
    session.flush()
    answer = reviews.answered(session, row.id)
    if answer is not None and answer.number == revision:
        row.judge_due = False
        if row.state in reviews.ANSWERED:
            deciding.settle(session, project, row, revision, now)
    return stored


def decide_again(
    session: Session, project: ProjectRow, assignment_ids: Sequence[int], *, now: datetime
) -> int:
    """Ask anew about undecided answers, after the policy changed or a judge earned that it binds.

    What was decided stands. Returns how many answers changed.
    """
    policy = projects.settings(project).review
    changed = 0
    for row in reviews.locked(session, assignment_ids):
        answer = reviews.answered(session, row.id) if row.state == "submitted" else None
        if answer is None:
            continue
        before = _columns(row)
        if policy.rules or row.redo_rounds:
            deciding.ask(session, project, policy, row)
        else:
            deciding.forget(row)
        for given in reviews.feedback_of(session, [row.id]):
            if given.judge is not None and given.row.revision == answer.number:
                given.row.binds = given.judge.binds
                row.judge_due = False
        deciding.settle(session, project, row, answer.number, now)
        changed += before != _columns(row)
    return changed


def fit_policy(session: Session, project: ProjectRow, *, after: int, now: datetime) -> int | None:
    """Ask anew about the next undecided answers; returns the id to go on after, None when all are done."""
    ids = reviews.submitted_after(session, project.id, after=after, limit=BATCH)
    decide_again(session, project, ids, now=now)
    return ids[-1] if len(ids) == BATCH else None


def settle(session: Session, project: ProjectRow, row: AssignmentRow, *, now: datetime) -> None:
    """Decide an answer its annotator gave back unchanged, by what was found meanwhile."""
    answer = reviews.answered(session, row.id)
    if row.state == "submitted" and row.review == "due" and answer is not None:
        deciding.settle(session, project, row, answer.number, now)


def replace_absent(session: Session, project: ProjectRow, ids: Sequence[int], *, now: datetime) -> list[int]:
    """Withdraw what was sent back and not taken up in time, so that others get the items; their ids."""
    if not ids:
        return []  # as with nearly every claim: a query for nothing would cost it 0.3 ms
    items = []
    for row in reviews.locked(session, ids, skip=True):
        if row.state == "redo" and row.redo_until is not None and row.redo_until < now:
            deciding.withdraw(session, row)
            items.append(row.item_id)
    if items:
        assignments.refresh_items(session, items, projects.settings(project).overlap)
        slots.note_reopened(session, project.id)
    return items


# --- may this person review it? ----------------------------------------------------------------------


def reviewable(session: Session, row: AssignmentRow, by: Reviewer) -> RevisionRow:
    """The revision that is to be reviewed; raises where this person cannot review it, or not now."""
    if row.state == "leased" and row.review == "redo":
        raise Conflict("The annotator is mending this answer now; it comes back when it is sent again.")
    if row.state == "leased":
        raise Conflict("The annotator has this answer in hand; it can be reviewed once it is sent.")
    answer = reviews.answered(session, row.id) if row.state in reviews.ANSWERED else None
    if answer is None:
        allowed = ", ".join(reviews.ANSWERED)
        raise Conflict(f"There is no answer to review: the assignment is {row.state!r}; allowed: {allowed}")
    if row.annotator_id == by.person.id:
        raise Forbidden("This is your own answer; somebody else reviews it.")
    if row.state == "submitted" and row.asked_person == "researcher" and by.source == "auditor":
        raise Forbidden("A researcher is asked about this answer; auditors take what auditors are asked.")
    return answer


def check_rank(session: Session, row: AssignmentRow, revision: int, by: Reviewer) -> None:
    """Raise `Forbidden` unless this person may change what stands for the revision."""
    stands = reviews.last_decision(session, row.id, revision)
    if stands is None or RANK[by.source] > RANK[cast(Source, stands.by)]:
        return
    is_own = reviews.own_feedback(session, row.id, revision, by.person.id) is not None
    if RANK[by.source] < RANK[cast(Source, stands.by)] or not is_own:
        raise Forbidden(
            f"{'An' if stands.by == 'auditor' else 'A'} {stands.by} has decided this answer: {stands.status}."
            " A researcher overrides an auditor, an auditor the judge; everybody may change their own review."
        )


def check_revision(row: AssignmentRow, answer: RevisionRow, revision: int) -> None:
    """Raise `Conflict` with what stands when the review is about another revision."""
    if answer.number != revision:
        raise Conflict(
            f"The review is about revision {revision}; by now revision {answer.number} stands.",
            {"revision": answer.number, "state": row.state, "submitted_at": answer.created_at.isoformat()},
        )


def _judged(
    session: Session, policy: ReviewPolicy, row: AssignmentRow, revision: int, was_shown: bool
) -> Given | None:
    """The judge's feedback a reviewer saw."""
    if policy.reveal_judge == "immediate" or was_shown:
        return reviews.judged(session, row.id, revision)
    return None


def _check_review(review: Review) -> None:
    faults = []
    if not 1 <= len(review.client_id) <= CLIENT_ID_MAX or not review.client_id.isprintable():
        faults.append(Fault("client_id", repr(review.client_id[:80]), f"1 to {CLIENT_ID_MAX} characters"))
    if not 0 <= review.active_ms <= YEAR_MS:
        faults.append(Fault("active_ms", str(review.active_ms), f"0 to {YEAR_MS}"))
    texts = [(f"findings.{one.part}.explanation", one.explanation) for one in review.findings]
    for where, text in [*texts, ("note", review.note)]:
        if len(text) > NOTE_MAX or "\x00" in text:
            faults.append(Fault(where, f"{len(text)} characters", f"at most {NOTE_MAX}, without NUL"))
    if faults:
        raise InvalidInput("The review cannot be stored: " + "; ".join(map(str, faults)), tuple(faults))


def _rubric_version(project: ProjectRow, review: Review) -> int:
    newest = project.rubric_version
    version = newest if review.rubric_version is None else review.rubric_version
    if newest == 0:
        raise Conflict("The project has no rubric; the researcher writes one first.")
    if not 1 <= version <= newest:
        fault = Fault("rubric_version", str(version), f"1 to {newest}")
        raise InvalidInput(f"The review cannot be stored: {fault}", (fault,))
    return version


def _check_agreements(review: Review, judged: Given | None) -> None:
    if not review.agreements:
        return
    parts = [] if judged is None else [one.part for one in feedback.findings_of(judged.row)]
    allowed = ", ".join(parts) or "none: no verdict of a judge was shown"
    faults = tuple(
        Fault(f"agreements.{part}", "an agreement", allowed)
        for part in review.agreements
        if part not in parts
    )
    if faults:
        raise InvalidInput("The review cannot be stored: " + "; ".join(map(str, faults)), faults)


def _columns(row: AssignmentRow) -> tuple[object, ...]:
    return (row.state, row.review, row.asked_judge, row.asked_person, row.judge_due, row.review_rank)


def _stored(session: Session, row: AssignmentRow, stored: FeedbackRow) -> StoredReview:
    told = feedback.shown(reviews.feedback(session, stored.id))
    stands = reviews.last_decision(session, row.id, stored.revision)
    decision = None
    if stands is not None and not stored.is_calibration:
        decision = Decision(status=cast(Status, stands.status), by=cast(Source, stands.by))
    values = {name: getattr(told, name) for name in Feedback.__dataclass_fields__}
    return StoredReview(**values, decision=decision, state=cast(AssignmentState, row.state))
