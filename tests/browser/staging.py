"""Projects for the stories: the demo's own texts, and a model that answers by rules."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from milo.core.person import Person, Role
from milo.core.questions import ChoiceAnswer
from milo.core.rubric import Rubric
from milo.core.submission import Submission
from milo.db.queries.people import as_person
from milo.db.tables import AssignmentRow, ItemRow, JobRow, PersonRow, ProjectRow, RevisionRow
from milo.demo.build import import_file, item_ids
from milo.demo.story import CONTENT
from milo.formats import milo_yaml
from milo.installation import Installation, secret_key
from milo.workflow import annotate, assign, inquire, models, people, pre_annotate, projects
from milo.workflow.models import ModelSetup
from milo.workflow.pre_annotate import PreAnnotation
from tests.browser.conftest import password_hash

MODEL = "Rule book"
SAID = " "  # a text has a space; the inputs that measure a model's own leaning have none
FAILS = "here the model fails"
#: Fully relevant, informative, personal and civil, whatever the comment; of the reviews some negative. A text
#: that says so gets no answer at all.
RULES: dict[str, Any] = {
    "rules": [
        {"when": FAILS, "fail": "permanent"},
        {"when": SAID, "question": "^Explain in one", "text": 'The writer says it plainly: "the".'},
        {
            "when": SAID,
            "question": "How relevant",
            "answers": {"Fully relevant": 0.9, "Somewhat relevant": 0.07, "Not at all relevant": 0.03},
        },
        {"when": SAID, "question": "Does .(Informative|Personal)", "answers": {"Yes": 0.8, "No": 0.2}},
        {"when": SAID, "question": "Does .* apply", "answers": {"No": 0.95, "Yes": 0.05}},
        {"when": SAID, "question": "civil and respectful", "answers": {"Yes": 0.97, "No": 0.03}},
        {
            "when": "not |never|poor|weak|worst",
            "question": "positive or negative",
            "answers": {"Negative": 0.85, "Positive": 0.15},
        },
        {"when": SAID, "question": "positive or negative", "answers": {"Positive": 0.75, "Negative": 0.25}},
    ],
    "default": {
        "answers": dict.fromkeys(
            (
                "Yes",
                "No",
                "Positive",
                "Negative",
                "Fully relevant",
                "Somewhat relevant",
                "Not at all relevant",
            ),
            1.0,
        )
    },
}
TEMPLATES = {"comments.jsonl": "comment_classification", "reviews.jsonl": "review_sentiment"}


@dataclass(frozen=True, slots=True)
class Stage:
    """A project with its items, as a story begins."""

    installation: Installation
    project: int
    slug: str

    def add_member(self, person: Person, role: Role) -> None:
        """Let somebody into the project."""
        with self.installation.database.write() as session:
            people.add_member(session, self.project, person.id, role, now=datetime.now(UTC))

    def revisions(self) -> list[RevisionRow]:
        """Every act that was stored, in order."""
        with self.installation.database.read() as session:
            wanted = select(RevisionRow).where(RevisionRow.project_id == self.project)
            return list(session.scalars(wanted.order_by(RevisionRow.id)))

    def acts(self) -> list[tuple[str, str]]:
        """Item and act of every revision, in order."""
        with self.installation.database.read() as session:
            wanted = (
                select(ItemRow.external_id, RevisionRow.act)
                .join(AssignmentRow, AssignmentRow.item_id == ItemRow.id)
                .join(RevisionRow, RevisionRow.assignment_id == AssignmentRow.id)
                .where(RevisionRow.project_id == self.project)
                .order_by(RevisionRow.id)
            )
            return [(item, act) for item, act in session.execute(wanted)]


def stage(
    installation: Installation,
    name: str,
    *,
    folder: Path,
    content: str = "reviews.jsonl",
    rows: Sequence[Mapping[str, Any]] | int = 12,  # Any: free JSON of an item
    members: Mapping[Person, Role] | None = None,
    suggested: int = 0,
    explain: bool = False,
    rubrics: Sequence[Rubric] = (),
    **settings: Any,
) -> Stage:
    """A project made from a template, with the first rows of a file and suggestions for some of them."""
    now = datetime.now(UTC)
    spec = replace(milo_yaml.template(TEMPLATES[content]), name=name, slug="", rubrics=tuple(rubrics))
    spec = replace(spec, settings=replace(spec.settings, **settings))
    with installation.database.write() as session:
        owner = _owner(session, now)
        project = projects.create(session, spec, by=owner, now=now)
        staged = Stage(installation, project.id, project.slug)
        for person, role in (members or {}).items():
            people.add_member(session, project.id, person.id, role, now=now)
    if rows:
        import_file(installation, staged.slug, _file(folder, staged.slug, content, rows), owner)
    if suggested:
        suggest(staged, read_rows(content)[:suggested], explain=explain)
    return staged


def suggest(staged: Stage, rows: Sequence[Mapping[str, Any]], *, explain: bool = False) -> None:
    """Have the worker ask the rules about these rows, and wait for it."""
    installation = staged.installation
    names = [str(row["id"]) for row in rows]
    now = datetime.now(UTC)
    with installation.database.write() as session:
        model = rule_book(session, installation, now)
    items = item_ids(installation, staged.slug, names)
    with installation.database.write() as session:
        row = session.get_one(ProjectRow, staged.project)
        wanted = PreAnnotation(model=model, items=items, explain=explain)
        job = pre_annotate.enqueue(session, row, wanted, by=None, now=now).id
    wait_until(lambda: _job_state(installation, job) == "done", f"job {job} to be done")


def rule_book(session: Session, installation: Installation, now: datetime) -> int:
    """The scripted model, set up once an installation."""
    found = next((row.id for row in models.listed(session) if row.name == MODEL), None)
    if found is not None:
        return found
    setup = ModelSetup(name=MODEL, provider="scripted", model="rules", params=RULES)
    return models.add(session, setup, secret=secret_key(installation.data_dir), now=now).id


def answer(
    staged: Stage,
    person: Person,
    value: str,
    *,
    inquiry: str | None = None,
    question: str = "sentiment",
    resume: bool = False,
) -> str:
    """A person takes the next item (with `resume` the one they hold), perhaps asks, and answers; its name."""
    now = datetime.now(UTC)
    with staged.installation.database.write() as session:
        project = session.get_one(ProjectRow, staged.project)
        task = assign.next_tasks(session, project, person.id, 1, resume=resume, now=now).tasks[0]
        row = session.get_one(AssignmentRow, task.assignment)
        if inquiry is not None:
            inquire.ask(session, row, question=question, text=inquiry, by=person, now=now)
        submission = Submission(
            client_id=f"staged {task.assignment}",
            schema_version=task.schema_version,
            answers={question: ChoiceAnswer(value=value)},
            expected_revision=task.revision,
            active_ms=4000,
            wall_ms=5000,
        )
        annotate.submit(session, project, row, submission, now=now)
    return task.item.external_id


def find_stage(installation: Installation, slug: str) -> Stage:
    """The project a story made itself."""
    with installation.database.read() as session:
        project = session.scalars(select(ProjectRow).where(ProjectRow.slug == slug)).one()
    return Stage(installation, project.id, slug)


def read_rows(content: str) -> list[dict[str, Any]]:
    """The rows of a file of the demo."""
    return [json.loads(line) for line in (CONTENT / content).read_text("utf-8").splitlines()]


def wait_until(holds: Callable[[], bool], what: str, *, seconds: float = 20) -> None:
    """Look again until it holds; fails with what was waited for."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"waited {seconds} s for {what}"
        time.sleep(0.05)


