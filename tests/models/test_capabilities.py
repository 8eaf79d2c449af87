"""What a test of an endpoint finds out."""

from __future__ import annotations

import asyncio

from milo.core.model_config import ModelConfig
from milo.models import open_model
from milo.models.capabilities import Capabilities, probe
from tests.scripted_endpoint import Behaviour, ScriptedEndpoint


def probed(base_url: str) -> Capabilities:
    async def opened() -> Capabilities:
        model = open_model(
            ModelConfig(id=1, name="Endpoint", provider="openai_compatible", model="m", base_url=base_url)
        )
        try:
            return await probe(model)
        finally:
            await model.close()

    return asyncio.run(opened())


COUNTING = ({"question": "count", "text": "one two three four five"},)


def test_a_full_endpoint_can_do_everything() -> None:
    with ScriptedEndpoint(Behaviour(rules=COUNTING, latency_ms=10)) as endpoint:
        found = probed(endpoint.url)
        assert [image["width"] for image in endpoint.calls.images] == [32]
    assert (found.reachable, found.logprobs, found.json_schema, found.images, found.streaming) == (True,) * 5
    assert found.latency_ms is not None
    assert 10 <= found.latency_ms < 1000
    assert found.reasons == {}


def test_each_thing_it_cannot_do_has_a_reason() -> None:
    poor = Behaviour(logprobs=False, json_schema=False, images=False)
    with ScriptedEndpoint(poor) as endpoint:
        found = probed(endpoint.url)
    assert (found.logprobs, found.json_schema, found.images, found.streaming) == (False,) * 4
    assert "without log-probabilities" in found.reasons["logprobs"]
    assert "not supported" in found.reasons["json_schema"]
    assert "not supported" in found.reasons["images"]
    assert "1 piece" in found.reasons["streaming"]


def test_an_endpoint_that_is_not_there_says_why() -> None:
    found = probed("http://127.0.0.1:9/v1")
    assert not found.reachable
    assert found.error is not None
    assert "cannot be reached" in found.error
