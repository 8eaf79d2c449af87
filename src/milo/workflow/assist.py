"""Drafts on request: what the assistant is asked for an assignment, and what is kept of its reply.

One short transaction before the first token and one after the last; between them no session is open.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import orjson
from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from milo.core.answer import Answers, is_asked
from milo.core.assistant_policy import AssistantPolicy, drafted
from milo.core.draft import Draft
from milo.core.errors import Conflict, Fault, Forbidden, InvalidInput
from milo.core.item import FieldValue
from milo.core.model_call import ModelReply, ModelRequest, messages_as_data
from milo.core.model_config import ModelConfig
from milo.core.questions import TextAnswer, TextQuestion
from milo.db.queries import drafts, model_calls, slots, task_drafts
from milo.db.queries import models as model_queries
from milo.db.queries.upsert import insert_into
from milo.db.tables import (
    AssignmentRow,
    AssistantRow,
    ItemPayloadRow,
    ModelDraftRow,
    ModelRow,
    ProjectRow,
)
from milo.roles import assistant
from milo.roles.assistant import Assisting
from milo.roles.assistant_reading import Read
from milo.workflow import examples, models, pictures, projects
from milo.workflow.asking import as_reply

ASSISTING: TypeAdapter[Assisting] = TypeAdapter(Assisting)

#: An annotator who asks for a draft holds an assignment in one of these states.
ASSISTED_STATES = ("leased", "open")
QUERY_MAX = 10_000
CHARACTERS_A_TOKEN = 4  # about, where nobody counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What is asked for an assignment, and of which model; nothing is stored yet."""

    assisting: Assisting
    schema_version: int
    query: str
    request: ModelRequest
    config: ModelConfig
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A draft whose row stands, and what is to be asked for it."""

    draft: Draft
    project_id: int
    item_id: int
    assignment_id: int
    request: ModelRequest
    config: ModelConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What came of a draft, and what it took."""

    read: Read
    reply: str  # as it came
    logprobs: list[list[list[str | float]]] | None  # of its tokens
    finish_reason: str | None  # None: the reply did not come to its end
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    first_token_ms: int | None
    generation_ms: int
    request_hash: str
    model_version: str
    is_from_storage: bool


class Named(Protocol):
    """A model as far as it is told from others."""

    version: str


def prepare(
    session: Session,
    project: ProjectRow,
    row: AssignmentRow,
    query: str,
    answers: Answers,
    *,
    secret: bytes,
    data_dir: Path,
) -> Prepared:
    """The filled prompt for an assignment; reads files, so it stands outside the write transaction.

    Raises `Conflict` where the project has no assistant or the assignment is not being answered, `Forbidden`
    for an item without it, `InvalidInput` for what is asked.
    """
    policy = projects.settings(project).assistant
    _check_state(row)
    model = assistant_model(session, policy)
    assisting = assisting_of(
        session, project, policy, model, schema=row.schema_version, guideline=row.guideline_version
    )
    if not is_asked(assisting.question, answers):
        raise Conflict(
            f"The question {assisting.question.title!r} is not asked with these answers; "
            "the assistant drafts its answer."
        )
    shown = examples.for_prompt(session, project.id, assisting.question.name, not_of_item=row.item_id)
    fields = session.get_one(ItemPayloadRow, row.item_id).fields
    asked = _asked(session, project, row, policy, query, answers, fields)
    images = pictures.of_item(data_dir, assistant.pictures_of(assisting), fields)
    return Prepared(
        assisting=assisting,
        schema_version=row.schema_version,
        query=asked,
        request=assistant.request(replace(assisting, examples=shown), asked, fields, images),
        config=models.config_of(model, secret),
        version=version_of(model, assisting),
    )


