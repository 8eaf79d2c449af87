"""A project whose answers are reviewed, one transaction an act, for tests of the way back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from milo.core.feedback import Finding, Verdict
from milo.core.person import Person, Role
from milo.core.project import ProjectSpec
from milo.core.review_task import JudgeOpinion, NextReview, ReviewTask
from milo.core.rubric import Criterion, ErrorCategory, Grade, Rubric
from milo.core.submission import Act
from milo.db import convert
from milo.db.queries import reviews
from milo.db.tables import AssignmentRow, DecisionRow, FeedbackRow, JudgeRow, ModelRow
from milo.workflow import annotate, review, review_queue
from milo.workflow.review import Review, Reviewer, StoredReview
from tests.builders import a_member, a_spec
from tests.workflow.desk import Desk, a_desk

GRADES = (
    Grade(name="insufficient", label="Insufficient", level=1),
    Grade(name="minimum", label="Minimum", level=2),
    Grade(name="good", label="Good", level=3),
)
RUBRIC = Rubric(
    name="quality",
    title="Answer quality",
    threshold=80.0,
    criteria=(
        Criterion(name="accuracy", title="Accuracy", weight=0.6, grades=GRADES),
        Criterion(name="tone", title="Tone", weight=0.4, grades=GRADES, allow_na=True),
    ),
    errors=(ErrorCategory(name="slip", title="Slip", penalty=5.0),),
)

GOOD = {"accuracy": "good", "tone": "good", "slip": 0}
BAD = {"accuracy": "insufficient", "tone": "good", "slip": 1}

AUDITED = {"rules": [{"by": "auditor"}]}
JUDGED = {"rules": [{"by": "judge"}]}


def findings(found: dict[str, Any]) -> tuple[Finding, ...]:
    """Grades by name and counts by number, each with an explanation."""
    return tuple(
        Finding(part=part, count=value, explanation="Counted.")
        if isinstance(value, int)
        else Finding(part=part, grade=value, explanation="Read.")
        for part, value in found.items()
    )


def verdicts(found: dict[str, Any], **changes: Any) -> list[Verdict]:
    """The same as a judge's; `changes` of each part by name."""
    return [
        replace(
            Verdict(
                part=one.part,
                status="ok",
                grade=one.grade,
                count=one.count,
                explanation=one.explanation,
                confidence=0.9,
            ),
            **changes.get(one.part, {}),
        )
        for one in findings(found)
    ]


