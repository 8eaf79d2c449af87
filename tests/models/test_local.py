"""The embedded engine, with the real default weights where they are installed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from milo.core.errors import ModelFailure, Unavailable
from milo.core.model_call import ImagePart, Message, ModelRequest, TextPart
from milo.core.model_config import ModelConfig
from milo.models import catalog, local, open_model
from milo.models.capabilities import black_png


def a_config(**params: Any) -> ModelConfig:
    return ModelConfig(id=1, name="Small", provider="embedded", model=catalog.DEFAULT, params=params)


def a_request(text: str, **settings: Any) -> ModelRequest:
    return ModelRequest(messages=(Message("user", (TextPart(text),)),), **settings)


def test_weights_that_are_not_installed_say_how_to_install_them(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=f"milo model install {catalog.DEFAULT}"):
        open_model(a_config(), cache_dir=tmp_path)
    with pytest.raises(Unavailable, match="does not exist"):
        open_model(a_config(path=str(tmp_path / "mine.gguf")))


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "mine.gguf"
    broken.write_bytes(b"not a model")

    async def ask() -> None:
        model = open_model(a_config(path=str(broken)))
        try:
            await model.ask(a_request("Hello"))
        finally:
            await model.close()

    pytest.importorskip("xllamacpp")
    with pytest.raises(ModelFailure, match=r"could not load mine\.gguf") as caught:
        asyncio.run(ask())
    assert not caught.value.transient


@pytest.mark.slow
def test_the_engine_answers_reuses_its_cache_streams_and_stays_idle(
    weights: Callable[[str], Path],
) -> None:
    cache_dir = weights(catalog.DEFAULT).parent.parent
    text = "word " * 100 + "\nIs water wet? Answer Yes or No."

    async def use() -> None:
        model = open_model(a_config(slots=2, context_tokens=512, threads=2), cache_dir=cache_dir)
        try:
            first = await model.ask(a_request(text, top_logprobs=5, max_tokens=1))
            again = await model.ask(a_request(text, top_logprobs=5, max_tokens=1))
            assert model.version == "sha256:1d9614638d18"
            assert first.top_logprobs is not None
            assert len(first.top_logprobs[0]) == 5
            assert first.cost_usd == 0.0
            assert first.evaluated_tokens is not None
            assert first.evaluated_tokens > 100
            assert again.evaluated_tokens is not None
            assert again.evaluated_tokens < 5
            chosen = await model.ask(a_request("Pick one.", grammar='root ::= "left" | "right"'))
            assert chosen.text in ("left", "right")
            pieces = [piece async for piece in model.stream(a_request("Count to five.", max_tokens=8))]
            assert len(pieces) > 2
            assert pieces[-1].finish_reason == "length"
            assert pieces[-1].output_tokens == 8
            with pytest.raises(ModelFailure, match="context") as caught:
                await model.ask(a_request("word " * 1000))
            assert not caught.value.transient
            picture = Message("user", (ImagePart("image/png", black_png()),))
            with pytest.raises(ModelFailure, match="image input is not supported") as caught:
                await model.ask(ModelRequest(messages=(picture,)))
            assert not caught.value.transient
            busy = time.process_time()
            await asyncio.sleep(0.5)
            assert time.process_time() - busy < 0.1  # waiting threads do not spin
        finally:
            await model.close()

    asyncio.run(use())


@pytest.mark.slow
def test_two_models_of_the_same_weights_share_one_engine(weights: Callable[[str], Path]) -> None:
    cache_dir = weights(catalog.DEFAULT).parent.parent
    request = a_request("Is water wet?", max_tokens=1)

    async def use() -> None:
        job, check = (open_model(a_config(slots=2, context_tokens=512), cache_dir=cache_dir) for _ in "ab")
        await job.ask(request)
        assert (await check.ask(request)).evaluated_tokens in range(5)  # the other's cache
        await job.close()
        await check.ask(request)  # the engine runs on
        await check.close()

    asyncio.run(use())
    assert local._ENGINES == {}
