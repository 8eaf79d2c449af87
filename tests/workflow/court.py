"""A project whose answers a judge judges, one transaction an act, for tests of judging."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import select

from milo.core.model_call import Model, ModelReply, ModelRequest, Piece, TokenLogprob, pieces_of_reply
from milo.core.person import Person
from milo.core.project import ProjectSpec
from milo.core.review_policy import ReviewPolicy, ReviewRule
from milo.core.rubric import Criterion, ErrorCategory, Grade, Rubric
from milo.db.queries import jobs as job_queries
from milo.db.session import Database
from milo.db.tables import (
    AssignmentRow,
    FeedbackRow,
    ItemRow,
    JobRow,
    JudgeRow,
    ModelCallRow,
    ProjectRow,
    VerdictRow,
)
from milo.models import open_model
from milo.workflow import jobs, judge, models
from milo.workflow.jobs import LEASE, JobFunction, JobRun
from milo.workflow.judge import JudgeRun
from milo.workflow.models import ModelSetup
from tests.builders import Clock, a_spec
from tests.workflow.desk import Desk, a_desk

SECRET = Fernet.generate_key()

RUBRIC = Rubric(
    name="quality",
    title="Quality",
    threshold=70.0,
    criteria=(
        Criterion(
            name="fit",
            title="Fit",
            weight=1.0,
            definition="Whether the answer fits the text.",
            grades=(
                Grade(name="wrong", label="Wrong", level=1),
                Grade(name="right", label="Right", level=3),
            ),
        ),
    ),
    errors=(ErrorCategory(name="slip", title="Slip", penalty=10.0, counted=False),),
)
POLICY = ReviewPolicy(rules=(ReviewRule(by="judge"),), judge="Judge", check=True)

#: Finds that "bad" texts were answered wrongly; sees no slips.
#: A word of its own: the markers around a text are hex digits, and now and then hold "bad".
FINDS_BAD: Mapping[str, Any] = {
    "rules": [
        {"question": "Slip", "text": "No\nThere is none."},
        {"when": r"\bbad\b", "question": "Fit", "text": "Wrong\nThe text says the opposite."},
    ],
    "default": {"text": "Right\nIt fits the text."},
}


def a_judged_spec(policy: ReviewPolicy = POLICY, rubrics: Sequence[Rubric] = (RUBRIC,)) -> ProjectSpec:
    """One choice, a rubric with one criterion and one error, and a judge asked about every answer."""
    return a_spec(questions=a_spec().questions[:1], rubrics=tuple(rubrics), settings={"review": policy})


async def no_sleep(seconds: float) -> None:
    """Time of its own for back-off: a test does not wait."""
    await asyncio.sleep(0)


@dataclass(slots=True)
class Strict:
    """A model that counts, answers "Right" to all, and does what a test tells it beforehand."""

    name: str = "Judge"
    version: str = "strict-1"
    before: Callable[[ModelRequest, int], None] = lambda request, number: None
    text: str = "Right\nIt fits."
    requests: list[ModelRequest] = field(default_factory=list)
    busy: dict[str, int] = field(default_factory=dict)  # calls at work, by what is judged

    async def ask(self, request: ModelRequest) -> ModelReply:
        self.requests.append(request)
        number = len(self.requests)
        judged = request.messages[1].text
        self.busy[judged] = self.busy.get(judged, 0) + 1
        assert self.busy[judged] == 1, "two calls on one answer at once"
        try:
            await asyncio.sleep(0.001)
            self.before(request, number)
        finally:
            self.busy[judged] -= 1
        is_error = "Slip" in request.messages[-1].text
        return ModelReply(
            text="No\nThere is none." if is_error else self.text,
            top_logprobs=((TokenLogprob("No" if is_error else self.text.split()[0], -0.01),),),
            input_tokens=100,
            output_tokens=10,
            evaluated_tokens=20,
            cost_usd=0.01,
            latency_ms=1.0,
            finish_reason="stop",
            model=self.version,
        )

    async def stream(self, request: ModelRequest) -> AsyncGenerator[Piece, None]:
        for piece in pieces_of_reply(await self.ask(request)):
            yield piece

    async def close(self) -> None:
        pass


@dataclass(slots=True)
class Court:
    """A project, its annotator, and the model that judges."""

    desk: Desk
    annotator: Person
    model: int
    folder: Path

    @property
    def database(self) -> Database:
        return self.desk.database

    def answered(self, texts: Sequence[str]) -> list[int]:
        """The assignments of these new items, each answered "positive"."""
        self.desk.items(texts)
        found = []
        for _ in texts:
            task = self.desk.take(self.annotator)
            self.desk.submit(task)
            found.append(task.assignment)
        return found

    def queued(self, **wanted: Any) -> int:
        with self.database.write() as session:
            project = session.get_one(ProjectRow, self.desk.project_id)
            run = JudgeRun(**{"model": self.model} | wanted)
            return judge.enqueue(session, project, run, by=None, now=self.desk.clock()).id

    def taken(self, job: int, model: Model | None = None) -> JobRun:
        """The job in the hands of this test, over the model of its own or the stored one."""
        with self.database.write() as session:
            row = session.get_one(JobRow, job)
            job_queries.take_this(session, row, owner="test", now=self.desk.clock(), lease=LEASE)
            return JobRun(
                database=self.database,
                id=job,
                project_id=row.project_id,
                config=dict(row.config),
                owner="test",
                fence=row.fence,
                data_dir=self.folder,
                secret=SECRET,
                open_model=(lambda config: model) if model is not None else open_model,
                clock=Clock(),
                sleep=no_sleep,
            )

    def done(
        self, job: int, model: Model | None = None, function: JobFunction = judge.run
    ) -> Mapping[str, Any]:
        """Do the job; its result."""
        run = self.taken(job, model)
        result = function(run)
        jobs.finish(run, "done", result=result)
        return result or {}

    def judged(self, model: Model | None = None, **wanted: Any) -> Mapping[str, Any]:
        """Judge what waits, or what is wanted."""
        return self.done(self.queued(**wanted), model)

    def bind(self) -> None:
        """Let every judge bind, as if its card met the bar."""
        with self.database.write() as session:
            for row in session.scalars(select(JudgeRow)):
                row.binds = True

    # --- what stands in the database ---

    def rows(self, table: type[Any]) -> list[Any]:
        with self.database.read() as session:
            return list(session.scalars(select(table).order_by(table.id)))

    def feedback(self) -> list[FeedbackRow]:
        return self.rows(FeedbackRow)

    def verdicts(self) -> list[VerdictRow]:
        return self.rows(VerdictRow)

    def calls(self) -> list[ModelCallRow]:
        return self.rows(ModelCallRow)

    def assignment(self, id: int) -> AssignmentRow:
        with self.database.read() as session:
            return session.get_one(AssignmentRow, id)

    def item_of(self, assignment: int) -> ItemRow:
        with self.database.read() as session:
            return session.get_one(ItemRow, session.get_one(AssignmentRow, assignment).item_id)

    def job(self, id: int) -> JobRow:
        with self.database.read() as session:
            return session.get_one(JobRow, id)


def a_court(
    folder: Path,
    params: Mapping[str, Any] = FINDS_BAD,
    *,
    spec: ProjectSpec | None = None,
    url: str = "",
    **setup: Any,
) -> Court:
    """A project with one annotator and a scripted judge that was tested, so that no call tries it first."""
    desk = a_desk(folder, spec or a_judged_spec(), url)
    with desk.database.write() as session:
        given = {"name": "Judge", "provider": "scripted", "model": "rules", "params": dict(params)} | setup
        row = models.add(session, ModelSetup(**given), secret=SECRET, now=desk.clock())
        row.capabilities = {"reachable": True, "logprobs": True}
        model = row.id
    return Court(desk, desk.person(), model, folder)
