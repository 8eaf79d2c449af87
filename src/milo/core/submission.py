"""What an annotator sends about an item, and its handling time (contracts 4 and 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from milo.core.assignment import RejectReason
from milo.core.errors import Fault, InvalidInput
from milo.core.questions import Answer
from milo.core.strict import INPUT, Whole
from milo.core.writing import Writing

#: Beyond the lease by more than this, a wall time is suspect.
LEASE_GRACE = timedelta(seconds=5)

CLIENT_ID_MAX = 64
NOTE_MAX = 10_000
YEAR_MS = 366 * 24 * 3600 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SentSuggestion:
    """A suggestion as the annotator saw it; `revealed_at` is ISO 8601, or None when it stayed hidden."""

    __pydantic_config__ = INPUT

    suggestion: Whole
    preselected: tuple[str, ...] = ()
    revealed_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Anything that becomes a revision: the same `client_id` sent again changes nothing."""

    __pydantic_config__ = INPUT

    client_id: str
    active_ms: Whole = 0  # wall minus blurred minus idle gaps
    wall_ms: Whole = 0  # first paint of the item to the key that sends it
    blurred_ms: Whole = 0
    generation_ms: Whole = 0  # waiting for a draft, doing nothing else; not part of `active_ms`


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission(Act):
    """All answers to an item, upon the revision the annotator knew: by number, or by its client id."""

    __pydantic_config__ = INPUT

    schema_version: Whole
    answers: Mapping[str, Answer]
    expected_revision: Whole | None = None
    after_client_id: str | None = None
    shown: tuple[SentSuggestion, ...] = ()
    writing: Mapping[str, Writing] = field(default_factory=dict)  # how texts came about, by question


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection(Act):
    """Why an item cannot be judged; `other` needs a note."""

    __pydantic_config__ = INPUT

    reason: RejectReason
    note: str = ""


def check_act(act: Act) -> None:
    """Raise `InvalidInput` naming every fault of the envelope: ids and times.

    >>> check_act(Act(client_id="a", active_ms=-1))
    Traceback (most recent call last):
    ...
    milo.core.errors.InvalidInput: This cannot be stored: active_ms: found -1; allowed: 0 to 31622400000
    """
    faults = [
        Fault(name, str(getattr(act, name)), f"0 to {YEAR_MS}")
        for name in ("active_ms", "wall_ms", "blurred_ms", "generation_ms")
        if not 0 <= getattr(act, name) <= YEAR_MS
    ]
    if not 1 <= len(act.client_id) <= CLIENT_ID_MAX or not act.client_id.isprintable():
        faults.append(Fault("client_id", repr(act.client_id[:80]), f"1 to {CLIENT_ID_MAX} characters"))
    if isinstance(act, Submission) and (act.expected_revision is None) == (act.after_client_id is None):
        found = "neither" if act.expected_revision is None else "both"
        faults.append(Fault("expected_revision, after_client_id", found, "exactly one of them"))
    if isinstance(act, Rejection):
        faults += _note_faults(act)
    if faults:
        raise InvalidInput("This cannot be stored: " + "; ".join(map(str, faults)), tuple(faults))


def is_suspect(act: Act, leased_at: datetime | None, lease_until: datetime | None) -> bool:
    """Whether the times cannot be: longer than the lease and 5 s, or parts beyond the whole."""
    if act.active_ms + act.blurred_ms + act.generation_ms > act.wall_ms:
        return True
    if leased_at is None or lease_until is None:
        return True
    return timedelta(milliseconds=act.wall_ms) > lease_until - leased_at + LEASE_GRACE


def _note_faults(rejection: Rejection) -> list[Fault]:
    if rejection.reason == "other" and not rejection.note.strip():
        return [Fault("note", "nothing", "some words: the reason is 'other'")]
    if len(rejection.note) > NOTE_MAX or "\x00" in rejection.note:
        return [Fault("note", f"{len(rejection.note)} characters", f"at most {NOTE_MAX}, without NUL")]
    return []
