"""Judging: a job is the set of verdicts that are not there (contracts 8).

Answers are passed once in order of their ids, several at a time; the calls on one answer come one after the
other, so that the endpoint can reuse their common beginning. A sweep then asks what is still missing.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from milo.core.errors import Fault, InvalidInput, MiloError
from milo.core.model_config import ModelConfig
from milo.core.person import Person
from milo.core.strict import INPUT, Flag, Whole
from milo.db import convert
from milo.db.queries import judges, model_calls, verdicts
from milo.db.queries.verdicts import JUDGED_STATES, JudgeScope
from milo.db.tables import JobRow, JudgeRow, ModelRow, ProjectRow, PromptVersionRow
from milo.roles import judge as judge_role
from milo.workflow import jobs, judge_cards, judging, models, projects, review
from milo.workflow.asking import Asker
from milo.workflow.jobs import JobRun
from milo.workflow.judge_task import ToJudge
from milo.workflow.judging import JudgeOptions, JudgePlan
from milo.workflow.pre_annotate import CHARACTERS_A_TOKEN, concurrency_of
from milo.workflow.walk import Walk

FORECAST_ANSWERS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeRun(JudgeOptions):
    """A run of a judge over answers. Without states and items: those that wait for the judge."""

    __pydantic_config__ = INPUT

    states: tuple[str, ...] = ()  # of the assignment: submitted, passed, redo; judged whether due or not
    items: tuple[Whole, ...] | None = None  # the answers to these alone, judged whether due or not
    labels_of: Whole | None = None  # the labels of this prompt version instead of people's answers
    limit: Whole | None = None  # the first so many
    concurrency: Whole | None = None  # answers at a time; None: 8, or the slots of the embedded engine
    cost_cap_usd: float | None = None  # None: the project's
    retry_failed: Flag = False  # ask again what failed for good before


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a run would take; None where nothing is known."""

    answers: int
    calls: int
    tokens: int | None
    cost_usd: float | None
    seconds: float | None


def enqueue(
    session: Session,
    project: ProjectRow,
    wanted: JudgeRun,
    *,
    by: Person | None,
    now: datetime,
    is_automatic: bool = False,
) -> JobRow:
    """A queued run, checked; refused when its estimated cost exceeds the cap.

    What the worker queues by itself is not estimated: the cap ends it on the way.
    """
    model = models.find(session, wanted.model)
    check(session, project, wanted)
    cap = wanted.cost_cap_usd
    if cap is None:
        cap = projects.settings(project).cost_cap_usd
    scope = scope_of(session, project.id, wanted)
    cost = None if is_automatic else estimate(session, project, wanted).cost_usd
    if cap is not None and cost is not None and cost > cap:
        fault = Fault(
            "cost_cap_usd", f"{cap:.2f}", f"at least the estimate of {cost:.2f} USD, or fewer answers"
        )
        raise InvalidInput(f"The run would cost about {cost:.2f} USD; the cap is {cap:.2f}.", (fault,))
    config = asdict(wanted) | {
        "cost_cap_usd": cap,
        "up_to": scope.up_to,
        "estimate_usd": cost,
        "is_automatic": is_automatic,
    }
    return jobs.enqueue(
        session,
        project.id,
        "judge",
        config,
        now=now,
        by=by.id if by else None,
        lane=models.lane_of(model),
    )


def check(session: Session, project: ProjectRow, wanted: JudgeRun) -> None:
    """Raise `InvalidInput` for a run that cannot be."""
    judging.check(session, project, wanted)
    faults = []
    for state in wanted.states:
        if state not in JUDGED_STATES:
            faults.append(Fault("states", repr(state), ", ".join(JUDGED_STATES)))
    if wanted.labels_of is not None:
        version = session.get(PromptVersionRow, wanted.labels_of)
        if version is None or version.project_id != project.id:
            faults.append(Fault("labels_of", str(wanted.labels_of), "a prompt version of this project"))
        if wanted.states:
            faults.append(Fault("states", ", ".join(wanted.states), "none: a model's labels have no state"))
    if wanted.concurrency is not None and not 1 <= wanted.concurrency <= 256:
        faults.append(Fault("concurrency", str(wanted.concurrency), "1 to 256"))
    if wanted.limit is not None and wanted.limit < 1:
        faults.append(Fault("limit", str(wanted.limit), "1 or more"))
    if wanted.items is not None and len(wanted.items) > 1000:
        faults.append(Fault("items", f"{len(wanted.items)} ids", "at most 1,000"))
    if wanted.cost_cap_usd is not None and wanted.cost_cap_usd < 0:
        faults.append(Fault("cost_cap_usd", str(wanted.cost_cap_usd), "0 or more"))
    if faults:
        raise InvalidInput("The run cannot start: " + "; ".join(map(str, faults)), tuple(faults))


