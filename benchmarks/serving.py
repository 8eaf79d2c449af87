"""How many claim + submit pairs a second one server process serves, and at what CPU.

    python -m benchmarks.serving [--items 10000 1000000] [--seconds 20] [--database-url URL]

Eight clients log in for real and work through a project with overlap 1, one task a claim; every twentieth
submit is sent twice. The result is written to `benchmarks/results/serving.json`, with machine and versions.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from milo.config import Config
from milo.core.item import content_hash
from milo.core.person import Role
from milo.db.session import Database
from milo.db.tables import AssignmentRow, ItemPayloadRow, ItemRow, RevisionRow, SlotRow
from milo.formats import milo_yaml
from milo.workflow import people, projects

CLIENTS = 8
PASSWORD = "benchmark-password"
BATCH = 2_000
RESULTS = Path(__file__).parent / "results" / "serving.json"


@dataclass(slots=True, kw_only=True)
class Waiting:
    """How long the clients of a run waited, and what they were told."""

    next_p50_ms: float = 0.0
    next_p95_ms: float = 0.0
    submit_p50_ms: float = 0.0
    submit_p95_ms: float = 0.0
    submit_max_ms: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)

    def take(self, clients: Sequence[Client]) -> None:
        """Sum up what the clients noted."""
        nexts = sorted(ms for client in clients for ms in client.next_ms)
        submits = sorted(ms for client in clients for ms in client.submit_ms)
        self.next_p50_ms, self.next_p95_ms = round(at(nexts, 0.5), 1), round(at(nexts, 0.95), 1)
        self.submit_p50_ms, self.submit_p95_ms = round(at(submits, 0.5), 1), round(at(submits, 0.95), 1)
        self.submit_max_ms = round(submits[-1], 1)
        self.statuses = dict(sum((Counter(client.statuses) for client in clients), Counter()))


@dataclass(slots=True, kw_only=True)
class Run(Waiting):
    """What one run measured."""

    items: int
    database: str
    load: float = 0.0  # of the machine, just before: other work on it costs pairs and tails
    seconds: float = 0.0
    pairs: int = 0
    pairs_per_second: float = 0.0
    server_cpu_ms_a_pair: float = 0.0
    surplus: int = 0
    lost: int = 0
    doubled: int = 0


@dataclass(slots=True)
class Client:
    """One annotator who answers as fast as the server hands out."""

    port: int
    login: str
    next_ms: list[float] = field(default_factory=list)
    submit_ms: list[float] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    connection: Any = None  # Any: an http.client connection, opened by its own thread

    def log_in(self) -> None:
        """Log in as a browser does."""
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        body = json.dumps({"login": self.login, "password": PASSWORD})
        self.connection.request("POST", "/api/login", body, {"Content-Type": "application/json"})
        response = self.connection.getresponse()
        me = json.loads(response.read())
        cookie = response.headers["Set-Cookie"].split(";")[0]
        self.headers = {
            "Cookie": cookie,
            "X-CSRF-Token": me["csrf_token"],
            "Content-Type": "application/json",
        }

    def work(self, until: float) -> None:
        """Claim and submit until the time is up."""
        while time.perf_counter() < until:
            began = time.perf_counter()
            reply = self.post("/api/projects/1/next", {"count": 1})
            self.next_ms.append(1000 * (time.perf_counter() - began))
            if not reply["tasks"]:
                raise RuntimeError(f"the project ran dry: {reply['empty']}")
            self.submit(reply["tasks"][0])
        self.connection.close()

    def submit(self, task: dict[str, Any]) -> None:
        """Answer one task; every twentieth is sent twice."""
        client_id = str(uuid.uuid4())
        body = {
            "client_id": client_id,
            "expected_revision": task["revision"],
            "schema_version": task["schema_version"],
            "answers": {"sentiment": {"kind": "choice", "value": "positive"}},
            "shown": [],
            "active_ms": 900,
            "wall_ms": 1000,
            "blurred_ms": 0,
        }
        path = f"/api/assignments/{task['assignment']}/submit"
        began = time.perf_counter()
        self.post(path, body)
        self.submit_ms.append(1000 * (time.perf_counter() - began))
        self.acknowledged.append(client_id)
        if len(self.acknowledged) % 20 == 0:
            self.post(path, body)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The reply to a request."""
        self.connection.request("POST", path, json.dumps(body), self.headers)
        response = self.connection.getresponse()
        data = response.read()
        self.statuses[response.status] = self.statuses.get(response.status, 0) + 1
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status} {data[:300]!r}")
        reply: dict[str, Any] = json.loads(data)
        return reply


