"""Answers that a judge and a person graded, for the stories about judges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select

from milo.core.feedback import Finding, Verdict
from milo.core.person import Person
from milo.db.tables import AssignmentRow, JudgeRow, ProjectRow
from milo.quality.judge_card import Probe
from milo.workflow import judge_cards, review
from milo.workflow.review import Review, Reviewer
from tests.browser.staging import Stage, rule_book

#: What the judge says, then what the auditor says: on `right`, on `guideline`, and how many slips.
Graded = tuple[tuple[str, str, int], tuple[str, str, int]]


def compare(staged: Stage, auditor: Person, graded: Sequence[Graded], *, probe: Probe | None = None) -> int:
    """A judge and an auditor grade the answers that are in, in their order; the judge comes back."""
    now = datetime.now(UTC)
    with staged.installation.database.write() as session:
        project = session.get_one(ProjectRow, staged.project)
        judge = JudgeRow(
            project_id=project.id,
            model_id=rule_book(session, staged.installation, now),
            version="compared",
            config={},
            rubric_version=1,
            created_at=now,
        )
        session.add(judge)
        session.flush()
        rows = session.scalars(
            select(AssignmentRow)
            .where(AssignmentRow.project_id == project.id, AssignmentRow.state == "submitted")
            .order_by(AssignmentRow.id)
        )
        for row, (said, found) in zip(list(rows), graded, strict=True):
            review.store_judgement(session, project, row, 1, judge, _verdicts(*said), now=now)
            stored = Review(client_id=f"compared {row.id}", revision=1, findings=_findings(*found))
            by = Reviewer(person=auditor, source="auditor")
            review.store_review(session, project, row, stored, by=by, now=now)
        if probe is None:
            judge_cards.measure(session, project, judge, now=now)
        else:
            judge_cards.store_probe(session, project, judge, probe, now=now)
        return judge.id


def _verdicts(right: str, guideline: str, slips: int) -> tuple[Verdict, ...]:
    graded = {"right": right, "guideline": guideline}
    return (
        *(
            Verdict(part=part, grade=grade, status="ok", confidence=0.9, explanation="It says so.")
            for part, grade in graded.items()
        ),
        Verdict(part="slip", count=slips, status="ok", confidence=0.9),
    )


def _findings(right: str, guideline: str, slips: int) -> tuple[Finding, ...]:
    return (
        Finding(part="right", grade=right, explanation="The guideline says otherwise."),
        Finding(part="guideline", grade=guideline, explanation="Read the second section."),
        Finding(part="slip", count=slips, explanation="A slip." if slips else ""),
    )
