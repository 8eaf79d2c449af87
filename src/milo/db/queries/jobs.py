"""Jobs, the leases on them, and the workers that hold these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, text, update
from sqlalchemy.orm import Session, aliased

from milo.db.tables import JobRow, WorkerRow

#: Kinds that are nobody's work: an embedded model that is kept loaded. They stand in no list and no count.
UNLISTED = ("engine",)
TAKE_LOCK = 71_309  # the PostgreSQL advisory lock under which workers choose jobs


def listed(session: Session, project_id: int | None, *, limit: int = 50) -> Sequence[JobRow]:
    """The jobs of a project, or of all projects, newest first."""
    jobs = select(JobRow).where(JobRow.kind.not_in(UNLISTED)).order_by(JobRow.id.desc()).limit(limit)
    if project_id is not None:
        jobs = jobs.where(JobRow.project_id == project_id)
    return session.scalars(jobs).all()


def counted(session: Session) -> list[tuple[str, str, int]]:
    """How many jobs there are of each kind and state."""
    rows = session.execute(
        select(JobRow.kind, JobRow.state, func.count())
        .where(JobRow.kind.not_in(UNLISTED))
        .group_by(JobRow.kind, JobRow.state)
    )
    return [(kind, state, count) for kind, state, count in rows]


def is_any_ready(session: Session, now: datetime) -> bool:
    """Whether `take` would find a job."""
    return session.scalar(select(JobRow.id).where(_ready(now)).limit(1)) is not None


def take(session: Session, *, owner: str, now: datetime, lease: timedelta) -> JobRow | None:
    """The oldest job whose lane is free, now leased to `owner` under a higher fence; None when there is none.

    A running job whose lease is over counts as free: its owner has gone.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": TAKE_LOCK})
    job = session.scalar(select(JobRow).where(_ready(now)).order_by(JobRow.id).limit(1))
    if job is None:
        return None
    job.state, job.owner, job.fence = "running", owner, job.fence + 1
    job.lease_until = now + lease
    job.started_at = job.started_at or now
    job.error = None
    session.flush()
    return job


def take_this(session: Session, job: JobRow, *, owner: str, now: datetime, lease: timedelta) -> None:
    """Lease one known job, for a command that does its work itself."""
    job.state, job.owner, job.fence = "running", owner, job.fence + 1
    job.lease_until, job.started_at = now + lease, job.started_at or now
    session.flush()


def touch(session: Session, id: int, owner: str, fence: int, changes: Mapping[str, Any]) -> bool | None:
    """Change a job that `owner` still holds under this fence and say whether its cancelling was asked for.

    None, and nothing is changed, when somebody else holds it now. On PostgreSQL the row stays locked until
    the transaction ends, so no takeover comes between this check and the commit.
    """
    return session.scalar(
        update(JobRow)
        .where(JobRow.id == id, JobRow.owner == owner, JobRow.fence == fence, JobRow.state == "running")
        .values(**changes)
        .returning(JobRow.cancel_requested)
        .execution_options(synchronize_session=False)
    )


def free_orphans(session: Session, instance: str) -> None:
    """Queue again what earlier workers of this data folder held; whoever calls this holds its lock."""
    session.execute(
        update(JobRow)
        .where(JobRow.state == "running", JobRow.owner.startswith(instance, autoescape=True))
        .values(state="queued", owner=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def is_worker_alive(session: Session, since: datetime) -> bool:
    """Whether any worker was heard of since then."""
    return session.scalar(select(WorkerRow.name).where(WorkerRow.heartbeat_at >= since).limit(1)) is not None


def _ready(now: datetime) -> ColumnElement[bool]:
    other = aliased(JobRow)
    lane_is_busy = exists().where(
        other.lane == JobRow.lane, other.id != JobRow.id, other.state == "running", other.lease_until > now
    )
    is_left = and_(JobRow.state == "running", JobRow.lease_until <= now)
    return and_(or_(JobRow.state == "queued", is_left), ~lane_is_busy)
