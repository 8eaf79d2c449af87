"""Rows to core and back; the only place. Validation is pydantic's, by the core types' own annotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from milo.core.answer import Answers, Shown
from milo.core.draft import UnsurePassage
from milo.core.errors import Fault, InvalidInput
from milo.core.feedback import Finding, RubricScore, Verdict
from milo.core.guideline import Section
from milo.core.project import ProjectSpec, Settings, SubjectField
from milo.core.questions import Answer, Question
from milo.core.rubric import Rubric
from milo.core.writing import Edit, Writing

T = TypeVar("T")

QUESTIONS: TypeAdapter[tuple[Question, ...]] = TypeAdapter(tuple[Question, ...])
ANSWERS: TypeAdapter[dict[str, Answer]] = TypeAdapter(dict[str, Answer])
SUBJECT: TypeAdapter[tuple[SubjectField, ...]] = TypeAdapter(tuple[SubjectField, ...])
SECTIONS: TypeAdapter[tuple[Section, ...]] = TypeAdapter(tuple[Section, ...])
SETTINGS: TypeAdapter[Settings] = TypeAdapter(Settings)
SPEC: TypeAdapter[ProjectSpec] = TypeAdapter(ProjectSpec)
RUBRICS: TypeAdapter[tuple[Rubric, ...]] = TypeAdapter(tuple[Rubric, ...])
FINDINGS: TypeAdapter[tuple[Finding, ...]] = TypeAdapter(tuple[Finding, ...])
VERDICTS: TypeAdapter[tuple[Verdict, ...]] = TypeAdapter(tuple[Verdict, ...])
SCORES: TypeAdapter[tuple[RubricScore, ...]] = TypeAdapter(tuple[RubricScore, ...])
SHOWN: TypeAdapter[tuple[Shown, ...]] = TypeAdapter(tuple[Shown, ...])
WRITING: TypeAdapter[dict[str, Writing]] = TypeAdapter(dict[str, Writing])
EDITS: TypeAdapter[tuple[Edit, ...]] = TypeAdapter(tuple[Edit, ...])
UNSURE: TypeAdapter[tuple[UnsurePassage, ...]] = TypeAdapter(tuple[UnsurePassage, ...])


def answers_from(data: Mapping[str, Any]) -> Answers:
    """Stored or received answers as core answers; raises `InvalidInput` naming each fault."""
    return parsed(ANSWERS, data, "The answers cannot be read")


def as_data(adapter: TypeAdapter[Any], value: Any) -> Any:
    """A core value as plain JSON data."""
    return adapter.dump_python(value, mode="json")


def answers_as_data(answers: Answers) -> dict[str, Any]:
    """Answers as plain JSON data."""
    data: dict[str, Any] = ANSWERS.dump_python(dict(answers), mode="json")
    return data


def parsed(adapter: TypeAdapter[T], data: object, what: str) -> T:
    """Data as a core value; raises `InvalidInput` with one fault for each place that does not fit."""
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        faults = tuple(
            Fault(".".join(map(str, f["loc"])) or "the whole", repr(f["input"])[:120], f["msg"])
            for f in error.errors()
        )
        raise InvalidInput(f"{what}: " + "; ".join(map(str, faults)), faults) from error


def questions_from(rows: Sequence[Any]) -> tuple[Question, ...]:
    """Stored questions."""
    return QUESTIONS.validate_python(rows)
