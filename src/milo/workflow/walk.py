"""Walking over the rows of a job: several at a time, in order of id, and once more over what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy.orm import Session

from milo.core.model_call import ModelRequest
from milo.workflow.asking import Answered, Asker, NoReply
from milo.workflow.jobs import JobRun

CHUNK = 100
#: Tasks whose prompts are built and looked up before a worker is free for them.
AHEAD = 16
GRACE_SECONDS = 4.0


class Task(Protocol):
    """What a model is asked about one row, one call after the other."""

    id: int
    known: Mapping[str, Answered]  # stored replies by request hash

    def build(self) -> None:
        """Make the prompts; called in a thread."""
        ...

    def requests(self) -> Sequence[ModelRequest]:
        """What is to be asked, as far as it is known before the first reply."""
        ...

    async def do(self) -> None:
        """Ask and store; raises `NoReply` when it is to be asked again later."""
        ...


class Source(Protocol):
    """The rows a job is about, by ids that grow."""

    def next_ids(self, session: Session, *, after: int, limit: int) -> list[int]:
        """Ids behind `after`."""
        ...

    def unfinished_ids(self, session: Session, *, after: int, limit: int) -> list[int]:
        """Ids behind `after` of rows that miss a result."""
        ...

    def tasks(self, session: Session, ids: Sequence[int]) -> Sequence[Task]:
        """What is left to ask about these rows, in order of id."""
        ...


@dataclass(slots=True)
class Pass:
    """Where a walk stands."""

    last_fed: int
    active: set[int] = field(default_factory=set)
    left: dict[int, str] = field(default_factory=dict)  # row -> why it has no answer

    @property
    def position(self) -> int:
        """Every row up to here is dealt with."""
        return min(self.active) - 1 if self.active else self.last_fed


class Walk:
    """Asks about rows, several at a time, and remembers what got no answer."""

    def __init__(self, run: JobRun, asker: Asker, source: Source, concurrency: int) -> None:
        self._run, self._asker, self._source, self._concurrency = run, asker, source, concurrency

    async def keyset_pass(self, *, after: int) -> None:
        """Every row behind `after`, in order of id; the position goes into the job's row."""
        walk = Pass(after)
        await self._walk(walk, self._pages(walk, self._source.next_ids), is_keyset=True)

    async def sweep(self) -> dict[int, str]:
        """Every row that misses a result; those that still do, with the reason."""
        walk = Pass(0)
        await self._walk(walk, self._pages(walk, self._source.unfinished_ids), is_keyset=False)
        return walk.left

    async def these(self, ids: Sequence[int]) -> None:
        """These rows."""
        walk = Pass(0)
        await self._walk(walk, self._chunk(walk, ids), is_keyset=False)

    async def _pages(self, walk: Pass, query: Any) -> AsyncIterator[Task]:  # Any: one of the source's two
        while ids := await self._read(query, after=walk.last_fed, limit=CHUNK):
            async for task in self._chunk(walk, ids):
                yield task

    async def _chunk(self, walk: Pass, ids: Sequence[int]) -> AsyncIterator[Task]:
        for task in await self._read(self._source.tasks, ids):
            walk.active.add(task.id)
            walk.last_fed = task.id
            yield task
        walk.last_fed = ids[-1] if ids else walk.last_fed

    async def _read(
        self, query: Any, *arguments: Any, **settings: Any
    ) -> Any:  # Any: whatever the query takes
        def read() -> Any:
            with self._run.database.read() as session:
                return query(session, *arguments, **settings)

        return await asyncio.to_thread(read)

    async def _walk(self, walk: Pass, tasks: AsyncIterator[Task], *, is_keyset: bool) -> None:
        """Let several workers share the tasks, made ready ahead; the first error ends all of them."""
        ready: asyncio.Queue[Task | None] = asyncio.Queue(maxsize=max(AHEAD, self._concurrency))

        async def feed() -> None:
            batch: list[Task] = []
            try:
                async for task in tasks:
                    batch.append(task)
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

    async def _make_ready(self, batch: Sequence[Task], ready: asyncio.Queue[Task | None]) -> None:
        """Build the prompts of some tasks and look their replies up, all at once."""
        if not batch:
            return
        await asyncio.to_thread(_build, batch)
        known = await self._asker.stored([request for task in batch for request in task.requests()])
        for task in batch:
            task.known = known
            await ready.put(task)


def _build(batch: Sequence[Task]) -> None:
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
