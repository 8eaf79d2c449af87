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
    aim_min_words: Whole | None = None  # a reminder, never a condition: longer is not better
    aim_max_words: Whole | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAnswer:
    """The text as it was written."""

    __pydantic_config__ = INPUT

    value: str
    kind: Literal["text"] = "text"
    confidence: Confidence | None = None


def question_faults(where: str, question: TextQuestion) -> list[Fault]:
    """What is wrong with the question itself."""
    return length_faults(where, question.max_length, question.aim_min_words, question.aim_max_words)


def answer_faults(where: str, question: TextQuestion, answer: TextAnswer) -> list[Fault]:
    """What is wrong with an answer to the question; nothing when it can be stored."""
    return value_faults(where, answer.value, question.max_length, is_required=question.required)


def length_faults(where: str, most: int, aim_min: int | None, aim_max: int | None) -> list[Fault]:
    """What is wrong with the lengths a question of text asks for."""
    faults = []
    if not 1 <= most <= 100_000:
        faults.append(Fault(f"{where}.max_length", str(most), "1 to 100000 characters"))
    for name, words in (("aim_min_words", aim_min), ("aim_max_words", aim_max)):
        if words is not None and not 1 <= words <= 20_000:
            faults.append(Fault(f"{where}.{name}", str(words), "1 to 20000 words"))
    if aim_min is not None and aim_max is not None and aim_min > aim_max:
        faults.append(Fault(f"{where}.aim_max_words", str(aim_max), f"at least aim_min_words, {aim_min}"))
    return faults


def value_faults(where: str, value: str, most: int, *, is_required: bool) -> list[Fault]:
    """What is wrong with a text; nothing when it can be stored."""
    if len(value) > most:
        return [Fault(where, f"{len(value)} characters", f"at most {most}")]
    if is_required and not value.strip():
        return [Fault(where, "no text", "some text")]
    if "\x00" in value:
        return [Fault(where, "a NUL character", "text without NUL")]
    if any("\ud800" <= character <= "\udfff" for character in value):
        return [Fault(where, "half of a character", "whole characters")]
    return []


def distance(first: TextAnswer, second: TextAnswer) -> float:
    """0 when both texts are the same but for white space, else 1."""
    return 0.0 if first.value.split() == second.value.split() else 1.0


def in_words(question: TextQuestion, answer: TextAnswer) -> str:
    """The text itself."""
    return answer.value
