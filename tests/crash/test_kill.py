"""The worker is killed twenty times in the middle of a model job; nothing that was stored is asked again."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from milo.config import Config
from milo.core.project import ProjectSpec, SubjectField
from milo.core.questions import ChoiceQuestion, Option
from milo.db.session import Database
from milo.db.tables import JobRow, ModelCallRow, SuggestionRow, UnitRow
from milo.installation import open_installation, secret_key
from milo.workflow import models, pre_annotate
from milo.workflow.models import ModelSetup
from milo.workflow.pre_annotate import PreAnnotation
from tests.builders import a_project, items

pytestmark = pytest.mark.slow

ITEMS, IN_FLIGHT, KILLS = 500, 8, 20
LATENCY_MS = 50
UNITS = 3 * ITEMS


def test_twenty_kills_lose_only_what_was_in_flight(tmp_path: Path) -> None:
    chance = random.Random(7)
    with an_endpoint() as endpoint:
        database, job = a_job(tmp_path, endpoint)
        for kill in range(KILLS):
            stored_before = stored_prompts(database)
            asked_before = asked(endpoint)["prompts"]
            with a_worker(tmp_path) as worker:
                wait_until_asked(endpoint, more_than=sum(asked_before.values()))
                time.sleep(chance.uniform(0.0, 0.7))
                worker.send_signal(signal.SIGKILL)
            asked_now = asked(endpoint)["prompts"]
            asked_since = {prompt for prompt in asked_now if asked_now[prompt] > asked_before.get(prompt, 0)}
            assert not asked_since & stored_before, f"kill {kill}: a stored reply was asked again"
        assert state_of(database, job) == "running", "the kills must come before the job is done"
        with a_worker(tmp_path):
            wait_until_done(database, job)
        total = asked(endpoint)["total"]
    print(f"\n{total} calls for {UNITS} units, {KILLS} kills")
    assert UNITS <= total <= UNITS + KILLS * IN_FLIGHT
    with database.read() as session:
        assert list(session.scalars(select(UnitRow.status))) == ["ok"] * UNITS
        assert session.scalar(select(func.count()).select_from(ModelCallRow)) == UNITS
        assert session.scalar(select(func.count()).select_from(SuggestionRow)) == UNITS
        assert session.get_one(JobRow, job).done == UNITS
        assert session.get_one(JobRow, job).fence >= KILLS
    database.close()


def a_job(folder: Path, endpoint: str) -> tuple[Database, int]:
    """500 items, three questions, and a queued run that asks nothing but the units."""
    installation = open_installation(Config(data_dir=folder))
    now = datetime.now(UTC)
    with installation.database.write() as session:
        project = a_project(session, three_questions())
        items(session, project, ITEMS)
        setup = ModelSetup(name="Endpoint", provider="openai_compatible", model="scripted", base_url=endpoint)
        model = models.add(session, setup, secret=secret_key(folder), now=now)
        model.capabilities = {"reachable": True, "logprobs": True}  # tested, so no call tries it first
        wanted = PreAnnotation(model=model.id, correct=False, concurrency=IN_FLIGHT)
        job = pre_annotate.enqueue(session, project, wanted, by=None, now=now)
        return installation.database, job.id


def three_questions() -> ProjectSpec:
    options = (Option(name="yes", label="Yes"), Option(name="no", label="No"))
    return ProjectSpec(
        name="Three questions",
        subject=(SubjectField(name="text", title="Text"),),
        questions=tuple(
            ChoiceQuestion(name=name, title=f"Is it {name}?", options=options)
            for name in ("kind", "true", "new")
        ),
    )


@contextmanager
def an_endpoint() -> Iterator[str]:
    """The scripted endpoint in a process of its own, so that no kill touches its counts; its URL."""
    command = [sys.executable, "-m", "tests.scripted_endpoint", "--latency-ms", str(LATENCY_MS)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@contextmanager
def a_worker(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`milo worker` on the installation; killed at the end if it still runs."""
    environment = {**os.environ, "MILO_DATA_DIR": str(folder), "MILO_DATABASE_URL": ""}
    process = subprocess.Popen([sys.executable, "-m", "milo", "worker"], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def asked(endpoint: str) -> dict[str, Any]:
    """What the endpoint counted: `total`, and `prompts`, how often each text was asked."""
    with urllib.request.urlopen(endpoint.removesuffix("/v1") + "/calls", timeout=10) as reply:
        data: dict[str, Any] = orjson.loads(reply.read())
    return data


def stored_prompts(database: Database) -> set[str]:
    """The texts whose replies are stored, by the same hash the endpoint counts them under."""
    with database.read() as session:
        rows = session.scalars(select(ModelCallRow.messages))
        return {
            prompt_hash(["\n".join(part["text"] for part in message["parts"]) for message in messages])
            for messages in rows
        }


def prompt_hash(texts: list[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def wait_until_asked(endpoint: str, *, more_than: int, seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while asked(endpoint)["total"] <= more_than:
        assert time.monotonic() < until, "the worker asked nothing"
        time.sleep(0.02)


def state_of(database: Database, job: int) -> str:
    with database.read() as session:
        return session.get_one(JobRow, job).state


def wait_until_done(database: Database, job: int, seconds: float = 120.0) -> None:
    until = time.monotonic() + seconds
    while (state := state_of(database, job)) in ("queued", "running"):
        assert time.monotonic() < until, "the job did not end"
        time.sleep(0.1)
    assert state == "done"