@dataclass(slots=True)
class ReviewDesk(Desk):
    """Acts of reviewers and judges."""

    def reviewer(self, role: Role = "auditor", name: str = "") -> Reviewer:
        with self.database.write() as session:
            person = a_member(session, self._project(session), name, role)
        return as_reviewer(person, role)

    def policy(self, **changes: Any) -> None:
        with self.database.read() as session:
            before = self._project(session).settings["review"]
        self.change(settings={"review": before | changes})
        with self.database.write() as session:
            assert review.fit_policy(session, self._project(session), after=0, now=self.clock()) is None

    def next_review(self, by: Reviewer, assignment: int | None = None) -> NextReview:
        with self.database.write() as session:
            return review_queue.next_review(
                session, self._project(session), by, assignment=assignment, now=self.clock()
            )

    def take_review(self, by: Reviewer, assignment: int | None = None) -> ReviewTask:
        found = self.next_review(by, assignment).review
        assert found is not None
        return found

    def review(
        self,
        by: Reviewer,
        task: Any,
        found: dict[str, Any],
        *,
        client_id: str = "",
        revision: int | None = None,
        **more: Any,
    ) -> StoredReview:
        """`task` is what was taken for review, or a task of the annotator."""
        sent = Review(
            client_id=client_id or self.an_id(),
            revision=revision if revision is not None else self.answered(task.assignment),
            findings=findings(found),
            **more,
        )
        with self.database.write() as session:
            row = session.get_one(AssignmentRow, task.assignment)
            return review.store_review(session, self._project(session), row, sent, by=by, now=self.clock())

    def reveal_judge(self, by: Reviewer, task: ReviewTask, found: dict[str, Any]) -> JudgeOpinion | None:
        with self.database.write() as session:
            row = session.get_one(AssignmentRow, task.assignment)
            return review_queue.reveal(
                session,
                self._project(session),
                row,
                task.revision,
                findings(found),
                by=by,
                now=self.clock(),
            )

    def give_back(self, by: Reviewer, task: ReviewTask) -> None:
        with self.database.write() as session:
            row = session.get_one(AssignmentRow, task.assignment)
            review_queue.release(session, row, by=by, now=self.clock())

    def judge(self, task: Any, found: dict[str, Any], *, binds: bool = True, **changes: Any) -> None:
        """The scripted judge's verdicts arrive for the answer as it stands."""
        with self.database.write() as session:
            judge = self._judge(session)
            judge.binds = binds
            row = session.get_one(AssignmentRow, task.assignment)
            number = self._answered(session, row.id)
            review.store_judgement(
                session,
                self._project(session),
                row,
                number,
                judge,
                verdicts(found, **changes),
                now=self.clock(),
            )

    def judge_earns(self, binds: bool = True) -> int:
        """The judge's card meets the bar, or no longer does; how many answers that changed."""
        with self.database.write() as session:
            self._judge(session).binds = binds
            session.flush()
            ids = list(session.scalars(select(AssignmentRow.id)))
            return review.decide_again(session, self._project(session), ids, now=self.clock())

    def redo(self, task: Any, client_id: str = "") -> Any:
        with self.database.write() as session:
            row = session.get_one(AssignmentRow, task.assignment)
            sent = Act(client_id=client_id or self.an_id())
            return annotate.redo(session, self._project(session), row, sent, now=self.clock())

    # --- what stands in the database ---

    def answered(self, assignment: int) -> int:
        with self.database.read() as session:
            return self._answered(session, assignment)

    def feedback(self, task: Any) -> list[FeedbackRow]:
        with self.database.read() as session:
            of_task = select(FeedbackRow).where(FeedbackRow.assignment_id == task.assignment)
            return list(session.scalars(of_task.order_by(FeedbackRow.id)))

    def decisions(self, task: Any) -> list[tuple[int, str, str]]:
        with self.database.read() as session:
            of_task = select(DecisionRow).where(DecisionRow.assignment_id == task.assignment)
            rows = session.scalars(of_task.order_by(DecisionRow.id))
            return [(row.revision, row.status, row.by) for row in rows]

    def _answered(self, session: Session, assignment: int) -> int:
        found = reviews.answered(session, assignment)
        return 0 if found is None else found.number

    def _judge(self, session: Session) -> JudgeRow:
        known = session.scalar(select(JudgeRow).where(JudgeRow.project_id == self.project_id))
        if known is not None:
            return known
        model = ModelRow(name="judge-14b", provider="scripted", model="s", created_at=self.clock())
        session.add(model)
        session.flush()
        judge = JudgeRow(
            project_id=self.project_id,
            model_id=model.id,
            version="j1",
            config={},
            rubric_version=1,
            binds=False,
            created_at=self.clock(),
        )
        session.add(judge)
        session.flush()
        return judge


def as_reviewer(person: Person, role: Role) -> Reviewer:
    """The person as a reviewer."""
    return Reviewer(person=person, source="auditor" if role == "auditor" else "researcher")


def a_reviewed_spec(policy: dict[str, Any], **changes: Any) -> ProjectSpec:
    """The project of the builders with one rubric and a review policy."""
    settings = convert.SETTINGS.validate_python({"review": policy} | changes.pop("settings", {}))
    return a_spec(settings=settings, **{"rubrics": (RUBRIC,)} | changes)


def a_review_desk(folder: Path, policy: dict[str, Any], url: str = "", **changes: Any) -> ReviewDesk:
    """A new project with a rubric, a policy and a researcher, and no items."""
    desk = a_desk(folder, a_reviewed_spec(policy, **changes), url)
    return ReviewDesk(desk.database, desk.project_id, desk.researcher, desk.clock)
