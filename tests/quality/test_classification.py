"""Shares with intervals, against a second implementation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from milo.quality.classification import accuracy


@pytest.mark.parametrize(("right", "n"), [(0, 1), (1, 1), (18, 20), (0, 50), (50, 50), (931, 1000)])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_the_wilson_interval_is_that_of_scipy(right: int, n: int, confidence: float) -> None:
    found = accuracy(right, n, confidence=confidence)
    assert found is not None
    known = binomtest(right, n).proportion_ci(confidence, method="wilson")
    assert (found.low, found.high) == pytest.approx((known.low, known.high), abs=1e-12)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_stays_in_zero_to_one(counts: tuple[int, int]) -> None:
    found = accuracy(*counts)
    assert found is not None
    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1
    assert found.low < found.high


def test_nothing_counted_has_no_accuracy() -> None:
    assert accuracy(0, 0) is None


def test_more_right_than_counted_is_refused() -> None:
    with pytest.raises(ValueError, match="3 right of 2"):
        accuracy(3, 2)
