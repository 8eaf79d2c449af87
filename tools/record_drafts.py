"""Record the drafts of the demo's story: `python tools/record_drafts.py` asks a model and keeps its replies.

They are found again by the caption and the query in a prompt, whatever the wording around them.
"""

from __future__ import annotations

import asyncio
import json
import sys

from milo.config import load
from milo.core.assistant_policy import drafted
from milo.core.model_config import ModelConfig
from milo.demo import story
from milo.models import catalog, open_model
from milo.models.replay import Recording
from milo.roles import assistant
from milo.roles.assistant import Assisting

WEIGHTS = sys.argv[1] if len(sys.argv) > 1 else "qwen2.5-coder-1.5b-instruct-q4_k_m"


async def main() -> None:
    """Write `recorded_drafts.jsonl` anew."""
    told = next(project for project in story.read()["projects"] if project["key"] == "pictures")
    spec = story.spec(told)
    rows = [json.loads(line) for line in (story.CONTENT / told["items"]).read_text("utf-8").splitlines()]
    captions = {row["id"]: row["caption"] for row in rows}
    policy = spec.settings.assistant
    question = drafted(policy, spec.questions)
    assert question is not None
    assisting = Assisting(policy=policy, question=question, subject=spec.subject)
    config = ModelConfig(id=0, name=catalog.KNOWN[WEIGHTS].title, provider="embedded", model=WEIGHTS)
    unfinished = story.DRAFT_RECORDING.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    recording = Recording(open_model(config, cache_dir=load().cache_dir.expanduser()), unfinished)
    for entry in story.read()["writing"]:
        caption = captions[entry["item"]]
        for number in range(1, len(entry["drafts"]) + 1):
            request = assistant.request(assisting, entry["query"], {"caption": caption}, sample=number)
            reply = await recording.ask(request, contains=(caption, entry["query"]), item=entry["item"])
            print(entry["item"], number, reply.text)
    await recording.close()
    unfinished.replace(story.DRAFT_RECORDING)


if __name__ == "__main__":
    asyncio.run(main())
