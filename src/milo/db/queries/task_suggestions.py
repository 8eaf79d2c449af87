"""Suggestions as annotators may see them: of each question the newest, with the model behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from milo.core.annotator_task import Accuracy, SuggestingModel, TaskSuggestion
from milo.core.suggestion import Evidence, Explanation
from milo.db.tables import ModelRow, PromptVersionRow, SuggestionRow

_OF_ITEM = (
    select(SuggestionRow)
    .where(SuggestionRow.item_id == bindparam("item"))
    .order_by(SuggestionRow.prompt_version_id)
)
_FOR_TASKS = (
    select(
        SuggestionRow.id,
        SuggestionRow.item_id,
        SuggestionRow.question,
        SuggestionRow.distribution,
        SuggestionRow.preselected,
        SuggestionRow.text,
        SuggestionRow.option_mass,
        SuggestionRow.status,
        SuggestionRow.reason,
        SuggestionRow.explanation,
        PromptVersionRow.version,
        PromptVersionRow.probes,
        PromptVersionRow.measured,
        ModelRow.name,
        ModelRow.provider,
    )
    .join(PromptVersionRow, PromptVersionRow.id == SuggestionRow.prompt_version_id)
    .join(ModelRow, ModelRow.id == PromptVersionRow.model_id)
    .where(SuggestionRow.item_id.in_(bindparam("items", expanding=True)))
    .order_by(SuggestionRow.prompt_version_id)
)


def of_item(session: Session, item_id: int) -> dict[int, SuggestionRow]:
    """Every suggestion of an item by id, older prompt versions first."""
    return {row.id: row for row in session.scalars(_OF_ITEM, {"item": item_id})}


def for_tasks(session: Session, item_ids: Sequence[int]) -> dict[int, tuple[TaskSuggestion, ...]]:
    """The newest suggestion of each question, by item."""
    rows = session.execute(_FOR_TASKS, {"items": item_ids})
    newest = {(row.item_id, row.question): row for row in rows}
    found: dict[int, tuple[TaskSuggestion, ...]] = {}
    for (item_id, _), row in newest.items():
        found[item_id] = (*found.get(item_id, ()), _suggestion(row))
    return found


def _suggestion(row: Row[Any]) -> TaskSuggestion:
    return TaskSuggestion(
        id=row.id,
        question=row.question,
        distribution=row.distribution,
        preselected=tuple(row.preselected),
        text=row.text,
        option_mass=row.option_mass,
        status=row.status,
        reason=row.reason,
        explanation=_explanation(row.explanation),
        model=SuggestingModel(
            name=row.name,
            version=row.version,
            recorded=row.provider == "replay",
            calibrated=_is_calibrated(row.probes or {}, row.question),
            accuracy=_accuracy((row.measured or {}).get(row.question)),
        ),
    )


def _is_calibrated(corrections: dict[str, Any], question: str) -> bool:
    """Whether every correction of the question was fitted to gold answers; a target is `question/option`."""
    methods = {
        correction["method"] for target, correction in corrections.items() if target.split("/")[0] == question
    }
    return methods == {"gold"}


def _explanation(data: dict[str, Any] | None) -> Explanation | None:
    if not data:
        return None
    return Explanation(
        text=data["text"], evidence=tuple(Evidence(**passage) for passage in data.get("evidence", ()))
    )


def _accuracy(data: dict[str, Any] | None) -> Accuracy | None:
    if not data or data.get("accuracy") is None:
        return None
    return Accuracy(value=data["accuracy"], n=data.get("n", 0))
