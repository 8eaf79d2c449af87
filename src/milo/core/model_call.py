"""One question to a model and its reply."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class TextPart:
    """Text of a message."""

    text: str
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A picture of a message, as the bytes of its file."""

    media_type: str
    data: bytes
    kind: Literal["image"] = "image"


Part = TextPart | ImagePart


@dataclass(frozen=True, slots=True)
class Message:
    """What one side says."""

    role: Literal["system", "user", "assistant"]
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The text parts in order, joined by a line break."""
        return "\n".join(part.text for part in self.parts if isinstance(part, TextPart))


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """Everything that decides a reply, the sample index included, so that samples are different calls."""

    messages: tuple[Message, ...]
    max_tokens: int = 256
    temperature: float = 0.0
    seed: int | None = 0
    top_logprobs: int | None = None
    json_schema: Mapping[str, Any] | None = None  # Any: a JSON schema is free-form
    grammar: str | None = None
    sample: int = 0
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TokenLogprob:
    """A candidate token and its natural log-probability."""

    token: str
    logprob: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReply:
    """What a model answered, and what it took."""

    text: str
    top_logprobs: tuple[tuple[TokenLogprob, ...], ...] | None  # one tuple a generated token
    input_tokens: int | None
    output_tokens: int | None
    evaluated_tokens: int | None  # prompt tokens that were computed, not taken from a cache
    cost_usd: float | None
    latency_ms: float
    finish_reason: str
    model: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text of a reply as it comes; `probability` of its token where the endpoint says it, 0 to 1."""

    text: str
    probability: float | None = None
    finish_reason: str | None = None  # of the last one
    input_tokens: int | None = None  # these three of the last one, where the endpoint counts
    output_tokens: int | None = None
    cost_usd: float | None = None


class Model(Protocol):
    """Anything that answers requests: an embedded engine, an endpoint, a script, a recording."""

    name: str
    version: str

    async def ask(self, request: ModelRequest) -> ModelReply:
        """The reply; raises `ModelFailure`."""
        ...

    def stream(self, request: ModelRequest) -> AsyncGenerator[Piece, None]:
        """Pieces of the reply as they come; closing the iterator frees the model."""
        ...

    async def close(self) -> None:
        """Let go of connections, processes and memory."""
        ...


def pieces_of_reply(reply: ModelReply) -> Iterator[Piece]:
    """A reply that is there already, as if it came: token by token where they are known, else word by word.

    >>> reply = ModelReply(text="So it is.", top_logprobs=None, input_tokens=4, output_tokens=3,
    ...     evaluated_tokens=4, cost_usd=0.0, latency_ms=1.0, finish_reason="stop", model="m")
    >>> [piece.text for piece in pieces_of_reply(reply)]
    ['So ', 'it ', 'is.', '']
    """
    chosen = [candidates[0] for candidates in reply.top_logprobs or () if candidates]
    if "".join(one.token for one in chosen) == reply.text:
        for one in chosen:
            yield Piece(one.token, math.exp(min(0.0, one.logprob)))
    else:
        for word in re.findall(r"^\s+|\S+\s*", reply.text):
            yield Piece(word)
    yield Piece(
        "",
        finish_reason=reply.finish_reason,
        input_tokens=reply.input_tokens,
        output_tokens=reply.output_tokens,
        cost_usd=reply.cost_usd,
    )


def messages_as_data(messages: tuple[Message, ...]) -> list[dict[str, object]]:
    """Messages as plain data for storing; a picture is kept as its SHA-256, not as its bytes."""
    return [
        {"role": message.role, "parts": [_part_as_data(part) for part in message.parts]}
        for message in messages
    ]


def request_hash(model: str, params: Mapping[str, object], request: ModelRequest) -> str:
    """SHA-256 in hex over model, parameters, messages and sample index (contracts 7)."""
    content = {
        "model": model,
        "params": dict(params),
        "messages": messages_as_data(request.messages),
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "seed": request.seed,
        "top_logprobs": request.top_logprobs,
        "json_schema": request.json_schema,
        "grammar": request.grammar,
        "stop": list(request.stop),
        "sample": request.sample,
    }
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _part_as_data(part: Part) -> dict[str, object]:
    if isinstance(part, TextPart):
        return {"kind": "text", "text": part.text}
    digest = hashlib.sha256(part.data).hexdigest()
    return {"kind": "image", "media_type": part.media_type, "sha256": digest}
