"""From stored results to suggestions; no model is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from milo.core.questions import OptionQuestion
from milo.core.suggestion import Suggestion
from milo.db.queries import suggestions
from milo.db.queries.units import Work
from milo.db.tables import SuggestionRow, UnitRow
from milo.roles import pre_annotator
from milo.roles.pre_annotator import UnitKey, UnitResult
from milo.workflow.prompt_versions import Plan

#: In the column `option` of a unit: why the model proposes its answer. No option can have this name.
WHY = "(why)"


def suggested(plan: Plan, question: pre_annotator.AskedQuestion, results: Sequence[UnitResult]) -> Suggestion:
    """The suggestion that follows from a question's results under the plan's corrections and settings."""
    return pre_annotator.suggestion(
        plan.prompting,
        question,
        results,
        preselect_at=plan.settings.preselect_at,
        corrections=plan.corrections,
    )


def suggestion_row(
    suggestion: Suggestion, project_id: int, item_id: int, plan: Plan, *, now: datetime
) -> dict[str, Any]:
    """The columns of a suggestion."""
    top = max(suggestion.distribution, key=lambda option: suggestion.distribution[option], default=None)
    return {
        "project_id": project_id,
        "item_id": item_id,
        "question": suggestion.question,
        "prompt_version_id": plan.id,
        "status": suggestion.status,
        "distribution": dict(suggestion.distribution),
        "preselected": list(suggestion.preselected),
        "text": suggestion.text,
        "option_mass": suggestion.option_mass,
        "top_option": top,
        "top_confidence": suggestion.distribution[top] if top is not None else None,
        "explanation": asdict(suggestion.explanation) if suggestion.explanation else None,
        "reason": suggestion.reason,
        "created_at": now,
    }


def rebuild(session: Session, project_id: int, plan: Plan, works: Sequence[Work], *, now: datetime) -> None:
    """Make the suggestions of these items anew from what is stored; no model is asked."""
    assert plan.id is not None, "a plan with results is stored"
    before = suggestions.of_items(session, plan.id, [work.id for work in works])
    rows = []
    for work in works:
        results = stored_results(work)
        for question in plan.questions:
            of_question = [results[unit] for unit in plan.units(question) if unit in results]
            if len(of_question) == len(plan.units(question)):
                row = suggestion_row(
                    suggested(plan, question, of_question), project_id, work.id, plan, now=now
                )
                old = before.get((work.id, question.name))
                rows.append(row | {"explanation": old.explanation if old else None})
    suggestions.store(session, rows)


def stored_results(work: Work) -> dict[UnitKey, UnitResult]:
    """What is stored of an item's units, explanations apart."""
    found = {}
    for row in work.units:
        if row.option != WHY:
            result = as_result(row)
            found[result.unit] = result
    return found


def as_result(row: UnitRow) -> UnitResult:
    """A unit's row as the result it was."""
    unit = UnitKey(question=row.question, option=row.option or None, sample=row.sample)
    return UnitResult(unit=unit, status=row.status, reason=row.reason, **row.result)  # type: ignore[arg-type]  # stored by `_unit_row`


def preselect_again(session: Session, rows: Sequence[SuggestionRow], plan: Plan) -> int:
    """Preselect anew by the plan's threshold; how many rows changed."""
    by_name = {question.name: question for question in plan.questions}
    changed = 0
    for row in rows:
        question = by_name.get(row.question)
        if not isinstance(question, OptionQuestion):
            continue
        chosen = list(pre_annotator.preselected(question, row.distribution, at=plan.settings.preselect_at))
        if chosen != list(row.preselected):
            session.execute(
                update(SuggestionRow).where(SuggestionRow.id == row.id).values(preselected=chosen)
            )
            changed += 1
    return changed
