"""What of a project may leave, as of one moment, and where the rest went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from milo.core.export_options import EXPORTABLE, ExportOptions
from milo.db.queries import exports
from milo.db.queries.exports import LastRevision
from milo.db.session import Database
from milo.db.tables import ProjectRow
from milo.workflow import native_row, projects

CHUNK = 1000

Progress = Callable[[int, int], None]
T = TypeVar("T")


@dataclass(slots=True)
class Ledger:
    """Where everything went: what came in is exported or excluded for a reason."""

    annotations: int = 0
    exported: int = 0
    statuses: Counter[str] = field(default_factory=Counter)  # of what was exported
    excluded: Counter[str] = field(default_factory=Counter)
    unlabeled_items: int = 0
    exported_unlabeled: int = 0

    def as_data(self) -> dict[str, Any]:
        """The ledger as JSON."""
        return asdict(self) | {
            "statuses": dict(sorted(self.statuses.items())),
            "excluded": dict(sorted(self.excluded.items())),
        }


def fate(row: Any, options: ExportOptions, *, takes_unreviewed: bool) -> tuple[str | None, str]:
    """The status under which an annotation leaves, or None; and else the reason it does not.

    The revision is that of the cut; what was decided on it since then counts, so that a REDO never leaves.
    """
    is_as_sent = row.is_superseded and row.state_now not in ("redo", "withdrawn", "surplus")
    state = row.state if is_as_sent else row.state_now
    if row.decision == "redo" or state == "redo":
        return None, "redo"
    if state in ("leased", "open") or (is_as_sent and row.was_reopened):
        return None, "being_edited"
    if state not in EXPORTABLE:
        return None, state
    if state == "submitted" and row.decision == "passed":
        state = "passed"
    if state == "submitted" and (row.is_asked if is_as_sent else row.review == "due"):
        return None, "in_review"
    if state == "submitted" and not takes_unreviewed:
        return None, "unreviewed"
    if state not in options.states:
        return None, state
    return native_row.STATUS_OF_STATE.get(state, state), ""


class Leaving:
    """The annotations that leave, chunk by chunk, as of one cut; afterwards `ledger` adds up."""

    def __init__(
        self,
        database: Database,
        project_id: int,
        options: ExportOptions,
        note: Progress,
        ledger: Ledger | None = None,
    ) -> None:
        self._database = database
        self._project_id = project_id
        self._options = options
        self._note = note
        self.ledger = Ledger() if ledger is None else ledger
        with database.read() as session:
            default = projects.settings(session.get_one(ProjectRow, project_id)).export_unreviewed
            self.cut = exports.cut(session, project_id)
            self._last_item = exports.last_item(session, project_id)
            self._expected = sum(exports.counts_by_state(session, project_id).values())
        given = options.include_unreviewed
        self._takes_unreviewed = default if given is None else given

    def annotations(
        self, read: Callable[[Session, Sequence[tuple[LastRevision, str]]], Sequence[T]]
    ) -> Iterator[T]:
        """What `read` makes of each chunk of annotations that leave, each with its status.

        `read` runs in one short transaction a chunk; what it gives is handed on after that.
        """
        after = 0
        while True:
            with self._database.read() as session:
                rows, after = exports.last_revisions(
                    session, self._project_id, after=after, cut=self.cut, limit=CHUNK
                )
                if not after:
                    return
                leaving = [(row, status) for row in rows if (status := self._status(row)) is not None]
                found = read(session, leaving)
            yield from found
            self._note(self.ledger.annotations, self._expected)

    def unlabeled(self, read: Callable[[Session, Sequence[int]], Sequence[T]]) -> Iterator[T]:
        """What `read` makes of each chunk of items that nobody had answered at the cut, by their ids."""
        after = 0
        while True:
            with self._database.read() as session:
                ids, after = exports.unlabeled_items(
                    session,
                    self._project_id,
                    after=after,
                    last=self._last_item,
                    cut=self.cut,
                    limit=5 * CHUNK,
                )
                if not after:
                    return
                found = read(session, ids)
            self.ledger.unlabeled_items += len(ids)
            yield from found

    def _status(self, row: LastRevision) -> str | None:
        status, reason = fate(row, self._options, takes_unreviewed=self._takes_unreviewed)
        self.ledger.annotations += 1
        if status is None:
            self.ledger.excluded[reason] += 1
        return status
