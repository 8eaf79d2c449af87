"""Feedback as annotators and reviewers see it: what was found, by which kind of reviewer, and the reply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from sqlalchemy.orm import Session

from milo.core.errors import NotFound
from milo.core.feedback import Source, Status
from milo.core.project import Settings
from milo.core.review_task import LABELS, Feedback, FeedbackFinding, FeedbackReply, JudgeModel, RedoTask
from milo.core.rubric import Rubric
from milo.db import convert
from milo.db.queries import assignments, reviews
from milo.db.queries.reviews import Given
from milo.db.tables import DecisionRow, FeedbackRow, RevisionRow
from milo.workflow import projects


def shown(given: Given) -> Feedback:
    """Stored feedback as it is shown, without the name of who gave it."""
    row = given.row
    source = cast(Source, row.source)
    reply = None
    if row.reply is not None and row.replied_at is not None:
        reply = FeedbackReply(text=row.reply, at=row.replied_at)
    model = None
    if given.judge is not None and given.model is not None:
        model = JudgeModel(name=given.model, version=given.judge.version)
    return Feedback(
        id=row.id,
        source=source,
        label=LABELS[source],
        model=model,
        revision=row.revision,
        rubric_version=row.rubric_version,
        findings=findings_of(row),
        scores=convert.SCORES.validate_python(row.scores),
        status=cast(Status | None, row.status),
        reason=row.reason,
        note=row.note,
        binds=row.binds,
        created_at=row.created_at,
        reply=reply,
        can_reply=row.reply is None and source != "judge",
    )


def findings_of(row: FeedbackRow) -> tuple[FeedbackFinding, ...]:
    """What was found, by a person or a judge."""
    if row.source != "judge":
        return tuple(
            FeedbackFinding(part=one.part, grade=one.grade, count=one.count, explanation=one.explanation)
            for one in convert.FINDINGS.validate_python(row.findings)
        )
    return tuple(
        FeedbackFinding(
            part=one.part,
            grade=one.grade,
            count=one.count,
            explanation=one.explanation,
            confidence=one.confidence,
            status=one.status,
            contradicts=one.contradicts,
            reason=one.reason,
        )
        for one in convert.VERDICTS.validate_python(row.findings)
    )


def decided(
    given: Sequence[Given], decisions: Mapping[tuple[int, int], DecisionRow]
) -> dict[tuple[int, int], list[Given]]:
    """The feedback an annotator may see, by assignment and revision: that of decided revisions."""
    found: dict[tuple[int, int], list[Given]] = {}
    for one in given:
        assert one.row.assignment_id is not None
        key = one.row.assignment_id, one.row.revision
        if key in decisions:
            found.setdefault(key, []).append(one)
    return found


def redo_tasks(
    session: Session, settings: Settings, ids: Sequence[int], answered: Mapping[int, RevisionRow]
) -> dict[int, RedoTask]:
    """Why each of these assignments came back, given their last answers."""
    given = decided(reviews.feedback_of(session, ids), reviews.decisions(session, ids))
    tasks = {}
    for row in assignments.by_ids(session, ids):
        sent = answered[row.id]
        of_answer = given.get((row.id, sent.number), [])
        tasks[row.id] = RedoTask(
            round=row.redo_rounds,
            rounds=settings.review.redo_rounds,
            until=row.redo_until,
            feedback=tuple(shown(one) for one in of_answer),
            answers=convert.answers_from(sent.answers),
            rubrics=rubrics_of(session, row.project_id, of_answer[-1].row.rubric_version if of_answer else 0),
        )
    return tasks


def rubrics_of(session: Session, project_id: int, version: int) -> tuple[Rubric, ...]:
    """The rubrics of a version; none where feedback came in from another project, by rubrics of its own."""
    try:
        return projects.rubrics(session, project_id, version)
    except NotFound:
        return ()
