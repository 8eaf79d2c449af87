"""How late the words of 100 drafts come while others work, and what they cost those.

    python -m benchmarks.streaming [--streams 100] [--words 200] [--word-ms 100]

A scripted endpoint, in a process of its own, sends words that are the moment they are sent. One server
process asks it for 100 drafts at once; a third process reads them as browsers would. Meanwhile eight
annotators of another project claim and submit, 20 pairs a second together. The result is written to
`benchmarks/results/streaming.json`, with machine and versions.

From the stamp to the words on the screen of a real browser is measured by `benchmarks/drafts_on_screen.py`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import insert, select

from benchmarks import serving
from benchmarks.serving import Client, Waiting, at, cpu_seconds
from milo.core.assistant_policy import AssistantPolicy
from milo.core.guideline import Guideline
from milo.core.project import ProjectSpec, Settings, SubjectField
from milo.core.questions import TextQuestion
from milo.db.session import Database
from milo.db.tables import ItemPayloadRow, ItemRow, ModelDraftRow, QueueRow, SlotRow
from milo.installation import secret_key
from milo.workflow import models, people, projects
from milo.workflow.models import ModelSetup

PAIRS_A_SECOND = 20
RESULTS = Path(__file__).parent / "results" / "streaming.json"
POLICY = AssistantPolicy(model="Endpoint", query="question", answers="answer", max_tokens=2_000)


class Stamped(NamedTuple):
    """A word that says when it was sent, and when it was seen; ms since 1970."""

    sent_ms: float
    seen_ms: float


@dataclass(slots=True, kw_only=True)
class Streams:
    """What the readers of the drafts saw."""

    streams: int = 0
    words: int = 0
    ended: dict[str, int] = field(default_factory=dict)
    delay_p50_ms: float = 0.0  # from the endpoint's stamp to the reader
    delay_p95_ms: float = 0.0
    delay_max_ms: float = 0.0
    first_word_p95_ms: float = 0.0  # from asking to the first word
    slowest_ratio: float = 0.0  # of a stream's own pace to its source's; 1.1: a tenth slower
    rate_at_source: float = 0.0  # words a second of each stream


@dataclass(slots=True, kw_only=True)
class Result:
    """What the benchmark measured."""

    load: float  # of the machine, just before
    submits_alone: Waiting
    submits_beside: Waiting
    streams: Streams
    server_cpu_share: float  # of one core, while all streamed
    server_cpu_ms_a_word: float  # with the submits of that time


def delays_ms(seen: Iterable[Stamped]) -> list[float]:
    """How late each word was, sorted.

    >>> delays_ms([Stamped(1000.0, 1012.0), Stamped(1100.0, 1104.0)])
    [4.0, 12.0]
    """
    return sorted(word.seen_ms - word.sent_ms for word in seen)


def ratio(seen: Sequence[Stamped]) -> float:
    """How long a stream took, over how long its source took.

    >>> ratio([Stamped(1000.0, 1010.0), Stamped(2000.0, 2110.0)])
    1.1
    """
    return (seen[-1].seen_ms - seen[0].seen_ms) / (seen[-1].sent_ms - seen[0].sent_ms)


def measure(streams: int, words: int, word_ms: float) -> Result:
    """One run over a new database."""
    seconds = words * word_ms / 1000
    with tempfile.TemporaryDirectory() as folder, endpoint(words, word_ms) as url:
        database = Database(f"sqlite:///{folder}/milo.db")
        logins = serving.prepare(database, 10_000)
        keys = prepare(database, Path(folder), url, streams)
        with serving.server(database.url, folder) as (port, pid):
            clients = [Client(port, login) for login in logins]
            for client in clients:
                client.log_in()
            pace(clients, 2.0)  # warm up
            load = os.getloadavg()[0]
            alone = submits(clients, seconds / 2)
            reader = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.streaming", "--read", str(port)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            assert reader.stdin is not None
            assert reader.stdout is not None
            reader.stdin.write(json.dumps(keys) + "\n")
            reader.stdin.flush()
            reader.stdout.readline()  # every stream has begun
            cpu, began = cpu_seconds(pid), time.perf_counter()
            beside = submits(clients, seconds * 0.8)
            cpu, took = cpu_seconds(pid) - cpu, time.perf_counter() - began
            read = Streams(**json.loads(reader.stdout.read()))
            reader.wait(60)
        check(database, read, streams, words)
        database.close()
    return Result(
        load=round(load, 1),
        submits_alone=alone,
        submits_beside=beside,
        streams=read,
        server_cpu_share=round(cpu / took, 2),
        server_cpu_ms_a_word=round(1000 * cpu / (took * streams * 1000 / word_ms), 2),
    )


def submits(clients: Sequence[Client], seconds: float) -> Waiting:
    """Claims and submits at their pace."""
    for client in clients:
        client.next_ms.clear()
        client.submit_ms.clear()
    pace(clients, seconds)
    waiting = Waiting()
    waiting.take(clients)
    return waiting


def pace(clients: Sequence[Client], seconds: float) -> None:
    """All clients, each at its share of `PAIRS_A_SECOND`."""
    until = time.perf_counter() + seconds
    threads = [threading.Thread(target=_work, args=(client, until)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _work(client: Client, until: float) -> None:
    pause = serving.CLIENTS / PAIRS_A_SECOND
    time.sleep(secrets.randbelow(1000) / 1000 * pause)
    while (began := time.perf_counter()) < until:
        reply = client.post("/api/projects/1/next", {"count": 1})
        client.next_ms.append(1000 * (time.perf_counter() - began))
        client.submit(reply["tasks"][0])
        time.sleep(max(0.0, pause - (time.perf_counter() - began)))


def prepare(database: Database, folder: Path, url: str, streams: int) -> list[str]:
    """A writing project with its assistant; the key of an annotator for each stream."""
    now = datetime.now(UTC)
    spec = ProjectSpec(
        name="Writing",
        subject=(SubjectField(name="text", title="Topic"),),
        questions=(
            TextQuestion(name="question", title="What is asked?"),
            TextQuestion(name="answer", title="The answer"),
        ),
        guideline=Guideline(sections=()),
        settings=replace(Settings(), assistant=POLICY),
    )
    keys = []
    with database.write() as session:
        setup = ModelSetup(name="Endpoint", provider="openai_compatible", model="scripted", base_url=url)
        models.add(session, setup, secret=secret_key(folder), now=now)
        project = projects.create(session, spec, by=None, now=now)
        queue = session.scalars(select(QueueRow.id).where(QueueRow.project_id == project.id)).one()
        numbers = range(1_000_001, 1_000_001 + streams)
        rows = [serving.item(number, now) | {"project_id": project.id} for number in numbers]
        session.execute(insert(ItemRow), rows)
        payloads = [{"item_id": n, "fields": {"text": "Lima"}, "gold": {}, "meta": {}} for n in numbers]
        session.execute(insert(ItemPayloadRow), payloads)
        session.execute(insert(SlotRow), [{"queue_id": queue, "item_id": n} for n in numbers])
        for number in range(streams):
            login = f"writer{number}"
            person = people.add_person(
                session, login=login, name=login, password=None, role="annotator", now=now
            )
            people.add_member(session, project.id, person.id, "annotator", now=now)
            keys.append(people.add_api_key(session, person, "benchmark", now)[1])
    return keys


def check(database: Database, read: Streams, streams: int, words: int) -> None:
    """Every draft is stored, whole."""
    with database.read() as session:
        stored = session.scalars(select(ModelDraftRow)).all()
    whole = [row for row in stored if row.status == "done" and len(row.text.split()) == words]
    if len(whole) != streams or read.words != streams * words:
        raise RuntimeError(f"{len(whole)} of {streams} drafts are whole; {read.words} words were read")


@contextmanager
def endpoint(words: int, word_ms: float) -> Iterator[str]:
    """The address of an endpoint in a process of its own."""
    command = [sys.executable, "-m", "tests.scripted_endpoint", "--stamped"]
    command += ["--words", str(words), "--word-ms", str(word_ms)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()


# --- the process that reads -------------------------------------------------------------------------


@dataclass(slots=True)
class Reading:
    """One draft as its reader sees it."""

    seen: list[Stamped] = field(default_factory=list)
    asked_ms: float = 0.0
    ended: str = "broken"
    has_begun: asyncio.Event = field(default_factory=asyncio.Event)


async def read_all(port: int, keys: Sequence[str]) -> Streams:
    """Claim a task for each key, ask for its draft, read all at once."""
    readings = [Reading() for _ in keys]
    tasks = [await _post(port, key, "/api/projects/2/next", {"count": 1}) for key in keys]
    assignments = [task["tasks"][0]["assignment"] for task in tasks]
    jobs = [
        asyncio.create_task(_read(port, key, assignment, reading))
        for key, assignment, reading in zip(keys, assignments, readings, strict=True)
    ]
    await asyncio.gather(*(reading.has_begun.wait() for reading in readings))
    print("begun", flush=True)
    await asyncio.gather(*jobs)
    delays = delays_ms(word for reading in readings for word in reading.seen)
    firsts = sorted(reading.seen[0].seen_ms - reading.asked_ms for reading in readings)
    spans = [reading.seen[-1].sent_ms - reading.seen[0].sent_ms for reading in readings]
    ends = [reading.ended for reading in readings]
    return Streams(
        streams=len(readings),
        words=len(delays),
        ended={name: ends.count(name) for name in set(ends)},
        delay_p50_ms=round(at(delays, 0.5), 1),
        delay_p95_ms=round(at(delays, 0.95), 1),
        delay_max_ms=round(delays[-1], 1),
        first_word_p95_ms=round(at(firsts, 0.95), 1),
        slowest_ratio=round(max(ratio(reading.seen) for reading in readings), 3),
        rate_at_source=round(sum(len(r.seen) - 1 for r in readings) / sum(spans) * 1000, 2),
    )


async def _read(port: int, key: str, assignment: int, reading: Reading) -> None:
    path = f"/api/assignments/{assignment}/assist"
    reading.asked_ms = time.time() * 1000
    reader, writer = await _send(port, key, path, {"query": "What is Lima?", "answers": {}})
    event = b""
    while line := await reader.readline():
        if line.startswith(b"event: "):
            event = line[7:].strip()
        elif line.startswith(b"data: ") and event == b"piece":
            sent_ms = float(json.loads(line[6:])["text"])
            reading.seen.append(Stamped(sent_ms, time.time() * 1000))
            reading.has_begun.set()
        elif line.startswith(b"data: ") and event in (b"done", b"problem"):
            reading.ended = event.decode()
            break
    reading.has_begun.set()
    writer.close()


async def _post(port: int, key: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    reader, writer = await _send(port, key, path, body)
    content = await reader.read()
    writer.close()
    reply: dict[str, Any] = json.loads(content.partition(b"\r\n\r\n")[2])
    return reply


async def _send(
    port: int, key: str, path: str, body: dict[str, Any]
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    data = json.dumps(body).encode()
    head = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", f"Authorization: Bearer {key}"]
    head += ["Content-Type: application/json", f"Content-Length: {len(data)}", "", ""]
    writer.write("\r\n".join(head).encode() + data)
    await writer.drain()
    return reader, writer


def main() -> None:
    """Measure, print, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=100)
    parser.add_argument("--words", type=int, default=200)
    parser.add_argument("--word-ms", type=float, default=100.0)
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--read", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        keys = json.loads(sys.stdin.readline())
        print(json.dumps(asdict(asyncio.run(read_all(options.read, keys)))), flush=True)
        return
    where = serving.machine()
    result = asdict(measure(options.streams, options.words, options.word_ms))
    where["niceness"] = os.getpriority(os.PRIO_PROCESS, 0)
    content = {"at": datetime.now(UTC).isoformat(), "machine": where, **result}
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text(json.dumps(content, indent=2) + "\n")
    print(json.dumps(content, indent=2))


if __name__ == "__main__":
    main()
