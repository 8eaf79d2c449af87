"""`milo job`: what is running, and how it went."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from milo.cli.output import Json, now, show, show_table
from milo.config import load
from milo.core.errors import NotFound
from milo.db.tables import JobRow
from milo.installation import open_installation

group = typer.Typer(help="Long work: imports, pre-annotation, exports.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group to the application."""
    app.add_typer(group, name="job")


@group.command("list")
def list_jobs(
    project: Annotated[str, typer.Option(help="Only those of this project.")] = "",
    limit: Annotated[int, typer.Option(help="How many, newest first.")] = 20,
    json: Json = False,
) -> None:
    """The newest jobs."""
    from milo.db.queries import jobs as job_queries
    from milo.db.queries import projects
    from milo.workflow.jobs import as_job

    with open_installation(load(), create=False).database.read() as session:
        found = projects.find(session, project) if project else None
        if project and found is None:
            raise NotFound(f"There is no project {project!r}.")
        rows = [
            asdict(as_job(row))
            for row in job_queries.listed(session, found.id if found else None, limit=limit)
        ]
    show_table(rows, ("id", "kind", "state", "done", "total", "cost_usd", "error"), json)


@group.command("show")
def show_job(job: int, json: Json = False) -> None:
    """One job with its counts."""
    from milo.workflow.jobs import as_job

    with open_installation(load(), create=False).database.read() as session:
        row = _found(session, job)
        data = asdict(as_job(row))
    lines = [f"{name}: {value}" for name, value in data.items() if value is not None and name != "config"]
    show(data, "\n".join(lines), json)


@group.command("cancel")
def cancel(job: int, json: Json = False) -> None:
    """End a job; what it stored stays."""
    from milo.workflow import jobs

    with open_installation(load(), create=False).database.write() as session:
        row = _found(session, job)
        state = jobs.cancel(session, row, now=now()).state
    show({"id": job, "state": state}, f"Job {job} is ending.", json)


@group.command("resume")
def resume(job: int, json: Json = False) -> None:
    """Queue a cancelled or failed job again; it goes on where it stopped."""
    from milo.workflow import jobs

    with open_installation(load(), create=False).database.write() as session:
        row = _found(session, job)
        jobs.resume(session, row)
    show({"id": job, "state": "queued"}, f"Job {job} is queued again.", json)


def _found(session: Session, job: int) -> JobRow:
    row = session.get(JobRow, job)
    if row is None:
        raise NotFound(f"There is no job {job}.")
    return row
