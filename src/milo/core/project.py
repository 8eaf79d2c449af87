"""A project: what is shown, what is asked, what the guideline says, and the settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from milo.core.assistant_policy import AssistantPolicy, assistant_faults
from milo.core.errors import Fault, InvalidInput
from milo.core.guideline import Guideline, section_faults
from milo.core.questions import (
    KINDS,
    ChatQuestion,
    ChoiceQuestion,
    ChoicesQuestion,
    PairwiseQuestion,
    Question,
    RankingQuestion,
)
from milo.core.questions.option import name_faults
from milo.core.review_policy import ReviewPolicy, policy_faults
from milo.core.rubric import Rubric, part_names, rubric_faults
from milo.core.strict import INPUT, Flag, Whole

Show = Literal["text", "markdown", "image", "video", "chat", "context", "hidden"]
Reveal = Literal["immediate", "after_choice", "on_request", "never"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectField:
    """How one field of an item is shown."""

    __pydantic_config__ = INPUT

    name: str
    title: str
    show: Show = "text"
    hint: str = ""
    required: Flag = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a researcher can turn; each with its default."""

    __pydantic_config__ = INPUT

    overlap: Whole = 1  # answers each item needs
    lease_minutes: Whole = 30
    reveal: Reveal = "immediate"
    holdout_share: float = 0.0  # items that never show a suggestion, chosen by a salted hash
    preselect_at: float = 0.5  # option confidence from which it is preselected
    show_confidence: Flag = True
    confirm_presses: Whole = 1  # Enter presses that submit untouched suggestions, 1 or 2
    idle_gap_seconds: Whole = 60  # longer gaps without input do not count as active time
    daily_goal: Whole = 60
    cost_cap_usd: float | None = None
    paused: Flag = False
    export_unreviewed: Flag = True  # answers no review asked about leave as labels
    review: ReviewPolicy = field(default_factory=ReviewPolicy)
    assistant: AssistantPolicy = field(default_factory=AssistantPolicy)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectSpec:
    """A whole project as one readable file, `milo.yaml`."""

    __pydantic_config__ = INPUT

    name: str
    subject: tuple[SubjectField, ...]
    questions: tuple[Question, ...]
    slug: str = ""
    description: str = ""
    guideline: Guideline = field(default_factory=Guideline)
    rubrics: tuple[Rubric, ...] = ()
    settings: Settings = field(default_factory=Settings)


def check_spec(spec: ProjectSpec) -> None:
    """Raise `InvalidInput` naming every fault of the project."""
    faults = (
        _subject_faults(spec.subject)
        + question_faults(spec.questions)
        + section_faults(spec.guideline.sections, [question.name for question in spec.questions])
        + rubric_faults(
            spec.rubrics,
            [field.name for field in spec.subject],
            [question.name for question in spec.questions],
        )
        + settings_faults(spec.settings)
        + field_faults(spec.questions, spec.subject)
        + assistant_faults(spec.settings.assistant, [field.name for field in spec.subject], spec.questions)
        + policy_faults(
            spec.settings.review, [name for rubric in spec.rubrics for name in part_names(rubric)]
        )
    )
    if not spec.name.strip():
        faults.insert(0, Fault("name", "nothing", "a name"))
    if faults:
        raise InvalidInput("The project cannot be used: " + "; ".join(map(str, faults)), tuple(faults))


def _subject_faults(subject: Sequence[SubjectField]) -> list[Fault]:
    faults = []
    if not any(field.show != "hidden" for field in subject):
        faults.append(Fault("subject", "no field to show", "at least one field that is not hidden"))
    names = [field.name for field in subject]
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.append(Fault("subject", f"field {name!r} twice", "each field once"))
    return faults


def question_faults(questions: Sequence[Question]) -> list[Fault]:
    """What is wrong with the questions, alone and together."""
    faults: list[Fault] = []
    if not questions:
        faults.append(Fault("questions", "none", "at least one question"))
    seen: dict[str, Question] = {}
    for question in questions:
        where = f"questions.{question.name}"
        faults += name_faults(where, question.name)
        if question.name in seen:
            faults.append(Fault(where, f"name {question.name!r} twice", "each name once"))
        if not question.title.strip():
            faults.append(Fault(f"{where}.title", "nothing", "the question in words"))
        faults += KINDS[question.kind].question_faults(where, question)
        faults += _shown_if_faults(where, question, seen)
        seen[question.name] = question
    return faults


def field_faults(questions: Sequence[Question], subject: Sequence[SubjectField]) -> list[Fault]:
    """Questions about fields the subject does not have, or does not show as they need it."""
    shows = {field.name: field.show for field in subject}
    return [
        fault
        for question in questions
        for name in fields_of(question)
        for fault in _field_faults(f"questions.{question.name}", question, name, shows)
    ]


def _field_faults(where: str, question: Question, name: str, shows: Mapping[str, Show]) -> list[Fault]:
    if name not in shows:
        return [Fault(where, f"field {name!r}", "fields of the subject: " + ", ".join(shows))]
    show = shows[name]
    if isinstance(question, ChatQuestion) and name == question.conversation:
        return (
            [] if show == "chat" else [Fault(where, f"field {name!r}, shown as {show}", "one shown as chat")]
        )
    if show in ("hidden", "context"):
        return [
            Fault(where, f"field {name!r}, shown as {show}", "one shown as text, markdown, image or chat")
        ]
    return []


def fields_of(question: Question) -> tuple[str, ...]:
    """The fields of the subject that a question is about and shows itself."""
    match question:
        case ChatQuestion():
            return tuple(name for name in (question.conversation, question.candidate) if name is not None)
        case PairwiseQuestion():
            return (question.first, question.second)
        case RankingQuestion():
            return question.fields
        case _:
            return ()


def _shown_if_faults(where: str, question: Question, earlier: dict[str, Question]) -> list[Fault]:
    condition = question.shown_if
    if condition is None:
        return []
    other = earlier.get(condition.question)
    if not isinstance(other, ChoiceQuestion | ChoicesQuestion):
        allowed = "an earlier question with options: " + (
            ", ".join(n for n, q in earlier.items() if isinstance(q, ChoiceQuestion | ChoicesQuestion))
            or "there is none"
        )
        return [Fault(f"{where}.shown_if.question", repr(condition.question), allowed)]
    names = [option.name for option in other.options]
    return [
        Fault(f"{where}.shown_if.any_of", repr(name), "any of " + ", ".join(names))
        for name in condition.any_of
        if name not in names
    ]


def settings_faults(settings: Settings) -> list[Fault]:
    """Settings outside their ranges."""
    ranges = {
        "overlap": (1, 50),
        "lease_minutes": (1, 24 * 60),
        "holdout_share": (0, 1),
        "preselect_at": (0, 1),
        "confirm_presses": (1, 2),
        "idle_gap_seconds": (5, 3600),
        "daily_goal": (1, 100_000),
    }
    return [
        Fault(f"settings.{name}", str(getattr(settings, name)), f"{low} to {high}")
        for name, (low, high) in ranges.items()
        if not low <= getattr(settings, name) <= high
    ]
