"""Long work: queued, leased to one worker at a time, cancelled, resumed."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from milo.core.errors import Conflict, InvalidInput, MiloError
from milo.core.model_call import Model
from milo.core.model_config import ModelConfig
from milo.db.queries import jobs, units, verdicts
from milo.db.queries.units import Failure
from milo.db.session import Database
from milo.db.tables import JobRow

LEASE = timedelta(seconds=20)
#: A worker says this often that it is alive, and renews its leases.
HEARTBEAT = timedelta(seconds=3)

KINDS = ("import", "preannotate", "bench", "preselect", "export", "judge", "check", "probe", "engine")


class LeaseLost(MiloError):
    """Another worker holds the job now; whatever the old owner still writes is refused."""


class JobCancelled(MiloError):
    """Somebody asked for the job to end."""


class WorkerStopping(MiloError):
    """The worker is told to end; the job goes back to the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as its screen shows it."""

    id: int
    project: int
    kind: str
    state: str  # queued | running | done | cancelled | failed
    total: int
    done: int
    failed: int
    abstained: int
    unreadable: int
    rate_per_second: float | None
    remaining_seconds: float | None
    cost_usd: float
    cost_cap_usd: float | None
    error: str | None
    cancel_requested: bool
    config: Mapping[str, Any]  # Any: each kind has its own
    result: Mapping[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(slots=True, kw_only=True, eq=False)
class JobRun:
    """A job in the hands of a worker: what it works on, and the only way it may write."""

    database: Database
    id: int
    project_id: int
    config: Mapping[str, Any]
    owner: str
    fence: int
    data_dir: Path
    secret: bytes  # decrypts the keys of models
    open_model: Callable[[ModelConfig], Model]
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    stop: threading.Event = field(default_factory=threading.Event)  # the worker ends
    lost: threading.Event = field(default_factory=threading.Event)  # another worker took over
    cancel: threading.Event = field(default_factory=threading.Event)  # a person wants it to end

    @contextmanager
    def commit(self, *, is_synced: bool = True, **changes: object) -> Iterator[Session]:
        """One short write transaction of the job, refused with `LeaseLost` once somebody else holds it.

        `changes` are new values of the job's own columns, such as its progress. Without `is_synced` a power
        cut may undo it, a crash does not.
        """
        with self.database.write(is_synced=is_synced) as session:
            self._hold(session, **changes)
            yield session

    def renew(self, session: Session) -> None:
        """Prolong the lease, and learn of a cancel or a takeover."""
        with contextlib.suppress(LeaseLost):  # `lost` is set; the job's own thread ends by it
            self._hold(session)

    def check(self) -> None:
        """Raise when the job is to end now."""
        if self.lost.is_set():
            raise LeaseLost(f"job {self.id} belongs to another worker now")
        if self.cancel.is_set():
            raise JobCancelled(f"job {self.id} was cancelled")
        if self.stop.is_set():
            raise WorkerStopping("the worker ends")

    def _hold(self, session: Session, **changes: object) -> None:
        changes = {"lease_until": self.clock() + LEASE} | changes
        is_cancelled = jobs.touch(session, self.id, self.owner, self.fence, changes)
        if is_cancelled is None:
            self.lost.set()
            raise LeaseLost(f"job {self.id} belongs to another worker now; nothing was written")
        if is_cancelled:
            self.cancel.set()


#: Does one kind of job to its end and returns its result; raises a `MiloError` whose text says why not.
JobFunction = Callable[[JobRun], Mapping[str, Any] | None]


def enqueue(
    session: Session,
    project_id: int,
    kind: str,
    config: Mapping[str, Any],
    *,
    now: datetime,
    by: int | None = None,
    lane: str | None = None,
    total: int = 0,
) -> JobRow:
    """A new job in the queue. Jobs of one lane run one after the other; others run beside them."""
    if kind not in KINDS:
        raise InvalidInput(f"kind of job is {kind!r}; allowed are {', '.join(KINDS)}")
    job = JobRow(
        project_id=project_id,
        kind=kind,
        lane=lane if lane is not None else f"{kind}:{project_id}",
        state="queued",
        config=dict(config),
        created_by=by,
        created_at=now,
        total=total,
    )
    session.add(job)
    session.flush()
    return job


def cancel(session: Session, job: JobRow, *, now: datetime) -> JobRow:
    """Ask a running job to end, or end a waiting one; what it stored stays."""
    if job.state == "queued":
        job.state, job.ended_at = "cancelled", now
    elif job.state == "running":
        job.cancel_requested = True
    else:
        raise Conflict(f"Job {job.id} is {job.state}; only a queued or running job can be cancelled.")
    session.flush()
    return job


def resume(session: Session, job: JobRow, *, config: Mapping[str, Any] | None = None) -> JobRow:
    """Queue a cancelled or failed job again; it goes on where it stopped."""
    if job.state not in ("cancelled", "failed"):
        raise Conflict(f"Job {job.id} is {job.state}; only a cancelled or failed job can be resumed.")
    job.state, job.cancel_requested, job.error, job.ended_at = "queued", False, None, None
    if config:
        job.config = {**job.config, **config}
    session.flush()
    return job


def finish(
    run: JobRun, state: str, *, result: Mapping[str, Any] | None = None, error: str | None = None
) -> None:
    """Write down how a job ended, or put it back into the queue; refused once somebody else holds it."""
    ended_at = None if state == "queued" else run.clock()
    changes: dict[str, Any] = {"state": state, "error": error, "ended_at": ended_at}
    if result is not None:
        changes["result"] = dict(result)
    with run.commit(owner=None, lease_until=None, **changes):
        pass


def failures(session: Session, job: JobRow) -> list[Failure]:
    """What a job could not answer; of a judging job the verdicts that are none."""
    if job.kind == "judge":
        return verdicts.failures(session, job.id)
    return units.failures(session, job.id)


def as_job(row: JobRow) -> Job:
    """A job's row as its screen shows it."""
    remaining = None
    if row.state == "running" and row.rate_per_second:
        remaining = max(0, row.total - row.done) / row.rate_per_second
    return Job(
        id=row.id,
        project=row.project_id,
        kind=row.kind,
        state=row.state,
        total=max(row.total, row.done),  # gold asked for the fit may lie outside the run
        done=row.done,
        failed=row.failed,
        abstained=row.abstained,
        unreadable=row.unreadable,
        rate_per_second=row.rate_per_second,
        remaining_seconds=remaining,
        cost_usd=row.cost_usd,
        cost_cap_usd=row.config.get("cost_cap_usd"),
        error=row.error,
        cancel_requested=row.cancel_requested,
        config=row.config,
        result=row.result if row.kind != "bench" else None,
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )
