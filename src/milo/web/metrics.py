"""Figures for Prometheus: requests of this process, jobs and model calls of the installation."""

from __future__ import annotations

import time

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from milo.db.queries import jobs, model_calls
from milo.web.caller import Who

router = APIRouter()

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Figures:
    """What one application counts; each has its own registry, so that several live in one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "milo_requests",
            "Replies by route and status",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "milo_request_seconds",
            "Time until the last byte",
            ("method", "route"),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.jobs = Gauge("milo_jobs", "Jobs by kind and state", ("kind", "state"), registry=self.registry)
        self.model_calls = Gauge("milo_model_calls", "Model calls ever stored", registry=self.registry)


class CountedRequests:
    """Counts every reply; the route as it is declared, so that ids make no series of their own."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self._app = app
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            self._figures.requests.labels(scope["method"], route, status).inc()
            self._figures.seconds.labels(scope["method"], route).observe(time.perf_counter() - started)


def configure_metrics(app: FastAPI) -> None:
    """Count what the application answers and show it at /metrics."""
    figures = Figures()
    app.state.figures = figures
    app.add_middleware(CountedRequests, figures=figures)
    app.include_router(router)


@router.get("/metrics", response_class=Response, include_in_schema=False)
def show_metrics(request: Request, who: Who) -> Response:
    """The figures in the text format of Prometheus."""
    figures: Figures = request.app.state.figures
    with who.read() as scope:
        figures.jobs.clear()
        for kind, state, count in jobs.counted(scope.session):
            figures.jobs.labels(kind, state).set(count)
        figures.model_calls.set(model_calls.newest(scope.session))
    return Response(generate_latest(figures.registry), media_type=CONTENT_TYPE_LATEST)
