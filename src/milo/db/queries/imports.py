"""Items coming in: rows written many at a time, past the object-relational mapper.

Measured on 2 shared cores: a million items by `executemany` of plain tuples take 10 s, through mapped objects
several minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    CursorResult,
    Table,
    Text,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from milo.db.tables import (
    AnswerRow,
    AssignmentRow,
    DecisionRow,
    FeedbackRow,
    ImportRow,
    InquiryRow,
    ItemContentRow,
    ItemPayloadRow,
    ItemRow,
    ModelCallRow,
    ModelDraftRow,
    RatingRow,
    RejectedRow,
    RevisionRow,
    SlotRow,
    SuggestionRow,
    WritingRow,
)

CONTENTS_LOCK = 71_311  # with the project's id, the PostgreSQL advisory lock of its contents


class Content(NamedTuple):
    """What an item holds, by hash."""

    content_hash: str
    item_id: int


def listed(session: Session, project_id: int, *, limit: int = 50) -> Sequence[ImportRow]:
    """The project's imports, newest first."""
    return session.scalars(
        select(ImportRow).where(ImportRow.project_id == project_id).order_by(ImportRow.id.desc()).limit(limit)
    ).all()


def loading(session: Session, project_id: int, path: str) -> ImportRow | None:
    """The import of this file that did not end; None when there is none."""
    return session.scalar(
        select(ImportRow).where(
            ImportRow.project_id == project_id, ImportRow.path == path, ImportRow.state == "loading"
        )
    )


def is_any_visible(session: Session, import_id: int) -> bool:
    """Whether items of the import are shown; they are opened in the order of their ids."""
    first = select(ItemRow.visible).where(ItemRow.import_id == import_id).order_by(ItemRow.id).limit(1)
    return bool(session.scalar(first))


def rejected(session: Session, import_id: int, *, after: int = -1, limit: int) -> Sequence[RejectedRow]:
    """The rejected rows of a file in its order, from the one after `after`."""
    return session.scalars(
        select(RejectedRow)
        .where(RejectedRow.import_id == import_id, RejectedRow.row > after)
        .order_by(RejectedRow.row)
        .limit(limit)
    ).all()


def next_ids(session: Session, table: Table, count: int) -> Sequence[int]:
    """So many ids nobody else will use, for rows of this table; `session` must be one that writes."""
    if session.get_bind().dialect.name == "postgresql":
        sequence = select(func.nextval(func.pg_get_serial_sequence(table.name, "id")))
        return session.scalars(sequence.select_from(func.generate_series(1, count))).all()
    first = (session.scalar(select(func.max(table.c.id))) or 0) + 1
    return range(first, first + count)


