"""Pre-annotation: a job is the set of units without a result (contracts 8).

Items are passed once in order of their ids, several at a time; the calls of one item come one after the
other, so that the endpoint can reuse their common beginning. A sweep then asks what is still missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from milo.core.errors import Fault, InvalidInput, MiloError
from milo.core.model_config import ModelConfig
from milo.core.person import Person
from milo.core.questions import Question
from milo.core.strict import INPUT, Flag, Whole
from milo.core.suggestion import Suggestion
from milo.db.queries import model_calls, units
from milo.db.queries.units import Scope, Work
from milo.db.tables import JobRow, ModelRow, ProjectRow, PromptVersionRow
from milo.roles import explanation, pre_annotator
from milo.roles.confidence import ENOUGH_GOLD
from milo.roles.pre_annotator import UnitKey, UnitResult
from milo.workflow import jobs, measuring, models, pictures, prompt_versions, suggesting
from milo.workflow.asking import Answered, Asker, Entry, NoReply
from milo.workflow.jobs import JobRun
from milo.workflow.prompt_versions import PromptOptions

CHUNK = 100
DEFAULT_CONCURRENCY = 8
MOST_GOLD_FIRST = 200
GRACE_SECONDS = 4.0
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


@dataclass(slots=True)
class Pass:
    """Where a walk over the items stands."""

    last_fed: int
    active: set[int] = field(default_factory=set)
    left: dict[int, str] = field(default_factory=dict)  # item -> why it has no answer

    @property
    def position(self) -> int:
        """Every item up to here is dealt with."""
        return min(self.active) - 1 if self.active else self.last_fed


async def _run(run: JobRun) -> dict[str, Any]:
    project, config, row, wanted = await asyncio.to_thread(_opened, run)
    async with Asker.opened(run, config, spent_usd=row.cost_usd, cost_cap_usd=wanted.cost_cap_usd) as asker:
        plan = await _planned(run, asker, project, wanted)
        asker.prompt_version_id = plan.id
        walk = Walk(
            run, asker, plan, _stored_scope(run, wanted), wanted.concurrency or concurrency_of(config)
        )
        if plan.prompting.confidence == "gold":
            plan = walk.plan = await _gold_first(run, walk)
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


async def _gold_first(run: JobRun, walk: Walk) -> prompt_versions.Plan:
    """Ask the items with known answers, fit the corrections to them, and store these for good."""
    everything = Scope(project_id=run.project_id)
    with run.database.read() as session:
        row = session.get_one(PromptVersionRow, walk.plan.id)
        if row.config.get("is_fitted"):
            return walk.plan
        ids = units.first_ids(session, everything, MOST_GOLD_FIRST, only_gold=True)
    await walk.these(ids)
    return await asyncio.to_thread(_fitted, run, walk.plan, ids)


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


class Walk:
    """Asks items, several at a time, and remembers what got no answer."""

    def __init__(
        self, run: JobRun, asker: Asker, plan: prompt_versions.Plan, scope: Scope, concurrency: int
    ) -> None:
        self.plan = plan
        self._run, self._asker, self._scope, self._concurrency = run, asker, scope, concurrency

    async def keyset_pass(self, *, after: int) -> None:
        """Every item behind `after`, in order of id; the position goes into the job's row."""
        walk = Pass(after)
        await self._walk(walk, self._keyset(walk), is_keyset=True)

    async def sweep(self) -> dict[int, str]:
        """Every item that misses a result; those that still do, with the reason."""
        walk = Pass(0)
        await self._walk(walk, self._unfinished(walk), is_keyset=False)
        return walk.left

    async def these(self, ids: Sequence[int]) -> None:
        """These items."""
        walk = Pass(0)
        await self._walk(walk, self._chunk(walk, ids), is_keyset=False)

    async def _keyset(self, walk: Pass) -> AsyncIterator[Work]:
        while ids := await self._read(units.next_items, self._scope, after=walk.last_fed, limit=CHUNK):
            async for work in self._chunk(walk, ids):
                yield work

    async def _unfinished(self, walk: Pass) -> AsyncIterator[Work]:
        settings = {"each": self.plan.units_an_item, "limit": CHUNK}
        while ids := await self._read(
            units.next_unfinished, self._scope, self.plan.id, after=walk.last_fed, **settings
        ):
            async for work in self._chunk(walk, ids):
                yield work

    async def _chunk(self, walk: Pass, ids: Sequence[int]) -> AsyncIterator[Work]:
        for work in await self._read(units.load, ids, self.plan.id):
            walk.active.add(work.id)
            walk.last_fed = work.id
            yield work
        walk.last_fed = ids[-1] if ids else walk.last_fed

    async def _read(
        self, query: Any, *arguments: Any, **settings: Any
    ) -> Any:  # Any: whatever the query takes
        def read() -> Any:
            with self._run.database.read() as session:
                return query(session, *arguments, **settings)

        return await asyncio.to_thread(read)

    async def _walk(self, walk: Pass, works: AsyncIterator[Work], *, is_keyset: bool) -> None:
        """Let several workers share the items; the first error ends all of them."""
        one_at_a_time = asyncio.Lock()

        async def work_on() -> None:
            while True:
                self._run.check()
                async with one_at_a_time:
                    work = await anext(works, None)
                if work is None:
                    return
                await self._one(walk, work)
                walk.active.discard(work.id)
                if is_keyset:
                    self._asker.position = walk.position

        await _together(self._run, [work_on() for _ in range(self._concurrency)])

    async def _one(self, walk: Pass, work: Work) -> None:
        try:
            await ItemTask(self._run, self._asker, self.plan, work).do()
        except NoReply as failure:
            walk.left[work.id] = str(failure)


