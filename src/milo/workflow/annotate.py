"""What an annotator does with an item: draft, submit, skip, reject, look again (contracts 1, 4, 5).

Everything sent carries a `client_id`; sent twice it has one effect and one reply.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import Session

from milo.core.annotator_task import AnnotatorTask, TaskSuggestion
from milo.core.answer import Answers, Origin, Shown, check_answers, origins
from milo.core.assignment import AssignmentState, move
from milo.core.errors import Conflict, Fault, Forbidden, InvalidInput
from milo.core.questions import Question
from milo.core.submission import Act, Rejection, Submission, check_act, is_suspect
from milo.core.writing import Writing
from milo.db import convert
from milo.db.queries import answers as answer_queries
from milo.db.queries import assignments, revisions, slots, task_suggestions
from milo.db.tables import AssignmentRow, DraftRow, ProjectRow
from milo.workflow import deciding, projects, review, shown, writing
from milo.workflow.assign import give_back, lease_end, tasks_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of something sent; sent again, the same comes back."""

    assignment: int
    revision: int
    state: AssignmentState
    client_id: str


def submit(
    session: Session, project: ProjectRow, row: AssignmentRow, sent: Submission, *, now: datetime
) -> Receipt:
    """Store the answers as a new revision.

    After the lease they are stored as well: they take a slot of the item that is still open, or are kept as
    surplus, as is what comes after the item was given to somebody else. Raises `Conflict` with what stands
    when they were written upon another revision.
    """
    check_act(sent)
    row, receipt = _arrived(session, row, sent)
    if receipt is not None:
        return receipt
    _check_revision(session, row, sent)
    questions = _questions_for(session, project, sent.schema_version)
    check_answers(questions, sent.answers)
    written = writing.read(session, project, row, questions, sent)
    _take_up_again(row)
    state = _fill(session, row, "submitted")
    seen = shown.check(session, row, sent)
    decided = writing.decided(_origins(sent.answers, seen), written)
    is_first = row.revision == 0
    _append(
        session,
        row,
        sent,
        act="submit",
        state=state,
        now=now,
        schema_version=sent.schema_version,
        answers=convert.answers_as_data(sent.answers),
        origins=decided,
        shown=[shown.as_data(one) for one in seen],
    )
    answer_queries.rewrite(session, row, sent.answers, decided, is_first=is_first)
    writing.store(session, row, written)
    review.asked(session, project, row, now=now)
    return _done(session, project, row, sent)


def skip(session: Session, project: ProjectRow, row: AssignmentRow, sent: Act, *, now: datetime) -> Receipt:
    """Never hand this item to this annotator again; it is open for others, and nothing is asked."""
    check_act(sent)
    row, receipt = _arrived(session, row, sent)
    if receipt is not None:
        return receipt
    _take_up_again(row)
    before = cast(AssignmentState, row.state)
    state = before if before == "withdrawn" else move(before, "skipped")
    deciding.forget(row)
    if row.slot_id is not None:
        slots.open_again(session, row.slot_id)
        row.slot_id = None
    answer_queries.rewrite(session, row, {}, {}, is_first=row.revision == 0)
    _append(session, row, sent, act="skip", state=state, now=now, schema_version=row.schema_version)
    receipt = _done(session, project, row, sent)
    slots.note_reopened(session, project.id)
    return receipt


def reject(
    session: Session, project: ProjectRow, row: AssignmentRow, sent: Rejection, *, now: datetime
) -> Receipt:
    """Say that the item cannot be judged, and why; it counts towards the overlap."""
    check_act(sent)
    row, receipt = _arrived(session, row, sent)
    if receipt is not None:
        return receipt
    _take_up_again(row)
    state = _fill(session, row, "rejected")
    deciding.forget(row)
    is_first = row.revision == 0
    _append(
        session,
        row,
        sent,
        act="reject",
        state=state,
        now=now,
        schema_version=row.schema_version,
        reject_reason=sent.reason,
        note=sent.note or None,
    )
    answer_queries.rewrite(session, row, {}, {}, is_first=is_first)
    return _done(session, project, row, sent)


