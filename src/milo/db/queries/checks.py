"""Checks of answers before they are sent."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from milo.db.tables import CheckRow, JobRow


def jobs_of(session: Session, assignment_id: int) -> Sequence[JobRow]:
    """The jobs of the assignment's checks that have not ended."""
    return session.scalars(
        select(JobRow)
        .join(CheckRow, CheckRow.job_id == JobRow.id)
        .where(CheckRow.assignment_id == assignment_id, JobRow.state.in_(("queued", "running")))
    ).all()
