"""Embedded models that write drafts: a worker keeps one loaded, and the server asks it where it listens.

The worker alone owns engines. The server says that it wants one; a job loads it, writes its address down and
keeps it for some minutes after it was last wanted. A stale address, as after a crash, is forgotten by whoever
finds nobody there, and written anew by the job that took over.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

from cryptography.fernet import Fernet
from sqlalchemy.orm import Session

from milo.core.errors import Unavailable
from milo.core.model_config import ModelConfig
from milo.db.queries import drafts
from milo.db.queries import jobs as job_queries
from milo.db.queries.upsert import insert_into
from milo.db.tables import EngineRow, JobRow
from milo.workflow import jobs, models
from milo.workflow.jobs import JobRun, LeaseLost

#: An engine is kept so long after it was last wanted.
KEPT = timedelta(minutes=5)
#: No draft takes longer.
LONGEST = timedelta(minutes=11)
#: So long a request waits for a worker that is alive.
MOST_WAIT = timedelta(seconds=15)
LOOK_SECONDS = 0.5

LOADING = "The embedded model is being loaded; this takes some seconds."


class Loadable(Protocol):
    """A model with an engine of its own, that others can ask too."""

    async def endpoint(self) -> ModelConfig:
        """Where the engine listens, loaded by now, as the configuration of an endpoint."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where an engine listens, and the key without which it does not answer."""

    base_url: str
    api_key: str


def want(session: Session, project_id: int, model_id: int, *, now: datetime) -> None:
    """Have a worker load the model, or keep it loaded."""
    new = insert_into(session, EngineRow).values(model_id=model_id, wanted_at=now)
    session.execute(new.on_conflict_do_nothing())
    row = session.get_one(EngineRow, model_id, with_for_update=True)
    row.wanted_at = now
    job = session.get(JobRow, row.job_id) if row.job_id is not None else None
    if job is None or job.state not in ("queued", "running"):
        _forget(row)
        lane = f"engine:{model_id}"
        row.job_id = jobs.enqueue(session, project_id, "engine", {"model": model_id}, now=now, lane=lane).id
    session.flush()


def look(session: Session, model_id: int, *, secret: bytes, now: datetime) -> Address | None:
    """Where the engine listens; None while it is being loaded.

    Raises `Unavailable` when it cannot be loaded, or when nobody is there who would.
    """
    row = session.get_one(EngineRow, model_id, populate_existing=True)
    if row.base_url is not None and row.key_encrypted is not None:
        return Address(base_url=row.base_url, api_key=Fernet(secret).decrypt(row.key_encrypted).decode())
    job = session.get(JobRow, row.job_id, populate_existing=True) if row.job_id is not None else None
    if job is None or job.state not in ("queued", "running"):
        raise Unavailable((job.error if job else None) or "The embedded model was let go; ask once more.")
    has_waited = now - row.wanted_at > MOST_WAIT
    if has_waited and not job_queries.is_worker_alive(session, now - MOST_WAIT):
        raise Unavailable("No worker is at work that could load the embedded model; write without it.")
    return None


def lost(session: Session, model_id: int, address: Address) -> None:
    """Nobody listens there: forget the address, unless another was written meanwhile."""
    row = session.get(EngineRow, model_id)
    if row is not None and row.base_url == address.base_url:
        _forget(row)


def config_at(config: ModelConfig, address: Address) -> ModelConfig:
    """The embedded model as the endpoint it is for those outside the worker."""
    return ModelConfig(
        id=config.id,
        name=config.name,
        provider="openai_compatible",
        model=config.model,
        base_url=address.base_url,
        api_key=address.api_key,
        params={"timeout_seconds": float(config.params.get("timeout_seconds", 600.0))},
    )


def run(run: JobRun) -> Mapping[str, Any]:
    """Keep the model loaded while it is wanted, and its address written down."""
    return asyncio.run(_run(run))


async def _run(run: JobRun) -> Mapping[str, Any]:
    if not _is_wanted(run):
        return {}
    with run.database.read() as session:
        config = models.config_of(models.find(session, run.config["model"]), run.secret)
    model = run.open_model(config)
    try:
        served = await cast(Loadable, model).endpoint()
        while _is_wanted(run):
            _publish(run, served)
            run.check()
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        with contextlib.suppress(LeaseLost), run.commit() as session:  # who took over writes its own
            _forget(session.get_one(EngineRow, run.config["model"]))
        await model.close()
    return {}


def _is_wanted(run: JobRun) -> bool:
    """Whether somebody asked for it lately, or is still being answered."""
    now, model_id = run.clock(), run.config["model"]
    with run.database.read() as session:
        row = session.get(EngineRow, model_id)
        if row is None or row.job_id != run.id:
            return False
        is_lately = now - row.wanted_at < KEPT
        return is_lately or drafts.is_any_generating(session, model_id, since=now - LONGEST)


def _publish(run: JobRun, served: ModelConfig) -> None:
    """Write the address down where it is not; looking costs no write lock."""
    with run.database.read() as session:
        if session.get_one(EngineRow, run.config["model"]).base_url == served.base_url:
            return
    with run.commit() as session:
        row = session.get_one(EngineRow, run.config["model"])
        row.base_url, row.ready_at = served.base_url, run.clock()
        row.key_encrypted = Fernet(run.secret).encrypt((served.api_key or "").encode())


def _forget(row: EngineRow) -> None:
    row.base_url = row.key_encrypted = row.ready_at = None
