"""`milo demo --check`: import, pre-annotation and judging by the real model, answers over HTTP, export."""

from __future__ import annotations

import contextlib
import json
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from milo.config import load
from milo.core.errors import MiloError
from milo.db.tables import ExportRow, JobRow, JudgeRow, ModelCallRow, ModelRow, SuggestionRow, VerdictRow
from milo.demo import reviewing
from milo.demo.build import PASSWORD, build, log_in_name
from milo.installation import Installation, open_installation
from milo.server import address, listen
from milo.worker import Worker, run_or_enqueue
from milo.workflow import jobs
from milo.workflow.jobs import JobCancelled

CALLS_AT_MOST = 110
ANSWERS = 12


def run() -> int:
    """Do it all in a temporary folder; 0 when everything held, else 1 with the reason printed."""
    started = time.perf_counter()
    try:
        with tempfile.TemporaryDirectory(prefix="milo-check-") as folder:
            _check(Path(folder))
    except MiloError as error:
        print(f"demo check failed: {error}")
        return 1
    print(f"everything held, in {time.perf_counter() - started:.0f} s")
    return 0


def _check(folder: Path) -> None:
    config = load().model_copy(update={"data_dir": folder, "database_url": ""})
    installation = open_installation(config)
    try:
        with _timed("build: people, projects, 115 items, recorded runs, a colleague's work"):
            demo = build(installation, now=datetime.now(UTC))
        with _timed("pre-annotate 60 reviews with the embedded model"):
            run_or_enqueue(installation, demo.waiting_jobs[0])
        _expect_suggestions(installation)
        with _timed("judge two written answers with the embedded model"):
            _judge(installation, demo.projects["written"])
        with _timed(f"{ANSWERS} answers over HTTP"), _served(installation) as where:
            _answer(where, demo.projects["reviews"])
        with (
            _timed("a draft of the embedded model, and an answer made of it, over HTTP"),
            _engine(installation),
            _served(installation) as where,
        ):
            _write(where, demo.projects["pictures"])
        with _served(installation) as where:
            export = _export(where, installation, demo.projects["reviews"])
        _print_ledger(installation, export)
    finally:
        installation.database.close()


