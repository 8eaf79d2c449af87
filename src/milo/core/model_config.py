"""A model as a researcher set it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Provider = Literal["embedded", "openai_compatible", "scripted", "replay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    """Which model to open, where, and what it costs."""

    id: int
    name: str
    provider: Provider
    model: str  # the weights' name, or the endpoint's own model id
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    params: Mapping[str, Any] = field(default_factory=dict)  # Any: provider-specific JSON
    price_in_usd_per_million: float | None = None
    price_out_usd_per_million: float | None = None
    card: Mapping[str, Any] | None = None  # Any: measured figures, shown as they are
