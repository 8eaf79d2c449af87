"""Handing out work: slots are claimed, leased, given back when a lease ends, and become tasks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy.orm import Session

from milo.core.annotator_task import (
    AnnotatorTask,
    EmptyQueue,
    GuidelineChange,
    NextTasks,
    SeenBefore,
    TaskAssist,
    TaskDraft,
    TaskReveal,
    TaskSuggestion,
)
from milo.core.answer import Answers, check_answers
from milo.core.assignment import COUNTING, AssignmentState, move
from milo.core.assistant_policy import AssistantPolicy
from milo.core.errors import InvalidInput
from milo.core.guideline import changes
from milo.core.project import Reveal, Settings
from milo.core.questions import Question
from milo.db import convert
from milo.db.queries import assignments, reviews, revisions, slots, task_drafts, task_suggestions
from milo.db.tables import AssignmentRow, ProjectRow
from milo.workflow import feedback, projects, review, subjects

MAX_COUNT = 10

#: Items whose slots are fitted in one transaction.
BATCH = 1_000

#: Assignments that are taken from absent annotators at once.
MOST_ABSENT = 50


def next_tasks(
    session: Session,
    project: ProjectRow,
    annotator_id: int,
    count: int,
    *,
    resume: bool = False,
    now: datetime,
) -> NextTasks:
    """Up to `count` tasks for the annotator; when there are none, why.

    What was sent back to them comes first. With `resume` what they hold comes next: a page that was reloaded
    finds its work again.
    """
    if not 1 <= count <= MAX_COUNT:
        raise InvalidInput(f"The count {count} cannot be; allowed: 1 to {MAX_COUNT}")
    settings = projects.settings(project)
    if settings.paused:
        return NextTasks(tasks=(), empty=EmptyQueue(reason="paused", text=_TEXTS["paused"]))
    slots.lock_annotator(session, project.id, annotator_id)
    cursor = slots.cursor(session, project.id, annotator_id)
    given_back = give_back_expired(session, project, cursor.queue_id, now)
    sent_back = reviews.redo(session, project.id, annotator_id, now=now, count=count, most=MOST_ABSENT)
    given_back += review.replace_absent(session, project, sent_back.absent, now=now)
    held = (
        [assignments.held(row) for row in assignments.leased_to(session, project.id, annotator_id, count)]
        if resume
        else []
    )
    redone = _take_redo(session, settings, sent_back.own, now)
    held = held[: count - len(redone)]
    claimed = _claim(
        session,
        project,
        settings,
        cursor,
        annotator_id,
        count - len(held) - len(redone),
        bool(given_back),
        now,
    )
    touched = given_back + [row.item_id for row in (*redone, *claimed)]
    if touched:
        assignments.refresh_items(session, touched, settings.overlap)
    if given_back:
        slots.note_reopened(session, project.id)
    rows = redone + held + claimed
    if not rows:
        return NextTasks(tasks=(), empty=_why_empty(session, project.id, cursor.queue_id, annotator_id))
    return NextTasks(tasks=tasks_of(session, project, rows, now), empty=None)


def preview(session: Session, project: ProjectRow, person_id: int, count: int, *, now: datetime) -> NextTasks:
    """The first tasks as an annotator would meet them, for trying; nothing is claimed or stored.

    Their assignments have numbers below nought, which no real one has. Suggestions that would be shown at all
    are shown at once.
    """
    if not 1 <= count <= MAX_COUNT:
        raise InvalidInput(f"The count {count} cannot be; allowed: 1 to {MAX_COUNT}")
    settings = projects.settings(project)
    rows = [
        assignments.Held(
            id=-item_id,
            project_id=project.id,
            item_id=item_id,
            annotator_id=person_id,
            state="leased",
            revision=0,
            schema_version=project.schema_version,
            guideline_version=project.guideline_version,
            reveal="never" if settings.reveal == "never" else "immediate",
            held_out=settings.reveal == "never" or is_held_out(project.salt, item_id, settings.holdout_share),
            assist_held_out=_is_assist_held_out(project.salt, item_id, settings.assistant),
            revealed_at=now,
            lease_until=None,
        )
        for item_id in assignments.first_items(session, project.id, count)
    ]
    if not rows:
        return NextTasks(tasks=(), empty=EmptyQueue(reason="none_imported", text=_TEXTS["none_imported"]))
    return NextTasks(tasks=tasks_of(session, project, rows, now), empty=None)


def give_back_expired(session: Session, project: ProjectRow, queue_id: int, now: datetime) -> list[int]:
    """Give back what was leased until before now; the items, whose state is to be derived anew."""
    found = slots.expired(session, queue_id, now)
    if found:
        for row in assignments.by_ids(session, [expired.assignment_id for expired in found]):
            give_back(session, project, row, now)
    return [expired.item_id for expired in found]


def give_back(session: Session, project: ProjectRow, row: AssignmentRow, now: datetime) -> None:
    """End a lease without an answer.

    A new assignment is open again; one that had been reopened returns to what it was, so that an answer is
    not lost because somebody looked at it again. What was to be redone still is.
    """
    last = revisions.newest_of_acts(session, row.id, ("submit", "skip", "reject")) if row.revision else None
    state = cast(AssignmentState, last.state if last is not None else "open")
    if row.review == "redo":
        state = "redo"
    row.state = move(cast(AssignmentState, row.state), state)
    if row.slot_id is not None:
        if state in COUNTING:
            slots.keep(session, row.slot_id, row.annotator_id, state="done", lease_until=None)
        else:
            slots.open_again(session, row.slot_id)
            row.slot_id = None
    session.flush()
    review.settle(session, project, row, now=now)


def fit_slots(session: Session, project: ProjectRow, *, after: int) -> int | None:
    """Give the next items as many slots as the overlap asks for, when it was changed after they came in.

    Returns the id to go on after, None when all are done: each call is the work of a short transaction. What
    people have in their hands, or have answered, stays theirs.
    """
    overlap = projects.settings(project).overlap
    queue_id = slots.main_queue(session, project.id)
    found = slots.counts(session, project.id, queue_id, after=after, limit=BATCH)
    wrong = [item for item in found if item.slots != overlap]
    new = [
        {"queue_id": queue_id, "item_id": item.item_id} for item in wrong for _ in range(overlap - item.slots)
    ]
    if new:
        slots.add(session, new)
    for item in wrong:
        if item.slots > overlap:
            slots.withdraw_open(session, queue_id, item.item_id, item.slots - overlap)
    if wrong:
        assignments.refresh_items(session, [item.item_id for item in wrong], overlap)
        slots.note_reopened(session, project.id)
    return found[-1].item_id if len(found) == BATCH else None


def lease_end(settings: Settings, now: datetime) -> datetime:
    """When a lease that begins or is extended now ends."""
    return now + timedelta(minutes=settings.lease_minutes)


def is_held_out(salt: str, item_id: int, share: float) -> bool:
    """Whether an item never shows a suggestion: a salted hash decides, the same for everybody."""
    digest = hashlib.sha256(f"{salt}:{item_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def _is_assist_held_out(salt: str, item_id: int, assistant: AssistantPolicy) -> bool:
    """Whether an item is answered without the assistant; another hash than that of suggestions decides."""
    return assistant.model is not None and is_held_out(f"{salt}:assistant", item_id, assistant.holdout_share)


def tasks_of(
    session: Session, project: ProjectRow, rows: Sequence[assignments.Held], now: datetime
) -> tuple[AnnotatorTask, ...]:
    """The tasks of one annotator's assignments; suggestions that may be seen are revealed."""
    annotator_id = rows[0].annotator_id
    contents = assignments.subjects(session, [row.item_id for row in rows])
    suggestions = _revealed(session, rows, now)
    drafts = assignments.drafts(session, [row.id for row in rows])
    answered = [row.id for row in rows if row.revision]
    last = revisions.newest_answers(session, answered) if answered else {}
    earlier = assignments.earlier_answers(
        session, annotator_id, project.id, [subject.content_hash for subject in contents.values()]
    )
    changed = _guideline_changed(session, rows[0])
    sent_back = [row.id for row in rows if row.review == "redo"]
    redo = feedback.redo_tasks(session, projects.settings(project), sent_back, last) if sent_back else {}
    assists = _assists(session, project, rows, now)
    tasks = []
    for number, row in enumerate(rows):
        subject = contents[row.item_id]
        draft = drafts.get(row.id)
        tasks.append(
            AnnotatorTask(
                assignment=row.id,
                item=subjects.shown(session, row.project_id, row.schema_version, subject),
                state=cast(AssignmentState, row.state),
                revision=row.revision,
                schema_version=row.schema_version,
                guideline_version=row.guideline_version,
                guideline_changed=changed if number == 0 else None,
                lease_until=row.lease_until,
                draft=None if draft is None else _draft(draft),
                answers=convert.answers_from(last[row.id].answers) if row.id in last else None,
                suggestions=suggestions.get(row.item_id, ()),
                reveal=TaskReveal(policy=cast(Reveal, row.reveal), held_out=row.held_out),
                seen_before=_seen_before(session, row, subject.content_hash, earlier),
                redo=redo.get(row.id),
                assist=assists.get(row.id),
                orders=subjects.orders_of(session, project, row.schema_version, row.item_id),
            )
        )
    return tuple(tasks)


