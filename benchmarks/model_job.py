"""What a model job adds to bare calls: throughput against a client that stores nothing, and CPU a call.

    python -m benchmarks.model_job [--calls 1500] [--rate 100] [--database-url URL]

Both ask the same prompts of the same scripted endpoint (a process of its own, limited to `--rate` replies a
second), through the same SDK with the same number of calls in flight. The bare client and the job each have a
process of their own, so that CPU time is theirs alone. The result is written to
`benchmarks/results/model_job.json`, with machine and versions.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import func, insert, select

from milo.config import Config
from milo.core.item import content_hash
from milo.core.model_call import ModelRequest
from milo.core.model_config import ModelConfig
from milo.core.project import ProjectSpec, SubjectField
from milo.core.questions import ChoiceQuestion, Option
from milo.db.tables import ItemPayloadRow, ItemRow, JobRow, ModelCallRow, ProjectRow, UnitRow
from milo.installation import Installation, open_installation, secret_key
from milo.models.openai_compatible import OpenAICompatible
from milo.roles import pre_annotator
from milo.worker import run_or_enqueue
from milo.workflow import models, pre_annotate, projects, prompt_versions
from milo.workflow.models import ModelSetup
from milo.workflow.pre_annotate import PreAnnotation

IN_FLIGHT = 8
LATENCY_MS = 50
QUESTIONS = 3
RESULTS = Path(__file__).parent / "results" / "model_job.json"
TEXT = "The parcel came a day late, but the lamp is bright, feels solid and was easy to put together. " * 4


@dataclass(frozen=True, slots=True)
class Measured:
    """What one side did."""

    calls: int
    seconds: float
    calls_per_second: float
    cpu_ms_a_call: float


def main() -> None:
    """Measure both, print and write the result."""
    arguments = _arguments()
    if arguments.side:
        print(json.dumps(asdict(_side(arguments))))
        return
    rounds = [_round(arguments) for _ in range(arguments.rounds)]
    RESULTS.write_text(json.dumps(_report(arguments, rounds), indent=2) + "\n")


def _round(arguments: argparse.Namespace) -> dict[str, Any]:
    """One measurement of both, one after the other."""
    bare, job = (_in_own_process(side, arguments) for side in ("bare", "job"))
    ratio = job.calls_per_second / bare.calls_per_second
    for name, measured in (("bare", bare), ("job", job)):
        print(f"{name:4} {measured.calls_per_second:6.1f}/s {measured.cpu_ms_a_call:5.2f} ms CPU a call")
    print(f"     {ratio:.1%}", flush=True)
    return {"bare": asdict(bare), "job": asdict(job), "ratio": ratio, "load_average": os.getloadavg()[0]}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1500)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--database-url", default="")
    parser.add_argument("--side", choices=("bare", "job"), help=argparse.SUPPRESS)
    parser.add_argument("--endpoint", help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_own_process(side: str, arguments: argparse.Namespace) -> Measured:
    with _endpoint(arguments.rate) as url:
        command = [sys.executable, "-m", "benchmarks.model_job", "--side", side, "--endpoint", url]
        command += ["--calls", str(arguments.calls), "--database-url", arguments.database_url]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


@contextmanager
def _endpoint(rate: float) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.scripted_endpoint", "--latency-ms", str(LATENCY_MS)]
    process = subprocess.Popen([*command, "--rate", str(rate)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait(10)


def _side(arguments: argparse.Namespace) -> Measured:
    with tempfile.TemporaryDirectory(prefix="milo-benchmark-") as folder:
        config = Config(data_dir=Path(folder), database_url=arguments.database_url)
        installation = open_installation(config)
        job = _prepare(installation, arguments)
        requests = _requests(installation) if arguments.side == "bare" else []
        _warm(arguments.endpoint)
        cpu, started = _cpu_seconds(), time.perf_counter()
        if arguments.side == "bare":
            calls = asyncio.run(_ask_all(arguments.endpoint, requests))
        else:
            run_or_enqueue(installation, job)
            calls = _stored_calls(installation, job, arguments.calls)
        seconds, cpu = time.perf_counter() - started, _cpu_seconds() - cpu
        installation.database.close()
    return Measured(calls, seconds, calls / seconds, cpu * 1000 / calls)


def _prepare(installation: Installation, arguments: argparse.Namespace) -> int:
    """The project, its items, the model, and a queued run that asks nothing but the units."""
    now = datetime.now(UTC)
    with installation.database.write() as session:
        project = projects.create(session, _spec(), by=None, now=now)
        texts = [f"Review {number}. {TEXT}" for number in range(arguments.calls // QUESTIONS)]
        rows = [
            {
                "id": number,
                "project_id": project.id,
                "external_id": str(number),
                "content_hash": content_hash({"text": text}),
                "excerpt": text[:60],
                "visible": True,
                "created_at": now,
            }
            for number, text in enumerate(texts, start=1)
        ]
        session.execute(insert(ItemRow), rows)
        payloads = [
            {"item_id": number, "fields": {"text": text}} for number, text in enumerate(texts, start=1)
        ]
        session.execute(insert(ItemPayloadRow), payloads)
        setup = _setup(arguments.endpoint)
        model = models.add(session, setup, secret=secret_key(installation.data_dir), now=now)
        wanted = PreAnnotation(model=model.id, correct=False, concurrency=IN_FLIGHT)
        return pre_annotate.enqueue(session, project, wanted, by=None, now=now).id


def _spec() -> ProjectSpec:
    options = (Option(name="yes", label="Yes"), Option(name="no", label="No"))
    return ProjectSpec(
        name="Benchmark",
        subject=(SubjectField(name="text", title="Review"),),
        questions=tuple(
            ChoiceQuestion(name=f"question{number}", title=f"Question {number}?", options=options)
            for number in range(QUESTIONS)
        ),
    )


def _setup(endpoint: str) -> ModelSetup:
    return ModelSetup(name="Endpoint", provider="openai_compatible", model="scripted", base_url=endpoint)


def _requests(installation: Installation) -> list[list[ModelRequest]]:
    """The very requests the job makes, item by item."""
    with installation.database.read() as session:
        project = session.get_one(ProjectRow, 1)
        options = prompt_versions.PromptOptions(model=1, correct=False)
        plan = prompt_versions.drafted(session, project, options)
        fields = session.scalars(select(ItemPayloadRow.fields).order_by(ItemPayloadRow.item_id)).all()
    return [
        [
            pre_annotator.request(plan.prompting, question, unit, one)
            for question in plan.questions
            for unit in plan.units(question)
        ]
        for one in fields
    ]


async def _ask_all(endpoint: str, items: list[list[ModelRequest]]) -> int:
    """Ask with the same client and as many calls in flight, and store nothing."""
    model = OpenAICompatible(ModelConfig(**_config(endpoint)))
    waiting = iter(items)
    count = 0

    async def work() -> None:
        nonlocal count
        for requests in waiting:
            for request in requests:
                await model.ask(request)
                count += 1

    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
    await model.close()
    return count


def _config(endpoint: str) -> dict[str, Any]:
    return {"id": 1, "name": "E", "provider": "openai_compatible", "model": "scripted", "base_url": endpoint}


def _warm(endpoint: str) -> None:
    """Pay for importing the SDK before the clock starts, on both sides alike."""
    import openai

    _ = openai.AsyncOpenAI(base_url=endpoint, api_key="none").chat.completions


def _stored_calls(installation: Installation, job: int, calls: int) -> int:
    with installation.database.read() as session:
        row = session.get_one(JobRow, job)
        units = session.scalar(select(func.count()).select_from(UnitRow)) or 0
        if row.state != "done" or units != calls:
            raise SystemExit(f"the job is {row.state} with {units} results of {calls}: {row.error}")
        return session.scalar(select(func.count()).select_from(ModelCallRow)) or 0


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _report(arguments: argparse.Namespace, rounds: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "claim": "at least 90 % of a bare client's throughput, at most 5 ms CPU a call all-in",
        "calls": arguments.calls,
        "in_flight": IN_FLIGHT,
        "latency_ms": LATENCY_MS,
        "database": arguments.database_url.split(":", 1)[0] or "sqlite",
        "replies_per_second_limit": arguments.rate,
        "median_ratio": median(one["ratio"] for one in rounds),
        "median_cpu_ms_a_call": median(one["job"]["cpu_ms_a_call"] for one in rounds),
        "rounds": rounds,
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "versions": {name: version(name) for name in ("openai", "sqlalchemy", "milo-annotate")},
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


if __name__ == "__main__":
    main()
