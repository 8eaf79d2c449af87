"""The prompt bench: ten items asked before a run, what it would cost, and which answers change."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from milo.core.errors import Fault, InvalidInput
from milo.core.model_call import messages_as_data
from milo.core.model_config import ModelConfig
from milo.core.person import Person
from milo.core.strict import INPUT, Whole
from milo.core.suggestion import Suggestion
from milo.db.queries import models as model_queries
from milo.db.queries import suggestions, units
from milo.db.queries.units import Scope, Work
from milo.db.tables import ItemRow, JobRow, ProjectRow
from milo.roles import pre_annotator
from milo.workflow import jobs, models, pictures, pre_annotate, projects, prompt_versions, suggesting
from milo.workflow.asking import Answered, Asker, Entry, NoReply
from milo.workflow.jobs import JobRun
from milo.workflow.prompt_versions import Plan, PromptOptions

ITEMS = 10
MOST_GOLD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchOptions(PromptOptions):
    """A try of a prompt on a few items."""

    __pydantic_config__ = INPUT

    items: tuple[Whole, ...] | None = None  # None: gold first, then a spread


@dataclass(slots=True)
class Seen:
    """What the calls of a bench took, stored ones too."""

    tokens: list[int] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    def add(self, answered: Answered) -> None:
        """Count a reply."""
        reply = answered.reply
        if reply is None:
            return
        self.tokens.append((reply.input_tokens or 0) + (reply.output_tokens or 0))
        self.latencies.append(reply.latency_ms)
        if reply.cost_usd is not None:
            self.costs.append(reply.cost_usd)


def enqueue(
    session: Session, project: ProjectRow, wanted: BenchOptions, *, by: Person | None, now: datetime
) -> JobRow:
    """A queued bench; refused without items."""
    model = models.find(session, wanted.model)
    prompt_versions.check(session, project, wanted)
    if wanted.items is not None and not 1 <= len(wanted.items) <= 50:
        fault = Fault("items", f"{len(wanted.items)} ids", "1 to 50 ids, or nothing for ten chosen by milo")
        raise InvalidInput(f"The bench cannot start: {fault}", (fault,))
    ids = chosen_items(session, project.id, wanted.items)
    if not ids:
        fault = Fault("items", "no item of this project", "at least one; import items first")
        raise InvalidInput(f"The bench cannot start: {fault}", (fault,))
    config = asdict(wanted) | {"items": ids}
    return jobs.enqueue(
        session,
        project.id,
        "bench",
        config,
        now=now,
        by=by.id if by else None,
        lane=f"bench:{models.lane_of(model)}" if model.provider != "embedded" else models.lane_of(model),
        total=len(ids),
    )


def chosen_items(session: Session, project_id: int, wanted: Sequence[int] | None) -> list[int]:
    """The wanted items that exist; else items with gold, then others spread over the project."""
    if wanted is not None:
        scope = Scope(project_id=project_id, ids=tuple(wanted))
        return units.first_ids(session, scope, len(wanted))
    scope = Scope(project_id=project_id)
    gold = units.first_ids(session, scope, ITEMS, only_gold=True)
    spread = [id for id in units.spread_ids(session, scope, ITEMS) if id not in gold]
    first = gold[: max(MOST_GOLD, ITEMS - len(spread))]
    return first + spread[: ITEMS - len(first)]


def run(run: JobRun) -> dict[str, Any]:
    """Ask the items and say what a run would do; every call is stored and reused by a later run."""
    return asyncio.run(_run(run))


async def _run(run: JobRun) -> dict[str, Any]:
    names = BenchOptions.__dataclass_fields__
    wanted = BenchOptions(**{name: value for name, value in run.config.items() if name in names})
    project, config, works, plan, gold_items = await asyncio.to_thread(_opened, run, wanted)
    seen = Seen()
    async with Asker.opened(run, config, role="bench") as asker:
        plan, _ = await prompt_versions.probed(asker, plan, wanted, gold_items=gold_items)
        plan = await asyncio.to_thread(_with_stored_corrections, run, plan, wanted.model)
        proposed = await _ask_items(run, asker, plan, works, seen, config)
    return await asyncio.to_thread(_result, run, project, plan, works, proposed, seen, config)


def _opened(run: JobRun, wanted: BenchOptions) -> tuple[ProjectRow, ModelConfig, list[Work], Plan, int]:
    with run.database.read() as session:
        project = session.get_one(ProjectRow, run.project_id)
        config = models.config_of(models.find(session, wanted.model), run.secret)
        gold = units.first_ids(session, Scope(project_id=project.id), 200, only_gold=True)
        works = units.load(session, list(wanted.items or ()), None)
        return project, config, works, prompt_versions.drafted(session, project, wanted), len(gold)


def _with_stored_corrections(run: JobRun, plan: Plan, model_id: int) -> Plan:
    """A run of the same prompt may have fitted its corrections to gold already."""
    with run.database.read() as session:
        row = model_queries.prompt_version(session, run.project_id, model_id, plan.version)
        if row is None:
            return plan
        return replace(plan, corrections=prompt_versions.CORRECTIONS.validate_python(row.probes))


async def _ask_items(
    run: JobRun, asker: Asker, plan: Plan, works: Sequence[Work], seen: Seen, config: ModelConfig
) -> dict[int, dict[str, Suggestion]]:
    places = asyncio.Semaphore(pre_annotate.concurrency_of(config))

    async def one(work: Work) -> dict[str, Suggestion]:
        async with places:
            run.check()
            proposed = await _ask_item(run, asker, plan, work, seen)
            asker.add_done(1)
            return proposed

    found = await asyncio.gather(*(one(work) for work in works))
    return {work.id: proposed for work, proposed in zip(works, found, strict=True)}


async def _ask_item(run: JobRun, asker: Asker, plan: Plan, work: Work, seen: Seen) -> dict[str, Suggestion]:
    images = pictures.of_item(run.data_dir, plan.prompting.subject, work.fields)
    proposed = {}
    for question in plan.questions:
        results = []
        for unit in plan.units(question):
            request = pre_annotator.request(plan.prompting, question, unit, work.fields, images)
            known = await asker.stored([request])
            try:
                answered = await asker.ask(request, item_id=work.id, known=known)
            except NoReply as failure:
                results.append(pre_annotator.failed(unit, str(failure)))
                continue
            await asker.store(Entry(answered=answered))
            seen.add(answered)
            if answered.reply is None:
                results.append(pre_annotator.failed(unit, answered.failure or "no reply"))
            else:
                results.append(pre_annotator.read(plan.prompting, question, unit, answered.reply))
        proposed[question.name] = suggesting.suggested(plan, question, results)
    return proposed


def _result(
    run: JobRun,
    project: ProjectRow,
    plan: Plan,
    works: Sequence[Work],
    proposed: Mapping[int, Mapping[str, Suggestion]],
    seen: Seen,
    config: ModelConfig,
) -> dict[str, Any]:
    with run.commit(done=len(works)) as session:
        earlier = previous_answers(session, run, [work.id for work in works])
        rows = {row.id: row for row in session.scalars(select(ItemRow).where(ItemRow.id.in_(list(proposed))))}
        items = units.count_items(session, Scope(project_id=project.id))
        questions = projects.questions(session, project.id, project.schema_version)
    asked = {question.name for question in plan.questions}
    return {
        "version": plan.version,
        "not_asked": {one.name: pre_annotator.NOT_ASKED for one in questions if one.name not in asked},
        "items": [
            _bench_item(run, plan, work, rows[work.id], proposed[work.id], earlier.get(work.id, {}))
            for work in works
        ],
        "forecast": forecast(seen, items * plan.units_an_item, pre_annotate.concurrency_of(config)),
    }


def forecast(seen: Seen, calls: int, concurrency: int) -> dict[str, Any]:
    """Calls, tokens, cost and time of a run, from the means of what was seen; None where nothing is known."""
    replies = len(seen.latencies)
    return {
        "calls": calls,
        "tokens": round(sum(seen.tokens) / replies * calls) if replies else None,
        "cost_usd": sum(seen.costs) / len(seen.costs) * calls if seen.costs else None,
        "seconds": sum(seen.latencies) / replies / 1000 * calls / concurrency if replies else None,
    }


def previous_answers(session: Session, run: JobRun, ids: Sequence[int]) -> dict[int, dict[str, list[str]]]:
    """What the project's bench before this one proposed, else what its newest run did."""
    found: dict[int, dict[str, list[str]]] = {}
    for version in reversed(suggestions.versions(session, run.project_id)):
        for (item, question), row in suggestions.of_items(session, version.id, ids).items():
            found.setdefault(item, {})[question] = _answer(row.status, row.distribution, row.preselected)
    before = session.scalar(
        select(JobRow)
        .where(
            JobRow.project_id == run.project_id,
            JobRow.kind == "bench",
            JobRow.state == "done",
            JobRow.id < run.id,
        )
        .order_by(JobRow.id.desc())
        .limit(1)
    )
    for item in (before.result or {}).get("items", []) if before is not None else []:
        for question, one in item["suggestions"].items():
            answer = _answer(one["status"], one["distribution"], one["preselected"])
            found.setdefault(item["item"]["id"], {})[question] = answer
    return found


