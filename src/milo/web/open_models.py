"""Models this server asks itself, kept open between requests, and where drafts come from."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime

from fastapi.concurrency import run_in_threadpool

from milo.core.model_call import Model, ModelReply
from milo.core.model_config import ModelConfig
from milo.db.session import Database
from milo.workflow import engine
from milo.workflow.drafting import Drafting, Say
from milo.workflow.engine import Address

LOOK_SECONDS = 0.2


@dataclass(slots=True, eq=False)
class _Open:
    model: Model
    users: int = 0
    is_replaced: bool = False


class OpenModels:
    """One open model for each configuration: making a client anew costs 30 ms of the event loop.

    A model belongs to one event loop; each has its own. One whose configuration changed is closed once the
    last stream of it has ended.
    """

    def __init__(self, open_model: Callable[[ModelConfig], Model]) -> None:
        self._open_model = open_model
        self._versions: dict[str, str] = {}
        self._models: dict[tuple[asyncio.AbstractEventLoop, int], tuple[str, _Open]] = {}

    def version(self, config: ModelConfig) -> str:
        """The version of the model; ask in a thread: opening it may read a recording or hash weights."""
        content = _content(config)
        if content not in self._versions:
            self._versions[content] = self._open_model(config).version
        return self._versions[content]

    @asynccontextmanager
    async def using(self, config: ModelConfig) -> AsyncIterator[Model]:
        """The open model of this configuration."""
        key = (asyncio.get_running_loop(), config.id)
        content = _content(config)
        kept, found = self._models.get(key, ("", None))
        if found is None or kept != content:
            replaced, found = found, _Open(self._open_model(config))
            self._models = {known: one for known, one in self._models.items() if not known[0].is_closed()}
            self._models[key] = (content, found)
            if replaced is not None:
                await self._replace(replaced)
        found.users += 1
        try:
            yield found.model
        finally:
            found.users -= 1
            if found.is_replaced and found.users == 0:
                await found.model.close()

    async def close(self) -> None:
        """Close the models of this event loop."""
        here = asyncio.get_running_loop()
        for key in [key for key in self._models if key[0] is here]:
            _, found = self._models.pop(key)
            await found.model.close()

    async def _replace(self, found: _Open) -> None:
        found.is_replaced = True
        if found.users == 0:
            await found.model.close()


def _content(config: ModelConfig) -> str:
    return json.dumps(asdict(config), sort_keys=True, default=str)


@dataclass(slots=True)
class Direct:
    """A draft from a model that this server asks itself."""

    models: OpenModels
    config: ModelConfig
    request_hash: str
    model_version: str
    stored: ModelReply | None

    @asynccontextmanager
    async def open(self, say: Say) -> AsyncIterator[Model]:
        """The model, kept open."""
        async with self.models.using(self.config) as model:
            yield model

    async def is_elsewhere_now(self) -> bool:
        """It has one address."""
        return False


@dataclass(slots=True)
class OfEngine:
    """A draft from an engine that a worker keeps loaded."""

    models: OpenModels
    config: ModelConfig
    project_id: int
    database: Database
    secret: bytes
    clock: Callable[[], datetime]
    request_hash: str
    model_version: str
    stored: ModelReply | None
    _address: Address | None = None
    _has_lost: bool = False

    @asynccontextmanager
    async def open(self, say: Say) -> AsyncIterator[Model]:
        """The client of the engine, once a worker has it loaded."""
        await run_in_threadpool(self._want)
        while (address := await run_in_threadpool(self._look)) is None:
            say(engine.LOADING)
            await asyncio.sleep(LOOK_SECONDS)
        self._address = address
        async with self.models.using(engine.config_at(self.config, address)) as model:
            yield model

    async def is_elsewhere_now(self) -> bool:
        """Once: the worker that wrote the address may have died, and another one loads the model anew."""
        if self._has_lost or self._address is None:
            return False
        self._has_lost = True
        await run_in_threadpool(self._lose, self._address)
        return True

    def _want(self) -> None:
        with self.database.write() as session:
            engine.want(session, self.project_id, self.config.id, now=self.clock())

    def _look(self) -> Address | None:
        with self.database.read() as session:
            return engine.look(session, self.config.id, secret=self.secret, now=self.clock())

    def _lose(self, address: Address) -> None:
        with self.database.write() as session:
            engine.lost(session, self.config.id, address)


@dataclass(slots=True)
class Draftings:
    """The drafts this server is writing, by assignment."""

    running: dict[int, Drafting] = field(default_factory=dict)

    def add(self, drafting: Drafting) -> None:
        """A draft that begins."""
        self.running[drafting.begun.assignment_id] = drafting

    def forget(self, drafting: Drafting) -> None:
        """A draft that has ended."""
        if self.running.get(drafting.begun.assignment_id) is drafting:
            del self.running[drafting.begun.assignment_id]

    async def close(self) -> None:
        """End all of them: the server ends."""
        for drafting in list(self.running.values()):
            drafting.stop()
            await drafting.wait()

    async def end(self, assignment_id: int) -> None:
        """End what is being written for an assignment, and return once it is stored."""
        drafting = self.running.get(assignment_id)
        if drafting is not None:
            drafting.stop()
            await drafting.wait()
