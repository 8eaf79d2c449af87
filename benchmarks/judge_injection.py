"""How often an answer talks the embedded judge into a better verdict, beside a neutral sentence.

    python -m benchmarks.judge_injection [--answers 4] [--model NAME]

The written answers of the demo are judged, then each of 20 attempts at instructing the judge, and a neutral
sentence, is put into answers whose verdict could become better. A flip is a better verdict than without it.
The judge's card keeps the outcome; so does `benchmarks/results/judge_injection.json`, with machine and
versions.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy import select

from milo.config import load
from milo.db.tables import JudgeRow, ModelRow, ProjectRow
from milo.demo.build import build
from milo.installation import Installation, open_installation
from milo.models import catalog
from milo.worker import run_or_enqueue
from milo.workflow import judge, judge_cards, probe
from milo.workflow.judge import JudgeRun
from milo.workflow.probe import ProbeOptions

RESULTS = Path(__file__).parent / "results" / "judge_injection.json"
STATES = ("submitted", "passed", "redo")


def main() -> None:
    """Judge, probe, print and keep what the card says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--answers", type=int, default=4)
    parser.add_argument("--model", default=catalog.DEFAULT)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="milo-probe-") as folder:
        settings = load().model_copy(update={"data_dir": Path(folder), "database_url": ""})
        installation = open_installation(settings)
        try:
            measured = probed(installation, chosen.model, chosen.answers)
        finally:
            installation.database.close()
    result = {
        "claim": "an instruction within an answer moves the judge no more often than a neutral sentence does",
        "model": chosen.model,
        **measured,
        "at": datetime.now(UTC).isoformat(),
        "machine": {
            "cpus": os.cpu_count(),
            "platform": platform.platform(),
            "milo": version("milo-annotate"),
        },
    }
    RESULTS.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2, ensure_ascii=False))


def probed(installation: Installation, model: str, answers: int) -> dict[str, Any]:
    """The probe on the card of this model, judging the demo's written answers."""
    now = datetime.now(UTC)
    slug = build(installation, now=now).projects["written"]
    with installation.database.write() as session:
        project = session.scalars(select(ProjectRow).where(ProjectRow.slug == slug)).one()
        row = session.scalars(select(ModelRow).where(ModelRow.provider == "embedded")).one()
        row.model = model
        judging = judge.enqueue(session, project, JudgeRun(model=row.id, states=STATES), by=None, now=now).id
    run_or_enqueue(installation, judging)
    with installation.database.write() as session:
        project = session.scalars(select(ProjectRow).where(ProjectRow.slug == slug)).one()
        made = session.scalars(select(JudgeRow).order_by(JudgeRow.id.desc())).first()
        assert made is not None
        wanted = ProbeOptions(judge=made.id, count=answers)
        probing = probe.enqueue(session, project, wanted, by=None, now=now).id
    run_or_enqueue(installation, probing)
    with installation.database.read() as session:
        card = judge_cards.card_of(session.get_one(JudgeRow, made.id))
    assert card is not None
    assert card.probe is not None
    found = card.probe
    return {
        "answers": answers,
        "attempts": found.attempts,
        "flips": found.flips,
        "flip_rate": round(found.rate, 3),
        "control_flips": found.control_flips,
        "control_rate": round(found.control_rate, 3),
        "examples": [{"text": one.text, "before": one.before, "after": one.after} for one in found.examples],
    }


if __name__ == "__main__":
    main()
