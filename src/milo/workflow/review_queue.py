"""The reviewers' queue: which answer is next, shown without names, and the judge's verdict when it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy.orm import Session

from milo.core.assignment import AssignmentState, ReviewState
from milo.core.errors import Conflict, Fault, Forbidden, InvalidInput
from milo.core.feedback import Finding, Source, Status, check_findings
from milo.core.review_policy import RANK, ReviewPolicy, ReviewRule, criteria_of
from milo.core.review_task import (
    CardFigures,
    EmptyReviewQueue,
    EmptyReviewReason,
    JudgeOpinion,
    NextReview,
    OwnReview,
    Picked,
    PickedBy,
    PreviousAnswer,
    ReviewQueue,
    ReviewTask,
)
from milo.core.task_item import ItemExcerpt
from milo.db import convert
from milo.db.queries import assignments, reviews
from milo.db.queries.reviews import Given
from milo.db.tables import (
    AssignmentRow,
    ProjectRow,
    ReviewClaimRow,
    RevisionRow,
)
from milo.workflow import calibration, deciding, feedback, projects, review, subjects
from milo.workflow.review import Reviewer

#: So long an answer is kept for the reviewer who took it.
LEASE = timedelta(minutes=30)

#: Assignments of absent annotators that are withdrawn at once.
MOST_ABSENT = 50

LIST_LIMIT = 30

LISTED: dict[str, tuple[ReviewState, ...]] = {
    "passed": ("passed",),
    "redo": ("redo",),
    "due": ("due",),
    "all": ("passed", "redo", "due"),
}

_TEXTS: dict[EmptyReviewReason, str] = {
    "no_rubric": "The project has no rubric yet; the researcher writes it.",
    "dealt_out": "You have reviewed all that was dealt to you.",
    "all_claimed": "Others are reviewing what is left; it comes free if they do not finish.",
    "none_due": "No answer waits for your review.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedReview:
    """An answer that is or was reviewed."""

    assignment: int
    item: ItemExcerpt
    state: AssignmentState
    review: ReviewState
    revision: int | None  # of the decision
    status: Status | None
    by: Source | None
    decided_at: datetime | None
    is_own: bool  # this reviewer gave feedback on it
    can_review: bool  # what stands may be changed by this reviewer


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewList:
    """A page of answers, latest first."""

    items: tuple[ListedReview, ...]
    next_cursor: str | None


def next_review(
    session: Session, project: ProjectRow, by: Reviewer, *, assignment: int | None, now: datetime
) -> NextReview:
    """The next answer this reviewer is to grade, or the one asked for; when there is none, why.

    The calibration set comes first, then what the reviewer has in hand, then the queue.
    """
    policy = projects.settings(project).review
    queue = _queue(session, project, policy, by, now)
    if project.rubric_version == 0:
        return _empty("no_rubric", queue)
    review.replace_absent(
        session, project, reviews.absent(session, project.id, now=now, most=MOST_ABSENT), now=now
    )
    if assignment is not None:
        return NextReview(
            review=_opened(session, project, policy, by, assignment, now), empty=None, queue=queue
        )
    to_calibrate = reviews.to_calibrate(session, project.id, by.person.id)
    for id in to_calibrate:
        row = session.get_one(AssignmentRow, id)
        if row.state in reviews.ANSWERED:
            return NextReview(
                review=_task(session, project, policy, row, by, None, is_calibration=True),
                empty=None,
                queue=queue,
            )
    held = reviews.held(session, project.id, by.person.id, now)
    if held is None and _is_dealt_out(session, project, policy, by):
        return _empty("dealt_out", queue)
    row_and_claim = _claimed(session, project, by, held, now)
    if row_and_claim is None:
        return _empty("all_claimed" if queue.due else "none_due", queue)
    row, claim = row_and_claim
    return NextReview(review=_task(session, project, policy, row, by, claim), empty=None, queue=queue)


def reveal(
    session: Session,
    project: ProjectRow,
    row: AssignmentRow,
    revision: int,
    findings: tuple[Finding, ...],
    *,
    by: Reviewer,
    now: datetime,
) -> JudgeOpinion | None:
    """The judge's verdict, once the own findings are stored; None when there is none."""
    policy = projects.settings(project).review
    row = assignments.locked(session, row.id)
    answer = review.reviewable(session, row, by)
    review.check_revision(row, answer, revision)
    if policy.reveal_judge == "never":
        raise Forbidden("Reviewers of this project do not see what the judge said.")
    if row.id in reviews.to_calibrate(session, project.id, by.person.id):
        raise Forbidden("This answer is graded to compare reviewers; the judge is not shown.")
    if policy.reveal_judge == "after_own":
        rubrics = projects.rubrics(session, project.id, project.rubric_version)
        check_findings(rubrics, findings, only=criteria_of(policy, by.source))
    claim = _claim(session, row, answer, by, now)
    judged = reviews.judged(session, row.id, revision)
    if claim.shown_feedback_id is None:
        claim.own_findings = convert.as_data(convert.FINDINGS, findings)
        claim.shown_feedback_id = judged.row.id if judged else None
    session.flush()
    return opinion(judged)


