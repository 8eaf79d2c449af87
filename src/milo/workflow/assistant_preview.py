"""The prompt of an assistant as it would be sent for an item; no model is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy.orm import Session

from milo.core.assistant_policy import AssistantPolicy
from milo.core.strict import INPUT, Whole
from milo.db.tables import ProjectRow


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewInput:
    """A policy to try, on an item (without one, the first) and with what would be asked."""

    __pydantic_config__ = INPUT

    item: Whole | None = None
    query: str = ""
    assistant: AssistantPolicy = field(default_factory=AssistantPolicy)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptMessage:
    """One message; pictures are counted, not sent."""

    role: Literal["system", "user", "assistant"]
    text: str
    pictures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantPrompt:
    """The filled prompt."""

    item: int | None  # the item it was filled with
    messages: tuple[PromptMessage, ...]
    version: str
    tokens: int  # of the texts, estimated


def preview(session: Session, project: ProjectRow, wanted: PreviewInput) -> AssistantPrompt:
    """What would be sent for this policy."""
    raise NotImplementedError
