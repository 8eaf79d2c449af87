"""Slots: claimed one at a time, filled, opened again.

The hot statements are written out, as they differ between SQLite and PostgreSQL and their plans matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import TableClause, bindparam, exists, func, insert, literal_column, select, text, update
from sqlalchemy.orm import Session

from milo.db.tables import (
    AssignmentRow,
    ClaimCursorRow,
    ItemRow,
    ProjectRow,
    QueueRow,
    SlotRow,
    UtcDateTime,
)

MAIN = "main"

#: A cursor here says that nothing is left until the project's `reopened_seq` moves.
END = 2**62


class Cursor(NamedTuple):
    """How far an annotator has come in a queue; slots up to here are not looked at again."""

    queue_id: int
    priority: int
    slot_id: int
    reopened_seq: int


class Claimed(NamedTuple):
    """A slot that was just taken."""

    id: int
    item_id: int
    priority: int


class Expired(NamedTuple):
    """A slot whose lease is over, with the assignment that held it."""

    slot_id: int
    item_id: int
    assignment_id: int


class Needed(NamedTuple):
    """An item and how many slots it has."""

    item_id: int
    slots: int


def is_postgres(session: Session) -> bool:
    """Whether the database is PostgreSQL."""
    return session.get_bind().dialect.name == "postgresql"


def lock_annotator(session: Session, project_id: int, annotator_id: int) -> None:
    """Let one transaction at a time act for this annotator in this project; two tabs wait for each other.

    Without it two claims of one person do not see each other's slots. SQLite has one writer anyway.
    """
    if is_postgres(session):
        session.execute(
            text("SELECT pg_advisory_xact_lock(:project, :annotator)"),
            {"project": project_id, "annotator": annotator_id},
        )


def main_queue(session: Session, project_id: int) -> int:
    """The id of the queue `main`."""
    return session.scalars(
        select(QueueRow.id).where(QueueRow.project_id == project_id, QueueRow.name == MAIN)
    ).one()


def cursor(session: Session, project_id: int, annotator_id: int) -> Cursor:
    """The annotator's cursor in the queue `main`; at the start when they never claimed."""
    row = session.execute(_CURSOR, {"project": project_id, "annotator": annotator_id}).one()
    if row.slot_id is None:
        return Cursor(row.queue_id, -END, 0, -1)
    return Cursor(row.queue_id, row.priority, row.slot_id, row.reopened_seq)


def save_cursor(session: Session, annotator_id: int, cursor: Cursor) -> None:
    """Keep how far the annotator has come."""
    session.execute(_SAVE_CURSOR, {"annotator": annotator_id, **cursor._asdict()})


def claim(session: Session, cursor: Cursor, annotator_id: int, lease_until: datetime) -> Claimed | None:
    """Take the next slot behind the cursor whose item the annotator has not had; None when there is none."""
    statement = _CLAIM_POSTGRES if is_postgres(session) else _CLAIM_SQLITE
    row = session.execute(
        statement,
        {
            "queue": cursor.queue_id,
            "priority": cursor.priority,
            "slot": cursor.slot_id,
            "annotator": annotator_id,
            "lease": lease_until,
        },
    ).first()
    return None if row is None else Claimed(row.id, row.item_id, row.priority)


