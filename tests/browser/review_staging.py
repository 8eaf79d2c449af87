"""Projects whose answers are reviewed, for the stories: a rubric, who grades, and what a judge said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from milo.core.feedback import Finding, Verdict
from milo.core.person import Person, Role
from milo.core.questions import ChoiceAnswer
from milo.core.review_policy import ReviewPolicy, ReviewRule
from milo.core.rubric import Criterion, ErrorCategory, Grade, Rubric
from milo.core.submission import Act, Submission
from milo.db.tables import AssignmentRow, JudgeRow, ProjectRow
from milo.installation import Installation
from milo.workflow import annotate, review
from milo.workflow.review import Review, Reviewer
from tests.browser.staging import Stage, rule_book, stage

GRADES = (
    Grade(name="insufficient", label="Insufficient", level=1, definition="The label is wrong."),
    Grade(name="minimum", label="Minimum", level=2, definition="The label can be argued for."),
    Grade(name="good", label="Good", level=3, definition="The label is right."),
)
RUBRIC = Rubric(
    name="labels",
    title="Label quality",
    threshold=80.0,
    criteria=(
        Criterion(name="right", title="Right", weight=0.6, grades=GRADES, definition="It fits {{text}}."),
        Criterion(name="guideline", title="By the guideline", weight=0.4, grades=GRADES, allow_na=True),
    ),
    errors=(ErrorCategory(name="slip", title="Slip", penalty=5.0),),
)
AUDITED = ReviewPolicy(rules=(ReviewRule(by="auditor"),))


def reviewed(
    installation: Installation, name: str, folder: Path, members: Mapping[Person, Role], **more: Any
) -> Stage:
    """A project whose answers auditors review."""
    given: dict[str, Any] = {"rubrics": (RUBRIC,), "review": AUDITED} | more
    return stage(installation, name, folder=folder, rows=4, members=members, **given)


def verdict(part: str, grade: str | None = None, **more: Any) -> Verdict:
    """What the judge said on one part; `more` are fields of the verdict."""
    given: dict[str, Any] = {"status": "ok", "confidence": 0.9} | more
    return Verdict(part=part, grade=grade, **given)


def judge(staged: Stage, *verdicts: Verdict) -> None:
    """The judge's advice on every answer, as its job stores it."""
    now = datetime.now(UTC)
    with staged.installation.database.write() as session:
        project = session.get_one(ProjectRow, staged.project)
        row = JudgeRow(
            project_id=project.id,
            model_id=rule_book(session, staged.installation, now),
            version="staged",
            config={},
            rubric_version=1,
            created_at=now,
        )
        session.add(row)
        session.flush()
        answered = select(AssignmentRow).where(
            AssignmentRow.project_id == project.id, AssignmentRow.state == "submitted"
        )
        for assignment in list(session.scalars(answered)):
            review.store_judgement(session, project, assignment, 1, row, verdicts, now=now)


def redo(staged: Stage, value: str) -> None:
    """The annotator answers anew what was sent back."""
    now = datetime.now(UTC)
    with staged.installation.database.write() as session:
        project = session.get_one(ProjectRow, staged.project)
        sent_back = select(AssignmentRow).where(
            AssignmentRow.project_id == project.id, AssignmentRow.state == "redo"
        )
        row = session.scalars(sent_back).one()
        task = annotate.redo(session, project, row, Act(client_id=f"redo {row.id}"), now=now)
        submission = Submission(
            client_id=f"redone {row.id}",
            schema_version=task.schema_version,
            answers={"sentiment": ChoiceAnswer(value=value)},
            expected_revision=task.revision,
        )
        annotate.submit(session, project, row, submission, now=now)


def audit(staged: Stage, auditor: Person, revision: int, right: str, *, explanation: str = "") -> None:
    """An auditor's review of the first answer that waits."""
    now = datetime.now(UTC)
    findings = (
        Finding(part="right", grade=right, explanation=explanation),
        Finding(part="guideline", grade="good"),
        Finding(part="slip", count=0),
    )
    with staged.installation.database.write() as session:
        project = session.get_one(ProjectRow, staged.project)
        waits = select(AssignmentRow).where(
            AssignmentRow.project_id == staged.project, AssignmentRow.review == "due"
        )
        row = session.scalars(waits.order_by(AssignmentRow.id).limit(1)).one()
        review.store_review(
            session,
            project,
            row,
            Review(client_id=f"audit {row.id} {revision}", revision=revision, findings=findings),
            by=Reviewer(person=auditor, source="auditor"),
            now=now,
        )