@contextmanager
def _timed(what: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    print(f"{time.perf_counter() - started:7.1f} s  {what}", flush=True)


def _expect_suggestions(installation: Installation) -> None:
    """One suggestion a review, from at most `CALLS_AT_MOST` calls of the embedded model."""
    with installation.database.read() as session:
        embedded = session.scalars(select(ModelRow).where(ModelRow.provider == "embedded")).one()
        calls = session.scalar(
            select(func.count()).select_from(ModelCallRow).where(ModelCallRow.model_id == embedded.id)
        )
        found = session.scalar(
            select(func.count())
            .select_from(SuggestionRow)
            .where(SuggestionRow.question == "sentiment", SuggestionRow.status == "ok")
        )
        card = embedded.card or {}
    print(f"           {calls} calls, {found} suggestions; on gold: {_measured(card)}")
    if not found or not calls or calls > CALLS_AT_MOST:
        raise MiloError(f"expected suggestions from 1 to {CALLS_AT_MOST} calls; got {found} from {calls}")


def _judge(installation: Installation, slug: str) -> None:
    """A verdict on every part of two answers, or the reason why there is none; the calls stay few."""
    reviewing.judged(installation, slug, ["wa-06", "wa-11"], _embedded(installation), datetime.now(UTC))
    with installation.database.read() as session:
        calls = session.scalar(
            select(func.count())
            .select_from(ModelCallRow)
            .where(ModelCallRow.model_id == _embedded(installation))
        )
        rows = session.scalars(
            select(VerdictRow)
            .join(JudgeRow, JudgeRow.id == VerdictRow.judge_id)
            .where(JudgeRow.model_id == _embedded(installation))
        ).all()
    read = sum(row.status == "ok" for row in rows)
    print(f"           {len(rows)} verdicts, {read} of them read; {calls} calls in all")
    if len(rows) != 6 or not calls or calls > CALLS_AT_MOST:
        raise MiloError(f"expected 6 verdicts and at most {CALLS_AT_MOST} calls; got {len(rows)} and {calls}")


def _embedded(installation: Installation) -> int:
    with installation.database.read() as session:
        return session.scalars(select(ModelRow.id).where(ModelRow.provider == "embedded")).one()


def _measured(card: dict[str, Any]) -> str:
    questions = card.get("measured", {}).get("questions", {})
    figures = [f"{name} {q['right']} of {q['n']} right" for name, q in questions.items()]
    return ", ".join(figures) or "nothing measured"


@contextmanager
def _served(installation: Installation) -> Iterator[str]:
    import uvicorn

    from milo.web.app import create_app

    listener = listen("127.0.0.1", 0)
    app = create_app(installation.database, installation.config)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield address(listener)
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@contextmanager
def _engine(installation: Installation) -> Iterator[None]:
    """A worker beside the server that loads the embedded model when a draft is asked for; nothing else."""
    is_over = threading.Event()

    def work() -> None:
        while not is_over.wait(0.1):
            for id in _engine_jobs(installation, "queued"):
                with contextlib.suppress(JobCancelled):
                    Worker(installation, stop=threading.Event()).run_one(id)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        with installation.database.write() as session:
            for id in _engine_jobs(installation, "running"):
                jobs.cancel(session, session.get_one(JobRow, id), now=datetime.now(UTC))
        thread.join(timeout=30)


def _engine_jobs(installation: Installation, state: str) -> list[int]:
    with installation.database.read() as session:
        wanted = select(JobRow.id).where(JobRow.kind == "engine", JobRow.state == state)
        return list(session.scalars(wanted))


class _Client:
    """A person's browser, as far as the check needs one."""

    def __init__(self, where: str, login: str) -> None:
        self._where = where
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self._csrf_token = ""
        self._csrf_token = self.post("/api/login", {"login": login, "password": PASSWORD})["csrf_token"]

    def post(self, path: str, body: dict[str, Any]) -> Any:  # Any: the reply's JSON
        headers = {"Content-Type": "application/json", "X-CSRF-Token": self._csrf_token}
        data = json.dumps(body).encode()
        request = urllib.request.Request(self._where + path, data, headers, method="POST")
        with self._opener.open(request, timeout=60) as reply:
            return json.load(reply)

    def events(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The last event of each name of a stream."""
        headers = {"Content-Type": "application/json", "X-CSRF-Token": self._csrf_token}
        sent = json.dumps(body).encode()
        request = urllib.request.Request(self._where + path, sent, headers, method="POST")
        found = {}
        with self._opener.open(request, timeout=120) as reply:
            for event in reply.read().decode().split("\n\n"):
                name, _, data = event.partition("\ndata: ")
                if name.startswith("event: "):
                    found[name.removeprefix("event: ")] = json.loads(data)
        return found


def _write(where: str, slug: str) -> None:
    """Ask for a draft, rewrite it, send it: the draft and what became of it are both kept."""
    client = _Client(where, log_in_name("first_annotator"))
    task = client.post(f"/api/projects/{slug}/next", {"count": 1})["tasks"][0]
    asked = {"kind": "text", "value": "What does this picture show?"}
    own = {"kind": "text", "value": "It shows what its caption says."}
    address = f"/api/assignments/{task['assignment']}"
    told = client.events(f"{address}/assist", {"query": asked["value"], "answers": {"query": asked}})
    draft = told.get("done")
    if draft is None:
        raise MiloError(f"the assistant wrote no draft: {told}")
    print(f"           draft of {len(draft['text'].split())} words in {draft['generation_ms'] / 1000:.1f} s")
    receipt = client.post(
        f"{address}/submit",
        {
            "client_id": "check-written",
            "expected_revision": task["revision"],
            "schema_version": task["schema_version"],
            "answers": {
                "query": asked,
                "response": own,
            },
            "active_ms": 2000,
            "wall_ms": 2000,
        },
    )
    if receipt["state"] != "submitted":
        raise MiloError(f"the written answer is {receipt['state']!r}, expected 'submitted'")


def _answer(where: str, slug: str) -> None:
    client = _Client(where, log_in_name("first_annotator"))
    for number in range(ANSWERS):
        task = client.post(f"/api/projects/{slug}/next", {"count": 1})["tasks"][0]
        suggestion = task["suggestions"][0]
        chosen = (suggestion["preselected"] or ["positive"])[0]
        receipt = client.post(
            f"/api/assignments/{task['assignment']}/submit",
            {
                "client_id": f"check-{number}",
                "expected_revision": task["revision"],
                "schema_version": task["schema_version"],
                "answers": {"sentiment": {"kind": "choice", "value": chosen}},
                "shown": [
                    {
                        "suggestion": suggestion["id"],
                        "preselected": suggestion["preselected"],
                        "revealed_at": datetime.now(UTC).isoformat(),
                    }
                ],
                "active_ms": 2000,
                "wall_ms": 2000,
                "blurred_ms": 0,
            },
        )
        if receipt["state"] != "submitted":
            raise MiloError(f"answer {number} is {receipt['state']!r}, expected 'submitted'")


def _export(where: str, installation: Installation, slug: str) -> int:
    client = _Client(where, log_in_name("researcher"))
    job = client.post(f"/api/projects/{slug}/jobs", {"kind": "export", "format": "jsonl"})
    run_or_enqueue(installation, job["id"])
    with installation.database.read() as session:
        done = session.get_one(JobRow, job["id"])
        if done.state != "done" or done.result is None:
            raise MiloError(f"the export is {done.state}: {done.error}")
        return int(done.result["export"])


def _print_ledger(installation: Installation, export: int) -> None:
    with installation.database.read() as session:
        row = session.get_one(ExportRow, export)
        ledger = row.ledger
    print("           ledger: " + json.dumps(ledger))
    lines = Path(row.path).read_text("utf-8").count("\n")
    if lines != ledger["exported"]:
        raise MiloError(f"the ledger says {ledger['exported']} rows, the file has {lines}")
