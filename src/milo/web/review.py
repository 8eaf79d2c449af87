"""The screens of review and feedback: answers to grade, what was found, and the way back."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from milo.core.feedback import Finding
from milo.core.review_task import Feedback, JudgeOpinion, NextReview
from milo.core.strict import INPUT, Whole
from milo.db.tables import AssignmentRow, FeedbackRow
from milo.web.caller import Scope, Who
from milo.workflow import calibration, own_feedback, review, review_queue, review_report
from milo.workflow.review import Reviewer

router = APIRouter(prefix="/api")


@dataclass(frozen=True, slots=True, kw_only=True)
class NextReviewInput:
    """With `assignment` the answer that is wanted, as when a review is opened again."""

    __pydantic_config__ = INPUT

    assignment: Whole | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealInput:
    """The own findings as they stand, before the judge's are seen."""

    __pydantic_config__ = INPUT

    revision: Whole
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationInput:
    """How many answers the calibration set is to hold."""

    __pydantic_config__ = INPUT

    count: Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackReplyInput:
    """What the annotator says to it."""

    __pydantic_config__ = INPUT

    text: str


@router.post("/projects/{p}/review/next")
def next_review(p: str, body: NextReviewInput, who: Who) -> NextReview:
    """The next answer to grade; when there is none, the reason."""
    with who.write() as scope:
        project = scope.project(p)
        return review_queue.next_review(
            scope.session, project, _reviewer(scope), assignment=body.assignment, now=scope.now
        )


@router.get("/projects/{p}/review/list")
def list_reviews(p: str, who: Who, status: str = "all", cursor: str | None = None) -> review_queue.ReviewList:
    """Answers that wait for a review or had one, latest first."""
    with who.read() as scope:
        project = scope.project(p)
        return review_queue.listed(scope.session, project, _reviewer(scope), status=status, cursor=cursor)


@router.post("/assignments/{a}/review/reveal")
def reveal_judge(a: int, body: RevealInput, who: Who) -> JudgeOpinion | None:
    """The judge's verdict, once the own findings are in; null when there is none."""
    with who.write() as scope:
        row, project = scope.find(AssignmentRow, a)
        return review_queue.reveal(
            scope.session,
            project,
            row,
            body.revision,
            body.findings,
            by=_reviewer(scope),
            now=scope.now,
        )


@router.post("/assignments/{a}/feedback")
def store_review(a: int, body: review.Review, who: Who) -> review.StoredReview:
    """Store a review, with what it decides."""
    with who.write() as scope:
        row, project = scope.find(AssignmentRow, a)
        return review.store_review(scope.session, project, row, body, by=_reviewer(scope), now=scope.now)


@router.post("/assignments/{a}/review/release", status_code=204)
def release_review(a: int, who: Who) -> None:
    """Give an answer back without a review."""
    with who.write() as scope:
        row, _ = scope.find(AssignmentRow, a)
        review_queue.release(scope.session, row, by=_reviewer(scope), now=scope.now)


@router.post("/projects/{p}/review/calibration")
def draw_calibration(p: str, body: CalibrationInput, who: Who) -> calibration.Calibration:
    """Draw the answers every reviewer grades first."""
    with who.write() as scope:
        project = scope.project(p)
        calibration.draw(scope.session, project, body.count, now=scope.now)
        return calibration.report(scope.session, project, _reviewer(scope))


@router.get("/projects/{p}/review/calibration")
def read_calibration(p: str, who: Who) -> calibration.Calibration:
    """How reviewers agree, once one has graded the set."""
    with who.read() as scope:
        project = scope.project(p)
        return calibration.report(scope.session, project, _reviewer(scope))


@router.get("/projects/{p}/coverage")
def read_coverage(p: str, who: Who) -> review_report.Coverage:
    """How many answers are reviewed, by whom, and how they came out."""
    with who.read() as scope:
        return review_report.coverage(scope.session, scope.project(p))


@router.get("/projects/{p}/quality")
def read_quality(p: str, who: Who) -> review_report.Quality:
    """How the answers of each annotator came out, ordered by name."""
    with who.read() as scope:
        return review_report.quality(scope.session, scope.project(p))


@router.get("/projects/{p}/feedback")
def list_feedback(
    p: str, who: Who, source: str = "all", status: str = "all", cursor: str | None = None
) -> own_feedback.FeedbackList:
    """One's own answers with feedback: what is to be redone, what is new, then what was seen."""
    with who.read() as scope:
        project = scope.project(p)
        return own_feedback.listed(
            scope.session, project, scope.person.id, source=source, status=status, cursor=cursor
        )


@router.get("/projects/{p}/feedback/mine")
def read_own_quality(p: str, who: Who) -> own_feedback.OverTime:
    """How one's own answers came out, week by week."""
    with who.read() as scope:
        project = scope.project(p)
        return own_feedback.over_time(scope.session, project, scope.person.id)


@router.get("/assignments/{a}/feedback")
def read_feedback(a: int, who: Who) -> own_feedback.OwnFeedback:
    """All that was found in one's own answer."""
    with who.read() as scope:
        row, project = scope.own_assignment(a)
        return own_feedback.of_assignment(scope.session, project, row)


@router.post("/assignments/{a}/feedback/seen", status_code=204)
def see_feedback(a: int, who: Who) -> None:
    """Say that one has seen it."""
    with who.write() as scope:
        row, _ = scope.own_assignment(a)
        own_feedback.see(scope.session, row, now=scope.now)


@router.post("/feedback/{f}/reply")
def reply_to_feedback(f: int, body: FeedbackReplyInput, who: Who) -> Feedback:
    """Reply once to an auditor or researcher."""
    with who.write() as scope:
        row, _ = scope.find(FeedbackRow, f)
        return own_feedback.reply(scope.session, row, by=scope.person.id, text=body.text, now=scope.now)


def _reviewer(scope: Scope) -> Reviewer:
    """Who asks, as a reviewer; an administrator reviews as a researcher does."""
    is_auditor = scope.role == "auditor"
    return Reviewer(person=scope.person, source="auditor" if is_auditor else "researcher")
