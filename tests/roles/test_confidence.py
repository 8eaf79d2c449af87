"""Corrections of a model's distribution."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.roles.confidence import (
    ENOUGH_GOLD,
    UNCORRECTED,
    Correction,
    corrected,
    frequencies,
    gold_correction,
    prior_correction,
)

LEANING = {"yes": 0.8, "no": 0.2}


def binary(p: float) -> dict[str, float]:
    return {"yes": p, "no": 1 - p}


def test_the_models_own_leaning_is_divided_out() -> None:
    correction = prior_correction([LEANING, LEANING, LEANING])
    assert corrected(LEANING, correction) == pytest.approx({"yes": 0.5, "no": 0.5})
    assert corrected(binary(0.7), correction)["yes"] < 0.5
    assert "3 empty inputs" in str(correction)


def test_without_measurements_nothing_is_corrected() -> None:
    assert prior_correction([]) == UNCORRECTED
    assert corrected(LEANING, UNCORRECTED) == LEANING


def biased_model(count: int) -> tuple[list[dict[str, float]], list[str]]:
    """Says yes too often and too surely: its logit is 3 x the true one, plus 2."""
    rng = random.Random(0)
    distributions, answers = [], []
    for _ in range(count):
        truth = rng.gauss(0, 1.5)
        answers.append("yes" if rng.random() < 1 / (1 + math.exp(-truth)) else "no")
        distributions.append(binary(1 / (1 + math.exp(-(3 * truth + 2)))))
    return distributions, answers


def log_loss(distributions: list[dict[str, float]], answers: list[str], correction: Correction) -> float:
    losses = [-math.log(corrected(d, correction)[a]) for d, a in zip(distributions, answers, strict=True)]
    return sum(losses) / len(losses)


def test_enough_gold_undoes_bias_and_overconfidence() -> None:
    distributions, answers = biased_model(400)
    correction = gold_correction(distributions[:200], answers[:200])
    assert correction.method == "gold"
    assert correction.temperature == pytest.approx(3, rel=0.4)
    fresh = distributions[200:], answers[200:]
    assert log_loss(*fresh, correction) < 0.6 * log_loss(*fresh, UNCORRECTED)
    assert "200 gold items" in str(correction)


def test_too_little_gold_leaves_what_was_there() -> None:
    prior = prior_correction([LEANING])
    distributions, answers = biased_model(ENOUGH_GOLD - 1)
    assert gold_correction(distributions, answers, start=prior) is prior
    assert gold_correction(distributions * 4, ["yes"] * len(distributions) * 4, start=prior) is prior


def test_samples_become_frequencies() -> None:
    samples = [binary(1.0), binary(1.0), binary(0.0), binary(1.0)]
    assert frequencies(samples) == {"yes": 0.75, "no": 0.25}
    assert frequencies([]) == {}


shares = st.lists(st.floats(0.001, 1.0), min_size=3, max_size=3).map(
    lambda weights: dict(zip("abc", (w / sum(weights) for w in weights), strict=True))
)


@given(shares, st.lists(shares, min_size=1, max_size=3), st.floats(0.1, 10))
def test_a_corrected_distribution_sums_to_one_and_keeps_its_options(
    distribution: dict[str, float], measured: list[dict[str, float]], temperature: float
) -> None:
    prior = prior_correction(measured)
    correction = Correction(method="gold", temperature=temperature, offsets=prior.offsets)
    found = corrected(distribution, correction)
    assert sum(found.values()) == pytest.approx(1)
    assert found.keys() == distribution.keys()


@given(shares, shares)
def test_renaming_options_renames_the_correction(
    distribution: dict[str, float], measured: dict[str, float]
) -> None:
    names = {"a": "x", "b": "y", "c": "z"}
    plain = corrected(distribution, prior_correction([measured]))
    renamed = corrected(
        {names[name]: p for name, p in distribution.items()},
        prior_correction([{names[name]: p for name, p in measured.items()}]),
    )
    assert renamed == {names[name]: p for name, p in plain.items()}
