"""The worker: the process that does jobs. Here models and workflow are wired together for it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import delete

from milo.core.errors import MiloError, NotFound, Unavailable
from milo.core.model_call import Model
from milo.core.model_config import ModelConfig
from milo.db.queries import jobs as job_queries
from milo.db.tables import JobRow, WorkerRow
from milo.installation import Installation, secret_key
from milo.workflow import jobs, judge_queue
from milo.workflow.jobs import HEARTBEAT, LEASE, JobCancelled, JobFunction, JobRun, LeaseLost, WorkerStopping

POLL_SECONDS = 0.2
#: So often the worker looks for answers that wait for a judge.
JUDGE_LOOK = timedelta(seconds=2)
#: A worker not heard of for so long is taken for dead.
SILENT = timedelta(seconds=15)
MOST_JOBS_AT_ONCE = 6
GRACE_SECONDS = 6.0

log = structlog.get_logger()


def run(installation: Installation, *, parent: int | None = None) -> None:
    """Do waiting jobs until told to end (SIGTERM, Ctrl+C) or until the process `parent` has ended."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with only_worker(installation) as is_only:
        if not is_only:
            raise Unavailable(
                f"Another worker is at work for {installation.data_dir}; one is enough. "
                "`milo serve` starts it; leave this one out."
            )
        Worker(installation, stop=stop, parent=parent).run()


def run_or_enqueue(installation: Installation, job_id: int) -> bool:
    """Leave a queued job to the worker that is alive, or do it here; True when it was done here.

    Done here, a failure of the job is raised.
    """
    with only_worker(installation) as is_only:
        if not is_only or _is_worker_alive(installation):
            return False
        Worker(installation, stop=threading.Event()).run_one(job_id)
        return True


