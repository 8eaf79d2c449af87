"""How people relied on what models made, counted by model and version. Every figure carries its n."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from random import Random
from statistics import median
from typing import Protocol

#: With fewer answers in a group no interval is given: a bootstrap of a handful says too little.
LEAST_TO_COMPARE = 10
RESAMPLES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Median:
    """The median of n values; None of nothing."""

    median: float | None
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A difference of medians with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbs:
    """What was said of a model; complaints stand with thumbs down and may be several."""

    up: int = 0
    down: int = 0
    wrong: int = 0
    made_up: int = 0
    too_long: int = 0
    off_guideline: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingFigures:
    """What became of drafts: answers whose annotator had one, by the newest text that was sent."""

    answers: int
    used: int  # with at least one word from a draft
    unchanged: int  # a draft word for word
    share: Median  # of the final words, those from drafts
    edit_distance: Median  # in words, from the draft most of it came from
    first_edit_ms: Median
    pasted: Mapping[str, int]  # code points pasted, by source


@dataclass(frozen=True, slots=True, kw_only=True)
class OverReliance:
    """Answers given after seeing a preselected suggestion; right and wrong as gold answers tell."""

    shown: int
    kept: int  # the answer is what was preselected
    wrong_shown: int  # on gold items
    wrong_confirmed: int
    right_shown: int
    right_overridden: int
    agreed_seconds: Median  # active time where person and model agreed
    disagreed_seconds: Median


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGroup:
    """Answers of one kind: their handling time and how they were reviewed."""

    answers: int
    active_seconds: Median  # of the first answer, without waiting for drafts
    waiting_seconds: Median  # for drafts, doing nothing else
    decided: int
    passed_first: int  # never sent back


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldOut:
    """Answers with the assistant beside those it was held out from by a salted hash.

    Held-out items are chosen by chance, so `offered` against `held_out` tells what the assistant does;
    `drafted` and `undrafted` were chosen by the annotators, so they describe and compare nothing.
    """

    offered: AnswerGroup
    held_out: AnswerGroup
    drafted: AnswerGroup
    undrafted: AnswerGroup
    difference_seconds: Difference | None  # offered minus held out; None: too few answers in one of them


class Written(Protocol):
    """A text that was sent by somebody who had a draft for it."""

    @property
    def draft_share(self) -> float: ...
    @property
    def edit_distance(self) -> int | None: ...
    @property
    def first_edit_ms(self) -> int | None: ...
    @property
    def pasted(self) -> Mapping[str, int]: ...


class FirstAnswer(Protocol):
    """What somebody sent first for an item, and how its review came out."""

    @property
    def is_held_out(self) -> bool: ...
    @property
    def has_draft(self) -> bool: ...
    @property
    def active_ms(self) -> int: ...
    @property
    def generation_ms(self) -> int: ...
    @property
    def is_decided(self) -> bool: ...
    @property
    def passed_first(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Advised:
    """An answer to one question after seeing what a model preselected; names of options, or the text."""

    preselected: frozenset[str]
    answer: frozenset[str]
    gold: frozenset[str] | None  # None: the right answer is not known
    active_ms: int


def median_of(values: Iterable[float | None]) -> Median:
    """The median of those that are known, with how many these are.

    >>> median_of([3, None, 1, 2, 10])
    Median(median=2.5, n=4)
    """
    known = [value for value in values if value is not None]
    return Median(median=float(median(known)) if known else None, n=len(known))


def writing_figures(texts: Sequence[Written]) -> WritingFigures:
    """What became of the drafts of these texts."""
    used = [text for text in texts if text.draft_share > 0]
    pasted: Counter[str] = Counter()
    for text in texts:
        pasted.update(text.pasted)
    return WritingFigures(
        answers=len(texts),
        used=len(used),
        unchanged=sum(text.edit_distance == 0 for text in used),
        share=median_of(text.draft_share for text in texts),
        edit_distance=median_of(text.edit_distance for text in used),
        first_edit_ms=median_of(text.first_edit_ms for text in texts),
        pasted=dict(sorted(pasted.items())),
    )


def over_reliance(answers: Sequence[Advised]) -> OverReliance:
    """How often what was preselected was kept, when it was right and when it was wrong.

    >>> yes, no = frozenset({"yes"}), frozenset({"no"})
    >>> found = over_reliance([Advised(preselected=yes, answer=yes, gold=no, active_ms=900)])
    >>> found.wrong_confirmed, found.wrong_shown
    (1, 1)
    """
    known = [one for one in answers if one.gold is not None]
    wrong = [one for one in known if one.preselected != one.gold]
    right = [one for one in known if one.preselected == one.gold]
    return OverReliance(
        shown=len(answers),
        kept=sum(one.answer == one.preselected for one in answers),
        wrong_shown=len(wrong),
        wrong_confirmed=sum(one.answer == one.preselected for one in wrong),
        right_shown=len(right),
        right_overridden=sum(one.answer != one.preselected for one in right),
        agreed_seconds=_seconds(one.active_ms for one in answers if one.answer == one.preselected),
        disagreed_seconds=_seconds(one.active_ms for one in answers if one.answer != one.preselected),
    )


def hold_out(answers: Sequence[FirstAnswer], rng: Random) -> HoldOut:
    """Answers with the assistant beside those it was held out from."""
    offered = [one for one in answers if not one.is_held_out]
    held_out = [one for one in answers if one.is_held_out]
    return HoldOut(
        offered=_group(offered),
        held_out=_group(held_out),
        drafted=_group([one for one in offered if one.has_draft]),
        undrafted=_group([one for one in offered if not one.has_draft]),
        difference_seconds=difference_of_medians(
            [one.active_ms / 1000 for one in offered], [one.active_ms / 1000 for one in held_out], rng
        ),
    )


def difference_of_medians(
    first: Sequence[float], second: Sequence[float], rng: Random, *, confidence: float = 0.95
) -> Difference | None:
    """The median of `first` minus that of `second`, with its percentile bootstrap interval.

    None with fewer than `LEAST_TO_COMPARE` values in either. No resample is drawn value by value: the m-th
    smallest of n draws from n sorted values is the one at rank ceil(n B), with B of the beta distribution
    (m, n - m + 1) as the m-th smallest of n uniform numbers (Efron 1979, doi:10.1214/aos/1176344552, section
    3, has the same for the variance of a median).
    """
    if min(len(first), len(second)) < LEAST_TO_COMPARE:
        return None
    sorted_first, sorted_second = sorted(first), sorted(second)
    drawn = sorted(
        _resampled_median(sorted_first, rng) - _resampled_median(sorted_second, rng) for _ in range(RESAMPLES)
    )
    cut = (1 - confidence) / 2
    return Difference(
        value=median(first) - median(second),
        low=drawn[round(cut * (RESAMPLES - 1))],
        high=drawn[round((1 - cut) * (RESAMPLES - 1))],
    )


def _resampled_median(values: Sequence[float], rng: Random) -> float:
    """The median of as many draws from sorted values."""
    n = len(values)
    middle = (n + 1) // 2
    lower = rng.betavariate(middle, n - middle + 1)
    if n % 2:
        return values[ceil(n * lower) - 1]
    upper = lower + (1 - lower) * rng.betavariate(1, n - middle)
    return (values[ceil(n * lower) - 1] + values[min(n, ceil(n * upper)) - 1]) / 2


def _group(answers: Sequence[FirstAnswer]) -> AnswerGroup:
    decided = [one for one in answers if one.is_decided]
    return AnswerGroup(
        answers=len(answers),
        active_seconds=_seconds(one.active_ms for one in answers),
        waiting_seconds=_seconds(one.generation_ms for one in answers if one.has_draft),
        decided=len(decided),
        passed_first=sum(one.passed_first for one in decided),
    )


def _seconds(milliseconds: Iterable[int]) -> Median:
    return median_of(one / 1000 for one in milliseconds)
