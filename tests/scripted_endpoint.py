"""An OpenAI-compatible server for tests and benchmarks; answers by rules, misbehaves on request, counts.

    python -m tests.scripted_endpoint --port 8123 --latency-ms 50 --rate 100

It prints its address as one line of JSON when it listens. Beside `POST /v1/chat/completions` it has
`GET /calls` (what it was asked) and `POST /reset`. A hand-written HTTP server: it must cost less than the
client it measures (about 0.1 ms CPU a call).
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import itertools
import json
import math
import struct
import threading
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import orjson

from milo.core.errors import ModelFailure
from milo.core.model_call import Message, ModelReply, ModelRequest, TextPart
from milo.models.scripted import Rule, read_rule, reply_by_rules

#: What goes wrong with a stream: the connection ends; an error comes; no JSON; nothing more; no end.
Fault = Literal["cut", "error", "malformed", "silent", "endless"]


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """How the endpoint behaves; the defaults are a good server that answers at once."""

    rules: Sequence[Mapping[str, Any]] = ()
    default: Mapping[str, Any] = field(default_factory=lambda: {"answers": {"Yes": 0.8, "No": 0.2}})
    latency_ms: float = 0.0
    rate: float = 0.0  # replies a second, the rest wait; 0: no limit
    busy_every: int = 0  # each n-th call gets 429 with Retry-After
    retry_after: str = "0"
    fail_every: int = 0  # each n-th call gets `fail_status`
    fail_status: int = 500
    context_tokens: int = 0  # prompts of more words get 400 context_length_exceeded; 0: no limit
    logprobs: bool = True
    json_schema: bool = True
    images: bool = True
    api_key: str | None = None
    model: str = "scripted-endpoint"
    refuses: Sequence[str] = ()  # fields of a request that get 400
    # of streams:
    streams: bool = True
    word_ms: float | None = None  # between two words; None: as `latency_ms`
    probabilities: Sequence[float] = (0.9,)  # of the words, over and over
    words: int = 0  # so many numbered words instead of the rules' text
    stamped: bool = False  # each word is the moment it is sent, in ms since 1970
    fault: Fault | None = None
    fault_after: int = 3  # words


@dataclass
class Calls:
    """What the endpoint was asked since the start or the last reset."""

    total: int = 0
    answered: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    in_flight: int = 0
    most_in_flight: int = 0
    requests: Counter[str] = field(default_factory=Counter)  # SHA-256 of the body -> times
    prompts: Counter[str] = field(default_factory=Counter)  # SHA-256 of the messages' texts -> times
    hung_up: int = 0  # streams whose client went before their end
    words: int = 0  # sent in streams
    images: list[dict[str, Any]] = field(default_factory=list)
    last_body: dict[str, Any] | None = None

    def as_data(self) -> dict[str, Any]:
        return {
            "total": self.total,
            "answered": self.answered,
            "statuses": {str(status): count for status, count in self.statuses.items()},
            "most_in_flight": self.most_in_flight,
            "distinct": len(self.requests),
            "repeated": sum(count - 1 for count in self.requests.values()),
            "requests": dict(self.requests),
            "prompts": dict(self.prompts),
            "hung_up": self.hung_up,
            "words": self.words,
            "images": self.images,
            "last_body": self.last_body,
        }


class Refusal(Exception):
    """A reply that is an error."""

    def __init__(self, status: int, message: str, *, code: str | None = None, retry_after: str | None = None):
        super().__init__(message)
        self.status, self.code, self.retry_after = status, code, retry_after


class ScriptedEndpoint:
    """The server in a thread of its own, as a context manager; `url` is its base URL."""

    def __init__(self, behaviour: Behaviour | None = None, *, port: int = 0) -> None:
        self.behaviour = behaviour or Behaviour()
        self.calls = Calls()
        self.url = ""
        self.asked = threading.Event()  # a request came
        self.hung_up = threading.Event()  # a client left a stream before its end
        self._port = port
        self._rules = [read_rule(rule) for rule in (*self.behaviour.rules, self.behaviour.default)]
        self._next_reply_at = 0.0
        self._loop = asyncio.new_event_loop()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._listening.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self.serve(lambda: self._listening.set()))
        self._loop.close()

    async def serve(self, listening: Any) -> None:
        """Serve until stopped; `listening` is called once the address is known."""
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._converse, "127.0.0.1", self._port)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        listening()
        await self._stop.wait()
        server.close()
        conversations = asyncio.all_tasks() - {asyncio.current_task()}
        for conversation in conversations:
            conversation.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                line, *lines = head.decode("latin-1").split("\r\n")
                headers = {n.lower(): v for n, _, v in (one.partition(": ") for one in lines if one)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                method, path, _ = line.split(" ", 2)
                await self._answer(method, path, headers, body, reader, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has gone
        finally:
            writer.close()

    async def _answer(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        if path == "/calls":
            return _send(writer, 200, self.calls.as_data())
        if path == "/reset":
            self.calls = Calls()
            return _send(writer, 200, {})
        if (method, path) != ("POST", "/v1/chat/completions"):
            return _send(writer, 404, {"error": {"message": f"no {method} {path} here"}})
        self.calls.in_flight += 1
        self.calls.most_in_flight = max(self.calls.most_in_flight, self.calls.in_flight)
        try:
            await self._complete(headers, body, reader, writer)
        except Refusal as refusal:
            extra = {"Retry-After": refusal.retry_after} if refusal.retry_after is not None else {}
            self.calls.statuses[refusal.status] += 1
            error = {"message": str(refusal), "type": "error", "code": refusal.code}
            _send(writer, refusal.status, {"error": error}, extra)
        finally:
            self.calls.in_flight -= 1

    async def _complete(
        self,
        headers: dict[str, str],
        body: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        content = orjson.loads(body)
        self.calls.total += 1
        self.calls.last_body = content
        self.asked.set()
        self.calls.requests[hashlib.sha256(body).hexdigest()] += 1
        self.calls.prompts[_prompt_hash(content["messages"])] += 1
        self._check_manners(headers, self.calls.total)
        for name in self.behaviour.refuses:
            if name in content:
                raise Refusal(400, f"Unrecognized request argument supplied: {name}")
        await self._take_time()
        request = self._read(content)
        try:
            reply = reply_by_rules(self._rules, request, name=self.behaviour.model)
        except ModelFailure as failure:
            raise Refusal(503 if failure.transient else 400, str(failure)) from failure
        if content.get("stream") and self.behaviour.streams:
            await _Stream(self, content, reply, reader, writer).send()
        else:
            _send(writer, 200, self._completion(reply))
        self.calls.statuses[200] += 1
        self.calls.answered += 1

    def _check_manners(self, headers: dict[str, str], number: int) -> None:
        behaviour = self.behaviour
        if behaviour.api_key is not None and headers.get("authorization") != f"Bearer {behaviour.api_key}":
            raise Refusal(401, "Incorrect API key provided", code="invalid_api_key")
        if behaviour.busy_every and number % behaviour.busy_every == 0:
            raise Refusal(429, "Too many requests", code="rate_limit", retry_after=behaviour.retry_after)
        if behaviour.fail_every and number % behaviour.fail_every == 0:
            raise Refusal(behaviour.fail_status, "This server fails from time to time")

    async def _take_time(self) -> None:
        wait = self.behaviour.latency_ms / 1000
        if self.behaviour.rate:
            now = time.perf_counter()
            self._next_reply_at = max(self._next_reply_at, now) + 1 / self.behaviour.rate
            wait = max(wait, self._next_reply_at - now)
        if wait > 0:
            await asyncio.sleep(wait)

    def _read(self, content: dict[str, Any]) -> ModelRequest:
        messages = tuple(self._message(message) for message in content["messages"])
        words = sum(len(message.text.split()) for message in messages)
        if 0 < self.behaviour.context_tokens < words:
            found = f"{words} tokens; the context is {self.behaviour.context_tokens}"
            raise Refusal(400, f"This prompt has {found}", code="context_length_exceeded")
        wants_schema = content.get("response_format", {}).get("type") == "json_schema"
        if wants_schema and not self.behaviour.json_schema:
            raise Refusal(400, "response_format json_schema is not supported")
        schema = content["response_format"]["json_schema"]["schema"] if wants_schema else None
        wants_logprobs = content.get("logprobs") and self.behaviour.logprobs
        return ModelRequest(
            messages=messages,
            temperature=content.get("temperature", 1.0),
            seed=content.get("seed"),
            top_logprobs=content.get("top_logprobs", 1) if wants_logprobs else None,
            json_schema=schema,
        )

    def _message(self, message: dict[str, Any]) -> Message:
        content = message["content"]
        if isinstance(content, str):
            return Message(message["role"], (TextPart(content),))
        texts = []
        for part in content:
            if part["type"] == "text":
                texts.append(TextPart(part["text"]))
            elif part["type"] == "image_url":
                self._look_at(part["image_url"]["url"])
            else:
                raise Refusal(400, f"content part of type {part['type']!r}; allowed are text and image_url")
        return Message(message["role"], tuple(texts))

    def _look_at(self, url: str) -> None:
        if not self.behaviour.images:
            raise Refusal(400, "image input is not supported by this model")
        try:
            self.calls.images.append(look_at_image(url))
        except ValueError as error:
            raise Refusal(400, f"the image cannot be read: {error}", code="invalid_image") from error

    def _completion(self, reply: ModelReply) -> dict[str, Any]:
        listed = reply.top_logprobs
        logprobs = None
        if listed is not None:
            logprobs = {
                "content": [
                    {
                        "token": one[0].token,
                        "logprob": one[0].logprob,
                        "top_logprobs": [{"token": c.token, "logprob": c.logprob} for c in one],
                    }
                    for one in listed
                ]
            }
        message = {"role": "assistant", "content": reply.text}
        choice = {"index": 0, "message": message, "logprobs": logprobs, "finish_reason": "stop"}
        usage = {"prompt_tokens": reply.input_tokens, "completion_tokens": reply.output_tokens}
        return {
            "id": f"chatcmpl-{self.calls.total}",
            "object": "chat.completion",
            "created": 0,
            "model": self.behaviour.model,
            "choices": [choice],
            "usage": usage,
        }


def _prompt_hash(messages: Sequence[Mapping[str, Any]]) -> str:
    texts = [message["content"] for message in messages if isinstance(message["content"], str)]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def look_at_image(url: str) -> dict[str, Any]:
    """What a data URL holds: media type, size in bytes and pixels, SHA-256; refuses what is no picture."""
    head, _, encoded = url.partition(",")
    if not head.startswith("data:image/") or not head.endswith(";base64"):
        raise ValueError(f"{head[:60]!r} does not start with data:image/...;base64")
    data = base64.b64decode(encoded, validate=True)
    found = {"media_type": head[5:-7], "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return found | _png_size(data)
    if data.startswith((b"\xff\xd8\xff", b"GIF8")) or data[8:12] == b"WEBP":
        return found
    raise ValueError(f"{len(data)} bytes that start with {data[:8]!r} are no PNG, JPEG, GIF or WebP")


def _png_size(data: bytes) -> dict[str, int]:
    length, kind = struct.unpack(">I4s", data[8:16])
    checksum = struct.unpack(">I", data[16 + length : 20 + length])[0]
    if kind != b"IHDR" or zlib.crc32(data[12 : 16 + length]) != checksum:
        raise ValueError("the PNG is damaged")
    width, height = struct.unpack(">II", data[16:24])
    return {"width": width, "height": height}


REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}


def _send(
    writer: asyncio.StreamWriter, status: int, content: Any, extra: Mapping[str, str] | None = None
) -> None:
    body = orjson.dumps(content)
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Error')}", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in (extra or {}).items())]
    writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)


class _Stream:
    """One reply as server-sent events, one word each."""

    def __init__(
        self,
        endpoint: ScriptedEndpoint,
        content: Mapping[str, Any],
        reply: ModelReply,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._endpoint, self._behaviour = endpoint, endpoint.behaviour
        self._content, self._reply, self._writer = content, reply, writer
        self._gone = asyncio.create_task(reader.read(1))  # ends when the client hangs up
        self._sent = 0

    async def send(self) -> None:
        """Send every word, or what comes before the fault."""
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        self._writer.write(head)
        try:
            for word in self._words():
                if self._behaviour.fault is not None and self._sent == self._behaviour.fault_after:
                    await self._fail()
                self._send_word(word)
                await self._writer.drain()
                await self._pause()
            self._end()
        except ConnectionResetError:
            self._note_hang_up()
            raise
        finally:
            self._gone.cancel()
            await asyncio.wait([self._gone])

    def _words(self) -> Iterator[str]:
        behaviour = self._behaviour
        numbers = itertools.count() if behaviour.fault == "endless" else range(behaviour.words)
        if behaviour.fault == "endless" or behaviour.words or behaviour.stamped:
            for number in numbers:
                word = f"{time.time() * 1000:.1f}" if behaviour.stamped else f"word{number}"
                yield word if number == 0 else f" {word}"
        else:
            for number, word in enumerate(self._reply.text.split(" ")):
                yield word if number == 0 else f" {word}"

    async def _fail(self) -> None:
        match self._behaviour.fault:
            case "cut":
                raise ConnectionError("cut off on purpose")
            case "error":
                error = {"message": "The model ran out of memory", "type": "server_error", "code": 500}
                _send_event(self._writer, orjson.dumps({"error": error}))
                raise ConnectionError("an error ends the stream")
            case "malformed":
                _send_event(self._writer, b'{"choices": [{"delta": {"content": "bro')
            case "silent":
                await self._pause(is_for_ever=True)

    async def _pause(self, *, is_for_ever: bool = False) -> None:
        """Wait between two words; a client that has gone ends the stream."""
        behaviour = self._behaviour
        pause_ms = behaviour.latency_ms if behaviour.word_ms is None else behaviour.word_ms
        await asyncio.wait([self._gone], timeout=None if is_for_ever else pause_ms / 1000)
        if self._gone.done():
            self._note_hang_up()
            raise ConnectionError("the client has gone")

    def _note_hang_up(self) -> None:
        self._endpoint.calls.hung_up += 1
        self._endpoint.hung_up.set()

    def _send_word(self, word: str) -> None:
        probabilities = self._behaviour.probabilities
        choice: dict[str, Any] = {
            "index": 0,
            "delta": {"role": "assistant", "content": word},
            "finish_reason": None,
        }
        if self._content.get("logprobs") and self._behaviour.logprobs:
            logprob = math.log(probabilities[self._sent % len(probabilities)])
            choice["logprobs"] = {"content": [{"token": word, "logprob": logprob, "top_logprobs": []}]}
        self._sent += 1
        self._endpoint.calls.words += 1
        self._send_chunk(choices=[choice])

    def _end(self) -> None:
        self._send_chunk(choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}])
        if (self._content.get("stream_options") or {}).get("include_usage"):
            usage = {"prompt_tokens": self._reply.input_tokens, "completion_tokens": self._sent}
            self._send_chunk(choices=[], usage=usage)
        _send_event(self._writer, b"[DONE]")
        self._writer.write(b"0\r\n\r\n")

    def _send_chunk(self, **content: Any) -> None:
        chunk = {"id": "chatcmpl-0", "object": "chat.completion.chunk", "created": 0}
        _send_event(self._writer, orjson.dumps(chunk | {"model": self._reply.model} | content))


def _send_event(writer: asyncio.StreamWriter, data: bytes) -> None:
    event = b"data: " + data + b"\n\n"
    writer.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description="An OpenAI-compatible server that answers by rules.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--script", type=Path, help="JSON file with rules and default")
    for name in ("latency-ms", "rate"):
        parser.add_argument(f"--{name}", type=float, default=0.0)
    parser.add_argument("--word-ms", type=float)
    parser.add_argument("--stamped", action="store_true")
    for name in ("busy-every", "fail-every", "context-tokens", "words"):
        parser.add_argument(f"--{name}", type=int, default=0)
    parser.add_argument("--fail-status", type=int, default=500)
    for name in ("logprobs", "json-schema", "images"):
        parser.add_argument(f"--no-{name}", action="store_false", dest=name.replace("-", "_"))
    parser.add_argument("--api-key")
    settings = vars(parser.parse_args())
    port, script = settings.pop("port"), settings.pop("script")
    if script is not None:
        settings |= json.loads(script.read_text())
    endpoint = ScriptedEndpoint(Behaviour(**settings), port=port)
    asyncio.run(endpoint.serve(lambda: print(json.dumps({"url": endpoint.url}), flush=True)))


__all__ = ["Behaviour", "Rule", "ScriptedEndpoint", "look_at_image"]

if __name__ == "__main__":
    main()
