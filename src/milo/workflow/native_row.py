"""The exported row of an annotation: everything an analysis needs, and an import takes back.

The shape of formats.md section 12, with suggestions grouped by question and the earlier revisions beside the
last one. JSON columns pass through as stored text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any  # rows of queries and JSON

import orjson

#: Answer states as the column `status` names them.
STATUS_OF_STATE = {"passed": "passed", "submitted": "accepted_unreviewed"}
STATE_OF_STATUS = {status: state for state, status in STATUS_OF_STATE.items()}


#: What becomes of a stored JSON text: `orjson.Fragment` passes it through, `orjson.loads` reads it.
FromText = Callable[[str], Any]

#: Level and number of levels of a grade, by criterion and name of the grade.
Levels = Mapping[tuple[str, str], tuple[int, int]]


def item_part(item: Any, json: FromText) -> dict[str, Any]:
    """What a row says of its item."""
    return {
        "item_id": item.external_id,
        "data": json(item.fields),
        "category": item.category,
        "language": item.language,
        "gold": json(item.gold),
        "meta": json(item.meta),
    }


def unlabeled(
    item: Any,
    suggestions: Iterable[Any],
    calls: Iterable[Any],
    inquiries: Sequence[Mapping[str, Any]],
    json: FromText,
) -> dict[str, Any]:
    """The row of an item nobody answered."""
    return {
        **item_part(item, json),
        "task_version": None,
        "annotation": None,
        "suggestions": [_suggestion(one, {}, {}) for one in suggestions],
        "inquiries": inquiries,
        "qa": [],
        "model_calls": [_call(call) for call in calls],
    }


def annotated(
    row: Any,
    *,
    status: str,
    pseudonym: str,
    role: str,
    earlier: Sequence[Any],
    suggestions: Sequence[Any],
    calls: Sequence[Any],
    inquiries: Sequence[Mapping[str, Any]],
    decisions: Sequence[Any],
    qa: Sequence[Mapping[str, Any]],
    assisted: Mapping[str, Any],
    json: FromText,
) -> dict[str, Any]:
    """The row of an annotation, whose last revision `row` is; `earlier` are those before it, oldest first.

    `assisted` is what drafts contributed, see `native_assist`.
    """
    assist: dict[str, Any] = {"suggestions": [], **assisted}
    if suggestions:
        shown = {one["suggestion"]: one for one in orjson.loads(row.shown)}
        answers = orjson.loads(row.answers)
        assist["suggestions"] = [_suggestion(one, shown, answers) for one in suggestions]
    return {
        **item_part(row, json),
        "task_version": row.schema_version,
        "annotation": {
            "id": f"{row.external_id}/{pseudonym}",
            "revision": row.number,
            "annotator": pseudonym,
            "role": role,
            "status": status,
            "value": json(row.answers),
            "origin": json(row.origins),
            "reject_reason": row.reject_reason,
            "note": row.note,
            **_times(row, earlier),
            "suspect": row.suspect,
            "guideline_version": row.guideline_version,
            "client_id": row.client_id,
            "submitted_at": row.created_at,
            "arm": None,
            "reveal": row.reveal,
            "held_out": row.held_out,
            "assist": assist,
            "earlier": [_earlier(one, json) for one in earlier],
            "redo_rounds": row.redo_rounds,
            "decisions": [_decision(one) for one in decisions],
        },
        "inquiries": inquiries,
        "qa": qa,
        "model_calls": [_call(call) for call in calls],
    }


def inquiry(row: Any, pseudonym: str) -> dict[str, Any]:
    """A question to the researcher, with the reply if there is one."""
    return {
        "question": row.question,
        "asked_by": pseudonym,
        "text": row.text,
        "asked_at": row.asked_at,
        "reply": row.reply,
        "replied_at": row.replied_at,
        "section_id": row.section_id,
    }


def reviewed(row: Any, *, reviewer: str | None, levels: Levels) -> dict[str, Any]:
    """What one reviewer found in one revision; a judge is told by model and version."""
    scores = [one["score"] for one in row.scores if one["score"] is not None]
    worst = next((score for score in scores if score["status"] == "redo"), scores[0] if scores else None)
    return {
        "source": "llm_judge" if row.source == "judge" else row.source,
        "reviewer": reviewer,
        "model": row.model,
        "judge_version": row.judge_version,
        "revision": row.revision,
        "rubric": f"r{row.rubric_version}",
        "criteria": [_criterion(one, levels) for one in row.findings],
        "score": None if worst is None else worst["raw"],
        "status": None if row.status is None else row.status.upper(),
        "reason": row.reason,
        "scores": row.scores,
        "only": row.only,
        "binds": row.binds,
        "note": row.note,
        "active_ms": row.active_ms,
        "own_criteria": row.own_findings,
        "agreements": row.agreements,
        "reply": row.reply,
        "replied_at": row.replied_at,
        "client_id": row.client_id,
        "created_at": row.created_at,
    }


def _criterion(finding: Mapping[str, Any], levels: Levels) -> dict[str, Any]:
    level, of = levels.get((finding["part"], finding["grade"]), (None, None))
    rest = {name: value for name, value in finding.items() if name not in ("part", "grade", "count")}
    return {
        "name": finding["part"],
        "grade": level,
        "of": of,
        "grade_name": finding["grade"],
        "count": finding["count"],
        **rest,
    }


def _decision(row: Any) -> dict[str, Any]:
    return {
        "revision": row.revision,
        "status": row.status.upper(),
        "by": row.by,
        "decided_at": row.decided_at,
        "feedback": row.feedback,
    }


def _times(row: Any, earlier: Sequence[Any]) -> dict[str, int]:
    """The handling time of an annotation: the sums over its revisions."""
    if not earlier:
        return {
            "active_ms": row.active_ms,
            "wall_ms": row.wall_ms,
            "blurred_ms": row.blurred_ms,
            "generation_ms": row.generation_ms,
        }
    times = _times(row, ())
    return {name: own + sum(getattr(one, name) for one in earlier) for name, own in times.items()}


def _earlier(row: Any, json: FromText) -> dict[str, Any]:
    return {
        "revision": row.number,
        "act": row.act,
        "state": row.state,
        "task_version": row.schema_version,
        "guideline_version": row.guideline_version,
        "value": json(row.answers),
        "origin": json(row.origins),
        "reject_reason": row.reject_reason,
        "note": row.note,
        "active_ms": row.active_ms,
        "wall_ms": row.wall_ms,
        "blurred_ms": row.blurred_ms,
        "generation_ms": row.generation_ms,
        "suspect": row.suspect,
        "client_id": row.client_id,
        "submitted_at": row.created_at,
    }


def _suggestion(
    row: Any, shown: Mapping[int, Mapping[str, Any]], answers: Mapping[str, Any]
) -> dict[str, Any]:
    seen = shown.get(row.id)
    preselected = row.preselected if seen is None else seen["preselected"]
    value = answers.get(row.question, {}).get("value")
    chosen = value if isinstance(value, list) else [value]
    return {
        "question": row.question,
        "model": row.model,
        "prompt_version": row.prompt_version,
        "status": row.status,
        "shown": seen is not None,
        "revealed_at": None if seen is None else seen["revealed_at"],
        "options": [
            {
                "option": option,
                "p": probability,
                "preselected": option in preselected,
                "changed": bool(answers) and (option in preselected) != (option in chosen),
            }
            for option, probability in row.distribution.items()
        ],
        "text": row.text,
        "option_mass": row.option_mass,
        "explanation": row.explanation,
        "reason": row.reason,
        "created_at": row.created_at,
    }


def _call(row: Any) -> dict[str, Any]:
    return {
        "role": row.role,
        "model": row.model,
        "input_tokens": row.input_tokens,
        "output_tokens": row.output_tokens,
        "usd": row.cost_usd,
        "ms": row.latency_ms,
        "error": row.error,
    }


# --- the same, flat ---------------------------------------------------------------------------------

_FLAT_ANNOTATION = (
    *("annotator", "role", "status", "revision", "reject_reason", "note"),
    *("active_ms", "wall_ms", "blurred_ms", "generation_ms"),
    *("guideline_version", "client_id", "submitted_at", "suspect"),
)
_FLAT_ASSIST = ("final_from_model_ratio", "edit_distance")


def flat_columns(fields: Sequence[str], questions: Sequence[str]) -> list[str]:
    """The columns of a CSV export: the item, then the answers, then how they came about."""
    return [
        "item_id",
        *(f"data.{name}" for name in fields),
        *(f"answer.{name}" for name in questions),
        *(f"annotation.{name}" for name in _FLAT_ANNOTATION),
        *(f"confidence.{name}" for name in questions),
        *(f"origin.{name}" for name in questions),
        *(f"gold.{name}" for name in questions),
        "category",
        "language",
        "task_version",
        *(f"assist.{name}" for name in _FLAT_ASSIST),
    ]


def flat(row: Mapping[str, Any], fields: Sequence[str], questions: Sequence[str]) -> list[object]:
    """The cells of an exported row, in the order of `flat_columns`."""
    data, gold, annotation = row["data"], row["gold"], row["annotation"] or {}
    answers, origins = annotation.get("value", {}), annotation.get("origin", {})
    return [
        row["item_id"],
        *(_cell(data.get(name)) for name in fields),
        *(_answer_cell(answers.get(name)) for name in questions),
        *(_cell(annotation.get(name)) for name in _FLAT_ANNOTATION),
        *((answers.get(name) or {}).get("confidence") or "" for name in questions),
        *("|".join(f"{option}:{by}" for option, by in origins.get(name, {}).items()) for name in questions),
        *(_answer_cell(gold.get(name)) for name in questions),
        row["category"] or "",
        row["language"] or "",
        "" if row["task_version"] is None else row["task_version"],
        *(_cell(annotation.get("assist", {}).get(name)) for name in _FLAT_ASSIST),
    ]


def _answer_cell(answer: Mapping[str, Any] | None) -> str:
    if answer is None:
        return ""
    value = answer["value"]
    if answer["kind"] == "ranking":
        return " > ".join(" = ".join(group) for group in value)
    return "|".join(value) if isinstance(value, list) else str(value)


def _cell(value: object) -> object:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat()
        case str() | int() | float():
            return value
        case _:
            return orjson.dumps(value).decode()
