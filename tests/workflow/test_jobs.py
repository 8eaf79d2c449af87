"""Jobs: who holds one, what a stale owner may not do, cancel and resume."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from milo.config import Config
from milo.core.errors import Conflict, InvalidInput, MiloError
from milo.db.queries import jobs as job_queries
from milo.db.session import Database
from milo.db.tables import AuditRow, JobRow, WorkerRow
from milo.installation import Installation
from milo.worker import Worker, only_worker, run_or_enqueue
from milo.workflow import jobs
from milo.workflow.jobs import LEASE, JobCancelled, JobFunction, JobRun, LeaseLost
from tests.builders import NOW, Clock, a_database, a_project


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    database = a_database(tmp_path, url)
    yield database
    database.close()


def a_job(database: Database, *, kind: str = "export", lane: str | None = None) -> int:
    with database.write() as session:
        project = session.scalar(select(func.max(JobRow.project_id))) or a_project(session).id
        return jobs.enqueue(session, project, kind, {}, now=NOW, lane=lane).id


def taken(database: Database, owner: str, clock: Clock) -> JobRun | None:
    """The next job, in the hands of `owner`."""
    with database.write() as session:
        row = job_queries.take(session, owner=owner, now=clock(), lease=LEASE)
        if row is None:
            return None
        return JobRun(
            database=database,
            id=row.id,
            project_id=row.project_id,
            config=row.config,
            owner=owner,
            fence=row.fence,
            data_dir=Path(),
            secret=b"",
            open_model=lambda config: pytest.fail("no model is needed here"),
            clock=clock,
        )


def held(database: Database, owner: str, clock: Clock) -> JobRun:
    run = taken(database, owner, clock)
    assert run is not None
    return run


def write(run: JobRun, action: str) -> None:
    with run.commit() as session:
        session.add(AuditRow(at=NOW, action=action, target="", detail={}))


def written(database: Database) -> list[str]:
    with database.read() as session:
        return list(
            session.scalars(select(AuditRow.action).where(AuditRow.target == "").order_by(AuditRow.id))
        )


def state(database: Database, id: int) -> str:
    with database.read() as session:
        return session.get_one(JobRow, id).state


class TestTaking:
    def test_the_oldest_comes_first_and_nobody_gets_it_twice(self, database: Database) -> None:
        first, second = a_job(database, lane="a"), a_job(database, lane="b")
        clock = Clock()
        assert [held(database, owner, clock).id for owner in ("one", "two")] == [first, second]
        assert taken(database, "three", clock) is None

    def test_jobs_of_one_lane_run_one_after_the_other_and_others_beside_them(
        self, database: Database
    ) -> None:
        first = a_job(database, lane="model:1")
        a_job(database, lane="model:1")
        short = a_job(database, lane="import:1")
        clock = Clock()
        assert [held(database, "one", clock).id, held(database, "one", clock).id] == [first, short]
        assert taken(database, "one", clock) is None

    def test_a_silent_owner_is_followed_by_another_under_a_higher_fence(self, database: Database) -> None:
        a_job(database)
        clock = Clock()
        old = held(database, "old", clock)
        clock.now += LEASE - timedelta(seconds=1)
        assert taken(database, "new", clock) is None
        clock.now += timedelta(seconds=1)
        assert held(database, "new", clock).fence == old.fence + 1

    def test_a_renewed_lease_keeps_others_away(self, database: Database) -> None:
        a_job(database)
        clock = Clock()
        run = held(database, "old", clock)
        clock.now += LEASE - timedelta(seconds=1)
        with database.write() as session:
            run.renew(session)
        clock.now += LEASE - timedelta(seconds=1)
        assert taken(database, "new", clock) is None


class TestFencing:
    def test_a_stale_owners_write_is_refused_whole(self, database: Database) -> None:
        a_job(database)
        clock = Clock()
        old = held(database, "old", clock)
        write(old, "while it held the job")
        clock.now += LEASE
        new = held(database, "new", clock)
        with pytest.raises(LeaseLost):
            write(old, "too late")
        write(new, "by the new owner")
        assert written(database) == ["while it held the job", "by the new owner"]

    def test_the_same_owner_under_an_old_fence_is_stale_too(self, database: Database) -> None:
        a_job(database)
        clock = Clock()
        old = held(database, "worker", clock)
        clock.now += LEASE
        held(database, "worker", clock)
        with pytest.raises(LeaseLost):
            write(old, "from before the takeover")

    def test_a_stale_owner_cannot_end_the_job(self, database: Database) -> None:
        id = a_job(database)
        clock = Clock()
        old = held(database, "old", clock)
        clock.now += LEASE
        held(database, "new", clock)
        with pytest.raises(LeaseLost):
            jobs.finish(old, "failed", error="gave up")
        assert state(database, id) == "running"

    def test_a_heartbeat_tells_a_stale_owner_to_stop(self, database: Database) -> None:
        a_job(database)
        clock = Clock()
        old = held(database, "old", clock)
        clock.now += LEASE
        held(database, "new", clock)
        with database.write() as session:
            old.renew(session)
        with pytest.raises(LeaseLost):
            old.check()


class TestCancelAndResume:
    def test_a_waiting_job_ends_at_once(self, database: Database) -> None:
        id = a_job(database)
        with database.write() as session:
            jobs.cancel(session, session.get_one(JobRow, id), now=NOW)
        assert state(database, id) == "cancelled"
        assert taken(database, "one", Clock()) is None

    def test_a_running_job_learns_of_it_with_its_next_commit(self, database: Database) -> None:
        id = a_job(database)
        run = held(database, "one", Clock())
        with database.write() as session:
            jobs.cancel(session, session.get_one(JobRow, id), now=NOW)
        write(run, "what was paid for is still stored")
        with pytest.raises(JobCancelled):
            run.check()
        assert written(database) == ["what was paid for is still stored"]

    def test_a_cancelled_job_can_go_on(self, database: Database) -> None:
        id = a_job(database)
        with database.write() as session:
            job = session.get_one(JobRow, id)
            jobs.cancel(session, job, now=NOW)
            jobs.resume(session, job, config={"cost_cap_usd": 2.0})
        run = held(database, "one", Clock())
        run.check()
        assert run.config == {"cost_cap_usd": 2.0}

    def test_what_is_over_cannot_be_cancelled_and_what_runs_cannot_be_resumed(
        self, database: Database
    ) -> None:
        id = a_job(database)
        run = held(database, "one", Clock())
        with database.write() as session, pytest.raises(Conflict, match="running"):
            jobs.resume(session, session.get_one(JobRow, id))
        jobs.finish(run, "done")
        with database.write() as session, pytest.raises(Conflict, match="done"):
            jobs.cancel(session, session.get_one(JobRow, id), now=NOW)

    def test_an_unknown_kind_is_refused_with_what_is_allowed(self, database: Database) -> None:
        with database.write() as session, pytest.raises(InvalidInput, match="preannotate"):
            jobs.enqueue(session, 1, "dance", {}, now=NOW)


class TestTheWorker:
    def worker(self, database: Database, folder: Path, **functions: JobFunction) -> Worker:
        installation = Installation(Config(data_dir=folder), folder, database)
        self.stop = threading.Event()
        return Worker(installation, stop=self.stop, functions=dict(functions))

    def run_until(self, worker: Worker, database: Database, ended: dict[int, str]) -> None:
        """Let the worker run until the jobs have these states."""
        thread = threading.Thread(target=worker.run)
        thread.start()
        reached = threading.Event()
        try:
            for _ in range(400):
                if all(state(database, id) == wanted for id, wanted in ended.items()):
                    break
                reached.wait(0.025)
        finally:
            self.stop.set()
            thread.join(10)
        assert {id: state(database, id) for id in ended} == ended

    def test_a_failure_is_written_down_with_its_cause(self, database: Database, tmp_path: Path) -> None:
        def fail(run: JobRun) -> None:
            raise MiloError("the disk is full; free some space")

        def stumble(run: JobRun) -> None:
            raise ZeroDivisionError("division by zero")

        known, unexpected = a_job(database), a_job(database, kind="bench")
        worker = self.worker(database, tmp_path, export=fail, bench=stumble)
        self.run_until(worker, database, {known: "failed", unexpected: "failed"})
        with database.read() as session:
            assert session.get_one(JobRow, known).error == "the disk is full; free some space"
            assert (
                session.get_one(JobRow, unexpected).error == "Unexpected ZeroDivisionError: division by zero"
            )

    def test_a_short_job_does_not_wait_behind_a_long_one(self, database: Database, tmp_path: Path) -> None:
        short_is_done = threading.Event()

        def long(run: JobRun) -> None:
            assert short_is_done.wait(10)

        def short(run: JobRun) -> None:
            short_is_done.set()

        ended = {a_job(database, kind="preannotate"): "done", a_job(database, kind="import"): "done"}
        self.run_until(
            self.worker(database, tmp_path, preannotate=long, **{"import": short}), database, ended
        )

    def test_a_worker_that_is_told_to_end_gives_its_jobs_back(
        self, database: Database, tmp_path: Path
    ) -> None:
        begun = threading.Event()

        def endless(run: JobRun) -> None:
            begun.set()
            while True:
                run.check()
                run.stop.wait(1)

        id = a_job(database)
        worker = self.worker(database, tmp_path, export=endless)
        thread = threading.Thread(target=worker.run)
        thread.start()
        assert begun.wait(10)
        self.stop.set()
        thread.join(10)
        assert state(database, id) == "queued"
        with database.read() as session:
            assert session.scalars(select(WorkerRow.name)).all() == []

    def test_the_next_worker_of_the_folder_takes_over_what_a_killed_one_held(
        self, database: Database, tmp_path: Path
    ) -> None:
        id = a_job(database)
        killed = self.worker(database, tmp_path, export=lambda run: None)
        old = held(database, killed.name, Clock())
        self.run_until(
            self.worker(database, tmp_path, export=lambda run: {"rows": 3}), database, {id: "done"}
        )
        with pytest.raises(LeaseLost):
            write(old, "from the dead")

    def test_a_command_does_a_job_itself_only_where_no_worker_is(
        self, database: Database, tmp_path: Path
    ) -> None:
        installation = Installation(Config(data_dir=tmp_path), tmp_path, database)
        with only_worker(installation) as is_only:
            assert is_only
            assert not run_or_enqueue(installation, a_job(database))
