"""What is wrong after many people worked at once: the promises of claims and submits, each counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from milo.db.tables import AnswerRow, AssignmentRow, ItemRow, RevisionRow, SlotRow
from tests.concurrency.tab import Seen

#: The one promise that an index alone cannot keep: it refuses a second claim, but as an error.
FAILED = "replies of 5xx"


def violations(session: Session, seen: Sequence[Seen], *, overlap: int) -> dict[str, int]:
    """How often each promise was broken; those that were kept are left out."""
    statuses = sum((one.statuses for one in seen), Counter())
    counts = {
        FAILED: sum(count for status, count in statuses.items() if status >= 500),
        "replies that contradict": sum(len(one.problems) for one in seen),
        "tabs that gave up": sum(one.gave_up for one in seen),
        **_of_items(session, overlap),
        **_of_sent(session, dict(chain.from_iterable(one.acknowledged.items() for one in seen))),
    }
    return {promise: count for promise, count in counts.items() if count}


def _of_items(session: Session, overlap: int) -> dict[str, int]:
    item_ids = session.scalars(select(ItemRow.id)).all()
    submitted = [
        (row.item_id, row.annotator_id)
        for row in session.execute(
            select(AssignmentRow.item_id, AssignmentRow.annotator_id).where(
                AssignmentRow.state == "submitted"
            )
        )
    ]
    slots = session.execute(select(SlotRow.item_id, SlotRow.annotator_id, SlotRow.state)).all()
    annotators = Counter(item_id for item_id, _ in set(submitted))
    filled = [(slot.item_id, slot.annotator_id) for slot in slots if slot.state == "done"]
    return {
        "items without as many annotators as the overlap": sum(annotators[id] != overlap for id in item_ids),
        "answers of a person to an item they had answered": _repeated(submitted),
        "slots of a person on an item where they have one": _repeated(
            [(slot.item_id, slot.annotator_id) for slot in slots if slot.annotator_id is not None]
        ),
        "slots not filled": len(slots) - len(filled),
        "slots and answers that do not match": len(set(filled) ^ set(submitted)),
        "items not labeled": len(item_ids) - session.scalars(select(ItemRow.state)).all().count("labeled"),
    }


def _of_sent(session: Session, acknowledged: dict[str, str]) -> dict[str, int]:
    stored = session.scalars(select(RevisionRow.client_id)).all()
    answers = session.scalars(select(AnswerRow.assignment_id)).all()
    surplus = session.scalar(
        select(func.count()).select_from(AssignmentRow).where(AssignmentRow.state == "surplus")
    )
    return {
        "acknowledged and not stored": len(acknowledged.keys() - set(stored)),
        "stored and not acknowledged": len(set(stored) - acknowledged.keys()),
        "stored twice": _repeated(stored) + _repeated(answers),
        "surplus that was not told": abs((surplus or 0) - list(acknowledged.values()).count("surplus")),
    }


def _repeated(values: Sequence[object]) -> int:
    return len(values) - len(set(values))
