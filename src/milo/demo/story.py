"""What happened in the demo before anybody logs in, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from milo.core.project import ProjectSpec
from milo.core.questions import (
    Answer,
    ChatAnswer,
    ChoiceAnswer,
    ChoicesAnswer,
    PairwiseAnswer,
    Question,
    RankingAnswer,
    TextAnswer,
)
from milo.formats import milo_yaml

CONTENT = Path(__file__).parent / "content"
RECORDING = CONTENT / "recorded_comments.jsonl"
JUDGE_RECORDING = CONTENT / "recorded_judge.jsonl"
DRAFT_RECORDING = CONTENT / "recorded_drafts.jsonl"


@dataclass(frozen=True, slots=True)
class Event:
    """One item in one person's hands: answered, or rejected."""

    project: str
    by: str
    item: str
    days_ago: int
    active_seconds: float
    answers: Mapping[str, Any] | None  # Any: option names, lists of them, texts
    reason: str | None = None
    note: str = ""


@cache
def read() -> dict[str, Any]:
    """The whole story file."""
    story: dict[str, Any] = yaml.safe_load((CONTENT / "story.yaml").read_text("utf-8"))
    return story


def spec(told: Mapping[str, Any]) -> ProjectSpec:
    """A project of the story as its template or its own file says."""
    if "spec" in told:
        return milo_yaml.read((CONTENT / told["spec"]).read_text("utf-8"))
    return milo_yaml.template(told["template"])


def events() -> list[Event]:
    """Answers and rejections, the oldest first and by person in the order of the items."""
    given = [event(entry) for entry in read()["answers"] + read()["rejections"]]
    return sorted(given, key=lambda event: (event.by, event.project, event.item))


def core_answers(questions: Sequence[Question], plain: Mapping[str, Any]) -> dict[str, Answer]:
    """Plain option names and texts as answers of the questions' kinds."""
    answers: dict[str, Answer] = {}
    for question in questions:
        value = plain.get(question.name)
        if value is None:
            continue
        match question.kind:
            case "choices":
                answers[question.name] = ChoicesAnswer(value=tuple(value))
            case "text":
                answers[question.name] = TextAnswer(value=value)
            case "chat":
                answers[question.name] = ChatAnswer(value=value)
            case "pairwise":
                answers[question.name] = PairwiseAnswer(value=value)
            case "ranking":
                answers[question.name] = RankingAnswer(value=tuple(tuple(group) for group in value))
            case _:
                answers[question.name] = ChoiceAnswer(value=value)
    return answers


def event(entry: Mapping[str, Any]) -> Event:
    """An entry of the story's answers or rejections."""
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