def begin(
    session: Session, project: ProjectRow, row: AssignmentRow, prepared: Prepared, *, now: datetime
) -> Begun:
    """The row of the next draft of an assignment; an earlier one that is still being written ends.

    Raises `Conflict` once there are as many drafts as the policy allows, or the money is spent.
    """
    slots.lock_annotator(session, project.id, row.annotator_id)
    _check_state(row)
    policy = prepared.assisting.policy
    number = drafts.last_number(session, row.id) + 1
    if number > policy.most_drafts:
        raise Conflict(
            f"There are {policy.most_drafts} drafts for this item already, as many as the project allows."
        )
    _check_cap(session, project, prepared.config)
    drafts.stop_unfinished(session, row.id, now=now)
    version = _stored_assistant(session, project.id, prepared, now=now)
    draft = ModelDraftRow(
        project_id=project.id,
        item_id=row.item_id,
        assignment_id=row.id,
        assistant_id=version.id,
        number=number,
        question=prepared.assisting.question.name,
        query=prepared.query,
        status="generating",
        text="",
        generation_ms=0,
        unsure=[],
        created_at=now,
    )
    session.add(draft)
    session.flush()
    return Begun(
        draft=_as_draft(session, draft),
        project_id=project.id,
        item_id=row.item_id,
        assignment_id=row.id,
        request=replace(prepared.request, sample=number),
        config=prepared.config,
    )


def stored_reply(session: Session, request_hash: str) -> ModelReply | None:
    """The reply that is there already for this request: it is not paid for again."""
    row = model_calls.answered(session, [request_hash]).get(request_hash)
    return None if row is None else as_reply(row)


def finish(session: Session, begun: Begun, written: Written, *, now: datetime) -> Draft:
    """The draft as it ended; a reply that came to its end is stored as a call."""
    row = session.get_one(ModelDraftRow, begun.draft.id)
    read = written.read
    # A later draft, or another server, may have ended it meanwhile: then what came is kept all the same.
    row.status = read.status if row.status == "generating" else "stopped"
    row.text, row.reason, row.is_cut = read.text, read.reason, read.is_cut
    row.probability = read.probability
    row.unsure = [asdict(passage) for passage in read.unsure]
    row.input_tokens, row.output_tokens = written.input_tokens, written.output_tokens
    row.first_token_ms, row.generation_ms = written.first_token_ms, written.generation_ms
    row.cost_usd = _cost_usd(begun, written)
    row.ended_at = now
    if written.finish_reason is not None:
        calls = model_calls.store(session, [_call(begun, written, row, now)])
        row.call_id = calls[written.request_hash]
    session.flush()
    return _as_draft(session, row)


def assisting_of(
    session: Session,
    project: ProjectRow,
    policy: AssistantPolicy,
    model: ModelRow,
    *,
    schema: int | None = None,
    guideline: int | None = None,
) -> Assisting:
    """How the project's assistant is asked, under the given versions or the newest; with all examples.

    Raises `Conflict` where no question is written.
    """
    schema = project.schema_version if schema is None else schema
    guideline = project.guideline_version if guideline is None else guideline
    question = drafted(policy, projects.questions(session, project.id, schema))
    if question is None:
        raise Conflict("There is no question here whose answer the assistant could draft.")
    blind = {"video"} if models.sees_images(model) else {"video", "image"}
    tested = model.capabilities or {}
    return Assisting(
        policy=policy,
        question=question,
        subject=tuple(
            field for field in projects.subject_fields(session, project.id, schema) if field.show not in blind
        ),
        sections=projects.guideline_sections(session, project.id, guideline),
        guideline_version=guideline,
        examples=examples.for_prompt(session, project.id, question.name, not_of_item=None),
        logprobs=bool(tested.get("logprobs", True)) if tested.get("reachable") else True,
    )


def assistant_model(session: Session, policy: AssistantPolicy) -> ModelRow:
    """The model the policy names; raises `Conflict` where there is none."""
    if policy.model is None:
        raise Conflict("This project has no assistant.")
    found = model_queries.by_name(session, policy.model)
    if found is None:
        raise Conflict(
            f"The project's assistant is {policy.model!r}, which is no model; its researcher can change that."
        )
    return found


