"""Projects in which a text is written beside a model that streams drafts, for the stories about drafts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from milo.core.person import Person, Role
from milo.demo.build import import_file
from milo.formats import milo_yaml
from milo.installation import Installation, secret_key
from milo.workflow import models, people, projects
from milo.workflow.models import ModelSetup
from tests.browser.conftest import password_hash
from tests.browser.staging import Stage

SPEC = """
name: Sea questions
subject:
  - {name: scene, title: Scene, show: text}
questions:
  - {name: query, kind: text, title: Query, max_length: 300, multiline: false}
  - {name: response, kind: text, title: Response, max_length: 2000, aim_min_words: 10, aim_max_words: 40}
guideline:
  sections:
    - {id: task, kind: task, title: The task, body: Ask a question about the scene and answer it.}
settings:
  assistant: {answers: response, query: query, max_tokens: 30000}
"""
QUERY = "Why is this lighthouse painted with stripes?"
DRAFT = (
    "At night a lighthouse is known by the rhythm of its light, and by day it is known by its paint. "
    "Neighbouring towers wear bands, spirals or blocks, so that no two look alike from the sea. "
    "This tower was built in 1887 by a local family. It is open to visitors in summer."
)


def written(
    installation: Installation,
    name: str,
    *,
    endpoint: str,
    folder: Path,
    members: Mapping[Person, Role],
    scenes: Sequence[str] = ("A lighthouse with red and white bands.", "Boats in a harbour."),
    **policy: Any,  # by name, as the policy has them
) -> Stage:
    """A project whose assistant is a model server at `endpoint`; `policy` are its further settings."""
    now = datetime.now(UTC)
    model = f"{name} writer"
    spec = milo_yaml.read(SPEC)
    assistant = replace(spec.settings.assistant, model=model, **policy)
    spec = replace(spec, name=name, settings=replace(spec.settings, assistant=assistant))
    setup = ModelSetup(name=model, provider="openai_compatible", model="scripted", base_url=endpoint)
    with installation.database.write() as session:
        models.add(session, setup, secret=secret_key(installation.data_dir), now=now)
        owner = people.add_person(
            session,
            login=f"owner.{name}",
            name="Owner",
            password=None,
            password_hash=password_hash(),
            role="researcher",
            now=now,
        )
        project = projects.create(session, spec, by=owner, now=now)
        staged = Stage(installation, project.id, project.slug)
        for person, role in members.items():
            people.add_member(session, project.id, person.id, role, now=now)
    file = folder / f"{staged.slug}.jsonl"
    rows = [{"id": f"scene-{number}", "scene": scene} for number, scene in enumerate(scenes, 1)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    import_file(installation, staged.slug, file, owner)
    return staged
