"""What five steps of harshness do to a judge's precision and recall on labels known to be right or wrong.

    python -m benchmarks.judge_harshness --data FOLDER [--items 20] [--model NAME]...

Tweets that people clearly rated positive or negative (VADER, ICWSM 2014; `tweets.jsonl` in FOLDER) carry the
right label or the opposite one, half and half; the judge is asked whether the label is wrong. "Found" is a
label called wrong. Only the first token is generated. The result is written to
`benchmarks/results/judge_harshness.json`, with machine and versions.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import fmean
from typing import Any

from milo.core.feedback import Verdict
from milo.core.guideline import Section
from milo.core.model_call import Model
from milo.core.model_config import ModelConfig
from milo.core.project import SubjectField
from milo.core.questions import ChoiceAnswer, ChoiceQuestion, Option
from milo.core.rubric import HARSHNESS, ErrorCategory, Rubric
from milo.models import catalog, open_model
from milo.roles import judge

RESULTS = Path(__file__).parent / "results" / "judge_harshness.json"
PART = "wrong_label"
OTHER = {"positive": "negative", "negative": "positive"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A tweet with a label, and whether that is the wrong one."""

    text: str
    label: str
    is_wrong: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judge said of a label at one step of harshness."""

    item: Labelled
    harshness: int
    verdict: Verdict


def judging(harshness: int) -> judge.Judging:
    """The project, with its one error category as harsh as that."""
    error = ErrorCategory(
        name=PART,
        title="Wrong label",
        penalty=100.0,
        definition="The label is Positive though the writer of {{text}} feels bad, or Negative though the "
        "writer feels good.",
        counted=False,
        harshness=harshness,
    )
    options = (Option(name="positive", label="Positive"), Option(name="negative", label="Negative"))
    task = "Read the text and label how its writer feels about what they write of: Positive or Negative."
    return judge.Judging(
        description="Tweets are labelled as positive or negative.",
        subject=(SubjectField(name="text", title="Text"),),
        questions=(ChoiceQuestion(name="feeling", title="How does the writer feel?", options=options),),
        rubrics=(Rubric(name="labels", title="Labels", threshold=50.0, errors=(error,)),),
        sections=(Section(id="task", title="Task", kind="task", body=task),),
        output_limit=1,
    )


def labelled_tweets(folder: Path, count: int) -> list[Labelled]:
    """Clear tweets (mean rating at least 1.5 from 0), both feelings, every second label wrong; seed 11."""
    rows = [json.loads(line) for line in (folder / "tweets.jsonl").read_text("utf-8").splitlines()]
    rng = random.Random(11)
    found = []
    for feeling, sign in (("positive", 1), ("negative", -1)):
        texts = rng.sample([row["text"] for row in rows if sign * row["mean"] >= 1.5], count // 2)
        for number, text in enumerate(texts):
            is_wrong = number % 2 == 1
            found.append(Labelled(text, OTHER[feeling] if is_wrong else feeling, is_wrong))
    return found


async def judged(model: Model, items: Sequence[Labelled], steps: Sequence[int]) -> list[Judged]:
    """Each label judged at each step."""
    found = []
    for number, item in enumerate(items):
        answers = {"feeling": ChoiceAnswer(value=item.label)}
        for step in steps:
            asked = judge.request(
                judging(step), PART, {"text": item.text}, answers, secret=f"benchmark {number}"
            )
            verdict = judge.read(judging(step), PART, await model.ask(asked))
            found.append(Judged(item, step, verdict))
    return found


def figures(found: Sequence[Judged]) -> dict[str, Any]:
    """Precision and recall on wrong labels; None where nothing was found, or nothing was wrong."""
    said = [(one.item.is_wrong, bool(one.verdict.count)) for one in found if one.verdict.status == "ok"]
    true, false = said.count((True, True)), said.count((False, True))
    wrong = sum(is_wrong for is_wrong, _ in said)
    return {
        "n": len(said),
        "without_verdict": len(found) - len(said),
        "found": true + false,
        "precision": round(true / (true + false), 3) if true + false else None,
        "recall": round(true / wrong, 3) if wrong else None,
        "mean_probability": {
            "of_wrong_labels": round(fmean(yes(one) for one in found if one.item.is_wrong), 3),
            "of_right_labels": round(fmean(yes(one) for one in found if not one.item.is_wrong), 3),
        },
        "area_under_curve": round(area_under_curve(found), 3),
    }


def yes(one: Judged) -> float:
    """The probability the judge gave to the label being wrong."""
    return one.verdict.distribution.get("yes", 0.5)


def area_under_curve(found: Sequence[Judged]) -> float:
    """Share of (wrong, right) pairs of labels in the right order; a tie counts half."""
    wrong = [yes(one) for one in found if one.item.is_wrong]
    right = [yes(one) for one in found if not one.item.is_wrong]
    return fmean((w > r) + 0.5 * (w == r) for w in wrong for r in right)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data/vader_ratings"))
    parser.add_argument("--items", type=int, default=20)
    parser.add_argument("--model", action="append", help="may be given several times")
    arguments = parser.parse_args()
    items = labelled_tweets(arguments.data, arguments.items)
    models: dict[str, Any] = {}
    for name in arguments.model or [catalog.DEFAULT]:
        models[name] = asyncio.run(_measured(name, items))
        RESULTS.write_text(json.dumps(_report(len(items), models), indent=2) + "\n", "utf-8")
        print(json.dumps({name: models[name]}, indent=2), flush=True)


async def _measured(name: str, items: Sequence[Labelled]) -> dict[str, Any]:
    model = open_model(ModelConfig(id=1, name="Embedded", provider="embedded", model=name))
    try:
        found = await judged(model, items, HARSHNESS)
    finally:
        await model.close()
    return {str(step): figures([one for one in found if one.harshness == step]) for step in HARSHNESS}


def _report(items: int, models: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "claim": "harshness changes what a judge finds, and with it precision and recall",
        "items": items,
        "models": dict(models),
        "prompt_versions": {str(step): judge.judging_version(judging(step)) for step in HARSHNESS},
        "load_average": os.getloadavg()[0],
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "versions": {package: version(package) for package in ("xllamacpp", "milo-annotate")},
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


if __name__ == "__main__":
    main()
