"""What was written with drafts of a model in the demo, before anybody logs in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from milo.core.draft import Draft, RatingInput
from milo.core.errors import MiloError
from milo.core.model_call import Model, ModelReply, request_hash
from milo.core.person import Person
from milo.core.questions import TextAnswer
from milo.core.submission import Submission
from milo.core.writing import Edit, Writing, replayed
from milo.db.tables import AssignmentRow, ModelRow
from milo.demo import story
from milo.demo.annotating import project_of, take
from milo.installation import Installation, secret_key
from milo.worker import model_opener
from milo.workflow import annotate, assist, projects, ratings
from milo.workflow.asking import model_identity
from milo.workflow.assist import Begun, Written
from milo.workflow.drafting import Drafting, Say

Told = Mapping[str, Any]  # Any: an entry of the story

#: Between one act and the next of somebody who writes.
PAUSE_MS = 9000


def play(
    installation: Installation, slug: str, team: Mapping[str, Person], writer_id: int, now: datetime
) -> None:
    """Each text in its turn; `writer_id` is the model whose drafts were recorded.

    It was the project's assistant then; the one its file names is it from now on.
    """
    by = team["researcher"]
    with installation.database.read() as session:
        writer = session.get_one(ModelRow, writer_id).name
    named = _named_assistant(installation, slug, writer, by=by, now=now)
    for number, told in enumerate(story.read()["writing"]):
        begun = now - timedelta(days=told["days_ago"], hours=3) + timedelta(minutes=6 * number)
        _write(installation, slug, team[told["by"]], told, begun)
    _named_assistant(installation, slug, named, by=by, now=now)


def response(told: Told, drafts: Sequence[Draft]) -> tuple[Writing, str]:
    """The edits of an entry, and the text they lead to."""
    edits: list[Edit] = []
    text = ""
    for number, act in enumerate(told["edits"], start=len(drafts) + 1):
        at_ms = number * PAUSE_MS
        if "draft" in act:
            draft = drafts[act["draft"] - 1]
            if act["passage"] not in draft.text:
                raise MiloError(f"draft {draft.number} of {told['item']} does not say {act['passage']!r}")
            edits.append(
                Edit(at_ms=at_ms, start=len(text), inserted=act["passage"], source="draft", draft=draft.id)
            )
        elif "write" in act:
            edits.append(Edit(at_ms=at_ms, start=len(text), inserted=act["write"]))
        else:
            old = act["replace"]
            edits.append(Edit(at_ms=at_ms, start=text.index(old), removed=len(old), inserted=act["with"]))
        text = replayed(Writing(edits=tuple(edits))) or ""
    return Writing(edits=tuple(edits)), text


def _named_assistant(
    installation: Installation, slug: str, model: str | None, *, by: Person, now: datetime
) -> str | None:
    """Make a model the project's assistant; the one it was before."""
    with installation.database.write() as session:
        project = project_of(session, slug)
        spec = projects.spec_of(session, project)
        policy = spec.settings.assistant
        settings = replace(spec.settings, assistant=replace(policy, model=model))
        projects.change(session, project, replace(spec, settings=settings), by=by, now=now)
        return policy.model


def _write(installation: Installation, slug: str, by: Person, told: Told, begun: datetime) -> None:
    """The person takes the item, asks for drafts, says what they are worth, and sends what came of them."""
    with installation.database.write() as session:
        project = project_of(session, slug)
        task = take(session, project, by, told["item"], begun)
    drafts = [_drafted(installation, slug, task.assignment, told, begun) for _ in told["drafts"]]
    writing, text = response(told, drafts)
    active_ms = told["active_seconds"] * 1000
    waited_ms = sum(draft.generation_ms for draft in drafts)
    query = told["query"]
    asking = Writing(edits=(Edit(at_ms=PAUSE_MS // 2, start=0, inserted=query),))
    with installation.database.write() as session:
        project = project_of(session, slug)
        row = session.get_one(AssignmentRow, task.assignment)
        for draft, said in zip(drafts, told["drafts"], strict=True):
            given = RatingInput(rated="draft", target=draft.id, **_rating(said))
            ratings.rate(session, row, given, by=by, now=begun)
        submission = Submission(
            client_id=f"demo-{told['by']}-{told['item']}",
            schema_version=task.schema_version,
            answers={"query": TextAnswer(value=query), "response": TextAnswer(value=text)},
            expected_revision=task.revision,
            writing={"query": asking, "response": writing},
            active_ms=active_ms,
            wall_ms=active_ms + waited_ms,
            generation_ms=waited_ms,
        )
        annotate.submit(session, project, row, submission, now=begun + timedelta(milliseconds=active_ms))


def _rating(said: Told) -> dict[str, Any]:
    return {**said, "complaints": tuple(said.get("complaints", ()))}


def _drafted(installation: Installation, slug: str, assignment: int, told: Told, now: datetime) -> Draft:
    """One more draft, as a server writes it down."""
    data_dir = installation.data_dir
    answers = {"query": TextAnswer(value=told["query"])}
    with installation.database.write() as session:
        project = project_of(session, slug)
        row = session.get_one(AssignmentRow, assignment)
        prepared = assist.prepare(
            session, project, row, told["query"], answers, secret=secret_key(data_dir), data_dir=data_dir
        )
        begun = assist.begin(session, project, row, prepared, now=now)
    return asyncio.run(_streamed(installation, begun, now))


async def _streamed(installation: Installation, begun: Begun, now: datetime) -> Draft:
    async def store(written: Written) -> Draft:
        with installation.database.write() as session:
            return assist.finish(session, begun, written, now=now)

    model = model_opener(installation)(begun.config)
    hash = request_hash(model_identity(begun.config, model), begun.config.params, begun.request)
    drafting = Drafting(begun, _Recorded(model=model, request_hash=hash, model_version=model.version), store)
    drafting.start()
    await drafting.wait()
    await model.close()
    if drafting.outcome is None or drafting.outcome.status not in ("done", "abstained"):
        raise MiloError(f"the demo's draft {begun.draft.number} was not written: {drafting.outcome}")
    return drafting.outcome


@dataclass(slots=True, kw_only=True)
class _Recorded:
    """A recording as where a draft comes from."""

    model: Model
    request_hash: str
    model_version: str
    stored: ModelReply | None = None

    @asynccontextmanager
    async def open(self, say: Say) -> AsyncIterator[Model]:
        """The recording."""
        yield self.model

    async def is_elsewhere_now(self) -> bool:
        """It lies in one file."""
        return False
