"""The embedded model: llama.cpp inside this process, asked over 127.0.0.1 by the one client."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import secrets
import threading
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from milo.core.errors import ModelFailure, Unavailable
from milo.core.model_call import ModelReply, ModelRequest, Piece
from milo.core.model_config import ModelConfig
from milo.models import catalog
from milo.models.openai_compatible import OpenAICompatible
from milo.models.parameters import read_parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineParameters:
    """What a researcher can set for the embedded engine."""

    path: str = ""  # a weights file of one's own (GGUF) instead of an installed one
    threads: int = 0  # 0: as many as this machine has cores, 8 at most
    slots: int = 4  # requests computed side by side; 4 to 8 cost the least CPU a token
    context_tokens: int = 4096  # room for prompt and reply of each slot
    timeout_seconds: float = 600.0


@dataclass(slots=True, eq=False)
class Engine:
    """Loaded weights that listen on this machine, and how many models of this process use them."""

    server: Any  # xllamacpp ships no types
    key: str  # other people of this machine get no answer
    users: int = 0


#: The engines of this process: a check asks the one that a long judging job has loaded.
_ENGINES: dict[tuple[Path, EngineParameters], Engine] = {}
_LOADING = threading.Lock()


class Embedded:
    """Weights on this machine. The engine is loaded by the first request and freed by the last `close`.

    One engine a process and setting: it owns the threads and about as much memory as the weights take.
    """

    def __init__(self, config: ModelConfig, cache_dir: Path | None = None) -> None:
        self._parameters = read_parameters(EngineParameters, config.params, provider="embedded")
        self._weights = _weights_file(config, self._parameters, cache_dir)
        self.name = config.name
        self.version = catalog.version_of(config.model, self._weights)
        self._config = config
        self._engine: Engine | None = None
        self._client: OpenAICompatible | None = None
        self._starting = asyncio.Lock()

    async def ask(self, request: ModelRequest) -> ModelReply:
        """The reply; nothing to pay."""
        client = await self._started()
        reply = await client.ask(request)
        return dataclasses.replace(reply, cost_usd=0.0)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[Piece, None]:
        """The reply token by token; closing the iterator stops the computation."""
        client = await self._started()
        async with contextlib.aclosing(client.stream(request)) as pieces:
            async for piece in pieces:
                yield piece

    async def endpoint(self) -> ModelConfig:
        """Where the engine listens, loaded by now; other processes of this machine may ask it there."""
        await self._started()
        assert self._engine is not None, "it was just started"
        return self._endpoint(self._engine)

    async def close(self) -> None:
        """Stop the engine and give its memory back."""
        async with self._starting:
            if self._client is not None:
                await self._client.close()
            self._client, engine, self._engine = None, self._engine, None
            if engine is not None:
                await asyncio.to_thread(_give_back, self._weights, self._parameters)

    async def _started(self) -> OpenAICompatible:
        async with self._starting:
            if self._client is None:
                self._engine = await asyncio.to_thread(_take, self._weights, self._parameters)
                self._client = OpenAICompatible(self._endpoint(self._engine))
            return self._client

    def _endpoint(self, engine: Engine) -> ModelConfig:
        return dataclasses.replace(
            self._config,
            provider="openai_compatible",
            base_url=f"{engine.server.listening_address}/v1",
            api_key=engine.key,
            params={"timeout_seconds": self._parameters.timeout_seconds, "takes_grammar": True},
        )


def _weights_file(config: ModelConfig, parameters: EngineParameters, cache_dir: Path | None) -> Path:
    if parameters.path:
        path = Path(parameters.path).expanduser()
        if not path.is_file():
            raise Unavailable(f"model {config.name!r} wants the weights file {path}, which does not exist")
        return path
    path = catalog.path_of(config.model, cache_dir)
    if not path.is_file():
        raise Unavailable(
            f"the weights of model {config.name!r} are not installed; run: milo model install {config.model}"
        )
    return path


def _take(weights: Path, parameters: EngineParameters) -> Engine:
    """The engine of these weights, loaded by whoever comes first."""
    with _LOADING:
        engine = _ENGINES.get((weights, parameters))
        if engine is None:
            key = secrets.token_urlsafe(24)
            engine = _ENGINES[weights, parameters] = Engine(_start(weights, parameters, key), key)
        engine.users += 1
        return engine


def _give_back(weights: Path, parameters: EngineParameters) -> None:
    """Stop the engine once nobody uses it: when its last reference goes, which waits for its threads."""
    with _LOADING:
        engine = _ENGINES[weights, parameters]
        engine.users -= 1
        if engine.users == 0:
            del _ENGINES[weights, parameters]
            engine.server = None


def _start(weights: Path, parameters: EngineParameters, key: str) -> Any:
    """Load the weights and listen on a free port of 127.0.0.1; takes about 2 s for 0.5 GB."""
    # Without this, waiting threads spin: two busy threads fell from 15 tokens a second to 1.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        import xllamacpp
    except ImportError as error:
        raise Unavailable(
            "the embedded model needs its engine; install it with: pip install 'milo-annotate[local]'"
        ) from error
    try:
        return xllamacpp.Server(_engine_parameters(xllamacpp, weights, parameters, key))
    except RuntimeError as error:
        raise ModelFailure(f"the engine could not load {weights.name}: {error}", transient=False) from error


def _engine_parameters(xllamacpp: Any, weights: Path, parameters: EngineParameters, key: str) -> Any:
    threads = parameters.threads or min(os.cpu_count() or 1, 8)
    engine = xllamacpp.CommonParams()
    engine.model.path = str(weights)
    engine.model_alias = {weights.stem}
    engine.hostnames = ["127.0.0.1"]
    engine.port = 0
    engine.api_keys = [key]
    engine.n_parallel = parameters.slots
    engine.n_ctx = parameters.slots * parameters.context_tokens  # llama.cpp divides it among the slots
    engine.cpuparams.n_threads = engine.cpuparams_batch.n_threads = threads
    engine.cache_ram_mib = 256
    engine.n_gpu_layers = 0
    engine.verbosity = 0
    engine.ui = engine.endpoint_slots = False
    return engine
