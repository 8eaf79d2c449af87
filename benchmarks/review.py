"""How long it takes to open the next review, and to store one, with many answers waiting.

    python -m benchmarks.review [--answers 20000 100000] [--reviews 200] [--database-url URL]

One auditor logs in for real and works through a queue in which every answer waits and every second one has
feedback of a judge. Beside it stands the cheapest request of the same server, `GET /api/me`, so that the
figures of two machines can be compared. The result is written to `benchmarks/results/review.json`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from benchmarks.serving import BATCH, Client, add_member, at, item, machine, server, text_of
from milo.core.review_policy import ReviewPolicy, ReviewRule
from milo.core.rubric import Criterion, Grade, Rubric
from milo.db.session import Database
from milo.db.tables import (
    AssignmentRow,
    FeedbackRow,
    ItemPayloadRow,
    ItemRow,
    JudgeRow,
    ModelRow,
    RevisionRow,
)
from milo.formats import milo_yaml
from milo.workflow import projects

RESULTS = Path(__file__).parent / "results" / "review.json"
AUDITOR = "auditor"
ANSWERS = {"sentiment": {"kind": "choice", "value": "positive", "confidence": None}}
GRADES = tuple(Grade(name=f"g{level}", label=f"Level {level}", level=level) for level in (1, 2, 3))
PARTS = ("accuracy", "completeness", "style", "tone")


@dataclass(slots=True)
class Run:
    """What one run measured, in milliseconds as the reviewer waits."""

    answers: int
    database: str
    reviews: int = 0
    next_p50_ms: float = 0.0
    next_p95_ms: float = 0.0
    store_p50_ms: float = 0.0
    store_p95_ms: float = 0.0
    me_p50_ms: float = 0.0
    next_to_me: float = 0.0  # ratio of the medians


def measure(answers: int, reviews: int, url: str) -> Run:
    """One run over a new database."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(url or f"sqlite:///{folder}/milo.db")
        run = Run(answers=answers, database=database.engine.dialect.name)
        prepare(database, answers)
        with server(database.url, folder) as (port, _):
            client = Client(port, AUDITOR)
            client.log_in()
            times = list(work(client, reviews))
        database.close()
    opened, stored, me = (sorted(one) for one in zip(*times[5:], strict=True))
    run.reviews = len(opened)
    run.next_p50_ms, run.next_p95_ms = round(at(opened, 0.5), 1), round(at(opened, 0.95), 1)
    run.store_p50_ms, run.store_p95_ms = round(at(stored, 0.5), 1), round(at(stored, 0.95), 1)
    run.me_p50_ms = round(at(me, 0.5), 1)
    run.next_to_me = round(at(opened, 0.5) / at(me, 0.5), 1)
    return run


def work(client: Client, reviews: int) -> Iterator[tuple[float, float, float]]:
    """The times of opening and storing each review, and of the cheapest request between them."""
    for number in range(reviews + 5):
        began = time.perf_counter()
        task = client.post("/api/projects/1/review/next", {})["review"]
        opened = time.perf_counter()
        body = {
            "client_id": str(uuid.uuid4()),
            "revision": task["revision"],
            "findings": [{"part": part, "grade": "g1" if number % 5 == 0 else "g3"} for part in PARTS],
        }
        client.post(f"/api/assignments/{task['assignment']}/feedback", body)
        stored = time.perf_counter()
        client.connection.request("GET", "/api/me", headers=client.headers)
        client.connection.getresponse().read()
        me = time.perf_counter()
        yield 1000 * (opened - began), 1000 * (stored - opened), 1000 * (me - stored)


def prepare(database: Database, answers: int) -> None:
    """A project with so many answers that wait for an auditor."""
    now = datetime.now(UTC)
    database.create_all()
    template = milo_yaml.template("review_sentiment")
    criteria = tuple(Criterion(name=name, title=name.title(), weight=0.25, grades=GRADES) for name in PARTS)
    rubric = Rubric(name="quality", title="Quality", threshold=80.0, criteria=criteria)
    policy = ReviewPolicy(rules=(ReviewRule(by="judge"), ReviewRule(by="auditor")))
    spec = replace(template, rubrics=(rubric,), settings=replace(template.settings, review=policy))
    with database.write() as session:
        project = projects.create(session, spec, by=None, now=now)
        add_member(session, project.id, "annotator", "annotator", now)
        add_member(session, project.id, AUDITOR, "auditor", now)
        model = ModelRow(name="judge", provider="scripted", model="s", created_at=now)
        session.add(model)
        session.flush()
        session.add(
            JudgeRow(
                project_id=1, model_id=model.id, version="j1", config={}, rubric_version=1, created_at=now
            )
        )
    for first in range(1, answers + 1, BATCH):
        numbers = range(first, min(first + BATCH, answers + 1))
        with database.write() as session:
            session.execute(insert(ItemRow), [item(n, now) | {"state": "in_review"} for n in numbers])
            session.execute(
                insert(ItemPayloadRow),
                [{"item_id": n, "fields": {"text": text_of(n)}, "gold": {}, "meta": {}} for n in numbers],
            )
            session.execute(insert(AssignmentRow), [answer(n, now) for n in numbers])
            session.execute(insert(RevisionRow), [revision(n, now) for n in numbers])
            session.execute(insert(FeedbackRow), [judgement(n, now) for n in numbers if n % 2])


def answer(number: int, now: datetime) -> dict[str, Any]:
    """A submitted answer that waits for judge and auditor."""
    return {
        "id": number,
        "project_id": 1,
        "item_id": number,
        "annotator_id": 1,
        "state": "submitted",
        "schema_version": 1,
        "guideline_version": 1,
        "revision": 1,
        "submitted_at": now,
        "review": "due",
        "asked_judge": True,
        "asked_person": "auditor",
        "judge_due": number % 2 == 0,
        "review_rank": 2,
    }


def revision(number: int, now: datetime) -> dict[str, Any]:
    """What was sent."""
    return {
        "project_id": 1,
        "assignment_id": number,
        "client_id": f"answer-{number}",
        "number": 1,
        "act": "submit",
        "state": "submitted",
        "answers": ANSWERS,
        "schema_version": 1,
        "guideline_version": 1,
        "active_ms": 1000,
        "created_at": now,
    }


def judgement(number: int, now: datetime) -> dict[str, Any]:
    """A judge's advice."""
    verdicts = [{"part": part, "status": "ok", "grade": "g3", "explanation": "It fits."} for part in PARTS]
    return {
        "project_id": 1,
        "item_id": number,
        "assignment_id": number,
        "revision": 1,
        "client_id": f"judge-1-{number}-1",
        "source": "judge",
        "judge_id": 1,
        "binds": False,
        "rubric_version": 1,
        "findings": verdicts,
        "scores": [],
        "status": "passed",
        "created_at": now,
    }


def main() -> None:
    """Measure, print, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--reviews", type=int, default=200)
    parser.add_argument(
        "--database-url", default="", help="an empty PostgreSQL database; SQLite if not given"
    )
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    runs = []
    for answers in options.answers:
        runs.append(asdict(measure(answers, options.reviews, options.database_url)))
        print(json.dumps(runs[-1]), flush=True)
    result = {"machine": machine(), "measured_at": datetime.now(UTC).isoformat(), "runs": runs}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