def insert_many(
    session: Session, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> int:
    """Insert rows whose values are as the driver stores them (JSON as text); returns how many were new.

    Those that break a unique constraint are left out.
    """
    if not rows:
        return 0
    mark = "?" if session.get_bind().dialect.name == "sqlite" else "%s"
    marks = ", ".join([mark] * len(columns))
    sql = f"INSERT INTO {_quoted(table.name)} ({', '.join(map(_quoted, columns))}) VALUES ({marks})"
    result: CursorResult[Any] = session.connection().exec_driver_sql(
        sql + " ON CONFLICT DO NOTHING", list(rows)
    )
    return result.rowcount


def as_stored(session: Session, moment: datetime) -> Any:  # Any: what the driver takes
    """A moment as the driver stores it."""
    dialect = session.get_bind().dialect
    process = ItemRow.__table__.c.created_at.type.dialect_impl(dialect).bind_processor(dialect)
    return moment if process is None else process(moment)


def existing_ids(session: Session, ids: Sequence[int]) -> set[int]:
    """Those of a run of item ids that are there."""
    rows = session.scalars(select(ItemRow.id).where(ItemRow.id >= ids[0], ItemRow.id <= ids[-1]))
    return set(rows) & set(ids)


def items_called(session: Session, project_id: int, external_ids: Sequence[str]) -> dict[str, Content]:
    """The items of the project that have these external ids."""
    rows = session.execute(
        select(ItemRow.external_id, ItemRow.content_hash, ItemRow.id).where(
            ItemRow.project_id == project_id, ItemRow.external_id.in_(values_of(session, external_ids))
        )
    )
    return {row.external_id: Content(row.content_hash, row.id) for row in rows}


def has_contents(session: Session, project_id: int) -> bool:
    """Whether any item of the project came from an import that ended."""
    return bool(session.scalar(select(exists().where(ItemContentRow.project_id == project_id))))


def known_contents(session: Session, project_id: int, hashes: Sequence[str]) -> dict[str, int]:
    """Those of the hashes that items of the project hold, with one item each."""
    if not hashes:
        return {}
    rows = session.execute(
        select(ItemContentRow.content_hash, ItemContentRow.item_id).where(
            ItemContentRow.project_id == project_id,
            ItemContentRow.content_hash.in_(values_of(session, hashes)),
        )
    )
    return {row.content_hash: row.item_id for row in rows}


def contents_of(session: Session, import_id: int, *, after: int, limit: int) -> list[Content]:
    """What the items of an import hold, in the order of their ids."""
    rows = session.execute(
        select(ItemRow.content_hash, ItemRow.id)
        .where(ItemRow.import_id == import_id, ItemRow.id > after)
        .order_by(ItemRow.id)
        .limit(limit)
    )
    return [Content(*row) for row in rows]


def run_of_items(session: Session, import_id: int, *, after: int, limit: int) -> tuple[int, int] | None:
    """The first and last id of the next items of an import, in the order of their ids; None at the end."""
    window = (
        select(ItemRow.id)
        .where(ItemRow.import_id == import_id, ItemRow.id > after)
        .order_by(ItemRow.id)
        .limit(limit)
        .subquery()
    )
    first, last = session.execute(select(func.min(window.c.id), func.max(window.c.id))).one()
    return None if first is None else (first, last)


def has_overlapping(session: Session, row: ImportRow) -> bool:
    """Whether another import of the project was under way at some time since this one began."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    ImportRow.project_id == row.project_id,
                    ImportRow.id != row.id,
                    (ImportRow.state == "loading") | (ImportRow.ended_at >= row.started_at),
                )
            )
        )
    )


def lock_contents(session: Session, project_id: int) -> None:
    """Let no other transaction register contents of the project until this one ends."""
    if _is_postgresql(session):
        session.execute(select(func.pg_advisory_xact_lock(CONTENTS_LOCK, project_id)))


def open_items(session: Session, import_id: int, run: tuple[int, int], queue_id: int, overlap: int) -> None:
    """Make a run of items visible, with an open slot for each answer they still need."""
    own = (ItemRow.import_id == import_id, ItemRow.id >= run[0], ItemRow.id <= run[1])
    session.execute(
        update(ItemRow).where(*own).values(visible=True).execution_options(synchronize_session=False)
    )
    times = union_all(*(select(literal(n).label("n")) for n in range(1, overlap + 1))).subquery()
    filled = select(func.count()).where(SlotRow.item_id == ItemRow.id).scalar_subquery()
    source = (
        select(literal(queue_id), ItemRow.id, literal("open"), literal(100))
        .select_from(ItemRow)
        .join(times, times.c.n > filled)
        .where(*own)
        .order_by(ItemRow.id)
    )
    session.execute(insert(SlotRow).from_select(["queue_id", "item_id", "state", "priority"], source))


def delete_items(session: Session, ids: Sequence[int]) -> None:
    """Remove items that nobody has seen, with all that came in with them."""
    among = values_of(session, ids)
    own = select(AssignmentRow.id).where(AssignmentRow.item_id.in_(among))
    contents = select(ItemRow.project_id, ItemRow.content_hash, ItemRow.id).where(ItemRow.id.in_(among))
    keys = tuple_(ItemContentRow.project_id, ItemContentRow.content_hash, ItemContentRow.item_id)
    for statement in (
        delete(ItemContentRow).where(keys.in_(contents)),
        delete(DecisionRow).where(DecisionRow.assignment_id.in_(own)),
        delete(FeedbackRow).where(FeedbackRow.assignment_id.in_(own)),
        delete(WritingRow).where(WritingRow.assignment_id.in_(own)),
        delete(RatingRow).where(RatingRow.item_id.in_(among)),
        delete(ModelDraftRow).where(ModelDraftRow.item_id.in_(among)),
        delete(RevisionRow).where(RevisionRow.assignment_id.in_(own)),
        delete(AnswerRow).where(AnswerRow.item_id.in_(among)),
        delete(AssignmentRow).where(AssignmentRow.item_id.in_(among)),
        delete(SlotRow).where(SlotRow.item_id.in_(among)),
        delete(SuggestionRow).where(SuggestionRow.item_id.in_(among)),
        delete(InquiryRow).where(InquiryRow.item_id.in_(among)),
        delete(ModelCallRow).where(ModelCallRow.item_id.in_(among)),
        delete(ItemPayloadRow).where(ItemPayloadRow.item_id.in_(among)),
        delete(ItemRow).where(ItemRow.id.in_(among)),
    ):
        session.execute(statement, execution_options={"synchronize_session": False})


def values_of(session: Session, members: Sequence[Any]) -> Any:  # Any: two dialects
    """Texts or whole numbers as one parameter: thousands of parameters cost more than the query.

    An empty list counts as numbers.
    """
    if _is_postgresql(session):
        is_text = bool(members) and isinstance(members[0], str)
        return select(func.unnest(literal(list(members), ARRAY(Text() if is_text else BigInteger()))))
    return select(func.json_each(orjson.dumps(list(members)).decode()).table_valued("value").c.value)


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _quoted(name: str) -> str:
    return f'"{name}"'
