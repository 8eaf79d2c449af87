"""What judging one answer by ten criteria costs the embedded model, whose calls share their beginning.

    python -m benchmarks.judge_prefix [--model NAME] [--answers 3]

Each answer is judged by eight graded criteria and two error categories, one call each, one after another.
The share is the prompt tokens a call really evaluated over those of the answer's first call. The first
answer also pays for description and guideline, which all later ones find in the cache; it is given by
itself. The result is written to `benchmarks/results/judge_prefix.json`, with machine and versions.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from milo.core.guideline import Section
from milo.core.model_call import Model
from milo.core.model_config import ModelConfig
from milo.core.project import SubjectField
from milo.core.questions import TextAnswer, TextQuestion
from milo.core.rubric import Criterion, ErrorCategory, Grade, Rubric
from milo.models import catalog, open_model
from milo.roles import judge

RESULTS = Path(__file__).parent / "results" / "judge_prefix.json"
MOST_SHARE = 0.15

GUIDELINE = """
Look at the query, the caption and what is known of the picture, and write the answer that a friendly
expert would give to somebody who asked out of interest.

- Answer every part of the query. A query with two questions gets two answers, in the order they were
  asked.
- Say only what the picture, the caption or a source you trust supports. If you are not certain what
  something is, say so and name what it could be. A wrong name is worse than no name.
- Where the query asks how often, how much or how long, give a number or a range with its unit, and say
  what it depends on.
- The caption may be wrong. If it does not fit the picture, say so in one sentence and go on with the
  picture.
- Three to six sentences are usual. Do not repeat the query, do not announce what you are about to do, and
  end when everything is said.
- Write plain, complete sentences. Check spelling, and the agreement of verbs. Lists only where the query
  asks for several things.
- Speak to the reader as "you". Be warm, not chatty. No judgement of the reader, no exclamation marks in a
  row.
- Take the place into account: plants, dishes, laws and prices differ between countries, and the context
  field names the country.
- Do not give medical, legal or financial advice beyond what a label or a public office says. Point to
  whom to ask.
