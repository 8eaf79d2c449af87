"""The item table, page by page, and the record of one item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any, cast

from sqlalchemy.orm import Session

from milo.core.assignment import ItemState
from milo.core.draft import Draft
from milo.core.errors import NotFound
from milo.core.writing import Edit
from milo.db import convert
from milo.db.queries import items, task_drafts, writings
from milo.db.tables import (
    ItemPayloadRow,
    ItemRow,
    ModelCallRow,
    RevisionRow,
    SuggestionRow,
    WritingRow,
)

LARGEST_PAGE = 200
TEXT = "(text)"  # how a text stands among the options


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedOption:
    """What the newest suggestion puts first."""

    option: str | None
    confidence: float | None
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItem:
    """A line of the item table."""

    id: int
    external_id: str
    excerpt: str
    state: ItemState
    category: str | None
    language: str | None
    has_gold: bool
    annotations: int
    suggested: dict[str, SuggestedOption]  # by question
    answered: dict[str, dict[str, int]]  # by question and option
    active_ms_median: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPage:
    """Some lines of the item table; `total` counts the state without the search."""

    items: list[ListedItem]
    next_cursor: str | None
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionRecord:
    """What a model proposed."""

    id: int
    question: str
    model: str
    prompt_version: str
    status: str
    distribution: Mapping[str, float]
    preselected: list[str]
    text: str | None
    option_mass: float | None
    explanation: Mapping[str, Any] | None  # Any: as stored
    reason: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionRecord:
    """Something an annotator sent."""

    number: int
    act: str
    state: str
    answers: Mapping[str, Any]  # Any: stored answers
    origins: Mapping[str, Any]
    shown: list[Any]
    reject_reason: str | None
    note: str | None
    schema_version: int
    guideline_version: int
    active_ms: int
    wall_ms: int
    blurred_ms: int
    generation_ms: int
    suspect: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingRecord:
    """How a text that was sent came about, and how much of it a model wrote."""

    revision: int
    question: str
    base: str
    edits: tuple[Edit, ...]
    is_complete: bool  # the edits lead to what was sent
    words: int
    draft_id: int | None  # the draft most of it came from
    draft_share: float
    edit_distance: int | None
    pasted: Mapping[str, int]  # source -> code points
    first_edit_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRecord:
    """The item in one person's hands."""

    id: int
    annotator_id: int
    annotator: str
    state: str
    reveal: str
    held_out: bool
    assist_held_out: bool
    leased_at: datetime | None
    lease_until: datetime | None
    submitted_at: datetime | None
    active_ms: int
    wall_ms: int
    revisions: list[RevisionRecord]
    drafts: tuple[Draft, ...]  # what a model wrote for this person, the latest last
    writings: list[WritingRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryRecord:
    """What somebody asked about the item, and the reply."""

    id: int
    question: str | None
    asked_by: str
    text: str
    asked_at: datetime
    reply: str | None
    replied_at: datetime | None
    section_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One model call, with what was sent and what came back."""

    id: int
    role: str
    model: str
    messages: list[Any]  # Any: as stored
    reply: str | None
    error: str | None
    finish_reason: str | None
    input_tokens: int | None
    output_tokens: int | None
    evaluated_tokens: int | None
    cost_usd: float | None
    latency_ms: float | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRecord:
    """An item with all that is known of it."""

    id: int
    project: int
    external_id: str
    state: ItemState
    category: str | None
    language: str | None
    fields: Mapping[str, Any]  # Any: whatever JSON can hold
    gold: Mapping[str, Any]
    meta: Mapping[str, Any]
    import_id: int | None
    row: int | None
    created_at: datetime
    suggestions: list[SuggestionRecord]
    assignments: list[AssignmentRecord]
    inquiries: list[InquiryRecord]
    calls: list[CallRecord]


def listed(
    session: Session,
    project_id: int,
    *,
    state: ItemState | None = None,
    search: str = "",
    after: int = 0,
    limit: int = 50,
) -> ItemPage:
    """The next lines of the item table after an item's id."""
    rows = items.page(session, project_id, state=state, search=search.strip(), after=after, limit=limit + 1)
    counts = items.counts_by_state(session, project_id)
    ids = [row.id for row in rows[:limit]]
    suggested: dict[int, dict[str, SuggestedOption]] = {id: {} for id in ids}
    for one in items.suggested(session, ids):
        suggested[one.item_id][one.question] = SuggestedOption(
            option=one.option, confidence=one.confidence, status=one.status
        )
    answered: dict[int, dict[str, dict[str, int]]] = {id: {} for id in ids}
    for answer in items.answered(session, ids):
        of_question = answered[answer.item_id].setdefault(answer.question, {})
        of_question[answer.option or TEXT] = answer.times
    times: dict[int, list[int]] = {id: [] for id in ids}
    for annotation in items.handled(session, ids):
        times[annotation.item_id].append(annotation.active_ms)
    return ItemPage(
        items=[
            ListedItem(
                **row._mapping,
                annotations=len(times[row.id]),
                suggested=suggested[row.id],
                answered=answered[row.id],
                active_ms_median=median(times[row.id]) if times[row.id] else None,
            )
            for row in rows[:limit]
        ],
        next_cursor=str(ids[-1]) if len(rows) > limit else None,
        total=sum(counts.values()) if state is None else counts.get(state, 0),
    )


def record(session: Session, row: ItemRow, *, now: datetime) -> ItemRecord:
    """All that is known of an item; `NotFound` while its import is still loading."""
    if not row.visible:
        raise NotFound(f"There is no item {row.id} that you can see.")
    payload = session.get_one(ItemPayloadRow, row.id)
    revisions: dict[int, list[RevisionRecord]] = {}
    for revision in items.revisions_of(session, row.id):
        revisions.setdefault(revision.assignment_id, []).append(_revision(revision))
    assigned = items.assignments_of(session, row.id)
    drafts = task_drafts.for_tasks(session, [assignment.id for assignment, _ in assigned], now=now)
    written: dict[int, list[WritingRecord]] = {}
    for writing in writings.of_item(session, row.id):
        written.setdefault(writing.assignment_id, []).append(_writing(writing))
    return ItemRecord(
        id=row.id,
        project=row.project_id,
        external_id=row.external_id,
        state=cast(ItemState, row.state),
        category=row.category,
        language=row.language,
        fields=payload.fields,
        gold=payload.gold,
        meta=payload.meta,
        import_id=row.import_id,
        row=row.row,
        created_at=row.created_at,
        suggestions=[
            _suggestion(suggestion, model, version)
            for suggestion, model, version in items.suggestions_of(session, row.id)
        ],
        assignments=[
            AssignmentRecord(
                id=assignment.id,
                annotator_id=assignment.annotator_id,
                annotator=name,
                state=assignment.state,
                reveal=assignment.reveal,
                held_out=assignment.held_out,
                assist_held_out=assignment.assist_held_out,
                leased_at=assignment.leased_at,
                lease_until=assignment.lease_until,
                submitted_at=assignment.submitted_at,
                active_ms=assignment.active_ms,
                wall_ms=assignment.wall_ms,
                revisions=revisions.get(assignment.id, []),
                drafts=drafts.get(assignment.id, ()),
                writings=written.get(assignment.id, []),
            )
            for assignment, name in assigned
        ],
        inquiries=[
            InquiryRecord(
                id=inquiry.id,
                question=inquiry.question,
                asked_by=name,
                text=inquiry.text,
                asked_at=inquiry.asked_at,
                reply=inquiry.reply,
                replied_at=inquiry.replied_at,
                section_id=inquiry.section_id,
            )
            for inquiry, name in items.inquiries_of(session, row.id)
        ],
        calls=[_call(call) for call in items.calls_of(session, row.id)],
    )


def _revision(row: RevisionRow) -> RevisionRecord:
    return RevisionRecord(**{name: getattr(row, name) for name in RevisionRecord.__slots__})


def _writing(row: WritingRow) -> WritingRecord:
    told = {name: getattr(row, name) for name in WritingRecord.__slots__}
    return WritingRecord(**told | {"edits": convert.EDITS.validate_python(row.edits)})


def _suggestion(row: SuggestionRow, model: str, version: str) -> SuggestionRecord:
    own = [name for name in SuggestionRecord.__slots__ if name not in ("model", "prompt_version")]
    return SuggestionRecord(model=model, prompt_version=version, **{name: getattr(row, name) for name in own})


def _call(row: ModelCallRow) -> CallRecord:
    return CallRecord(**{name: getattr(row, name) for name in CallRecord.__slots__})