class ItemTask:
    """Asks what one item still misses, one call after the other."""

    def __init__(self, run: JobRun, asker: Asker, plan: prompt_versions.Plan, work: Work) -> None:
        self._run, self._asker, self._plan, self._work = run, asker, plan, work
        self._results = suggesting.stored_results(work)
        self._explained = {unit.question: unit for unit in work.units if unit.option == suggesting.WHY}
        self._images = pictures.of_item(run.data_dir, plan.prompting.subject, work.fields)

    async def do(self) -> None:
        """Ask, read and store each missing unit; the last one of a question brings its suggestion."""
        missing = {
            unit: (question, self._request(question, unit))
            for question in self._plan.questions
            for unit in self._plan.units(question)
            if unit not in self._results
        }
        known = await self._asker.stored([request for _, request in missing.values()]) if missing else {}
        for unit, (question, request) in missing.items():
            answered = await self._asker.ask(request, item_id=self._work.id, known=known)
            result = self._read(question, unit, answered)
            self._results[unit] = result
            await self._asker.store(
                Entry(answered=answered, unit=self._unit_row(result), suggestions=self._proposed(question))
            )
        if self._plan.explain:
            for question in self._plan.questions:
                if question.name not in self._explained:
                    await self._explain(question)

    def _request(self, question: Question, unit: UnitKey) -> Any:
        return pre_annotator.request(self._plan.prompting, question, unit, self._work.fields, self._images)

    def _read(self, question: Question, unit: UnitKey, answered: Answered) -> UnitResult:
        if answered.reply is None:
            return pre_annotator.failed(unit, answered.failure or "no reply")
        return pre_annotator.read(self._plan.prompting, question, unit, answered.reply)

    def _proposed(self, question: Question) -> list[dict[str, Any]]:
        """The question's suggestion once all of its units have a result."""
        results = [self._results.get(unit) for unit in self._plan.units(question)]
        complete = [result for result in results if result is not None]
        if len(complete) < len(results):
            return []
        return [self._suggestion_row(suggesting.suggested(self._plan, question, complete))]

    async def _explain(self, question: Question) -> None:
        results = [self._results[unit] for unit in self._plan.units(question)]
        proposed = suggesting.suggested(self._plan, question, results)
        unit = UnitKey(question=question.name, option=suggesting.WHY)
        if proposed.status != "ok":
            nothing = UnitResult(unit=unit, status="abstained", reason="there is no suggestion to explain")
            answered = Answered(hash="", reply=None, failure=None)
            await self._asker.store(Entry(answered=answered, unit=self._unit_row(nothing)))
            return
        request = explanation.explain_request(
            self._plan.prompting, question, proposed, self._work.fields, self._images
        )
        known = await self._asker.stored([request])
        answered = await self._asker.ask(request, item_id=self._work.id, known=known)
        result, explained = self._read_explanation(unit, proposed, answered)
        rows = [self._suggestion_row(replace(proposed, explanation=explained))] if explained else []
        await self._asker.store(Entry(answered=answered, unit=self._unit_row(result), suggestions=rows))

    def _read_explanation(
        self, unit: UnitKey, proposed: Suggestion, answered: Answered
    ) -> tuple[UnitResult, Any]:
        if answered.reply is None:
            return pre_annotator.failed(unit, answered.failure or "no reply"), None
        option = proposed.preselected[0] if proposed.preselected else None
        explained = explanation.read_explanation(
            self._plan.prompting, answered.reply, self._work.fields, option=option
        )
        if explained is None:
            return UnitResult(unit=unit, status="unreadable", reason="the explanation is empty"), None
        return UnitResult(unit=unit, status="ok", text=explained.text), explained

    def _unit_row(self, result: UnitResult) -> dict[str, Any]:
        return {
            "item_id": self._work.id,
            "prompt_version_id": self._plan.id,
            "question": result.unit.question,
            "option": result.unit.option or "",
            "sample": result.unit.sample,
            "item_revision": self._work.revision,
            "job_id": self._run.id,
            "status": result.status,
            "reason": result.reason,
            "result": {
                "distribution": dict(result.distribution),
                "text": result.text,
                "option_mass": result.option_mass,
                "ambiguous_mass": result.ambiguous_mass,
            },
        }

    def _suggestion_row(self, suggestion: Suggestion) -> dict[str, Any]:
        return suggesting.suggestion_row(
            suggestion, self._run.project_id, self._work.id, self._plan, now=self._run.clock()
        )


async def _together(run: JobRun, workers: Sequence[Any]) -> None:
    """Run coroutines side by side. The first error ends the others; a cancel lets calls in flight end."""
    tasks = [asyncio.create_task(worker) for worker in workers]
    watch = asyncio.create_task(_until_ending(run))
    try:
        while pending := [task for task in tasks if not task.done()]:
            done, _ = await asyncio.wait({*pending, watch}, return_when=asyncio.FIRST_COMPLETED)
            failed = next((t for t in done if t is not watch and t.exception() is not None), None)
            if failed is not None or watch in done:
                await asyncio.wait(pending, timeout=GRACE_SECONDS if watch.done() else 0)
                break
    finally:
        watch.cancel()
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    errors = [error for error in ended if isinstance(error, Exception)]
    if errors:
        raise errors[0]
    run.check()


async def _until_ending(run: JobRun) -> None:
    while not (run.stop.is_set() or run.lost.is_set() or run.cancel.is_set()):  # noqa: ASYNC110  # set by threads
        await asyncio.sleep(0.1)


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


def concurrency_of(config: ModelConfig) -> int:
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