def release(session: Session, row: AssignmentRow, *, by: Reviewer, now: datetime) -> None:
    """Give an answer back; the same reviewer is offered others first."""
    claim = reviews.claim_of(session, row.id)
    if claim is not None and claim.person_id == by.person.id and claim.lease_until > now:
        claim.lease_until = now - timedelta(seconds=1)


def listed(
    session: Session, project: ProjectRow, by: Reviewer, *, status: str, cursor: str | None
) -> ReviewList:
    """Answers of others that are or were reviewed, latest first."""
    if status not in LISTED:
        raise InvalidInput(f"The status {status!r} is unknown; allowed: {', '.join(LISTED)}")
    if cursor is not None and not (cursor.isdecimal() and len(cursor) < 19):
        raise InvalidInput(f"The cursor {cursor!r} cannot be read; take next_cursor of the page before.")
    before = None if cursor is None else int(cursor)
    rows = reviews.listed(session, project.id, LISTED[status], before=before, limit=LIST_LIMIT + 1)
    page = rows[:LIST_LIMIT]
    ids = [one.row.id for one in page]
    decided = _newest(reviews.decisions(session, ids))
    own = {
        one.row.assignment_id
        for one in reviews.feedback_of(session, ids)
        if one.row.person_id == by.person.id
    }
    items = tuple(_listed(one, by, decided.get(one.row.id), one.row.id in own) for one in page)
    return ReviewList(items=items, next_cursor=str(ids[-1]) if len(rows) > LIST_LIMIT else None)


def opinion(judged: Given | None) -> JudgeOpinion | None:
    """A judge's feedback as reviewers see it, with what its card says."""
    if judged is None or judged.judge is None:
        return None
    row = judged.row
    return JudgeOpinion(
        feedback=row.id,
        model=judged.model or "",
        judge_version=judged.judge.version,
        verdicts=convert.VERDICTS.validate_python(row.findings),
        scores=convert.SCORES.validate_python(row.scores),
        status=cast(Status | None, row.status),
        reason=row.reason,
        binds=row.binds,
        card=_figures(judged.judge.card),
    )


# --- one answer --------------------------------------------------------------------------------------


def _opened(
    session: Session, project: ProjectRow, policy: ReviewPolicy, by: Reviewer, id: int, now: datetime
) -> ReviewTask:
    """The answer asked for, if this reviewer may review it."""
    row = session.get(AssignmentRow, id)
    if row is None or row.project_id != project.id:
        allowed = "an assignment of this project"
        raise InvalidInput(
            f"There is no assignment {id} in this project.", (Fault("assignment", str(id), allowed),)
        )
    row = assignments.locked(session, id)
    answer = review.reviewable(session, row, by)
    if id in reviews.to_calibrate(session, project.id, by.person.id):
        return _task(session, project, policy, row, by, None, is_calibration=True)
    review.check_rank(session, row, answer.number, by)
    claim = _claim(session, row, answer, by, now)
    return _task(session, project, policy, row, by, claim)