def reopen(
    session: Session, project: ProjectRow, row: AssignmentRow, sent: Act, *, now: datetime
) -> AnnotatorTask:
    """The task once more, to undo or edit what was sent, until it is reviewed."""
    check_act(sent)
    row, receipt = _arrived(session, row, sent)
    if receipt is None:
        before = cast(AssignmentState, row.state)
        if before == "open":
            raise Conflict("This assignment was never answered; take it with the next tasks.")
        if row.id in deciding.given_away(session, [row]):
            raise Conflict(
                "This answer was sent back and the item is somebody else's now; it stays as it is."
            )
        row.state = move(before, "leased")
        until = lease_end(projects.settings(project), now)
        row.leased_at, row.lease_until = now, until
        if row.slot_id is not None:
            slots.keep(session, row.slot_id, row.annotator_id, state="leased", lease_until=until)
        else:
            row.slot_id = slots.take_open(
                session, row.item_id, row.annotator_id, state="leased", lease_until=until
            )
        answered_at = row.submitted_at
        _append(session, row, sent, act="reopen", state="leased", now=now, schema_version=row.schema_version)
        row.submitted_at = answered_at
        _done(session, project, row, sent)
    return tasks_of(session, project, [assignments.held(row)], now)[0]


def redo(
    session: Session, project: ProjectRow, row: AssignmentRow, sent: Act, *, now: datetime
) -> AnnotatorTask:
    """The task once more, with the feedback for which it was sent back."""
    check_act(sent)
    row, receipt = _arrived(session, row, sent)
    if receipt is None and row.review != "redo":
        raise Conflict(f"Only an answer that was sent back can be redone; this assignment is {row.state!r}.")
    if receipt is None and row.state == "leased":
        return tasks_of(session, project, [assignments.held(row)], now)[0]
    return reopen(session, project, row, sent, now=now)


def release(session: Session, project: ProjectRow, row: AssignmentRow, *, now: datetime) -> None:
    """Give back what was not worked on, as when the page is left; nothing happens when it is not leased."""
    row = _locked(session, row)
    if row.state != "leased":
        return
    give_back(session, project, row, now)
    assignments.refresh_items(session, [row.item_id], projects.settings(project).overlap)
    if row.state == "open":
        slots.note_reopened(session, project.id)


def extend(session: Session, project: ProjectRow, row: AssignmentRow, *, now: datetime) -> datetime:
    """A new end of the lease, counted from now; one that is over is taken up again if the slot is free."""
    row = _locked(session, row)
    until = lease_end(projects.settings(project), now)
    if row.state == "open":
        row.slot_id = slots.take_open(
            session, row.item_id, row.annotator_id, state="leased", lease_until=until
        )
        if row.slot_id is None:
            raise Conflict("The lease is over and others took the item; what you submit is still stored.")
        row.state = move("open", "leased")
        row.leased_at = now
    elif row.state != "leased":
        raise Conflict(f"Only a leased assignment can be extended; this one is {row.state!r}.")
    elif row.slot_id is not None:
        slots.keep(session, row.slot_id, row.annotator_id, state="leased", lease_until=until)
    row.lease_until = until
    assignments.refresh_items(session, [row.item_id], projects.settings(project).overlap)
    return until


def save_draft(
    session: Session,
    project: ProjectRow,
    row: AssignmentRow,
    seq: int,
    answers: Answers,
    written: Mapping[str, Writing] | None = None,
    *,
    now: datetime,
) -> int:
    """The sequence number that stands; a draft that is older, or comes after the submit, is ignored."""
    if not 0 <= seq < 2**53:
        raise InvalidInput(f"The sequence number {seq} cannot be; allowed: 0 to 2^53 - 1")
    row = _locked(session, row)
    draft = session.get(DraftRow, row.id)
    if row.state not in ("leased", "open"):
        return seq
    questions = _questions_for(session, project, row.schema_version)
    check_answers(questions, answers, complete=False)
    data = convert.answers_as_data(answers)
    kept = writing.kept(questions, written or {})
    if draft is None:
        session.add(DraftRow(assignment_id=row.id, seq=seq, answers=data, writing=kept, updated_at=now))
    elif seq > draft.seq:
        draft.seq, draft.answers, draft.writing, draft.updated_at = seq, data, kept, now
    else:
        return draft.seq
    return seq


def reveal(
    session: Session, project: ProjectRow, row: AssignmentRow, *, now: datetime
) -> tuple[TaskSuggestion, ...]:
    """The suggestions of an item, as its reveal policy allows; the moment is kept."""
    row = _locked(session, row)
    if row.held_out or row.reveal == "never":
        raise Forbidden("No suggestions are shown for this item.")
    if row.reveal == "after_choice" and row.revealed_at is None and not _has_own_choice(session, row):
        raise Forbidden("Suggestions are shown after your own choice: save a draft with an answer first.")
    found = task_suggestions.for_tasks(session, [row.item_id]).get(row.item_id, ())
    if found and row.revealed_at is None:
        row.revealed_at = now
    return found


# --- one thing arrives ------------------------------------------------------------------------------


def _locked(session: Session, row: AssignmentRow) -> AssignmentRow:
    """The assignment as it stands once other transactions of this annotator are over."""
    if not slots.is_postgres(session):
        return row
    slots.lock_annotator(session, row.project_id, row.annotator_id)
    return assignments.locked(session, row.id)