def take_open(
    session: Session, item_id: int, annotator_id: int, *, state: str, lease_until: datetime | None
) -> int | None:
    """Fill an open slot of this very item, for an answer after its lease; None when none is open."""
    open_slot = (
        select(SlotRow.id)
        .where(SlotRow.item_id == item_id, SlotRow.state == "open")
        .where((SlotRow.only_annotator_id.is_(None)) | (SlotRow.only_annotator_id == annotator_id))
        .order_by(SlotRow.priority, SlotRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    id = session.scalar(open_slot)
    if id is not None:
        keep(session, id, annotator_id, state=state, lease_until=lease_until)
    return id


def keep(session: Session, id: int, annotator_id: int, *, state: str, lease_until: datetime | None) -> None:
    """The annotator has the slot: `leased` until then, or `done`."""
    session.execute(
        _SET, {"id_": id, "state": state, "annotator_id": annotator_id, "lease_until": lease_until}
    )


def open_again(session: Session, id: int) -> None:
    """Nobody has the slot."""
    session.execute(_SET, {"id_": id, "state": "open", "annotator_id": None, "lease_until": None})


def expired(session: Session, queue_id: int, now: datetime, *, limit: int = 200) -> Sequence[Expired]:
    """Slots whose lease is over, locked with their assignments; what somebody works on now is passed over."""
    rows = session.execute(_EXPIRED, {"queue": queue_id, "now": now, "limit": limit})
    return [Expired(*row) for row in rows]


def note_reopened(session: Session, project_id: int) -> None:
    """Tell every annotator's cursor to start over: a slot opened or a priority changed."""
    session.execute(
        update(ProjectRow)
        .where(ProjectRow.id == project_id)
        .values(reopened_seq=ProjectRow.reopened_seq + 1)
        .execution_options(synchronize_session=False)
    )


def has_open_for(session: Session, cursor: Cursor, annotator_id: int) -> bool:
    """Whether a slot the annotator could take is open from the cursor on, also one locked this moment."""
    parameters = {
        "queue": cursor.queue_id,
        "priority": cursor.priority,
        "slot": cursor.slot_id,
        "annotator": annotator_id,
    }
    statement = _NEXT_POSTGRES if is_postgres(session) else _NEXT_SQLITE
    return session.execute(statement, parameters).scalar() is not None


def has_open(session: Session, queue_id: int) -> bool:
    """Whether any slot is open, for whomever."""
    return bool(session.scalar(select(exists().where(SlotRow.queue_id == queue_id, SlotRow.state == "open"))))


def next_lease_end(session: Session, queue_id: int, annotator_id: int) -> datetime | None:
    """When the first lease ends on an item this annotator has not had; None when others hold no such item."""
    end: datetime | None = session.scalar(
        select(func.min(SlotRow.lease_until))
        .where(SlotRow.queue_id == queue_id, _LEASED, SlotRow.annotator_id != annotator_id)
        .where(
            ~exists().where(
                AssignmentRow.annotator_id == annotator_id,
                AssignmentRow.item_id == SlotRow.item_id,
                AssignmentRow.state != "open",
            )
        )
    )
    return end


def has_any_item(session: Session, project_id: int) -> bool:
    """Whether a visible item was imported."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    ItemRow.project_id == project_id, ItemRow.visible, ItemRow.deleted_at.is_(None)
                )
            )
        )
    )


# SQLite uses a partial index only where the statement names its condition literally.
_LEASED: Any = literal_column("slot.state = 'leased'")

_CURSOR = (
    select(
        QueueRow.id.label("queue_id"),
        ClaimCursorRow.priority,
        ClaimCursorRow.slot_id,
        ClaimCursorRow.reopened_seq,
    )
    .join(
        ClaimCursorRow,
        (ClaimCursorRow.queue_id == QueueRow.id) & (ClaimCursorRow.annotator_id == bindparam("annotator")),
        isouter=True,
    )
    .where(QueueRow.project_id == bindparam("project"), QueueRow.name == MAIN)
)

_SAVE_CURSOR = text(
    "INSERT INTO claim_cursor (queue_id, annotator_id, priority, slot_id, reopened_seq)"
    " VALUES (:queue_id, :annotator, :priority, :slot_id, :reopened_seq)"
    " ON CONFLICT (queue_id, annotator_id) DO UPDATE SET"
    " priority = excluded.priority, slot_id = excluded.slot_id, reopened_seq = excluded.reopened_seq"
)

# Both conditions on the person are needed: the assignment remembers what they did, the slot what they hold.
_OPEN = """(
    SELECT s.id FROM slot AS s
    WHERE s.queue_id = :queue AND s.state = 'open' AND {behind_cursor}
      AND (s.only_annotator_id IS NULL OR s.only_annotator_id = :annotator)
      AND NOT EXISTS (SELECT 1 FROM assignment AS a
                      WHERE a.annotator_id = :annotator AND a.item_id = s.item_id AND a.state <> 'open')
      AND NOT EXISTS (SELECT 1 FROM slot AS o
                      WHERE o.item_id = s.item_id AND o.annotator_id = :annotator)
    ORDER BY s.priority, s.id
    LIMIT 1{locking})
"""
_OPEN_POSTGRES = _OPEN.format(behind_cursor="(s.priority, s.id) > (:priority, :slot)", locking="{locking}")
# SQLite would use the index for a pair only up to the priority, and pass over each open slot on foot.
_OPEN_SQLITE = "coalesce({same}, {later})".format(
    same=_OPEN.format(behind_cursor="s.priority = :priority AND s.id > :slot", locking=""),
    later=_OPEN.format(behind_cursor="s.priority > :priority", locking=""),
)
_CLAIM = """
UPDATE slot SET state = 'leased', annotator_id = :annotator, lease_until = :lease
WHERE id = {open_slot}
RETURNING id, item_id, priority
"""
_LEASE = bindparam("lease", type_=UtcDateTime())
_SKIPPING = _OPEN_POSTGRES.format(locking=" FOR UPDATE OF s SKIP LOCKED")
_CLAIM_POSTGRES = text(_CLAIM.format(open_slot=_SKIPPING)).bindparams(_LEASE)
_CLAIM_SQLITE = text(_CLAIM.format(open_slot=_OPEN_SQLITE)).bindparams(_LEASE)
_NEXT_POSTGRES = text("SELECT " + _OPEN_POSTGRES.format(locking=""))
_NEXT_SQLITE = text("SELECT " + _OPEN_SQLITE)

_SET = (
    update(cast(TableClause, SlotRow.__table__))
    .where(SlotRow.id == bindparam("id_"))
    .values(
        state=bindparam("state"), annotator_id=bindparam("annotator_id"), lease_until=bindparam("lease_until")
    )
)

_EXPIRED = (
    select(SlotRow.id, SlotRow.item_id, AssignmentRow.id)
    .join(AssignmentRow, AssignmentRow.slot_id == SlotRow.id)
    .where(_LEASED, SlotRow.lease_until < bindparam("now", type_=UtcDateTime()))
    .where(SlotRow.queue_id == bindparam("queue"))
    .where(AssignmentRow.annotator_id == SlotRow.annotator_id, AssignmentRow.state == "leased")
    .order_by(SlotRow.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)


def counts(session: Session, project_id: int, queue_id: int, *, after: int, limit: int) -> Sequence[Needed]:
    """How many slots each visible item has in a queue, in order of their ids from `after` on."""
    in_queue = (SlotRow.item_id == ItemRow.id) & (SlotRow.queue_id == queue_id)
    rows = session.execute(
        select(ItemRow.id, func.count(SlotRow.id))
        .join(SlotRow, in_queue & (SlotRow.state != "withdrawn"), isouter=True)
        .where(ItemRow.project_id == project_id, ItemRow.visible, ItemRow.deleted_at.is_(None))
        .where(ItemRow.id > after)
        .group_by(ItemRow.id)
        .order_by(ItemRow.id)
        .limit(limit)
    )
    return [Needed(*row) for row in rows]


def withdraw_open(session: Session, queue_id: int, item_id: int, count: int) -> None:
    """Take back up to so many slots of an item that nobody has, the last ones first."""
    surplus = (
        select(SlotRow.id)
        .where(SlotRow.item_id == item_id, SlotRow.queue_id == queue_id, SlotRow.state == "open")
        .order_by(SlotRow.id.desc())
        .limit(count)
        .with_for_update(skip_locked=True)
    )
    ids = session.scalars(surplus).all()
    session.execute(
        update(SlotRow).where(SlotRow.id.in_(ids)).values(state="withdrawn"),
        execution_options={"synchronize_session": False},
    )


def add(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """New slots: queue, item, state."""
    session.execute(insert(SlotRow), rows)
