"""What a model is asked about one item: its missing units, one call after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from milo.core.errors import MiloError
from milo.core.model_call import ImagePart, ModelRequest
from milo.core.suggestion import Explanation, Suggestion
from milo.db.queries import units
from milo.db.queries.units import Scope, Work
from milo.roles import explanation, pre_annotator
from milo.roles.pre_annotator import AskedQuestion, UnitKey, UnitResult
from milo.workflow import pictures, suggesting
from milo.workflow.asking import Answered, Asker, Entry
from milo.workflow.jobs import JobRun
from milo.workflow.prompt_versions import Plan


class ItemTask:
    """Asks what one item still misses, one call after the other."""

    def __init__(self, run: JobRun, asker: Asker, plan: Plan, work: Work) -> None:
        self._run, self._asker, self._plan, self._work = run, asker, plan, work
        self._results = suggesting.stored_results(work)
        self._explained = {unit.question: unit for unit in work.units if unit.option == suggesting.WHY}
        self._images: Mapping[str, ImagePart] = {}
        self._missing: dict[UnitKey, tuple[AskedQuestion, ModelRequest | None]] = {}
        self._fault = ""  # why no request can be built from the item
        self.id = work.id
        self.known: Mapping[str, Answered] = {}

    def build(self) -> None:
        """Build the requests of the missing units; an item that cannot be shown fails, not the job."""
        missing = [
            (question, unit)
            for question in self._plan.questions
            for unit in self._plan.units(question)
            if unit not in self._results
        ]
        try:
            self._images = pictures.of_item(
                self._run.data_dir, self._plan.prompting.subject, self._work.fields
            )
            self._missing = {unit: (question, self._request(question, unit)) for question, unit in missing}
        except MiloError as fault:
            self._fault = str(fault)
            self._missing = {unit: (question, None) for question, unit in missing}

    def requests(self) -> list[ModelRequest]:
        """What is to be asked, as far as it is known before the first reply."""
        return [request for _, request in self._missing.values() if request is not None]

    async def do(self) -> None:
        """Ask, read and store each missing unit; the last one of a question brings its suggestion."""
        for unit, (question, request) in self._missing.items():
            answered = Answered(hash="", reply=None, failure=self._fault)
            if request is not None:
                answered = await self._asker.ask(request, item_id=self._work.id, known=self.known)
            result = self._read(question, unit, answered)
            self._results[unit] = result
            await self._asker.store(
                Entry(answered=answered, unit=self._unit_row(result), suggestions=self._proposed(question))
            )
        if self._plan.explain:
            for question in self._plan.questions:
                if question.name not in self._explained:
                    await self._explain(question)

    def _request(self, question: AskedQuestion, unit: UnitKey) -> ModelRequest:
        return pre_annotator.request(self._plan.prompting, question, unit, self._work.fields, self._images)

    def _read(self, question: AskedQuestion, unit: UnitKey, answered: Answered) -> UnitResult:
        if answered.reply is None:
            return pre_annotator.failed(unit, answered.failure or "no reply")
        return pre_annotator.read(self._plan.prompting, question, unit, answered.reply)

    def _proposed(self, question: AskedQuestion) -> list[dict[str, Any]]:
        """The question's suggestion once all of its units have a result."""
        results = [self._results.get(unit) for unit in self._plan.units(question)]
        complete = [result for result in results if result is not None]
        if len(complete) < len(results):
            return []
        return [self._suggestion_row(suggesting.suggested(self._plan, question, complete))]

    async def _explain(self, question: AskedQuestion) -> None:
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
    ) -> tuple[UnitResult, Explanation | None]:
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


@dataclass(slots=True)
class Items:
    """The items of a run, as what is walked over; the plan may be replaced between two walks."""

    run: JobRun
    asker: Asker
    plan: Plan
    scope: Scope

    def next_ids(self, session: Session, *, after: int, limit: int) -> list[int]:
        """Items behind `after`."""
        return units.next_items(session, self.scope, after=after, limit=limit)

    def unfinished_ids(self, session: Session, *, after: int, limit: int) -> list[int]:
        """Items behind `after` that miss a result."""
        assert self.plan.id is not None, "a plan with results is stored"
        each = self.plan.units_an_item
        return units.next_unfinished(session, self.scope, self.plan.id, each=each, after=after, limit=limit)

    def tasks(self, session: Session, ids: Sequence[int]) -> list[ItemTask]:
        """What these items still miss."""
        works = units.load(session, ids, self.plan.id)
        return [ItemTask(self.run, self.asker, self.plan, work) for work in works]
