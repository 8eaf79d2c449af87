"""Annotations of exported rows, given to stand-ins for the people who made them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from milo.db.queries import assignments
from milo.db.tables import ImportRow
from milo.formats.row import BadRow
from milo.workflow.row_mapping import Incoming


def attach(session: Session, row: ImportRow, incoming: Sequence[Incoming], *, now: datetime) -> list[BadRow]:
    return []


def settle(session: Session, ids: Sequence[int], overlap: int) -> None:
    """Derive the states of items that came with annotations."""
    assignments.refresh_items(session, ids, overlap)
