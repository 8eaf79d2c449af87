"""Several responses in order, the best first; ties where the question allows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from milo.core.errors import Fault
from milo.core.questions.option import Confidence, ShownIf
from milo.core.strict import INPUT, Flag

LEAST, MOST = 2, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingQuestion:
    """Asks to order the texts of fields. On screen they are A, B, ..., in an order drawn for each item."""

    __pydantic_config__ = INPUT

    name: str
    title: str
    fields: tuple[str, ...]  # of the subject
    kind: Literal["ranking"] = "ranking"
    help: str = ""
    required: Flag = True
    shown_if: ShownIf | None = None
    ask_confidence: Flag = False
    ties: Flag = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingAnswer:
    """The fields in groups, the best group first; those of one group are equally good."""

    __pydantic_config__ = INPUT

    value: tuple[tuple[str, ...], ...]
    kind: Literal["ranking"] = "ranking"
    confidence: Confidence | None = None


def question_faults(where: str, question: RankingQuestion) -> list[Fault]:
    """What is wrong with the question itself."""
    names = question.fields
    faults = []
    if not LEAST <= len(names) <= MOST:
        faults.append(Fault(f"{where}.fields", f"{len(names)} fields", f"{LEAST} to {MOST}"))
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.append(Fault(f"{where}.fields", f"{name!r} twice", "each field once"))
    return faults


def answer_faults(where: str, question: RankingQuestion, answer: RankingAnswer) -> list[Fault]:
    """What is wrong with an answer to the question; nothing when it can be stored."""
    ranked = [name for group in answer.value for name in group]
    if sorted(ranked) != sorted(question.fields) or not all(answer.value):
        return [Fault(where, repr(answer.value), "each once of " + ", ".join(question.fields))]
    if not question.ties and any(len(group) > 1 for group in answer.value):
        return [Fault(where, "a tie", "no ties: the question does not allow them")]
    return []


def distance(first: RankingAnswer, second: RankingAnswer) -> float:
    """The share of pairs on which both disagree, a tie against an order counting half (Kendall's distance).

    0 for the same order, 1 for the opposite one. Fagin et al. 2004, doi:10.1145/1055558.1055568, p = 1/2.
    """
    one, other = (places(answer.value) for answer in (first, second))
    pairs = list(combinations(sorted(one.keys() & other.keys()), 2))
    if not pairs:
        return 0.0
    return sum(_apart(one[a] - one[b], other[a] - other[b]) for a, b in pairs) / len(pairs)


def places(groups: Sequence[Sequence[str]]) -> dict[str, int]:
    """The number of each field's group, the best being 0."""
    return {name: place for place, group in enumerate(groups) for name in group}


def parsed(text: str) -> tuple[tuple[str, ...], ...]:
    """The groups an order names that is written as `in_words` writes it.

    >>> parsed("b > a = c")
    (('b',), ('a', 'c'))
    """
    groups = (tuple(name.strip() for name in group.split("=")) for group in text.split(">"))
    return tuple(groups) if text.strip() else ()


def in_words(
    question: RankingQuestion, answer: RankingAnswer, titles: Mapping[str, str] | None = None
) -> str:
    """The order, fields by their titles where they are given, as in "a > b = c"."""
    shown = titles or {}
    return " > ".join(" = ".join(shown.get(field, field) for field in group) for group in answer.value)


def _apart(one: int, other: int) -> float:
    if (one == 0) != (other == 0):
        return 0.5
    return float(one * other < 0)
