"""What annotators learn of their own answers: feedback, one reply, and how they do over time.

They see the feedback on a revision once it is decided, and nothing of others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import mean
from typing import Literal, cast, get_args

from sqlalchemy.orm import Session

from milo.core.assignment import AssignmentState
from milo.core.errors import Conflict, Fault, Forbidden, InvalidInput, NotFound
from milo.core.feedback import Finding, RubricScore, Source, Status
from milo.core.improvement import improvements, in_words
from milo.core.questions import Answer
from milo.core.review_task import Feedback
from milo.core.rubric import NOT_APPLICABLE, Criterion, ErrorCategory, Rubric, parts_of
from milo.core.task_item import ItemExcerpt, TaskItem
from milo.db import convert
from milo.db.queries import assignments, review_reports, reviews
from milo.db.queries.review_reports import Deciding, Told
from milo.db.queries.reviews import Given
from milo.db.tables import AssignmentRow, DecisionRow, FeedbackRow, ProjectRow, RevisionRow
from milo.workflow import feedback, projects, subjects

LIST_LIMIT = 30

REPLY_MAX = 10_000

#: Decisions that figures over time rest on, the latest ones.
LATEST = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackSource:
    """One kind of reviewer who gave feedback, and of a judge its model."""

    source: Source
    model: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackEntry:
    """An own answer with what stands for it."""

    assignment: int
    item: ItemExcerpt
    status: Status
    score: float | None  # of the deciding feedback, by the rubric it came out worst in
    max_score: float | None
    sources: tuple[FeedbackSource, ...]
    decided_at: datetime
    seen: bool
    state: AssignmentState
    can_redo: bool
    redo_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackCounts:
    """How many own answers are to be redone, have feedback not yet seen, or were looked at."""

    redo: int
    new: int
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackList:
    """A page of own answers with feedback: what is to be redone, what is new, then what was seen."""

    items: tuple[FeedbackEntry, ...]
    next_cursor: str | None
    counts: FeedbackCounts


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingDecision:
    """What stands for a revision."""

    status: Status
    by: Source
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedRevision:
    """An own answer as it was sent, with what was found in it once it is decided."""

    number: int
    answers: Mapping[str, Answer]
    submitted_at: datetime
    active_ms: int
    decision: StandingDecision | None
    feedback: tuple[Feedback, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One thing that happened to an own answer."""

    kind: Literal["submitted", "feedback", "decided", "replied"]
    at: datetime
    revision: int
    source: Source | None = None
    status: Status | None = None
    active_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPass:
    """How many answers passed without being sent back, of those that were decided."""

    n: int
    passed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFeedback:
    """All that was found in one's own answer to one item."""

    assignment: int
    item: TaskItem
    state: AssignmentState
    schema_version: int
    guideline_version: int
    revisions: tuple[ReviewedRevision, ...]
    redo_until: datetime | None
    can_redo: bool
    rubrics: tuple[Rubric, ...]  # those of the newest feedback
    rubric_version: int
    enough: str | None  # which single improvement would have let it pass
    first_pass: FirstPass
    history: tuple[HistoryEntry, ...]
    orders: Mapping[str, tuple[str, ...]]  # question -> its fields as A, B, ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PartWeek:
    """How answers of one week came out in one criterion or error, from 0 to 1."""

    week: str  # ISO 8601, as 2026-W10
    n: int
    mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOverTime:
    """One criterion or error week by week: level by levels, or the share of answers without the error."""

    part: str
    title: str
    weeks: tuple[PartWeek, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPassWeek:
    """How many of a week's answers passed at once."""

    week: str
    n: int
    passed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OverTime:
    """How one does; private."""

    parts: tuple[PartOverTime, ...]
    first_pass_by_week: tuple[FirstPassWeek, ...]


def listed(
    session: Session, project: ProjectRow, annotator_id: int, *, source: str, status: str, cursor: str | None
) -> FeedbackList:
    """A page of one's own answers that were decided: to be redone, then new, then those one has seen.

    In each of these the latest decision comes first.
    """
    _check_choice("source", source, (*get_args(Source), "all"))
    _check_choice("status", status, (*get_args(Status), "all"))
    rows = review_reports.told(
        session,
        project.id,
        annotator_id,
        source=None if source == "all" else source,
        status=None if status == "all" else status,
        after=None if cursor is None else _parse_cursor(cursor),
        limit=LIST_LIMIT + 1,
    )
    page = rows[:LIST_LIMIT]
    ids = [one.row.id for one in page]
    decisions = reviews.decisions(session, ids)
    given = feedback.decided(reviews.feedback_of(session, ids), decisions)
    entries = tuple(_entry(session, project, one, decisions, given) for one in page)
    counts = review_reports.count_told(session, project.id, annotator_id)
    return FeedbackList(
        items=entries,
        next_cursor=f"{page[-1].place}_{page[-1].decision}" if len(rows) > LIST_LIMIT else None,
        counts=FeedbackCounts(redo=counts.redo, new=counts.new, seen=counts.seen),
    )


def of_assignment(session: Session, project: ProjectRow, row: AssignmentRow) -> OwnFeedback:
    """One's own answer with everything that was found in it."""
    decisions = reviews.decisions(session, [row.id])
    given = feedback.decided(reviews.feedback_of(session, [row.id]), decisions)
    sent = reviews.answers_of(session, row.id)
    revisions = tuple(
        _revision(one, decisions.get((row.id, one.number)), given.get((row.id, one.number), ()))
        for one in sent
    )
    last = [one for number in sorted(number for _, number in given) for one in given[row.id, number]]
    version = last[-1].row.rubric_version if last else 0
    subject = assignments.subjects(session, [row.item_id])[row.item_id]
    first = list(
        _first_decisions(review_reports.deciding(session, project.id, row.annotator_id, latest=LATEST))
    )
    return OwnFeedback(
        assignment=row.id,
        item=subjects.shown(session, project.id, row.schema_version, subject),
        state=cast(AssignmentState, row.state),
        schema_version=row.schema_version,
        guideline_version=row.guideline_version,
        revisions=revisions,
        redo_until=row.redo_until,
        can_redo=_can_redo(row),
        rubrics=feedback.rubrics_of(session, project.id, version),
        rubric_version=version,
        enough=_enough(session, project, row, decisions),
        first_pass=FirstPass(n=len(first), passed=sum(one.status == "passed" for one in first)),
        history=tuple(sorted(_history(revisions), key=lambda one: one.at)),
        orders=subjects.orders_of(session, project, row.schema_version, row.item_id),
    )


def reply(session: Session, row: FeedbackRow, *, by: int, text: str, now: datetime) -> Feedback:
    """The annotator's one reply to an auditor's or researcher's feedback."""
    answer = None if row.assignment_id is None else session.get(AssignmentRow, row.assignment_id)
    is_told = (
        answer is not None
        and not row.is_calibration
        and reviews.last_decision(session, answer.id, row.revision) is not None
    )
    if answer is None or answer.annotator_id != by or not is_told:
        raise NotFound(f"There is no feedback {row.id} on an answer of yours.")
    if row.source == "judge":
        raise Forbidden("A model does not read replies; ask about the item instead.")
    if not text.strip() or len(text) > REPLY_MAX or "\x00" in text:
        fault = Fault("text", f"{len(text.strip())} characters", f"1 to {REPLY_MAX}, without NUL")
        raise InvalidInput(f"The reply cannot be stored: {fault}", (fault,))
    if row.reply is not None and row.reply != text.strip():
        raise Conflict("You have replied to this feedback; there is one reply.", {"reply": row.reply})
    if row.reply is None:
        row.reply, row.replied_at = text.strip(), now
        session.flush()
    return feedback.shown(reviews.feedback(session, row.id))


def see(session: Session, row: AssignmentRow, *, now: datetime) -> None:
    """Keep that the annotator looked at what was found in their answer."""
    revisions = [number for _, number in reviews.decisions(session, [row.id])]
    review_reports.note_seen(session, row.id, revisions, now)


def over_time(session: Session, project: ProjectRow, annotator_id: int) -> OverTime:
    """One's own answers week by week, in each criterion and error."""
    found = review_reports.deciding(session, project.id, annotator_id, latest=LATEST)
    weeks: dict[str, list[Deciding]] = {}
    for one in found:
        weeks.setdefault(week_of(one.decided_at), []).append(one)
    parts = [
        PartOverTime(
            part=part.name,
            title=part.title,
            weeks=tuple(
                PartWeek(week=week, n=len(values), mean=mean(values))
                for week, ones in weeks.items()
                if (values := values_of(part, ones))
            ),
        )
        for rubric in projects.rubrics(session, project.id, project.rubric_version)
        for part in parts_of(rubric)
    ]
    firsts: dict[str, list[bool]] = {}
    for one in _first_decisions(found):
        firsts.setdefault(week_of(one.decided_at), []).append(one.status == "passed")
    return OverTime(
        parts=tuple(part for part in parts if part.weeks),
        first_pass_by_week=tuple(
            FirstPassWeek(week=week, n=len(ones), passed=sum(ones)) for week, ones in firsts.items()
        ),
    )


def values_of(part: Criterion | ErrorCategory, found: Iterable[Deciding]) -> list[float]:
    """How answers came out in a part, from 0 to 1; where it was not applicable or not asked there is none."""
    values = []
    for one in found:
        if one.feedback is None:
            continue
        for finding in feedback.findings_of(one.feedback):
            if finding.part != part.name:
                continue
            if isinstance(part, ErrorCategory) and finding.count is not None:
                values.append(float(finding.count == 0))
            elif isinstance(part, Criterion) and finding.grade not in (None, NOT_APPLICABLE):
                levels = {grade.name: grade.level for grade in part.grades}
                if finding.grade in levels:
                    values.append(levels[finding.grade] / part.levels)
    return values


def week_of(moment: datetime) -> str:
    """The ISO week of a moment, as 2026-W10."""
    year, week, _ = moment.isocalendar()
    return f"{year}-W{week:02d}"


def _first_decisions(found: Sequence[Deciding]) -> Iterable[Deciding]:
    """What stands for the first decided revision of each answer."""
    first: dict[int, Deciding] = {}
    for one in found:
        known = first.get(one.assignment_id)
        if known is None or one.revision < known.revision:
            first[one.assignment_id] = one
    return first.values()


def _check_choice(where: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise InvalidInput(
            f"The {where} {value!r} is unknown; allowed: {', '.join(allowed)}",
            (Fault(where, repr(value), ", ".join(allowed)),),
        )


def _parse_cursor(cursor: str) -> tuple[int, int]:
    """Place and decision of the last entry of the page before."""
    if not re.fullmatch(r"[0-2]_[0-9]{1,18}", cursor):
        raise InvalidInput(f"The cursor {cursor!r} cannot be read; take next_cursor of the page before.")
    place, decision = cursor.split("_")
    return int(place), int(decision)


def _can_redo(row: AssignmentRow) -> bool:
    return row.review == "redo" and row.state in ("redo", "leased")


def _entry(
    session: Session,
    project: ProjectRow,
    one: Told,
    decisions: Mapping[tuple[int, int], DecisionRow],
    given: Mapping[tuple[int, int], Sequence[Given]],
) -> FeedbackEntry:
    row = one.row
    decision = max(
        (found for (assignment, _), found in decisions.items() if assignment == row.id),
        key=lambda found: found.id,
    )
    of_revision = given.get((row.id, decision.revision), ())
    deciding = next((found for found in of_revision if found.row.id == decision.feedback_id), None)
    score, max_score = _worst(session, project, deciding)
    sources = {(found.row.source, found.model) for found in of_revision}
    return FeedbackEntry(
        assignment=row.id,
        item=ItemExcerpt(id=row.item_id, external_id=one.external_id, excerpt=one.excerpt),
        status=cast(Status, decision.status),
        score=score,
        max_score=max_score,
        sources=tuple(
            FeedbackSource(source=cast(Source, source), model=model)
            for source, model in sorted(sources, key=lambda pair: (pair[0], pair[1] or ""))
        ),
        decided_at=decision.decided_at,
        seen=all(found.row.seen_at is not None for found in of_revision),
        state=cast(AssignmentState, row.state),
        can_redo=_can_redo(row),
        redo_until=row.redo_until,
    )


def _worst(
    session: Session, project: ProjectRow, deciding: Given | None
) -> tuple[float | None, float | None]:
    """Score and maximum by the rubric that is furthest below its threshold, or least above."""
    if deciding is None:
        return None, None
    scores: Sequence[RubricScore] = convert.SCORES.validate_python(deciding.row.scores)
    rubrics = {
        rubric.name: rubric
        for rubric in feedback.rubrics_of(session, project.id, deciding.row.rubric_version)
    }
    found = [(one.score, rubrics[one.rubric]) for one in scores if one.score and one.rubric in rubrics]
    if not found:
        return None, None
    score, rubric = min(found, key=lambda pair: (pair[0].raw - pair[1].threshold) / pair[1].max_score)
    return score.raw, rubric.max_score


def _revision(sent: RevisionRow, decision: DecisionRow | None, given: Sequence[Given]) -> ReviewedRevision:
    return ReviewedRevision(
        number=sent.number,
        answers=convert.answers_from(sent.answers),
        submitted_at=sent.created_at,
        active_ms=sent.active_ms,
        decision=None
        if decision is None
        else StandingDecision(
            status=cast(Status, decision.status),
            by=cast(Source, decision.by),
            decided_at=decision.decided_at,
        ),
        feedback=tuple(feedback.shown(one) for one in given),
    )


def _enough(
    session: Session,
    project: ProjectRow,
    row: AssignmentRow,
    decisions: Mapping[tuple[int, int], DecisionRow],
) -> str | None:
    """What would have been enough in the answer that was decided last."""
    if not decisions:
        return None
    decision = max(decisions.values(), key=lambda found: found.id)
    deciding = None if decision.feedback_id is None else session.get(FeedbackRow, decision.feedback_id)
    if decision.status != "redo" or deciding is None:
        return None
    findings = [
        Finding(part=one.part, grade=one.grade, count=one.count)
        for one in feedback.findings_of(deciding)
        if one.status == "ok"
    ]
    rubrics = feedback.rubrics_of(session, project.id, deciding.rubric_version)
    return in_words(improvements(rubrics, findings, only=deciding.only))


def _history(revisions: Sequence[ReviewedRevision]) -> Iterable[HistoryEntry]:
    for revision in revisions:
        number = revision.number
        yield HistoryEntry(
            kind="submitted", at=revision.submitted_at, revision=number, active_ms=revision.active_ms
        )
        for one in revision.feedback:
            yield HistoryEntry(
                kind="feedback", at=one.created_at, revision=number, source=one.source, status=one.status
            )
            if one.reply is not None:
                yield HistoryEntry(kind="replied", at=one.reply.at, revision=number, source=one.source)
        if revision.decision is not None:
            yield HistoryEntry(
                kind="decided",
                at=revision.decision.decided_at,
                revision=number,
                source=revision.decision.by,
                status=revision.decision.status,
            )
