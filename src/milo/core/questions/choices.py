"""Any number of options; an exclusive one stands alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from milo.core.errors import Fault
from milo.core.questions.option import Confidence, Option, ShownIf, option_faults
from milo.core.strict import INPUT, Flag


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicesQuestion:
    """Asks for all options that apply."""

    __pydantic_config__ = INPUT

    name: str
    title: str
    options: tuple[Option, ...]
    kind: Literal["choices"] = "choices"
    help: str = ""
    required: Flag = True
    shown_if: ShownIf | None = None
    ask_confidence: Flag = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicesAnswer:
    """The names of the chosen options, each once, in the order of the question."""

    __pydantic_config__ = INPUT

    value: tuple[str, ...]
    kind: Literal["choices"] = "choices"
    confidence: Confidence | None = None


def question_faults(where: str, question: ChoicesQuestion) -> list[Fault]:
    """What is wrong with the question itself."""
    return option_faults(where, question.options)


def answer_faults(where: str, question: ChoicesQuestion, answer: ChoicesAnswer) -> list[Fault]:
    """What is wrong with an answer to the question; nothing when it can be stored."""
    names = [option.name for option in question.options]
    faults = [
        Fault(where, repr(value), "any of " + ", ".join(names))
        for value in answer.value
        if value not in names
    ]
    for value in sorted({value for value in answer.value if answer.value.count(value) > 1}):
        faults.append(Fault(where, f"{value!r} twice", "each option once"))
    alone = [option.name for option in question.options if option.exclusive and option.name in answer.value]
    if alone and len(answer.value) > 1:
        faults.append(Fault(where, ", ".join(answer.value), f"{alone[0]!r} alone, or the others without it"))
    if question.required and not answer.value:
        faults.append(Fault(where, "no option", "at least one of " + ", ".join(names)))
    return faults


def distance(first: ChoicesAnswer, second: ChoicesAnswer) -> float:
    """Jaccard distance of the two sets, 0 to 1; two empty sets are equal."""
    union = set(first.value) | set(second.value)
    if not union:
        return 0.0
    return 1 - len(set(first.value) & set(second.value)) / len(union)


def in_words(question: ChoicesQuestion, answer: ChoicesAnswer) -> str:
    """The labels of the chosen options, separated by commas."""
    labels = {option.name: option.label for option in question.options}
    return ", ".join(labels.get(value, value) for value in answer.value)