def _draft(draft: assignments.Draft) -> TaskDraft:
    writing = convert.WRITING.validate_python(draft.writing)
    return TaskDraft(seq=draft.seq, answers=convert.answers_from(draft.answers), writing=writing)


def _assists(
    session: Session, project: ProjectRow, rows: Sequence[assignments.Held], now: datetime
) -> dict[int, TaskAssist]:
    """What the assistant wrote so far, by assignment; empty where the project has none."""
    if not projects.has_assistant(project):
        return {}
    drafts = task_drafts.for_tasks(session, [row.id for row in rows if not row.assist_held_out], now=now)
    return {row.id: TaskAssist(held_out=row.assist_held_out, drafts=drafts.get(row.id, ())) for row in rows}


def _claim(
    session: Session,
    project: ProjectRow,
    settings: Settings,
    cursor: slots.Cursor,
    annotator_id: int,
    count: int,
    has_reopened: bool,
    now: datetime,
) -> list[assignments.Held]:
    """`count` claims, one slot each; the cursor starts over once when slots opened behind it."""
    start = slots.Cursor(cursor.queue_id, -slots.END, 0, project.reopened_seq)
    if cursor.reopened_seq != project.reopened_seq or has_reopened:
        cursor = start
    is_whole = cursor == start
    until = lease_end(settings, now)
    rows: list[assignments.Held] = []
    before = cursor
    while len(rows) < count and cursor.priority != slots.END:
        claimed = slots.claim(session, cursor, annotator_id, until)
        if claimed is not None:
            cursor = cursor._replace(priority=claimed.priority, slot_id=claimed.id)
            rows.append(_lease(session, project, settings, annotator_id, claimed, now, until))
        elif not is_whole:
            cursor, is_whole = start, True
        elif slots.has_open_for(session, cursor, annotator_id):
            cursor = start  # somebody has it locked this moment, and may yet let it go
            break
        else:
            cursor = cursor._replace(priority=slots.END)
    if cursor != before:
        slots.save_cursor(session, annotator_id, cursor)
    return rows


