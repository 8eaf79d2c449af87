"""Prompt versions: how a run asks, made from the project, probed at the model, stored."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from milo.core.errors import Fault, InvalidInput, ModelFailure
from milo.core.example import ShownExample
from milo.core.model_config import ModelConfig
from milo.core.project import Settings
from milo.core.questions import OptionQuestion
from milo.core.strict import INPUT, Flag, Whole
from milo.db import convert
from milo.db.queries import models as model_queries
from milo.db.tables import ProjectRow, PromptVersionRow
from milo.roles import pre_annotator
from milo.roles.confidence import ENOUGH_GOLD, UNCORRECTED, Correction, gold_correction, prior_correction
from milo.roles.pre_annotator import AskedQuestion, UnitKey, UnitResult
from milo.roles.prompting import ConfidenceMethod, Prompting, Style, messages_of, prompt_version
from milo.workflow import examples, models, projects
from milo.workflow.asking import Answered, Asker, Entry, model_identity

PROMPTING: TypeAdapter[Prompting] = TypeAdapter(Prompting)
CORRECTIONS: TypeAdapter[dict[str, Correction]] = TypeAdapter(dict[str, Correction])

#: Samples of a question where the endpoint gives no log-probabilities and the run names no number.
DEFAULT_SAMPLES = 5
SAMPLING_TEMPERATURE = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptOptions:
    """What a researcher chooses before a run."""

    __pydantic_config__ = INPUT

    model: Whole  # id of the model
    sections: tuple[str, ...] | None = None  # ids of guideline sections that are switched off
    templates: dict[str, str] | None = None  # own template texts by name
    style: Style = "question"
    explain: Flag = False
    samples: Whole | None = None  # None: one, or five where the endpoint gives no log-probabilities
    correct: Flag = True  # divide out the model's leaning, or calibrate on gold answers
    offer_not_sure: Flag = False
    examples: Flag = False  # whether the model is shown the project's examples before the item


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything a run needs beside the items."""

    prompting: Prompting
    questions: tuple[AskedQuestion, ...]
    settings: Settings
    explain: bool
    version: str
    is_tested: bool = False  # whether the model was tested, so that its log-probabilities need no probe
    id: int | None = None  # of the stored prompt version; None on the bench
    corrections: Mapping[str, Correction] = field(default_factory=dict)

    def units(self, question: AskedQuestion) -> list[UnitKey]:
        """The units of one question."""
        return pre_annotator.units_of(question, self.prompting.style, samples=self.prompting.samples)

    @property
    def units_an_item(self) -> int:
        """How many results each item needs, explanations included."""
        return sum(len(self.units(question)) + self.explain for question in self.questions)

    def is_calibrated(self, question: AskedQuestion) -> bool:
        """Whether all of the question's confidences were fitted to gold answers."""
        methods = {self.corrections.get(unit.target, UNCORRECTED).method for unit in self.units(question)}
        return methods == {"gold"}


def check(session: Session, project: ProjectRow, options: PromptOptions) -> None:
    """Raise `InvalidInput` for sections or templates that cannot be used."""
    prompting = _drafted(session, project, options)
    known = {section.id for section in prompting.sections}
    unknown = sorted(set(options.sections or ()) - known)
    if unknown:
        allowed = "ids of the guideline's sections: " + (", ".join(sorted(known)) or "there are none")
        raise InvalidInput(
            f"sections: there is no section {unknown[0]!r}", (Fault("sections", unknown[0], allowed),)
        )
    if options.samples is not None and not 1 <= options.samples <= 50:
        fault = Fault("samples", str(options.samples), "1 to 50")
        raise InvalidInput(f"The run cannot start: {fault}", (fault,))
    for name in options.templates or ():
        messages_of(prompting, name)
    if not pre_annotator.asked(projects.questions(session, project.id, project.schema_version)):
        fault = Fault("questions", "comparisons alone", "a question with options, a text or a turn")
        raise InvalidInput(f"A model has nothing to answer. {pre_annotator.NOT_ASKED}", (fault,))