def measure(items: int, seconds: float, url: str) -> Run:
    """One run over a new database."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(url or f"sqlite:///{folder}/milo.db")
        run = Run(items=items, database=database.engine.dialect.name)
        logins = prepare(database, items)
        with server(database.url, folder) as (port, pid):
            clients = [Client(port, login) for login in logins]
            for client in clients:
                client.log_in()
            work(clients, 2.0)  # warm up
            for client in clients:
                client.next_ms.clear()
                client.submit_ms.clear()
                client.log_in()
            run.load = round(os.getloadavg()[0], 1)
            done_before = sum(len(client.acknowledged) for client in clients)
            cpu, began = cpu_seconds(pid), time.perf_counter()
            work(clients, seconds)
            run.seconds = time.perf_counter() - began
            cpu = cpu_seconds(pid) - cpu
        run.pairs = sum(len(client.acknowledged) for client in clients) - done_before
        run.pairs_per_second = round(run.pairs / run.seconds, 1)
        run.server_cpu_ms_a_pair = round(1000 * cpu / run.pairs, 2)
        run.take(clients)
        check(database, run, clients)
        database.close()
    return run


def work(clients: list[Client], seconds: float) -> None:
    """All clients at once."""
    until = time.perf_counter() + seconds
    threads = [threading.Thread(target=client.work, args=(until,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def check(database: Database, run: Run, clients: list[Client]) -> None:
    """Count what must be nought: surplus, answers lost, answers stored twice."""
    acknowledged = [id for client in clients for id in client.acknowledged]
    with database.read() as session:
        stored = session.scalars(select(RevisionRow.client_id)).all()
        surplus = select(func.count()).select_from(AssignmentRow).where(AssignmentRow.state == "surplus")
        run.surplus = session.scalar(surplus) or 0
    run.lost = len(set(acknowledged) - set(stored))
    run.doubled = len(stored) - len(set(stored)) + abs(len(acknowledged) - len(set(acknowledged)))


def prepare(database: Database, items: int) -> list[str]:
    """The log-in names of the annotators of a project with so many items."""
    now = datetime.now(UTC)
    database.create_all()
    with database.write() as session:
        project = projects.create(session, milo_yaml.template("review_sentiment"), by=None, now=now)
        logins = [f"annotator{number}" for number in range(CLIENTS)]
        for login in logins:
            add_member(session, project.id, login, "annotator", now)
    for first in range(1, items + 1, BATCH):
        numbers = range(first, min(first + BATCH, items + 1))
        with database.write() as session:
            session.execute(insert(ItemRow), [item(number, now) for number in numbers])
            payloads = [
                {"item_id": n, "fields": {"text": text_of(n)}, "gold": {}, "meta": {}} for n in numbers
            ]
            session.execute(insert(ItemPayloadRow), payloads)
            session.execute(insert(SlotRow), [{"queue_id": 1, "item_id": n} for n in numbers])
    return logins


def add_member(session: Session, project_id: int, login: str, role: Role, now: datetime) -> None:
    """Somebody who can log in and work in the project."""
    person = people.add_person(session, login=login, name=login, password=PASSWORD, role=role, now=now)
    people.add_member(session, project_id, person.id, role, now=now)


def item(number: int, now: datetime) -> dict[str, Any]:
    """A row of the item table."""
    return {
        "id": number,
        "project_id": 1,
        "external_id": str(number),
        "content_hash": content_hash({"text": text_of(number)}),
        "excerpt": text_of(number)[:80],
        "visible": True,
        "created_at": now,
    }


def text_of(number: int) -> str:
    """A review of about 400 characters."""
    return f"Review {number}. " + "It does what it should, and on most days a little more than that. " * 6


@contextmanager
def server(url: str, folder: str) -> Iterator[tuple[int, int]]:
    """Port and process id of one server process."""
    command = [sys.executable, "-m", "benchmarks.serving", "--serve", url, "--folder", folder]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline()), process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stdout.close()


def serve(url: str, folder: str) -> None:
    """Be the server process."""
    from milo.installation import Installation
    from milo.server import listen, run_server

    listener = listen("127.0.0.1", 0)
    print(listener.getsockname()[1], flush=True)
    config = Config(data_dir=Path(folder), logins_per_minute=1000)
    run_server(Installation(config, Path(folder), Database(url)), listener)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def at(values: list[float], share: float) -> float:
    """The value below which that share of the sorted values lies."""
    return values[min(len(values) - 1, int(share * len(values)))]


def machine() -> dict[str, Any]:
    """Where this ran, with the versions that matter."""
    names = ("fastapi", "sqlalchemy", "starlette", "uvicorn", "pydantic", "orjson")
    return {
        "cpus": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "platform": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in names},
    }


def main() -> None:
    """Measure, print, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument(
        "--database-url", default="", help="an empty PostgreSQL database; SQLite if not given"
    )
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.folder)
        return
    where = machine()
    runs = [measure(items, options.seconds, options.database_url) for items in options.items]
    result = {"at": datetime.now(UTC).isoformat(), "machine": where, "runs": [asdict(run) for run in runs]}
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
