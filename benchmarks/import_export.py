"""How fast a file comes in beside annotators at work, how fast labels go out, how fast the item table pages.

    python -m benchmarks.import_export [--rows 1000000] [--proof-rows 200000] [--database-url URL]

Import: a child process imports a JSONL file while eight annotators, logged in for real, each claim and submit
once a second over HTTP (a person needs several seconds), and, in the proof, a job stores eight model results
ten times a second. Export: a child process writes as many annotated items as JSONL. Item table: pages over
HTTP of 100,000 items by state, by text that is found and by text that is not. Peak memory is that of the
child process. The result is written to `benchmarks/results/import_export.json`.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from benchmarks.serving import CLIENTS, Client, Waiting, add_member, at, machine, server
from milo.core.export_options import ExportOptions
from milo.db.queries import imports
from milo.db.session import Database
from milo.db.tables import (
    AnswerRow,
    AssignmentRow,
    ImportRow,
    ItemRow,
    ModelRow,
    ProjectRow,
    PromptVersionRow,
    RevisionRow,
    SuggestionRow,
)
from milo.formats import milo_yaml
from milo.workflow import export, import_items, projects

RESULTS = Path(__file__).parent / "results" / "import_export.json"
PACE_SECONDS = 1.0  # between an annotator's submits
FIRST_ITEMS = 2_000  # what they work on meanwhile
WORDS = """
the room was clean quiet staff friendly breakfast early garden view price fair noisy street broken heating
again would come back never once more towels small helpful lovely ended far too for us
""".split()  # noqa: SIM905 - thirty literals read worse


@dataclass(slots=True, kw_only=True)
class Imported(Waiting):
    """An import beside annotators at work."""

    rows: int
    database: str
    job_beside: bool
    megabytes: float = 0.0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_megabytes: float = 0.0
    imported: int = 0
    submits: int = 0
    job_writes: int = 0


@dataclass(slots=True)
class Exported:
    """An export of annotated items."""

    items: int
    format: str
    database: str
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_megabytes: float = 0.0
    megabytes: float = 0.0
    ledger: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Pages:
    """Pages of the item table, and progress, over HTTP."""

    items: int
    annotated: int
    database: str
    asked: str
    requests: int = 0
    p50_ms: float = 0.0
    p95_ms: float = 0.0


class Annotator(Client):
    """One annotator at a steady pace."""

    def work(self, until: float) -> None:
        """Claim and submit once a second until the time is up or `stopped` is set."""
        while time.perf_counter() < until and not STOPPED.is_set():
            began = time.perf_counter()
            reply = self.post("/api/projects/1/next", {"count": 1})
            self.next_ms.append(1000 * (time.perf_counter() - began))
            if reply["tasks"]:
                self.submit(reply["tasks"][0])
            STOPPED.wait(max(0.0, PACE_SECONDS * random.uniform(0.8, 1.2) - (time.perf_counter() - began)))
        self.connection.close()


STOPPED = threading.Event()


# --- import -----------------------------------------------------------------------------------------


def measure_import(rows: int, url: str, *, job_beside: bool) -> Imported:
    """Import a file of so many rows into a project at work."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = emptied(url, folder)
        run = Imported(rows=rows, database=database.engine.dialect.name, job_beside=job_beside)
        logins = a_project_at_work(database, folder)
        file = folder / "rows.jsonl"
        write_rows(file, rows, seed=7)
        run.megabytes = round(file.stat().st_size / 1e6, 1)
        import_id = started(database, file)
        with server(database.url, name) as (port, _), jobs(database.url, folder, job_beside) as written:
            clients = [Annotator(port, login) for login in logins]
            for client in clients:
                client.log_in()
            STOPPED.clear()
            threads = [
                threading.Thread(target=client.work, args=(time.perf_counter() + 3600,)) for client in clients
            ]
            for thread in threads:
                thread.start()
            told = child("--import-id", str(import_id), "--url", database.url, "--folder", name)
            STOPPED.set()
            for thread in threads:
                thread.join()
        run.seconds, run.cpu_seconds, run.peak_megabytes = (
            told["seconds"],
            told["cpu"],
            told["peak_megabytes"],
        )
        run.job_writes = written[0]
        with database.read() as session:
            row = session.get_one(ImportRow, import_id)
            assert row.state == "done", row.error
            run.imported = row.imported
        run.submits = sum(len(client.submit_ms) for client in clients)
        run.take(clients)
        database.close()
    return run


