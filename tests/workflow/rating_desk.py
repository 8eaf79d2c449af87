"""A writing project whose drafts, suggestions and verdicts are rated, for tests of what becomes of that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from milo.core.answer import Answers
from milo.core.assistant_policy import AssistantPolicy
from milo.core.draft import Rated, Rating, RatingInput, Thumb
from milo.core.person import Person
from milo.core.questions import ChoiceQuestion, Option, TextAnswer, TextQuestion
from milo.db.tables import AssignmentRow, CheckRow, ExampleRow, JobRow, ModelDraftRow
from milo.workflow import assistant_card, assistant_report, examples, judging, projects, rated_cases, ratings
from milo.workflow.assistant_card import AssistantCard
from milo.workflow.assistant_report import AssistantReport
from milo.workflow.examples import Example, ExampleInput, Examples
from milo.workflow.rated_cases import RatedCases
from milo.workflow.ratings import GivenRating
from tests.workflow.desk import a_desk
from tests.workflow.review_desk import ReviewDesk, a_reviewed_spec, verdicts

QUESTIONS = (
    TextQuestion(name="query", title="What would you ask?", required=False),
    TextQuestion(name="response", title="Write a good answer.", required=False),
    ChoiceQuestion(
        name="sentiment",
        title="Positive or negative?",
        required=False,
        options=(Option(name="positive", label="Positive"), Option(name="negative", label="Negative")),
    ),
)
DRAFT = "The red bands warn birds that the snake is poisonous."
BETTER = "Red and yellow touch: a coral snake. Keep away from it."


def written(text: str = BETTER) -> Answers:
    """The answer to the drafted question."""
    return {"response": TextAnswer(value=text)}


@dataclass(slots=True)
class RatingDesk(ReviewDesk):
    """Ratings and what is made of them."""

    def rate(
        self,
        person: Person,
        task: Any,
        rated: Rated,
        target: int,
        thumb: Thumb | None = "down",
        *complaints: Any,
        part: str = "",
        note: str = "",
    ) -> Rating | None:
        given = RatingInput(
            rated=rated, target=target, part=part, thumb=thumb, complaints=complaints, note=note
        )
        with self.database.write() as session:
            row = session.get_one(AssignmentRow, task.assignment)
            return ratings.rate(session, row, given, by=person, now=self.clock())

    def rated(self, person: Person, task: Any) -> tuple[GivenRating, ...]:
        with self.database.read() as session:
            row = session.get_one(AssignmentRow, task.assignment)
            return ratings.of_assignment(session, row, by=person).ratings

    def check(self, person: Person, task: Any, found: dict[str, Any]) -> int:
        """The id of a check of the judge that has ended."""
        with self.database.write() as session:
            judge = self._judge(session)
            job = JobRow(
                project_id=self.project_id,
                kind="check",
                state="done",
                config={"model": judge.model_id},
                result={"version": judge.version},
                created_at=self.clock(),
            )
            session.add(job)
            session.flush()
            check = CheckRow(
                project_id=self.project_id,
                assignment_id=task.assignment,
                person_id=person.id,
                job_id=job.id,
                answers={},
                verdicts=[judging.verdict_as_data(one) for one in verdicts(found)],
                created_at=self.clock(),
            )
            session.add(check)
            session.flush()
            return check.id

    def cases(self, **wanted: Any) -> RatedCases:
        with self.database.read() as session:
            return rated_cases.listed(session, self._project(session), **wanted)

    def add_example(self, **wanted: Any) -> Example:
        with self.database.write() as session:
            return examples.add(
                session, self._project(session), ExampleInput(**wanted), by=self.researcher, now=self.clock()
            )

    def delete_example(self, id: int) -> None:
        with self.database.write() as session:
            examples.delete(session, session.get_one(ExampleRow, id), now=self.clock())

    def examples(self) -> Examples:
        with self.database.read() as session:
            return examples.listed(session, self._project(session))

    def shown_to_models(self, question: str = "response", *, not_of_item: int | None = None) -> list[int]:
        with self.database.read() as session:
            found = examples.for_prompt(session, self.project_id, question, not_of_item=not_of_item)
            return [one.id for one in found]

    def report(self) -> AssistantReport:
        with self.database.read() as session:
            return assistant_report.report(session, self._project(session))

    def card(self) -> AssistantCard | None:
        with self.database.read() as session:
            return assistant_card.card(session, self._project(session))

    def project_policy(self) -> AssistantPolicy:
        with self.database.read() as session:
            return projects.settings(self._project(session)).assistant

    def set_draft(self, id: int, **columns: Any) -> None:
        """Columns of a draft as a test needs them."""
        with self.database.write() as session:
            row = session.get_one(ModelDraftRow, id)
            for name, value in columns.items():
                setattr(row, name, value)


def a_rating_desk(
    folder: Path, policy: dict[str, Any] | None = None, url: str = "", **assistant: Any
) -> RatingDesk:
    """A project with a query, a response that the model "scripted" drafts, and a choice; no items."""
    settings = {"assistant": {"model": "scripted", "answers": "response", "query": "query", **assistant}}
    spec = a_reviewed_spec(policy or {}, questions=QUESTIONS, settings=settings)
    desk = a_desk(folder, spec, url)
    return RatingDesk(desk.database, desk.project_id, desk.researcher, desk.clock)
