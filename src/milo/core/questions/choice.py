"""Exactly one option."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from milo.core.errors import Fault
from milo.core.questions.option import Confidence, Option, ShownIf, option_faults
from milo.core.strict import INPUT, Flag


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceQuestion:
    """Asks for one of its options."""

    __pydantic_config__ = INPUT

    name: str
    title: str
    options: tuple[Option, ...]
    kind: Literal["choice"] = "choice"
    help: str = ""
    required: Flag = True
    shown_if: ShownIf | None = None
    ask_confidence: Flag = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceAnswer:
    """The name of the chosen option."""

    __pydantic_config__ = INPUT

    value: str
    kind: Literal["choice"] = "choice"
    confidence: Confidence | None = None


def question_faults(where: str, question: ChoiceQuestion) -> list[Fault]:
    """What is wrong with the question itself."""
    faults = option_faults(where, question.options)
    for option in question.options:
        if option.exclusive:
            faults.append(
                Fault(
                    f"{where}.options.{option.name}.exclusive",
                    "true",
                    "only in questions of kind 'choices'; in 'choice' every option excludes the others",
                )
            )
    return faults


def answer_faults(where: str, question: ChoiceQuestion, answer: ChoiceAnswer) -> list[Fault]:
    """What is wrong with an answer to the question; nothing when it can be stored."""
    names = [option.name for option in question.options]
    if answer.value in names:
        return []
    return [Fault(where, repr(answer.value), "one of " + ", ".join(names))]


def distance(first: ChoiceAnswer, second: ChoiceAnswer) -> float:
    """0 when both chose the same option, else 1 (nominal)."""
    return 0.0 if first.value == second.value else 1.0


def in_words(question: ChoiceQuestion, answer: ChoiceAnswer) -> str:
    """The label of the chosen option."""
    return next((o.label for o in question.options if o.name == answer.value), answer.value)
