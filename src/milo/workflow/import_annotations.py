"""Annotations of exported rows, given to stand-ins for the people who made them.

A stand-in has the pseudonym of the export and cannot log in: nobody's account gets work it did not do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from milo.core.assignment import COUNTING
from milo.core.errors import InvalidInput
from milo.core.questions import Question
from milo.core.rubric import Rubric
from milo.db.queries import annotated_items, answers, assignments, imports
from milo.db.tables import (
    AnswerRow,
    AssignmentRow,
    ImportRow,
    InquiryRow,
    ModelCallRow,
    RevisionRow,
    SlotRow,
    SuggestionRow,
)
from milo.formats.row import BadRow
from milo.workflow import feedback, import_drafts, import_reviews, native_annotation, native_review
from milo.workflow.import_drafts import AssistedAnswer
from milo.workflow.import_reviews import ReviewedAnswer
from milo.workflow.native_annotation import AnnotationRow, AskedRow, CallRow, ProposedRow, SentRow
from milo.workflow.native_review import DecidedRow, ReviewedRow
from milo.workflow.row_mapping import Incoming


def attach(
    session: Session,
    row: ImportRow,
    incoming: Sequence[Incoming],
    questions: tuple[Question, ...],
    *,
    now: datetime,
) -> list[BadRow]:
    """Store what came with these rows, whose items this import stored: annotations, reviews, model calls.

    Returns the rows whose annotation cannot be stored, with reasons.
    """
    items = imports.items_called(session, row.project_id, [one.external_id or "" for one in incoming])
    own = annotated_items.of_import(session, row.id, [content.item_id for content in items.values()])
    batch = _Batch(session, row, questions, now, assigned=annotated_items.assigned(session, own))
    rejected = []
    for one in incoming:
        found = items.get(one.external_id or "")
        try:
            if found is None or found.item_id not in own or found.content_hash != one.content_hash:
                raise InvalidInput(
                    "the item was here before; annotations come in only together with their item"
                )
            batch.add(one, found.item_id)
        except InvalidInput as error:
            rejected.append(BadRow(one.number, str(error), one.excerpt))
    return rejected + batch.store()


def settle(session: Session, ids: Sequence[int], overlap: int) -> None:
    """Derive the states of items that came with annotations."""
    assignments.refresh_items(session, ids, overlap)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A row that was read, with the item it belongs to."""

    incoming: Incoming
    item_id: int
    annotation: AnnotationRow | None
    proposed: tuple[ProposedRow, ...]
    calls: tuple[CallRow, ...]
    asked: tuple[AskedRow, ...]
    reviewed: tuple[ReviewedRow, ...]
    decided: tuple[DecidedRow, ...]


