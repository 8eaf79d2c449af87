"""Scores: the paper's worked example, both equations, what may be missing, and what holds for any rubric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.core.rubric import (
    NOT_APPLICABLE,
    Criterion,
    ErrorCategory,
    Grade,
    Rubric,
    part_names,
    rubric_faults,
    score,
)


def grades(levels: Sequence[int]) -> tuple[Grade, ...]:
    return tuple(Grade(name=f"g{level}", label=f"Level {level}", level=level) for level in levels)


def criterion(name: str, weight: float, levels: Sequence[int] = (1, 2, 3), **more: Any) -> Criterion:
    return Criterion(name=name, title=name.title(), weight=weight, grades=grades(levels), **more)


def rubric(**changes: Any) -> Rubric:
    values: dict[str, Any] = {"name": "quality", "title": "Quality", "threshold": 80.0} | changes
    return Rubric(**values)


FIVE = (1, 2, 3, 4, 5)


# --- known answers (arXiv 2409.10702, section 3.2) --------------------------------------------------


def test_the_worked_example_of_the_paper_is_seventy_percent() -> None:
    """w = .3 .3 .4 with grades 3 of 5, 2 of 5 and 5 of 5: .18 + .12 + .40."""
    three = rubric(
        max_score=1.0,
        threshold=0.7,
        criteria=(criterion("a", 0.3, FIVE), criterion("b", 0.3, FIVE), criterion("c", 0.4, FIVE)),
    )
    found = score(three, {"a": "g3", "b": "g2", "c": "g5"}, {})
    assert found.raw == 0.70
    assert {name: round(points, 9) for name, points in found.parts.items()} == {
        "a": 0.18,
        "b": 0.12,
        "c": 0.4,
    }
    assert found.status == "passed"  # a score equal to the threshold


def test_errors_alone_are_points_off_the_maximum() -> None:
    """Equation 1: S = M - sum e_i m_i, several of a category counted."""
    mqm = rubric(
        max_score=100.0,
        errors=(
            ErrorCategory(name="major", title="Major", penalty=5.0),
            ErrorCategory(name="minor", title="Minor", penalty=1.0),
        ),
    )
    found = score(mqm, {}, {"major": 3, "minor": 4})
    assert (found.raw, found.status) == (81.0, "passed")
    assert found.parts == {"major": -15.0, "minor": -4.0}


def test_a_score_below_nought_is_kept_and_shown_as_nought() -> None:
    strict = rubric(errors=(ErrorCategory(name="major", title="Major", penalty=25.0),))
    found = score(strict, {}, {"major": 6})
    assert (found.raw, found.shown, found.status) == (-50.0, 0.0, "redo")


def test_criteria_and_errors_add_up_in_one_rubric() -> None:
    """The reviewer's screen: 30, 20, 13.3 and 20 points, less one unsupported claim of 4."""
    answers = rubric(
        criteria=(
            criterion("instruction", 0.3, (1, 3)),
            criterion("comprehensive", 0.3),
            criterion("grammar", 0.2),
            criterion("tone", 0.2),
        ),
        errors=(ErrorCategory(name="unsupported", title="Unsupported claim", penalty=4.0),),
    )
    found = score(
        answers,
        {"instruction": "g3", "comprehensive": "g2", "grammar": "g2", "tone": "g3"},
        {"unsupported": 1},
    )
    assert round(found.raw, 1) == 79.3
    assert found.status == "redo"


def test_a_missing_level_leaves_the_scale_as_long_as_it_is() -> None:
    """Instruction-Following of Table A3 has the grades 1 and 3: the lower one is a third, not a half."""
    two = rubric(criteria=(criterion("instruction", 1.0, (1, 3)),))
    assert round(score(two, {"instruction": "g1"}, {}).raw, 6) == 33.333333
    assert score(two, {"instruction": "g3"}, {}).raw == 100.0


def test_not_applicable_gives_its_weight_to_the_others_and_is_recorded() -> None:
    two = rubric(criteria=(criterion("a", 0.25, allow_na=True), criterion("b", 0.75)))
    found = score(two, {"a": NOT_APPLICABLE, "b": "g2"}, {})
    assert round(found.raw, 6) == 66.666667
    assert (found.not_applicable, set(found.parts)) == (("a",), {"b"})


def test_where_nothing_applies_only_errors_count() -> None:
    one = rubric(
        criteria=(criterion("a", 1.0, allow_na=True),),
        errors=(ErrorCategory(name="slip", title="Slip", penalty=10.0),),
    )
    assert score(one, {"a": NOT_APPLICABLE}, {"slip": 1}).raw == 90.0


