"""How a text came about: every edit between what a model wrote and what a person sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from milo.core.strict import INPUT, Whole

#: Where inserted text comes from: keys, a draft, the subject, one's own text moved, elsewhere.
EditSource = Literal["typed", "draft", "subject", "own", "outside"]

#: Beyond these a writing is kept without its edits, so that nothing strands an answer.
MOST_EDITS = 20_000
MOST_INSERTED = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """At `start`, `removed` code points went and `inserted` came. Typing without a pause is one edit."""

    __pydantic_config__ = INPUT

    at_ms: Whole  # since the item was first painted
    start: Whole  # Unicode code points
    removed: Whole = 0
    inserted: str = ""
    source: EditSource = "typed"
    is_paste: bool = False
    draft: Whole | None = None  # the draft the text was taken from


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """The edits of one text in order, upon the text it began with."""

    __pydantic_config__ = INPUT

    edits: tuple[Edit, ...] = ()
    base: str = ""


def replayed(writing: Writing) -> str | None:
    """The text the edits lead to; None when one of them cannot be: the record has a hole.

    >>> replayed(Writing(edits=(Edit(at_ms=0, start=0, inserted="ab"), Edit(at_ms=1, start=1, removed=1))))
    'a'
    """
    text = writing.base
    for edit in writing.edits:
        end = edit.start + edit.removed
        if edit.start < 0 or edit.removed < 0 or end > len(text):
            return None
        text = text[: edit.start] + edit.inserted + text[end:]
    return text


def is_too_long(edits: Sequence[Edit]) -> bool:
    """Whether the edits are more than are kept."""
    return len(edits) > MOST_EDITS or sum(len(edit.inserted) for edit in edits) > MOST_INSERTED
