"""How far a project is: items, people, suggestions, days, and how right answers are where that is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy.orm import Session

from milo.core.questions import KINDS
from milo.db import convert
from milo.db.queries import exports, items, progress
from milo.db.queries.progress import ANSWERED
from milo.db.tables import ProjectRow
from milo.quality.classification import accuracy
from milo.workflow import projects

DAYS = 14
#: Beyond so many of the latest, first passes and answers on gold are not looked at: 5,000 answers give an
#: accuracy to within 1.4 points.
LATEST_FIRST_PASSES = 500
LATEST_GOLD = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorProgress:
    """What one person did. Handling times are per annotation; a median is None before the first."""

    id: int
    name: str
    today: int  # annotations with answers, last sent since midnight UTC
    total: int
    rejected: int
    skipped: int
    aht_seconds_median: float | None  # over all revisions of an annotation
    first_pass_seconds_median: float | None  # first revisions alone, of the latest 500
    active_seconds_total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionCounts:
    """Suggestions of the newest prompt version: `items` have any, the others count suggestions."""

    items: int
    ok: int
    abstained: int
    unreadable: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """Annotations last sent on a day, UTC."""

    day: str
    answers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldAccuracy:
    """How many answers to a question agree with the known ones, with the Wilson interval at 95 %."""

    question: str
    right: int
    n: int
    accuracy: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCounts:
    """How answers that a review is asked about stand."""

    waiting: int  # in review: nothing is decided, and they leave in no export
    redo: int  # sent back, and not sent again
    passed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a project is."""

    items: Mapping[str, int]  # by state
    assignments: Mapping[str, int]  # by state
    reviews: ReviewCounts
    annotators: list[AnnotatorProgress]
    suggestions: SuggestionCounts
    days: list[DayCount]  # the last 14, oldest first
    gold: list[GoldAccuracy]
    duplicates: int
    exported: int | None  # rows of the last export; None before the first
    open_inquiries: int


def of_project(session: Session, project: ProjectRow, now: datetime) -> Progress:
    """The project's progress at a moment."""
    worked = progress.worked(session, project.id)
    states: Counter[str] = Counter()
    for one in worked:
        states[one.state] += one.annotations
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight - timedelta(days=DAYS - 1)
    person_ids = sorted({one.annotator_id for one in worked})
    sent = progress.sent_since(session, project.id, person_ids, since)
    by_day: Counter[str] = Counter()
    for one_day in sent:
        by_day[one_day.day] += one_day.annotations
    today = {one.annotator_id: one.annotations for one in sent if one.day == f"{now:%Y-%m-%d}"}
    days = [f"{since + timedelta(days=number):%Y-%m-%d}" for number in range(DAYS)]
    last = progress.last_export(session, project.id)
    return Progress(
        items=items.counts_by_state(session, project.id),
        assignments=dict(states),
        reviews=ReviewCounts(
            waiting=exports.count_in_review(session, project.id),
            redo=progress.count_to_mend(session, project.id),
            passed=states["passed"],
        ),
        annotators=_annotators(session, project.id, worked, today),
        suggestions=_suggestions(session, project.id),
        days=[DayCount(day=day, answers=by_day[day]) for day in days],
        gold=_gold(session, project),
        duplicates=progress.duplicates(session, project.id),
        exported=None if last is None else last.ledger["exported"],
        open_inquiries=progress.open_inquiries(session, project.id),
    )


def _annotators(
    session: Session, project_id: int, worked: list[progress.Worked], today: Mapping[int, int]
) -> list[AnnotatorProgress]:
    counts: dict[int, dict[str, int]] = {}
    active_ms: Counter[int] = Counter()
    for one in worked:
        counts.setdefault(one.annotator_id, {})[one.state] = one.annotations
        active_ms[one.annotator_id] += one.active_ms
    names = progress.names(session, list(counts))
    found = [
        _annotator(session, project_id, id, names[id], of_person, today.get(id, 0), active_ms[id])
        for id, of_person in counts.items()
    ]
    return sorted(found, key=lambda one: (-one.total, one.name))


def _annotator(
    session: Session,
    project_id: int,
    id: int,
    name: str,
    counts: Mapping[str, int],
    today: int,
    active_ms: int,
) -> AnnotatorProgress:
    states = [state for state in ANSWERED if counts.get(state)]
    total = sum(counts[state] for state in states)
    middle = progress.median_active_ms(session, project_id, id, states, total) if total else None
    first = progress.first_pass_ms(session, project_id, id, latest=LATEST_FIRST_PASSES) if total else []
    return AnnotatorProgress(
        id=id,
        name=name,
        today=today,
        total=total,
        rejected=counts.get("rejected", 0),
        skipped=counts.get("skipped", 0),
        aht_seconds_median=None if middle is None else middle / 1000,
        first_pass_seconds_median=median(first) / 1000 if first else None,
        active_seconds_total=active_ms / 1000,
    )


def _suggestions(session: Session, project_id: int) -> SuggestionCounts:
    by_question: Counter[str] = Counter()
    by_status: Counter[str] = Counter()
    for one in progress.proposed(session, project_id):
        by_question[one.question] += one.suggestions
        by_status[one.status] += one.suggestions
    return SuggestionCounts(
        items=max(by_question.values(), default=0),
        ok=by_status["ok"],
        abstained=by_status["abstained"],
        unreadable=by_status["unreadable"],
        failed=by_status["failed"],
    )


def _gold(session: Session, project: ProjectRow) -> list[GoldAccuracy]:
    questions = projects.questions(session, project.id, project.schema_version)
    right: Counter[str] = Counter()
    n: Counter[str] = Counter()
    for _, gold, answers in progress.answers_on_gold(session, project.id, latest=LATEST_GOLD):
        known, given = convert.answers_from(gold), convert.answers_from(answers)
        for question in questions:
            truth, answer = known.get(question.name), given.get(question.name)
            if truth is None or answer is None or truth.kind != answer.kind:
                continue
            n[question.name] += 1
            right[question.name] += KINDS[question.kind].distance(truth, answer) == 0
    found = []
    for question in questions:
        share = accuracy(right[question.name], n[question.name])
        if share is not None:
            counted = {"right": right[question.name], "n": n[question.name]}
            found.append(
                GoldAccuracy(
                    question=question.name, **counted, accuracy=share.value, low=share.low, high=share.high
                )
            )
    return found
