"""What an endpoint can do, found out by asking it."""

from __future__ import annotations

import json
import struct
import time
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from milo.core.errors import MiloError, ModelFailure
from milo.core.model_call import ImagePart, Message, Model, ModelRequest, TextPart

Probe = Callable[[Model], Awaitable[str | None]]  # None when it can, else why not

SCHEMA = {
    "type": "object",
    "properties": {"answer": {"type": "string", "enum": ["Yes", "No"]}},
    "required": ["answer"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What `milo model test` reports. Each thing a model cannot do has its reason in `reasons`."""

    reachable: bool = False
    logprobs: bool = False
    json_schema: bool = False
    images: bool = False
    streaming: bool = False
    latency_ms: float | None = None
    error: str | None = None  # why it is not reachable
    reasons: dict[str, str] = field(default_factory=dict)


async def probe(model: Model) -> Capabilities:
    """Ask the model five short questions; at most about 40 tokens of output in all."""
    try:
        await model.ask(_request("Say yes."))  # the first call pays for connecting or loading
        started = time.perf_counter()
        await model.ask(_request("Say no."))
    except MiloError as error:
        return Capabilities(error=str(error))
    found = Capabilities(reachable=True, latency_ms=(time.perf_counter() - started) * 1000)
    for name, ask in PROBES.items():
        reason = await _reason_why_not(ask, model)
        if reason is None:
            found = replace(found, **{name: True})  # type: ignore[arg-type]  # the names are flags
        else:
            found.reasons[name] = reason
    return found


async def _reason_why_not(ask: Probe, model: Model) -> str | None:
    try:
        return await ask(model)
    except ModelFailure as failure:
        return str(failure)


async def _logprobs(model: Model) -> str | None:
    reply = await model.ask(_request("Answer Yes or No: is water wet?", top_logprobs=5))
    if reply.top_logprobs and len(reply.top_logprobs[0]) > 1:
        return None
    return "the reply came without log-probabilities; confidences will be frequencies over samples"


async def _json_schema(model: Model) -> str | None:
    reply = await model.ask(_request("Is water wet?", max_tokens=20, json_schema=SCHEMA))
    try:
        answer = json.loads(reply.text)["answer"]
    except (ValueError, KeyError, TypeError):
        return f"the reply does not follow the schema: {reply.text[:80]!r}"
    return None if answer in ("Yes", "No") else f"the answer is {answer!r}, which the schema does not allow"


async def _images(model: Model) -> str | None:
    parts = (TextPart("Is this picture black? Answer Yes or No."), ImagePart("image/png", black_png()))
    request = ModelRequest(messages=(Message("user", parts),), max_tokens=3)
    reply = await model.ask(request)
    return None if reply.text.strip() else "the model answered a question on a picture with nothing"


async def _streaming(model: Model) -> str | None:
    count = 0
    async for piece in model.stream(_request("Count from one to five.", max_tokens=12)):
        count += bool(piece.text)
    return None if count > 1 else f"the reply came in {count} piece(s)"


PROBES: dict[str, Probe] = {
    "logprobs": _logprobs,
    "json_schema": _json_schema,
    "images": _images,
    "streaming": _streaming,
}


def _request(text: str, **settings: object) -> ModelRequest:
    settings = {"max_tokens": 4} | settings
    return ModelRequest(messages=(Message("user", (TextPart(text),)),), **settings)  # type: ignore[arg-type]


def black_png(side: int = 32) -> bytes:
    """A black square as a PNG file.

    >>> black_png()[1:4]
    b'PNG'
    """
    rows = b"".join(b"\0" + b"\0" * side for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
