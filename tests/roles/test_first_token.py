"""The first token's candidates as a distribution over the options."""

from __future__ import annotations

import math
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.core.model_call import TokenLogprob
from milo.roles.first_token import can_be_told_apart, score

WORDS = {"positive": "Positive", "negative": "Negative", "neutral": "Neutral"}


def tokens(**probabilities: float) -> list[TokenLogprob]:
    return [TokenLogprob(token.replace("_", " "), math.log(p)) for token, p in probabilities.items()]


def test_spellings_of_an_option_add_up() -> None:
    found = score(tokens(Positive=0.5, _positive=0.1, POS=0.1, Negative=0.1, The=0.2), WORDS)
    assert found.option_mass == pytest.approx(0.8)
    assert found.distribution["positive"] > 0.7


def test_a_token_that_begins_several_options_counts_for_none() -> None:
    found = score(tokens(N=0.5, Positive=0.3, Neg=0.2), WORDS)
    assert found.ambiguous_mass == pytest.approx(0.5)
    assert found.option_mass == pytest.approx(0.5)
    assert found.distribution["positive"] > found.distribution["negative"]


def test_an_unlisted_option_gets_at_most_what_it_can_have_had() -> None:
    found = score(tokens(Positive=0.9, Negative=0.06, The=0.03), WORDS)
    assert 0 < found.distribution["neutral"] <= 0.011  # what was left


def test_no_listed_option_is_no_distribution() -> None:
    found = score(tokens(The=0.9, It=0.1), WORDS)
    assert (found.distribution, found.option_mass, found.likeliest) == ({}, 0.0, "The")


def test_keys_must_be_whole_tokens() -> None:
    found = score(tokens(A=0.4, An=0.3, b=0.2), {"first": "A", "second": "B"})
    assert found.option_mass == pytest.approx(0.6)
    assert found.distribution["first"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("labels", "apart"),
    [
        (["Yes", "No"], True),
        (["Fully relevant", "Somewhat relevant", "Not at all relevant"], True),
        (["Very good", "Very bad"], False),
        (["Pos", "Positive"], False),
        (["!", "?"], False),
        (["-1", "1"], False),
    ],
)
def test_options_are_told_apart_by_their_first_word(labels: list[str], apart: bool) -> None:
    assert can_be_told_apart(labels) is apart


candidates = st.lists(
    st.tuples(st.text(string.ascii_letters + " .", max_size=6), st.floats(0.001, 1.0)), max_size=20
).map(
    lambda pairs: [TokenLogprob(token, math.log(p / (sum(q for _, q in pairs) + 0.01))) for token, p in pairs]
)


@given(candidates)
def test_probabilities_sum_to_one_or_there_are_none(listed: list[TokenLogprob]) -> None:
    found = score(listed, WORDS)
    assert 0 <= found.option_mass <= 1
    if found.distribution:
        assert sum(found.distribution.values()) == pytest.approx(1)
        assert all(p > 0 for p in found.distribution.values())
    else:
        assert found.option_mass == 0


@given(candidates)
def test_renaming_options_renames_results(listed: list[TokenLogprob]) -> None:
    renamed = {f"option_{name}": word for name, word in WORDS.items()}
    expected = {f"option_{name}": p for name, p in score(listed, WORDS).distribution.items()}
    assert score(listed, renamed).distribution == expected


@given(candidates, st.permutations(list(WORDS)))
def test_the_order_of_options_does_not_matter(listed: list[TokenLogprob], order: list[str]) -> None:
    expected = score(listed, WORDS).distribution
    found = score(listed, {name: WORDS[name] for name in order}).distribution
    assert found == pytest.approx(expected)
