from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from math import floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from milo.core.feedback import Finding, Verdict
from milo.core.review_policy import CardBar
from milo.core.rubric import Criterion, ErrorCategory, Grade, Rubric
from milo.quality.judge_card import JudgeCard, Pair, Share, binds, judge_card, meets_bar

GRADES = (
    Grade(name="insufficient", label="Insufficient", level=1),
    Grade(name="minimum", label="Minimum", level=2),
    Grade(name="good", label="Good", level=3),
)
NAMES = ("comprehensive", "grammar", "following", "tone")


def a_rubric(*names: str, threshold: float = 100.0, errors: tuple[ErrorCategory, ...] = ()) -> Rubric:
    """Criteria of equal weight with three grades each; with threshold 100 all must be good."""
    criteria = tuple(
        Criterion(name=name, title=name, weight=1 / len(names), grades=GRADES, allow_na=True)
        for name in names
    )
    return Rubric(name="r", title="R", threshold=threshold, criteria=criteria, errors=errors)


def a_pair(judge: Mapping[str, str | int], person: Mapping[str, str | int]) -> Pair:
    return Pair(
        judge=tuple(
            Verdict(part=part, status="ok", grade=grade)
            if isinstance(grade, str)
            else Verdict(part=part, status="ok", count=grade)
            for part, grade in judge.items()
        ),
        person=tuple(
            Finding(part=part, grade=grade) if isinstance(grade, str) else Finding(part=part, count=grade)
            for part, grade in person.items()
        ),
    )


def by_counts(tp: int, fp: int, fn: int, tn: int) -> list[Pair]:
    """Pairs on one criterion, so many of each kind."""
    bad, good = {"tone": "minimum"}, {"tone": "good"}
    return (
        [a_pair(bad, bad)] * tp
        + [a_pair(bad, good)] * fp
        + [a_pair(good, bad)] * fn
        + [a_pair(good, good)] * tn
    )


def percent(share: Share | None) -> float:
    """In per cent with two decimals, cut off as the paper's table does."""
    assert share is not None
    return floor(share.value * 1e4) / 100


def test_table_7_of_the_paper_is_what_396_answers_give() -> None:
    """329, 364, 364 and 351 of 396 grades equal, 315 answers wholly so: the only whole numbers that fit."""
    differing = {
        "comprehensive": range(67),
        "grammar": range(32),
        "following": range(32),
        "tone": range(36, 81),
    }
    all_good = dict.fromkeys(NAMES, "good")
    pairs = [a_pair(all_good, all_good)] * 315 + [
        a_pair({name: "minimum" if answer in differing[name] else "good" for name in NAMES}, all_good)
        for answer in range(81)
    ]
    card = judge_card([a_rubric(*NAMES)], pairs)
    assert {name: percent(figures.agreement) for name, figures in card.parts.items()} == {
        "comprehensive": 83.08,
        "grammar": 91.91,
        "following": 91.91,
        "tone": 88.63,
    }
    assert (card.overall.identical, card.overall.n) == (315, 396)
    assert percent(card.overall.agreement) == 79.54  # printed as 79.55, which is rounded
    assert sum(card.disagreeing.values()) == 81
    # Nobody but the judge ever gave another grade: 83 per cent, and no better than chance.
    assert card.parts["comprehensive"].kappa == 0


def test_precision_and_recall_are_on_the_bad_answers() -> None:
    status = judge_card([a_rubric("tone")], by_counts(tp=6, fp=2, fn=4, tn=28)).status
    assert (status.counts.tp, status.counts.fp, status.counts.fn, status.counts.tn) == (6, 2, 4, 28)
    assert status.precision is not None
    assert status.precision.value == 6 / 8
    assert status.recall is not None
    assert status.recall.value == 6 / 10
    assert 0.31 < status.recall.low < 0.32  # Wilson, 6 of 10
    assert 0.83 < status.recall.high < 0.84
    assert status.leniency == pytest.approx(32 / 40 - 30 / 40)
    assert status.kappa == pytest.approx((34 / 40 - 0.65) / 0.35)  # p_e = (8 * 10 + 32 * 30) / 1600


def test_a_judge_that_passes_everything_agrees_much_and_finds_nothing() -> None:
    card = judge_card([a_rubric("tone")], by_counts(tp=0, fp=0, fn=4, tn=96))
    assert card.status.agreement is not None
    assert card.status.agreement.value == 0.96
    assert card.status.recall is not None
    assert card.status.recall.value == 0
    assert card.status.precision is None
    assert not binds(card, CardBar())


def test_below_the_best_grade_is_bad_and_not_applicable_is_not() -> None:
    pairs = [
        a_pair({"tone": "minimum"}, {"tone": "insufficient"}),
        a_pair({"tone": "na"}, {"tone": "minimum"}),
        a_pair({"tone": "good"}, {"tone": "na"}),
    ]
    tone = judge_card([a_rubric("tone")], pairs).parts["tone"]
    assert tone.confusion == {"good": {"na": 1}, "minimum": {"insufficient": 1}, "na": {"minimum": 1}}
    assert tone.agreement is not None
    assert tone.agreement.value == 0
    assert tone.precision is not None
    assert tone.precision.value == 1
    assert tone.recall is not None
    assert tone.recall.value == 0.5
    assert tone.distribution.judge == {"insufficient": 0, "minimum": 1, "good": 1, "na": 1}
    assert tone.distribution.people == {"insufficient": 1, "minimum": 1, "good": 0, "na": 1}


