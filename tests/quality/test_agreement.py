from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.quality.agreement import cohens_kappa, identical_on_all, percent_agreement, scotts_pi

LABELS = st.sampled_from(["good", "minimum", "insufficient"])
PAIRS = st.lists(st.tuples(LABELS, LABELS), min_size=1, max_size=40)


def table(counts: dict[tuple[str, str], int]) -> list[tuple[str, str]]:
    """Pairs of grades from how often each pair occurred."""
    return [pair for pair, n in counts.items() for _ in range(n)]


def test_kappa_and_pi_of_a_table_worked_by_hand() -> None:
    """p_o = 35/50; kappa: p_e = (25 * 30 + 25 * 20) / 2500; pi: p_e = 0.55^2 + 0.45^2 = 0.505."""
    pairs = table({("yes", "yes"): 20, ("yes", "no"): 5, ("no", "yes"): 10, ("no", "no"): 15})
    assert cohens_kappa(pairs) == pytest.approx((0.7 - 0.5) / (1 - 0.5))
    assert scotts_pi(pairs) == pytest.approx((0.7 - 0.505) / (1 - 0.505))


def test_kappa_of_three_labels_equals_that_of_scikit_learn() -> None:
    """`sklearn.metrics.cohen_kappa_score` of version 1.9.1 on the same grades."""
    one = ["negative", "positive", "negative", "neutral", "positive"]
    other = ["negative", "positive", "negative", "neutral", "negative"]
    assert cohens_kappa(list(zip(one, other, strict=True))) == pytest.approx(0.6875)
    assert cohens_kappa(list(zip([2, 0, 2, 2, 0, 1], [0, 0, 2, 2, 0, 2], strict=True))) == pytest.approx(
        0.42857142857142855
    )


def test_equal_agreement_is_worth_less_where_nearly_everything_is_good() -> None:
    """Feinstein and Cicchetti 1990, doi:10.1016/0895-4356(90)90158-L: 85 % each, kappa 0.70 and 0.32."""
    balanced = table({("y", "y"): 40, ("y", "n"): 9, ("n", "y"): 6, ("n", "n"): 45})
    skewed = table({("y", "y"): 80, ("y", "n"): 10, ("n", "y"): 5, ("n", "n"): 5})
    found = [percent_agreement(pairs) for pairs in (balanced, skewed)]
    assert [round(one.value, 2) for one in found if one] == [0.85, 0.85]
    kappas = [cohens_kappa(balanced), cohens_kappa(skewed)]
    assert [round(kappa, 2) for kappa in kappas if kappa is not None] == [0.70, 0.32]


def test_with_one_label_throughout_there_is_nothing_to_tell_apart() -> None:
    assert cohens_kappa([("good", "good")] * 9) is None
    assert scotts_pi([("good", "good")] * 9) is None
    assert cohens_kappa([]) is None


def test_a_grader_who_always_says_the_same_agrees_as_by_chance() -> None:
    assert cohens_kappa([("good", "good")] * 9 + [("good", "bad")]) == 0


@given(PAIRS)
def test_kappa_does_not_depend_on_order_or_on_who_is_first(pairs: list[tuple[str, str]]) -> None:
    swapped = [(other, one) for one, other in reversed(pairs)]
    assert cohens_kappa(pairs) == cohens_kappa(swapped)
    kappa = cohens_kappa(pairs)
    assert kappa is None or -1 <= kappa <= 1


@given(PAIRS)
def test_kappa_is_one_exactly_for_graders_who_always_agree(pairs: list[tuple[str, str]]) -> None:
    kappa = cohens_kappa(pairs)
    always = all(one == other for one, other in pairs)
    assert (kappa == 1) == (always and kappa is not None)


@given(st.lists(st.tuples(st.tuples(LABELS, LABELS, LABELS), st.tuples(LABELS, LABELS, LABELS)), max_size=30))
def test_every_answer_is_identical_or_counted_among_those_that_differ(
    pairs: list[tuple[tuple[str, str, str], tuple[str, str, str]]],
) -> None:
    found = identical_on_all(pairs)
    assert found.identical + sum(found.agreeing.values()) == found.n == len(pairs)
    assert set(found.agreeing) <= {0, 1, 2}