def _claimed(
    session: Session, project: ProjectRow, by: Reviewer, held: int | None, now: datetime
) -> tuple[AssignmentRow, ReviewClaimRow] | None:
    """What the reviewer has in hand, else the first of the queue that nobody has."""
    if held is not None:
        row = session.get_one(AssignmentRow, held)
        answer = reviews.answered(session, held)
        assert answer is not None
        claim = reviews.claim(session, held, by.person.id, answer.number, until=now + LEASE, now=now)
        if claim is not None:
            return row, claim
    for given_back in (False, True):
        id = _first(session, project, by, now, given_back=given_back)
        while id is not None:
            answer = reviews.answered(session, id)
            assert answer is not None
            claim = reviews.claim(session, id, by.person.id, answer.number, until=now + LEASE, now=now)
            if claim is not None:
                return session.get_one(AssignmentRow, id), claim
            id = _first(session, project, by, now, given_back=given_back)  # somebody was faster
    return None


def _first(
    session: Session, project: ProjectRow, by: Reviewer, now: datetime, *, given_back: bool
) -> int | None:
    return reviews.next_due(
        session,
        project.id,
        by.person.id,
        sees_all=by.source == "researcher",
        now=now,
        given_back=given_back,
    )


def _claim(
    session: Session, row: AssignmentRow, answer: RevisionRow, by: Reviewer, now: datetime
) -> ReviewClaimRow:
    claim = reviews.claim(session, row.id, by.person.id, answer.number, until=now + LEASE, now=now)
    if claim is None:
        raise Conflict("Somebody else is reviewing this answer.")
    return claim


def _task(
    session: Session,
    project: ProjectRow,
    policy: ReviewPolicy,
    row: AssignmentRow,
    by: Reviewer,
    claim: ReviewClaimRow | None,
    *,
    is_calibration: bool = False,
) -> ReviewTask:
    sent = reviews.answers_of(session, row.id)
    answer = sent[-1]
    only = criteria_of(policy, by.source)
    subject = assignments.subjects(session, [row.item_id])[row.item_id]
    judged = None if is_calibration else reviews.judged(session, row.id, answer.number)
    if policy.reveal_judge == "never":
        judged = None
    is_open = policy.reveal_judge == "immediate" or (
        claim is not None and claim.shown_feedback_id is not None
    )
    return ReviewTask(
        assignment=row.id,
        revision=answer.number,
        item=subjects.shown(session, project.id, answer.schema_version, subject),
        schema_version=answer.schema_version,
        guideline_version=answer.guideline_version,
        answers=convert.answers_from(answer.answers),
        is_calibration=is_calibration,
        picked=_picked(session, policy, row, is_calibration),
        round=row.redo_rounds,
        last_chance=not is_calibration and row.state != "redo" and row.redo_rounds >= policy.redo_rounds,
        previous=None if is_calibration else _previous(session, row, sent[:-1]),
        only=None if only is None else tuple(sorted(only)),
        rubrics=projects.rubrics(session, project.id, project.rubric_version),
        rubric_version=project.rubric_version,
        lease_until=None if claim is None else claim.lease_until,
        own=_own(session, row, answer, by, claim, is_calibration),
        judge=opinion(judged) if is_open else None,
        judge_waits=judged is not None and not is_open,
        orders=subjects.orders_of(session, project, answer.schema_version, row.item_id),
    )


def _picked(session: Session, policy: ReviewPolicy, row: AssignmentRow, is_calibration: bool) -> Picked:
    by: PickedBy = "own_choice"
    match None if is_calibration or row.state != "submitted" else row.review_rank:
        case deciding.ESCALATED:
            by = "escalated"
        case deciding.RESUBMITTED:
            by = "redo"
        case deciding.PICKED:
            is_first = _is_among_first(session, policy, row)
            by = "first_of_annotator" if is_first else cast(PickedBy, row.asked_person or "judge")
        case deciding.ADVICE:
            by = "judge"
    shares = {rule.by: rule.share for rule in policy.rules}
    return Picked(by=by, share=shares.get(cast(Source, by)))


def _is_among_first(session: Session, policy: ReviewPolicy, row: AssignmentRow) -> bool:
    """Whether a person was asked because the annotator had answered few items before, not by the share."""
    rule = next((rule for rule in policy.rules if rule.by == row.asked_person), None)
    if rule is None or rule.share >= 1:
        return False
    return reviews.count_before(session, row, rule.first_of_each) < rule.first_of_each


