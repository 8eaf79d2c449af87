"""An explanation that speaks for another grade is flagged, and nothing else is."""

from __future__ import annotations

import pytest

from milo.core.rubric import Criterion, ErrorCategory, Grade
from milo.roles.contradiction import contradiction
from tests.roles.judge_builders import DEPTH, LIE, TONE, TYPO

FOUR = Criterion(
    name="four",
    title="Four",
    weight=1.0,
    grades=(
        Grade(name="poor", label="Poor", level=1),
        Grade(name="fair", label="Fair", level=2),
        Grade(name="good", label="Good", level=3),
        Grade(name="very_good", label="Very good", level=4),
    ),
)
NUMBERS = Criterion(
    name="numbers",
    title="Numbers",
    weight=1.0,
    grades=tuple(Grade(name=f"level{n}", label=str(n), level=n) for n in range(1, 6)),
)


@pytest.mark.parametrize(
    "explanation",
    [
        "It is well-formatted and easy to read. Overall, it meets the 'Good' criteria for Depth.",
        "Overall, the tone and style of the answer meet the “Good” criteria.",
        "The answer deserves Good.",
        "It is Good in every respect.",
        "The answer is rated as **Good** because it is complete.",
        "It fully satisfies the criteria for Good.",
        "It qualifies as 'good'.",
        "It is short. However, it meets the Good level.",
        "The right grade is Good.",
        "It is at first sight Minimum. Yet the answer reaches the Good standard.",
    ],
)
def test_a_claim_for_another_grade_is_a_contradiction(explanation: str) -> None:
    assert contradiction(DEPTH, "minimum", explanation) == "good"
    assert contradiction(DEPTH, "good", explanation) is None


@pytest.mark.parametrize(
    "explanation",
    [
        "It is not Good because a source is missing.",
        "It isn't Good.",
        "The answer falls short of Good.",
        "It would need an example to be Good.",
        "To meet the 'Good' criteria, it would have to name the author.",
        "It does not fully meet the 'Good' criteria.",
        "It fails to meet the Good standard.",
        "It almost reaches the Good level.",
        "It is good to read and has a good structure.",
        "Good examples are given, and the answer is good.",
        "It meets the 'Good' criteria for length, but the facts are wrong.",
        "Although the tone is Good, the depth is lacking.",
        "The tone is Good. However, half of the query is left open.",
        "It is Good enough for the main point.",
        "It meets only some of the Good criteria.",
        "If it named the author, it would deserve Good.",
        "It is Minimum rather than Good.",
        "It matches the Good-natured tone of the query.",
        "The grade is Minimum.",
        "It meets the 'Minimum' criteria. A reader who knows the field expects more.",
        "",
    ],
)
def test_what_only_mentions_another_grade_is_none(explanation: str) -> None:
    assert contradiction(DEPTH, "minimum", explanation) is None


def test_the_last_claim_decides() -> None:
    explanation = "The tone is Good. The examples are thin, so the answer is Minimum."
    assert contradiction(DEPTH, "minimum", explanation) is None
    assert contradiction(DEPTH, "good", explanation) == "minimum"


def test_a_label_inside_a_longer_one_is_not_claimed() -> None:
    assert contradiction(FOUR, "very_good", "It meets the 'Very good' criteria.") is None
    assert contradiction(FOUR, "good", "It meets the 'Very good' criteria.") == "very_good"


def test_numbers_and_not_applicable_are_grades_too() -> None:
    assert contradiction(NUMBERS, "level2", "The grade is 4.") == "level4"
    assert contradiction(NUMBERS, "level2", "It is 4 words long.") is None
    assert contradiction(TONE, "good", "There is nobody who speaks, so this is N/A.") == "na"


@pytest.mark.parametrize(
    "explanation",
    [
        "No errors were found.",
        "The answer is free of errors.",
        "There are no such errors in the answer.",
        "I could not find any errors.",
        "The answer does not contain any typos.",
        "No typo is present.",
    ],
)
def test_an_error_that_the_explanation_denies_is_a_contradiction(explanation: str) -> None:
    assert contradiction(TYPO, "yes", explanation) == "no"
    assert contradiction(TYPO, "no", explanation) is None


@pytest.mark.parametrize(
    "explanation",
    [
        "There are no errors in the first half, but the second misspells 'water'.",
        "No other errors were found.",
        "No errors except 'teh'.",
        "It is not free of errors.",
        "No errors in the subject.",
        "There is no doubt that 'teh' is an error.",
        "'teh' should be 'the'.",
        "No grammatical errors were found.",
    ],
)
def test_an_error_that_stands_is_none(explanation: str) -> None:
    assert contradiction(TYPO, "yes", explanation) is None


@pytest.mark.parametrize(
    "explanation",
    [
        "The answer contains a typo: 'teh'.",
        "There are several typos.",
        "It has 2 clear errors.",
        "A typo was found.",
    ],
)
def test_a_named_error_under_no_is_a_contradiction(explanation: str) -> None:
    assert contradiction(TYPO, "no", explanation) == "yes"
    assert contradiction(TYPO, "yes", explanation) is None


@pytest.mark.parametrize(
    "explanation",
    [
        "The answer contains a factual error.",
        "The query contains a typo, the question too.",
        "There is an error in the source text.",
        "If there were an error, it would be small.",
        "It never has an error.",
        "It has a long list of plants.",
        "There are some typos in the question.",
    ],
)
def test_no_with_an_error_of_another_kind_or_place_is_none(explanation: str) -> None:
    assert contradiction(LIE if "typo" in explanation else TYPO, "no", explanation) is None
    assert contradiction(TYPO, "no", "There are some typos in the question.") is None


def test_a_name_with_marks_of_patterns_is_only_a_name() -> None:
    error = ErrorCategory(name="c", title="C++ (wrong", penalty=1.0)
    assert contradiction(error, "yes", "There is no C++ (wrong error in the answer.") == "no"
