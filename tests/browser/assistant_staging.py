"""A project where people write with an assistant: drafts, what was sent after them, what was said of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from milo.core.annotator_task import AnnotatorTask
from milo.core.assistant_policy import AssistantPolicy
from milo.core.draft import Complaint, RatingInput, Thumb
from milo.core.guideline import Guideline, Section
from milo.core.person import Person, Role
from milo.core.project import ProjectSpec, Settings, SubjectField
from milo.core.questions import TextAnswer, TextQuestion
from milo.core.writing import Edit, Writing
from milo.db.tables import AssignmentRow
from milo.demo.build import import_file
from milo.demo.story import CONTENT
from milo.installation import Installation, secret_key
from milo.workflow import models, people, projects, ratings
from milo.workflow.models import ModelSetup
from tests.browser.staging import Stage
from tests.workflow.desk import Desk

WRITER = "Small writer"
CAPTIONS = (
    "Evening at the point. Still lit every night.",
    "Half of the loaf was gone before the picture.",
    "Day four of the trail, and the rain has stopped.",
    "The tap that kept us awake.",
)
PICTURES = ("lighthouse-stars", "sourdough-loaf", "mountain-trail", "dripping-tap")
SAID = "The stripes are a daymark, so that sailors know the tower by day. It was built in 1887."
SPEC = ProjectSpec(
    name="Picture questions",
    subject=(
        SubjectField(name="picture", title="Picture", show="image"),
        SubjectField(name="caption", title="Caption"),
    ),
    questions=(
        TextQuestion(name="query", title="Query", multiline=False),
        TextQuestion(name="response", title="Response"),
    ),
    guideline=Guideline(sections=(Section(id="task", title="Task", body="State only what one can see."),)),
)


def writing_project(
    installation: Installation,
    name: str,
    folder: Path,
    members: Mapping[Person, Role],
    *,
    researcher: Person,
    assistant: AssistantPolicy | None = None,
    rows: int = 4,
) -> Stage:
    """A project with pictures and captions; without a policy it has no assistant yet."""
    now = datetime.now(UTC)
    spec = replace(SPEC, name=name, settings=Settings(assistant=assistant or AssistantPolicy()))
    with installation.database.write() as session:
        writer(session, installation, now)
        project = projects.create(session, spec, by=researcher, now=now)
        staged = Stage(installation, project.id, project.slug)
        for person, role in members.items():
            people.add_member(session, project.id, person.id, role, now=now)
    if rows:
        import_file(installation, staged.slug, _file(folder / staged.slug, rows), researcher)
    return staged


def writer(session: Session, installation: Installation, now: datetime) -> str:
    """The name of a scripted model that always says the same."""
    if all(row.name != WRITER for row in models.listed(session)):
        setup = ModelSetup(
            name=WRITER, provider="scripted", model="words", params={"default": {"text": SAID}}
        )
        models.add(session, setup, secret=secret_key(installation.data_dir), now=now)
    return WRITER


def write(
    staged: Stage,
    researcher: Person,
    person: Person,
    *,
    draft: str | None = SAID,
    sent: str = "Sailors tell the tower by its stripes. It was built in 1887.",
    thumb: Thumb | None = None,
    complaints: tuple[Complaint, ...] = (),
    note: str = "",
) -> AnnotatorTask:
    """A person takes the next item, perhaps has a draft and rates it, writes, and sends it."""
    desk = Desk(staged.installation.database, staged.project, researcher)
    desk.clock.now = datetime.now(UTC)
    task = desk.take(person)
    edits = [Edit(at_ms=8000, start=0, inserted=sent)]
    if draft is not None:
        number = desk.model_draft(task, draft, query="Why has it stripes?")
        edits = [
            Edit(at_ms=4000, start=0, inserted=draft, source="draft", is_paste=True, draft=number),
            Edit(at_ms=9000, start=0, removed=len(draft), inserted=sent),
        ]
        if thumb is not None:
            given = RatingInput(rated="draft", target=number, thumb=thumb, complaints=complaints, note=note)
            _rate(staged, task, person, given)
    desk.submit(
        task,
        {"query": TextAnswer(value="Why has it stripes?"), "response": TextAnswer(value=sent)},
        client_id=f"written {task.assignment}",
        writing={"response": Writing(edits=tuple(edits))},
        active_ms=60_000,
        wall_ms=90_000,
        generation_ms=900,
    )
    return task


def _rate(staged: Stage, task: AnnotatorTask, person: Person, given: RatingInput) -> None:
    with staged.installation.database.write() as session:
        row = session.get_one(AssignmentRow, task.assignment)
        ratings.rate(session, row, given, by=person, now=datetime.now(UTC))


def _file(here: Path, rows: int) -> Path:
    """The first rows as a file, with the demo's pictures beside it."""
    here.mkdir()
    shutil.copytree(CONTENT / "pictures", here / "pictures")
    written = [
        {"id": f"pq-{place:03}", "picture": f"pictures/{picture}.png", "caption": caption}
        for place, (picture, caption) in enumerate(zip(PICTURES, CAPTIONS, strict=True), 1)
    ]
    file = here / "pictures.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in written[:rows]), "utf-8")
    return file