async def probed(
    asker: Asker, session_plan: Plan, options: PromptOptions, *, gold_items: int
) -> tuple[Plan, dict[str, list[UnitResult]]]:
    """The plan after asking the content-free inputs, and what the model answered to them, by target.

    They tell whether the endpoint gives log-probabilities, whether the words of the options can be told
    apart by their first token, and what the model leans to. Stored calls are not asked again.
    """
    prompting = session_plan.prompting
    asked = [question for question in session_plan.questions if isinstance(question, OptionQuestion)]
    if not asked:
        return _versioned(session_plan, asker), {}
    is_known = session_plan.is_tested
    if not (prompting.logprobs if is_known else await _gives_logprobs(asker, prompting, asked[0])):
        samples = options.samples or DEFAULT_SAMPLES
        prompting = replace(
            prompting,
            logprobs=False,
            samples=samples,
            temperature=SAMPLING_TEMPERATURE if samples > 1 else 0.0,
            confidence="samples",
        )
        return _versioned(replace(session_plan, prompting=prompting), asker), {}
    if not options.correct:
        return _versioned(session_plan, asker), {}
    leanings: dict[str, list[UnitResult]] = {}
    for question in asked:
        found = await _leanings(asker, prompting, question)
        if pre_annotator.needs_keys(question, [result for results in found.values() for result in results]):
            prompting = replace(prompting, keys=prompting.keys | {question.name})
            found = await _leanings(asker, prompting, question)
        leanings |= found
    method: ConfidenceMethod = "gold" if gold_items >= ENOUGH_GOLD else "prior"
    plan = replace(session_plan, prompting=replace(prompting, confidence=method))
    return _versioned(replace(plan, corrections=_priors(leanings)), asker), leanings


def drafted(session: Session, project: ProjectRow, options: PromptOptions) -> Plan:
    """The plan as the project and the options say, before the model was probed."""
    tested = models.find(session, options.model).capabilities or {}
    is_tested = bool(tested.get("reachable"))
    prompting = _drafted(session, project, options)
    return Plan(
        prompting=replace(prompting, logprobs=bool(tested.get("logprobs"))) if is_tested else prompting,
        is_tested=is_tested,
        questions=pre_annotator.asked(projects.questions(session, project.id, project.schema_version)),
        settings=projects.settings(project),
        explain=options.explain,
        version="",
    )


def calibrated(
    plan: Plan, results: Iterable[tuple[Mapping[str, Any], Sequence[UnitResult]]]
) -> dict[str, Correction]:
    """Corrections fitted to gold: pairs of an item's known answers and its results.

    Where gold is too little for a target, its correction stays as it is.
    """
    seen: dict[str, list[tuple[Mapping[str, float], str]]] = {}
    names = {question.name for question in plan.questions if isinstance(question, OptionQuestion)}
    for gold, of_item in results:
        for result in of_item:
            unit = result.unit
            if unit.question not in names or unit.question not in gold or result.status != "ok":
                continue
            value = gold[unit.question]["value"]
            chosen = [value] if isinstance(value, str) else value
            yes_or_no = "yes" if unit.option in chosen else "no"
            right = chosen[0] if unit.option is None else yes_or_no
            if right in result.distribution:
                seen.setdefault(unit.target, []).append((result.distribution, right))
    fitted = dict(plan.corrections)
    for target, pairs in seen.items():
        start = fitted.get(target, UNCORRECTED)
        fitted[target] = gold_correction(
            [distribution for distribution, _ in pairs], [right for _, right in pairs], start=start
        )
    return fitted


def stored(
    session: Session, project: ProjectRow, model: ModelConfig, plan: Plan, *, now: datetime
) -> PromptVersionRow:
    """The row of this prompt version, made if it is new."""
    row = model_queries.prompt_version(session, project.id, model.id, plan.version)
    if row is None:
        row = PromptVersionRow(
            project_id=project.id,
            model_id=model.id,
            version=plan.version,
            config={
                "prompting": PROMPTING.dump_python(plan.prompting, mode="json"),
                "explain": plan.explain,
                "schema_version": project.schema_version,
                "guideline_version": plan.prompting.guideline_version,
                "model_name": model.name,
                "confidence": plan.prompting.confidence,
            },
            probes=CORRECTIONS.dump_python(dict(plan.corrections), mode="json"),
            measured=None,
            created_at=now,
        )
        session.add(row)
        session.flush()
    return row


def of_row(session: Session, project: ProjectRow, row: PromptVersionRow) -> Plan:
    """The plan of a stored prompt version, as a resumed job needs it."""
    return Plan(
        prompting=PROMPTING.validate_python(row.config["prompting"]),
        questions=pre_annotator.asked(projects.questions(session, project.id, row.config["schema_version"])),
        settings=projects.settings(project),
        explain=row.config["explain"],
        version=row.version,
        id=row.id,
        corrections=CORRECTIONS.validate_python(row.probes),
    )


