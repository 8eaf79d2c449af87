"""What judging would take, and the check an annotator asks for before sending an answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import anyio
from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter

from milo.core.feedback import Verdict
from milo.core.questions import Answer
from milo.core.strict import INPUT
from milo.db.tables import CheckRow
from milo.web.caller import Who
from milo.workflow import check, judge
from milo.workflow.check import CheckOutcome, Progress
from milo.workflow.judge import Estimate, JudgeRun

router = APIRouter(prefix="/api")

POLL_SECONDS = 0.2
HEARTBEAT_SECONDS = 10.0
LONGEST_SECONDS = 600.0

_VERDICT: TypeAdapter[Verdict] = TypeAdapter(Verdict)
_OUTCOME: TypeAdapter[CheckOutcome] = TypeAdapter(CheckOutcome)
_ANY: TypeAdapter[Any] = TypeAdapter(Any)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInput:
    """Answers as they would be sent."""

    __pydantic_config__ = INPUT

    answers: dict[str, Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCheck:
    """A check its annotator saw."""

    check: int
    shown_at: str  # ISO 8601


@router.post("/projects/{p}/judging/estimate")
def estimate_judging(p: str, who: Who, wanted: JudgeRun) -> Estimate:
    """How many answers and calls a run is about, and what it would take."""
    with who.read() as scope:
        return judge.estimate(scope.session, scope.project(p), wanted)


@router.post("/assignments/{a}/check", response_class=StreamingResponse)
async def check_answer(a: int, who: Who, wanted: CheckInput) -> StreamingResponse:
    """The judge's advice on answers that are not sent yet, as server-sent events.

    `started` {check}, `verdict` once a criterion or error, then `done` {scores, status, card} or `problem`
    {reason}. The check ends when nobody listens any more.
    """
    check_id = await run_in_threadpool(_start, a, who, wanted)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(who, check_id), media_type="text/event-stream", headers=headers)


@router.post("/checks/{c}/shown")
def note_shown(c: int, who: Who) -> ShownCheck:
    """Keep that the annotator saw what the judge said."""
    with who.write() as scope:
        row, _ = scope.find(CheckRow, c)
        seen = check.shown(row, by=scope.person, now=scope.now)
        return ShownCheck(check=row.id, shown_at=seen.isoformat())


def _start(a: int, who: Who, wanted: CheckInput) -> int:
    with who.write() as scope:
        row, project = scope.own_assignment(a)
        started = check.start(scope.session, project, row, wanted.answers, by=scope.person, now=scope.now)
        return started.id


async def _events(who: Who, check_id: int) -> AsyncIterator[bytes]:
    """The events of one check, from short looks into the database; the worker does the work."""
    clock = who.request.app.state.clock  # the request's own moment is long over

    def look(seen: int) -> Progress:
        with who.database.read() as session:
            return check.progress(session, check_id, seen=seen, now=clock())

    def leave() -> None:
        with who.database.write() as session:
            check.leave(session, check_id, now=clock())

    began = spoke_at = time.monotonic()
    seen = 0
    try:
        yield _event("started", _ANY.dump_json({"check": check_id}))
        while time.monotonic() - began < LONGEST_SECONDS:
            progress = await run_in_threadpool(look, seen)
            for verdict in progress.verdicts:
                yield _event("verdict", _VERDICT.dump_json(verdict))
            seen += len(progress.verdicts)
            if progress.outcome is not None:
                yield _event("done", _OUTCOME.dump_json(progress.outcome))
                return
            if progress.problem is not None:
                yield _event("problem", _ANY.dump_json({"reason": progress.problem}))
                return
            if progress.verdicts:
                spoke_at = time.monotonic()
            elif time.monotonic() - spoke_at > HEARTBEAT_SECONDS:
                spoke_at = time.monotonic()
                yield b": the judge is at work\n\n"
            await asyncio.sleep(POLL_SECONDS)
        reason = f"The judge took longer than {LONGEST_SECONDS:.0f} s; submit without the check."
        yield _event("problem", _ANY.dump_json({"reason": reason}))
    finally:
        with anyio.CancelScope(shield=True):  # also when the browser has gone
            await run_in_threadpool(leave)


def _event(name: str, data: bytes) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), data)
