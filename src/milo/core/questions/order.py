"""In which order compared texts stand on screen: drawn for each item, the same for everybody."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from milo.core.questions import PairwiseQuestion, Question, RankingQuestion


def orders(questions: Sequence[Question], *, salt: str, item: int) -> dict[str, tuple[str, ...]]:
    """For each comparing question its fields as A, B, ...; a salted hash draws them.

    Of two questions about the same fields neither turns the order of the other around.
    """
    return {
        question.name: _drawn(fields, f"{salt}:order:{item}")
        for question in questions
        if (fields := _compared(question))
    }


def _compared(question: Question) -> tuple[str, ...]:
    match question:
        case PairwiseQuestion():
            return (question.first, question.second)
        case RankingQuestion():
            return question.fields
        case _:
            return ()


def _drawn(fields: Sequence[str], seed: str) -> tuple[str, ...]:
    return tuple(sorted(fields, key=lambda field: hashlib.sha256(f"{seed}:{field}".encode()).digest()))
