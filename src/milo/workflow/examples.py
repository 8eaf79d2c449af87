"""Corrected cases that models are shown before they are asked, never for the item they came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from milo.core.person import Person
from milo.core.questions import Answer
from milo.core.strict import INPUT, Whole
from milo.core.task_item import ItemExcerpt
from milo.db.tables import ExampleRow, ProjectRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleInput:
    """A rated case, or an item with a question; without an answer, the label the item has."""

    __pydantic_config__ = INPUT

    rating: Whole | None = None
    item: Whole | None = None
    question: str = ""
    query: str = ""
    answer: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A case as models are shown it."""

    id: int
    item: ItemExcerpt
    question: str
    query: str
    answer: Answer
    rating: int | None  # the rating it was made from
    model_text: str | None  # what the model had said there
    is_shown: bool  # among those that models get; the newest of each question do
    created_by: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """The examples of a project by question, and how many of a question a model gets at most."""

    examples: tuple[Example, ...]
    most_shown: int


def listed(session: Session, project: ProjectRow) -> Examples:
    """The examples of the project, in the order models are shown them."""
    raise NotImplementedError


def add(session: Session, project: ProjectRow, wanted: ExampleInput, *, by: Person, now: datetime) -> Example:
    """A new example; the same case twice is one."""
    raise NotImplementedError


def delete(session: Session, row: ExampleRow, *, now: datetime) -> None:
    """No model is shown it any more; runs that had it keep it."""
    raise NotImplementedError