def emptied(url: str, folder: Path) -> Database:
    """A database without rows."""
    database = Database(url or f"sqlite:///{folder}/milo.db")
    if url:
        from milo.db.tables import Table

        Table.metadata.drop_all(database.engine)
    database.create_all()
    return database


def a_project_at_work(database: Database, folder: Path) -> list[str]:
    """The log-in names of the annotators of project 1, who have items to go on with."""
    now = datetime.now(UTC)
    with database.write() as session:
        project = projects.create(session, milo_yaml.template("review_sentiment"), by=None, now=now)
        logins = [f"annotator{number}" for number in range(CLIENTS)]
        for login in logins:
            add_member(session, project.id, login, "annotator", now)
        add_member(session, project.id, "researcher", "researcher", now)
    file = folder / "first.jsonl"
    write_rows(file, FIRST_ITEMS, seed=1)
    bring(database, file, folder)
    return logins


def write_rows(file: Path, rows: int, *, seed: int) -> None:
    """A JSONL file of reviews of about 150 characters."""
    rng = random.Random(seed)
    with file.open("w") as lines:
        for number in range(rows):
            text = " ".join(rng.choices(WORDS, k=26))
            lines.write(
                json.dumps({"id": f"{seed}-{number:08d}", "text": text, "stars": number % 5 + 1}) + "\n"
            )


def started(database: Database, file: Path) -> int:
    """The id of an import of the file into project 1."""
    with database.write() as session:
        row = import_items.start(
            session,
            session.get_one(ProjectRow, 1),
            filename=file.name,
            path=file,
            format=None,
            mapping={},
            by=None,
            now=datetime.now(UTC),
        )
        return row.id


def bring(database: Database, file: Path, folder: Path) -> None:
    """Import a file into project 1."""
    import_items.run(database, started(database, file), data_dir=folder, clock=lambda: datetime.now(UTC))


@contextmanager
def jobs(url: str, folder: Path, wanted: bool) -> Iterator[list[int]]:
    """A process that stores model results while the block runs; how often it did, afterwards."""
    written = [0]
    if not wanted:
        yield written
        return
    command = [
        sys.executable,
        "-m",
        "benchmarks.import_export",
        "--job",
        "--url",
        url,
        "--folder",
        str(folder),
    ]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield written
    finally:
        told, _ = process.communicate("stop\n", timeout=30)
        written[0] = json.loads(told)["writes"]


def be_a_job(database: Database) -> None:
    """Store eight suggestions ten times a second until something comes on standard input."""
    stop = threading.Event()

    def listen() -> None:
        sys.stdin.readline()
        stop.set()

    threading.Thread(target=listen, daemon=True).start()
    now = datetime.now(UTC)
    with database.write() as session:
        model = ModelRow(name="job", provider="scripted", model="rules", created_at=now)
        session.add(model)
        session.flush()
        version = PromptVersionRow(project_id=1, model_id=model.id, version="v", config={}, created_at=now)
        session.add(version)
        session.flush()
        version_id = version.id
    with database.read() as session:
        item_ids = session.scalars(select(ItemRow.id).where(ItemRow.project_id == 1).limit(FIRST_ITEMS)).all()
    writes = 0
    while not stop.wait(0.1) and (writes + 1) * 8 <= len(item_ids):
        batch = item_ids[writes * 8 : writes * 8 + 8]
        with database.write() as session:
            session.execute(insert(SuggestionRow), [a_suggestion(id, version_id, now) for id in batch])
        writes += 1
    print(json.dumps({"writes": writes}), flush=True)


