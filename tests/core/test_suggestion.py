"""Which options are preselected."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from milo.core.suggestion import preselect

PROBABILITIES = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.floats(0, 1), max_size=6)


@given(PROBABILITIES, st.floats(0, 1))
def test_only_options_that_reach_the_threshold_are_preselected(p: dict[str, float], at: float) -> None:
    assert set(preselect(p, at=at, one=False)) == {option for option in p if p[option] >= at}


@given(PROBABILITIES, st.floats(0, 1))
def test_a_single_choice_gets_its_best_option_or_none(p: dict[str, float], at: float) -> None:
    chosen = preselect(p, at=at, one=True)
    if p and max(p.values()) >= at:
        assert p[chosen[0]] == max(p.values())
    else:
        assert chosen == ()


@given(PROBABILITIES, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_threshold_never_preselects_more(p: dict[str, float], one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert set(preselect(p, at=high, one=False)) <= set(preselect(p, at=low, one=False))
