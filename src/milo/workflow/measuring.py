"""How right suggestions are on items with known answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import comb
from typing import Any

from milo.core.questions import ChoiceQuestion, OptionQuestion, Question
from milo.db.queries import suggestions
from milo.db.tables import ModelRow, ProjectRow, PromptVersionRow, SuggestionRow
from milo.workflow.jobs import JobRun
from milo.workflow.prompt_versions import Plan

#: A question with fewer gold items gets figures but no verdict.
ENOUGH_FOR_A_VERDICT = 10
#: A model is called useful for a question when luck explains its right answers with at most this probability.
MOST_LUCK = 0.05


def measure(run: JobRun, project_id: int, plan: Plan) -> dict[str, Any] | None:
    """Accuracy and AUC of each question on gold, stored with the prompt version and on the model's card.

    None without any gold.
    """
    assert plan.id is not None, "a plan with results is stored"
    with run.commit() as session:
        measured = figures(plan.questions, suggestions.with_gold(session, project_id, plan.id))
        if not measured:
            return None
        version = session.get_one(PromptVersionRow, plan.id)
        project = session.get_one(ProjectRow, project_id)
        version.measured = measured
        model = session.get_one(ModelRow, version.model_id)
        model.card = {**(model.card or {}), "measured": card_entry(project, plan, measured, run.clock())}
        return measured


def figures(
    questions: Sequence[Question], proposed: Sequence[tuple[SuggestionRow, Mapping[str, Any]]]
) -> dict[str, dict[str, Any]]:
    """For each question with gold: how many were right of how many, the share that the commonest answer
    would have had, and the AUC averaged over the options that occur."""
    found = {}
    for question in questions:
        if not isinstance(question, OptionQuestion):
            continue
        pairs = [
            (row, _chosen(gold[question.name]))
            for row, gold in proposed
            if row.question == question.name and question.name in gold and row.status == "ok"
        ]
        if pairs:
            found[question.name] = _figures_of(question, pairs)
    return found


def card_entry(project: ProjectRow, plan: Plan, measured: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What the card says: measured on which items, and where the model is not useful."""
    titles = {question.name: question.title for question in plan.questions}
    not_useful = [
        titles[name]
        for name, of_question in measured.items()
        if of_question["n"] >= ENOUGH_FOR_A_VERDICT
        and chance_of_luck(of_question["right"], of_question["n"], of_question["commonest"]) > MOST_LUCK
    ]
    return {
        "project": project.name,
        "at": now.isoformat(),
        "prompt_version": plan.version,
        "calibrated": plan.prompting.confidence == "gold",  # on these very items
        "items": max(of_question["n"] for of_question in measured.values()),
        "questions": {titles[name]: dict(of_question) for name, of_question in measured.items()},
        "not_useful_for": not_useful,
    }


def _figures_of(
    question: OptionQuestion, pairs: Sequence[tuple[SuggestionRow, frozenset[str]]]
) -> dict[str, Any]:
    is_single = isinstance(question, ChoiceQuestion)
    right = sum(_is_right(row, chosen, is_single=is_single) for row, chosen in pairs)
    answers = [chosen for _, chosen in pairs]
    areas = [
        area
        for option in question.options
        if (area := auc([(row.distribution.get(option.name, 0.0), option.name in c) for row, c in pairs]))
        is not None
    ]
    return {
        "n": len(pairs),
        "right": right,
        "accuracy": right / len(pairs),
        "commonest": max(answers.count(answer) for answer in answers),
        "auc": sum(areas) / len(areas) if areas else None,
    }


def _is_right(row: SuggestionRow, chosen: frozenset[str], *, is_single: bool) -> bool:
    """A single choice by its likeliest option; several by exactly those at 0.5 or more."""
    if is_single:
        return row.top_option in chosen
    return {option for option, p in row.distribution.items() if p >= 0.5} == chosen


def chance_of_luck(right: int, n: int, commonest: int) -> float:
    """Probability of at least so many right answers of `n` for somebody right as often as the commonest one.

    The upper tail of the binomial distribution with p = commonest / n.

    >>> round(chance_of_luck(11, 20, 10), 3), round(chance_of_luck(15, 20, 10), 3)
    (0.412, 0.021)
    """
    p = commonest / n
    return sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(right, n + 1))


def auc(scored: Sequence[tuple[float, bool]]) -> float | None:
    """Probability that a positive scores above a negative, ties counting half; None without both.

    >>> auc([(0.9, True), (0.2, False), (0.4, True), (0.4, False)])
    0.875
    """
    positives = [score for score, is_positive in scored if is_positive]
    negatives = [score for score, is_positive in scored if not is_positive]
    if not positives or not negatives:
        return None
    won = sum((p > n) + (p == n) / 2 for p in positives for n in negatives)
    return won / (len(positives) * len(negatives))


def _chosen(answer: Mapping[str, Any]) -> frozenset[str]:
    value = answer["value"]
    return frozenset([value] if isinstance(value, str) else value)