def _bench_item(
    run: JobRun,
    plan: Plan,
    work: Work,
    row: ItemRow,
    proposed: Mapping[str, Suggestion],
    earlier: Mapping[str, list[str]],
) -> dict[str, Any]:
    now = {name: _answer(one.status, one.distribution, one.preselected) for name, one in proposed.items()}
    return {
        "item": {"id": work.id, "external_id": row.external_id, "excerpt": row.excerpt},
        "prompts": _prompts(run, plan, work),
        "suggestions": {
            name: asdict(one) | {"distribution": dict(one.distribution)} for name, one in proposed.items()
        },
        "gold": {
            question.name: _as_list(work.gold[question.name]["value"])
            for question in plan.questions
            if question.name in work.gold
        },
        "previous": dict(earlier),
        "flipped": [
            name for name, answer in now.items() if name in earlier and set(earlier[name]) != set(answer)
        ],
    }


def _prompts(run: JobRun, plan: Plan, work: Work) -> list[dict[str, Any]]:
    images = pictures.of_item(run.data_dir, plan.prompting.subject, work.fields)
    return [
        {
            "question": question.name,
            "option": unit.option,
            "messages": messages_as_data(
                pre_annotator.request(plan.prompting, question, unit, work.fields, images).messages
            ),
        }
        for question in plan.questions
        for unit in plan.units(question)
        if unit.sample == 0
    ]


def _answer(status: str, distribution: Mapping[str, float], preselected: Sequence[str]) -> list[str]:
    """What the model says: the preselected options, else its likeliest one."""
    if preselected or status != "ok" or not distribution:
        return list(preselected)
    return [max(distribution, key=lambda option: distribution[option])]


def _as_list(value: Any) -> list[str]:  # Any: the value of an answer of any kind
    return [value] if isinstance(value, str) else list(value)
