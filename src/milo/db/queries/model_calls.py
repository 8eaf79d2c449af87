"""Stored model calls: looked up before asking, written once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from milo.db.queries.upsert import insert_into
from milo.db.tables import ModelCallRow

#: Columns a later call of the same request writes anew where the stored one had failed.
_OF_A_REPLY = (
    "job_id",
    "reply",
    "top_logprobs",
    "error",
    "finish_reason",
    "input_tokens",
    "output_tokens",
    "evaluated_tokens",
    "cost_usd",
    "latency_ms",
    "created_at",
)


def answered(session: Session, hashes: Collection[str]) -> dict[str, ModelCallRow]:
    """The stored replies among these request hashes; calls that failed are not among them."""
    rows = session.scalars(
        select(ModelCallRow).where(ModelCallRow.request_hash.in_(hashes), ModelCallRow.error.is_(None))
    )
    return {row.request_hash: row for row in rows}


def store(session: Session, calls: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Write calls and return the id of each by its request hash; a stored reply is never overwritten."""
    if not calls:
        return {}
    statement = insert_into(session, ModelCallRow)
    statement = statement.on_conflict_do_update(
        index_elements=["request_hash"],
        set_={name: statement.excluded[name] for name in _OF_A_REPLY},
        where=ModelCallRow.error.is_not(None),
    ).returning(ModelCallRow.request_hash, ModelCallRow.id)
    by_hash = {call["request_hash"]: call for call in calls}
    ids = {row.request_hash: row.id for row in session.execute(statement, list(by_hash.values()))}
    missing = by_hash.keys() - ids.keys()
    if missing:
        found = select(ModelCallRow.request_hash, ModelCallRow.id).where(
            ModelCallRow.request_hash.in_(missing)
        )
        ids |= {row.request_hash: row.id for row in session.execute(found)}
    return ids


def mean_cost_usd(session: Session, model_id: int, *, role: str | None = None) -> float | None:
    """What one of the model's last 200 answered calls cost on average; None when no cost is known.

    With `role` only calls it got in that role count.
    """
    return _mean_of_recent(session, ModelCallRow.cost_usd, model_id, role)


def mean_latency_ms(session: Session, model_id: int, *, role: str | None = None) -> float | None:
    """How long one of the model's last 200 answered calls took on average; None without any."""
    return _mean_of_recent(session, ModelCallRow.latency_ms, model_id, role)


def _mean_of_recent(
    session: Session, column: InstrumentedAttribute[float | None], model_id: int, role: str | None
) -> float | None:
    statement = select(column.label("value")).where(
        ModelCallRow.model_id == model_id, column.is_not(None), ModelCallRow.error.is_(None)
    )
    if role is not None:
        statement = statement.where(ModelCallRow.role == role)
    recent = statement.order_by(ModelCallRow.id.desc()).limit(200).subquery()
    return session.scalar(select(func.avg(recent.c.value)))


def newest(session: Session) -> int:
    """The number of the newest stored model call, which is about how many there ever were; 0 without any."""
    return session.scalar(select(func.max(ModelCallRow.id))) or 0
