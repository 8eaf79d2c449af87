"""Walking over the items of a job: several at a time, in order of id, and once more over what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from milo.db.queries import units
from milo.db.queries.units import Scope, Work
from milo.workflow.asking import Asker, NoReply
from milo.workflow.item_task import ItemTask
from milo.workflow.jobs import JobRun
from milo.workflow.prompt_versions import Plan

CHUNK = 100
#: Items whose prompts are built and looked up before a worker is free for them.
AHEAD = 16
GRACE_SECONDS = 4.0


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


class Walk:
    """Asks items, several at a time, and remembers what got no answer."""

    def __init__(self, run: JobRun, asker: Asker, plan: Plan, scope: Scope, concurrency: int) -> None:
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
        """Let several workers share the items, made ready ahead; the first error ends all of them."""
        ready: asyncio.Queue[ItemTask | None] = asyncio.Queue(maxsize=max(AHEAD, self._concurrency))

        async def feed() -> None:
            batch: list[ItemTask] = []
            try:
                async for work in works:
                    batch.append(ItemTask(self._run, self._asker, self.plan, work))
                    if len(batch) == AHEAD:
                        await self._make_ready(batch, ready)
                        batch = []
                await self._make_ready(batch, ready)
            except asyncio.CancelledError:
                while not ready.empty():  # nothing new begins
                    ready.get_nowait()
                raise
            finally:
                for _ in range(self._concurrency):  # tells each worker to go home
                    await ready.put(None)

        async def work_on() -> None:
            while (task := await ready.get()) is not None:
                self._run.check()
                try:
                    await task.do()
                except NoReply as failure:
                    walk.left[task.id] = str(failure)
                walk.active.discard(task.id)
                if is_keyset:
                    self._asker.position = walk.position

        await _together(self._asker, feed(), [work_on() for _ in range(self._concurrency)])

    async def _make_ready(self, batch: Sequence[ItemTask], ready: asyncio.Queue[ItemTask | None]) -> None:
        """Build the prompts of some items and look their replies up, all at once."""
        if not batch:
            return
        await asyncio.to_thread(_build, batch)
        known = await self._asker.stored([request for task in batch for request in task.requests()])
        for task in batch:
            task.known = known
            await ready.put(task)


def _build(batch: Sequence[ItemTask]) -> None:
    for task in batch:
        task.build()


async def _together(
    asker: Asker, feeder: Coroutine[Any, Any, None], workers: Sequence[Coroutine[Any, Any, None]]
) -> None:
    """Run the workers to their end. After an error or a cancel no call begins; those in flight may end."""
    feeding = asyncio.create_task(feeder)
    working = {asyncio.create_task(worker) for worker in workers}
    ending = asyncio.create_task(_until_ending(asker.run))
    try:
        error = await _first_error({feeding, *working}, ending)
        if error is not None:
            asker.end(error)
        if error is not None or ending.done():
            feeding.cancel()
            await asyncio.wait(working, timeout=GRACE_SECONDS)
    finally:
        tasks = [feeding, ending, *working]
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    asker.run.check()
    error = error or next((one for one in ended if isinstance(one, Exception)), None)
    if error is not None:
        raise error


async def _first_error(tasks: set[asyncio.Task[None]], ending: asyncio.Task[None]) -> Exception | None:
    """What the first task that fails raised; None when all ended well or the job is to end."""
    pending = tasks
    while pending and not ending.done():
        done, _ = await asyncio.wait({*pending, ending}, return_when=asyncio.FIRST_COMPLETED)
        for task in done - {ending}:
            error = task.exception()
            if isinstance(error, Exception):
                return error
        pending = {task for task in pending if not task.done()}
    return None


async def _until_ending(run: JobRun) -> None:
    while not (run.stop.is_set() or run.lost.is_set() or run.cancel.is_set()):  # noqa: ASYNC110  # set by threads
        await asyncio.sleep(0.1)