def _take_redo(
    session: Session, settings: Settings, ids: Sequence[int], now: datetime
) -> list[assignments.Held]:
    """The annotator's own assignments that were sent back, leased to them again."""
    rows = reviews.locked(session, ids, skip=True) if ids else ()
    until = lease_end(settings, now)
    for row in rows:
        row.state = move("redo", "leased")
        row.leased_at, row.lease_until = now, until
        if row.slot_id is not None:
            slots.keep(session, row.slot_id, row.annotator_id, state="leased", lease_until=until)
    return [assignments.held(row) for row in rows]


def _lease(
    session: Session,
    project: ProjectRow,
    settings: Settings,
    annotator_id: int,
    claimed: slots.Claimed,
    now: datetime,
    until: datetime,
) -> assignments.Held:
    return assignments.lease(
        session,
        assignments.Lease(
            project_id=project.id,
            item_id=claimed.item_id,
            annotator_id=annotator_id,
            slot_id=claimed.id,
            schema_version=project.schema_version,
            guideline_version=project.guideline_version,
            reveal=settings.reveal,
            held_out=is_held_out(project.salt, claimed.item_id, settings.holdout_share),
            assist_held_out=_is_assist_held_out(project.salt, claimed.item_id, settings.assistant),
            leased_at=now,
            lease_until=until,
        ),
    )


