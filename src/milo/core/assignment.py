"""One item in one person's hands: its states and the allowed moves between them (contracts 1)."""

from __future__ import annotations

from typing import Literal

from milo.core.errors import Conflict

AssignmentState = Literal[
    "open",  # given back or expired: others may take it, and so may this person again
    "leased",
    "submitted",
    "skipped",  # not to me again; open for others
    "rejected",  # cannot be judged; counts towards overlap, leaves label exports
    "passed",
    "redo",
    "withdrawn",  # somebody else gets the item
    "surplus",  # came after the slot was another's: kept, outside overlap and default export
]
ReviewState = Literal[
    "none",  # the policy does not ask about it
    "due",  # it waits for the judge or for a person
    "passed",
    "redo",
]
SlotState = Literal["open", "leased", "done", "withdrawn"]
ItemState = Literal["new", "in_work", "labeled", "in_review", "done", "rejected"]
RejectReason = Literal["language", "rendering", "context", "other"]

MOVES: dict[AssignmentState, frozenset[AssignmentState]] = {
    "open": frozenset({"leased", "submitted", "rejected", "skipped", "surplus", "withdrawn"}),
    "leased": frozenset({"open", "submitted", "redo", "skipped", "rejected", "surplus", "withdrawn"}),
    "submitted": frozenset({"leased", "submitted", "passed", "redo", "withdrawn", "surplus"}),
    "skipped": frozenset({"leased", "withdrawn"}),
    "rejected": frozenset({"leased", "rejected", "submitted", "withdrawn"}),
    "passed": frozenset({"redo", "withdrawn"}),
    "redo": frozenset({"leased", "passed", "withdrawn"}),
    "withdrawn": frozenset({"surplus"}),
    "surplus": frozenset({"surplus", "leased", "withdrawn"}),
}

#: These keep their slot filled.
COUNTING: frozenset[AssignmentState] = frozenset({"submitted", "passed", "redo", "rejected"})


def move(current: AssignmentState, target: AssignmentState) -> AssignmentState:
    """The target state; raises `Conflict` when the move is not in the table.

    >>> move("leased", "submitted")
    'submitted'
    """
    if target not in MOVES[current]:
        allowed = ", ".join(sorted(MOVES[current])) or "nothing, it is final"
        raise Conflict(
            f"An assignment that is {current!r} cannot become {target!r}; it can become: {allowed}"
        )
    return target


def item_state(states: list[AssignmentState], overlap: int, *, waiting: int = 0) -> ItemState:
    """The state of an item, derived from those of its assignments and the answers it needs.

    `waiting` of them are submitted and wait for a review; answers no review waits for count as labeled
    when all `overlap` are in. As many rejections as the overlap (and no answer) make the item rejected.
    """
    counting = [state for state in states if state in COUNTING]
    if not counting:
        return "in_work" if "leased" in states else "new"
    if len(counting) < overlap or "redo" in counting:
        return "in_work"
    if all(state == "rejected" for state in counting):
        return "rejected"
    if waiting:
        return "in_review"
    if "submitted" in counting:
        return "labeled"
    return "done"
