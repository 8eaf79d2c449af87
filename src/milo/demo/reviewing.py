"""What followed when written answers were looked through: a judge, an auditor, and what was mended."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from milo.core.feedback import Finding, Verdict
from milo.core.person import Person
from milo.core.rubric import Criterion, parts_of
from milo.db.queries import reviews
from milo.db.tables import AssignmentRow, FeedbackRow, ItemRow, ProjectRow
from milo.demo import annotating, story
from milo.demo.annotating import project_of
from milo.installation import Installation
from milo.worker import Worker
from milo.workflow import judge, own_feedback, projects, review, review_queue
from milo.workflow.judge import JudgeRun
from milo.workflow.review import Review, Reviewer

Step = Mapping[str, Any]  # Any: an entry of the story


def play(
    installation: Installation, slug: str, team: Mapping[str, Person], judge_id: int, now: datetime
) -> None:
    """Each step of the story in its turn; `judge_id` is the model whose verdicts were recorded."""
    for number, step in enumerate(story.read()["quality"]):
        at = now - timedelta(days=step["days_ago"], hours=1) + timedelta(minutes=number)
        if step["do"] == "judge":
            judged(installation, slug, step["items"], judge_id, at)
            continue
        with installation.database.write() as session:
            project = project_of(session, slug)
            _ACTS[step["do"]](session, project, team[step["by"]], step, at)


def judged(installation: Installation, slug: str, items: list[str], judge_id: int, now: datetime) -> None:
    """The judge looks at the answers to these items, as its job does."""
    with installation.database.write() as session:
        project = project_of(session, slug)
        ids = session.scalars(
            select(ItemRow.id).where(ItemRow.project_id == project.id, ItemRow.external_id.in_(items))
        )
        job = judge.enqueue(session, project, JudgeRun(model=judge_id, items=tuple(ids)), by=None, now=now).id
    Worker(installation, stop=threading.Event(), clock=lambda: now).run_one(job)


def _review(session: Session, project: ProjectRow, by: Person, step: Step, now: datetime) -> None:
    """The auditor grades, is shown the judge's verdicts, says where they are wrong, and sends it."""
    row = _assignment(session, project, step["item"])
    reviewer = Reviewer(person=by, source="auditor")
    answered = reviews.answered(session, row.id)
    assert answered is not None, f"nobody answered {step['item']}"
    findings = _findings(session, project, step)
    opinion = review_queue.reveal(session, project, row, answered.number, findings, by=reviewer, now=now)
    verdicts = opinion.verdicts if opinion else ()
    sent = Review(
        client_id=f"demo-review-{step['item']}-{answered.number}",
        revision=answered.number,
        findings=findings,
        agreements={
            one.part: "agree" if _is_same(one, findings) else "disagree"
            for one in verdicts
            if one.status == "ok"
        },
        active_ms=step["active_seconds"] * 1000,
    )
    review.store_review(session, project, row, sent, by=reviewer, now=now)


def _mend(session: Session, project: ProjectRow, by: Person, step: Step, now: datetime) -> None:
    """The annotator takes what came back, which is first in their queue, and answers anew."""
    task = annotating.take(session, project, by, step["item"], now)
    annotating.hand_in(session, project, task, story.event({"project": project.slug, **step}), now)


def _reply(session: Session, project: ProjectRow, by: Person, step: Step, now: datetime) -> None:
    row = _assignment(session, project, step["item"])
    given = session.scalars(
        select(FeedbackRow).where(FeedbackRow.assignment_id == row.id, FeedbackRow.source != "judge")
    ).one()
    own_feedback.reply(session, given, by=by.id, text=step["text"], now=now)


_ACTS = {"review": _review, "mend": _mend, "reply": _reply}


def _assignment(session: Session, project: ProjectRow, item: str) -> AssignmentRow:
    wanted = select(AssignmentRow).join(ItemRow, ItemRow.id == AssignmentRow.item_id)
    return session.scalars(
        wanted.where(
            ItemRow.project_id == project.id,
            ItemRow.external_id == item,
            AssignmentRow.annotator_id.is_not(None),
        )
    ).one()


def _findings(session: Session, project: ProjectRow, step: Step) -> tuple[Finding, ...]:
    """A grade for each criterion, a count for each error, with the story's reason where it gives one."""
    rubrics = projects.rubrics(session, project.id, project.rubric_version)
    reasons = step.get("reasons", {})
    return tuple(
        Finding(
            part=part.name,
            grade=step["grades"][part.name] if isinstance(part, Criterion) else None,
            count=None if isinstance(part, Criterion) else step["grades"][part.name],
            explanation=reasons.get(part.name, ""),
        )
        for rubric in rubrics
        for part in parts_of(rubric)
    )


def _is_same(verdict: Verdict, findings: tuple[Finding, ...]) -> bool:
    found = next(one for one in findings if one.part == verdict.part)
    return (verdict.grade, verdict.count) == (found.grade, found.count)
