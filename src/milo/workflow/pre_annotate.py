"""Pre-annotation: a job is the set of units without a result (contracts 8).

Items are passed once in order of their ids, several at a time; the calls of one item come one after the
other, so that the endpoint can reuse their common beginning. A sweep then asks what is still missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from milo.core.errors import Fault, InvalidInput, MiloError
from milo.core.model_config import ModelConfig
from milo.core.person import Person
from milo.core.strict import INPUT, Flag, Whole
from milo.db.queries import model_calls, units
from milo.db.queries.units import Scope
from milo.db.tables import JobRow, ModelRow, ProjectRow, PromptVersionRow
from milo.roles import pre_annotator
from milo.roles.confidence import ENOUGH_GOLD
from milo.workflow import jobs, measuring, models, prompt_versions, suggesting
from milo.workflow.asking import Asker
from milo.workflow.item_task import Items
from milo.workflow.jobs import JobRun
from milo.workflow.prompt_versions import PromptOptions
from milo.workflow.walk import Walk

DEFAULT_CONCURRENCY = 8
MOST_GOLD_FIRST = 200
CHARACTERS_A_TOKEN = 4  # a rough mean over languages, for forecasts alone


@dataclass(frozen=True, slots=True, kw_only=True)
class PreAnnotation(PromptOptions):
    """A run over the items of a project."""

    __pydantic_config__ = INPUT

    states: tuple[str, ...] = ()  # item states; empty: all
    items: tuple[Whole, ...] | None = None  # these alone
    limit: Whole | None = None  # the first so many
    concurrency: Whole | None = None  # calls in flight; None: 8, or the slots of the embedded engine
    cost_cap_usd: float | None = None  # None: the project's
    retry_failed: Flag = False  # ask again what failed for good before


def enqueue(
    session: Session, project: ProjectRow, wanted: PreAnnotation, *, by: Person | None, now: datetime
) -> JobRow:
    """A queued run, checked; refused when its estimated cost exceeds the cap."""
    model = models.find(session, wanted.model)
    prompt_versions.check(session, project, wanted)
    _check_ranges(wanted)
    cap = wanted.cost_cap_usd
    if cap is None:
        cap = prompt_versions.drafted(session, project, wanted).settings.cost_cap_usd
    scope = _scope(session, project.id, wanted)
    estimate = estimated_cost_usd(session, project, model, wanted, units.count_items(session, scope))
    if cap is not None and estimate is not None and estimate > cap:
        fault = Fault(
            "cost_cap_usd", f"{cap:.2f}", f"at least the estimate of {estimate:.2f} USD, or fewer items"
        )
        raise InvalidInput(f"The run would cost about {estimate:.2f} USD; the cap is {cap:.2f}.", (fault,))
    config = asdict(wanted) | {"cost_cap_usd": cap, "up_to": scope.up_to, "estimate_usd": estimate}
    return jobs.enqueue(
        session,
        project.id,
        "preannotate",
        config,
        now=now,
        by=by.id if by else None,
        lane=models.lane_of(model),
    )


def run(run: JobRun) -> dict[str, Any]:
    """Do the job to its end: probe, gold first where it calibrates, one pass, one sweep, measure."""
    return asyncio.run(_run(run))


def estimated_cost_usd(
    session: Session, project: ProjectRow, model: ModelRow, options: PromptOptions, items: int
) -> float | None:
    """What asking so many items will cost: by what earlier calls of the model cost, else by the prices set.

    None where neither is known.
    """
    plan = prompt_versions.drafted(session, project, options)
    calls = items * plan.units_an_item
    mean = model_calls.mean_cost_usd(session, model.id)
    if mean is not None:
        return mean * calls
    if model.price_in_usd_per_million is None and model.price_out_usd_per_million is None:
        return None
    tokens_in, tokens_out = _tokens_an_item(session, project, plan)
    price_in, price_out = model.price_in_usd_per_million or 0.0, model.price_out_usd_per_million or 0.0
    return items * (tokens_in * price_in + tokens_out * price_out) / 1e6


async def _run(run: JobRun) -> dict[str, Any]:
    project, config, row, wanted = await asyncio.to_thread(_opened, run)
    async with Asker.opened(run, config, spent_usd=row.cost_usd, cost_cap_usd=wanted.cost_cap_usd) as asker:
        plan = await _planned(run, asker, project, wanted)
        asker.prompt_version_id = plan.id
        source = Items(run, asker, plan, _stored_scope(run, wanted))
        walk = Walk(run, asker, source, wanted.concurrency or concurrency_of(config))
        if plan.prompting.confidence == "gold":
            plan = source.plan = await _gold_first(run, walk, source)
        await walk.keyset_pass(after=row.position)
        left = await walk.sweep()
    measured = await asyncio.to_thread(measuring.measure, run, project.id, plan)
    if left:
        raise MiloError(
            f"{len(left)} item(s) got no answer; the last reason: {next(reversed(left.values()))}. "
            "Resume the job to ask them again; nothing that was answered is asked again."
        )
    return {"prompt_version": plan.version, "measured": measured, "confidence": plan.prompting.confidence}


def _opened(run: JobRun) -> tuple[ProjectRow, ModelConfig, JobRow, PreAnnotation]:
    with run.database.read() as session:
        job = session.get_one(JobRow, run.id)
        project = session.get_one(ProjectRow, run.project_id)
        wanted = _wanted(run)
        config = models.config_of(models.find(session, wanted.model), run.secret)
        return project, config, job, wanted


def _wanted(run: JobRun) -> PreAnnotation:
    names = PreAnnotation.__dataclass_fields__
    return PreAnnotation(**{name: value for name, value in run.config.items() if name in names})


async def _planned(
    run: JobRun, asker: Asker, project: ProjectRow, wanted: PreAnnotation
) -> prompt_versions.Plan:
    """The plan this job began with, or a new one, probed and stored, with the number of units to ask."""
    begun = run.config.get("prompt_version_id")
    if begun is not None:
        return await asyncio.to_thread(_stored_plan, run, project, begun)
    drafted, gold_items = await asyncio.to_thread(_drafted, run, project, wanted)
    plan, _ = await prompt_versions.probed(asker, drafted, wanted, gold_items=gold_items)
    return await asyncio.to_thread(_begin, run, project, asker.config, wanted, plan)


def _drafted(run: JobRun, project: ProjectRow, wanted: PreAnnotation) -> tuple[prompt_versions.Plan, int]:
    with run.database.read() as session:
        everything = Scope(project_id=project.id)
        gold = units.first_ids(session, everything, MOST_GOLD_FIRST, only_gold=True)
        return prompt_versions.drafted(session, project, wanted), len(gold)


def _stored_plan(run: JobRun, project: ProjectRow, id: int) -> prompt_versions.Plan:
    with run.database.read() as session:
        return prompt_versions.of_row(session, project, session.get_one(PromptVersionRow, id))


def _begin(
    run: JobRun,
    project: ProjectRow,
    config: ModelConfig,
    wanted: PreAnnotation,
    plan: prompt_versions.Plan,
) -> prompt_versions.Plan:
    with run.commit() as session:
        row = prompt_versions.stored(session, project, config, plan, now=run.clock())
        if wanted.retry_failed:
            units.forget_failed(session, row.id)
        scope = _stored_scope(run, wanted)
        job = session.get_one(JobRow, run.id)
        job.total = units.count_missing(session, scope, row.id, each=plan.units_an_item)
        job.config = run.config = {**run.config, "prompt_version_id": row.id}
        return prompt_versions.of_row(session, project, row)


async def _gold_first(run: JobRun, walk: Walk, source: Items) -> prompt_versions.Plan:
    """Ask the items with known answers, fit the corrections to them, and store these for good."""
    everything = Scope(project_id=run.project_id)
    with run.database.read() as session:
        row = session.get_one(PromptVersionRow, source.plan.id)
        if row.config.get("is_fitted"):
            return source.plan
        ids = units.first_ids(session, everything, MOST_GOLD_FIRST, only_gold=True)
    plan = source.plan
    source.plan = replace(plan, explain=False)  # reasons are asked for what stands after the fit
    await walk.these(ids)
    return await asyncio.to_thread(_fitted, run, plan, ids)


def _fitted(run: JobRun, plan: prompt_versions.Plan, ids: Sequence[int]) -> prompt_versions.Plan:
    with run.commit() as session:
        works = units.load(session, ids, plan.id)
        pairs = [(work.gold, list(suggesting.stored_results(work).values())) for work in works]
        plan = replace(plan, corrections=prompt_versions.calibrated(plan, pairs))
        row = session.get_one(PromptVersionRow, plan.id)
        row.probes = prompt_versions.CORRECTIONS.dump_python(dict(plan.corrections), mode="json")
        row.config = {**row.config, "is_fitted": True}
        suggesting.rebuild(session, run.project_id, plan, works, now=run.clock())
        return plan


def _scope(session: Session, project_id: int, wanted: PreAnnotation) -> Scope:
    scope = Scope(project_id=project_id, states=wanted.states, ids=wanted.items)
    if wanted.limit is None:
        return scope
    first = units.first_ids(session, scope, wanted.limit)
    return replace(scope, up_to=first[-1] if first else 0)


def _stored_scope(run: JobRun, wanted: PreAnnotation) -> Scope:
    ids = None if wanted.items is None else tuple(wanted.items)
    return Scope(
        project_id=run.project_id, states=tuple(wanted.states), ids=ids, up_to=run.config.get("up_to")
    )


def concurrency_of(config: ModelConfig | ModelRow) -> int:
    """How many calls at a time: the embedded engine computes as many as it has slots."""
    return int(config.params.get("slots", 4)) if config.provider == "embedded" else DEFAULT_CONCURRENCY


def _check_ranges(wanted: PreAnnotation) -> None:
    faults = []
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


def _tokens_an_item(session: Session, project: ProjectRow, plan: prompt_versions.Plan) -> tuple[float, float]:
    """Tokens in and out an item takes, by the length of the prompts of the first 20 items."""
    ids = units.first_ids(session, Scope(project_id=project.id), 20)
    works = units.load(session, ids, None)
    if not works:
        return 0.0, 0.0
    characters = tokens_out = 0
    for work in works:
        without_images = replace(
            plan.prompting, subject=tuple(one for one in plan.prompting.subject if one.show != "image")
        )
        for question in plan.questions:
            for unit in plan.units(question):
                request = pre_annotator.request(without_images, question, unit, work.fields)
                characters += sum(len(message.text) for message in request.messages)
                tokens_out += request.max_tokens
    return characters / CHARACTERS_A_TOKEN / len(works), tokens_out / len(works)


__all__ = ["ENOUGH_GOLD", "PreAnnotation", "enqueue", "estimated_cost_usd", "run"]