def test_an_error_that_both_find_is_found_and_another_count_is_no_agreement() -> None:
    rubric = a_rubric(threshold=95, errors=(ErrorCategory(name="typo", title="Typo", penalty=1.0),))
    pairs = [
        a_pair({"typo": 1}, {"typo": 3}),
        a_pair({"typo": 0}, {"typo": 0}),
        a_pair({"typo": 9}, {"typo": 9}),
    ]
    card = judge_card([rubric], pairs)
    typo = card.parts["typo"]
    assert (typo.agreement and typo.agreement.value) == pytest.approx(2 / 3)
    assert (typo.recall and typo.recall.value) == 1
    assert card.status.counts.n == 3
    assert (card.status.counts.tp, card.status.counts.tn) == (1, 2)  # 97 and 99 of 100 points pass


def test_without_verdict_an_answer_is_neither_found_nor_missed() -> None:
    unsure = Pair(
        judge=(
            Verdict(part="tone", status="uncertain", grade="good", confidence=0.3, reason="below 0.5"),
            Verdict(part="grammar", status="ok", grade="good", contradicts="minimum"),
        ),
        person=(Finding(part="tone", grade="minimum"), Finding(part="grammar", grade="good")),
    )
    card = judge_card([a_rubric("tone", "grammar")], [unsure])
    assert (card.n, card.status.n, card.uncertain, card.contradictions) == (1, 0, 1, 1)
    assert card.status.recall is None
    assert card.parts["tone"].n == 0
    assert card.parts["grammar"].n == 1
    assert card.overall.n == 0


def test_a_person_asked_about_one_criterion_is_compared_on_that_one() -> None:
    pair = a_pair({"tone": "good", "grammar": "minimum"}, {"tone": "good"})
    card = judge_card([a_rubric("tone", "grammar")], [pair])
    assert (card.status.n, card.status.counts.tn) == (1, 1)
    assert (card.overall.identical, card.overall.n) == (1, 1)
    assert card.parts["grammar"].n == 0


def test_who_had_seen_the_verdict_first_is_counted() -> None:
    pairs = by_counts(1, 0, 0, 1)
    assert judge_card([a_rubric("tone")], [replace(pairs[0], saw_judge=True), pairs[1]]).saw_judge == 1


def test_the_bar_is_met_by_figures_equal_to_it() -> None:
    card = judge_card([a_rubric("tone")], by_counts(tp=7, fp=3, fn=3, tn=7))
    bar = CardBar(reviewed=20, recall=0.7, precision=0.7, kappa=0.4)
    assert [(check.name, check.is_met) for check in meets_bar(card, bar)] == [
        ("reviewed", True),
        ("recall", True),
        ("precision", True),
        ("kappa", True),
    ]
    assert binds(card, bar)


@pytest.mark.parametrize("demand", ["reviewed", "recall", "precision", "kappa"])
def test_one_demand_that_is_not_met_is_enough_to_fail(demand: str) -> None:
    demands: dict[str, Any] = {demand: 21 if demand == "reviewed" else 0.71}
    card = judge_card([a_rubric("tone")], by_counts(tp=7, fp=3, fn=3, tn=7))
    met = CardBar(reviewed=20, recall=0.7, precision=0.7, kappa=0.4)
    higher = replace(met, **demands)
    assert [check.name for check in meets_bar(card, higher) if not check.is_met] == [demand]
    assert not binds(card, higher)


def test_without_answers_a_judge_has_shown_nothing() -> None:
    card = judge_card([a_rubric("tone")], [])
    assert not any(check.is_met for check in meets_bar(card, CardBar()))
    assert card.status.agreement is None


CELLS = st.integers(0, 12)


@given(CELLS, CELLS, CELLS, CELLS)
def test_a_card_survives_being_stored(tp: int, fp: int, fn: int, tn: int) -> None:
    card = judge_card([a_rubric("tone")], by_counts(tp, fp, fn, tn))
    adapter = TypeAdapter(JudgeCard)
    assert adapter.validate_python(json.loads(json.dumps(adapter.dump_python(card, mode="json")))) == card


@given(CELLS, CELLS, CELLS, CELLS)
def test_the_figures_hold_together(tp: int, fp: int, fn: int, tn: int) -> None:
    card = judge_card([a_rubric("tone")], by_counts(tp, fp, fn, tn))
    assert card.status.counts.n == card.n == tp + fp + fn + tn
    assert card.overall.identical + sum(card.disagreeing.values()) == card.n
    if card.n:
        assert card.status.leniency == pytest.approx((tn + fn) / card.n - (tn + fp) / card.n)
    assert card.parts["tone"].agreement == card.status.agreement  # one criterion, two grades used