class Worker:
    """Does jobs side by side, one thread each: a short one does not wait behind a long one."""

    def __init__(
        self,
        installation: Installation,
        *,
        stop: threading.Event,
        parent: int | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        functions: dict[str, JobFunction] | None = None,
    ) -> None:
        self._installation = installation
        self._database = installation.database
        self._stop = stop
        self._parent = parent
        self._clock = clock
        self._functions = functions or job_functions()
        self._instance = instance_name(installation.data_dir)
        self.name = f"{self._instance}-{os.getpid()}-{secrets.token_hex(4)}"
        self._running: dict[JobRun, threading.Thread] = {}
        self._heard_at: datetime | None = None
        self._looked_at: datetime | None = None

    def run(self) -> None:
        """Take jobs until told to end, then give unfinished ones back."""
        with self._database.write() as session:
            job_queries.free_orphans(session, self._instance)
        while not self._stop.is_set() and not self._is_orphan():
            self._beat()
            self._forget_ended()
            self._queue_judging()
            while len(self._running) < MOST_JOBS_AT_ONCE and (taken := self._take()):
                self._start(taken)
            self._stop.wait(POLL_SECONDS)
        self._end()

    def run_one(self, job_id: int) -> None:
        """Do one queued job in this thread, with a heartbeat beside it; raises what made it fail."""
        with self._database.write() as session:
            job_queries.free_orphans(session, self._instance)
            row = session.get(JobRow, job_id)
            if row is None:
                raise NotFound(f"There is no job {job_id}.")
            job_queries.take_this(session, row, owner=self.name, now=self._clock(), lease=LEASE)
            taken = self._as_run(row), row.kind
        self._running[taken[0]] = threading.current_thread()
        beats = threading.Thread(target=self._beat_until_stopped, daemon=True)
        beats.start()
        try:
            error = self._do(*taken)
        finally:
            self._stop.set()
            beats.join()
            self._say_goodbye()
        if error is not None:
            raise error

    def _take(self) -> tuple[JobRun, str] | None:
        now = self._clock()
        with self._database.read() as session:  # looking costs no write lock
            if not job_queries.is_any_ready(session, now):
                return None
        with self._database.write() as session:
            row = job_queries.take(session, owner=self.name, now=now, lease=LEASE)
            return None if row is None else (self._as_run(row), row.kind)

    def _as_run(self, row: JobRow) -> JobRun:
        return JobRun(
            database=self._database,
            id=row.id,
            project_id=row.project_id,
            config=dict(row.config),
            owner=self.name,
            fence=row.fence,
            data_dir=self._installation.data_dir,
            secret=secret_key(self._installation.data_dir),
            open_model=model_opener(self._installation),
            clock=self._clock,
        )

    def _start(self, taken: tuple[JobRun, str]) -> None:
        thread = threading.Thread(target=self._do, args=taken, name=f"job-{taken[0].id}", daemon=True)
        self._running[taken[0]] = thread
        thread.start()

    def _do(self, run: JobRun, kind: str) -> Exception | None:
        """Do a job to its end and write down how it ended; the failure, if it was one."""
        try:
            result = self._functions[kind](run)
            jobs.finish(run, "done", result=result)
        except LeaseLost as error:
            log.warning("job_lost", job=run.id, cause=str(error))
        except WorkerStopping:
            self._finish(run, "queued")
        except JobCancelled:
            self._finish(run, "cancelled")
        except MiloError as error:
            self._finish(run, "failed", str(error))
            return error
        except Exception as error:  # here a job ends: the cause is written down
            log.error("job_failed", job=run.id, kind=kind, exc_info=error)
            self._finish(run, "failed", f"Unexpected {type(error).__name__}: {error}")
            return error
        return None

    def _finish(self, run: JobRun, state: str, error: str | None = None) -> None:
        try:
            jobs.finish(run, state, error=error)
        except LeaseLost as lost:
            log.warning("job_lost", job=run.id, cause=str(lost))

    def _queue_judging(self) -> None:
        """Queue runs for answers that wait for the judge, now and then."""
        now = self._clock()
        if "judge" not in self._functions:
            return
        if self._looked_at is not None and now - self._looked_at < JUDGE_LOOK:
            return
        self._looked_at = now
        with self._database.read() as session:  # looking costs no write lock
            if not judge_queue.is_any_due(session, now=now):
                return
        with self._database.write() as session:
            judge_queue.enqueue_due(session, now=now)

    def _beat(self) -> None:
        """Say that this worker is alive, and renew the leases of its jobs, now and then."""
        now = self._clock()
        if self._heard_at is not None and now - self._heard_at < HEARTBEAT:
            return
        self._heard_at = now
        with self._database.write() as session:
            session.merge(WorkerRow(name=self.name, pid=os.getpid(), heartbeat_at=now))
            session.execute(delete(WorkerRow).where(WorkerRow.heartbeat_at < now - 20 * SILENT))
            for run, thread in self._running.items():
                if thread.is_alive():
                    run.renew(session)

    def _beat_until_stopped(self) -> None:
        while not self._stop.wait(POLL_SECONDS):
            self._beat()

    def _forget_ended(self) -> None:
        self._running = {run: thread for run, thread in self._running.items() if thread.is_alive()}

    def _is_orphan(self) -> bool:
        return self._parent is not None and os.getppid() != self._parent

    def _end(self) -> None:
        for run in self._running:
            run.stop.set()
        for thread in self._running.values():
            thread.join(GRACE_SECONDS)
        self._say_goodbye()

    def _say_goodbye(self) -> None:
        with self._database.write() as session:
            session.execute(delete(WorkerRow).where(WorkerRow.name == self.name))


def job_functions() -> dict[str, JobFunction]:
    """What does each kind of job."""
    from milo.workflow import (
        bench,
        check,
        engine,
        export,
        import_items,
        judge,
        pre_annotate,
        preselection,
        probe,
    )

    return {
        "import": import_items.job,
        "preannotate": pre_annotate.run,
        "bench": bench.run,
        "preselect": preselection.run,
        "export": export.job,
        "judge": judge.run,
        "check": check.run,
        "probe": probe.run,
        "engine": engine.run,
    }


def model_opener(installation: Installation) -> Callable[[ModelConfig], Model]:
    """`open_model` with this installation's cached weights."""

    def opened(config: ModelConfig) -> Model:
        from milo.models import open_model

        return open_model(config, cache_dir=installation.config.cache_dir.expanduser())

    return opened


def instance_name(data_dir: Path) -> str:
    """A short name of this data folder on this machine; workers of the same folder share it."""
    return hashlib.sha256(f"{socket.gethostname()}:{data_dir}".encode()).hexdigest()[:12]


@contextmanager
def only_worker(installation: Installation) -> Iterator[bool]:
    """Whether this process now holds the lock of the data folder; it ends with the block or the process."""
    with (installation.data_dir / "worker.lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _is_worker_alive(installation: Installation) -> bool:
    """Whether a worker elsewhere does jobs of the same database; beside a SQLite file there is none."""
    if installation.database.is_sqlite:
        return False
    with installation.database.read() as session:
        return job_queries.is_worker_alive(session, datetime.now(UTC) - SILENT)
