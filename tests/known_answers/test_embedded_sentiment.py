"""The embedded model, asked through the pre-annotator, against human ratings.

Data: tweets of Hutto and Gilbert (VADER, ICWSM 2014; MIT licence), rated from -4 to 4 by 15 people or more.
The prompt was tuned on other tweets of that file.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from milo.core.guideline import Section
from milo.core.model_call import Model
from milo.core.model_config import ModelConfig
from milo.core.project import SubjectField
from milo.core.questions import ChoiceQuestion, Option
from milo.core.suggestion import Suggestion
from milo.models import catalog, open_model
from milo.roles import pre_annotator
from milo.roles.confidence import Correction, prior_correction
from milo.roles.prompting import Prompting

QUESTION = ChoiceQuestion(
    name="sentiment",
    title="Is the feeling of this text positive or negative?",
    options=(Option(name="positive", label="Positive"), Option(name="negative", label="Negative")),
)
PROMPTING = Prompting(
    subject=(SubjectField(name="text", title="Text"),),
    sections=(
        Section(
            id="task",
            title="Task",
            kind="task",
            body="Read the text and say whether its writer feels positive or negative "
            "about what they write of.",
        ),
    ),
)
IN_FLIGHT = 4


@dataclass
class Measured:
    """What the model said of each tweet, and what it took."""

    suggestions: list[Suggestion]
    raw: list[Suggestion]
    evaluated: list[int]
    seconds: float


def sixty_tweets(folder: Path) -> list[tuple[str, bool]]:
    """30 clearly positive and 30 clearly negative tweets (mean rating at least 1.5 from 0), seed 7."""
    rows = [json.loads(line) for line in (folder / "tweets.jsonl").read_text("utf-8").splitlines()]
    rng = random.Random(7)
    positive = rng.sample([row["text"] for row in rows if row["mean"] >= 1.5], 30)
    negative = rng.sample([row["text"] for row in rows if row["mean"] <= -1.5], 30)
    return [(text, True) for text in positive] + [(text, False) for text in negative]


async def annotate(model: Model, texts: Sequence[str]) -> Measured:
    """Prior first, then each tweet, a few at a time."""
    (unit,) = pre_annotator.units_of(QUESTION)
    requests = pre_annotator.prior_requests(PROMPTING, QUESTION, unit)
    empty = [
        pre_annotator.read(PROMPTING, QUESTION, unit, await model.ask(request)).distribution
        for request in requests
    ]
    corrections = {unit.target: prior_correction(empty)}
    room = asyncio.Semaphore(IN_FLIGHT)
    started = time.perf_counter()

    async def one(text: str) -> tuple[Suggestion, Suggestion, int]:
        async with room:
            reply = await model.ask(pre_annotator.request(PROMPTING, QUESTION, unit, {"text": text}))
        result = pre_annotator.read(PROMPTING, QUESTION, unit, reply)

        def suggested(by: dict[str, Correction]) -> Suggestion:
            return pre_annotator.suggestion(PROMPTING, QUESTION, [result], corrections=by)

        return suggested(corrections), suggested({}), reply.evaluated_tokens or 0

    answers = await asyncio.gather(*(one(text) for text in texts))
    return Measured(
        suggestions=[corrected for corrected, _, _ in answers],
        raw=[raw for _, raw, _ in answers],
        evaluated=[tokens for _, _, tokens in answers],
        seconds=time.perf_counter() - started,
    )


def area_under_curve(scores: Sequence[float], truth: Sequence[bool]) -> float:
    """Share of (positive, negative) pairs in the right order; a tie counts half."""
    positive = [score for score, is_positive in zip(scores, truth, strict=True) if is_positive]
    negative = [score for score, is_positive in zip(scores, truth, strict=True) if not is_positive]
    pairs = [(p > n) + 0.5 * (p == n) for p in positive for n in negative]
    return sum(pairs) / len(pairs)


def accuracy(suggestions: Sequence[Suggestion], truth: Sequence[bool]) -> float:
    """Share whose preselected option is right; one that abstained is wrong."""
    right = [
        suggestion.preselected == (("positive",) if is_positive else ("negative",))
        for suggestion, is_positive in zip(suggestions, truth, strict=True)
    ]
    return sum(right) / len(right)


@pytest.mark.slow
def test_the_embedded_model_tells_good_feelings_from_bad_ones(
    weights: Callable[[str], Path], data_folder: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path = weights(catalog.DEFAULT)
    texts, truth = zip(*sixty_tweets(data_folder("vader_ratings")), strict=True)

    async def measured() -> Measured:
        config = ModelConfig(id=1, name="Embedded", provider="embedded", model=catalog.DEFAULT)
        model = open_model(config, cache_dir=path.parent.parent)
        try:
            return await annotate(model, texts)
        finally:
            await model.close()

    found = asyncio.run(measured())
    area = area_under_curve([one.distribution.get("positive", 0.5) for one in found.suggestions], truth)
    with capsys.disabled():
        print(
            f"\n60 tweets: AUC {area:.3f}, accuracy {accuracy(found.raw, truth):.2f} as the model gave it, "
            f"{accuracy(found.suggestions, truth):.2f} with its leaning divided out; "
            f"{found.seconds / 60:.2f} s an item, {sum(found.evaluated) / 60:.0f} tokens evaluated a call"
        )
    assert all(one.status == "ok" for one in found.suggestions)
    assert area >= 0.90
    assert accuracy(found.suggestions, truth) >= 0.80
