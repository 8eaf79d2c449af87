"""Asking a model on behalf of a job: stored replies first, retries, a cost cap, one writer."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from milo.core.errors import MiloError, ModelFailure
from milo.core.model_call import Model, ModelReply, ModelRequest, TokenLogprob, messages_as_data, request_hash
from milo.core.model_config import ModelConfig
from milo.db.queries import model_calls, suggestions, units
from milo.db.tables import JobRow, ModelCallRow
from milo.workflow.jobs import JobRun

#: Results wait at most this long for their commit. Their calls count as in flight until then, so a crash
#: loses at most as many replies as the job has calls in flight.
CADENCE_SECONDS = 0.01
SYNC_SECONDS = 1.0
TRIES = 6
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 120.0
#: So many calls in a row that fail, with none answered in between, end the job: the endpoint is down.
MOST_FAILURES_IN_A_ROW = 24


class NoReply(MiloError):
    """Transient failures to the end; the item is left for the sweep."""


class CostCapReached(MiloError):
    """The next call could exceed what the researcher allowed."""


class ModelDown(MiloError):
    """Nothing but failures: asking on makes no sense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A reply or a permanent failure, and the call to store; `call` is None where it is stored already."""

    hash: str
    reply: ModelReply | None
    failure: str | None
    call: Mapping[str, Any] | None = None
    call_id: int | None = None


#: Writes into the transaction that stores a call; gets the id of the call, None where there is none.
Then = Callable[[Session, int | None], None]


@dataclass(slots=True, kw_only=True)
class Entry:
    """What one answered call changes in the database, all of it in one transaction."""

    answered: Answered
    unit: dict[str, Any] | None = None
    suggestions: Sequence[Mapping[str, Any]] = ()
    ended: str | None = None  # how something that is no unit, yet counts as one, ended
    then: Then | None = None

    @property
    def status(self) -> str | None:
        """How what the job counts ended; None for a call that is none of it."""
        return self.unit["status"] if self.unit is not None else self.ended


@dataclass(slots=True)
class Progress:
    """What is done since the job was taken, and how fast."""

    ended_units: int = 0
    started: float = field(default_factory=time.monotonic)
    window: list[tuple[float, int]] = field(default_factory=list)

    def rate(self, units: int) -> float:
        """Units a second over the last half minute, these included."""
        now = time.monotonic()
        self.ended_units += units
        self.window.append((now, units))
        while self.window and now - self.window[0][0] > 30:
            self.window.pop(0)
        span = min(30.0, now - self.started)
        return sum(count for _, count in self.window) / max(span, 0.1)


class Asker:
    """Asks one model for one job. Use it inside `opened`, in one event loop."""

    def __init__(
        self,
        run: JobRun,
        model: Model,
        config: ModelConfig,
        *,
        role: str = "pre_annotator",
        prompt_version_id: int | None = None,
        spent_usd: float = 0.0,
        cost_cap_usd: float | None = None,
        tries: int = TRIES,
    ) -> None:
        self.run = run
        self.model = model
        self.config = config
        self.role = role
        self.prompt_version_id = prompt_version_id
        self.position: int | None = None  # written to the job with the next commit
        self._spent_usd, self._cap_usd, self._tries = spent_usd, cost_cap_usd, tries
        self._ended_by: Exception | None = None
        self._calls, self._calls_cost, self._in_flight = 0, 0.0, 0
        self._failures_in_a_row = 0
        self._pause_until = 0.0
        self._random = random.Random(run.id)
        self._progress = Progress()
        self._done = 0
        self._synced_at = 0.0
        self._waiting: list[tuple[Entry, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def opened(cls, run: JobRun, config: ModelConfig, **settings: Any) -> AsyncIterator[Asker]:
        """An asker whose writer runs; model and writer are closed at the end."""
        model = run.open_model(config)
        asker = cls(run, model, config, **settings)
        writer = asyncio.create_task(asker._write())
        try:
            yield asker
        finally:
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writer
            await model.close()

    def hash_of(self, request: ModelRequest) -> str:
        """The hash under which the reply to this request is stored."""
        return request_hash(model_identity(self.config, self.model), self.config.params, request)

    async def stored(self, requests: Sequence[ModelRequest]) -> dict[str, Answered]:
        """The replies that are there already, by request hash: these are never asked again."""
        hashes = [self.hash_of(request) for request in requests]
        return await asyncio.to_thread(self._stored, hashes)

    async def ask(
        self, request: ModelRequest, *, item_id: int | None, known: Mapping[str, Answered]
    ) -> Answered:
        """The stored reply, or a new one; a permanent failure is an answer too. Raises `NoReply`."""
        hash = self.hash_of(request)
        if hash in known:
            return known[hash]
        answered: ModelReply | str
        try:
            answered = await self._ask_patiently(request)
        except ModelFailure as failure:
            answered = str(failure)
        return self._as_call(hash, request, answered, item_id)

    async def store(self, entry: Entry) -> None:
        """Return when the entry is committed."""
        committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, committed))
        self._wake.set()
        await committed

    def end(self, error: Exception) -> None:
        """Let no new call begin; calls in flight end, since they are paid for."""
        self._ended_by = self._ended_by or error

    def add_done(self, units: int) -> None:
        """Count work that brings no unit, with the next commit."""
        self._done += units

    async def _ask_patiently(self, request: ModelRequest) -> ModelReply:
        """The reply, asked for again after transient failures; a permanent `ModelFailure` passes through."""
        for attempt in range(self._tries):
            await self._wait_for_pause()
            self._check_cap()
            self._in_flight += 1
            try:
                reply = await self.model.ask(request)
            except ModelFailure as failure:
                self._count_failure(failure)
                if not failure.transient:
                    raise
                last = failure
                await self._back_off(failure, attempt)
            else:
                self._count_reply(reply)
                return reply
            finally:
                self._in_flight -= 1
        raise NoReply(f"no reply after {self._tries} tries: {last}")

    async def _back_off(self, failure: ModelFailure, attempt: int) -> None:
        """Wait as long as the server asks for, and let all others wait too; else twice as long each time."""
        if failure.retry_after is not None:
            wait = min(failure.retry_after, LONGEST_WAIT_SECONDS)
            self._pause_until = max(self._pause_until, time.monotonic() + wait)
        wait = min(FIRST_WAIT_SECONDS * 2**attempt, LONGEST_WAIT_SECONDS) * self._random.uniform(0.5, 1.0)
        if failure.retry_after is None:
            await self.run.sleep(wait)

    async def _wait_for_pause(self) -> None:
        while (left := self._pause_until - time.monotonic()) > 0:
            self._check()
            await asyncio.sleep(min(left, 0.5))
        self._check()

    def _check(self) -> None:
        self.run.check()
        if self._ended_by is not None:
            raise self._ended_by

    def _check_cap(self) -> None:
        if self._cap_usd is None:
            return
        mean = self._calls_cost / self._calls if self._calls else 0.0
        expected = self._spent_usd + self._calls_cost + mean * (self._in_flight + 1)
        if expected > self._cap_usd:
            raise CostCapReached(
                f"Stopped before the cost cap of {self._cap_usd:.2f} USD: "
                f"{self._spent_usd + self._calls_cost:.4f} USD are spent. Raise the cap and resume to go on."
            )

    def _count_reply(self, reply: ModelReply) -> None:
        self._failures_in_a_row = 0
        self._calls += 1
        self._calls_cost += reply.cost_usd or 0.0

    def _count_failure(self, failure: ModelFailure) -> None:
        self._failures_in_a_row += 1
        if self._failures_in_a_row >= MOST_FAILURES_IN_A_ROW:
            raise ModelDown(
                f"{self._failures_in_a_row} calls in a row failed, the last one so: {failure}. "
                "When the model is well again, resume the job; nothing that was answered is asked again."
            ) from failure

    def _as_call(
        self, hash: str, request: ModelRequest, answered: ModelReply | str, item_id: int | None
    ) -> Answered:
        reply = answered if isinstance(answered, ModelReply) else None
        failure = answered if isinstance(answered, str) else None
        call = {
            "request_hash": hash,
            "project_id": self.run.project_id,
            "job_id": self.run.id,
            "item_id": item_id,
            "role": self.role,
            "model_id": self.config.id,
            "model": self.model.version,
            "prompt_version_id": self.prompt_version_id,
            "messages": messages_as_data(request.messages),
            "reply": reply.text if reply else None,
            "top_logprobs": _logprobs_as_data(reply) if reply else None,
            "error": failure,
            "finish_reason": reply.finish_reason if reply else None,
            "input_tokens": reply.input_tokens if reply else None,
            "output_tokens": reply.output_tokens if reply else None,
            "evaluated_tokens": reply.evaluated_tokens if reply else None,
            "cost_usd": reply.cost_usd if reply else None,
            "latency_ms": reply.latency_ms if reply else None,
            "created_at": self.run.clock(),
        }
        return Answered(hash=hash, reply=reply, failure=failure, call=call)

    def _stored(self, hashes: Sequence[str]) -> dict[str, Answered]:
        with self.run.database.read() as session:
            return {
                hash: Answered(hash=hash, reply=as_reply(row), failure=None, call_id=row.id)
                for hash, row in model_calls.answered(session, hashes).items()
            }

    async def _write(self) -> None:
        """The one writer: whatever waits goes into one short transaction, then those who wait go on."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(CADENCE_SECONDS)
            self._wake.clear()
            batch, self._waiting = self._waiting, []
            try:
                await asyncio.to_thread(self._commit, [entry for entry, _ in batch])
            except Exception as error:  # noqa: BLE001  # handed to everybody who waits for this commit
                for _, committed in batch:
                    if not committed.done():
                        committed.set_exception(error)
            else:
                for _, committed in batch:
                    if not committed.done():
                        committed.set_result(None)

    def _commit(self, batch: Sequence[Entry]) -> None:
        calls = [entry.answered.call for entry in batch if entry.answered.call is not None]
        with self.run.commit(is_synced=self._is_sync_due(), **self._job_changes(batch, calls)) as session:
            ids = model_calls.store(session, calls)
            for entry in batch:
                if entry.unit is not None:
                    answered = entry.answered
                    entry.unit["call_id"] = ids.get(answered.hash, answered.call_id)
            units.store(session, [entry.unit for entry in batch if entry.unit is not None])
            suggestions.store(session, [one for entry in batch for one in entry.suggestions])
            for entry in batch:
                if entry.then is not None:
                    entry.then(session, ids.get(entry.answered.hash, entry.answered.call_id))

    def _is_sync_due(self) -> bool:
        """Once a second: a power cut costs the replies of a second, and a commit no wait for the disk."""
        now = time.monotonic()
        is_due = now - self._synced_at >= SYNC_SECONDS
        if is_due:
            self._synced_at = now
        return is_due

    def _job_changes(self, batch: Sequence[Entry], calls: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        statuses = [entry.status for entry in batch if entry.status is not None]
        done, self._done = len(statuses) + self._done, 0
        changes: dict[str, Any] = {
            "done": JobRow.done + done,
            "rate_per_second": self._progress.rate(done),
        }
        for status in {"failed", "abstained", "unreadable"} & set(statuses):
            changes[status] = getattr(JobRow, status) + statuses.count(status)
        cost = sum(call["cost_usd"] or 0.0 for call in calls)
        if cost:
            changes["cost_usd"] = JobRow.cost_usd + cost
        if self.position is not None:
            changes["position"] = self.position
        return changes


def model_identity(config: ModelConfig, model: Model) -> str:
    """What tells this model from others of the same name elsewhere."""
    return identity_of(config, model.version)


def identity_of(config: ModelConfig, version: str) -> str:
    """The same of a model whose version is known, without opening it."""
    return f"{config.provider}:{config.base_url or ''}:{version}"


def as_reply(row: ModelCallRow) -> ModelReply:
    """A stored call as the reply it was."""
    listed = row.top_logprobs
    return ModelReply(
        text=row.reply or "",
        top_logprobs=None
        if listed is None
        else tuple(tuple(TokenLogprob(token, logprob) for token, logprob in one) for one in listed),
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        evaluated_tokens=row.evaluated_tokens,
        cost_usd=row.cost_usd,
        latency_ms=row.latency_ms or 0.0,
        finish_reason=row.finish_reason or "unknown",
        model=row.model,
    )


def _logprobs_as_data(reply: ModelReply) -> list[list[list[str | float]]] | None:
    if reply.top_logprobs is None:
        return None
    return [[[one.token, one.logprob] for one in candidates] for candidates in reply.top_logprobs]
