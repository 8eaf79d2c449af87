"""Drafts from an embedded model: a worker loads it, the server asks it there, and either may end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from milo.config import Config
from milo.core.errors import Unavailable
from milo.core.model_config import ModelConfig
from milo.db.tables import EngineRow, JobRow, ModelDraftRow, ModelRow
from milo.installation import Installation, secret_key
from milo.models import catalog, open_model
from milo.web.app import create_app
from milo.worker import Worker, job_functions
from milo.workflow import engine, models
from milo.workflow.jobs import JobRun
from milo.workflow.models import ModelSetup
from tests.builders import a_database, a_member, a_project, browser, items
from tests.scripted_endpoint import Behaviour, ScriptedEndpoint
from tests.web.test_assist import SAYS, Site, Tab, a_writing_spec, ended


@dataclass(slots=True)
class FakeEngine:
    """An embedded model whose engine is the scripted endpoint."""

    url: str
    version: str = "fake"
    name: str = "Writer"
    is_closed: bool = False

    async def endpoint(self) -> ModelConfig:
        if not self.url:
            raise Unavailable("the weights of model 'Writer' are not installed")
        return ModelConfig(
            id=1, name="Writer", provider="openai_compatible", model="m", base_url=self.url, api_key="secret"
        )

    async def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with ScriptedEndpoint(replace(SAYS, api_key="secret")) as endpoint:
        site = a_site(tmp_path, endpoint, ModelSetup(name="Writer", provider="embedded", model="fake"))
        site.app.state.open_model = lambda config: (
            FakeEngine("") if config.provider == "embedded" else open_model(config)
        )
        yield site
        site.database.close()


def a_site(folder: Path, endpoint: ScriptedEndpoint, setup: ModelSetup) -> Site:
    database = a_database(folder)

    def clock() -> datetime:
        return datetime.now(UTC)

    with database.write() as session:
        project = a_project(session, a_writing_spec())
        people = [a_member(session, project), a_member(session, project, role="researcher")]
        items(session, project, ["Peru", "Chile"])
        models.add(session, setup, secret=secret_key(folder), now=project.created_at)
        id = project.id
    app = create_app(database, Config(data_dir=folder), clock=clock)
    annotator, researcher = (browser(app, person) for person in people)
    return Site(database, folder, app, id, annotator, researcher, endpoint, clock)  # type: ignore[arg-type]


@contextmanager
def a_worker(site: Site, url: str | None = None) -> Iterator[list[FakeEngine]]:
    """A worker at work in a thread, whose engines listen at the scripted endpoint; gives those it made."""
    made: list[FakeEngine] = []

    def make(config: ModelConfig) -> Any:
        made.append(FakeEngine(site.endpoint.url if url is None else url))
        return made[-1]

    def keep(run: JobRun) -> Any:
        return engine.run(replace(run, open_model=make))

    functions = {**job_functions(), "engine": keep}
    installation = Installation(Config(data_dir=site.folder), site.folder, site.database)
    stop = threading.Event()
    worker = Worker(installation, stop=stop, functions=functions)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield made
    finally:
        stop.set()
        thread.join(30)


def state_of_job(site: Site) -> list[str]:
    return [job.state for job in site.rows(JobRow) if job.kind == "engine"]


class TestAnEngine:
    def test_is_loaded_while_its_annotator_is_told_so_and_then_streams(self, site: Site) -> None:
        with a_worker(site) as engines:
            found = site.ask(site.task())
            names = [name for name, _ in found]
            assert names == ["started", "waiting", "waiting", *["piece"] * 9, "done"]
            assert [told["reason"] for _, told in found[1:3]] == [engine.LOADING, None]
            assert site.rows(ModelDraftRow)[0].cost_usd == 0.0
            assert "waiting" not in [name for name, _ in site.ask(site.task())]
            assert len(engines) == 1
        assert engines[0].is_closed

    def test_stands_in_no_list_of_work(self, site: Site) -> None:
        with a_worker(site):
            site.ask(site.task())
            assert state_of_job(site) == ["running"]
            assert site.researcher.get(f"/api/projects/{site.project}/jobs").json() == []

    def test_is_let_go_by_a_worker_that_ends_and_loaded_anew_by_the_next(self, site: Site) -> None:
        task = site.task()
        with a_worker(site):
            site.ask(task)
        with site.database.read() as session:
            row = session.scalars(select(EngineRow)).one()
            assert (row.base_url, row.key_encrypted, row.ready_at) == (None, None, None)
        assert state_of_job(site) == ["queued"]
        with a_worker(site):
            assert site.ask(task)[-1][0] == "done"

    def test_left_behind_by_a_crash_is_asked_once_and_then_found_anew(self, site: Site) -> None:
        with site.database.write() as session:
            model = session.scalars(select(ModelRow)).one()
            now = datetime.now(UTC)
            engine.want(session, site.project, model.id, now=now)
            row = session.get_one(EngineRow, model.id)
            row.base_url, row.ready_at = "http://127.0.0.1:9/v1", now
            row.key_encrypted = Fernet(secret_key(site.folder)).encrypt(b"old")
            job = session.get_one(JobRow, row.job_id)
            job.state, job.owner, job.lease_until = "running", "somebody", now + timedelta(milliseconds=200)
        with a_worker(site):
            assert [name for name, _ in site.ask(site.task())][-1] == "done"

    def test_that_cannot_be_loaded_says_why(self, site: Site) -> None:
        with a_worker(site, url=""):
            name, problem = site.ask(site.task())[-1]
        assert name == "problem"
        assert "not installed" in problem["reason"]
        assert state_of_job(site) == ["failed"]

    def test_that_nobody_would_load_says_so(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(engine, "MOST_WAIT", timedelta(0))
        name, problem = site.ask(site.task())[-1]
        assert name == "problem"
        assert "No worker is at work" in problem["reason"]

    def test_is_kept_while_it_is_wanted_and_no_longer(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with a_worker(site) as engines:
            site.ask(site.task())
            monkeypatch.setattr(engine, "KEPT", timedelta(0))
            waiting = threading.Event()
            for _ in range(100):
                if state_of_job(site) == ["done"]:
                    break
                waiting.wait(0.1)
            assert state_of_job(site) == ["done"]
            assert engines[0].is_closed

    def test_is_waited_for_no_longer_than_its_annotator_waits(self, site: Site) -> None:
        task = site.task()

        async def watch() -> None:
            tab = Tab(site, task)
            reading = asyncio.create_task(tab.read())
            while "waiting" not in [name for name, _ in tab.heard]:
                await asyncio.wait_for(tab.news.wait(), 10)
                tab.news.clear()
            tab.is_closed.set()
            await asyncio.wait_for(reading, 10)
            await ended(site)

        asyncio.run(watch())
        assert [draft["status"] for draft in site.drafts(task)] == ["stopped"]


@pytest.mark.slow
def test_the_real_engine_streams_and_stop_frees_its_only_slot(
    tmp_path: Path, weights: Callable[[str], Path]
) -> None:
    cache_dir = weights(catalog.DEFAULT).parent.parent
    params = {"slots": 1, "context_tokens": 4096}
    setup = ModelSetup(name="Writer", provider="embedded", model=catalog.DEFAULT, params=params)
    with ScriptedEndpoint(Behaviour()) as nobody:
        site = a_site(tmp_path, nobody, setup)
        config = Config(data_dir=tmp_path, cache_dir=cache_dir)
        site.app.state.open_model = lambda config: open_model(config, cache_dir=cache_dir)
        site.change(max_tokens=3000)
        installation = Installation(config, tmp_path, site.database)
        stop = threading.Event()
        thread = threading.Thread(target=Worker(installation, stop=stop).run)
        thread.start()
        try:
            task = site.task()
            asyncio.run(_stop_a_long_draft(site, task))
            site.change(max_tokens=24)
            name, draft = site.ask(task, "What is the capital of Peru?")[-1]
        finally:
            stop.set()
            thread.join(60)
    assert (name, draft["status"], draft["number"]) == ("done", "done", 2)
    assert "Lima" in draft["text"]
    assert draft["probability"] is not None
    assert nobody.calls.total == 0
    stopped = site.drafts(task)[0]
    assert (stopped["status"], stopped["is_cut"]) == ("stopped", False)
    assert 5 <= stopped["tokens"] < 2000  # had the engine gone on, the second draft would have waited minutes
    site.database.close()


async def _stop_a_long_draft(site: Site, task: int) -> None:
    tab = Tab(site, task, query="Count from 1 to 2000, one number a line, and leave none out.")
    reading = asyncio.create_task(tab.read())
    while len([name for name, _ in tab.heard if name == "piece"]) < 5:
        await asyncio.wait_for(tab.news.wait(), 120)
        tab.news.clear()
    tab.is_closed.set()
    await asyncio.wait_for(reading, 30)
    await ended(site)
