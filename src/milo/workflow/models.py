"""Models as researchers set them up: stored with an encrypted key, tested, deleted by a tombstone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, cast, get_args

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy.orm import Session

from milo.core.errors import Conflict, Fault, InvalidInput, NotFound, Unavailable
from milo.core.model_call import Model
from milo.core.model_config import ModelConfig, Provider
from milo.core.person import Person
from milo.core.strict import INPUT
from milo.db.queries import models
from milo.db.tables import ModelRow
from milo.workflow import people

#: Asks a model what it can do and returns a dataclass with the flags; see `milo.models.capabilities`.
Probe = Callable[[Model], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSetup:
    """What a researcher says of a model."""

    __pydantic_config__ = INPUT

    name: str
    provider: Provider
    model: str
    base_url: str | None = None
    api_key: str | None = None
    params: dict[str, Any] = field(default_factory=dict)  # Any: each provider has its own
    price_in_usd_per_million: float | None = None
    price_out_usd_per_million: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelView:
    """A model as its screen shows it; the key itself never leaves."""

    id: int
    name: str
    provider: Provider
    model: str
    base_url: str | None
    has_api_key: bool
    params: dict[str, Any]
    price_in_usd_per_million: float | None
    price_out_usd_per_million: float | None
    card: dict[str, Any] | None
    capabilities: dict[str, Any] | None
    created_at: datetime


def add(
    session: Session,
    setup: ModelSetup,
    *,
    secret: bytes,
    now: datetime,
    by: Person | None = None,
    card: Mapping[str, Any] | None = None,
) -> ModelRow:
    """Store a model; its name must be free. `card` holds what is known of it beforehand."""
    _check(setup)
    if models.by_name(session, setup.name) is not None:
        raise Conflict(f"There is a model named {setup.name!r} already; choose another name.")
    row = ModelRow(created_at=now, card=dict(card) if card else None, api_key_encrypted=None)
    _write(row, setup)
    if setup.api_key:
        row.api_key_encrypted = Fernet(secret).encrypt(setup.api_key.encode())
    session.add(row)
    session.flush()
    people.note(session, by, "add_model", setup.name, {"provider": setup.provider}, now)
    return row


def change(
    session: Session,
    row: ModelRow,
    changes: Mapping[str, Any],
    *,
    secret: bytes,
    now: datetime,
    by: Person | None = None,
) -> ModelRow:
    """The model with the named fields replaced. A key of None stays as it is; an empty one is removed."""
    current = as_setup(row)
    unknown = sorted(set(changes) - set(current))
    if unknown:
        raise InvalidInput(f"a model has no {unknown[0]!r}; it has {', '.join(current)}")
    key = changes.get("api_key")
    setup = ModelSetup(**{**current, **changes, "api_key": None})
    _check(setup)
    same_name = models.by_name(session, setup.name)
    if same_name is not None and same_name.id != row.id:
        raise Conflict(f"There is a model named {setup.name!r} already; choose another name.")
    _write(row, setup)
    if key is not None:
        row.api_key_encrypted = Fernet(secret).encrypt(key.encode()) if key else None
    row.capabilities = None  # measured on what it was before
    session.flush()
    people.note(session, by, "change_model", setup.name, {"fields": sorted(changes)}, now)
    return row


def delete(session: Session, row: ModelRow, *, now: datetime, by: Person | None = None) -> None:
    """Put a tombstone on the model: its calls and suggestions stay, its key goes."""
    people.note(session, by, "delete_model", row.name, {}, now)
    row.deleted_at = now
    row.api_key_encrypted = None
    row.name = f"{row.name} (deleted {row.id})"[:120]
    session.flush()


def find(session: Session, id: int) -> ModelRow:
    """The model; raises `NotFound`."""
    row = models.find(session, id)
    if row is None:
        raise NotFound(f"There is no model {id}.")
    return row


def listed(session: Session) -> list[ModelView]:
    """Every model, by name."""
    return [as_view(row) for row in models.listed(session)]


def config_of(row: ModelRow, secret: bytes) -> ModelConfig:
    """The configuration with its key in clear, for opening the model."""
    return ModelConfig(
        id=row.id,
        name=row.name,
        provider=cast(Provider, row.provider),
        model=row.model,
        base_url=row.base_url,
        api_key=_decrypted(row, secret),
        params=row.params,
        price_in_usd_per_million=row.price_in_usd_per_million,
        price_out_usd_per_million=row.price_out_usd_per_million,
        card=row.card,
    )


async def test(model: Model, probe: Probe) -> dict[str, Any]:
    """What the model can do, as plain data; the model is closed afterwards."""
    try:
        return asdict(await probe(model))
    finally:
        await model.close()


def as_setup(row: ModelRow) -> dict[str, Any]:
    """The stored setup without its key."""
    return {
        "name": row.name,
        "provider": row.provider,
        "model": row.model,
        "base_url": row.base_url,
        "api_key": None,
        "params": dict(row.params),
        "price_in_usd_per_million": row.price_in_usd_per_million,
        "price_out_usd_per_million": row.price_out_usd_per_million,
    }


def as_view(row: ModelRow) -> ModelView:
    """A model's row as its screen shows it."""
    data = as_setup(row)
    del data["api_key"]
    return ModelView(
        id=row.id,
        has_api_key=row.api_key_encrypted is not None,
        card=row.card,
        capabilities=row.capabilities,
        created_at=row.created_at,
        **data,
    )