def a_suggestion(item_id: int, version_id: int, now: datetime) -> dict[str, Any]:
    """A row of the suggestion table."""
    return {
        "project_id": 1,
        "item_id": item_id,
        "question": "sentiment",
        "prompt_version_id": version_id,
        "status": "ok",
        "distribution": {"positive": 0.8, "negative": 0.2},
        "preselected": ["positive"],
        "top_option": "positive",
        "top_confidence": 0.8,
        "created_at": now,
    }


# --- export -----------------------------------------------------------------------------------------


def measure_exports(items: int, url: str) -> tuple[list[Exported], list[Pages]]:
    """Export so many annotated items in each format; then the item table and progress over them."""
    exported = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = emptied(url, folder)
        a_project_at_work(database, folder)
        file = folder / "rows.jsonl"
        write_rows(file, items - FIRST_ITEMS, seed=7)
        bring(database, file, folder)
        annotate_all(database)
        for format in ("jsonl", "csv"):
            run = Exported(items, format, database.engine.dialect.name)
            told = child("--export", format, "--url", database.url, "--folder", name)
            run.seconds, run.cpu_seconds = told["seconds"], told["cpu"]
            run.peak_megabytes, run.megabytes = told["peak_megabytes"], told["megabytes"]
            run.ledger = told["ledger"]
            exported.append(run)
        pages = measure_pages(database, name, items, items)
        database.close()
    return exported, pages


def annotate_all(database: Database) -> None:
    """One answer to every item, as submits would leave it."""
    now = datetime.now(UTC) - timedelta(days=1)
    after = 0
    while True:
        with database.write() as session:
            ids = session.scalars(
                select(ItemRow.id)
                .where(ItemRow.project_id == 1, ItemRow.id > after)
                .order_by(ItemRow.id)
                .limit(2000)
            ).all()
            if not ids:
                return
            after = ids[-1]
            people_ids = [id % CLIENTS + 1 for id in ids]
            first = imports.next_ids(session, AssignmentRow.__table__, len(ids))  # type: ignore[arg-type]
            rows = list(zip(first, ids, people_ids, strict=True))
            session.execute(insert(AssignmentRow), [an_assignment(*row, now) for row in rows])
            session.execute(insert(RevisionRow), [a_revision(*row, now) for row in rows])
            session.execute(insert(AnswerRow), [an_answer(*row) for row in rows])
            session.execute(
                ItemRow.__table__.update().where(ItemRow.id.in_(ids)).values(state="labeled")  # type: ignore[attr-defined]
            )


def an_assignment(id: int, item_id: int, person_id: int, now: datetime) -> dict[str, Any]:
    """A row of the assignment table."""
    return {
        "id": id,
        "project_id": 1,
        "item_id": item_id,
        "annotator_id": person_id,
        "state": "submitted",
        "schema_version": 1,
        "guideline_version": 1,
        "revision": 1,
        "submitted_at": now,
        "active_ms": 4000 + id % 3000,
        "wall_ms": 5000 + id % 3000,
    }


def a_revision(id: int, item_id: int, person_id: int, now: datetime) -> dict[str, Any]:
    """A row of the revision table."""
    return {
        "project_id": 1,
        "assignment_id": id,
        "client_id": f"{id:032x}",
        "number": 1,
        "act": "submit",
        "state": "submitted",
        "answers": {"sentiment": {"kind": "choice", "value": "positive", "confidence": None}},
        "origins": {"sentiment": {"": "human"}},
        "schema_version": 1,
        "guideline_version": 1,
        "active_ms": 4000 + id % 3000,
        "wall_ms": 5000 + id % 3000,
        "created_at": now,
    }


def an_answer(id: int, item_id: int, person_id: int) -> dict[str, Any]:
    """A row of the answer table."""
    return {
        "project_id": 1,
        "item_id": item_id,
        "assignment_id": id,
        "annotator_id": person_id,
        "question": "sentiment",
        "option": "positive",
        "source": "human",
    }


# --- item table -------------------------------------------------------------------------------------


