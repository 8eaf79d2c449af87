"""Record the demo's judge: `python tools/record_judge.py` asks a model once and keeps its replies.

It is asked as in the product about each answer the story has judged, and once about nothing, as each job
begins. Run it again whenever the answers, the rubric or the judge's prompts change: what was asked in the
same words before is not asked again. The markers around what is judged differ from installation to
installation, so in the demo a reply is found by question, answer and part.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from milo.config import load
from milo.core.model_config import ModelConfig
from milo.demo import story
from milo.models import catalog, open_model
from milo.models.replay import Recording, recording_key
from milo.roles import judge
from milo.roles.judging import Judging, parts_of

WEIGHTS = catalog.KNOWN[sys.argv[1] if len(sys.argv) > 1 else "qwen2.5-coder-1.5b-instruct-q4_k_m"]
#: Only where nothing stands between the markers.
NOTHING = ">>>\n\n<<<END"
TOKENS = 8  # of a reply, whose candidates a verdict's confidence may come from

Case = tuple[str | None, dict[str, str], dict[str, str]]  # item, fields, plain answers


def main() -> None:
    """Write `recorded_judge.jsonl` anew."""
    asyncio.run(record())


async def record() -> None:
    """Ask about every part of every answer; the calls on one answer share their beginning."""
    spec = story.spec(told())
    judging = Judging(
        description=spec.description,
        subject=spec.subject,
        questions=spec.questions,
        rubrics=spec.rubrics,
        sections=spec.guideline.sections,
    )
    unfinished = story.JUDGE_RECORDING.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    known = earlier()
    config = ModelConfig(id=0, name=WEIGHTS.title, provider="embedded", model=WEIGHTS.name)
    model = Recording(open_model(config, cache_dir=load().cache_dir.expanduser()), unfinished)
    for item, fields, plain in cases():
        answers = story.core_answers(spec.questions, plain)
        passages = (fields["query"], plain["answer"]) if item else (NOTHING,)
        for part in parts_of(judging)[: None if item else 1]:
            request = judge.request(judging, part.name, fields, answers, secret="recorded")
            asked = request.messages[-1].text.splitlines()[0]
            if (row := known.get(recording_key(request))) is not None:
                with unfinished.open("a", encoding="utf-8") as file:
                    file.write(row + "\n")
                continue
            reply = await model.ask(request, contains=(*passages, asked), item=item, question=part.name)
            verdict = judge.read(judging, part.name, reply)
            found = verdict.grade if verdict.count is None else verdict.count
            print(item, part.name, found, verdict.status, verdict.contradicts or "-", repr(reply.text))
    await model.close()
    shorten(unfinished)
    unfinished.replace(story.JUDGE_RECORDING)


def earlier() -> dict[str, str]:
    """The lines of the recording there is, by what was asked."""
    if not story.JUDGE_RECORDING.exists():
        return {}
    _, *lines = story.JUDGE_RECORDING.read_text("utf-8").splitlines()
    return {json.loads(line)["request"]: line for line in lines}


def shorten(recording: Path) -> None:
    """Leave out candidates behind the first tokens: no verdict is read from them."""
    rows = [json.loads(line) for line in recording.read_text("utf-8").splitlines()]
    for row in rows:
        if "reply" in row and row["reply"]["top_logprobs"]:
            row["reply"]["top_logprobs"] = row["reply"]["top_logprobs"][:TOKENS]
    recording.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


def cases() -> Iterator[Case]:
    """Nothing at all, then each answer that is judged, as it was first given and as it was mended."""
    yield None, {}, {}
    lines = (story.CONTENT / told()["items"]).read_text("utf-8").splitlines()
    fields = {row["id"]: {"query": row["query"], "notice": row["notice"]} for row in map(json.loads, lines)}
    steps = story.read()["quality"]
    judged = {item for step in steps if step["do"] == "judge" for item in step["items"]}
    mended = [step for step in steps if step["do"] == "mend"]
    for entry in [*story.read()["answers"], *mended]:
        if entry["item"] in judged:
            yield entry["item"], fields[entry["item"]], entry["answers"]


def told() -> dict[str, str]:
    """The project of written answers in the story."""
    found: dict[str, str] = next(one for one in story.read()["projects"] if one["key"] == "written")
    return found


if __name__ == "__main__":
    main()
