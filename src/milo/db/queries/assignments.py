"""Assignments: one person's work on one item, and the state of items that follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import TableClause, bindparam, delete, func, or_, select, text, update
from sqlalchemy.orm import Session

from milo.core.assignment import AssignmentState, item_state
from milo.db.queries.slots import is_postgres
from milo.db.tables import (
    AssignmentRow,
    DraftRow,
    ItemContentRow,
    ItemPayloadRow,
    ItemRow,
    MembershipRow,
    RevisionRow,
    UtcDateTime,
)


class Lease(NamedTuple):
    """What a claim writes into an assignment."""

    project_id: int
    item_id: int
    annotator_id: int
    slot_id: int
    schema_version: int
    guideline_version: int
    reveal: str
    held_out: bool
    assist_held_out: bool
    leased_at: datetime
    lease_until: datetime


class Subject(NamedTuple):
    """An item as tasks are made from it."""

    id: int
    external_id: str
    content_hash: str
    language: str | None
    fields: Mapping[str, Any]


class Held(NamedTuple):
    """What tasks are made from."""

    id: int
    project_id: int
    item_id: int
    annotator_id: int
    state: str
    revision: int
    schema_version: int
    guideline_version: int
    reveal: str
    held_out: bool
    revealed_at: datetime | None
    lease_until: datetime | None
    review: str = "none"
    assist_held_out: bool = False


class Draft(NamedTuple):
    """Answers not yet submitted."""

    seq: int
    answers: Mapping[str, Any]
    writing: Mapping[str, Any]


class Earlier(NamedTuple):
    """A person's answers to the same content elsewhere."""

    content_hash: str
    answers: Mapping[str, Any]
    submitted_at: datetime


class Counts(NamedTuple):
    """How far a project is."""

    done: int
    total: int


# The statements of every claim and submit are built once: building them anew took a third of the time.
_LEASE = (
    text(
        """
    INSERT INTO assignment (project_id, item_id, annotator_id, slot_id, state, schema_version,
      guideline_version, reveal, held_out, assist_held_out, leased_at, lease_until, revision, active_ms,
      wall_ms)
    VALUES (:project_id, :item_id, :annotator_id, :slot_id, 'leased', :schema_version,
      :guideline_version, :reveal, :held_out, :assist_held_out, :leased_at, :lease_until, 0, 0, 0)
    ON CONFLICT (annotator_id, item_id) DO UPDATE SET
      state = 'leased', slot_id = excluded.slot_id, leased_at = excluded.leased_at,
      lease_until = excluded.lease_until,
      schema_version = CASE
        WHEN EXISTS (SELECT 1 FROM draft WHERE draft.assignment_id = assignment.id)
        THEN assignment.schema_version ELSE excluded.schema_version END,
      guideline_version = CASE
        WHEN EXISTS (SELECT 1 FROM draft WHERE draft.assignment_id = assignment.id)
        THEN assignment.guideline_version ELSE excluded.guideline_version END
    WHERE assignment.state = 'open'
    RETURNING """
        + ", ".join(Held._fields)
    )
    .bindparams(bindparam("leased_at", type_=UtcDateTime()), bindparam("lease_until", type_=UtcDateTime()))
    .columns(*(AssignmentRow.__table__.c[name] for name in Held._fields))
)
_item, _payload, _assignment = ItemRow.__table__, ItemPayloadRow.__table__, AssignmentRow.__table__
_draft, _content, _revision = DraftRow.__table__, ItemContentRow.__table__, RevisionRow.__table__
_member = MembershipRow.__table__
_IDS: Any = bindparam("ids", expanding=True)
_SUBJECTS = (
    select(_item.c.id, _item.c.external_id, _item.c.content_hash, _item.c.language, _payload.c.fields)
    .select_from(_item.join(_payload, _payload.c.item_id == _item.c.id))
    .where(_item.c.id.in_(_IDS))
)
_DRAFTS = select(_draft.c.assignment_id, _draft.c.seq, _draft.c.answers, _draft.c.writing).where(
    _draft.c.assignment_id.in_(_IDS)
)
_DELETE_DRAFT = delete(cast(TableClause, DraftRow.__table__)).where(_draft.c.assignment_id == bindparam("id"))
_EARLIER = (
    select(_content.c.content_hash, _revision.c.answers, _revision.c.created_at)
    .select_from(
        _member.join(_content, _content.c.project_id == _member.c.project_id)
        .join(
            _assignment,
            (_assignment.c.item_id == _content.c.item_id)
            & (_assignment.c.annotator_id == _member.c.person_id),
        )
        .join(_revision, _revision.c.assignment_id == _assignment.c.id)
    )
    .where(_member.c.person_id == bindparam("annotator"), _member.c.project_id != bindparam("project"))
    .where(_member.c.left_at.is_(None))
    .where(_content.c.content_hash.in_(bindparam("hashes", expanding=True)), _revision.c.act == "submit")
    .order_by(_revision.c.id)
)
_LOCK_ITEMS = (
    select(_item.c.id).where(_item.c.id.in_(_IDS)).order_by(_item.c.id).with_for_update(key_share=True)
)
_STATES = (
    select(_item.c.id, _item.c.state, _assignment.c.state, _assignment.c.review)
    .select_from(_item.join(_assignment, _assignment.c.item_id == _item.c.id, isouter=True))
    .where(_item.c.id.in_(_IDS))
    .order_by(_item.c.id)
)
_SEEN = select(_member.c.seen_guideline).where(
    _member.c.project_id == bindparam("project"), _member.c.person_id == bindparam("person")
)
_NOTE_SEEN = text(
    "UPDATE membership SET seen_guideline = :version WHERE project_id = :project AND person_id = :person"
    " AND (seen_guideline IS NULL OR seen_guideline < :version)"
)
_SET_ITEM = text("UPDATE item SET state = :state WHERE id = :id")


