"""What happened in the demo before anybody logs in, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from milo.core.questions import Answer, ChoiceAnswer, ChoicesAnswer, Question

CONTENT = Path(__file__).parent / "content"
RECORDING = CONTENT / "recorded_comments.jsonl"


@dataclass(frozen=True, slots=True)
class Event:
    """One item in one person's hands: answered, or rejected."""

    project: str
    by: str
    item: str
    days_ago: int
    active_seconds: float
    answers: Mapping[str, Any] | None  # Any: option names, or a list of them
    reason: str | None = None
    note: str = ""


@cache
def read() -> dict[str, Any]:
    """The whole story file."""
    story: dict[str, Any] = yaml.safe_load((CONTENT / "story.yaml").read_text("utf-8"))
    return story


def events() -> list[Event]:
    """Answers and rejections, the oldest first and by person in the order of the items."""
    given = [_event(entry) for entry in read()["answers"] + read()["rejections"]]
    return sorted(given, key=lambda event: (event.by, event.project, event.item))


def core_answers(questions: Sequence[Question], plain: Mapping[str, Any]) -> dict[str, Answer]:
    """Plain option names as answers of the questions' kinds."""
    answers: dict[str, Answer] = {}
    for question in questions:
        value = plain.get(question.name)
        if value is not None:
            is_many = question.kind == "choices"
            answers[question.name] = (
                ChoicesAnswer(value=tuple(value)) if is_many else ChoiceAnswer(value=value)
            )
    return answers


def _event(entry: Mapping[str, Any]) -> Event:
    return Event(
        entry["project"],
        entry["by"],
        entry["item"],
        entry["days_ago"],
        entry["active_seconds"],
        entry.get("answers"),
        entry.get("reason"),
        entry.get("note", ""),
    )
