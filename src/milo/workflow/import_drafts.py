"""Drafts, their ratings and how texts were written, as they came with exported rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from milo.core.writing import replayed
from milo.db import convert
from milo.db.queries import annotated_items, imports
from milo.db.tables import ModelDraftRow, RatingRow, WritingRow
from milo.workflow import native_assist
from milo.workflow.native_assist import AssistedRow, DraftedRow, WrittenRow


class AssistedAnswer(NamedTuple):
    """A stored assignment with what drafts contributed to it."""

    assignment_id: int
    item_id: int
    person_id: int
    assisted: AssistedRow


def store(session: Session, project_id: int, answers: Sequence[AssistedAnswer], *, now: datetime) -> None:
    """Write the drafts of these answers under ids of their own, and with them all that names them."""
    count = sum(len(one.assisted.drafts) for one in answers)
    ids = iter(imports.next_ids(session, cast(Table, ModelDraftRow.__table__), count) if count else ())
    assistants: dict[tuple[str, str], int] = {}
    drafts: list[dict[str, Any]] = []
    ratings: list[dict[str, Any]] = []
    writings: list[dict[str, Any]] = []
    for answer in answers:
        own = {draft.number: next(ids) for draft in answer.assisted.drafts}
        for draft in answer.assisted.drafts:
            key = (draft.model, draft.prompt_version)
            if key not in assistants:
                assistants[key] = annotated_items.assistant(session, project_id, *key, now=now)
            id, assistant_id = own[draft.number], assistants[key]
            drafts.append(_draft(project_id, answer, draft, id, assistant_id, now))
            ratings += _rating(project_id, answer, draft, id, assistant_id, now)
        writings += [_writing(project_id, answer, one, own) for one in answer.assisted.writing]
    for table, rows in ((ModelDraftRow, drafts), (RatingRow, ratings), (WritingRow, writings)):
        if rows:
            session.execute(insert(table), rows)


def _draft(
    project_id: int, answer: AssistedAnswer, draft: DraftedRow, id: int, assistant_id: int, now: datetime
) -> dict[str, Any]:
    return {
        "id": id,
        "project_id": project_id,
        "item_id": answer.item_id,
        "assignment_id": answer.assignment_id,
        "assistant_id": assistant_id,
        "number": draft.number,
        "question": draft.question,
        "query": draft.query,
        "status": "stopped" if draft.status == "generating" else draft.status,
        "text": draft.text,
        "reason": draft.reason,
        "is_cut": draft.is_cut,
        "output_tokens": draft.tokens,
        "first_token_ms": draft.first_token_ms,
        "generation_ms": draft.generation_ms,
        "probability": draft.probability,
        "unsure": convert.as_data(convert.UNSURE, draft.unsure),
        "created_at": draft.created_at or now,
    }


def _rating(
    project_id: int, answer: AssistedAnswer, draft: DraftedRow, id: int, assistant_id: int, now: datetime
) -> Iterator[dict[str, Any]]:
    """What was said of a draft, if anything was."""
    if draft.feedback is not None:
        yield {
            "project_id": project_id,
            "item_id": answer.item_id,
            "assignment_id": answer.assignment_id,
            "person_id": answer.person_id,
            "rated": "draft",
            "target": id,
            "question": draft.question,
            "version_id": assistant_id,
            "thumb": "up" if draft.feedback.rating > 0 else "down",
            "complaints": draft.feedback.complaints,
            "note": draft.feedback.note,
            "created_at": draft.created_at or now,
            "updated_at": draft.created_at or now,
        }


def _writing(
    project_id: int, answer: AssistedAnswer, written: WrittenRow, own: Mapping[int, int]
) -> dict[str, Any]:
    record = native_assist.as_writing(written, own)
    return {
        "assignment_id": answer.assignment_id,
        "revision": written.revision,
        "question": written.question,
        "project_id": project_id,
        "base": record.base,
        "edits": convert.as_data(convert.EDITS, record.edits),
        "is_complete": written.is_complete and replayed(record) is not None,
        "words": written.words,
        "draft_id": None if written.draft is None else own[written.draft],
        "draft_share": written.final_from_model_ratio,
        "edit_distance": written.edit_distance,
        "pasted": written.pasted or {},
        "first_edit_ms": written.first_edit_ms,
    }
