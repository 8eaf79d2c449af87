"""A corrected case that models are shown before they are asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from milo.core.questions import Answer

#: A model gets at most so many of a question, the newest ones.
MOST_SHOWN: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownExample:
    """An example as prompts are made from it: an item, what was asked, and the answer that was good."""

    id: int
    question: str
    query: str = ""
    answer: Answer
    fields: Mapping[str, Any]  # Any: JSON of the item, see core.item.FieldValue
