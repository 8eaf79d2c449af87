"""Text a model wrote on request, and what the person said of it. Both texts are kept (paper 3.3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from milo.core.strict import INPUT, Whole

#: `stopped` by the person; `failed`, with what had come; `abstained`: it said that it does not know.
DraftStatus = Literal["generating", "done", "stopped", "failed", "abstained"]

Thumb = Literal["up", "down"]
#: What can be wrong with what a model wrote, proposed or judged.
Complaint = Literal["wrong", "made_up", "too_long", "off_guideline"]
Rated = Literal["draft", "suggestion", "verdict", "check"]

RATING_NOTE_MAX = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What a person said of one thing a model made."""

    thumb: Thumb
    complaints: tuple[Complaint, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingInput:
    """A thumb and reasons; without a thumb an earlier rating is taken back."""

    __pydantic_config__ = INPUT

    rated: Rated
    target: Whole  # id of the draft, suggestion, feedback (verdict) or check
    part: str = ""  # the criterion or error, of a verdict or check
    thumb: Thumb | None
    complaints: tuple[Complaint, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsurePassage:
    """A sentence the model itself found unlikely; offsets are Unicode code points into the draft."""

    start: int
    end: int
    probability: float  # geometric mean of its tokens' probabilities, 0 to 1, not calibrated


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftingModel:
    """The model behind a draft; `recorded` says that it does not run here, its replies were stored."""

    name: str
    model: str
    recorded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One draft as its annotator sees it."""

    id: int
    number: int  # from 1, of this assignment
    question: str
    status: DraftStatus
    text: str
    reason: str | None  # why it failed
    is_cut: bool  # it ended at the limit of tokens
    query: str  # what it answers; "" where nothing is asked
    model: DraftingModel
    version: str  # short hash of all that decides a draft beside the item
    tokens: int | None
    first_token_ms: int | None
    generation_ms: int
    probability: float | None  # geometric mean over all tokens; None where the endpoint gives none
    unsure: tuple[UnsurePassage, ...]
    rating: Rating | None
    created_at: datetime