def estimate(session: Session, project: ProjectRow, wanted: JudgeRun) -> Estimate:
    """What a run would take, by the model's earlier calls as a judge, else by prompt lengths and prices."""
    check(session, project, wanted)
    model = models.find(session, wanted.model)
    judge = judging.drafted(session, project, wanted)
    scope = scope_of(session, project.id, wanted)
    answers = verdicts.count(session, scope)
    calls = answers * judge.calls_an_answer
    tokens_in, tokens_out = _tokens_an_answer(session, project, model, judge, scope)
    cost = model_calls.mean_cost_usd(session, model.id, role="judge")
    if cost is None and model.provider in ("embedded", "scripted", "replay"):
        cost = 0.0
    if cost is None and (model.price_in_usd_per_million or model.price_out_usd_per_million):
        price_in, price_out = model.price_in_usd_per_million or 0.0, model.price_out_usd_per_million or 0.0
        cost = (tokens_in * price_in + tokens_out * price_out) / 1e6 / judge.calls_an_answer
    latency_ms = model_calls.mean_latency_ms(session, model.id, role="judge")
    at_once = min(wanted.concurrency or concurrency_of(model), max(answers, 1))
    return Estimate(
        answers=answers,
        calls=calls,
        tokens=round(answers * (tokens_in + tokens_out)) if answers else 0,
        cost_usd=None if cost is None else cost * calls,
        seconds=None if latency_ms is None else latency_ms / 1000 * calls / at_once,
    )


def run(run: JobRun) -> dict[str, Any]:
    """Do the job to its end: one call about nothing, one pass, one sweep."""
    return asyncio.run(_run(run))


def scope_of(session: Session, project_id: int, wanted: JudgeRun) -> JudgeScope:
    """What the run is about; its end is fixed where it has a limit."""
    scope = _unlimited(project_id, wanted)
    if wanted.limit is None:
        return scope
    first = verdicts.next_ids(session, scope, after=0, limit=wanted.limit)
    return replace(scope, up_to=first[-1] if first else 0)


def wanted_of(run: JobRun) -> JudgeRun:
    """The options a job was queued with."""
    names = JudgeRun.__dataclass_fields__
    return JudgeRun(**{name: value for name, value in run.config.items() if name in names})


async def _run(run: JobRun) -> dict[str, Any]:
    project, model, config, row, wanted = await asyncio.to_thread(_opened, run)
    cap = wanted.cost_cap_usd
    async with Asker.opened(run, config, role="judge", spent_usd=row.cost_usd, cost_cap_usd=cap) as asker:
        judge = await _stood(run, asker, project, config, wanted)
        scope = replace(_unlimited(project.id, wanted), up_to=run.config.get("up_to"))
        source = ToJudge(run, asker, judge, scope, project, model)
        walk = Walk(run, asker, source, wanted.concurrency or concurrency_of(config))
        await walk.keyset_pass(after=row.position)
        left = await walk.sweep()
    if left:
        raise MiloError(
            f"{len(left)} answer(s) got no verdict; the last reason: {next(reversed(left.values()))}. "
            "Resume the job to ask again; nothing that was answered is asked again."
        )
    await asyncio.to_thread(_measure, run, judge)
    return await asyncio.to_thread(_result, run, judge)


def _measure(run: JobRun, plan: JudgePlan) -> None:
    """Measure the card where people reviewed what was judged, and decide what the judge may now decide."""
    with run.commit() as session:
        judge = session.get_one(JudgeRow, plan.id)
        if not judges.has_pairs(session, judge):
            return
        project = session.get_one(ProjectRow, run.project_id)
        waiting = judge_cards.remeasure(session, project, judge, now=run.clock())
    for begin in range(0, len(waiting), review.BATCH):
        with run.commit() as session:
            project = session.get_one(ProjectRow, run.project_id)
            review.decide_again(session, project, waiting[begin : begin + review.BATCH], now=run.clock())


