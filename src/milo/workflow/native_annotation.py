"""The exported row of an annotation as an import reads it; `native_row` writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any, Literal, cast

from pydantic import Field, TypeAdapter

from milo.core.answer import Answers, Origin, check_answers
from milo.core.assignment import AssignmentState, RejectReason
from milo.core.errors import InvalidInput
from milo.core.person import Role
from milo.core.questions import Question
from milo.core.suggestion import SuggestionStatus
from milo.db import convert
from milo.workflow import native_assist
from milo.workflow.native_assist import AssistedRow
from milo.workflow.native_row import STATE_OF_STATUS

Count = Annotated[int, Field(ge=0, lt=2**53)]
Name = Annotated[str, Field(max_length=63)]
Pseudonym = Annotated[str, Field(pattern=r"^[A-Za-z0-9._@+-]{1,60}$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRow:
    """One thing an annotator sent, as a row tells it."""

    revision: Annotated[int, Field(ge=1, lt=2**31)] = 1
    act: Literal["submit", "skip", "reject", "reopen"] = "submit"
    state: AssignmentState = "submitted"
    task_version: Count = 1
    guideline_version: Count = 1
    value: dict[str, Any] = field(default_factory=dict)  # Any: answers, checked by themselves
    origin: dict[str, dict[str, Origin]] = field(default_factory=dict)
    reject_reason: RejectReason | None = None
    note: str | None = None
    active_ms: Count = 0
    wall_ms: Count = 0
    blurred_ms: Count = 0
    generation_ms: Count = 0
    suspect: bool = False
    client_id: Annotated[str, Field(max_length=64)] | None = None
    submitted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionRow:
    """What a model gave one option, as a row tells it."""

    option: str
    p: float
    preselected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedRow:
    """A suggestion, as a row tells it."""

    question: Name
    model: Annotated[str, Field(max_length=120)]
    prompt_version: Annotated[str, Field(max_length=16)]
    status: SuggestionStatus = "ok"
    shown: bool = False
    revealed_at: str | None = None
    options: tuple[OptionRow, ...] = ()
    text: str | None = None
    option_mass: float | None = None
    explanation: dict[str, Any] | None = None  # Any: as stored
    reason: str | None = None
    created_at: datetime | None = None

    @property
    def preselected(self) -> list[str]:
        """The options that were preselected; for a text the text."""
        if self.text is not None:
            return [self.text]
        return [option.option for option in self.options if option.preselected]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistRow(AssistedRow):
    """What models contributed, as a row tells it."""

    suggestions: tuple[ProposedRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationRow(SentRow):
    """An annotation with its last revision, as a row tells it; the times are sums over all revisions."""

    annotator: Pseudonym
    role: Role = "annotator"
    status: Literal["passed", "accepted_unreviewed", "rejected", "skipped", "surplus"] = "accepted_unreviewed"
    reveal: Literal["immediate", "after_choice", "on_request", "never"] = "immediate"
    held_out: bool = False
    assist: AssistRow = field(default_factory=AssistRow)
    earlier: tuple[SentRow, ...] = ()
    redo_rounds: Annotated[int, Field(ge=0, lt=2**31)] = 0
    decisions: tuple[dict[str, Any], ...] = ()  # Any: read by native_review


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """A model call, as a row tells it."""

    role: Annotated[str, Field(max_length=20)]
    model: Annotated[str, Field(max_length=120)]
    input_tokens: int | None = None
    output_tokens: int | None = None
    usd: float | None = None
    ms: float | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRow:
    """What an annotator asked about the item, as a row tells it."""

    question: Name | None = None
    asked_by: Pseudonym
    text: str
    asked_at: datetime
    reply: str | None = None
    replied_at: datetime | None = None
    section_id: str | None = None


_ANNOTATION = TypeAdapter(AnnotationRow)
_PROPOSED = TypeAdapter(tuple[ProposedRow, ...])
_CALLS = TypeAdapter(tuple[CallRow, ...])
_ASKED = TypeAdapter(tuple[AskedRow, ...])


def annotation_of(native: Mapping[str, Any], questions: tuple[Question, ...]) -> AnnotationRow | None:
    """The annotation of a row, checked against the questions; None when it has none."""
    data = native.get("annotation")
    if data is None:
        return None
    read = convert.parsed(
        _ANNOTATION, {**data, "task_version": native.get("task_version") or 1}, "the annotation"
    )
    for sent in (read, *read.earlier):
        check_answers(questions, answers_of(sent), complete=False)
        if missing := {name for name in sent.value if name not in sent.origin}:
            raise InvalidInput(f"the annotation has no origin for {', '.join(sorted(missing))}")
    last_sent(read)  # raises when the times do not add up
    native_assist.check(read.assist)
    state = cast(AssignmentState, STATE_OF_STATUS.get(read.status, read.status))
    acts: dict[str, Literal["reject", "skip"]] = {"rejected": "reject", "skipped": "skip"}
    return replace(read, state=state, act=acts.get(state, "submit"))


def last_sent(annotation: AnnotationRow) -> SentRow:
    """The last revision with its own times, which are what the earlier ones leave of the sums."""
    own = {
        name: getattr(annotation, name) - sum(getattr(one, name) for one in annotation.earlier)
        for name in ("active_ms", "wall_ms", "blurred_ms", "generation_ms")
    }
    if min(own.values()) < 0:
        raise InvalidInput("the annotation's times are less than those of its earlier revisions")
    return replace(annotation, **own)


def answers_of(sent: SentRow) -> Answers:
    """The answers of a revision."""
    return convert.answers_from(sent.value)


def proposed_of(native: Mapping[str, Any], annotation: AnnotationRow | None) -> tuple[ProposedRow, ...]:
    """The suggestions of a row."""
    if annotation is not None:
        return annotation.assist.suggestions
    return convert.parsed(_PROPOSED, native.get("suggestions") or (), "the suggestions")


def calls_of(native: Mapping[str, Any]) -> tuple[CallRow, ...]:
    """The model calls of a row."""
    return convert.parsed(_CALLS, native.get("model_calls") or (), "the model calls")


def asked_of(native: Mapping[str, Any]) -> tuple[AskedRow, ...]:
    """What annotators asked about the item of a row."""
    return convert.parsed(_ASKED, native.get("inquiries") or (), "the inquiries")
