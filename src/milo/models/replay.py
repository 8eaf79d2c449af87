"""Replies recorded once, given again: a large model's suggestions where only a small machine is at hand."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from milo.core.errors import InvalidInput, ModelFailure
from milo.core.model_call import (
    Model,
    ModelReply,
    ModelRequest,
    Piece,
    TokenLogprob,
    pieces_of_reply,
    request_hash,
)
from milo.core.model_config import ModelConfig
from milo.models.parameters import read_parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayParameters:
    """Where the recording lies."""

    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One recorded reply and the two keys that find it: the exact request, or passages it must hold."""

    request: str  # SHA-256 of the request
    contains: tuple[
        str, ...
    ]  # passages of the prompt, such as the item's text and the question; may be empty
    sample: int
    reply: ModelReply
    item: str | None = None  # external id, for people who read the file
    question: str | None = None


class Replay:
    """A recording as a model, under the name and version of the model that was recorded.

    The exact request is looked for first; where the prompt has changed since, the first record whose
    passages all occur in it. What was never recorded is a permanent failure.
    """

    recorded = True

    def __init__(self, config: ModelConfig) -> None:
        parameters = read_parameters(ReplayParameters, config.params, provider="replay")
        if not parameters.path:
            raise InvalidInput(f"model {config.name!r} has no parameter 'path', the file of recorded replies")
        header, self._records = read_recording(Path(parameters.path))
        self.name = str(header.get("model", config.name))
        self.version = str(header.get("version", config.model))
        self._by_request = {record.request: record for record in self._records}

    async def ask(self, request: ModelRequest) -> ModelReply:
        """The recorded reply."""
        exact = self._by_request.get(recording_key(request))
        record = exact or _by_passages(self._records, request)
        if record is None:
            last = request.messages[-1].text[-120:]
            raise ModelFailure(f"nothing was recorded for the request that ends in {last!r}", transient=False)
        return record.reply

    async def stream(self, request: ModelRequest) -> AsyncGenerator[Piece, None]:
        """The recorded text, at once."""
        for piece in pieces_of_reply(await self.ask(request)):
            yield piece

    async def close(self) -> None:
        """Nothing to let go of."""


class Recording:
    """A model that writes down what it is asked and answers, for `Replay`."""

    def __init__(self, model: Model, path: Path, *, card: dict[str, object] | None = None) -> None:
        self.name, self.version = model.name, model.version
        self._model = model
        self._path = path
        if not path.exists():
            header = {"model": model.name, "version": model.version, "card": card or {}}
            path.write_text(json.dumps(header, ensure_ascii=False) + "\n", encoding="utf-8")

    async def ask(
        self,
        request: ModelRequest,
        *,
        contains: Sequence[str] = (),
        item: str | None = None,
        question: str | None = None,
    ) -> ModelReply:
        """The model's reply, after it was appended to the file."""
        reply = await self._model.ask(request)
        row = {
            "item": item,
            "question": question,
            "request": recording_key(request),
            "contains": list(contains),
            "sample": request.sample,
            "reply": _reply_as_data(reply),
        }
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        return reply

    def stream(self, request: ModelRequest) -> AsyncGenerator[Piece, None]:
        """Not recorded: a stream goes straight through."""
        return self._model.stream(request)

    async def close(self) -> None:
        """Close the model behind."""
        await self._model.close()


def recording_key(request: ModelRequest) -> str:
    """The request's hash, whatever model it goes to."""
    return request_hash("", {}, request)


def read_recording(path: Path) -> tuple[dict[str, Any], tuple[Recorded, ...]]:
    """The header (model, version, card) and the records of a recording; refuses a row it cannot read."""
    if not path.is_file():
        raise InvalidInput(f"the recording {path} does not exist")
    header: dict[str, Any] = {}
    records = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            if "reply" in row:
                records.append(_record(row, header))
            else:
                header = row
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput(f"line {number} of {path} is no recorded reply: {error!r}") from error
    return header, tuple(records)


def _record(row: dict[str, Any], header: dict[str, Any]) -> Recorded:
    reply = row["reply"]
    listed = reply.get("top_logprobs")
    return Recorded(
        request=row.get("request", ""),
        contains=tuple(row.get("contains", ())),
        sample=row.get("sample", 0),
        item=row.get("item"),
        question=row.get("question"),
        reply=ModelReply(
            text=reply["text"],
            top_logprobs=None
            if listed is None
            else tuple(tuple(TokenLogprob(token, logprob) for token, logprob in one) for one in listed),
            input_tokens=reply.get("input_tokens"),
            output_tokens=reply.get("output_tokens"),
            evaluated_tokens=reply.get("evaluated_tokens"),
            cost_usd=0.0,  # paid when it was recorded
            latency_ms=reply.get("latency_ms", 0.0),
            finish_reason=reply.get("finish_reason", "stop"),
            model=reply.get("model", header.get("version", "recorded")),
        ),
    )


def _reply_as_data(reply: ModelReply) -> dict[str, object]:
    listed = reply.top_logprobs
    return {
        "text": reply.text,
        "top_logprobs": listed
        and [[[candidate.token, candidate.logprob] for candidate in one] for one in listed],
        "input_tokens": reply.input_tokens,
        "output_tokens": reply.output_tokens,
        "evaluated_tokens": reply.evaluated_tokens,
        "latency_ms": round(reply.latency_ms, 1),
        "finish_reason": reply.finish_reason,
        "model": reply.model,
    }


def _by_passages(records: Sequence[Recorded], request: ModelRequest) -> Recorded | None:
    prompt = "\n".join(message.text for message in request.messages)
    return next(
        (
            record
            for record in records
            if record.contains
            and record.sample == request.sample
            and all(passage in prompt for passage in record.contains)
        ),
        None,
    )
