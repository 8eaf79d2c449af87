"""Checking an answer before it is sent: the judge's advice to its annotator, verdict by verdict.

The answers are judged by a job of its own lane, so that a long judging job does not hold it up. What the
judge says goes into the check's row as it comes; nothing is decided by it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from milo.core.answer import Answers, check_answers
from milo.core.errors import Conflict, ModelFailure, NotFound, Unavailable
from milo.core.feedback import RubricScore, Status, Verdict, status_of
from milo.core.model_config import ModelConfig
from milo.core.person import Person
from milo.db import convert
from milo.db.queries import checks
from milo.db.queries import jobs as job_queries
from milo.db.queries import models as model_queries
from milo.db.queries import verdicts as verdict_queries
from milo.db.tables import AssignmentRow, CheckRow, ItemPayloadRow, JobRow, ModelRow, ProjectRow
from milo.roles.judging import Judging
from milo.workflow import jobs, judge_cards, judge_task, judging, models, projects
from milo.workflow.asking import Answered, Asker, CostCapReached, Entry, ModelDown, NoReply
from milo.workflow.jobs import JobRun
from milo.workflow.judge_cards import CardSummary
from milo.workflow.judging import JudgeOptions, JudgePlan

#: An annotator who asks the judge holds an assignment in one of these states.
CHECKED_STATES = ("leased", "open")
#: The annotator waits for it: a judge that is down is said soon.
TRIES = 2
#: So long a check waits for a worker that is alive.
MOST_WAIT = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a check is; `verdicts` are those that were not seen yet."""

    verdicts: tuple[Verdict, ...]
    state: str  # of its job
    problem: str | None  # why there is no verdict, once it ended
    outcome: CheckOutcome | None  # once it ended well


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOutcome:
    """What the answers would score, as advice."""

    check: int
    scores: tuple[RubricScore, ...]
    status: Status | None
    card: CardSummary | None  # how far to trust the judge; None before it has a card


def start(
    session: Session,
    project: ProjectRow,
    row: AssignmentRow,
    answers: Answers,
    *,
    by: Person,
    now: datetime,
) -> CheckRow:
    """A check that waits for the worker; an earlier one of the same assignment ends.

    Raises `Conflict` where the project has no check, or the assignment is not being answered.
    """
    policy = projects.settings(project).review
    if not policy.check:
        raise Conflict("In this project answers are not checked before they are sent.")
    if row.state not in CHECKED_STATES:
        raise Conflict(f"Only an answer that is being given can be checked; this one is {row.state!r}.")
    model = judge_model(session, project)
    check_answers(projects.questions(session, project.id, row.schema_version), answers)
    judging.check(session, project, JudgeOptions(model=model.id))
    for earlier in checks.jobs_of(session, row.id):
        jobs.cancel(session, earlier, now=now)
    config = {"model": model.id, "cost_cap_usd": projects.settings(project).cost_cap_usd}
    job = jobs.enqueue(session, project.id, "check", config, now=now, by=by.id, lane=f"check:{row.id}")
    check = CheckRow(
        project_id=project.id,
        assignment_id=row.id,
        person_id=by.id,
        job_id=job.id,
        answers=convert.answers_as_data(answers),
        verdicts=[],
        created_at=now,
    )
    session.add(check)
    session.flush()
    job.config = {**job.config, "check": check.id}
    return check


def judge_model(session: Session, project: ProjectRow) -> ModelRow:
    """The model the project's policy names as its judge; raises `Conflict` where there is none."""
    name = projects.settings(project).review.judge
    found = model_queries.by_name(session, name) if name is not None else None
    if found is None:
        named = "names no judge" if name is None else f"names the judge {name!r}, which is no model"
        raise Conflict(f"The project's review policy {named}; its researcher can change that.")
    return found


def progress(session: Session, check_id: int, *, seen: int, now: datetime) -> Progress:
    """What is new of a check since `seen` verdicts."""
    check = session.get_one(CheckRow, check_id)
    job = session.get_one(JobRow, check.job_id)
    verdicts = convert.VERDICTS.validate_python(check.verdicts)
    outcome = None
    if job.state == "done":
        outcome = _outcome(session, check, job, verdicts)
    return Progress(
        verdicts=verdicts[seen:], state=job.state, problem=_problem(session, check, job, now), outcome=outcome
    )