def measure_item_table(items: int, url: str) -> list[Pages]:
    """Pages of a project with so many items, none annotated."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = emptied(url, folder)
        a_project_at_work(database, folder)
        file = folder / "rows.jsonl"
        write_rows(file, items - FIRST_ITEMS, seed=7)
        bring(database, file, folder)
        pages = measure_pages(database, name, items, 0)
        database.close()
    return pages


def measure_pages(database: Database, folder: str, items: int, annotated: int) -> list[Pages]:
    """How long a researcher waits for pages of the item table and for progress."""
    state = "labeled" if annotated else "new"
    asked = {
        "first page": "items",
        "a page in the middle": f"items?cursor={items // 2}",
        "a state": f"items?state={state}&cursor={items // 3}",
        "a state nothing is in": "items?state=rejected",
        "a text that is found": "items?q=never%20once",
        "an id that is found": f"items?q=7-{items - FIRST_ITEMS - 1:08d}",
        "a text that is nowhere": "items?q=xyzzy",
        "progress": "progress",
    }
    found = []
    with server(database.url, folder) as (port, _):
        client = Client(port, "researcher")
        client.log_in()
        for told, path in asked.items():
            took = []
            for _ in range(30):
                began = time.perf_counter()
                client.connection.request("GET", f"/api/projects/1/{path}", headers=client.headers)
                response = client.connection.getresponse()
                response.read()
                assert response.status == 200, (path, response.status)
                took.append(1000 * (time.perf_counter() - began))
            took.sort()
            run = Pages(items, annotated, database.engine.dialect.name, told, len(took))
            run.p50_ms, run.p95_ms = round(at(took, 0.5), 1), round(at(took, 0.95), 1)
            found.append(run)
    return found


# --- children ---------------------------------------------------------------------------------------


def child(*arguments: str) -> dict[str, Any]:
    """What a child process of this benchmark measured of itself."""
    command = [sys.executable, "-m", "benchmarks.import_export", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def be_a_child(options: argparse.Namespace) -> None:
    """Import, export, or be a job, and print what it took."""
    database, folder = Database(options.url), Path(options.folder)
    if options.job:
        be_a_job(database)
        return
    began, told = time.perf_counter(), {}
    if options.import_id:
        import_items.run(database, options.import_id, data_dir=folder, clock=lambda: datetime.now(UTC))
    else:
        written = export.write(
            database, 1, ExportOptions(format=options.export), data_dir=folder, name="labels"
        )
        told = {
            "ledger": written.ledger.as_data(),
            "megabytes": round(written.path.stat().st_size / 1e6, 1),
        }
    used = resource.getrusage(resource.RUSAGE_SELF)
    told |= {
        "seconds": round(time.perf_counter() - began, 1),
        "cpu": round(used.ru_utime + used.ru_stime, 1),
        "peak_megabytes": peak_megabytes(),
    }
    print(json.dumps(told), flush=True)


def peak_megabytes() -> float:
    """The most memory this process ever had resident; `ru_maxrss` would count the parent before `exec`."""
    status = Path("/proc/self/status").read_text()
    return round(int(status.partition("VmHWM:")[2].split()[0]) / 1024, 1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--proof-rows", type=int, default=200_000)
    parser.add_argument("--table-items", type=int, default=100_000)
    parser.add_argument(
        "--database-url", default="", help="a PostgreSQL database whose tables are dropped; else SQLite"
    )
    parser.add_argument("--out", type=Path, default=RESULTS)
    for name in ("--url", "--folder", "--export"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    parser.add_argument("--import-id", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--job", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.url:
        be_a_child(options)
        return
    where, url = machine(), options.database_url
    result: dict[str, Any] = {"at": datetime.now(UTC).isoformat(), "machine": where}
    result["import_beside_work"] = asdict(measure_import(options.proof_rows, url, job_beside=True))
    print(json.dumps(result, indent=2), flush=True)
    result["import"] = asdict(measure_import(options.rows, url, job_beside=False))
    print(json.dumps(result["import"], indent=2), flush=True)
    result["item_table"] = [asdict(run) for run in measure_item_table(options.table_items, url)]
    exports, pages = measure_exports(options.rows, url)
    result["export"] = [asdict(run) for run in exports]
    result["item_table_annotated"] = [asdict(run) for run in pages]
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
