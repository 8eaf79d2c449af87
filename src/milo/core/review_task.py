"""What reviewers and annotators receive of a review; nobody is named, and nothing is there too early.

A reviewer gets no name and no draft of the annotator, and the judge's verdict only when it may be seen. An
annotator gets the feedback on their own answers once it is decided, by whom only as a kind of reviewer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from milo.core.feedback import Finding, FindingStatus, RubricScore, Source, Status, Verdict
from milo.core.questions import Answer
from milo.core.rubric import Rubric
from milo.core.task_item import TaskItem

EmptyReviewReason = Literal["none_due", "all_claimed", "dealt_out", "no_rubric"]
PickedBy = Literal["auditor", "researcher", "first_of_annotator", "judge", "escalated", "redo", "own_choice"]

#: How the source of feedback is shown.
LABELS: dict[Source, str] = {"judge": "LLM QA", "auditor": "Auditor", "researcher": "Researcher"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackFinding:
    """What was found for one criterion or error; of a judge with its confidence, or why there is nothing."""

    part: str
    grade: str | None
    count: int | None
    explanation: str
    confidence: float | None = None
    status: FindingStatus = "ok"
    contradicts: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeModel:
    """The model behind a judge, and the judge's version."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackReply:
    """The annotator's one reply."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What one reviewer found in one revision, as it is shown."""

    id: int
    source: Source
    label: str
    model: JudgeModel | None
    revision: int
    rubric_version: int
    findings: tuple[FeedbackFinding, ...]
    scores: tuple[RubricScore, ...]
    status: Status | None
    reason: str | None  # why there is no status
    note: str
    binds: bool  # False: advice
    created_at: datetime
    reply: FeedbackReply | None
    can_reply: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RedoTask:
    """Why an answer is to be redone: what was sent, and what was found in it."""

    round: int  # from 1
    rounds: int  # so many the project allows
    until: datetime | None  # so long it is kept
    feedback: tuple[Feedback, ...]
    answers: Mapping[str, Answer]
    rubrics: tuple[Rubric, ...]  # those it was found by


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFigures:
    """What a judge's card says of its status, beside people's."""

    recall: float | None
    precision: float | None
    kappa: float | None
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeOpinion:
    """The judge's newest feedback on an answer."""

    feedback: int
    model: str
    judge_version: str
    verdicts: tuple[Verdict, ...]
    scores: tuple[RubricScore, ...]
    status: Status | None
    reason: str | None
    binds: bool
    card: CardFigures | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """Why this answer is reviewed, and what share of answers is."""

    by: PickedBy
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousAnswer:
    """The answer before it was sent back, with what was found then."""

    revision: int
    answers: Mapping[str, Answer]
    feedback: tuple[Feedback, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReview:
    """What the reviewer found so far."""

    findings: tuple[Finding, ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTask:
    """One answer in a reviewer's hands."""

    assignment: int
    revision: int  # the one that is reviewed
    item: TaskItem
    schema_version: int
    guideline_version: int
    answers: Mapping[str, Answer]
    is_calibration: bool
    picked: Picked
    round: int  # how often it was sent back so far
    last_chance: bool  # a REDO now gives the item to somebody else
    previous: PreviousAnswer | None
    only: tuple[str, ...] | None  # the criteria and errors this reviewer is asked about; None: all
    rubrics: tuple[Rubric, ...]
    rubric_version: int
    lease_until: datetime | None  # None: nobody else is kept from it
    own: OwnReview | None
    judge: JudgeOpinion | None
    judge_waits: bool  # there is a verdict, shown after the own findings
    orders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # question -> its fields as A, B, ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyReviewQueue:
    """Why there is nothing to review right now."""

    reason: EmptyReviewReason
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationProgress:
    """How much of the calibration set a reviewer has graded."""

    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewQueue:
    """How much there is to review."""

    due: int  # answers this reviewer could take
    reviewed_today: int
    dealt: int | None  # so many each reviewer is dealt; None: no limit
    calibration: CalibrationProgress | None  # None: there is no set


@dataclass(frozen=True, slots=True, kw_only=True)
class NextReview:
    """The answer to review, or why there is none."""

    review: ReviewTask | None
    empty: EmptyReviewQueue | None
    queue: ReviewQueue
