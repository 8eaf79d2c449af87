"""The worker is killed again and again in the middle of a model job; nothing that was stored is asked again.

A run goes on where it stopped, does not ask what has a result, and looks replies up before it asks. A new
version of the prompts has no results yet: for it the look-up stands alone. `tests/guards.py` names all three.
"""

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
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from milo.config import Config
from milo.core.guideline import Guideline, Section
from milo.core.project import ProjectSpec, SubjectField
from milo.core.questions import ChoiceQuestion, Option
from milo.db.session import Database
from milo.db.tables import JobRow, ModelCallRow, ProjectRow, SuggestionRow, Table, UnitRow
from milo.installation import open_installation, secret_key
from milo.workflow import models, pre_annotate, projects
from milo.workflow.models import ModelSetup
from milo.workflow.pre_annotate import PreAnnotation
from tests import guards
from tests.builders import a_person, a_project, items

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[2]

IN_FLIGHT, LATENCY_MS = 8, 50
QUESTIONS = ("kind", "true", "new")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How much is asked, and how often the worker is killed: after so many calls and up to so long."""

    items: int
    kills: int
    calls: int
    seconds: float

    @property
    def units(self) -> int:
        return self.items * len(QUESTIONS)


WHOLE = Trial(items=500, kills=20, calls=1, seconds=0.7)
SMALL = Trial(items=150, kills=2, calls=3 * IN_FLIGHT, seconds=0.05)
AFTER_A_KILL = "stored replies asked again after a kill"
BY_A_NEW_VERSION = "stored replies asked again by a new version of the prompts"
TOO_MANY = "calls beyond one a unit and those in flight at a kill"
COUNTED_TWICE = "units the job counts beyond those there are"


def test_twenty_kills_lose_only_what_was_in_flight(tmp_path: Path) -> None:
    assert violations(WHOLE, tmp_path, without=guards.asked_for(guards.CALLS)) == {}


@pytest.mark.parametrize(
    ("left", "broken"),
    [
        ({"units"}, {BY_A_NEW_VERSION, TOO_MANY}),
        ({"calls"}, {COUNTED_TWICE}),
        (set(), {AFTER_A_KILL, BY_A_NEW_VERSION, TOO_MANY, COUNTED_TWICE}),
    ],
    ids=["units-left", "calls-left", "nothing-left"],
)
def test_stored_replies_are_asked_again_where_no_guard_is_left(
    tmp_path: Path, left: set[str], broken: set[str]
) -> None:
    found = violations(SMALL, tmp_path, without=guards.CALLS.keys() - left)
    assert found.keys() == broken


def violations(trial: Trial, folder: Path, *, without: Collection[str]) -> dict[str, int]:
    """How often each promise was broken in a run with kills and another with new prompts after it."""
    with an_endpoint() as endpoint, closing(a_database(folder)) as database:
        project, model = a_project_of(trial, database, folder, endpoint)
        job = queued(database, project, model)
        again = killed_again_and_again(trial, database, folder, endpoint, without)
        assert state_of(database, job) == "running", "the kills must come before the job is done"
        again += finished(database, folder, endpoint, job, without)
        with_a_note_for_people(database, project)
        by_new_version = finished(database, folder, endpoint, queued(database, project, model), without)
        total = asked(endpoint)["total"]
        print(f"\n{total} calls for {trial.units} units, {trial.kills} kills")
        counts = {
            AFTER_A_KILL: again,
            BY_A_NEW_VERSION: by_new_version,
            TOO_MANY: max(0, total - trial.units - trial.kills * IN_FLIGHT),
            **results_missing(trial, database, job),
        }
        return {promise: count for promise, count in counts.items() if count}


def killed_again_and_again(
    trial: Trial, database: Database, folder: Path, endpoint: str, without: Collection[str]
) -> int:
    """How many stored replies were asked again by workers that were killed at random moments."""
    chance = random.Random(7)
    again = 0
    for _ in range(trial.kills):
        with asked_again(database, endpoint) as prompts, a_worker(folder, without) as worker:
            wait_until_asked(endpoint, at_least=asked(endpoint)["total"] + trial.calls)
            time.sleep(chance.uniform(0.0, trial.seconds))
            worker.send_signal(signal.SIGKILL)
        again += len(prompts)
    return again


def finished(database: Database, folder: Path, endpoint: str, job: int, without: Collection[str]) -> int:
    """How many stored replies were asked again while a worker did the job to its end."""
    with asked_again(database, endpoint) as prompts, a_worker(folder, without):
        wait_until_done(database, job)
    return len(prompts)


@contextmanager
def asked_again(database: Database, endpoint: str) -> Iterator[set[str]]:
    """At the end of the block: which prompts were asked in it though their replies were stored before."""
    prompts: set[str] = set()
    stored, before = stored_prompts(database), asked(endpoint)["prompts"]
    yield prompts
    now = asked(endpoint)["prompts"]
    prompts |= {prompt for prompt in stored if now[prompt] > before[prompt]}


def results_missing(trial: Trial, database: Database, job: int) -> dict[str, int]:
    """How far what is stored is from one result a unit; both versions of the prompts have theirs."""
    with database.read() as session:
        row = session.get_one(JobRow, job)
        assert row.fence >= trial.kills
        results = list(session.scalars(select(UnitRow.status)))
        return {
            "results that are not ok": len(results) - results.count("ok"),
            "results missing": 2 * trial.units - len(results),
            "suggestions missing": 2 * trial.units - count(session, SuggestionRow),
            "replies missing": trial.units - count(session, ModelCallRow),
            COUNTED_TWICE: row.done - trial.units,
        }


def count(session: Session, table: type[Table]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def a_database(folder: Path) -> Database:
    return open_installation(Config(data_dir=folder)).database


def a_project_of(trial: Trial, database: Database, folder: Path, endpoint: str) -> tuple[int, int]:
    """A project with items and three questions, and a model behind the endpoint."""
    with database.write() as session:
        project = a_project(session, three_questions())
        items(session, project, trial.items)
        setup = ModelSetup(name="Endpoint", provider="openai_compatible", model="scripted", base_url=endpoint)
        model = models.add(session, setup, secret=secret_key(folder), now=datetime.now(UTC))
        model.capabilities = {"reachable": True, "logprobs": True}  # tested, so no call tries it first
        return project.id, model.id


def queued(database: Database, project: int, model: int) -> int:
    """A run that asks nothing but the units."""
    with database.write() as session:
        row = session.get_one(ProjectRow, project)
        wanted = PreAnnotation(model=model, correct=False, concurrency=IN_FLIGHT)
        return pre_annotate.enqueue(session, row, wanted, by=None, now=datetime.now(UTC)).id


def with_a_note_for_people(database: Database, project: int) -> None:
    """A guideline of which models see nothing: the version of the prompts is new, their text is not."""
    note = Section(id="aside", title="Aside", body="For people only.", in_prompt=False)
    spec = replace(three_questions(), guideline=Guideline(sections=(note,)))
    with database.write() as session:
        by = a_person(session, role="researcher")
        projects.change(session, session.get_one(ProjectRow, project), spec, by=by, now=datetime.now(UTC))


def three_questions() -> ProjectSpec:
    options = (Option(name="yes", label="Yes"), Option(name="no", label="No"))
    return ProjectSpec(
        name="Three questions",
        subject=(SubjectField(name="text", title="Text"),),
        questions=tuple(
            ChoiceQuestion(name=name, title=f"Is it {name}?", options=options) for name in QUESTIONS
        ),
    )


@contextmanager
def an_endpoint() -> Iterator[str]:
    """The scripted endpoint in a process of its own, so that no kill touches its counts; its URL."""
    command = [sys.executable, "-m", "tests.scripted_endpoint", "--latency-ms", str(LATENCY_MS)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPOSITORY)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@contextmanager
def a_worker(folder: Path, without: Collection[str]) -> Iterator[subprocess.Popen[bytes]]:
    """`milo worker` on the installation; killed at the end if it still runs."""
    environment = {**os.environ, "MILO_DATA_DIR": str(folder), "MILO_DATABASE_URL": ""}
    module = ["tests.crash.worker", *without] if without else ["milo", "worker"]
    process = subprocess.Popen([sys.executable, "-m", *module], env=environment, cwd=REPOSITORY)
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


def wait_until_asked(endpoint: str, *, at_least: int, seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while asked(endpoint)["total"] < at_least:
        assert time.monotonic() < until, "the worker asks no more"
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
