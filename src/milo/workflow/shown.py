"""Which of the model's suggestions an annotator saw before they answered (contracts 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from milo.core.answer import Shown
from milo.core.errors import Fault, InvalidInput
from milo.core.submission import Submission
from milo.db.queries import task_suggestions
from milo.db.tables import AssignmentRow, SuggestionRow


def check(session: Session, row: AssignmentRow, sent: Submission) -> list[Shown]:
    """The suggestions the annotator saw, checked against those stored.

    Those milo handed out on its own (policy `immediate`) were shown, whether or not the client says so; what
    was never revealed was not, whatever it says.
    """
    stored = task_suggestions.of_item(session, row.item_id)
    faults = [fault for said in sent.shown for fault in _faults(said.suggestion, said.preselected, stored)]
    if faults:
        raise InvalidInput("What was shown cannot be: " + "; ".join(map(str, faults)), tuple(faults))
    shown = {
        said.suggestion: Shown(
            suggestion=said.suggestion,
            question=stored[said.suggestion].question,
            preselected=_offered(stored[said.suggestion], said.preselected),
            revealed_at=said.revealed_at if row.revealed_at is not None else None,
        )
        for said in sent.shown
    }
    if row.revealed_at is not None and row.reveal == "immediate":
        for one in {one.question: one for one in stored.values()}.values():
            if one.created_at <= row.revealed_at and (
                one.id not in shown or shown[one.id].revealed_at is None
            ):
                shown[one.id] = Shown(
                    suggestion=one.id,
                    question=one.question,
                    preselected=_offered(one, tuple(one.preselected)),
                    revealed_at=row.revealed_at.isoformat(),
                )
    return list(shown.values())


def _faults(id: int, preselected: Sequence[str], stored: Mapping[int, SuggestionRow]) -> list[Fault]:
    where = f"shown.{id}"
    if id not in stored:
        allowed = ", ".join(map(str, sorted(stored))) or "none: the item has no suggestions"
        return [Fault(f"{where}.suggestion", str(id), allowed)]
    options = stored[id].distribution
    if stored[id].text is not None:
        return []
    return [
        Fault(f"{where}.preselected", repr(option), "one of " + ", ".join(options))
        for option in preselected
        if option not in options
    ]


def _offered(stored: SuggestionRow, preselected: tuple[str, ...]) -> tuple[str, ...]:
    return (stored.text,) if stored.text is not None else preselected


def as_data(one: Shown) -> dict[str, Any]:
    """As a revision stores it."""
    return {
        "suggestion": one.suggestion,
        "question": one.question,
        "preselected": list(one.preselected),
        "revealed_at": one.revealed_at,
    }
