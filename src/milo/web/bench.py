"""The prompt bench and the live line of what is preselected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter

from milo.core.errors import Conflict, NotFound
from milo.db.tables import JobRow
from milo.roles import prompting
from milo.web.caller import Who
from milo.workflow import bench, jobs, preselection, projects
from milo.workflow.bench import BenchOptions
from milo.workflow.jobs import Job
from milo.workflow.preselection import Preselection

router = APIRouter(prefix="/api")


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTemplate:
    """A template as shipped, to read and to start an own one from."""

    name: str
    title: str
    body: str
    placeholders: list[str]
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTemplates:
    """What prompts are built from."""

    templates: list[PromptTemplate]


@router.post("/projects/{p}/bench", status_code=202)
def start_bench(p: str, who: Who, wanted: BenchOptions) -> Job:
    """Ask ten items with this prompt before a run; the calls are stored and a run reuses them."""
    with who.write() as scope:
        project = scope.project(p)
        return jobs.as_job(bench.enqueue(scope.session, project, wanted, by=scope.person, now=scope.now))


@router.get("/jobs/{j}/bench")
def show_bench(j: int, who: Who) -> dict[str, Any]:
    """Filled prompts, distributions, a forecast, and which answers change; 409 until the bench is done."""
    with who.read() as scope:
        row, _ = scope.find(JobRow, j)
        if row.kind != "bench":
            raise NotFound(f"Job {j} is no bench; it is of kind {row.kind!r}.")
        if row.result is None:
            raise Conflict(f"The bench has no result yet; it is {row.state}.")
        return row.result


@router.get("/projects/{p}/prompts")
def list_prompts(p: str, who: Who) -> PromptTemplates:
    """The prompt templates with their placeholders."""
    with who.read() as scope:
        scope.project(p)
        return PromptTemplates(
            templates=[
                PromptTemplate(
                    name=name,
                    title=TITLES.get(name, name),
                    body=prompting.default_template(name),
                    placeholders=sorted(placeholders),
                )
                for name, placeholders in prompting.PLACEHOLDERS.items()
            ]
        )


@router.get("/projects/{p}/preselection")
def show_preselection(p: str, who: Who, at: float | None = None) -> Preselection:
    """How many items are preselected at a threshold and how right that is on gold; nothing is asked."""
    with who.read() as scope:
        project = scope.project(p)
        threshold = projects.settings(project).preselect_at if at is None else at
        return preselection.at_threshold(scope.session, project, threshold)


TITLES = {
    "question": "One question with all its options",
    "option_yes_no": "One option, yes or no",
    "text": "A text to write",
    "explain": "Why it answers so",
}