def sees_images(row: ModelRow) -> bool:
    """Whether pictures are sent to the model: as tested; untested, embedded and recorded models are blind."""
    if row.capabilities and row.capabilities.get("reachable"):
        return bool(row.capabilities.get("images"))
    return row.provider not in ("embedded", "replay")


def lane_of(row: ModelRow) -> str:
    """Model jobs of one lane run one after the other: one a model, and one for the embedded engine."""
    return "embedded" if row.provider == "embedded" else f"model:{row.id}"


def _check(setup: ModelSetup) -> None:
    faults: list[Fault] = []
    providers = get_args(Provider)
    if setup.provider not in providers:
        faults.append(Fault("provider", repr(setup.provider), "one of " + ", ".join(providers)))
    for name in ("name", "model"):
        value = getattr(setup, name)
        if not value.strip() or len(value) > 100:
            faults.append(Fault(name, repr(value[:100]), "1 to 100 characters"))
    if setup.provider == "openai_compatible" and not _is_http(setup.base_url):
        faults.append(Fault("base_url", repr(setup.base_url), "an address such as http://127.0.0.1:8000/v1"))
    for name in ("price_in_usd_per_million", "price_out_usd_per_million"):
        price = getattr(setup, name)
        if price is not None and price < 0:
            faults.append(Fault(name, str(price), "0 or more"))
    if faults:
        raise InvalidInput("The model cannot be used: " + "; ".join(map(str, faults)), tuple(faults))


def _is_http(url: str | None) -> bool:
    return url is not None and url.startswith(("http://", "https://"))


def _write(row: ModelRow, setup: ModelSetup) -> None:
    row.name, row.provider, row.model = setup.name.strip(), setup.provider, setup.model.strip()
    row.base_url, row.params = setup.base_url, dict(setup.params)
    row.price_in_usd_per_million = setup.price_in_usd_per_million
    row.price_out_usd_per_million = setup.price_out_usd_per_million


def _decrypted(row: ModelRow, secret: bytes) -> str | None:
    if row.api_key_encrypted is None:
        return None
    try:
        return Fernet(secret).decrypt(row.api_key_encrypted).decode()
    except InvalidToken as error:
        raise Unavailable(
            f"The key of model {row.name!r} cannot be read with this installation's secret.key; "
            "restore that file, or enter the model's key again."
        ) from error


__all__: Sequence[str] = (
    "ModelSetup",
    "ModelView",
    "add",
    "as_view",
    "change",
    "config_of",
    "delete",
    "find",
    "lane_of",
    "listed",
    "test",
)
