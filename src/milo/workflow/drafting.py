"""One draft while it is written: a task that reads the model's stream, and those who watch it."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import structlog

from milo.core.draft import Draft
from milo.core.errors import MiloError, ModelFailure
from milo.core.model_call import Model, ModelReply, Piece, pieces_of_reply
from milo.roles.assistant_reading import Read, Reading
from milo.workflow.assist import Begun, Written

#: A server that asks for more patience than this is not asked again by itself: the person decides.
LONGEST_WAIT_SECONDS = 2.0
FIRST_WAIT_SECONDS = 0.3
#: A draft that takes longer ends; no annotator waits so long.
LONGEST_SECONDS = 600.0

log = structlog.get_logger()

Say = Callable[[str | None], None]
#: The draft as it was stored, from what came.
Store = Callable[[Written], Awaitable[Draft]]


class Source(Protocol):
    """Where a draft comes from."""

    #: The reply that is there already.
    stored: ModelReply | None
    request_hash: str
    model_version: str

    def open(self, say: Say) -> AbstractAsyncContextManager[Model]:
        """The model, ready to be asked; says in words what it waits for."""
        ...

    async def is_elsewhere_now(self) -> bool:
        """Whether a model that could not be reached may be found at another address."""
        ...


class Drafting:
    """Asks, reads, stores. It goes on by itself until the reply ends, or until it is stopped.

    Use it from one event loop: `start`, then `news` until `outcome` is there.
    """

    def __init__(self, begun: Begun, source: Source, store: Store) -> None:
        self.begun = begun
        self.outcome: Draft | None = None
        self.waits_for: str | None = None  # in words
        self._source, self._store = source, store
        self._reading = Reading(begun.request.max_tokens)
        self._raw: list[Piece] = []
        self._new: list[tuple[str, float | None]] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._is_asking = False
        self._is_stopped = False
        self._asked_at = time.perf_counter()
        self._first_at: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether it ended, stored or not."""
        return self._task is not None and self._task.done()

    def start(self) -> None:
        """Begin to ask."""
        self._task = asyncio.create_task(self._run(), name=f"draft-{self.begun.draft.id}")
        self._task.add_done_callback(lambda _: self._wake.set())

    def stop(self) -> None:
        """End the model's work now; what came is kept."""
        self._is_stopped = True
        if self._task is not None and self._is_asking:
            self._task.cancel()

    async def wait(self) -> None:
        """Return once the draft has ended and is stored; at once where it has not begun."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def news(self, patience_seconds: float) -> list[tuple[str, float | None]]:
        """The text that came since the last call, with probabilities; nothing when time is over first.

        Empty as well when there is something else to tell: `waits_for`, or the `outcome`.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_seconds):
                await self._wake.wait()
        self._wake.clear()
        found, self._new = self._new, []
        return found

    async def _run(self) -> None:
        self._is_asking = not self._is_stopped
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                if self._is_asking:
                    await self._ask_patiently()
            read = self._reading.broken("stopped", None) if self._is_stopped else self._reading.ended()
        except asyncio.CancelledError:
            read = self._reading.broken("stopped", None)
        except TimeoutError:
            read = self._failed(f"The model took longer than {LONGEST_SECONDS / 60:.0f} minutes.")
        except ModelFailure as failure:
            read = self._failed(f"{str(failure).rstrip('.')}. {_advice(failure)}")
        except MiloError as error:
            read = self._failed(str(error))
        except Exception as error:  # here a draft ends: the cause is written down
            log.error("draft_failed", draft=self.begun.draft.id, exc_info=error)
            read = self._failed(f"Unexpected {type(error).__name__}: {error}")
        self._is_asking = False
        try:
            self.outcome = await self._store(self._written(read))
        except Exception as error:
            log.error("draft_not_stored", draft=self.begun.draft.id, exc_info=error)

    def _failed(self, reason: str) -> Read:
        return self._reading.broken("failed", reason)

    async def _ask_patiently(self) -> None:
        """Ask, and once more where nothing had come and a moment's patience, or another address, may help."""
        try:
            await self._ask()
        except ModelFailure as failure:
            wait = FIRST_WAIT_SECONDS if failure.retry_after is None else failure.retry_after
            if self._raw:
                raise
            if not await self._source.is_elsewhere_now():
                if not failure.transient or wait > LONGEST_WAIT_SECONDS:
                    raise
                await asyncio.sleep(wait)
            await self._ask()

    async def _ask(self) -> None:
        async with contextlib.aclosing(self._pieces()) as pieces:
            async for piece in pieces:
                self._raw.append(piece)
                text = self._reading.take(piece)
                if text:
                    self._first_at = self._first_at or time.perf_counter()
                    self._new.append((text, piece.probability))
                    self._wake.set()
                if self._reading.is_endless:
                    return

    async def _pieces(self) -> AsyncGenerator[Piece, None]:
        if self._source.stored is not None:
            self._asked_at = time.perf_counter()
            for piece in pieces_of_reply(self._source.stored):
                yield piece
            return
        async with self._source.open(self._say) as model:
            self._say(None)
            self._asked_at = time.perf_counter()
            async with contextlib.aclosing(model.stream(self.begun.request)) as pieces:
                async for piece in pieces:
                    yield piece

    def _say(self, what: str | None) -> None:
        if what != self.waits_for:
            self.waits_for = what
            self._wake.set()

    def _written(self, read: Read) -> Written:
        last = self._raw[-1] if self._raw and self._raw[-1].finish_reason else Piece("")
        ended_at = time.perf_counter()
        texts = [piece for piece in self._raw if piece.text]
        is_counted = bool(texts) and all(piece.probability is not None for piece in texts)
        tokens = last.output_tokens if last.output_tokens is not None else len(texts) if is_counted else None
        return Written(
            read=read,
            reply="".join(piece.text for piece in texts),
            logprobs=[[[piece.text, _log(piece.probability)]] for piece in texts] if is_counted else None,
            finish_reason=last.finish_reason,
            input_tokens=last.input_tokens,
            output_tokens=tokens,
            cost_usd=last.cost_usd,
            first_token_ms=None if self._first_at is None else _ms(self._first_at - self._asked_at),
            generation_ms=_ms(ended_at - self._asked_at),
            request_hash=self._source.request_hash,
            model_version=self._source.model_version,
            is_from_storage=self._source.stored is not None,
        )


def _advice(failure: ModelFailure) -> str:
    if not failure.transient:
        return "Trying again will not help."
    if failure.retry_after is None or failure.retry_after < 1:
        return "Try again in a moment."
    return f"Try again in {math.ceil(failure.retry_after)} s."


def _log(probability: float | None) -> float:
    return math.log(max(probability or 0.0, 1e-9))


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
