"""The next turn of a conversation: written by the person, or corrected from a candidate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from milo.core.errors import Fault
from milo.core.questions import text
from milo.core.questions.option import Confidence, ShownIf
from milo.core.strict import INPUT, Flag, Whole

Speaker = Literal["assistant", "user"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatQuestion:
    """Asks for the turn that follows the conversation in a field of the subject."""

    __pydantic_config__ = INPUT

    name: str
    title: str
    conversation: str  # the field of the subject that holds the turns so far
    kind: Literal["chat"] = "chat"
    help: str = ""
    required: Flag = True
    shown_if: ShownIf | None = None
    ask_confidence: Flag = False
    speaker: Speaker = "assistant"  # who says the turn
    candidate: str | None = None  # the field that holds a turn to correct; None: it is written from nothing
    max_length: Whole = 10_000  # Unicode code points
    aim_min_words: Whole | None = None  # a reminder, never a condition
    aim_max_words: Whole | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatAnswer:
    """The turn as it was written."""

    __pydantic_config__ = INPUT

    value: str
    kind: Literal["chat"] = "chat"
    confidence: Confidence | None = None


def question_faults(where: str, question: ChatQuestion) -> list[Fault]:
    """What is wrong with the question itself."""
    faults = text.length_faults(where, question.max_length, question.aim_min_words, question.aim_max_words)
    if question.candidate == question.conversation:
        allowed = "another field than the conversation"
        faults.append(Fault(f"{where}.candidate", repr(question.candidate), allowed))
    return faults


def answer_faults(where: str, question: ChatQuestion, answer: ChatAnswer) -> list[Fault]:
    """What is wrong with an answer to the question; nothing when it can be stored."""
    return text.value_faults(where, answer.value, question.max_length, is_required=question.required)


def distance(first: ChatAnswer, second: ChatAnswer) -> float:
    """0 when both turns are the same but for white space, else 1."""
    return 0.0 if first.value.split() == second.value.split() else 1.0


def in_words(question: ChatQuestion, answer: ChatAnswer) -> str:
    """The turn itself."""
    return answer.value
