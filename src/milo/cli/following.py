"""What commands find by its name, and how they do a job and tell how it went."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from sqlalchemy.orm import Session

from milo.cli.output import show
from milo.core.errors import InvalidInput, NotFound
from milo.db.tables import JobRow, ModelRow, ProjectRow
from milo.installation import Installation

if TYPE_CHECKING:
    from milo.workflow.jobs import Job

POLL_SECONDS = 1.0

ProjectName = Annotated[str, typer.Argument(help="The project's slug or number.")]


def project_of(installation: Installation, address: str) -> ProjectRow:
    """The project; raises `NotFound`."""
    from milo.db.queries import projects

    with installation.database.read() as session:
        found = projects.find(session, address)
    if found is None:
        raise NotFound(f"There is no project {address!r}; see `milo project list`.")
    return found


def model_of(session: Session, name: str) -> ModelRow:
    """The model; raises `NotFound` naming those there are."""
    from milo.db.queries import models as model_queries
    from milo.workflow import models

    row = model_queries.by_name(session, name)
    if row is None:
        known = ", ".join(view.name for view in models.listed(session)) or "none yet"
        raise NotFound(f"There is no model named {name!r}; there are: {known}")
    return row


def pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    """NAME=VALUE texts of an option, by name."""
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise InvalidInput(f"{option} is {text!r}; allowed is NAME=VALUE, such as text=Comment")
        found[name] = value
    return found


def texts(templates: Sequence[str]) -> dict[str, str]:
    """The prompt templates in NAME=FILE, by name."""
    try:
        return {name: Path(file).read_text("utf-8") for name, file in pairs(templates, "--template").items()}
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"A prompt template cannot be read: {error}") from error


def follow(installation: Installation, id: int, *, wait: bool, json: bool) -> None:
    """Do a queued job, or leave it to the worker that is alive; tell how it went, and exit 1 when badly."""
    from milo.worker import run_or_enqueue

    with _progress(installation, id):
        if not run_or_enqueue(installation, id) and wait:
            _wait(installation, id)
    found = _job(installation, id)
    show(_counts(found), _in_words(found), json)
    if found.state in ("failed", "cancelled"):
        sys.exit(1)


def _job(installation: Installation, id: int) -> Job:
    from milo.workflow.jobs import as_job

    with installation.database.read() as session:
        return as_job(session.get_one(JobRow, id))


def _wait(installation: Installation, id: int) -> None:
    while _job(installation, id).state in ("queued", "running"):
        time.sleep(POLL_SECONDS)


@contextmanager
def _progress(installation: Installation, id: int) -> Iterator[None]:
    """A line on standard error, anew each second, where somebody can see it."""
    ended = threading.Event()

    def tell() -> None:
        while not ended.wait(POLL_SECONDS):
            job = _job(installation, id)
            left = "" if job.remaining_seconds is None else f", {job.remaining_seconds:.0f} s left"
            print(f"\r{job.done} of {job.total}{left}   ", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)

    if not sys.stderr.isatty():
        yield
        return
    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()


def _counts(job: Job) -> dict[str, Any]:
    names = ("id", "state", "total", "done", "failed", "abstained", "unreadable", "cost_usd", "error")
    return {name: getattr(job, name) for name in names}


def _in_words(job: Job) -> str:
    if job.state in ("queued", "running"):
        return f"Job {job.id} is {job.state}; see `milo job show {job.id}`."
    answered = job.done - job.failed - job.abstained - job.unreadable
    lines = [
        f"{job.done} of {job.total} questions asked: {answered} answered, {job.abstained} abstained, "
        f"{job.unreadable} unreadable, {job.failed} failed. Cost: {job.cost_usd:.2f} USD."
    ]
    if job.error:
        lines.append(f"Job {job.id} {job.state}: {job.error}")
    return "\n".join(lines)