def _previous(session: Session, row: AssignmentRow, earlier: Sequence[RevisionRow]) -> PreviousAnswer | None:
    """The last answer that was sent back, with what was found in it."""
    decisions = reviews.decisions(session, [row.id])
    sent_back = [
        one
        for one in earlier
        if (row.id, one.number) in decisions and decisions[row.id, one.number].status == "redo"
    ]
    if not sent_back:
        return None
    last = sent_back[-1]
    given = feedback.decided(reviews.feedback_of(session, [row.id]), decisions)
    return PreviousAnswer(
        revision=last.number,
        answers=convert.answers_from(last.answers),
        feedback=tuple(feedback.shown(one) for one in given.get((row.id, last.number), ())),
    )


def _own(
    session: Session,
    row: AssignmentRow,
    answer: RevisionRow,
    by: Reviewer,
    claim: ReviewClaimRow | None,
    is_calibration: bool,
) -> OwnReview | None:
    if is_calibration:
        return None
    if claim is not None and claim.own_findings is not None:
        return OwnReview(findings=convert.FINDINGS.validate_python(claim.own_findings), note="")
    stored = reviews.own_feedback(session, row.id, answer.number, by.person.id)
    if stored is None:
        return None
    return OwnReview(findings=convert.FINDINGS.validate_python(stored.findings), note=stored.note)


def _figures(card: dict[str, Any] | None) -> CardFigures | None:
    """What a judge's card says of its status; figures stand alone or with their interval."""
    if not card:
        return None
    status = card.get("status") or {}

    def figure(name: str) -> float | None:
        found = status.get(name)
        return found.get("value") if isinstance(found, dict) else found

    return CardFigures(
        recall=figure("recall"), precision=figure("precision"), kappa=figure("kappa"), n=card.get("n", 0)
    )


# --- the queue ---------------------------------------------------------------------------------------


def _queue(
    session: Session,
    project: ProjectRow,
    policy: ReviewPolicy,
    by: Reviewer,
    now: datetime,
) -> ReviewQueue:
    rule = _rule(policy, by)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return ReviewQueue(
        due=reviews.count_due(session, project.id, by.person.id, sees_all=by.source == "researcher"),
        reviewed_today=reviews.count_reviewed(session, project.id, by.person.id, midnight),
        dealt=None if rule is None else rule.per_reviewer,
        calibration=calibration.progress(session, project, by.person.id),
    )


def _rule(policy: ReviewPolicy, by: Reviewer) -> ReviewRule | None:
    return next((rule for rule in policy.rules if rule.by == by.source), None)


def _is_dealt_out(session: Session, project: ProjectRow, policy: ReviewPolicy, by: Reviewer) -> bool:
    rule = _rule(policy, by)
    if rule is None or rule.per_reviewer is None:
        return False
    return reviews.count_reviewed(session, project.id, by.person.id, None) >= rule.per_reviewer


def _empty(reason: EmptyReviewReason, queue: ReviewQueue) -> NextReview:
    return NextReview(review=None, empty=EmptyReviewQueue(reason=reason, text=_TEXTS[reason]), queue=queue)


def _newest(decisions: dict[tuple[int, int], Any]) -> dict[int, Any]:
    """The last decision of each assignment."""
    newest: dict[int, Any] = {}
    for row in sorted(decisions.values(), key=lambda one: one.id):
        newest[row.assignment_id] = row
    return newest


def _listed(one: reviews.Listed, by: Reviewer, decided: Any, is_own: bool) -> ListedReview:
    row = one.row
    stands = None if row.review == "due" else decided
    rank = 0 if stands is None else RANK[cast(Source, stands.by)]
    return ListedReview(
        assignment=row.id,
        item=ItemExcerpt(id=row.item_id, external_id=one.external_id, excerpt=one.excerpt),
        state=cast(AssignmentState, row.state),
        review=cast(ReviewState, row.review),
        revision=None if stands is None else stands.revision,
        status=None if stands is None else stands.status,
        by=None if stands is None else stands.by,
        decided_at=None if stands is None else stands.decided_at,
        is_own=is_own,
        can_review=row.annotator_id != by.person.id
        and (RANK[by.source] > rank or (RANK[by.source] == rank and is_own)),
    )
