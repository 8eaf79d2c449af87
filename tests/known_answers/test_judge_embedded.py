"""The embedded model as a judge: what its calls share, and what harshness changes.

Data: tweets of Hutto and Gilbert (VADER, ICWSM 2014; MIT licence).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from benchmarks import judge_harshness, judge_prefix
from milo.core.model_call import Model
from milo.core.model_config import ModelConfig
from milo.models import catalog, open_model

Result = TypeVar("Result")


def with_model(weights: Path, work: Callable[[Model], Awaitable[Result]]) -> Result:
    """What the work gives with the default model, which is closed afterwards."""

    async def run() -> Result:
        config = ModelConfig(id=1, name="Embedded", provider="embedded", model=catalog.DEFAULT)
        model = open_model(config, cache_dir=weights.parent.parent)
        try:
            return await work(model)
        finally:
            await model.close()

    return asyncio.run(run())


@pytest.mark.slow
def test_later_criteria_of_an_answer_cost_a_small_share_of_the_first(weights: Callable[[str], Path]) -> None:
    one_token = replace(judge_prefix.JUDGING, output_limit=1)
    parts = ("accuracy", "place", "misspelling", "wrong_name")
    calls = with_model(
        weights(catalog.DEFAULT), lambda model: judge_prefix.judged(model, 0, parts, judging=one_token)
    )
    assert calls[0].evaluated_tokens == calls[0].input_tokens
    assert judge_prefix.largest_share(calls) <= judge_prefix.MOST_SHARE


@pytest.mark.slow
def test_a_severe_judge_finds_more_than_a_forgiving_one(
    weights: Callable[[str], Path], data_folder: Callable[[str], Path]
) -> None:
    # This model cannot tell wrong labels from right ones: what harshness moves is how many it calls wrong,
    # and with them recall. benchmarks/results/judge_harshness.json has the five steps.
    items = judge_harshness.labelled_tweets(data_folder("vader_ratings"), 8)
    found = with_model(
        weights(catalog.DEFAULT), lambda model: judge_harshness.judged(model, items, steps=(1, 5))
    )
    forgiving = judge_harshness.figures([one for one in found if one.harshness == 1])
    severe = judge_harshness.figures([one for one in found if one.harshness == 5])
    assert forgiving["recall"] < severe["recall"]
    assert forgiving["found"] < severe["found"]
    assert forgiving["n"] == severe["n"] == len(items)
    pairs = zip(found[::2], found[1::2], strict=True)
    assert all(judge_harshness.yes(one) < judge_harshness.yes(other) for one, other in pairs)
