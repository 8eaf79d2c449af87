"""The application: a table of contents. Routers by screen, one database, one clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from fastapi import FastAPI

from milo import __version__
from milo.config import Config
from milo.db.session import Database
from milo.models import open_model
from milo.models.capabilities import probe
from milo.web import (
    annotate,
    assist,
    assistant,
    bench,
    exports,
    imports,
    inquiries,
    items,
    jobs,
    judges,
    judging,
    login,
    media,
    metrics,
    models,
    pages,
    people,
    progress,
    projects,
    ratings,
    review,
    rubrics,
)
from milo.web.errors import DESCRIBED, configure_errors
from milo.web.open_models import Draftings, OpenModels
from milo.workflow.people import LoginGate


def create_app(
    database: Database, config: Config, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> FastAPI:
    """The application over a database whose tables exist."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        await app.state.draftings.close()
        await app.state.open_models.close()
        database.close()

    app = FastAPI(
        title="milo",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        responses=DESCRIBED,
    )
    app.state.database = database
    app.state.config = config
    app.state.clock = clock
    app.state.login_gate = LoginGate(config.logins_per_minute)
    app.state.open_model = partial(open_model, cache_dir=config.cache_dir.expanduser())
    app.state.open_models = OpenModels(lambda config: app.state.open_model(config))
    app.state.draftings = Draftings()
    app.state.probe_model = probe
    configure_errors(app)
    app.include_router(login.router)
    app.include_router(projects.router)
    app.include_router(rubrics.router)
    app.include_router(annotate.router)
    app.include_router(assist.router)
    app.include_router(ratings.router)
    app.include_router(assistant.router)
    app.include_router(review.router)
    app.include_router(inquiries.router)
    app.include_router(people.router)
    app.include_router(imports.router)
    app.include_router(media.router)
    app.include_router(items.router)
    app.include_router(exports.router)
    app.include_router(progress.router)
    app.include_router(jobs.router)
    app.include_router(bench.router)
    app.include_router(judges.router)
    app.include_router(judging.router)
    app.include_router(models.router)
    metrics.configure_metrics(app)
    pages.configure_pages(app)
    return app