def _opened(run: JobRun) -> tuple[ProjectRow, ModelRow, ModelConfig, JobRow, JudgeRun]:
    with run.database.read() as session:
        job = session.get_one(JobRow, run.id)
        project = session.get_one(ProjectRow, run.project_id)
        wanted = wanted_of(run)
        model = models.find(session, wanted.model)
        return project, model, models.config_of(model, run.secret), job, wanted


async def _stood(
    run: JobRun, asker: Asker, project: ProjectRow, config: ModelConfig, wanted: JudgeRun
) -> JudgePlan:
    """The judge this job began with, or a new one, tried and stored, with the number of calls to make."""
    begun = run.config.get("judge_id")
    if begun is not None:
        return await asyncio.to_thread(_stored, run, begun)
    drafted = await asyncio.to_thread(_drafted, run, project, wanted)
    judge = await judging.tried(asker, drafted)
    return await asyncio.to_thread(_begin, run, project, config, wanted, judge)


def _stored(run: JobRun, id: int) -> JudgePlan:
    with run.database.read() as session:
        return judging.of_row(session.get_one(JudgeRow, id), tuple(run.config["parts"]))


def _drafted(run: JobRun, project: ProjectRow, wanted: JudgeRun) -> JudgePlan:
    with run.database.read() as session:
        judging.check(session, project, wanted)  # the project may have changed since it was queued
        return judging.drafted(session, project, wanted)


def _begin(
    run: JobRun, project: ProjectRow, config: ModelConfig, wanted: JudgeRun, judge: JudgePlan
) -> JudgePlan:
    with run.commit() as session:
        row = judging.stored(session, project, config, judge, now=run.clock())
        if wanted.retry_failed:
            verdicts.forget_failed(session, project.id, row.id)
        scope = replace(_unlimited(project.id, wanted), up_to=run.config.get("up_to"))
        job = session.get_one(JobRow, run.id)
        samples = judge.judging.samples
        job.total = verdicts.count_missing(session, scope, row.id, judge.parts, samples=samples)
        job.config = run.config = {**run.config, "judge_id": row.id, "parts": list(judge.parts)}
        return judging.of_row(row, judge.parts)


def _result(run: JobRun, judge: JudgePlan) -> dict[str, Any]:
    assert judge.id is not None, "a judge with verdicts is stored"
    with run.database.read() as session:
        found = verdicts.outcomes(session, run.id, judge.id)
    return {
        "judge": judge.id,
        "version": judge.version,
        "passed": found.get("passed", 0),
        "redo": found.get("redo", 0),
        "no_verdict": found.get(None, 0),
    }


def _unlimited(project_id: int, wanted: JudgeRun) -> JudgeScope:
    return JudgeScope(
        project_id=project_id,
        labels_of=wanted.labels_of,
        only_due=not wanted.states and wanted.items is None,
        states=tuple(wanted.states) or JUDGED_STATES,
        items=None if wanted.items is None else tuple(wanted.items),
    )


def _tokens_an_answer(
    session: Session, project: ProjectRow, model: ModelRow, judge: JudgePlan, scope: JudgeScope
) -> tuple[float, float]:
    """Tokens in and out an answer takes, by the length of the prompts of the first 20 answers."""
    ids = verdicts.next_ids(session, scope, after=0, limit=FORECAST_ANSWERS)
    works = verdicts.load(session, scope, ids, None)
    characters = tokens_out = 0
    for judged in works:
        how = judging.for_schema(
            session, project, model, judge, judged.schema_version or judge.schema_version
        )
        how = replace(how, subject=tuple(one for one in how.subject if one.show != "image"))
        answers = judging.answers_of(how, judged)
        secret = judging.secret_of(b"", judged.fields, convert.answers_as_data(answers))
        for part in judge.parts:
            request = judge_role.request(how, part, judged.fields, answers, secret=secret)
            characters += sum(len(message.text) for message in request.messages)
            tokens_out += request.max_tokens
    each = judge.judging.samples / max(len(works), 1)
    return characters / CHARACTERS_A_TOKEN * each, tokens_out * each
