"""Record the demo's suggestions: `python tools/record_demo.py` asks a model once and keeps its replies.

The 24 comments with known answers are asked by the same job as in the product, the first ones with
explanations. Run it
again whenever the template's guideline or the prompts change: replies are found by the exact request first,
then by the comment and the question in it. The pairs the story wants to fail are left out.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from milo.config import Config, load
from milo.core.errors import ModelFailure
from milo.core.model_call import Model, ModelReply, ModelRequest
from milo.core.model_config import ModelConfig
from milo.demo import build, story
from milo.installation import Installation, open_installation, secret_key
from milo.models import catalog, open_model
from milo.models.replay import Recording, Replay
from milo.worker import Worker
from milo.workflow import models, people
from milo.workflow.jobs import JobRun
from milo.workflow.models import ModelSetup

WEIGHTS = sys.argv[1] if len(sys.argv) > 1 else "qwen2.5-coder-1.5b-instruct-q4_k_m"


def main() -> None:
    """Write `recorded_comments.jsonl` anew."""
    told = next(project for project in story.read()["projects"] if project["key"] == "comments")
    live = set(told["live"])
    rows = [json.loads(line) for line in (story.CONTENT / told["items"]).read_text("utf-8").splitlines()]
    recorder = Recorder([row for row in rows if row["id"] not in live])
    with tempfile.TemporaryDirectory(prefix="milo-record-") as folder:
        installation = open_installation(Config(data_dir=Path(folder)))
        for job in _prepared(installation, told, [row["id"] for row in recorder.rows]):
            RecordingWorker(installation, recorder).run_one(job)
        installation.database.close()
    recorder.unfinished.replace(story.RECORDING)


class Recorder:
    """Writes each reply with the passages that find it again."""

    def __init__(self, rows: Sequence[dict[str, str]]) -> None:
        self.rows = rows
        self.unfinished = story.RECORDING.with_suffix(".part")
        self.unfinished.unlink(missing_ok=True)
        self._left_out = {(call["item"], call["question"]) for call in story.read()["failed_calls"]}
        self._titles = {"civil": "civil", "relevance": "relevant", "characteristics": "characteristics"}

    def around(self, config: ModelConfig) -> Model:
        """The model, recorded."""
        model: Model = open_model(config, cache_dir=load().cache_dir.expanduser())
        if story.RECORDING.exists():
            model = KnownFirst(model, Replay(replace(config, params={"path": str(story.RECORDING)})))
        return Recorded(Recording(model, self.unfinished), self)

    def item_of(self, request: ModelRequest) -> dict[str, str] | None:
        """The comment a request is about; None for the content-free ones."""
        text = "\n".join(message.text for message in request.messages)
        return next((row for row in self.rows if row["comment"] in text), None)

    def is_left_out(self, request: ModelRequest) -> bool:
        """Whether the story wants this call to fail."""
        row = self.item_of(request)
        last = request.messages[-1].text.rpartition("### Question:")[2]
        return row is not None and any(
            row["id"] == item and self._titles[question] in last.lower() for item, question in self._left_out
        )


class KnownFirst:
    """What the earlier recording holds is taken from it; the model is asked for the rest."""

    def __init__(self, model: Model, earlier: Replay) -> None:
        self.name, self.version = model.name, model.version
        self._model, self._earlier = model, earlier
        self.stream, self.close = model.stream, model.close

    async def ask(self, request: ModelRequest) -> ModelReply:
        """The recorded reply, else the model's."""
        try:
            return await self._earlier.ask(request)
        except ModelFailure:
            return await self._model.ask(request)


class Recorded:
    """A model whose replies are kept, but for those the story leaves out."""

    def __init__(self, recording: Recording, recorder: Recorder) -> None:
        self.name, self.version = recording.name, recording.version
        self._recording, self._recorder = recording, recorder
        self.stream, self.close = recording.stream, recording.close

    async def ask(self, request: ModelRequest) -> ModelReply:
        """The reply, written down with the comment and the words of the question."""
        row = self._recorder.item_of(request)
        if row is None or self._recorder.is_left_out(request):
            return await (self._recording if row is None else self._recording._model).ask(request)
        asked = request.messages[-1].text.rpartition("### Question:")[2].strip()
        return await self._recording.ask(request, contains=(row["comment"], asked), item=row["id"])


class RecordingWorker(Worker):
    """The worker of the product, with the recorder around every model."""

    def __init__(self, installation: Installation, recorder: Recorder) -> None:
        super().__init__(installation, stop=threading.Event())
        self._recorder = recorder

    def _as_run(self, row: object) -> JobRun:
        run = super()._as_run(row)  # type: ignore[arg-type]  # a JobRow
        run.open_model = self._recorder.around
        return run


def _prepared(installation: Installation, told: dict[str, str], names: Sequence[str]) -> list[int]:
    now = datetime.now(UTC)
    with installation.database.write() as session:
        by = people.add_person(session, login="recorder", name="", password=None, role="researcher", now=now)
        setup = ModelSetup(
            name=catalog.KNOWN[WEIGHTS].title, provider="embedded", model=WEIGHTS, params={"slots": 2}
        )
        model = models.add(session, setup, secret=secret_key(installation.data_dir), now=now)
        model_id = model.id
    slug = build.add_project(installation, told, {"researcher": by}, now)
    build.import_file(installation, slug, story.CONTENT / told["items"], by)
    return [
        build.enqueue(installation, slug, wanted, now)
        for wanted in build.recorded_runs(installation, slug, names, model_id)
    ]


if __name__ == "__main__":
    main()
