"""The assistant: a draft that is written while its annotator watches, and the drafts there are.

The model is asked by this process itself: a token that went through the database would come later, and 100
streams would write more than all annotators together. No session is open while a draft streams.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter

from milo.core.draft import Draft
from milo.core.model_call import request_hash
from milo.core.questions import Answer
from milo.core.strict import INPUT
from milo.db.queries import task_drafts
from milo.installation import secret_key
from milo.web.caller import Who
from milo.web.open_models import Direct, OfEngine
from milo.workflow import assist
from milo.workflow.asking import identity_of
from milo.workflow.assist import Begun, Written
from milo.workflow.drafting import Drafting, Source

router = APIRouter(prefix="/api")

HEARTBEAT_SECONDS = 10.0

_DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistInput:
    """What is asked of the assistant, and the answers as they stand."""

    __pydantic_config__ = INPUT

    query: str = ""
    answers: dict[str, Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """The drafts of an assignment, the latest last."""

    drafts: tuple[Draft, ...]


@router.post("/assignments/{a}/assist", response_class=StreamingResponse)
async def write_draft(a: int, who: Who, wanted: AssistInput) -> StreamingResponse:
    """A new draft as server-sent events, token by token.

    `started` {draft, number, model, version}, `waiting` {reason} while a model is loaded, null once it is,
    `piece` {text, p} once a token, then `done` with the draft or `problem` {reason, draft}. Closing the
    connection stops the model; what had come is kept.
    """
    app = who.request.app
    draftings = app.state.draftings
    await draftings.end(await run_in_threadpool(_own, a, who))
    begun, source = await run_in_threadpool(_begin, a, who, wanted)

    async def store(written: Written) -> Draft:
        def write() -> Draft:
            with who.database.write() as session:
                return assist.finish(session, begun, written, now=app.state.clock())

        try:
            return await run_in_threadpool(write)
        finally:
            draftings.forget(drafting)

    drafting = Drafting(begun, source, store)
    draftings.add(drafting)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(who.request, drafting), media_type="text/event-stream", headers=headers)


@router.get("/assignments/{a}/drafts")
def list_drafts(a: int, who: Who) -> Drafts:
    """The drafts of an assignment of one's own."""
    with who.read() as scope:
        row, _ = scope.own_assignment(a)
        found = task_drafts.for_tasks(scope.session, [row.id], now=scope.now)
        return Drafts(drafts=found.get(row.id, ()))


def _own(a: int, who: Who) -> int:
    """The assignment's number, once it is known to be the caller's."""
    with who.read() as scope:
        return scope.own_assignment(a)[0].id


def _begin(a: int, who: Who, wanted: AssistInput) -> tuple[Begun, Source]:
    """The draft's row, and where its text will come from."""
    state = who.request.app.state
    data_dir = state.config.data_dir
    secret = secret_key(data_dir)
    with who.read() as scope:
        row, project = scope.own_assignment(a)
        prepared = assist.prepare(
            scope.session, project, row, wanted.query, wanted.answers, secret=secret, data_dir=data_dir
        )
    version = state.open_models.version(prepared.config)
    with who.write() as scope:
        row, project = scope.own_assignment(a)
        begun = assist.begin(scope.session, project, row, prepared, now=scope.now)
    config = begun.config
    hash = request_hash(identity_of(config, version), config.params, begun.request)
    with who.database.read() as session:
        stored = assist.stored_reply(session, hash)
    known: dict[str, Any] = {"request_hash": hash, "model_version": version, "stored": stored}
    if config.provider != "embedded":
        return begun, Direct(models=state.open_models, config=config, **known)
    source = OfEngine(
        models=state.open_models,
        config=config,
        project_id=begun.project_id,
        database=who.database,
        secret=secret,
        clock=state.clock,
        **known,
    )
    return begun, source


async def _events(request: Request, drafting: Drafting) -> AsyncIterator[bytes]:
    """The draft as it comes. When nobody listens any more the model's work ends at once."""
    drafting.start()
    gone = asyncio.create_task(_disconnected(request))
    gone.add_done_callback(lambda _: drafting.stop())
    draft = drafting.begun.draft
    started = {
        "draft": draft.id,
        "number": draft.number,
        "model": draft.model.name,
        "version": draft.version,
    }
    said: str | None = None
    try:
        yield _event("started", orjson.dumps(started))
        while True:
            pieces = await drafting.news(HEARTBEAT_SECONDS)
            if drafting.waits_for != said:
                said = drafting.waits_for
                yield _event("waiting", orjson.dumps({"reason": said}))
            if pieces:
                yield b"".join(_piece(text, probability) for text, probability in pieces)
            elif drafting.outcome is not None:
                yield _ended(drafting.outcome)
                return
            elif drafting.is_over:
                reason = "The draft could not be kept; try again."
                yield _event("problem", orjson.dumps({"reason": reason, "draft": None}))
                return
            else:
                yield b": loading\n\n"
    finally:
        gone.cancel()
        drafting.stop()


def _ended(draft: Draft) -> bytes:
    data = _DRAFT.dump_json(draft)
    if draft.status != "failed":
        return _event("done", data)
    return _event("problem", b'{"reason":%s,"draft":%s}' % (orjson.dumps(draft.reason), data))


def _piece(text: str, probability: float | None) -> bytes:
    if probability is None:
        return _event("piece", orjson.dumps({"text": text}))
    return _event("piece", orjson.dumps({"text": text, "p": round(probability, 3)}))


async def _disconnected(request: Request) -> None:
    """Return once the browser has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _event(name: str, data: bytes) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), data)