@dataclass(slots=True)
class _Batch:
    """Rows with annotations on their way into the tables, many at a time."""

    session: Session
    row: ImportRow
    questions: tuple[Question, ...]
    now: datetime
    assigned: set[tuple[int, str]]  # item and pseudonym
    ready: list[_Ready] = field(default_factory=list)
    rubrics: dict[int, Sequence[Rubric]] = field(default_factory=dict)  # by version, as far as asked for

    def add(self, one: Incoming, item_id: int) -> None:
        """Read a row; raises `InvalidInput` when its annotation cannot be stored."""
        native = one.native or {}
        annotation = native_annotation.annotation_of(native, self.questions)
        reviewed = native_review.reviewed_of(native, annotation, self._rubrics_of)
        decided = native_review.decided_of(annotation, reviewed)
        if annotation is not None:
            if (item_id, annotation.annotator) in self.assigned:
                raise InvalidInput(
                    f"annotator {annotation.annotator!r} has an annotation of this item already"
                )
            self.assigned.add((item_id, annotation.annotator))
        proposed = native_annotation.proposed_of(native, annotation)
        calls, asked = native_annotation.calls_of(native), native_annotation.asked_of(native)
        self.ready.append(_Ready(one, item_id, annotation, proposed, calls, asked, reviewed, decided))

    def _rubrics_of(self, version: int) -> Sequence[Rubric]:
        if version not in self.rubrics:
            self.rubrics[version] = feedback.rubrics_of(self.session, self.row.project_id, version)
        return self.rubrics[version]

    def store(self) -> list[BadRow]:
        """Write everything that was read; returns the rows that send what was sent before."""
        if not self.ready:
            return []
        rejected = list(self._drop_sent_before())
        self._store_calls()
        self._store_inquiries()
        suggestion_ids = self._store_suggestions()
        annotated = [(one, one.annotation) for one in self.ready if one.annotation is not None]
        if not annotated:
            return rejected
        people = self._people(annotation for _, annotation in annotated)
        ids = imports.next_ids(self.session, cast(Table, AssignmentRow.__table__), len(annotated))
        counting = [pair for pair in annotated if pair[1].state in COUNTING]
        slot_ids = iter(imports.next_ids(self.session, cast(Table, SlotRow.__table__), len(counting)))
        slots: list[dict[str, Any]] = []
        rows: list[dict[str, Any]] = []
        revisions: list[dict[str, Any]] = []
        narrow: list[dict[str, Any]] = []
        answered: list[ReviewedAnswer] = []
        queue_id = annotated_items.main_queue(self.session, self.row.project_id)
        for id, (one, annotation) in zip(ids, annotated, strict=True):
            person = people[annotation.annotator]
            slot_id = next(slot_ids) if annotation.state in COUNTING else None
            if slot_id is not None:
                slots.append(_slot(slot_id, queue_id, one.item_id, person))
            rows.append(self._assignment(id, one, annotation, person, slot_id))
            revisions += self._revisions(id, one, annotation, suggestion_ids)
            answered.append(ReviewedAnswer(id, one.item_id, one.reviewed, one.decided))
            if annotation.act == "submit":
                given = native_annotation.answers_of(annotation)
                narrow += answers.rows_of(
                    self.row.project_id, one.item_id, id, person, given, annotation.origin
                )
        for table, data in (
            (SlotRow, slots),
            (AssignmentRow, rows),
            (RevisionRow, revisions),
            (AnswerRow, narrow),
        ):
            if data:
                self.session.execute(insert(table), data)
        import_reviews.store(self.session, self.row.project_id, answered, now=self.now)
        assisted = [
            AssistedAnswer(id, one.item_id, people[annotation.annotator], annotation.assist)
            for id, (one, annotation) in zip(ids, annotated, strict=True)
        ]
        import_drafts.store(self.session, self.row.project_id, assisted, now=self.now)
        return rejected

    def _drop_sent_before(self) -> Iterator[BadRow]:
        sent = [id for one in self.ready for id in self._client_ids(one)]
        used = annotated_items.used_client_ids(self.session, self.row.project_id, sent)
        kept = []
        for one in self.ready:
            own = self._client_ids(one)
            if again := [id for id in own if id in used]:
                yield BadRow(
                    one.incoming.number, f"client_id {again[0]!r} was sent before", one.incoming.excerpt
                )
            else:
                used.update(own)
                kept.append(one)
        self.ready = kept

    def _client_ids(self, one: _Ready) -> list[str]:
        if one.annotation is None:
            return []
        sent = (*one.annotation.earlier, one.annotation)
        return [*(self._client_id(one, each) for each in sent), *(each.client_id for each in one.reviewed)]

    def _client_id(self, one: _Ready, sent: SentRow) -> str:
        return sent.client_id or f"import-{self.row.id}-{one.incoming.number}-{sent.revision}"

    def _people(self, annotations: Iterable[AnnotationRow]) -> dict[str, int]:
        roles = {annotation.annotator: annotation.role for annotation in annotations}
        return {
            pseudonym: annotated_items.stand_in(
                self.session, self.row.project_id, pseudonym, role, now=self.now
            )
            for pseudonym, role in roles.items()
        }

    def _assignment(
        self, id: int, one: _Ready, annotation: AnnotationRow, person: int, slot_id: int | None
    ) -> dict[str, Any]:
        return {
            "id": id,
            "project_id": self.row.project_id,
            "item_id": one.item_id,
            "annotator_id": person,
            "slot_id": slot_id,
            "state": annotation.state,
            "schema_version": annotation.task_version,
            "guideline_version": annotation.guideline_version,
            "reveal": annotation.reveal,
            "held_out": annotation.held_out,
            "assist_held_out": annotation.assist.held_out,
            "revealed_at": None,
            "revision": annotation.revision,
            "submitted_at": annotation.submitted_at or self.now,
            "active_ms": annotation.active_ms,
            "wall_ms": annotation.wall_ms,
            "review": "passed" if annotation.state == "passed" else "none",
            # Rounds nothing is told of would have nobody to look again.
            "redo_rounds": min(annotation.redo_rounds, sum(d.status == "REDO" for d in one.decided)),
        }

    def _revisions(
        self,
        id: int,
        one: _Ready,
        annotation: AnnotationRow,
        suggestion_ids: dict[tuple[int, str, str, str], int],
    ) -> Iterator[dict[str, Any]]:
        shown = [
            {
                "suggestion": suggestion_ids[one.item_id, said.question, said.model, said.prompt_version],
                "question": said.question,
                "preselected": said.preselected,
                "revealed_at": said.revealed_at,
            }
            for said in one.proposed
            if said.shown
        ]
        for sent in (*annotation.earlier, native_annotation.last_sent(annotation)):
            yield {
                "project_id": self.row.project_id,
                "assignment_id": id,
                "client_id": self._client_id(one, sent),
                "number": sent.revision,
                "act": sent.act,
                "state": sent.state,
                "answers": sent.value,
                "origins": sent.origin,
                "shown": shown if sent.revision == annotation.revision else [],
                "reject_reason": sent.reject_reason,
                "note": sent.note,
                "schema_version": sent.task_version,
                "guideline_version": sent.guideline_version,
                "active_ms": sent.active_ms,
                "wall_ms": sent.wall_ms,
                "blurred_ms": sent.blurred_ms,
                "generation_ms": sent.generation_ms,
                "suspect": sent.suspect,
                "created_at": sent.submitted_at or self.now,
            }

    def _store_suggestions(self) -> dict[tuple[int, str, str, str], int]:
        """The ids of the suggestions by item, question, model and prompt version, old and new."""
        wanted = {
            (one.item_id, said.question, said.model, said.prompt_version): said
            for one in reversed(self.ready)
            for said in one.proposed
        }
        if not wanted:
            return {}
        known = annotated_items.suggestion_ids(self.session, {key[0] for key in wanted})
        new = [(key, said) for key, said in wanted.items() if key not in known]
        ids = imports.next_ids(self.session, cast(Table, SuggestionRow.__table__), len(new)) if new else []
        rows = [
            self._suggestion(id, key[0], said)
            for id, (key, said) in zip(ids, sorted(new, key=_order), strict=True)
        ]
        if rows:
            self.session.execute(insert(SuggestionRow), rows)
        return known | {key: id for id, (key, _) in zip(ids, sorted(new, key=_order), strict=True)}

    def _suggestion(self, id: int, item_id: int, said: ProposedRow) -> dict[str, Any]:
        best = max(said.options, key=lambda option: option.p, default=None)
        return {
            "id": id,
            "project_id": self.row.project_id,
            "item_id": item_id,
            "question": said.question,
            "prompt_version_id": annotated_items.prompt_version(
                self.session, self.row.project_id, said.model, said.prompt_version, now=self.now
            ),
            "status": said.status,
            "distribution": {option.option: option.p for option in said.options},
            "preselected": [] if said.text is not None else said.preselected,
            "text": said.text,
            "option_mass": said.option_mass,
            "top_option": best.option if best else None,
            "top_confidence": best.p if best else None,
            "explanation": said.explanation,
            "reason": said.reason,
            "created_at": said.created_at or self.now,
        }

    def _store_calls(self) -> None:
        """The calls about items that have none yet; their messages stayed behind."""
        have = annotated_items.with_calls(self.session, {one.item_id for one in self.ready if one.calls})
        rows = []
        for one in self.ready:
            if one.item_id in have:
                continue
            have.add(one.item_id)
            rows += [self._call(one.item_id, number, call) for number, call in enumerate(one.calls)]
        if rows:
            self.session.execute(insert(ModelCallRow), rows)

    def _store_inquiries(self) -> None:
        """What was asked about items that have no inquiry yet."""
        asked = {one.item_id: one.asked for one in self.ready if one.asked}
        for item_id in annotated_items.with_inquiries(self.session, asked):
            del asked[item_id]
        rows = [self._inquiry(item_id, one) for item_id, all_asked in asked.items() for one in all_asked]
        if rows:
            self.session.execute(insert(InquiryRow), rows)

    def _inquiry(self, item_id: int, asked: AskedRow) -> dict[str, Any]:
        return {
            "project_id": self.row.project_id,
            "item_id": item_id,
            "question": asked.question,
            "asked_by": annotated_items.stand_in(
                self.session, self.row.project_id, asked.asked_by, "annotator", now=self.now
            ),
            "text": asked.text,
            "asked_at": asked.asked_at,
            "reply": asked.reply,
            "replied_at": asked.replied_at,
            "section_id": asked.section_id,
        }

    def _call(self, item_id: int, number: int, call: CallRow) -> dict[str, Any]:
        return {
            "request_hash": hashlib.sha256(f"imported {item_id} {number}".encode()).hexdigest(),
            "project_id": self.row.project_id,
            "item_id": item_id,
            "role": call.role,
            "model_id": annotated_items.model(self.session, call.model, now=self.now),
            "model": call.model,
            "messages": [],
            "input_tokens": call.input_tokens,
            "output_tokens": call.output_tokens,
            "cost_usd": call.usd,
            "latency_ms": call.ms,
            "error": call.error,
            "created_at": self.now,
        }


def _order(pair: tuple[tuple[int, str, str, str], ProposedRow]) -> tuple[int, str]:
    """Suggestions of an item stay in the order they were made."""
    (item_id, *_), said = pair
    return item_id, said.created_at.isoformat() if said.created_at else ""


def _slot(id: int, queue_id: int, item_id: int, person: int) -> dict[str, Any]:
    return {"id": id, "queue_id": queue_id, "item_id": item_id, "state": "done", "annotator_id": person}
