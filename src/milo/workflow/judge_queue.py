"""Judging by itself: submitted answers that wait for the judge get a job soon, outside the submit."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from milo.core.errors import MiloError
from milo.db.queries import models as model_queries
from milo.db.queries import verdicts
from milo.db.tables import ProjectRow
from milo.workflow import jobs, judge, projects
from milo.workflow.judge import JudgeRun

#: So long a project rests after its judge was down or its job was cancelled.
REST = timedelta(minutes=10)


def is_any_due(session: Session, *, now: datetime) -> bool:
    """Whether `enqueue_due` would find work; costs no write."""
    return any(_judge_named(session, id) for id in _waiting(session, now))


def enqueue_due(session: Session, *, now: datetime) -> None:
    """Queue one run for each project whose answers wait for the judge its policy names.

    Where the run cannot be, a failed job says why; it is tried again after a rest.
    """
    for id in _waiting(session, now):
        name = _judge_named(session, id)
        if name is None:
            continue
        project = session.get_one(ProjectRow, id)
        model = model_queries.by_name(session, name)
        try:
            if model is None:
                raise MiloError(f"The review policy names the judge {name!r}, which is no model.")
            judge.enqueue(session, project, JudgeRun(model=model.id), by=None, now=now, is_automatic=True)
        except MiloError as error:
            job = jobs.enqueue(session, id, "judge", {"is_automatic": True}, now=now)
            job.state, job.error, job.ended_at = "failed", str(error), now
    session.flush()


def _waiting(session: Session, now: datetime) -> list[int]:
    return verdicts.projects_that_wait(session, ended_before=now - REST)


def _judge_named(session: Session, project_id: int) -> str | None:
    """The model the policy names; None where people start the judge themselves."""
    return projects.settings(session.get_one(ProjectRow, project_id)).review.judge