def test_what_a_reviewer_was_not_asked_is_left_out_and_recorded() -> None:
    two = rubric(
        criteria=(criterion("a", 0.25), criterion("b", 0.75)),
        errors=(ErrorCategory(name="slip", title="Slip", penalty=10.0),),
    )
    found = score(two, {"a": "g3"}, {}, only=["a"])
    assert (found.raw, found.left_out) == (100.0, ("b", "slip"))


def test_a_criterion_without_a_grade_is_not_given_one() -> None:
    with pytest.raises(KeyError):
        score(rubric(criteria=(criterion("a", 1.0),)), {}, {})


# --- what holds for any rubric ----------------------------------------------------------------------


@st.composite
def graded(draw: st.DrawFn) -> tuple[Rubric, dict[str, str], dict[str, int]]:
    """A rubric with a review by it."""
    scales = draw(st.lists(st.sets(st.integers(1, 6), min_size=2, max_size=5), max_size=4))
    parts = [draw(st.integers(1, 10)) for _ in scales]
    criteria = tuple(
        criterion(f"c{n}", parts[n] / sum(parts), sorted(scale), allow_na=True)
        for n, scale in enumerate(scales)
    )
    penalties = draw(st.lists(st.integers(0, 30), min_size=0 if criteria else 1, max_size=3))
    errors = tuple(
        ErrorCategory(name=f"e{n}", title="Error", penalty=float(penalty))
        for n, penalty in enumerate(penalties)
    )
    one = rubric(criteria=criteria, errors=errors, threshold=float(draw(st.integers(0, 100))))
    found = {
        c.name: draw(st.sampled_from([grade.name for grade in c.grades] + [NOT_APPLICABLE])) for c in criteria
    }
    return one, found, {error.name: draw(st.integers(0, 5)) for error in errors}


@given(graded())
def test_a_score_is_the_sum_of_its_parts_and_shown_within_its_scale(review: Any) -> None:
    one, found, counts = review
    result = score(one, found, counts)
    first = 0.0 if any(grade != NOT_APPLICABLE for grade in found.values()) else one.max_score
    assert result.raw == pytest.approx(first + sum(result.parts.values()), abs=1e-6)
    assert 0 <= result.shown <= one.max_score
    assert (result.status == "passed") == (result.raw >= one.threshold)
    assert result.raw <= one.max_score + 1e-6


@given(graded(), st.randoms(use_true_random=False))
def test_the_order_of_criteria_does_not_matter(review: Any, shuffled: Any) -> None:
    one, found, counts = review
    criteria = list(one.criteria)
    shuffled.shuffle(criteria)
    other = replace(one, criteria=tuple(criteria))
    assert score(other, found, counts).raw == pytest.approx(score(one, found, counts).raw, abs=1e-6)


@given(graded(), st.data())
def test_a_better_grade_or_one_error_less_never_lowers_the_score(review: Any, data: st.DataObject) -> None:
    one, found, counts = review
    part = data.draw(st.sampled_from(part_names(one)))
    before = score(one, found, counts).raw
    if part in counts:
        after = score(one, found, counts | {part: max(0, counts[part] - 1)}).raw
    else:
        scale = sorted(next(c for c in one.criteria if c.name == part).grades, key=lambda g: g.level)
        levels = [grade.name for grade in scale]
        if found[part] == NOT_APPLICABLE:
            return
        better = levels[min(levels.index(found[part]) + 1, len(levels) - 1)]
        after = score(one, found | {part: better}, counts).raw
    assert after >= before


# --- what cannot be a rubric ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (rubric(), "found neither criteria nor errors; allowed: at least one of them"),
        (rubric(criteria=(criterion("a", 0.3), criterion("b", 0.6))), "found weights that sum to 0.9"),
        (rubric(criteria=(criterion("a", 1.0, (1,)),)), "found 1 grade(s); allowed: at least 2"),
        (rubric(criteria=(criterion("a", 1.0, harshness=6),)), "found 6; allowed: 1 (forgiving) to 5"),
        (rubric(threshold=101.0, criteria=(criterion("a", 1.0),)), "found 101; allowed: at most max_score"),
        (
            rubric(criteria=(criterion("a", 1.0),), errors=(ErrorCategory(name="a", title="A", penalty=1),)),
            "found name 'a' twice",
        ),
        (
            rubric(criteria=(criterion("a", 1.0, definition="Answers {{qery}}."),)),
            "found {{qery}}; allowed: a field of the subject or a question: query",
        ),
    ],
)
def test_a_rubric_that_cannot_be_is_refused_by_name(wrong: Rubric, told: str) -> None:
    assert told in "; ".join(map(str, rubric_faults([wrong], ["query"], [])))


def test_a_rubric_that_can_be_has_no_faults() -> None:
    fine = rubric(criteria=(criterion("a", 1.0, (1, 3), definition="Answers {{query}}."),))
    assert rubric_faults([fine], ["query"], []) == []