def version_of(model: ModelRow, assisting: Assisting) -> str:
    """Twelve characters for all that decides a draft beside the item and what is asked."""
    content = [model.provider, model.base_url, model.model, dict(model.params)]
    data = orjson.dumps([*content, assistant.assistant_version(assisting)], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(data).hexdigest()[:12]


def _check_state(row: AssignmentRow) -> None:
    if row.state not in ASSISTED_STATES:
        raise Conflict(f"A draft is written while an item is answered; this assignment is {row.state!r}.")
    if row.assist_held_out:
        raise Forbidden("This item is answered without the assistant, so that both can be compared.")


def _check_cap(session: Session, project: ProjectRow, config: ModelConfig) -> None:
    cap = projects.settings(project).cost_cap_usd
    if cap is None:
        return
    spent = drafts.spent_usd(session, project.id)
    mean = model_calls.mean_cost_usd(session, config.id, role="assistant") or 0.0
    if spent + mean > cap or spent >= cap > 0:
        raise Conflict(
            f"The assistant has spent {spent:.2f} USD of the {cap:.2f} USD this project allows; "
            "write without it, or ask the researcher to raise the cap."
        )


def _asked(
    session: Session,
    project: ProjectRow,
    row: AssignmentRow,
    policy: AssistantPolicy,
    query: str,
    answers: Answers,
    fields: Mapping[str, FieldValue],
) -> str:
    """What is asked: the field of the item that holds it, else what the annotator wrote."""
    questions = projects.questions(session, project.id, row.schema_version)
    asking = next((one for one in questions if one.name == policy.query), None)
    if policy.query is not None and asking is None:
        given = fields.get(policy.query)
        text = given if isinstance(given, str) else "" if given is None else orjson.dumps(given).decode()
        if not text.strip():
            raise Conflict(f"This item holds nothing in its field {policy.query!r} that could be asked.")
        return text
    written = answers.get(policy.query) if policy.query is not None else None
    text = query if query.strip() or not isinstance(written, TextAnswer) else written.value
    text = text.replace("\x00", "")
    most = asking.max_length if isinstance(asking, TextQuestion) else QUERY_MAX
    if len(text) > most:
        fault = Fault("query", f"{len(text)} characters", f"at most {most}")
        raise InvalidInput(f"What is asked is too long: {fault}", (fault,))
    if asking is not None and not text.strip():
        fault = Fault("query", "no text", f"what {asking.title!r} asks for")
        raise InvalidInput(f"Write first what the assistant is to answer: {fault}", (fault,))
    return text


def _stored_assistant(
    session: Session, project_id: int, prepared: Prepared, *, now: datetime
) -> AssistantRow:
    """The row of this assistant version, made if it is new."""
    model_id, version = prepared.config.id, prepared.version
    found = drafts.assistant(session, project_id, model_id, version)
    if found is not None:
        return found
    values = {
        "project_id": project_id,
        "model_id": model_id,
        "version": version,
        "config": {
            "assisting": ASSISTING.dump_python(prepared.assisting, mode="json"),
            "schema_version": prepared.schema_version,
            "guideline_version": prepared.assisting.guideline_version,
            "model_name": prepared.config.name,
        },
        "created_at": now,
    }
    session.execute(insert_into(session, AssistantRow).values(**values).on_conflict_do_nothing())
    stored = drafts.assistant(session, project_id, model_id, version)
    assert stored is not None, "it was just stored"
    return stored


def _as_draft(session: Session, row: ModelDraftRow) -> Draft:
    version = session.get_one(AssistantRow, row.assistant_id)
    return task_drafts.as_draft(row, version.version, session.get_one(ModelRow, version.model_id), None)


def _cost_usd(begun: Begun, written: Written) -> float | None:
    """What the draft cost; of a reply that was left in its middle, about, by the prices that were set."""
    config = begun.config
    if written.is_from_storage or config.provider != "openai_compatible":
        return 0.0
    price_in, price_out = config.price_in_usd_per_million, config.price_out_usd_per_million
    has_no_price = price_in is None and price_out is None
    if written.cost_usd is not None or has_no_price or written.first_token_ms is None:
        return written.cost_usd
    asked = sum(len(message.text) for message in begun.request.messages)
    tokens_out = written.output_tokens or len(written.reply) // CHARACTERS_A_TOKEN
    return (asked / CHARACTERS_A_TOKEN * (price_in or 0.0) + tokens_out * (price_out or 0.0)) / 1e6


def _call(begun: Begun, written: Written, row: ModelDraftRow, now: datetime) -> dict[str, Any]:
    return {
        "request_hash": written.request_hash,
        "project_id": begun.project_id,
        "job_id": None,
        "item_id": begun.item_id,
        "role": "assistant",
        "model_id": begun.config.id,
        "model": written.model_version,
        "prompt_version_id": None,
        "messages": messages_as_data(begun.request.messages),
        "reply": written.reply.replace("\x00", ""),
        "top_logprobs": written.logprobs,
        "error": None,
        "finish_reason": written.finish_reason,
        "input_tokens": written.input_tokens,
        "output_tokens": written.output_tokens,
        "evaluated_tokens": None,
        "cost_usd": row.cost_usd,
        "latency_ms": float(written.generation_ms),
        "created_at": now,
    }
