"""Which HTTP status each kind of error has, and its body (RFC 9457)."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
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


def configure_errors(app: FastAPI) -> None:
    """Make every error of the application a problem document."""
    app.add_exception_handler(MiloError, _milo_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


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


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    structlog.get_logger().error("request_failed", path=request.url.path, exc_info=error)
    return problem(500, "Something in milo failed; the cause is in the server's log.")
