"""What keeps the promises that the proofs check, each guard under a name, and how to take it away.

A proof that cannot fail shows nothing. `MILO_PROOF_WITHOUT=index,lock pytest tests/concurrency` runs the
proof without these guards: they are taken from its database and from the processes that it starts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from milo.db.queries import assignments, model_calls, slots, units
from milo.db.queries.units import Work
from milo.workflow.walk import Walk

#: Of claims: no item twice in one person's hands.
CLAIMS = {
    "index": "the unique index on item and annotator of a slot",
    "assignments": "the unique index on annotator and item of an assignment, and the upsert upon it",
    "lock": "the lock that two tabs of one person wait for (PostgreSQL; SQLite has one writer anyway)",
    "look": "the look of a claim at what the person has: in a quarter of the cases it sees nothing",
}
#: Of model jobs: no stored reply is asked again.
CALLS = {
    "calls": "the look-up of stored replies before a model is asked",
    "units": "the look at the results an item has already",
    "position": "the position in the job's row: each start begins at the first item",
}


def asked_for(known: Iterable[str]) -> frozenset[str]:
    """Which of these guards `MILO_PROOF_WITHOUT` takes away; none where it is not set."""
    names = set(filter(None, os.environ.get("MILO_PROOF_WITHOUT", "").replace(" ", "").split(",")))
    if unknown := names - CLAIMS.keys() - CALLS.keys():
        allowed = ", ".join([*CLAIMS, *CALLS])
        raise ValueError(f"MILO_PROOF_WITHOUT names {', '.join(sorted(unknown))}; allowed are {allowed}")
    return frozenset(names & set(known))


def drop_indexes(session: Session, names: Iterable[str]) -> None:
    """Take guards that are indexes away from a database."""
    if "index" in names:
        session.execute(text("DROP INDEX uq_slot_item_annotator"))
    if "assignments" in names:
        session.execute(text("DROP INDEX uq_assignment_annotator_item"))
        session.execute(text("CREATE INDEX not_unique ON assignment (annotator_id, item_id)"))


def remove_from_process(names: Iterable[str]) -> None:
    """Take guards that are code away, for good: from a process that serves one test alone."""
    for name in names:
        _REMOVALS.get(name, lambda: None)()


def _lease_without_upsert() -> None:
    statement: Any = assignments._LEASE.element
    statement.text = _without(r"ON CONFLICT .*?WHERE assignment.state = 'open'", statement.text, "")


def _do_not_wait() -> None:
    slots.lock_annotator = lambda session, project_id, annotator_id: None


def _overlook_what_the_person_has() -> None:
    """Each of the two conditions on the person looks away in half of the cases, at random."""
    _look_away(slots._CLAIM_POSTGRES, "random() < 0.5")
    _look_away(slots._CLAIM_SQLITE, "random() < 0")


def _look_away(statement: TextClause, is_looking: str) -> None:
    of_this_item = r"([ao]\.item_id = s\.item_id)"
    statement.text = _without(of_this_item, statement.text, rf"\1 AND {is_looking}")


def _look_up_no_calls() -> None:
    model_calls.answered = lambda session, hashes: {}


def _load_no_units() -> None:
    load = units.load

    def without_units(*arguments: Any) -> list[Work]:
        return [replace(work, units=()) for work in load(*arguments)]

    units.load = without_units  # type: ignore[assignment]  # takes whatever the other takes


def _begin_at_the_first_item() -> None:
    keyset_pass = Walk.keyset_pass

    async def from_the_beginning(walk: Walk, *, after: int) -> None:
        await keyset_pass(walk, after=0)

    Walk.keyset_pass = from_the_beginning  # type: ignore[assignment,method-assign]  # in a process of its own


def _without(pattern: str, statement: str, replacement: str) -> str:
    """The statement without the guard; one that has no such guard is an error, or the proof would mislead."""
    changed, count = re.subn(pattern, replacement, statement, flags=re.DOTALL)
    if not count:
        raise ValueError(f"there is nothing like {pattern!r} to take away in {statement}")
    return changed


_REMOVALS = {
    "assignments": _lease_without_upsert,
    "lock": _do_not_wait,
    "look": _overlook_what_the_person_has,
    "calls": _look_up_no_calls,
    "units": _load_no_units,
    "position": _begin_at_the_first_item,
}
