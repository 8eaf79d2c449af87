"""Any server that speaks the chat completions interface of OpenAI; the only model client milo has."""

from __future__ import annotations

import base64
import contextlib
import time
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from milo.core.errors import InvalidInput, ModelFailure
from milo.core.model_call import ImagePart, Message, ModelReply, ModelRequest, TokenLogprob
from milo.core.model_config import ModelConfig
from milo.models.parameters import read_parameters
from milo.models.prices import cost_usd

if TYPE_CHECKING:
    from openai import AsyncOpenAI

# Any, here and below: JSON that a server sent or gets; it is read into ModelReply field by field.
Json = dict[str, Any]

TRANSIENT_STATUSES = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
PERMANENT_CODES = frozenset({"insufficient_quota", "context_length_exceeded", "model_not_found"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointParameters:
    """What a researcher can set for an endpoint."""

    timeout_seconds: float = 120.0
    max_tokens_name: str = "max_tokens"  # some servers want "max_completion_tokens"
    leave_out: tuple[str, ...] = ()  # request fields a server refuses, such as "temperature" or "seed"
    takes_grammar: bool = False  # llama.cpp's `grammar` field
    extra_body: Mapping[str, Any] = field(default_factory=dict)  # sent with each request as it is
    headers: Mapping[str, str] = field(default_factory=dict)


class OpenAICompatible:
    """A model behind a URL. It never retries; a `ModelFailure` says whether asking again makes sense.

    Use it from one event loop. Closing it closes its connections.
    """

    def __init__(self, config: ModelConfig) -> None:
        if not config.base_url:
            raise InvalidInput(
                f"model {config.name!r} has no base_url; it must be the address of an OpenAI-compatible "
                "server, such as http://127.0.0.1:8000/v1"
            )
        self.name = config.name
        self.version = config.model
        self._config = config
        self._parameters = read_parameters(EndpointParameters, config.params, provider="openai_compatible")
        self._client: AsyncOpenAI | None = None

    async def ask(self, request: ModelRequest) -> ModelReply:
        """The reply, with tokens, cost and latency."""
        import orjson

        started = time.perf_counter()
        with _failures(self.name):
            # The raw response: turning each reply into the SDK's classes costs more than reading it.
            response = await self._completions.with_raw_response.create(**self._body(request))
            content = orjson.loads(response.content)
        return self._read(content, latency_ms=(time.perf_counter() - started) * 1000)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[str, None]:
        """Pieces of text; closing the iterator closes the connection, which makes a server stop."""
        with _failures(self.name):
            chunks = await self._completions.create(**self._body(request), stream=True)
            try:
                async for chunk in chunks:
                    if chunk.choices and chunk.choices[0].delta.content:
                        yield chunk.choices[0].delta.content
            finally:
                await chunks.close()

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    @property
    def _completions(self) -> Any:  # the overloads of `create` cannot be met with a body made as a dict
        return self._open_client().chat.completions

    def _open_client(self) -> AsyncOpenAI:
        if self._client is None:
            from openai import AsyncOpenAI

            self._client = AsyncOpenAI(
                base_url=self._config.base_url,
                api_key=self._config.api_key or "none",  # the SDK wants one; servers without keys ignore it
                timeout=self._parameters.timeout_seconds,
                max_retries=0,
                default_headers=dict(self._parameters.headers),
            )
        return self._client

    def _body(self, request: ModelRequest) -> Json:
        parameters = self._parameters
        body: Json = {
            "model": self._config.model,
            "messages": [_message(message) for message in request.messages],
            parameters.max_tokens_name: request.max_tokens,
            "temperature": request.temperature,
        }
        extra = dict(parameters.extra_body)
        if request.seed is not None:
            body["seed"] = request.seed + request.sample
        if request.stop:
            body["stop"] = list(request.stop)
        if request.top_logprobs is not None:
            body |= {"logprobs": True, "top_logprobs": request.top_logprobs}
        if request.json_schema is not None:
            schema = {"name": "answer", "schema": dict(request.json_schema), "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        if request.grammar is not None:
            extra["grammar"] = self._grammar(request.grammar)
        for name in parameters.leave_out:
            body.pop(name, None)
        return body | {"extra_body": extra} if extra else body

    def _grammar(self, grammar: str) -> str:
        if self._parameters.takes_grammar:
            return grammar
        raise ModelFailure(
            f"{self.name} was asked to follow a grammar, which this server is not known to do; "
            "ask without one, or set the parameter takes_grammar",
            transient=False,
        )

    def _read(self, content: Json, *, latency_ms: float) -> ModelReply:
        choices = content.get("choices")
        if not choices:
            raise ModelFailure(
                f"{self.name} answered without a choice: {_excerpt(content)}; "
                "is the base_url that of an OpenAI-compatible server?",
                transient=False,
            )
        usage = content.get("usage") or {}
        input_tokens, output_tokens = usage.get("prompt_tokens"), usage.get("completion_tokens")
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
        return ModelReply(
            text=choices[0]["message"].get("content") or "",
            top_logprobs=_top_logprobs(choices[0].get("logprobs")),
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            evaluated_tokens=None if input_tokens is None else input_tokens - cached,
            cost_usd=cost_usd(self._config, input_tokens, output_tokens, cached),
            latency_ms=latency_ms,
            finish_reason=choices[0].get("finish_reason") or "unknown",
            model=content.get("model") or self._config.model,
        )


def _message(message: Message) -> Json:
    if all(part.kind == "text" for part in message.parts):
        return {"role": message.role, "content": message.text}
    return {"role": message.role, "content": [_part(part) for part in message.parts]}


def _part(part: object) -> Json:
    if isinstance(part, ImagePart):
        data = base64.b64encode(part.data).decode("ascii")
        return {"type": "image_url", "image_url": {"url": f"data:{part.media_type};base64,{data}"}}
    return {"type": "text", "text": getattr(part, "text", "")}


def _top_logprobs(logprobs: Json | None) -> tuple[tuple[TokenLogprob, ...], ...] | None:
    """Candidates of each generated token; None where the server sent none."""
    tokens = (logprobs or {}).get("content")
    if not tokens:
        return None
    return tuple(
        tuple(TokenLogprob(candidate["token"], candidate["logprob"]) for candidate in token["top_logprobs"])
        for token in tokens
    )


@contextlib.contextmanager
def _failures(name: str) -> Any:
    """Turn what the SDK raises into `ModelFailure`, with the server's own words."""
    import openai

    try:
        yield
    except openai.APITimeoutError as error:
        raise ModelFailure(f"{name} did not answer in time", transient=True) from error
    except openai.APIConnectionError as error:
        cause = error.__cause__ or error
        raise ModelFailure(f"{name} cannot be reached: {cause}", transient=True) from error
    except openai.APIStatusError as error:
        words = _server_words(error)
        transient = (
            error.status_code in TRANSIENT_STATUSES
            and error.code not in PERMANENT_CODES
            and "not supported" not in words  # llama.cpp says so of pictures with status 500
        )
        raise ModelFailure(
            f"{name} refused with status {error.status_code}: {words}",
            transient=transient,
            retry_after=_retry_after(error.response.headers) if transient else None,
        ) from error
    except openai.OpenAIError as error:
        raise ModelFailure(f"{name} failed: {error}", transient=False) from error
    except ValueError as error:
        raise ModelFailure(
            f"{name} answered with something that is not JSON: {error}", transient=True
        ) from error


def _server_words(error: Any) -> str:
    body = error.body
    if isinstance(body, Mapping):
        body = body.get("message") or body
    return _excerpt(body or error.message)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, from `retry-after-ms` or `Retry-After` (seconds or an HTTP date)."""
    try:
        if "retry-after-ms" in headers:
            return float(headers["retry-after-ms"]) / 1000
        if "retry-after" not in headers:
            return None
        value = headers["retry-after"]
        if value.replace(".", "", 1).isdigit():
            return float(value)
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError):
        return None


def _excerpt(content: object) -> str:
    text = str(content)
    return text if len(text) <= 300 else text[:300] + " ..."
