"""Assignments: one person's work on one item, and the state of items that follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import case, delete, exists, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from milo.core.assignment import AssignmentState, item_state
from milo.db.queries.slots import is_postgres
from milo.db.tables import (
    AssignmentRow,
    DraftRow,
    GuidelineVersionRow,
    ItemContentRow,
    ItemPayloadRow,
    ItemRow,
    MembershipRow,
    RevisionRow,
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
    leased_at: datetime
    lease_until: datetime


class Subject(NamedTuple):
    """An item as tasks are made from it."""

    id: int
    external_id: str
    content_hash: str
    language: str | None
    fields: Mapping[str, Any]


class Earlier(NamedTuple):
    """A person's answers to the same content elsewhere."""

    content_hash: str
    answers: Mapping[str, Any]
    submitted_at: datetime


class Counts(NamedTuple):
    """How far a project is."""

    done: int
    total: int


def lease(session: Session, values: Lease) -> AssignmentRow:
    """The assignment, new or one that was open again.

    How suggestions are revealed was decided the first time and stays; questions and guideline are the newest
    unless a draft was begun under older ones.
    """
    dialect = postgresql if is_postgres(session) else sqlite
    statement = dialect.insert(AssignmentRow).values(state="leased", revision=0, **values._asdict())
    fresh = statement.excluded
    has_draft = exists().where(DraftRow.assignment_id == AssignmentRow.id)
    row: AssignmentRow = session.scalars(
        statement.on_conflict_do_update(
            index_elements=["annotator_id", "item_id"],
            set_={
                "state": "leased",
                "slot_id": fresh.slot_id,
                "leased_at": fresh.leased_at,
                "lease_until": fresh.lease_until,
                "schema_version": case((has_draft, AssignmentRow.schema_version), else_=fresh.schema_version),
                "guideline_version": case(
                    (has_draft, AssignmentRow.guideline_version), else_=fresh.guideline_version
                ),
            },
            where=AssignmentRow.state == "open",
        ).returning(AssignmentRow),
        execution_options={"populate_existing": True},
    ).one()
    return row


def locked(session: Session, id: int) -> AssignmentRow:
    """The assignment as it stands now; nobody else changes it in this transaction."""
    return session.scalars(
        select(AssignmentRow).where(AssignmentRow.id == id).with_for_update(),
        execution_options={"populate_existing": True},
    ).one()


def delete_draft(session: Session, id: int) -> None:
    """Forget the draft of an assignment."""
    session.execute(
        delete(DraftRow).where(DraftRow.assignment_id == id),
        execution_options={"synchronize_session": False},
    )


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
    rows = session.execute(
        select(ItemRow.id, ItemRow.external_id, ItemRow.content_hash, ItemRow.language, ItemPayloadRow.fields)
        .join(ItemPayloadRow, ItemPayloadRow.item_id == ItemRow.id)
        .where(ItemRow.id.in_(item_ids))
    )
    return {row[0]: Subject(*row) for row in rows}


def drafts(session: Session, ids: Sequence[int]) -> dict[int, DraftRow]:
    """The drafts of these assignments."""
    rows = session.scalars(select(DraftRow).where(DraftRow.assignment_id.in_(ids)))
    return {row.assignment_id: row for row in rows}


def earlier_answers(
    session: Session, annotator_id: int, project_id: int, content_hashes: Sequence[str]
) -> list[Earlier]:
    """What this annotator answered to these contents in their other projects, latest last."""
    other_projects = session.scalars(
        select(MembershipRow.project_id).where(
            MembershipRow.person_id == annotator_id, MembershipRow.project_id != project_id
        )
    ).all()
    if not other_projects:
        return []
    rows = session.execute(
        select(ItemContentRow.content_hash, RevisionRow.answers, RevisionRow.created_at)
        .join(
            AssignmentRow,
            (AssignmentRow.item_id == ItemContentRow.item_id) & (AssignmentRow.annotator_id == annotator_id),
        )
        .join(RevisionRow, RevisionRow.assignment_id == AssignmentRow.id)
        .where(ItemContentRow.project_id.in_(other_projects))
        .where(ItemContentRow.content_hash.in_(content_hashes), RevisionRow.act == "submit")
        .order_by(RevisionRow.id)
    )
    return [Earlier(*row) for row in rows]


def refresh_items(session: Session, item_ids: Iterable[int], overlap: int) -> None:
    """Derive the state of these items from their assignments.

    The items are locked first, in order: of two people who finish an item at once, the second sees the first.
    """
    ids = sorted(set(item_ids))
    session.flush()
    stored = session.execute(
        select(ItemRow.id, ItemRow.state)
        .where(ItemRow.id.in_(ids))
        .order_by(ItemRow.id)
        .with_for_update(key_share=True)
    ).all()
    states: dict[int, list[AssignmentState]] = {id: [] for id in ids}
    for item_id, state in session.execute(
        select(AssignmentRow.item_id, AssignmentRow.state).where(AssignmentRow.item_id.in_(ids))
    ):
        states[item_id].append(cast(AssignmentState, state))
    for id, before in stored:
        after = item_state(states[id], overlap)
        if after != before:
            session.execute(
                update(ItemRow).where(ItemRow.id == id).values(state=after),
                execution_options={"synchronize_session": False},
            )


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
    row = session.get(MembershipRow, (project_id, annotator_id))
    return None if row is None else row.seen_guideline


def note_guideline_seen(session: Session, project_id: int, annotator_id: int, version: int) -> None:
    """Keep the highest version the annotator has worked under."""
    row = session.get(MembershipRow, (project_id, annotator_id))
    if row is not None and (row.seen_guideline or 0) < version:
        row.seen_guideline = version


def sections_of(session: Session, project_id: int, version: int) -> list[Any]:
    """The stored sections of a guideline version; none when there is no such version."""
    row = session.get(GuidelineVersionRow, (project_id, version))
    return [] if row is None else row.sections