def leave(session: Session, check_id: int, *, now: datetime) -> None:
    """Nobody waits for the check any more: it ends, and what was asked stays stored."""
    job = session.get_one(JobRow, session.get_one(CheckRow, check_id).job_id)
    if job.state in ("queued", "running"):
        jobs.cancel(session, job, now=now)


def shown(check: CheckRow, *, by: Person, now: datetime) -> datetime:
    """When the annotator first saw the verdicts: now, unless they said so before."""
    if check.person_id != by.id:
        raise NotFound(f"There is no check {check.id} of yours.")
    check.shown_at = check.shown_at or now
    return check.shown_at


def run(run: JobRun) -> Mapping[str, Any]:
    """Ask for each verdict and append it to the check."""
    try:
        return asyncio.run(_run(run))
    except (ModelFailure, ModelDown, NoReply, CostCapReached, Unavailable) as error:
        with run.commit() as session:
            session.get_one(CheckRow, run.config["check"]).error = str(error)
        raise


async def _run(run: JobRun) -> Mapping[str, Any]:
    config, how, plan, check, fields = await asyncio.to_thread(_opened, run)
    answers = convert.answers_from(check.answers)
    cap = run.config["cost_cap_usd"]
    async with Asker.opened(run, config, role="judge", cost_cap_usd=cap, tries=TRIES) as asker:
        plan = await judging.tried(asker, plan)
        how = replace(how, logprobs=plan.judging.logprobs)
        make = await asyncio.to_thread(judge_task.prompts, run, how, fields, answers)
        requests = {part: make(part, 0) for part in plan.parts}
        known = await asker.stored(list(requests.values()))
        for part, request in requests.items():
            answered = await asker.ask(request, item_id=None, known=known)
            await asker.store(_entry(check.id, judge_task.read(how, part, answered), answered))
    return {"version": plan.version, "parts": list(plan.parts), "rubric_version": plan.judging.rubric_version}


def _opened(run: JobRun) -> tuple[ModelConfig, Judging, JudgePlan, CheckRow, Mapping[str, Any]]:
    with run.database.read() as session:
        project = session.get_one(ProjectRow, run.project_id)
        model = models.find(session, run.config["model"])
        check = session.get_one(CheckRow, run.config["check"])
        row = session.get_one(AssignmentRow, check.assignment_id)
        plan = judging.drafted(session, project, JudgeOptions(model=model.id))
        how = judging.for_schema(session, project, model, plan, row.schema_version)
        fields = session.get_one(ItemPayloadRow, row.item_id).fields
        return models.config_of(model, run.secret), how, plan, check, fields


def _entry(check_id: int, verdict: Verdict, answered: Answered) -> Entry:
    def append(session: Session, call_id: int | None) -> None:
        check = session.get_one(CheckRow, check_id)
        check.verdicts = [*check.verdicts, judging.verdict_as_data(verdict)]

    return Entry(answered=answered, ended=judge_task.COUNTED_AS[verdict.status], then=append)


def _outcome(session: Session, check: CheckRow, job: JobRow, verdicts: Sequence[Verdict]) -> CheckOutcome:
    result = job.result or {}
    rubrics = projects.rubrics(session, check.project_id, result["rubric_version"])
    scores = judging.scores_of(rubrics, verdicts, only=result["parts"])
    judge = verdict_queries.judge(session, check.project_id, job.config["model"], result["version"])
    card = judge_cards.summary(judge) if judge is not None else None
    return CheckOutcome(check=check.id, scores=scores, status=status_of(scores), card=card)


def _problem(session: Session, check: CheckRow, job: JobRow, now: datetime) -> str | None:
    if job.state == "failed":
        return check.error or job.error
    if job.state == "cancelled":
        return "The check was ended."
    has_waited = job.state == "queued" and now - job.created_at > MOST_WAIT
    if has_waited and not job_queries.is_worker_alive(session, now - MOST_WAIT):
        return "No worker is at work that could ask the judge; submit without the check."
    return None
