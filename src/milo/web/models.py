"""Models: added, changed, tested, deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool

from milo.core.model_config import ModelConfig, Provider
from milo.core.strict import INPUT
from milo.installation import secret_key
from milo.web.caller import Caller, Who
from milo.workflow import models
from milo.workflow.models import ModelSetup, ModelView

router = APIRouter(prefix="/api")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChanges:
    """What is to be different; what is left out stays."""

    __pydantic_config__ = INPUT

    name: str | None = None
    provider: Provider | None = None
    model: str | None = None
    base_url: str | None = None
    api_key: str | None = None  # empty: remove it
    params: dict[str, Any] | None = None
    price_in_usd_per_million: float | None = None
    price_out_usd_per_million: float | None = None


@router.get("/models")
def list_models(who: Who) -> list[ModelView]:
    """Every model, by name."""
    with who.read() as scope:
        scope.anywhere()
        return models.listed(scope.session)


@router.post("/models", status_code=201)
def add_model(who: Who, setup: ModelSetup) -> ModelView:
    """Add a model; its key is stored encrypted and never shown again."""
    with who.write() as scope:
        person = scope.anywhere()
        row = models.add(scope.session, setup, secret=_secret(who), now=scope.now, by=person)
        return models.as_view(row)


@router.patch("/models/{m}")
async def change_model(who: Who, m: int, changes: ModelChanges, request: Request) -> ModelView:
    """Change a model; a field that is sent as null is emptied, one that is not sent stays."""
    sent = set(await request.json())
    return await run_in_threadpool(_change, who, m, {name: getattr(changes, name) for name in sent})


@router.delete("/models/{m}", status_code=204)
def delete_model(who: Who, m: int) -> None:
    """Delete a model; what it said stays."""
    with who.write() as scope:
        person = scope.anywhere()
        models.delete(scope.session, models.find(scope.session, m), now=scope.now, by=person)


@router.post("/models/{m}/test")
async def test_model(who: Who, m: int) -> dict[str, Any]:
    """Ask the model a few short questions and say what it can do."""
    config = await run_in_threadpool(_config, who, m)
    state = who.request.app.state
    found = await models.test(state.open_model(config), state.probe_model)
    await run_in_threadpool(_store_capabilities, who, m, found)
    return found


def _change(who: Caller, id: int, changes: dict[str, Any]) -> ModelView:
    with who.write() as scope:
        person = scope.anywhere()
        row = models.find(scope.session, id)
        return models.as_view(
            models.change(scope.session, row, changes, secret=_secret(who), now=scope.now, by=person)
        )


def _config(who: Caller, id: int) -> ModelConfig:
    with who.read() as scope:
        scope.anywhere()
        return models.config_of(models.find(scope.session, id), _secret(who))


def _store_capabilities(who: Caller, id: int, found: dict[str, Any]) -> None:
    with who.write() as scope:
        scope.anywhere()
        models.find(scope.session, id).capabilities = found


def _secret(who: Caller) -> bytes:
    return secret_key(who.request.app.state.config.data_dir.expanduser())
