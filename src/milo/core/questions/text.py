"""Free text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from milo.core.errors import Fault
from milo.core.questions.option import Confidence, ShownIf
from milo.core.strict import INPUT, Flag, Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class TextQuestion:
    """Asks for a text."""

    __pydantic_config__ = INPUT

    name: str
    title: str
    kind: Literal["text"] = "text"
    help: str = ""
    required: Flag = True
    shown_if: ShownIf | None = None
    ask_confidence: Flag = False
    max_length: Whole = 10_000  # Unicode code points
    multiline: Flag = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAnswer:
    """The text as it was written."""

    __pydantic_config__ = INPUT

    value: str
    kind: Literal["text"] = "text"
    confidence: Confidence | None = None


def question_faults(where: str, question: TextQuestion) -> list[Fault]:
    """What is wrong with the question itself."""
    if 1 <= question.max_length <= 100_000:
        return []
    return [Fault(f"{where}.max_length", str(question.max_length), "1 to 100000 characters")]


def answer_faults(where: str, question: TextQuestion, answer: TextAnswer) -> list[Fault]:
    """What is wrong with an answer to the question; nothing when it can be stored."""
    if len(answer.value) > question.max_length:
        return [Fault(where, f"{len(answer.value)} characters", f"at most {question.max_length}")]
    if question.required and not answer.value.strip():
        return [Fault(where, "no text", "some text")]
    if "\x00" in answer.value:
        return [Fault(where, "a NUL character", "text without NUL")]
    return []


def distance(first: TextAnswer, second: TextAnswer) -> float:
    """0 when both texts are the same but for white space, else 1."""
    return 0.0 if first.value.split() == second.value.split() else 1.0


def in_words(question: TextQuestion, answer: TextAnswer) -> str:
    """The text itself."""
    return answer.value
