"""What a model contributed to an annotation by drafts, as an exported row tells it and an import reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

import orjson
from pydantic import Field

from milo.core.draft import Complaint, DraftStatus, UnsurePassage
from milo.core.errors import InvalidInput
from milo.core.writing import Edit, EditSource, Writing, is_too_long
from milo.quality import reliance

Count = Annotated[int, Field(ge=0, lt=2**53)]
Name = Annotated[str, Field(max_length=63)]
Share = Annotated[float, Field(ge=0, le=1)]


#: Of an answer nobody drafted and of which nothing is told.
_NOTHING: Mapping[str, Any] = {
    "drafts": [],
    "final_from_model_ratio": None,
    "edit_distance": None,
    "feedback": None,
    "writing": [],
}

# --- out --------------------------------------------------------------------------------------------


def assisted(row: Any, drafts: Sequence[Any], writings: Sequence[Any], drafted: str | None) -> dict[str, Any]:
    """The drafts an annotator had before sending `row`, and how its texts and those before it came about.

    `drafted` is the question the assistant answers; share and distance of its text stand on their own.
    """
    if not drafts and not writings:
        return {"held_out": row.assist_held_out, **_NOTHING}
    had = [one for one in drafts if one.created_at <= row.created_at]
    told = [one for one in writings if one.revision <= row.number]
    last = [one for one in told if one.revision == row.number]
    final = next((one for one in last if one.question == drafted), None)
    numbers = {one.id: one.number for one in had}
    chief = None if final is None else final.draft_id
    rated = [one for one in had if one.thumb is not None]
    most = next((one for one in rated if one.id == chief), rated[-1] if rated else None)
    used = _used(row, had, last) if had else set()
    return {
        "held_out": row.assist_held_out,
        "drafts": [_draft(one, is_used=one.id in used) for one in had],
        "final_from_model_ratio": None if final is None else final.draft_share,
        "edit_distance": None if final is None else final.edit_distance,
        "feedback": None if most is None else _feedback(most),
        "writing": [_writing(one, numbers) for one in told],
    }


def _draft(row: Any, *, is_used: bool) -> dict[str, Any]:
    return {
        "number": row.number,
        "question": row.question,
        "model": row.model,
        "prompt_version": row.version,
        "query": row.query,
        "status": row.status,
        "text": row.text,
        "used": is_used,
        "reason": row.reason,
        "is_cut": row.is_cut,
        "tokens": row.output_tokens,
        "first_token_ms": row.first_token_ms,
        "generation_ms": row.generation_ms,
        "probability": row.probability,
        "unsure": row.unsure,
        "created_at": row.created_at,
        "feedback": None if row.thumb is None else _feedback(row),
    }


def _feedback(row: Any) -> dict[str, Any]:
    return {
        "rating": 1 if row.thumb == "up" else -1,
        "reason": "|".join(row.complaints) or None,
        "note": row.note,
    }


def _writing(row: Any, numbers: Mapping[int, int]) -> dict[str, Any]:
    told = {
        "question": row.question,
        "revision": row.revision,
        "words": row.words,
        "final_from_model_ratio": row.draft_share,
        "edit_distance": row.edit_distance,
        "draft": numbers.get(row.draft_id),
        "pasted": row.pasted,
        "first_edit_ms": row.first_edit_ms,
    }
    if row.edits is None:  # they were not asked for
        return told
    edits = [{**edit, "draft": numbers.get(edit["draft"])} for edit in row.edits]
    return told | {"is_complete": row.is_complete, "base": row.base, "edits": edits}


def _used(row: Any, drafts: Sequence[Any], writings: Sequence[Any]) -> set[int]:
    """The drafts of which words stand in what was sent; only those beside the chief one are looked for."""
    with_words = [one for one in writings if one.draft_share]
    found = {one.draft_id for one in with_words}
    others = [one for one in drafts if one.id not in found and one.text]
    if with_words and others:
        answers = orjson.loads(row.answers)
        for written in with_words:
            words = reliance.words_of((answers.get(written.question) or {}).get("value") or "")
            found |= {
                one.id
                for one in others
                if reliance.share_from(words, {one.id: reliance.draft_of(one.text)})[0]
            }
    return found


# --- in ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedRow:
    """What the annotator said of a draft, as a row tells it."""

    rating: Literal[1, -1]
    reason: str | None = None
    note: str = ""

    @property
    def complaints(self) -> list[str]:
        """What was wrong with it."""
        return self.reason.split("|") if self.reason else []


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftedRow:
    """A draft, as a row tells it."""

    number: Annotated[int, Field(ge=1, lt=2**31)]
    question: Name
    model: Annotated[str, Field(max_length=120)]
    prompt_version: Annotated[str, Field(max_length=16)]
    query: str = ""
    status: DraftStatus = "done"
    text: str = ""
    reason: str | None = None
    is_cut: bool = False
    tokens: Count | None = None
    first_token_ms: Count | None = None
    generation_ms: Count = 0
    probability: float | None = None
    unsure: tuple[UnsurePassage, ...] = ()
    created_at: datetime | None = None
    feedback: RatedRow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRow:
    """How a text came about, as a row tells it; without its edits the record has a hole."""

    question: Name
    revision: Annotated[int, Field(ge=1, lt=2**31)]
    words: Count = 0
    final_from_model_ratio: Share = 0.0
    edit_distance: Count | None = None
    draft: int | None = None  # the number of the one most of it came from
    pasted: dict[EditSource, Count] | None = None
    first_edit_ms: Count | None = None
    is_complete: bool = False
    base: str = ""
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistedRow:
    """What drafts contributed, as a row tells it."""

    held_out: bool = False
    drafts: tuple[DraftedRow, ...] = ()
    writing: tuple[WrittenRow, ...] = ()


def check(assisted: AssistedRow) -> None:
    """Raise `InvalidInput` where the parts do not fit each other."""
    numbers = [one.number for one in assisted.drafts]
    if len(set(numbers)) < len(numbers):
        raise InvalidInput("two drafts of the annotation have the same number")
    texts = [(one.question, one.revision) for one in assisted.writing]
    if len(set(texts)) < len(texts):
        raise InvalidInput("the annotation tells twice how the same text was written")
    for draft in assisted.drafts:
        unknown = set(draft.feedback.complaints) - set(get_args(Complaint)) if draft.feedback else set()
        if unknown:
            allowed = ", ".join(get_args(Complaint))
            raise InvalidInput(f"a draft was rated {min(unknown)!r}; allowed are {allowed}")
    for written in assisted.writing:
        named = {written.draft, *(edit.draft for edit in written.edits)} - {None, *numbers}
        if named:
            raise InvalidInput(f"the annotation names draft {min(map(str, named))}, which it does not hold")
        if is_too_long(written.edits):
            raise InvalidInput(f"the record of question {written.question!r} is too long to be kept")


def as_writing(written: WrittenRow, ids: Mapping[int, int]) -> Writing:
    """The record with the ids its drafts have here."""
    edits = tuple(
        replace(edit, draft=None if edit.draft is None else ids[edit.draft]) for edit in written.edits
    )
    return Writing(edits=edits, base=written.base)