def exported(page: Page, url: str, staged: Stage, format: str) -> list[dict[str, Any]]:
    """The rows of an export made by the researcher over HTTP."""
    token = page.request.get(f"{url}/api/me").json()["csrf_token"]
    job = page.request.post(
        f"{url}/api/projects/{staged.slug}/jobs",
        data={"kind": "export", "format": format},
        headers={"X-CSRF-Token": token},
    ).json()["id"]
    found: dict[str, Any] = {}

    def is_done() -> bool:
        found.update(page.request.get(f"{url}/api/jobs/{job}").json())
        assert found["state"] != "failed", found["error"]
        return bool(found["state"] == "done")

    wait_until(is_done, f"export {job} to be done")
    file = page.request.get(f"{url}/api/exports/{found['result']['export']}/file").text()
    return [json.loads(line) for line in file.splitlines()]


def _owner(session: Session, now: datetime) -> Person:
    row = session.scalars(select(PersonRow).where(PersonRow.login == "owner")).first()
    if row is not None:
        return as_person(row)
    return people.add_person(
        session,
        login="owner",
        name="Owner",
        password=None,
        password_hash=password_hash(),
        role="researcher",
        now=now,
    )


def _file(folder: Path, slug: str, content: str, rows: Sequence[Mapping[str, Any]] | int) -> Path:
    """The rows as a file, with the demo's pictures beside it."""
    chosen = read_rows(content)[:rows] if isinstance(rows, int) else rows
    here = folder / slug
    here.mkdir()
    shutil.copytree(CONTENT / "pictures", here / "pictures")
    file = here / content
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in chosen), "utf-8")
    return file


def _job_state(installation: Installation, job: int) -> str:
    with installation.database.read() as session:
        state = session.get_one(JobRow, job).state
    assert state not in ("failed", "cancelled"), f"job {job} is {state}"
    return state
