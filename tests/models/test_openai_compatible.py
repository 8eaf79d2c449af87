"""The one client, against a scripted endpoint."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from milo.core.errors import InvalidInput, ModelFailure
from milo.core.model_call import ImagePart, Message, ModelReply, ModelRequest, Piece, TextPart
from milo.core.model_config import ModelConfig
from milo.models.capabilities import black_png
from milo.models.openai_compatible import OpenAICompatible
from tests.scripted_endpoint import Behaviour, ScriptedEndpoint


def a_config(base_url: str, **settings: Any) -> ModelConfig:
    return ModelConfig(
        id=1, name="Endpoint", provider="openai_compatible", model="m", base_url=base_url, **settings
    )


def a_request(text: str = "Is it good?", **settings: Any) -> ModelRequest:
    return ModelRequest(messages=(Message("user", (TextPart(text),)),), **settings)


def ask(config: ModelConfig, request: ModelRequest) -> ModelReply:
    reply: ModelReply = run(config, lambda model: model.ask(request))
    return reply


def run(config: ModelConfig, use: Any) -> Any:
    async def opened() -> Any:
        model = OpenAICompatible(config)
        try:
            return await use(model)
        finally:
            await model.close()

    return asyncio.run(opened())


def test_a_reply_carries_text_log_probabilities_tokens_and_latency() -> None:
    with ScriptedEndpoint(Behaviour(latency_ms=20)) as endpoint:
        reply = ask(a_config(endpoint.url), a_request(top_logprobs=5))
    assert reply.text == "Yes"
    assert reply.top_logprobs is not None
    assert [candidate.token for candidate in reply.top_logprobs[0]] == ["Yes", "No"]
    assert reply.top_logprobs[0][0].logprob == pytest.approx(-0.2231, abs=1e-4)
    assert (reply.input_tokens, reply.output_tokens, reply.evaluated_tokens) == (3, 1, 3)
    assert reply.latency_ms >= 20


def test_log_probabilities_are_none_where_the_endpoint_gives_none() -> None:
    with ScriptedEndpoint(Behaviour(logprobs=False)) as endpoint:
        assert ask(a_config(endpoint.url), a_request(top_logprobs=5)).top_logprobs is None


def test_a_picture_arrives_as_it_was_sent() -> None:
    parts = (TextPart("What is this?"), ImagePart("image/png", black_png(16)))
    with ScriptedEndpoint() as endpoint:
        ask(a_config(endpoint.url), ModelRequest(messages=(Message("user", parts),)))
        (image,) = endpoint.calls.images
    assert (image["media_type"], image["width"], image["height"]) == ("image/png", 16, 16)
    assert image["bytes"] == len(black_png(16))


def test_a_damaged_picture_is_refused_for_good() -> None:
    parts = (ImagePart("image/png", b"not a picture"),)
    with ScriptedEndpoint() as endpoint, pytest.raises(ModelFailure, match="no PNG") as caught:
        ask(a_config(endpoint.url), ModelRequest(messages=(Message("user", parts),)))
    assert not caught.value.transient


def test_a_schema_a_seed_and_stop_words_are_sent() -> None:
    schema = {"type": "object", "properties": {"answer": {"type": "string"}}}
    with ScriptedEndpoint() as endpoint:
        reply = ask(a_config(endpoint.url), a_request(json_schema=schema, seed=7, sample=2, stop=("\n",)))
        sent = endpoint.calls.last_body
    assert reply.text == '{"answer": "Yes"}'
    assert sent is not None
    assert sent["response_format"]["json_schema"]["schema"] == schema
    assert (sent["seed"], sent["stop"]) == (9, ["\n"])


def test_fields_a_server_refuses_can_be_left_out_or_renamed() -> None:
    params = {"leave_out": ["temperature", "seed"], "max_tokens_name": "max_completion_tokens"}
    with ScriptedEndpoint() as endpoint:
        ask(a_config(endpoint.url, params=params), a_request(max_tokens=9))
        sent = endpoint.calls.last_body
    assert sent is not None
    assert sent.keys() == {"model", "messages", "max_completion_tokens"}


@pytest.mark.parametrize(
    ("behaviour", "words", "transient"),
    [
        (Behaviour(busy_every=1), "status 429: Too many requests", True),
        (Behaviour(fail_every=1), "status 500: This server fails", True),
        (Behaviour(fail_every=1, fail_status=404), "status 404", False),
        (Behaviour(api_key="right"), "status 401: Incorrect API key", False),
        (Behaviour(context_tokens=2), "3 tokens; the context is 2", False),
        (Behaviour(json_schema=False), "json_schema is not supported", False),
    ],
)
def test_a_refusal_says_why_and_whether_to_ask_again(
    behaviour: Behaviour, words: str, transient: bool
) -> None:
    request = a_request(json_schema={"type": "object"})
    with ScriptedEndpoint(behaviour) as endpoint, pytest.raises(ModelFailure, match=words) as caught:
        ask(a_config(endpoint.url), request)
    assert caught.value.transient is transient


@pytest.mark.parametrize(("header", "seconds"), [("2", 2.0), ("Sat, 01 Jan 2000 00:00:00 GMT", 0.0)])
def test_a_busy_endpoint_says_how_long_to_wait(header: str, seconds: float) -> None:
    with ScriptedEndpoint(Behaviour(busy_every=1, retry_after=header)) as endpoint:
        with pytest.raises(ModelFailure) as caught:
            ask(a_config(endpoint.url), a_request())
        assert endpoint.calls.total == 1  # the caller decides on retries
    assert caught.value.retry_after == seconds


def test_a_server_that_is_not_there_is_a_transient_failure() -> None:
    with pytest.raises(ModelFailure, match="cannot be reached") as caught:
        ask(a_config("http://127.0.0.1:9/v1"), a_request())
    assert caught.value.transient


def test_a_slow_server_is_a_transient_failure() -> None:
    with ScriptedEndpoint(Behaviour(latency_ms=2000)) as endpoint:
        config = a_config(endpoint.url, params={"timeout_seconds": 0.05})
        with pytest.raises(ModelFailure, match="not answer in time") as caught:
            ask(config, a_request())
    assert caught.value.transient


def test_a_grammar_is_refused_where_the_server_is_not_known_to_take_one() -> None:
    with ScriptedEndpoint() as endpoint:
        with pytest.raises(ModelFailure, match="takes_grammar"):
            ask(a_config(endpoint.url), a_request(grammar='root ::= "a"'))
        assert endpoint.calls.total == 0
        ask(a_config(endpoint.url, params={"takes_grammar": True}), a_request(grammar='root ::= "a"'))
        assert endpoint.calls.last_body is not None
        assert endpoint.calls.last_body["grammar"] == 'root ::= "a"'


def test_prices_that_were_set_decide_the_cost() -> None:
    with ScriptedEndpoint() as endpoint:
        config = a_config(endpoint.url, price_in_usd_per_million=2.0, price_out_usd_per_million=10.0)
        assert ask(config, a_request()).cost_usd == pytest.approx(3 * 2e-6 + 1 * 10e-6)
        assert ask(a_config(endpoint.url), a_request()).cost_usd is None


def test_a_stream_gives_the_pieces_and_can_be_left_early() -> None:
    async def first_two(model: OpenAICompatible) -> list[str]:
        pieces = []
        stream = model.stream(a_request())
        async for piece in stream:
            pieces.append(piece.text)
            if len(pieces) == 2:
                break
        await stream.aclose()
        return pieces

    behaviour = Behaviour(default={"text": "It is a good one"})
    with ScriptedEndpoint(behaviour) as endpoint:
        assert run(a_config(endpoint.url), first_two) == ["It", " is"]


class TestAStream:
    """Token by token, with what an endpoint says of each, and told how it ended."""

    def streamed(self, endpoint: ScriptedEndpoint, request: ModelRequest, **config: Any) -> list[Piece]:
        async def read(model: OpenAICompatible) -> list[Piece]:
            return [piece async for piece in model.stream(request)]

        pieces: list[Piece] = run(a_config(endpoint.url, **config), read)
        return pieces

    def test_gives_probabilities_and_what_it_took(self) -> None:
        behaviour = Behaviour(default={"text": "So it is"}, probabilities=(0.9, 0.4, 0.7))
        with ScriptedEndpoint(behaviour) as endpoint:
            prices = {"price_in_usd_per_million": 2.0, "price_out_usd_per_million": 10.0}
            *words, last = self.streamed(endpoint, a_request(top_logprobs=1), **prices)
        assert [word.text for word in words] == ["So", " it", " is"]
        assert [word.probability for word in words] == pytest.approx([0.9, 0.4, 0.7])
        assert (last.text, last.finish_reason, last.output_tokens) == ("", "stop", 3)
        assert last.cost_usd == pytest.approx(3 * 2e-6 + 3 * 10e-6)

    def test_asks_again_without_what_the_endpoint_refuses_and_remembers(self) -> None:
        behaviour = Behaviour(default={"text": "So it is"}, refuses=("logprobs", "stream_options"))
        with ScriptedEndpoint(behaviour) as endpoint:

            async def twice(model: OpenAICompatible) -> list[str]:
                for _ in range(2):
                    pieces = [piece async for piece in model.stream(a_request(top_logprobs=1))]
                return [piece.text for piece in pieces]

            assert run(a_config(endpoint.url), twice) == ["So", " it", " is", ""]
            assert endpoint.calls.total == 4  # two refusals, two replies

    @pytest.mark.parametrize(
        ("fault", "words"),
        [
            ("cut", "broke off in the middle"),
            ("error", "failed in the middle of its reply: The model ran out of memory"),
            ("malformed", "not JSON"),
        ],
    )
    def test_that_fails_gives_what_came_and_a_transient_failure(self, fault: Any, words: str) -> None:
        found: list[str] = []

        async def read(model: OpenAICompatible) -> None:
            async for piece in model.stream(a_request()):
                found.append(piece.text)

        behaviour = Behaviour(default={"text": "one two three four five"}, fault=fault)
        with ScriptedEndpoint(behaviour) as endpoint, pytest.raises(ModelFailure, match=words) as caught:
            run(a_config(endpoint.url), read)
        assert caught.value.transient
        assert found == ["one", " two", " three"]

    def test_that_goes_silent_is_a_transient_failure(self) -> None:
        behaviour = Behaviour(default={"text": "one two three four"}, fault="silent")
        with ScriptedEndpoint(behaviour) as endpoint:
            params = {"timeout_seconds": 0.3}
            with pytest.raises(ModelFailure, match="went silent") as caught:
                self.streamed(endpoint, a_request(), params=params)
        assert caught.value.transient

    def test_left_early_is_left_by_the_connection_too(self) -> None:
        async def first(model: OpenAICompatible) -> str:
            stream = model.stream(a_request())
            piece = await anext(stream)
            await stream.aclose()
            return piece.text

        with ScriptedEndpoint(Behaviour(fault="endless", word_ms=5)) as endpoint:
            assert run(a_config(endpoint.url), first) == "word0"
            assert endpoint.hung_up.wait(10)

    def test_of_a_server_that_does_not_stream_is_one_piece(self) -> None:
        behaviour = Behaviour(default={"text": "So it is"}, streams=False)
        with ScriptedEndpoint(behaviour) as endpoint:
            pieces = self.streamed(endpoint, a_request())
        assert [(piece.text, piece.finish_reason) for piece in pieces] == [("So it is", "stop")]


def test_many_requests_share_one_client() -> None:
    async def thirty(model: OpenAICompatible) -> list[ModelReply]:
        return await asyncio.gather(*(model.ask(a_request(f"Question {i}")) for i in range(30)))

    with ScriptedEndpoint(Behaviour(latency_ms=50)) as endpoint:
        assert len(run(a_config(endpoint.url), thirty)) == 30
        assert endpoint.calls.most_in_flight > 20


def test_a_config_without_address_or_with_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no base_url"):
        OpenAICompatible(a_config(""))
    with pytest.raises(InvalidInput, match="no parameter 'timeout'; it has timeout_seconds"):
        OpenAICompatible(a_config("http://127.0.0.1:9/v1", params={"timeout": 3}))
    with pytest.raises(InvalidInput, match="must be int or float"):
        OpenAICompatible(a_config("http://127.0.0.1:9/v1", params={"timeout_seconds": "3"}))
