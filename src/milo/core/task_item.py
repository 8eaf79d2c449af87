"""An item as annotators and reviewers see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskItem:
    """The shown fields of an item."""

    id: int
    external_id: str
    fields: Mapping[str, Any]  # Any: JSON as imported, see core.item.FieldValue
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemExcerpt:
    """An item in a list."""

    id: int
    external_id: str
    excerpt: str
