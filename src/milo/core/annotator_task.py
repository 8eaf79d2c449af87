"""What an annotator receives: an item and the questions' context, and nothing they must not see.

These types hold no gold answers, no other person's answers, no hidden fields, and suggestions only once the
project's reveal policy shows them. A test walks every reply an annotator can reach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from milo.core.assignment import AssignmentState
from milo.core.draft import Draft
from milo.core.guideline import SectionChange
from milo.core.project import Reveal
from milo.core.questions import Answer
from milo.core.review_task import RedoTask
from milo.core.suggestion import Explanation, SuggestionStatus
from milo.core.task_item import TaskItem
from milo.core.writing import Writing

EmptyReason = Literal["paused", "none_imported", "all_done", "all_leased", "only_done_by_you"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """The share of gold answers a model got right, and on how many."""

    value: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestingModel:
    """The model behind a suggestion; `recorded` says that it does not run here, its replies were stored."""

    name: str
    version: str
    recorded: bool
    calibrated: bool
    accuracy: Accuracy | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSuggestion:
    """A suggestion that was revealed."""

    id: int
    question: str
    distribution: Mapping[str, float]
    preselected: tuple[str, ...]
    text: str | None
    option_mass: float | None
    status: SuggestionStatus
    reason: str | None
    explanation: Explanation | None
    model: SuggestingModel


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDraft:
    """Answers not yet submitted."""

    seq: int
    answers: Mapping[str, Answer]
    writing: Mapping[str, Writing] = field(default_factory=dict)  # how the texts came about, by question


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidelineChange:
    """What is new in the guideline since the annotator's last item."""

    from_version: int
    to_version: int
    sections: tuple[SectionChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReveal:
    """When suggestions are shown for this item; held-out items never show any."""

    policy: Reveal
    held_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAssist:
    """The assistant on this item: the drafts so far, the latest last; a held-out item never has any."""

    held_out: bool
    drafts: tuple[Draft, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenBefore:
    """The annotator's own answers to the same content in another project."""

    answers: Mapping[str, Answer]
    submitted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorTask:
    """One item in the annotator's hands."""

    assignment: int
    item: TaskItem
    state: AssignmentState
    revision: int  # the number of the last one milo has, 0: none
    schema_version: int
    guideline_version: int
    guideline_changed: GuidelineChange | None
    lease_until: datetime | None
    draft: TaskDraft | None
    answers: Mapping[str, Answer] | None  # the last submitted ones, when it was reopened
    suggestions: tuple[TaskSuggestion, ...]
    reveal: TaskReveal
    seen_before: SeenBefore | None
    redo: RedoTask | None = None  # why it came back
    assist: TaskAssist | None = None  # None: the project has no assistant
    orders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # question -> its fields as A, B, ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyQueue:
    """Why there is nothing to do right now."""

    reason: EmptyReason
    text: str
    next_lease_frees_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTasks:
    """The tasks that were handed out; when there are none, the reason."""

    tasks: tuple[AnnotatorTask, ...]
    empty: EmptyQueue | None