def lease(session: Session, values: Lease) -> Held:
    """The assignment, new or one that was open again.

    How suggestions are revealed was decided the first time and stays; questions and guideline are the newest
    unless a draft was begun under older ones.
    """
    row = session.execute(_LEASE, values._asdict()).one()
    return Held(*row)


def held(row: AssignmentRow) -> Held:
    """The same of a whole row."""
    return Held(*(getattr(row, name) for name in Held._fields))


def note_revealed(session: Session, id: int, now: datetime) -> None:
    """Keep when the suggestions were first seen."""
    session.execute(
        update(AssignmentRow).where(AssignmentRow.id == id).values(revealed_at=now),
    )


def locked(session: Session, id: int) -> AssignmentRow:
    """The assignment as it stands now; nobody else changes it in this transaction."""
    return session.scalars(
        select(AssignmentRow).where(AssignmentRow.id == id).with_for_update(),
        execution_options={"populate_existing": True},
    ).one()


def delete_draft(session: Session, id: int) -> None:
    """Forget the draft of an assignment."""
    session.execute(_DELETE_DRAFT, {"id": id})


def by_ids(session: Session, ids: Iterable[int]) -> Sequence[AssignmentRow]:
    """These assignments, as they stand now."""
    return session.scalars(
        select(AssignmentRow).where(AssignmentRow.id.in_(list(ids))).order_by(AssignmentRow.id),
        execution_options={"populate_existing": True},
    ).all()


def leased_to(session: Session, project_id: int, annotator_id: int, limit: int) -> Sequence[AssignmentRow]:
    """What the annotator holds, longest held first."""
    return session.scalars(
        select(AssignmentRow)
        .where(AssignmentRow.project_id == project_id, AssignmentRow.annotator_id == annotator_id)
        .where(AssignmentRow.state == "leased")
        .order_by(AssignmentRow.leased_at, AssignmentRow.id)
        .limit(limit)
    ).all()


def subjects(session: Session, item_ids: Sequence[int]) -> dict[int, Subject]:
    """The items with their payload, without gold."""
    return {row[0]: Subject(*row) for row in session.execute(_SUBJECTS, {"ids": item_ids})}


def first_items(session: Session, project_id: int, count: int) -> Sequence[int]:
    """The ids of the first visible items."""
    visible = (ItemRow.project_id == project_id, ItemRow.visible, ItemRow.deleted_at.is_(None))
    return session.scalars(select(ItemRow.id).where(*visible).order_by(ItemRow.id).limit(count)).all()