def _drafted(session: Session, project: ProjectRow, options: PromptOptions) -> Prompting:
    samples = options.samples or 1
    subject = projects.subject_fields(session, project.id, project.schema_version)
    if not models.sees_images(models.find(session, options.model)):
        subject = tuple(field for field in subject if field.show != "image")
    subject = tuple(field for field in subject if field.show != "video")  # no model sees them
    return Prompting(
        subject=subject,
        sections=projects.guideline_sections(session, project.id, project.guideline_version),
        guideline_version=project.guideline_version,
        templates=dict(options.templates or {}),
        switched_off=frozenset(options.sections or ()),
        style=options.style,
        confidence="none",
        samples=samples,
        temperature=SAMPLING_TEMPERATURE if samples > 1 else 0.0,
        offer_not_sure=options.offer_not_sure,
        examples=_examples(session, project) if options.examples else (),
    )


def _examples(session: Session, project: ProjectRow) -> tuple[ShownExample, ...]:
    """The examples of every question, so that a version does not depend on the item."""
    questions = projects.questions(session, project.id, project.schema_version)
    return tuple(
        one
        for question in pre_annotator.asked(questions)
        for one in examples.for_prompt(session, project.id, question.name, not_of_item=None)
    )


def _versioned(plan: Plan, asker: Asker) -> Plan:
    content = [
        model_identity(asker.config, asker.model),
        dict(asker.config.params),
        prompt_version(plan.prompting),
        [_question_as_data(question) for question in plan.questions],
        plan.explain,
    ]
    digest = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return replace(plan, version=digest[:12])


def _question_as_data(question: AskedQuestion) -> dict[str, Any]:
    """What of a question a prompt holds, as plain data."""
    data: dict[str, Any] = convert.QUESTIONS.dump_python((question,), mode="json")[0]
    # What is not set stays out, so that versions outlive new settings of questions.
    return {name: value for name, value in data.items() if value is not None or name == "shown_if"}


async def _gives_logprobs(asker: Asker, prompting: Prompting, question: AskedQuestion) -> bool:
    unit = pre_annotator.units_of(question, prompting.style)[0]
    request = pre_annotator.prior_requests(prompting, question, unit)[0]
    known = await asker.stored([request])
    answered = await asker.ask(request, item_id=None, known=known)
    if answered.reply is None:
        # The first call of all: a wrong key or address is said at once, not once an item.
        raise ModelFailure(await asyncio.to_thread(_why_not, asker, prompting, answered), transient=False)
    await asker.store(Entry(answered=answered))
    return bool(answered.reply.top_logprobs)


def _why_not(asker: Asker, prompting: Prompting, answered: Answered) -> str:
    if asker.config.provider != "replay":
        return f"The model cannot be asked: {answered.failure}"
    with asker.run.database.read() as session:
        rows = model_queries.prompt_versions(session, asker.run.project_id, asker.config.id)
        versions = sorted({row.config.get("guideline_version", 1) for row in rows})
    held = f"for guideline {' and '.join(map(str, versions))} only" if versions else "for other prompts only"
    return (
        f"{asker.config.name} holds recorded replies {held}; none answers this prompt, made with guideline "
        f"{prompting.guideline_version}. Choose a model that can be asked."
    )


async def _leanings(
    asker: Asker, prompting: Prompting, question: AskedQuestion
) -> dict[str, list[UnitResult]]:
    found: dict[str, list[UnitResult]] = {}
    for unit in pre_annotator.units_of(question, prompting.style):
        requests = pre_annotator.prior_requests(prompting, question, unit)
        known = await asker.stored(requests)
        for request in requests:
            answered = await asker.ask(request, item_id=None, known=known)
            await asker.store(Entry(answered=answered))
            if answered.reply is not None:
                result = pre_annotator.read(prompting, question, unit, answered.reply)
                found.setdefault(unit.target, []).append(result)
    return found


def _priors(leanings: Mapping[str, Sequence[UnitResult]]) -> dict[str, Correction]:
    return {
        target: prior_correction([result.distribution for result in results if result.status == "ok"])
        for target, results in leanings.items()
    }
