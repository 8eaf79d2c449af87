"""What is preselected at a threshold: the live line, and the job that applies a changed setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from milo.core.questions import OptionQuestion
from milo.db.queries import suggestions
from milo.db.tables import ProjectRow, PromptVersionRow, SuggestionRow
from milo.roles import pre_annotator
from milo.workflow import projects, prompt_versions, suggesting
from milo.workflow.jobs import JobRun

BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """How many were right of how many."""

    right: int
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preselection:
    """How many items have a preselected option at a threshold, and how right those are on gold."""

    at: float
    preselected: int
    total: int
    gold: Right  # over preselected questions of items with known answers
    models: tuple[str, ...]  # whose suggestions these are, the newest first
    calibrated: bool


def at_threshold(session: Session, project: ProjectRow, at: float) -> Preselection:
    """The live line of a project: counted from stored suggestions, nothing is asked."""
    total = suggestions.count_items(session, project.id)
    versions = suggestions.versions(session, project.id)
    if not versions:
        return Preselection(
            at=at, preselected=0, total=total, gold=Right(right=0, n=0), models=(), calibrated=False
        )
    right = _right_on_gold(session, project, versions[0], at)
    are_all_newest = len(versions) == 1
    return Preselection(
        at=at,
        preselected=suggestions.count_preselected(session, project.id, at, are_all_newest=are_all_newest),
        total=total,
        gold=Right(right=sum(right), n=len(right)),
        models=tuple(dict.fromkeys(version.config["model_name"] for version in versions)),
        calibrated=all(version.config["confidence"] == "gold" for version in versions),
    )


def run(run: JobRun) -> dict[str, Any]:
    """Preselect every suggestion of the project anew by its setting, in short transactions."""
    after = changed = 0
    with run.database.read() as session:
        project = session.get_one(ProjectRow, run.project_id)
        plans = _plans(session, project)
    while True:
        run.check()
        with run.commit(position=after) as session:
            rows = suggestions.batch(session, run.project_id, after=after, limit=BATCH)
            for id, plan in plans.items():
                changed += suggesting.preselect_again(
                    session, [row for row in rows if row.prompt_version_id == id], plan
                )
        if not rows:
            return {"changed": changed}
        after = rows[-1].id


def _plans(session: Session, project: ProjectRow) -> dict[int, prompt_versions.Plan]:
    rows = session.scalars(select(PromptVersionRow).where(PromptVersionRow.project_id == project.id))
    return {row.id: prompt_versions.of_row(session, project, row) for row in rows}


def _right_on_gold(session: Session, project: ProjectRow, version: PromptVersionRow, at: float) -> list[bool]:
    """Whether it is right, for each question preselected at the threshold on an item with gold."""
    questions = {
        question.name: question
        for question in projects.questions(session, project.id, version.config["schema_version"])
    }
    right = []
    for row, gold in suggestions.with_gold(session, project.id):
        question = questions.get(row.question)
        if not isinstance(question, OptionQuestion) or row.question not in gold:
            continue
        chosen = pre_annotator.preselected(question, row.distribution, at=at)
        if chosen:
            right.append(_is_right(row, chosen, gold))
    return right


def _is_right(row: SuggestionRow, chosen: Sequence[str], gold: Mapping[str, Any]) -> bool:
    value = gold[row.question]["value"]
    return set(chosen) == ({value} if isinstance(value, str) else set(value))
