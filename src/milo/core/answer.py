"""What one person or model answered: checked against the questions, with who decided each part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from milo.core.errors import Fault, InvalidInput
from milo.core.questions import (
    KINDS,
    Answer,
    ChoiceAnswer,
    ChoicesAnswer,
    ComparingQuestion,
    PairwiseAnswer,
    Question,
)
from milo.core.strict import INPUT, Whole

Origin = Literal["human", "model", "model_confirmed", "model_edited"]
Answers = Mapping[str, Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A suggestion as the annotator saw it; `revealed_at` is ISO 8601, or None when it never was."""

    __pydantic_config__ = INPUT

    suggestion: Whole
    question: str
    preselected: tuple[str, ...] = ()
    revealed_at: str | None = None


def is_asked(question: Question, answers: Answers) -> bool:
    """Whether the question is shown, given the answers to the others."""
    if question.shown_if is None:
        return True
    earlier = answers.get(question.shown_if.question)
    if earlier is None:
        return False
    return bool(set(chosen(earlier)) & set(question.shown_if.any_of))


def chosen(answer: Answer) -> tuple[str, ...]:
    """The option names an answer holds; of a comparison what it says; none for a text or a ranking."""
    match answer:
        case ChoiceAnswer() | PairwiseAnswer():
            return (answer.value,)
        case ChoicesAnswer():
            return answer.value
        case _:
            return ()


def in_words(question: Question, answer: Answer, titles: Mapping[str, str]) -> str:
    """The answer as people say it; fields of the subject by their titles."""
    kind = KINDS[question.kind]
    if isinstance(question, ComparingQuestion):
        words: str = kind.in_words(question, answer, titles)
    else:
        words = kind.in_words(question, answer)
    return words


def check_answers(questions: Sequence[Question], answers: Answers, *, complete: bool = True) -> None:
    """Raise `InvalidInput` naming every fault.

    With `complete` each required question that is asked must have an answer; without it (drafts, gold)
    only what is there is checked. An answer to a question that is not shown is a fault.
    """
    by_name = {question.name: question for question in questions}
    faults = [
        Fault(f"answers.{name}", "an answer", "only the questions " + ", ".join(by_name))
        for name in answers
        if name not in by_name
    ]
    for question in questions:
        faults += _faults_of(question, answers, complete)
    if faults:
        raise InvalidInput(
            "The answers do not fit the questions: " + "; ".join(map(str, faults)), tuple(faults)
        )


def _faults_of(question: Question, answers: Answers, complete: bool) -> list[Fault]:
    where = f"answers.{question.name}"
    answer = answers.get(question.name)
    asked = is_asked(question, answers)
    if answer is None:
        if complete and asked and question.required:
            return [Fault(where, "no answer", f"an answer of kind {question.kind!r}")]
        return []
    if not asked and complete:
        return [Fault(where, "an answer", "none: the question is not shown with these answers")]
    if answer.kind != question.kind:
        return [Fault(f"{where}.kind", repr(answer.kind), repr(question.kind))]
    faults: list[Fault] = KINDS[question.kind].answer_faults(where, question, answer)
    return faults


def origins(answer: Answer, shown: Shown | None) -> dict[str, Origin]:
    """Who decided: for `choices` one entry an option, for the other kinds one under the key "".

    A preselected option that a person submits counts as confirmed; anything else a person's own.
    A suggestion that was never revealed decided nothing.
    """
    offered = set(shown.preselected) if shown is not None and shown.revealed_at is not None else set()
    if isinstance(answer, ChoicesAnswer):
        return {name: "model_confirmed" if name in offered else "human" for name in answer.value}
    if isinstance(answer, ChoiceAnswer):
        return {"": "model_confirmed" if answer.value in offered else "human"}
    if not offered:
        return {"": "human"}
    return {"": "model_confirmed" if answer.value in offered else "model_edited"}
