"""Units: model questions with their results, and the items that still miss some."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, true
from sqlalchemy.orm import Session

from milo.db.queries.upsert import insert_into
from milo.db.tables import ItemPayloadRow, ItemRow, UnitRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which items of a project a job is about."""

    project_id: int
    states: tuple[str, ...] = ()  # empty: every state
    ids: tuple[int, ...] | None = None  # None: every item
    up_to: int | None = None  # the last item id it covers

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions on the item."""
        found = [
            ItemRow.project_id == self.project_id,
            ItemRow.visible == true(),
            ItemRow.deleted_at.is_(None),
        ]
        if self.states:
            found.append(ItemRow.state.in_(self.states))
        if self.ids is not None:
            found.append(ItemRow.id.in_(self.ids))
        if self.up_to is not None:
            found.append(ItemRow.id <= self.up_to)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """An item with the results it has already."""

    id: int
    revision: int
    fields: Mapping[str, Any]  # Any: JSON, as imported
    gold: Mapping[str, Any]
    units: Sequence[UnitRow]


def count_items(session: Session, scope: Scope) -> int:
    """How many items the job is about."""
    return session.scalar(select(func.count()).select_from(ItemRow).where(*scope.conditions())) or 0


def first_ids(session: Session, scope: Scope, limit: int, *, only_gold: bool = False) -> list[int]:
    """The first items in order of import, at most `limit`."""
    statement = select(ItemRow.id).where(*scope.conditions()).order_by(ItemRow.id).limit(limit)
    if only_gold:
        statement = statement.where(ItemRow.has_gold)
    return list(session.scalars(statement))


def count_missing(session: Session, scope: Scope, prompt_version_id: int, *, each: int) -> int:
    """How many units have no result yet, when each item needs `each`."""
    stored = (
        select(func.count())
        .select_from(ItemRow)
        .join(UnitRow, UnitRow.item_id == ItemRow.id)
        .where(*scope.conditions(), UnitRow.prompt_version_id == prompt_version_id)
        .where(UnitRow.item_revision == ItemRow.revision)
    )
    return count_items(session, scope) * each - (session.scalar(stored) or 0)


def next_items(session: Session, scope: Scope, *, after: int, limit: int) -> list[int]:
    """The keyset pass: ids behind `after`."""
    return list(
        session.scalars(
            select(ItemRow.id)
            .where(*scope.conditions(), ItemRow.id > after)
            .order_by(ItemRow.id)
            .limit(limit)
        )
    )


def next_unfinished(
    session: Session, scope: Scope, prompt_version_id: int, *, each: int, after: int, limit: int
) -> list[int]:
    """The sweep: ids behind `after` of items with fewer than `each` results."""
    stored = (
        select(func.count())
        .where(
            UnitRow.item_id == ItemRow.id,
            UnitRow.prompt_version_id == prompt_version_id,
            UnitRow.item_revision == ItemRow.revision,
        )
        .correlate(ItemRow)
        .scalar_subquery()
    )
    return list(
        session.scalars(
            select(ItemRow.id)
            .where(*scope.conditions(), ItemRow.id > after, stored < each)
            .order_by(ItemRow.id)
            .limit(limit)
        )
    )


def load(session: Session, ids: Collection[int], prompt_version_id: int | None) -> list[Work]:
    """These items in order of id, each with its results under the prompt version."""
    rows = session.execute(
        select(ItemRow.id, ItemRow.revision, ItemPayloadRow.fields, ItemPayloadRow.gold)
        .join(ItemPayloadRow, ItemPayloadRow.item_id == ItemRow.id)
        .where(ItemRow.id.in_(ids))
        .order_by(ItemRow.id)
    ).all()
    units: dict[tuple[int, int], list[UnitRow]] = {}
    for unit in session.scalars(
        select(UnitRow).where(UnitRow.item_id.in_(ids), UnitRow.prompt_version_id == prompt_version_id)
    ):
        units.setdefault((unit.item_id, unit.item_revision), []).append(unit)
    return [
        Work(id=id, revision=revision, fields=fields, gold=gold, units=units.get((id, revision), []))
        for id, revision, fields, gold in rows
    ]


def store(session: Session, units: Sequence[Mapping[str, Any]]) -> None:
    """Write results; one that is there already stays."""
    if units:
        session.execute(insert_into(session, UnitRow).on_conflict_do_nothing(), list(units))


def forget_failed(session: Session, prompt_version_id: int) -> None:
    """Remove results that are failures, so that a job asks them again."""
    session.execute(
        delete(UnitRow)
        .where(UnitRow.prompt_version_id == prompt_version_id, UnitRow.status == "failed")
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A unit without a usable result."""

    item: int
    external_id: str
    question: str
    option: str
    status: str
    reason: str | None


def failures(session: Session, job_id: int, *, limit: int = 500) -> list[Failure]:
    """What the job could not answer: abstained, unreadable and failed units, by item."""
    rows = session.execute(
        select(
            UnitRow.item_id,
            ItemRow.external_id,
            UnitRow.question,
            UnitRow.option,
            UnitRow.status,
            UnitRow.reason,
        )
        .join(ItemRow, ItemRow.id == UnitRow.item_id)
        .where(UnitRow.job_id == job_id, UnitRow.status != "ok")
        .order_by(UnitRow.item_id)
        .limit(limit)
    )
    return [
        Failure(item=row[0], external_id=row[1], question=row[2], option=row[3], status=row[4], reason=row[5])
        for row in rows
    ]


def spread_ids(session: Session, scope: Scope, count: int) -> list[int]:
    """Up to `count` items at even distances over the ids."""
    low, high = session.execute(
        select(func.min(ItemRow.id), func.max(ItemRow.id)).where(*scope.conditions())
    ).one()
    if low is None:
        return []
    found: list[int] = []
    for step in range(count):
        after = low + (high - low + 1) * step // count - 1
        found += next_items(session, scope, after=max(after, found[-1] if found else 0), limit=1)
    return found
