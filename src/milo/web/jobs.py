"""Jobs: started, watched, cancelled, resumed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Discriminator

from milo.core.export_options import ExportOptions
from milo.core.strict import INPUT
from milo.db.queries import jobs as job_queries
from milo.db.queries.units import Failure
from milo.db.tables import JobRow
from milo.web.caller import Who
from milo.workflow import export, jobs, judge, pre_annotate, probe
from milo.workflow.jobs import Job
from milo.workflow.judge import JudgeRun
from milo.workflow.pre_annotate import PreAnnotation
from milo.workflow.probe import ProbeOptions

router = APIRouter(prefix="/api")


@dataclass(frozen=True, slots=True, kw_only=True)
class PreAnnotationRun(PreAnnotation):
    """Let a model answer the project's questions before people do."""

    __pydantic_config__ = INPUT

    kind: Literal["preannotate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingRun(JudgeRun):
    """Let a judge give its verdict on answers, or on a model's labels."""

    __pydantic_config__ = INPUT

    kind: Literal["judge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRun(ProbeOptions):
    """Try to talk a judge into better verdicts, and put the outcome on its card."""

    __pydantic_config__ = INPUT

    kind: Literal["probe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRun(ExportOptions):
    """Write a file of the project's labels."""

    __pydantic_config__ = INPUT

    kind: Literal["export"]


Run = PreAnnotationRun | JudgingRun | ProbeRun | ExportRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to be different when a job goes on."""

    __pydantic_config__ = INPUT

    cost_cap_usd: float | None = None


@router.post("/projects/{p}/jobs", status_code=202)
def start_job(
    p: str,
    who: Who,
    wanted: Annotated[Run, Discriminator("kind")],
) -> Job:
    """Queue a job; watch it at its own address."""
    with who.write() as scope:
        project = scope.project(p)
        match wanted:
            case PreAnnotationRun():
                row = pre_annotate.enqueue(scope.session, project, wanted, by=scope.person, now=scope.now)
            case JudgingRun():
                row = judge.enqueue(scope.session, project, wanted, by=scope.person, now=scope.now)
            case ProbeRun():
                row = probe.enqueue(scope.session, project, wanted, by=scope.person, now=scope.now)
            case ExportRun():
                row = export.enqueue(scope.session, project, wanted, by=scope.person, now=scope.now)
        return jobs.as_job(row)


@router.get("/projects/{p}/jobs")
def list_jobs(p: str, who: Who) -> list[Job]:
    """The project's newest 50 jobs."""
    with who.read() as scope:
        project = scope.project(p)
        return [jobs.as_job(row) for row in job_queries.listed(scope.session, project.id)]


@router.get("/jobs/{j}")
def show_job(j: int, who: Who) -> Job:
    """A job with its progress."""
    with who.read() as scope:
        row, _ = scope.find(JobRow, j)
        return jobs.as_job(row)


@router.post("/jobs/{j}/cancel")
def cancel_job(j: int, who: Who) -> Job:
    """End a job; what it stored stays."""
    with who.write() as scope:
        row, _ = scope.find(JobRow, j)
        return jobs.as_job(jobs.cancel(scope.session, row, now=scope.now))


@router.post("/jobs/{j}/resume")
def resume_job(j: int, who: Who, changes: Changes | None = None) -> Job:
    """Queue a cancelled or failed job again, with another cost cap if one is given."""
    given = {name: value for name, value in asdict(changes or Changes()).items() if value is not None}
    with who.write() as scope:
        row, _ = scope.find(JobRow, j)
        return jobs.as_job(jobs.resume(scope.session, row, config=given))


@router.get("/jobs/{j}/failures")
def list_failures(j: int, who: Who) -> list[Failure]:
    """The first 500 units or verdicts of a job without a usable answer, each with its reason."""
    with who.read() as scope:
        row, _ = scope.find(JobRow, j)
        return jobs.failures(scope.session, row)
