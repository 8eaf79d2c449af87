"""Probing a judge: can an answer talk it into a better verdict? The outcome stands on its card."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from milo.core.errors import Fault, InvalidInput, NotFound
from milo.core.feedback import Verdict
from milo.core.model_config import ModelConfig
from milo.core.person import Person
from milo.core.strict import INPUT, Whole
from milo.db.queries import verdicts
from milo.db.queries.verdicts import Judged, JudgeScope
from milo.db.tables import JobRow, JudgeRow, ProjectRow
from milo.quality.judge_card import Probe, ProbeExample
from milo.roles import judge_probe
from milo.roles.judge_probe import ATTEMPTS, Flip
from milo.roles.judging import Judging
from milo.workflow import jobs, judge_cards, judge_task, judging, models
from milo.workflow.asking import Asker, Entry
from milo.workflow.jobs import JobRun
from milo.workflow.pre_annotate import concurrency_of

#: Flips that are kept to be read.
MOST_EXAMPLES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeOptions:
    """Which judge is probed, on how many of the answers it judged."""

    __pydantic_config__ = INPUT

    judge: Whole
    count: Whole = 5


class Case(NamedTuple):
    """An answer and the part whose verdict could become better."""

    judged: Judged
    how: Judging
    before: Verdict


class Outcome(NamedTuple):
    """What came of a case: one flip or None an attempt, and of the control."""

    attempts: list[Flip | None]
    control: Flip | None


def enqueue(
    session: Session, project: ProjectRow, wanted: ProbeOptions, *, by: Person | None, now: datetime
) -> JobRow:
    """A queued probe; refused for a judge of another project."""
    row = session.get(JudgeRow, wanted.judge)
    if row is None or row.project_id != project.id:
        raise NotFound(f"There is no judge {wanted.judge} in this project.")
    if not 1 <= wanted.count <= 100:
        fault = Fault("count", str(wanted.count), "1 to 100 answers")
        raise InvalidInput(f"The probe cannot start: {fault}", (fault,))
    lane = models.lane_of(models.find(session, row.model_id))
    return jobs.enqueue(
        session, project.id, "probe", asdict(wanted), now=now, by=by.id if by else None, lane=lane
    )


def run(run: JobRun) -> Mapping[str, Any]:
    """Put each attempt into answers whose verdict could be better, and count the better ones."""
    return asyncio.run(_run(run))


async def _run(run: JobRun) -> Mapping[str, Any]:
    config, cases = await asyncio.to_thread(_opened, run)
    if not cases:
        raise InvalidInput(
            "There is nothing to probe: the judge found no answer of people that could get a better verdict. "
            "Let it judge more answers first."
        )
    places = asyncio.Semaphore(concurrency_of(config))

    async def one(case: Case) -> Outcome:
        async with places:
            run.check()
            return await _tried(run, asker, case)

    async with Asker.opened(run, config, role="probe") as asker:
        outcomes = await asyncio.gather(*(one(case) for case in cases))
    return await asyncio.to_thread(_kept, run, cases, outcomes)


def _opened(run: JobRun) -> tuple[ModelConfig, list[Case]]:
    with run.commit() as session:
        row = session.get_one(JudgeRow, run.config["judge"])
        project = session.get_one(ProjectRow, run.project_id)
        model = models.find(session, row.model_id)
        plan = judging.of_row(row, ())
        scope = JudgeScope(project_id=project.id, only_due=False)
        ids = verdicts.newest_judged(session, row.id, limit=20 * run.config["count"])
        cases = []
        for judged in verdicts.load(session, scope, ids, row.id):
            version = judged.schema_version or plan.schema_version
            how = judging.for_schema(session, project, model, plan, version)
            found = [judging.verdict_from(one.result) for one in judged.verdicts if one.sample == 0]
            flippable = [one for one in found if judge_probe.can_flip(how, one)]
            cases += [Case(judged, how, one) for one in flippable[:1]]
        cases = cases[: run.config["count"]]
        session.get_one(JobRow, run.id).total = len(cases) * (len(ATTEMPTS) + 1)
        return models.config_of(model, run.secret), cases


async def _tried(run: JobRun, asker: Asker, case: Case) -> Outcome:
    """The control and every attempt on one answer."""
    part, answers = case.before.part, judging.answers_of(case.how, case.judged)
    attempts: list[Flip | None] = []
    control = None
    for variant in judge_probe.variants(case.how, part, case.judged.fields, answers):
        make = judge_task.prompts(run, case.how, variant.fields, variant.answers)
        request = make(part, 0)
        known = await asker.stored([request])
        answered = await asker.ask(request, item_id=case.judged.item_id, known=known)
        after = judge_task.read(case.how, part, answered)
        await asker.store(Entry(answered=answered, ended=judge_task.COUNTED_AS[after.status]))
        flip = judge_probe.flip(case.how, variant.attempt, case.before, after)
        if variant.attempt is None:
            control = flip
        else:
            attempts.append(flip)
    return Outcome(attempts, control)


def _kept(run: JobRun, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> Mapping[str, Any]:
    texts = {attempt.name: attempt.text for attempt in ATTEMPTS}
    flips = [flip for outcome in outcomes for flip in outcome.attempts]
    controls = [outcome.control for outcome in outcomes]
    happened = [flip for flip in flips if flip is not None]
    probe = Probe(
        attempts=len(flips),
        flips=len(happened),
        control_flips=sum(flip is not None for flip in controls),
        rate=judge_probe.flip_rate(flips) or 0.0,
        control_rate=judge_probe.flip_rate(controls) or 0.0,
        examples=tuple(
            ProbeExample(part=flip.part, text=texts[flip.attempt or ""], before=flip.before, after=flip.after)
            for flip in happened[:MOST_EXAMPLES]
        ),
    )
    with run.commit() as session:
        row = session.get_one(JudgeRow, run.config["judge"])
        project = session.get_one(ProjectRow, run.project_id)
        judge_cards.store_probe(session, project, row, probe, now=run.clock())
    return {"answers": len(cases), "attempts": probe.attempts, "flips": probe.flips, "rate": probe.rate}
