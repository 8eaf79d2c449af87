"""Which HTTP status each kind of error has, and its body (RFC 9457)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from milo.core.errors import (
    Conflict,
    Fault,
    Forbidden,
    InvalidInput,
    MiloError,
    ModelFailure,
    NotFound,
    NotLoggedIn,
    TooMany,
    Unavailable,
)

STATUS: dict[type[MiloError], int] = {
    InvalidInput: 422,
    NotFound: 404,
    NotLoggedIn: 401,
    Forbidden: 403,
    Conflict: 409,
    TooMany: 429,
    Unavailable: 503,
    ModelFailure: 502,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """The body of every error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] | None = None  # each place of the request that was wrong
    current: object = None  # what stands now, on a conflict


#: How every route's errors are described.
DESCRIBED: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "What went wrong",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


def configure_errors(app: FastAPI) -> None:
    """Make every error of the application a problem document."""
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]  # FastAPI's documented way
    app.add_exception_handler(MiloError, _milo_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(OverflowError, _cannot_be_stored)
    app.add_exception_handler(DataError, _cannot_be_stored)
    app.add_exception_handler(Exception, _unexpected)


def _described(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
        problem_schema = TypeAdapter(Problem).json_schema(ref_template="#/components/schemas/{model}")
        components = schema.setdefault("components", {}).setdefault("schemas", {})
        components |= problem_schema.pop("$defs", {})
        components["Problem"] = problem_schema
        app.openapi_schema = schema
    return app.openapi_schema


def problem(status: int, detail: str, **extra: object) -> JSONResponse:
    """A problem document."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(body | extra, status_code=status, media_type="application/problem+json")


def _milo_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, MiloError)
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    extra: dict[str, Any] = {}
    if isinstance(error, InvalidInput) and error.faults:
        extra["errors"] = [asdict(fault) for fault in error.faults]
    if isinstance(error, Conflict) and error.current is not None:
        extra["current"] = error.current
    response = problem(status, str(error), **extra)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(max(1, round(error.retry_after)))
    return response


def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = [
        Fault(".".join(str(part) for part in fault["loc"]), _shortened(fault.get("input")), fault["msg"])
        for fault in error.errors()
    ]
    detail = "The request cannot be read: " + "; ".join(map(str, faults[:5]))
    return problem(422, detail, errors=[asdict(fault) for fault in faults[:50]])


def _shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 120 else text[:119] + "…"


def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, str(error.detail))


def _cannot_be_stored(request: Request, error: Exception) -> JSONResponse:
    detail = "A value in the request cannot be stored: numbers have 64 bits, text has no NUL character."
    return problem(422, detail)


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    structlog.get_logger().error("request_failed", path=request.url.path, exc_info=error)
    return problem(500, "Something in milo failed; the cause is in the server's log.")
