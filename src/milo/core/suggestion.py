"""What a model proposes before a person decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

SuggestionStatus = Literal["ok", "abstained", "unreadable", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A passage of the subject an explanation quotes; offsets are Unicode code points into the field."""

    field: str
    quote: str
    start: int
    end: int
    option: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a model proposes what it does."""

    text: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A model's distribution over the options of one question, or its text."""

    question: str
    status: SuggestionStatus
    distribution: Mapping[str, float] = field(default_factory=dict)  # 0 to 1; sums to 1 for `choice`
    preselected: tuple[str, ...] = ()
    text: str | None = None  # the proposed text of a text question
    option_mass: float | None = None  # probability the model gave to the options at all, 0 to 1
    explanation: Explanation | None = None
    reason: str | None = None  # why it abstained, could not be read, or failed


def preselect(distribution: Mapping[str, float], *, at: float, one: bool) -> tuple[str, ...]:
    """The options whose confidence reaches `at`: the best one alone for a single choice, else all.

    >>> preselect({"yes": 0.7, "no": 0.3}, at=0.5, one=True)
    ('yes',)
    >>> preselect({"a": 0.5, "b": 0.9, "c": 0.1}, at=0.5, one=False)
    ('a', 'b')
    """
    reached = [option for option, p in distribution.items() if p >= at]
    if not one:
        return tuple(reached)
    return tuple(sorted(reached, key=lambda option: -distribution[option])[:1])