def _why_empty(session: Session, project_id: int, queue_id: int, annotator_id: int) -> EmptyQueue:
    if not slots.has_any_item(session, project_id):
        return EmptyQueue(reason="none_imported", text=_TEXTS["none_imported"])
    frees_at = slots.next_lease_end(session, queue_id, annotator_id)
    if frees_at is not None:
        return EmptyQueue(reason="all_leased", text=_TEXTS["all_leased"], next_lease_frees_at=frees_at)
    reason = "only_done_by_you" if slots.has_open(session, queue_id) else "all_done"
    return EmptyQueue(reason=reason, text=_TEXTS[reason])  # type: ignore[arg-type]  # one of two literals


_TEXTS = {
    "paused": "The project is paused; the researcher will start it again.",
    "none_imported": "The project has no items yet; the researcher imports them.",
    "all_leased": "Others are working on what is left; it comes free if they do not finish.",
    "only_done_by_you": "You have done your part; what is left needs other people's answers.",
    "all_done": "Every item has the answers it needs.",
}


def _revealed(
    session: Session, rows: Sequence[assignments.Held], now: datetime
) -> dict[int, tuple[TaskSuggestion, ...]]:
    """The suggestions by item, of assignments where they may be seen without asking; this moment is kept."""
    open_ones = [row for row in rows if not row.held_out and (row.reveal == "immediate" or row.revealed_at)]
    if not open_ones:
        return {}
    found = task_suggestions.for_tasks(session, [row.item_id for row in open_ones])
    for row in open_ones:
        if row.item_id in found and row.revealed_at is None:
            assignments.note_revealed(session, row.id, now)
    return found


def _guideline_changed(session: Session, row: assignments.Held) -> GuidelineChange | None:
    seen = assignments.seen_guideline(session, row.project_id, row.annotator_id)
    if seen is None:
        assignments.note_guideline_seen(session, row.project_id, row.annotator_id, row.guideline_version)
        return None
    if seen >= row.guideline_version:
        return None
    before, after = (
        projects.guideline_sections(session, row.project_id, version)
        for version in (seen, row.guideline_version)
    )
    return GuidelineChange(
        from_version=seen, to_version=row.guideline_version, sections=tuple(changes(before, after))
    )


def _seen_before(
    session: Session, row: assignments.Held, content_hash: str, earlier: Sequence[assignments.Earlier]
) -> SeenBefore | None:
    """The latest own answers to this content, as far as they answer the questions asked now."""
    found = next((e for e in reversed(earlier) if e.content_hash == content_hash), None)
    if found is None:
        return None
    questions = projects.questions(session, row.project_id, row.schema_version)
    answers = convert.answers_from(found.answers)
    fitting = {name: answer for name, answer in answers.items() if _fits(questions, name, answers)}
    return SeenBefore(answers=fitting, submitted_at=found.submitted_at)


def _fits(questions: Sequence[Question], name: str, answers: Answers) -> bool:
    try:
        check_answers(questions, {name: answers[name]}, complete=False)
    except InvalidInput:
        return False
    return True
