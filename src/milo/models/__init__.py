"""Adapters: everything milo can ask. A new provider is one new file here and one row in the table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from milo.core.model_call import Model
from milo.core.model_config import ModelConfig, Provider
from milo.models.local import Embedded
from milo.models.openai_compatible import OpenAICompatible
from milo.models.replay import Replay
from milo.models.scripted import Scripted

PROVIDERS: dict[Provider, Callable[[ModelConfig, Path | None], Model]] = {
    "embedded": Embedded,
    "openai_compatible": lambda config, cache_dir: OpenAICompatible(config),
    "scripted": lambda config, cache_dir: Scripted(config),
    "replay": lambda config, cache_dir: Replay(config),
}


def open_model(config: ModelConfig, *, cache_dir: Path | None = None) -> Model:
    """The model a stored row describes; `cache_dir` is where installed weights lie.

    Opening is cheap: connections and the embedded engine start with the first request. A model belongs
    to the event loop it is first asked in.

    >>> from milo.core.model_config import ModelConfig
    >>> open_model(ModelConfig(id=1, name="Rules", provider="scripted", model="rules-1")).name
    'Rules'
    """
    return PROVIDERS[config.provider](config, cache_dir)
