"""Any server that speaks the chat completions interface of OpenAI; the only model client milo has."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import math
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from milo.core.errors import InvalidInput, ModelFailure
from milo.core.model_call import ImagePart, Message, ModelReply, ModelRequest, Piece, TokenLogprob
from milo.core.model_config import ModelConfig
from milo.models.parameters import read_parameters
from milo.models.prices import cost_usd

if TYPE_CHECKING:
    from openai import AsyncOpenAI

# Any, here and below: JSON that a server sent or gets; it is read into ModelReply field by field.
Json = dict[str, Any]

TRANSIENT_STATUSES = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
PERMANENT_CODES = frozenset({"insufficient_quota", "context_length_exceeded", "model_not_found"})
LONGEST_EVENT = 4_000_000
#: What a stream can do without, by the word a server refuses it with.
OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "logprobs": ("logprobs", "top_logprobs"),
    "stream_options": ("stream_options",),
}


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
        self._opening = threading.Lock()
        self._refused: set[str] = set()  # optional fields this server does not take

    async def ask(self, request: ModelRequest) -> ModelReply:
        """The reply, with tokens, cost and latency."""
        import orjson

        completions = await self._completions()
        started = time.perf_counter()
        with _failures(self.name):
            # The raw response: turning each reply into the SDK's classes costs more than reading it.
            response = await completions.with_raw_response.create(**self._body(request))
            content = orjson.loads(response.content)
        return self._read(content, latency_ms=(time.perf_counter() - started) * 1000)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[Piece, None]:
        """The reply token by token; closing the iterator closes the connection, which makes a server stop.

        The last piece has no text: it says how the reply ended, and its tokens and cost where the server
        counts them. A reply that breaks off raises a transient `ModelFailure`.
        """
        while True:
            body = self._stream_body(request)
            try:
                async with contextlib.aclosing(self._streamed(body)) as pieces:
                    async for piece in pieces:
                        yield piece
                return
            except ModelFailure as failure:
                if failure.transient or not self._has_refused(str(failure), body):
                    raise

    async def _streamed(self, body: Json) -> AsyncGenerator[Piece, None]:
        """One try; raises before the first piece where the server refuses."""
        completions = await self._completions()
        with _failures(self.name):
            # Lines read here: the SDK's class for each chunk costs several times what reading it does.
            opened = completions.with_streaming_response.create(**body, stream=True)
            async with opened as response:
                if response.headers.get("content-type", "").startswith("application/json"):
                    yield self._whole(_json(await response.read()))  # a server that does not stream
                    return
                async with contextlib.aclosing(self._pieces(response.iter_bytes())) as pieces:
                    async for piece in pieces:
                        yield piece

    async def _pieces(self, content: AsyncIterator[bytes]) -> AsyncGenerator[Piece, None]:
        usage: Json = {}
        finish_reason: str | None = None
        async for data in _events(content):
            if data == b"[DONE]":
                finish_reason = finish_reason or "unknown"
                break
            chunk = _json(data)
            if chunk.get("error"):
                raise _failure_in_stream(self.name, chunk["error"])
            usage = chunk.get("usage") or usage
            for choice in (chunk.get("choices") or ())[:1]:
                for piece in _pieces_of(choice):
                    yield piece
                finish_reason = choice.get("finish_reason") or finish_reason
        if finish_reason is None:
            raise ModelFailure(f"{self.name} broke off in the middle of its reply", transient=True)
        yield self._last(finish_reason, usage)

    def _whole(self, content: Json) -> Piece:
        reply = self._read(content, latency_ms=0.0)
        return Piece(
            reply.text,
            finish_reason=reply.finish_reason,
            input_tokens=reply.input_tokens,
            output_tokens=reply.output_tokens,
            cost_usd=reply.cost_usd,
        )

    def _last(self, finish_reason: str, usage: Json) -> Piece:
        input_tokens, output_tokens = usage.get("prompt_tokens"), usage.get("completion_tokens")
        cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
        return Piece(
            "",
            finish_reason=finish_reason,
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            cost_usd=cost_usd(self._config, input_tokens, output_tokens, cached),
        )

    def _stream_body(self, request: ModelRequest) -> Json:
        body = self._body(request) | {"stream_options": {"include_usage": True}}
        for name in (*self._parameters.leave_out, *self._refused):
            body.pop(name, None)
        return body

    def _has_refused(self, words: str, body: Json) -> bool:
        """Whether the server's words name something the reply can do without; it is left out from now on."""
        refused = {
            name for named, names in OPTIONAL.items() if named in words for name in names if name in body
        }
        self._refused |= refused
        return bool(refused)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _completions(self) -> Any:  # the overloads of `create` cannot be met with a body made as a dict
        """The SDK's calls, on a client that is made in a thread: importing it and TLS take up to a second."""
        if self._client is None:
            await asyncio.to_thread(self._open_client)
        assert self._client is not None, "it was just opened"
        return self._client.chat.completions

    def _open_client(self) -> None:
        from openai import AsyncOpenAI

        with self._opening:
            if self._client is None:
                self._client = AsyncOpenAI(
                    base_url=self._config.base_url,
                    api_key=self._config.api_key or "none",  # the SDK wants one
                    timeout=self._parameters.timeout_seconds,
                    max_retries=0,
                    default_headers=dict(self._parameters.headers),
                )

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


async def _events(content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The data of each server-sent event, wherever the network cut it; comments are left out."""
    rest = b""
    async for part in content:
        *lines, rest = (rest + part).split(b"\n")
        if len(rest) > LONGEST_EVENT:
            raise ValueError(f"an event of more than {LONGEST_EVENT} bytes")
        for line in lines:
            if line.startswith(b"data:"):
                yield line[5:].strip()
    if rest.startswith(b"data:"):
        yield rest[5:].strip()


def _json(data: bytes) -> Json:
    import orjson

    content = orjson.loads(data)
    if not isinstance(content, dict):
        raise ValueError(f"{_excerpt(content)} is no object")
    return content


def _pieces_of(choice: Json) -> Iterator[Piece]:
    """A chunk as pieces: one a token where the tokens are listed and make up its text, else one."""
    text = (choice.get("delta") or {}).get("content") or ""
    tokens = (choice.get("logprobs") or {}).get("content") or []
    probabilities = [math.exp(min(0.0, token["logprob"])) for token in tokens]
    if len(tokens) > 1 and "".join(token["token"] for token in tokens) == text:
        for token, probability in zip(tokens, probabilities, strict=True):
            yield Piece(token["token"], probability)
    elif text:
        count = len(probabilities)
        yield Piece(text, math.prod(probabilities) ** (1 / count) if count else None)


def _failure_in_stream(name: str, error: object) -> ModelFailure:
    words = error.get("message") or error if isinstance(error, Mapping) else error
    code = error.get("code") if isinstance(error, Mapping) else None
    return ModelFailure(
        f"{name} failed in the middle of its reply: {_excerpt(words)}", transient=code not in PERMANENT_CODES
    )


@contextlib.contextmanager
def _failures(name: str) -> Any:
    """Turn what the SDK raises into `ModelFailure`, with the server's own words."""
    import httpx2  # what the SDK sends with; while a stream is read its errors come as they are
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
    except httpx2.TimeoutException as error:
        raise ModelFailure(f"{name} went silent in the middle of its reply", transient=True) from error
    except httpx2.HTTPError as error:
        raise ModelFailure(f"{name} broke off in the middle of its reply", transient=True) from error
    except (LookupError, TypeError, AttributeError) as error:
        raise ModelFailure(f"{name} sent a reply of an unknown form: {error!r}", transient=True) from error
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
