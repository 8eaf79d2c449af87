"""Judges: how one is asked, made from the project and the options, tried at the model, stored."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from milo.core.answer import Answers, is_asked
from milo.core.errors import Fault, InvalidInput, ModelFailure
from milo.core.feedback import RubricScore, Verdict, scored
from milo.core.model_config import ModelConfig
from milo.core.questions import (
    Answer,
    ChatAnswer,
    ChatQuestion,
    ChoiceAnswer,
    ChoiceQuestion,
    ChoicesAnswer,
    ChoicesQuestion,
    TextAnswer,
    TextQuestion,
)
from milo.core.review_policy import criteria_of
from milo.core.rubric import HARSHNESS, Rubric
from milo.core.strict import INPUT, Whole
from milo.db import convert
from milo.db.queries import verdicts as verdict_queries
from milo.db.queries.verdicts import Judged
from milo.db.tables import JudgeRow, ModelRow, ProjectRow
from milo.roles import judge as judge_role
from milo.roles.judging import Judging, judging_version, messages_of, parts_of
from milo.workflow import models, projects
from milo.workflow.asking import Asker, Entry, model_identity

JUDGING: TypeAdapter[Judging] = TypeAdapter(Judging)

SAMPLING_TEMPERATURE = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeOptions:
    """What a researcher chooses of a judge."""

    __pydantic_config__ = INPUT

    model: Whole  # id of the model
    sections: tuple[str, ...] | None = None  # ids of guideline sections that are switched off
    templates: dict[str, str] | None = None  # own texts of judge_grade and judge_error
    harshness: dict[str, Whole] | None = None  # by criterion or error, 1 to 5; else the rubric's
    samples: Whole | None = None  # verdicts asked of each part; None: one


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgePlan:
    """A judge ready for work: how it is asked, and about what."""

    judging: Judging
    parts: tuple[str, ...]  # the criteria and errors the policy asks a judge about
    schema_version: int
    is_tested: bool  # whether the model was tested, so that its log-probabilities are known
    version: str = ""
    id: int | None = None  # of the stored judge

    @property
    def calls_an_answer(self) -> int:
        """How many verdicts each answer needs."""
        return len(self.parts) * self.judging.samples


def check(session: Session, project: ProjectRow, options: JudgeOptions) -> None:
    """Raise `InvalidInput` where there is no rubric, or for options that cannot be used."""
    judge = drafted(session, project, options)
    if not judge.parts:
        fault = Fault(
            "rubrics", "none", "at least one, with a criterion or an error the judge is asked about"
        )
        raise InvalidInput(f"Nothing can be judged: {fault}", (fault,))
    faults = []
    known = [section.id for section in judge.judging.sections]
    for id in sorted(set(options.sections or ()) - set(known)):
        allowed = "ids of the guideline's sections: " + (", ".join(known) or "there are none")
        faults.append(Fault("sections", repr(id), allowed))
    names = [part.name for part in parts_of(judge.judging)]
    for name, harshness in (options.harshness or {}).items():
        if name not in names:
            faults.append(Fault("harshness", repr(name), "criteria and errors: " + ", ".join(names)))
        elif harshness not in HARSHNESS:
            faults.append(Fault(f"harshness.{name}", str(harshness), "1 (forgiving) to 5 (severe)"))
    if options.samples is not None and not 1 <= options.samples <= 25:
        faults.append(Fault("samples", str(options.samples), "1 to 25"))
    if faults:
        raise InvalidInput("The judge cannot start: " + "; ".join(map(str, faults)), tuple(faults))
    for name in options.templates or ():
        messages_of(judge.judging, name)


def drafted(session: Session, project: ProjectRow, options: JudgeOptions) -> JudgePlan:
    """The judge as project and options say, before its model was tried."""
    model = models.find(session, options.model)
    tested = model.capabilities or {}
    samples = options.samples or 1
    judging = Judging(
        description=project.description,
        subject=_shown_to(session, project, project.schema_version, model),
        questions=projects.questions(session, project.id, project.schema_version),
        rubrics=projects.rubrics(session, project.id, project.rubric_version),
        sections=projects.guideline_sections(session, project.id, project.guideline_version),
        guideline_version=project.guideline_version,
        rubric_version=project.rubric_version,
        switched_off=frozenset(options.sections or ()),
        templates=dict(options.templates or {}),
        harshness=dict(options.harshness or {}),
        logprobs=bool(tested.get("logprobs", True)) if tested.get("reachable") else True,
        samples=samples,
        temperature=SAMPLING_TEMPERATURE if samples > 1 else 0.0,
    )
    only = criteria_of(projects.settings(project).review, "judge")
    return JudgePlan(
        judging=judging,
        parts=tuple(part.name for part in parts_of(judging, only)),
        schema_version=project.schema_version,
        is_tested=bool(tested.get("reachable")),
    )


async def tried(asker: Asker, judge: JudgePlan) -> JudgePlan:
    """The judge with its version, after one call about nothing.

    The call says at once that a key or an address is wrong, not once an answer, and whether an untested
    endpoint gives log-probabilities. A stored one is not asked again.
    """
    secret = secret_of(asker.run.secret, {}, {})
    request = judge_role.request(judge.judging, judge.parts[0], {}, {}, secret=secret)
    known = await asker.stored([request])
    answered = await asker.ask(request, item_id=None, known=known)
    if answered.reply is None:
        raise ModelFailure(f"The model cannot be asked: {answered.failure}", transient=False)
    await asker.store(Entry(answered=answered))
    judging = judge.judging
    if not judge.is_tested and not answered.reply.top_logprobs:
        judging = replace(judging, logprobs=False)
    return versioned(replace(judge, judging=judging), asker)


def versioned(judge: JudgePlan, asker: Asker) -> JudgePlan:
    """The judge with the short hash of all that decides its verdicts, the model included."""
    model = [model_identity(asker.config, asker.model), dict(asker.config.params)]
    content = [*model, judging_version(judge.judging), judge.schema_version]
    digest = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return replace(judge, version=digest[:12])


def stored(
    session: Session, project: ProjectRow, model: ModelConfig, judge: JudgePlan, *, now: datetime
) -> JudgeRow:
    """The row of this judge, made if it is new; a new one binds nobody until its card meets the bar."""
    row = verdict_queries.judge(session, project.id, model.id, judge.version)
    if row is None:
        row = JudgeRow(
            project_id=project.id,
            model_id=model.id,
            version=judge.version,
            config={
                "judging": JUDGING.dump_python(judge.judging, mode="json"),
                "schema_version": judge.schema_version,
                "guideline_version": judge.judging.guideline_version,
                "model_name": model.name,
            },
            rubric_version=judge.judging.rubric_version,
            created_at=now,
        )
        session.add(row)
        session.flush()
    return row


def of_row(row: JudgeRow, parts: tuple[str, ...]) -> JudgePlan:
    """A stored judge, as a resumed job needs it, about these criteria and errors."""
    return JudgePlan(
        judging=JUDGING.validate_python(row.config["judging"]),
        parts=parts,
        schema_version=row.config["schema_version"],
        is_tested=True,
        version=row.version,
        id=row.id,
    )


def for_schema(
    session: Session, project: ProjectRow, model: ModelRow, judge: JudgePlan, version: int
) -> Judging:
    """How answers given under another schema version are judged: by the questions they were given to."""
    if version == judge.schema_version:
        return judge.judging
    return replace(
        judge.judging,
        subject=_shown_to(session, project, version, model),
        questions=projects.questions(session, project.id, version),
    )


def answers_of(how: Judging, judged: Judged) -> Answers:
    """The answers to judge; of a model's labels, what it would have answered."""
    if judged.prompt_version_id is None:
        return convert.answers_from(judged.answers)
    proposed = {row.question: row for row in judged.suggestions if row.status == "ok"}
    answers: dict[str, Answer] = {}
    for question in how.questions:
        row = proposed.get(question.name)
        if row is None or not is_asked(question, answers):
            continue
        match question:
            case ChoiceQuestion() if row.top_option is not None:
                answers[question.name] = ChoiceAnswer(value=row.top_option)
            case ChoicesQuestion() if row.preselected:
                answers[question.name] = ChoicesAnswer(value=tuple(row.preselected))
            case TextQuestion() if row.text:
                answers[question.name] = TextAnswer(value=row.text)
            case ChatQuestion() if row.text:
                answers[question.name] = ChatAnswer(value=row.text)
            case _:
                pass
    return answers