- Never name a private person in a picture, nor guess health, faith, origin or leaning.
""".strip()

GRADES = (("insufficient", 1), ("minimum", 2), ("good", 3))
DEFINITIONS: dict[str, tuple[str, str, str, str]] = {
    "Accuracy": ("What it says is true.", "A main claim is false.", "A side claim is false.", "All holds."),
    "Completeness": (
        "{{query}} is answered.",
        "The main part is open.",
        "A part is open.",
        "All is answered.",
    ),
    "Relevance": (
        "It keeps to {{query}}.",
        "It is about other things.",
        "It strays.",
        "All of it is to the point.",
    ),
    "Language": ("It is well written.", "It is hard to follow.", "It has slips.", "It reads well."),
    "Tone": ("It is warm and plain.", "It is rude or stiff.", "It is flat.", "It sounds like a kind expert."),
    "Length": ("It takes the room it needs.", "Far too long or short.", "Too long or short.", "It fits."),
    "Place": ("It fits the country.", "It is wrong there.", "It ignores the place.", "It fits the place."),
    "Care": ("It harms nobody.", "It could harm.", "It lacks a warning.", "It is careful."),
}
RUBRIC = Rubric(
    name="answer_quality",
    title="Answer quality",
    threshold=70.0,
    criteria=tuple(
        Criterion(
            name=title.lower(),
            title=title,
            weight=1 / len(DEFINITIONS),
            definition=definition,
            allow_na=title in ("Place", "Care"),
            grades=tuple(
                Grade(name=name, label=name.title(), level=level, definition=text)
                for (name, level), text in zip(GRADES, texts, strict=True)
            ),
        )
        for title, (definition, *texts) in DEFINITIONS.items()
    ),
    errors=(
        ErrorCategory(
            name="misspelling", title="Misspelling", penalty=2.0, definition="A word is misspelled."
        ),
        ErrorCategory(
            name="wrong_name",
            title="Wrong name",
            penalty=20.0,
            definition="A plant, place or thing gets a name that is not its own.",
            counted=False,
        ),
    ),
)
JUDGING = judge.Judging(
    description="People ask about pictures; annotators write the answer an assistant should give.",
    subject=(
        SubjectField(name="query", title="Query"),
        SubjectField(name="caption", title="Caption"),
        SubjectField(name="country", title="Country", show="context"),
    ),
    questions=(TextQuestion(name="answer", title="Write the answer"),),
    rubrics=(RUBRIC,),
    sections=(Section(id="rules", kind="task", title="How to answer", body=GUIDELINE),),
)
#: Query, caption, country, answer.
SUBJECTS = (
    (
        "How often does this need to be watered, and does it want sun?",
        "Whorled milkweed on a dry bank behind our house, first year it blooms.",
        "United States",
        "The plant looks like a narrow-leaved milkweed. Once it is rooted it hardly needs water: a deep "
        "soak every two to three weeks in a dry summer is enough, and none at all when it rains. In its "
        "first year give it water once a week. It wants at least six hours of sun a day and grows leggy in "
        "the shade. Too much water rots the roots, so let the upper five centimetres of soil dry out in "
        "between.",
    ),
    (
        "What is this dish called and is it hot?",
        "Lunch near the harbour.",
        "Senegal",
        "This appears to be thieboudienne, rice cooked in the broth of fish and vegetables, with cassava, "
        "carrot and cabbage on top. It is mild as a rule. The heat comes from a whole Scotch bonnet that "
        "lies on the rice: leave it whole and push it aside, and only a little of its sharpness goes into "
        "the dish. If you like it hot, press the pepper with your spoon. The dark red paste at the rim is "
        "tamarind or dried hibiscus, which is sour.",
    ),
    (
        "Can I park here over night?",
        "Street sign in front of the hotel.",
        "Germany",
        "The sign allows parking with a disc for two hours on working days from 8 to 18, so outside these "
        "hours you may park without limit. Over night you can therefore stay from 16 on, if you set the "
        "disc when you come, until 10 in the next morning. On Sundays and holidays there is no limit at "
        "all. Look for a second sign at the end of the street, since a zone for residents may begin there, "
        "and ask at the desk of the hotel if unsure.",
    ),
)


@dataclass(frozen=True, slots=True)
class Call:
    """The prompt tokens of a call, and those of them that were computed."""

    part: str
    input_tokens: int
    evaluated_tokens: int
    seconds: float
    status: str


async def judged(
    model: Model, number: int, parts: Sequence[str], *, judging: judge.Judging = JUDGING
) -> list[Call]:
    """One answer judged by these parts, one after another."""
    query, caption, country, answer = SUBJECTS[number]
    fields = {"query": query, "caption": caption, "country": country}
    calls = []
    for part in parts:
        asked = judge.request(
            judging, part, fields, {"answer": TextAnswer(value=answer)}, secret=f"benchmark {number}"
        )
        started = time.perf_counter()
        reply = await model.ask(asked)
        if reply.input_tokens is None or reply.evaluated_tokens is None:
            raise SystemExit("the model does not tell how many tokens it evaluated")
        seconds = round(time.perf_counter() - started, 2)
        status = judge.read(judging, part, reply).status
        calls.append(Call(part, reply.input_tokens, reply.evaluated_tokens, seconds, status))
    return calls


def largest_share(calls: Sequence[Call]) -> float:
    """The most a later call evaluated, as a share of what the first one did."""
    return max(call.evaluated_tokens for call in calls[1:]) / calls[0].evaluated_tokens


def mean_share(calls: Sequence[Call]) -> float:
    """What a later call evaluated on average, as a share of what the first one did."""
    return sum(call.evaluated_tokens for call in calls[1:]) / len(calls[1:]) / calls[0].evaluated_tokens


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default=catalog.DEFAULT)
    parser.add_argument("--answers", type=int, default=len(SUBJECTS), choices=range(1, len(SUBJECTS) + 1))
    arguments = parser.parse_args()
    report = asyncio.run(_measured(arguments.model, arguments.answers))
    RESULTS.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    print(json.dumps({key: report[key] for key in ("first_answer", "later_answers")}, indent=2))
    if report["first_answer"]["largest_share"] > MOST_SHARE:
        raise SystemExit(f"a later call evaluated more than {MOST_SHARE:.0%} of the first")


async def _measured(name: str, answers: int) -> dict[str, Any]:
    parts = [part.name for part in judge.parts_of(JUDGING)]
    model = open_model(ModelConfig(id=1, name="Embedded", provider="embedded", model=name))
    try:
        runs = [await judged(model, number, parts) for number in range(answers)]
    finally:
        await model.close()
    return {
        "claim": "tokens evaluated on calls 2 to 10 are at most 15 % of call 1",
        "model": name,
        "model_version": model.version,
        "prompt_version": judge.judging_version(JUDGING),
        "first_answer": _shares(runs[0]),
        "later_answers": [_shares(run) for run in runs[1:]],
        "calls": [[asdict(call) for call in run] for run in runs],
        "load_average": os.getloadavg()[0],
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "versions": {package: version(package) for package in ("xllamacpp", "milo-annotate")},
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _shares(calls: Sequence[Call]) -> dict[str, float]:
    prompt = calls[0].input_tokens
    return {
        "prompt_tokens": prompt,
        "evaluated_by_call_1": calls[0].evaluated_tokens,
        "largest_share": round(largest_share(calls), 4),
        "mean_share": round(mean_share(calls), 4),
        "largest_share_of_the_prompt": round(max(call.evaluated_tokens for call in calls[1:]) / prompt, 4),
    }


if __name__ == "__main__":
    main()
