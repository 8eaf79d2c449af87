"""Figures on reliance: medians with their n, differences with an interval, advice taken and not taken."""

from __future__ import annotations

from random import Random
from statistics import median
from typing import NamedTuple

import pytest

from milo.quality.reliance_report import (
    Advised,
    Median,
    difference_of_medians,
    hold_out,
    median_of,
    over_reliance,
    writing_figures,
)

YES, NO = frozenset({"yes"}), frozenset({"no"})


class Text(NamedTuple):
    draft_share: float
    edit_distance: int | None = None
    first_edit_ms: int | None = None
    pasted: dict[str, int] = {}  # noqa: RUF012  # a default of a tuple


class Answer(NamedTuple):
    active_ms: int
    is_held_out: bool = False
    has_draft: bool = False
    generation_ms: int = 0
    is_decided: bool = False
    passed_first: bool = False


def test_a_median_says_of_how_many_and_none_of_nothing() -> None:
    assert median_of([]) == Median(median=None, n=0)
    assert median_of([None, None]) == Median(median=None, n=0)
    assert median_of([4, None, 2]) == Median(median=3.0, n=2)


def test_a_draft_sent_word_for_word_is_unchanged_and_one_left_aside_is_unused() -> None:
    found = writing_figures(
        [
            Text(1.0, 0, 300, {"draft": 40}),
            Text(0.5, 6, 900, {"draft": 20, "outside": 5}),
            Text(0.0, None, 500),
        ]
    )
    assert (found.answers, found.used, found.unchanged) == (3, 2, 1)
    assert found.share == Median(median=0.5, n=3)
    assert found.edit_distance == Median(median=3.0, n=2)
    assert found.first_edit_ms == Median(median=500.0, n=3)
    assert found.pasted == {"draft": 60, "outside": 5}


def test_advice_is_taken_or_not_and_was_right_or_not() -> None:
    found = over_reliance(
        [
            Advised(preselected=YES, answer=YES, gold=YES, active_ms=1000),  # right, kept
            Advised(preselected=YES, answer=NO, gold=YES, active_ms=4000),  # right, overridden
            Advised(preselected=YES, answer=YES, gold=NO, active_ms=2000),  # wrong, confirmed
            Advised(preselected=YES, answer=NO, gold=NO, active_ms=8000),  # wrong, mended
            Advised(preselected=YES, answer=YES, gold=None, active_ms=3000),  # nobody knows
        ]
    )
    assert (found.shown, found.kept) == (5, 3)
    assert (found.wrong_shown, found.wrong_confirmed) == (2, 1)
    assert (found.right_shown, found.right_overridden) == (2, 1)
    assert found.agreed_seconds == Median(median=2.0, n=3)
    assert found.disagreed_seconds == Median(median=6.0, n=2)


def test_several_options_are_right_together_or_not() -> None:
    both = frozenset({"price", "quality"})
    found = over_reliance([Advised(preselected=both, answer=both, gold=frozenset({"price"}), active_ms=1000)])
    assert (found.wrong_shown, found.wrong_confirmed, found.right_shown) == (1, 1, 0)


def test_held_out_answers_stand_beside_those_the_assistant_was_offered_for() -> None:
    found = hold_out(
        [
            Answer(10_000, has_draft=True, generation_ms=4000, is_decided=True, passed_first=True),
            Answer(30_000, has_draft=True, generation_ms=2000, is_decided=True),
            Answer(50_000),
            Answer(80_000, is_held_out=True, is_decided=True, passed_first=True),
        ],
        Random(1),
    )
    assert (found.offered.answers, found.offered.active_seconds.median) == (3, 30.0)
    assert (found.drafted.answers, found.drafted.active_seconds.median) == (2, 20.0)
    assert (found.undrafted.answers, found.undrafted.active_seconds.median) == (1, 50.0)
    assert (found.held_out.answers, found.held_out.active_seconds.median) == (1, 80.0)
    assert found.drafted.waiting_seconds == Median(median=3.0, n=2)
    assert (found.offered.decided, found.offered.passed_first) == (2, 1)
    assert (found.held_out.decided, found.held_out.passed_first) == (1, 1)
    assert found.difference_seconds is None, "three and one are too few to compare"


def test_fewer_than_ten_answers_are_not_compared() -> None:
    assert difference_of_medians([1.0] * 9, [2.0] * 50, Random(1)) is None
    found = difference_of_medians([1.0] * 10, [3.0] * 10, Random(1))
    assert found is not None
    assert (found.value, found.low, found.high) == (-2.0, -2.0, -2.0)


@pytest.mark.parametrize("sizes", [(11, 14), (10, 31)])
def test_the_interval_is_that_of_resampling_value_by_value(sizes: tuple[int, int]) -> None:
    rng = Random(5)
    first = [rng.expovariate(1 / 40) for _ in range(sizes[0])]
    second = [rng.expovariate(1 / 60) for _ in range(sizes[1])]
    found = difference_of_medians(first, second, Random(7))
    drawn = sorted(
        median(rng.choices(first, k=len(first))) - median(rng.choices(second, k=len(second)))
        for _ in range(20_000)
    )
    assert found is not None
    assert found.value == median(first) - median(second)
    assert sum(one < found.low for one in drawn) / 20_000 == pytest.approx(0.025, abs=0.012)
    assert sum(one > found.high for one in drawn) / 20_000 == pytest.approx(0.025, abs=0.012)


def test_the_same_chance_gives_the_same_interval() -> None:
    values = [float(n) for n in range(40)]
    assert difference_of_medians(values, values[5:], Random(3)) == difference_of_medians(
        values, values[5:], Random(3)
    )
