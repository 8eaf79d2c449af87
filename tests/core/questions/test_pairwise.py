"""Which of two is better: what may be answered, how far two people are apart, and how it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from milo.core.answer import in_words
from milo.core.questions import PairwiseAnswer, PairwiseQuestion
from milo.core.questions.pairwise import (
    ALLOWED,
    Preference,
    Ties,
    answer_faults,
    distance,
    parsed,
    question_faults,
)

PREFERENCES: tuple[Preference, ...] = ("first", "second", "tie", "both_good", "both_bad")


def a_question(**changes: object) -> PairwiseQuestion:
    values = {"name": "better", "title": "Which is better?", "first": "a", "second": "b", **changes}
    return PairwiseQuestion(**values)  # type: ignore[arg-type]  # fields of a test's own choice


@pytest.mark.parametrize("ties", ["none", "one", "two"])
def test_only_the_ties_a_question_tells_apart_may_be_answered(ties: Ties) -> None:
    question = a_question(ties=ties)
    taken = [
        value for value in PREFERENCES if not answer_faults("here", question, PairwiseAnswer(value=value))
    ]
    assert set(taken) == set(ALLOWED[ties])


def test_a_text_is_not_compared_with_itself() -> None:
    (fault,) = question_faults("questions.better", a_question(second="a"))
    assert str(fault) == "questions.better.second: found 'a'; allowed: another field than the first"


@given(some.sampled_from(PREFERENCES), some.sampled_from(PREFERENCES))
def test_the_distance_is_symmetric_none_for_the_same_and_at_most_one(
    one: Preference, other: Preference
) -> None:
    apart = distance(PairwiseAnswer(value=one), PairwiseAnswer(value=other))
    assert apart == distance(PairwiseAnswer(value=other), PairwiseAnswer(value=one))
    assert 0 <= apart <= 1
    assert (apart == 0) == (one == other)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("first", "second", 1),
        ("first", "tie", 0.5),
        ("both_bad", "second", 0.5),
        ("both_good", "both_bad", 0.5),
    ],
)
def test_opposite_preferences_are_farthest_apart(one: Preference, other: Preference, apart: float) -> None:
    assert distance(PairwiseAnswer(value=one), PairwiseAnswer(value=other)) == apart


@pytest.mark.parametrize(
    ("cell", "value"),
    [("first", "first"), ("b", "second"), (" Both good ", "both_good"), ("tie", "tie"), ("c", "c")],
)
def test_a_cell_names_a_preference_or_the_preferred_field(cell: str, value: str) -> None:
    assert parsed(a_question(), cell) == value


def test_in_words_a_preference_is_the_title_of_its_field() -> None:
    titles = {"a": "Response 1", "b": "Response 2"}
    words = [in_words(a_question(), PairwiseAnswer(value=value), titles) for value in PREFERENCES]
    assert words == [
        "Response 1",
        "Response 2",
        "No difference",
        "Both are equally good",
        "Both are equally bad",
    ]
