"""The demo is built by the same functions the screens call: people, projects, imports, answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from milo.core.person import Person, Role
from milo.db.tables import ItemRow
from milo.demo import annotating, reviewing, story, writing
from milo.demo.annotating import project_of
from milo.demo.story import CONTENT, DRAFT_RECORDING, JUDGE_RECORDING, RECORDING
from milo.installation import Installation, secret_key
from milo.models import catalog
from milo.worker import run_or_enqueue
from milo.workflow import import_items, models, people, pre_annotate, projects
from milo.workflow.models import ModelSetup
from milo.workflow.pre_annotate import PreAnnotation

PASSWORD = "look-around"
EXPLAINED = 5  # recorded suggestions that come with a reason
PEOPLE: dict[str, tuple[str, Role]] = {
    "researcher": ("Researcher", "researcher"),
    "first_annotator": ("First annotator", "annotator"),
    "second_annotator": ("Second annotator", "annotator"),
    "auditor": ("Auditor", "auditor"),
}


@dataclass(frozen=True, slots=True)
class Demo:
    """What was built: the projects by key, and the jobs that wait for the embedded model."""

    projects: Mapping[str, str]  # key -> slug
    waiting_jobs: tuple[int, ...]


def log_in_name(key: str) -> str:
    """The log-in name of a person of the story."""
    return key.replace("_", "-")


def build(installation: Installation, *, now: datetime) -> Demo:
    """Everything the demo shows; recorded suggestions are there at once, live ones are asked later."""
    team = _add_people(installation, now)
    model_ids = _add_models(installation, now)
    slugs: dict[str, str] = {}
    waiting = []
    for told in story.read()["projects"]:
        slugs[told["key"]] = add_project(installation, told, team, now - timedelta(days=4))
        import_file(installation, slugs[told["key"]], CONTENT / told["items"], team["researcher"])
        if told["suggestions"] == "recorded":
            for wanted in _recorded(installation, slugs[told["key"]], told, model_ids["recorded"]):
                run_or_enqueue(installation, enqueue(installation, slugs[told["key"]], wanted, now))
        if told["suggestions"] != "none":
            waiting.append((told, slugs[told["key"]]))
    annotating.play(installation, slugs, team, now)
    reviewing.play(installation, slugs["written"], team, model_ids["recorded_judge"], now)
    writing.play(installation, slugs["pictures"], team, model_ids["recorded_writer"], now)
    jobs = [
        enqueue(installation, slug, _live_run(installation, slug, told, model_ids), now)
        for told, slug in waiting
    ]
    return Demo(slugs, tuple(jobs))


def _add_people(installation: Installation, now: datetime) -> dict[str, Person]:
    with installation.database.write() as session:
        return {
            key: people.add_person(
                session, login=log_in_name(key), name=name, password=PASSWORD, role=role, now=now
            )
            for key, (name, role) in PEOPLE.items()
        }


def _add_models(installation: Installation, now: datetime) -> dict[str, int]:
    weights = catalog.KNOWN[catalog.DEFAULT]
    setups = {
        "embedded": (
            ModelSetup(name=weights.title, provider="embedded", model=weights.name),
            {"about": weights.card},
        ),
        "recorded": _replay(RECORDING, "recorded"),
        "recorded_judge": _replay(JUDGE_RECORDING, "recorded judge"),
        "recorded_writer": _replay(DRAFT_RECORDING, "recorded writer"),
    }
    with installation.database.write() as session:
        return {
            key: models.add(session, setup, secret=secret_key(installation.data_dir), now=now, card=card).id
            for key, (setup, card) in setups.items()
        }


def _replay(recording: Path, what: str) -> tuple[ModelSetup, dict[str, Any]]:
    from milo.models.replay import read_recording

    header, _ = read_recording(recording)
    setup = ModelSetup(
        name=f"{header['model']} ({what})",
        provider="replay",
        model=recording.name,
        params={"path": str(recording)},
    )
    return setup, {"about": "Asked once, on another day; the demo shows the stored replies."}


def add_project(
    installation: Installation, told: Mapping[str, Any], team: Mapping[str, Person], now: datetime
) -> str:
    """A project of the story with its members; its slug."""
    spec = replace(story.spec(told), name=told["name"], slug="")
    with installation.database.write() as session:
        project = projects.create(session, spec, by=team["researcher"], now=now)
        for key, person in team.items():
            if key != "researcher":  # who made the project is its researcher already
                people.add_member(session, project.id, person.id, PEOPLE[key][1], now=now)
        return project.slug


def import_file(installation: Installation, slug: str, file: Path, by: Person) -> None:
    """Import a file of the demo's content."""
    now = datetime.now(UTC)
    with installation.database.write() as session:
        row = import_items.start(
            session,
            project_of(session, slug),
            filename=file.name,
            path=file,
            format=None,
            mapping={},
            by=by,
            now=now,
        )
    import_items.run(
        installation.database, row.id, data_dir=installation.data_dir, clock=lambda: datetime.now(UTC)
    )


def _recorded(
    installation: Installation, slug: str, told: Mapping[str, Any], model_id: int
) -> list[PreAnnotation]:
    rows = (CONTENT / told["items"]).read_text("utf-8").splitlines()
    names = [name for name in (json.loads(row)["id"] for row in rows) if name not in told["live"]]
    return recorded_runs(installation, slug, names, model_id)


def recorded_runs(
    installation: Installation, slug: str, names: Sequence[str], model_id: int
) -> list[PreAnnotation]:
    """The runs that were recorded: the first items with explanations, the others without."""
    return [
        PreAnnotation(model=model_id, items=item_ids(installation, slug, some), explain=explain)
        for some, explain in ((names[EXPLAINED:], False), (names[:EXPLAINED], True))
    ]


def _live_run(
    installation: Installation, slug: str, told: Mapping[str, Any], model_ids: Mapping[str, int]
) -> PreAnnotation:
    items = item_ids(installation, slug, told["live"]) if told.get("live") else None
    return PreAnnotation(model=model_ids["embedded"], items=items)


def item_ids(installation: Installation, slug: str, names: Sequence[str]) -> tuple[int, ...]:
    """The ids of a project's items by their names in the file."""
    with installation.database.read() as session:
        project = project_of(session, slug)
        wanted = select(ItemRow.id).where(ItemRow.project_id == project.id, ItemRow.external_id.in_(names))
        return tuple(session.scalars(wanted.order_by(ItemRow.id)))


def enqueue(installation: Installation, slug: str, wanted: PreAnnotation, now: datetime) -> int:
    """A queued run; its id."""
    with installation.database.write() as session:
        return pre_annotate.enqueue(session, project_of(session, slug), wanted, by=None, now=now).id