def _arrived(session: Session, row: AssignmentRow, sent: Act) -> tuple[AssignmentRow, Receipt | None]:
    """The assignment, with the receipt if this was sent before."""
    row = _locked(session, row)
    known = revisions.by_client_id(session, row.project_id, sent.client_id)
    if known is None:
        return row, None
    if known.assignment_id != row.id:
        raise Conflict(f"The client_id {sent.client_id!r} was used for another assignment; take a new one.")
    state = cast(AssignmentState, known.state)
    return row, Receipt(assignment=row.id, revision=known.number, state=state, client_id=sent.client_id)


def _check_revision(session: Session, row: AssignmentRow, sent: Submission) -> None:
    if sent.expected_revision is not None and sent.expected_revision == row.revision:
        return
    last = revisions.newest(session, row.id) if row.revision else None
    if sent.after_client_id is not None and last is not None and last.client_id == sent.after_client_id:
        return
    answered = revisions.newest_answers(session, [row.id]).get(row.id)
    current = {
        "revision": row.revision,
        "state": row.state,
        "answers": answered.answers if answered else {},
        "submitted_at": answered.created_at.isoformat() if answered else None,
    }
    told = (
        f"revision {sent.expected_revision}"
        if sent.after_client_id is None
        else f"what was sent as {sent.after_client_id!r}"
    )
    raise Conflict(f"These answers were written upon {told}; by now revision {row.revision} stands.", current)


def _questions_for(session: Session, project: ProjectRow, version: int) -> tuple[Question, ...]:
    if not 1 <= version <= project.schema_version:
        allowed = f"1 to {project.schema_version}"
        raise InvalidInput(
            f"There is no schema version {version}; allowed: {allowed}",
            (Fault("schema_version", str(version), allowed),),
        )
    return projects.questions(session, project.id, version)


def _fill(session: Session, row: AssignmentRow, wanted: AssignmentState) -> AssignmentState:
    """The state after an answer: as wanted where it fills a slot, else surplus."""
    before = cast(AssignmentState, row.state)
    if before in ("surplus", "withdrawn"):
        return move(before, "surplus")
    move(before, wanted)
    if row.slot_id is None:
        row.slot_id = slots.take_open(session, row.item_id, row.annotator_id, state="done", lease_until=None)
    elif before == "leased":
        slots.keep(session, row.slot_id, row.annotator_id, state="done", lease_until=None)
    return move(before, wanted) if row.slot_id is not None else move(before, "surplus")


def _take_up_again(row: AssignmentRow) -> None:
    """An answer that was sent back is mended also when its lease is over."""
    if row.state == "redo":
        row.state = move("redo", "leased")


def _append(
    session: Session,
    row: AssignmentRow,
    sent: Act,
    *,
    act: str,
    state: AssignmentState,
    now: datetime,
    schema_version: int,
    **content: Any,  # Any: the columns of one kind of act
) -> None:
    row.state = state
    row.revision += 1
    row.submitted_at = now
    row.active_ms += sent.active_ms
    row.wall_ms += sent.wall_ms
    revisions.append(
        session,
        project_id=row.project_id,
        assignment_id=row.id,
        client_id=sent.client_id,
        number=row.revision,
        act=act,
        state=state,
        schema_version=schema_version,
        guideline_version=row.guideline_version,
        active_ms=sent.active_ms,
        wall_ms=sent.wall_ms,
        blurred_ms=sent.blurred_ms,
        generation_ms=sent.generation_ms,
        suspect=is_suspect(sent, row.leased_at, row.lease_until),
        created_at=now,
        **content,
    )


def _done(session: Session, project: ProjectRow, row: AssignmentRow, sent: Act) -> Receipt:
    if row.state != "leased":
        assignments.delete_draft(session, row.id)
    assignments.note_guideline_seen(session, row.project_id, row.annotator_id, row.guideline_version)
    assignments.refresh_items(session, [row.item_id], projects.settings(project).overlap)
    return Receipt(
        assignment=row.id,
        revision=row.revision,
        state=cast(AssignmentState, row.state),
        client_id=sent.client_id,
    )


def _origins(answers: Answers, seen: Sequence[Shown]) -> dict[str, dict[str, Origin]]:
    by_question = {one.question: one for one in seen}
    return {name: origins(answer, by_question.get(name)) for name, answer in answers.items()}


def _has_own_choice(session: Session, row: AssignmentRow) -> bool:
    draft = session.get(DraftRow, row.id)
    return row.revision > 0 or (draft is not None and bool(draft.answers))