def drafts(session: Session, ids: Sequence[int]) -> dict[int, Draft]:
    """The drafts of these assignments."""
    return {row[0]: Draft(row[1], row[2], row[3]) for row in session.execute(_DRAFTS, {"ids": ids})}


def earlier_answers(
    session: Session, annotator_id: int, project_id: int, content_hashes: Sequence[str]
) -> list[Earlier]:
    """What this annotator answered to these contents in their other projects, latest last."""
    rows = session.execute(
        _EARLIER, {"annotator": annotator_id, "project": project_id, "hashes": content_hashes}
    )
    return [Earlier(*row) for row in rows]


def refresh_items(session: Session, item_ids: Iterable[int], overlap: int) -> None:
    """Derive the state of these items from their assignments and the reviews they wait for.

    The items are locked first, in order: of two people who finish an item at once, the second sees the first.
    """
    ids = sorted(set(item_ids))
    session.flush()
    if is_postgres(session):
        session.execute(_LOCK_ITEMS, {"ids": ids})
    stored: dict[int, str] = {}
    states: dict[int, list[AssignmentState]] = {id: [] for id in ids}
    waiting = dict.fromkeys(ids, 0)
    for item_id, before, state, review in session.execute(_STATES, {"ids": ids}):
        stored[item_id] = before
        if state is not None:
            states[item_id].append(state)
        waiting[item_id] += state == "submitted" and review == "due"
    for id, before in stored.items():
        after = item_state(states[id], overlap, waiting=waiting[id])
        if after != before:
            session.execute(_SET_ITEM, {"id": id, "state": after})


def mine(
    session: Session,
    project_id: int,
    annotator_id: int,
    states: Sequence[str],
    *,
    before: tuple[datetime, int] | None,
    limit: int,
) -> Sequence[tuple[AssignmentRow, str, str]]:
    """The annotator's work with external id and excerpt of the item, latest first, from `before` on."""
    statement = (
        select(AssignmentRow, ItemRow.external_id, ItemRow.excerpt)
        .join(ItemRow, ItemRow.id == AssignmentRow.item_id)
        .where(AssignmentRow.project_id == project_id, AssignmentRow.annotator_id == annotator_id)
        .where(AssignmentRow.submitted_at.is_not(None), AssignmentRow.state.in_(states))
        .order_by(AssignmentRow.submitted_at.desc(), AssignmentRow.id.desc())
        .limit(limit)
    )
    if before is not None:
        at, id = before
        statement = statement.where(
            or_(
                AssignmentRow.submitted_at < at,
                (AssignmentRow.submitted_at == at) & (AssignmentRow.id < id),
            )
        )
    return [(row[0], row[1], row[2]) for row in session.execute(statement)]


def count_mine(session: Session, project_id: int, annotator_id: int, since: datetime | None) -> int:
    """How many items the annotator answered or rejected, since a moment or ever."""
    statement = (
        select(func.count())
        .select_from(AssignmentRow)
        .where(AssignmentRow.project_id == project_id, AssignmentRow.annotator_id == annotator_id)
        .where(AssignmentRow.submitted_at.is_not(None), AssignmentRow.state != "skipped")
    )
    if since is not None:
        statement = statement.where(AssignmentRow.submitted_at >= since)
    return session.scalar(statement) or 0


def count_items(session: Session, project_id: int) -> Counts:
    """How many visible items have all answers they need, and how many there are."""
    is_finished = ItemRow.state.in_(("labeled", "in_review", "done", "rejected"))
    visible = (ItemRow.project_id == project_id, ItemRow.visible)
    done = session.scalar(select(func.count()).select_from(ItemRow).where(*visible, is_finished))
    total = session.scalar(select(func.count()).select_from(ItemRow).where(*visible))
    return Counts(done or 0, total or 0)


def seen_guideline(session: Session, project_id: int, annotator_id: int) -> int | None:
    """The guideline version of the annotator's last item; None when they had none."""
    version: int | None = session.execute(_SEEN, {"project": project_id, "person": annotator_id}).scalar()
    return version


def note_guideline_seen(session: Session, project_id: int, annotator_id: int, version: int) -> None:
    """Keep the highest version the annotator has worked under."""
    session.execute(_NOTE_SEEN, {"project": project_id, "person": annotator_id, "version": version})