def secret_of(key: bytes, fields: Mapping[str, Any], answers: Mapping[str, Any]) -> str:
    """What the markers around this content are made from.

    It is bound to the content by the installation's key: nobody can know it beforehand, and whoever learns
    one has to change the content to use it. The same content has the same one, so its replies are found.
    """
    content = orjson.dumps([fields, answers], option=orjson.OPT_SORT_KEYS, default=str)
    return hmac.new(key, content, hashlib.sha256).hexdigest()


def scores_of(
    rubrics: Sequence[Rubric], verdicts: Sequence[Verdict], *, only: Collection[str] | None
) -> tuple[RubricScore, ...]:
    """The score by each rubric; a verdict that is none leaves its rubric without one."""
    findings = [verdict.finding for verdict in verdicts if verdict.status == "ok"]
    return scored(rubrics, findings, only=only)


def verdict_as_data(verdict: Verdict) -> dict[str, Any]:
    """A verdict as plain JSON data."""
    data: dict[str, Any] = convert.as_data(convert.VERDICTS, (verdict,))[0]
    return data


def verdict_from(data: Mapping[str, Any]) -> Verdict:
    """A stored verdict."""
    return convert.VERDICTS.validate_python([data])[0]


def _shown_to(session: Session, project: ProjectRow, version: int, model: ModelRow) -> tuple[Any, ...]:
    """The fields of the subject the model can read; no model sees videos."""
    blind = {"video"} if models.sees_images(model) else {"video", "image"}
    subject = projects.subject_fields(session, project.id, version)
    return tuple(field for field in subject if field.show not in blind)
