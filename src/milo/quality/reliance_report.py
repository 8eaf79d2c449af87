"""How people relied on what models made, counted by model and version. Every figure carries its n."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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
