"""Which of two responses is better; ties where the question allows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from milo.core.errors import Fault
from milo.core.questions.option import Confidence, ShownIf
from milo.core.strict import INPUT, Flag

Preference = Literal["first", "second", "tie", "both_good", "both_bad"]
Ties = Literal["none", "one", "two"]

#: What may be answered, by how ties are told apart.
ALLOWED: dict[Ties, tuple[Preference, ...]] = {
    "none": ("first", "second"),
    "one": ("first", "second", "tie"),
    "two": ("first", "second", "both_good", "both_bad"),
}
_TIES = {"tie": "No difference", "both_good": "Both are equally good", "both_bad": "Both are equally bad"}
_PLACE: dict[Preference, float] = {"first": 0, "tie": 0.5, "both_good": 0.5, "both_bad": 0.5, "second": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class PairwiseQuestion:
    """Asks to compare the texts of two fields. On screen they are A and B, in an order drawn by item."""

    __pydantic_config__ = INPUT

    name: str
    title: str
    first: str  # a field of the subject
    second: str  # another one
    kind: Literal["pairwise"] = "pairwise"
    help: str = ""
    required: Flag = True
    shown_if: ShownIf | None = None
    ask_confidence: Flag = False
    ties: Ties = "one"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairwiseAnswer:
    """The better one by its place in the question, whatever its place on screen; or which kind of tie."""

    __pydantic_config__ = INPUT

    value: Preference
    kind: Literal["pairwise"] = "pairwise"
    confidence: Confidence | None = None


def question_faults(where: str, question: PairwiseQuestion) -> list[Fault]:
    """What is wrong with the question itself."""
    if question.first != question.second:
        return []
    return [Fault(f"{where}.second", repr(question.second), "another field than the first")]


def answer_faults(where: str, question: PairwiseQuestion, answer: PairwiseAnswer) -> list[Fault]:
    """What is wrong with an answer to the question; nothing when it can be stored."""
    allowed = ALLOWED[question.ties]
    return (
        [] if answer.value in allowed else [Fault(where, repr(answer.value), "one of " + ", ".join(allowed))]
    )


def parsed(question: PairwiseQuestion, text: str) -> str:
    """The preference a cell names: as it is stored, or by the preferred field; what is neither comes back.

    >>> question = PairwiseQuestion(name="better", title="Which is better?", first="a", second="b")
    >>> parsed(question, "b"), parsed(question, "Tie")
    ('second', 'tie')
    """
    if text.strip() == question.first:
        return "first"
    if text.strip() == question.second:
        return "second"
    return text.strip().lower().replace(" ", "_")


def distance(first: PairwiseAnswer, second: PairwiseAnswer) -> float:
    """0 when both say the same, 1 when they prefer opposite ones, 0.5 between a tie and a preference.

    Two kinds of tie differ by 0.5 as well.
    """
    if first.value == second.value:
        return 0.0
    return abs(_PLACE[first.value] - _PLACE[second.value]) or 0.5


def in_words(
    question: PairwiseQuestion, answer: PairwiseAnswer, titles: Mapping[str, str] | None = None
) -> str:
    """The preferred field, by its title where one is given, or the kind of tie.

    >>> question = PairwiseQuestion(name="better", title="Which is better?", first="a", second="b")
    >>> in_words(question, PairwiseAnswer(value="second"), {"b": "Response 2"})
    'Response 2'
    """
    if answer.value == "first" or answer.value == "second":
        field = question.first if answer.value == "first" else question.second
        return (titles or {}).get(field, field)
    return _TIES[answer.value]
