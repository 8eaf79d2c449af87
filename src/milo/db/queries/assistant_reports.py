"""What came of models' help: drafts, ratings, texts and times, counted or read from the latest rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Text, case, cast, exists, func, literal_column, select
from sqlalchemy.orm import Session, aliased

from milo.db.queries.imports import values_of
from milo.db.tables import (
    AssignmentRow,
    AssistantRow,
    CheckRow,
    DecisionRow,
    ItemPayloadRow,
    JobRow,
    JudgeRow,
    ModelDraftRow,
    ModelRow,
    PromptVersionRow,
    RatingRow,
    RevisionRow,
    SuggestionRow,
    WritingRow,
)

#: States of assignments whose answers stand, and of those that were answered at all.
STANDING = ("submitted", "passed", "redo")
ANSWERED = (*STANDING, "leased", "withdrawn")


class Version(NamedTuple):
    """A version of an assistant, of a prompt or of a judge, with its model's name."""

    id: int
    model: str
    version: str
    created_at: datetime


def assistants(session: Session, project_id: int) -> list[Version]:
    """The assistant versions of a project, the newest first."""
    return _versions(session, AssistantRow, project_id)


def prompt_versions(session: Session, project_id: int) -> list[Version]:
    """The prompt versions of a project, the newest first."""
    return _versions(session, PromptVersionRow, project_id)


def judges(session: Session, project_id: int) -> list[Version]:
    """The judges of a project, the newest first."""
    return _versions(session, JudgeRow, project_id)


# --- drafts -----------------------------------------------------------------------------------------


class DraftCount(NamedTuple):
    """How many drafts of a version ended in a way, and how many of these at the limit of tokens."""

    assistant_id: int
    status: str
    drafts: int
    cut: int


def drafts_by_status(session: Session, assistant_ids: Sequence[int]) -> list[DraftCount]:
    """The drafts of these assistant versions by how they ended."""
    rows = session.execute(
        select(
            ModelDraftRow.assistant_id,
            ModelDraftRow.status,
            func.count(),
            func.sum(case((ModelDraftRow.is_cut, 1), else_=0)),
        )
        .where(ModelDraftRow.assistant_id.in_(assistant_ids))
        .group_by(ModelDraftRow.assistant_id, ModelDraftRow.status)
    )
    return [DraftCount(row[0], row[1], row[2], int(row[3])) for row in rows]


def count_drafts(session: Session, project_id: int, model_id: int) -> int:
    """How many drafts a model wrote here."""
    of_model = _of_model(project_id, model_id)
    statement = (
        select(func.count()).select_from(ModelDraftRow).where(ModelDraftRow.assistant_id.in_(of_model))
    )
    return session.scalar(statement) or 0


class Speed(NamedTuple):
    """How fast one draft came."""

    assistant_id: int
    output_tokens: int | None
    first_token_ms: int | None
    generation_ms: int


def speeds(session: Session, project_id: int, *, latest: int) -> list[Speed]:
    """How fast the latest drafts came."""
    rows = session.execute(
        select(
            ModelDraftRow.assistant_id,
            ModelDraftRow.output_tokens,
            ModelDraftRow.first_token_ms,
            ModelDraftRow.generation_ms,
        )
        .where(ModelDraftRow.project_id == project_id, ModelDraftRow.first_token_ms.is_not(None))
        .order_by(ModelDraftRow.id.desc())
        .limit(latest)
    )
    return [Speed(*row) for row in rows]


# --- ratings ----------------------------------------------------------------------------------------


class RatingCount(NamedTuple):
    """How many ratings say the same of one version, question and part."""

    rated: str
    version_id: int | None
    question: str
    part: str
    thumb: str
    complaints: str  # JSON
    ratings: int


def ratings(session: Session, project_id: int) -> list[RatingCount]:
    """The ratings of a project, counted by what they say of what."""
    complaints = cast(RatingRow.complaints, Text)
    said = (
        RatingRow.rated,
        RatingRow.version_id,
        RatingRow.question,
        RatingRow.part,
        RatingRow.thumb,
        complaints,
    )
    rows = session.execute(
        select(*said, func.count()).where(RatingRow.project_id == project_id).group_by(*said)
    )
    return [RatingCount(*row) for row in rows]


class RatedDrafts(NamedTuple):
    """How many drafts were rated, and how many with each complaint."""

    rated: int
    complaints: Mapping[str, int]


def rated_drafts(session: Session, project_id: int, model_id: int) -> RatedDrafts:
    """What was said of the drafts of a model."""
    complaints = cast(RatingRow.complaints, Text)
    rows = session.execute(
        select(complaints, func.count())
        .where(
            RatingRow.project_id == project_id,
            RatingRow.rated == "draft",
            RatingRow.version_id.in_(_of_model(project_id, model_id)),
        )
        .group_by(complaints)
    ).all()
    counts: Counter[str] = Counter()
    for said, times in rows:
        for complaint in complaints_from(said):
            counts[complaint] += times
    return RatedDrafts(sum(times for _, times in rows), counts)


def complaints_from(text: str) -> list[str]:
    """The complaints of a `RatingCount`."""
    found: list[str] = orjson.loads(text)
    return found


class CheckRating(NamedTuple):
    """A rating of a check whose judge has no row: which model was asked, and its version."""

    model: str | None
    version: str | None
    part: str
    thumb: str
    complaints: Sequence[str]


def ratings_of_checks(session: Session, project_id: int, *, latest: int) -> list[CheckRating]:
    """The latest ratings of checks by judges that never judged an answer that was sent."""
    rows = session.execute(
        select(RatingRow.part, RatingRow.thumb, RatingRow.complaints, JobRow.config, JobRow.result)
        .join(CheckRow, CheckRow.id == RatingRow.target)
        .join(JobRow, JobRow.id == CheckRow.job_id, isouter=True)
        .where(RatingRow.project_id == project_id, RatingRow.rated == "check", RatingRow.version_id.is_(None))
        .order_by(RatingRow.id.desc())
        .limit(latest)
    ).all()
    asked = {(row.config or {}).get("model") for row in rows}
    names: dict[Any, str] = {
        row.id: row.name
        for row in session.execute(select(ModelRow.id, ModelRow.name).where(ModelRow.id.in_(asked)))
    }
    return [
        CheckRating(
            model=names.get((row.config or {}).get("model")),
            version=(row.result or {}).get("version"),
            part=row.part,
            thumb=row.thumb,
            complaints=row.complaints,
        )
        for row in rows
    ]


# --- what became of drafts --------------------------------------------------------------------------


class Written(NamedTuple):
    """A text that was sent by somebody who had a draft for it."""

    assistant_id: int  # of the draft most of it came from, else of the last one
    draft_share: float
    edit_distance: int | None
    first_edit_ms: int | None
    pasted: Mapping[str, int]


def written(session: Session, project_id: int, *, latest: int) -> list[Written]:
    """The newest text of the latest assignments for which there was a draft."""
    newer, any_draft = aliased(WritingRow), aliased(ModelDraftRow)
    used, last = aliased(ModelDraftRow), aliased(ModelDraftRow)
    is_newest = ~exists().where(
        newer.assignment_id == WritingRow.assignment_id,
        newer.question == WritingRow.question,
        newer.revision > WritingRow.revision,
    )
    last_draft = (
        select(func.max(any_draft.id))
        .where(any_draft.assignment_id == WritingRow.assignment_id, any_draft.question == WritingRow.question)
        .correlate(WritingRow)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            func.coalesce(used.assistant_id, last.assistant_id),
            WritingRow.draft_share,
            WritingRow.edit_distance,
            WritingRow.first_edit_ms,
            WritingRow.pasted,
        )
        .join(AssignmentRow, AssignmentRow.id == WritingRow.assignment_id)
        .join(last, last.id == last_draft)
        .join(used, used.id == WritingRow.draft_id, isouter=True)
        .where(WritingRow.project_id == project_id, is_newest, AssignmentRow.state.in_(STANDING))
        .order_by(WritingRow.assignment_id.desc())
        .limit(latest)
    )
    return [Written(*row) for row in rows]


class FirstAnswer(NamedTuple):
    """What somebody sent first for an item, and how its review came out."""

    is_held_out: bool
    has_draft: bool
    active_ms: int
    generation_ms: int
    is_decided: bool
    passed_first: bool


def first_answers(session: Session, project_id: int, *, latest: int) -> list[FirstAnswer]:
    """The latest first answers since there is an assistant, the newest first."""
    since = session.scalar(
        select(func.min(AssistantRow.created_at)).where(AssistantRow.project_id == project_id)
    )
    if since is None:
        return []
    has_draft = exists().where(ModelDraftRow.assignment_id == AssignmentRow.id)
    is_decided = exists().where(DecisionRow.assignment_id == AssignmentRow.id)
    rows = session.execute(
        select(
            AssignmentRow.assist_held_out,
            has_draft,
            RevisionRow.active_ms,
            RevisionRow.generation_ms,
            is_decided,
            (AssignmentRow.state == "passed") & (AssignmentRow.redo_rounds == 0),
            RevisionRow.created_at,
        )
        .join(AssignmentRow, AssignmentRow.id == RevisionRow.assignment_id)
        .where(
            RevisionRow.project_id == project_id,
            RevisionRow.number == 1,
            RevisionRow.act == "submit",
            AssignmentRow.state.in_(ANSWERED),
        )
        .order_by(RevisionRow.id.desc())
        .limit(latest)
    )
    # By their times in SQL they would all be sorted, however few are the latest.
    return [FirstAnswer(*row[:-1]) for row in rows if row.created_at >= since]


class Reviewed(NamedTuple):
    """Decided answers with words of a draft and without; of each, how many were never sent back."""

    with_draft: int
    passed_with_draft: int
    without: int
    passed_without: int


def reviewed(session: Session, project_id: int) -> Reviewed:
    """How answers came out; what counts is the text on which was decided first."""
    first_decided = (
        select(func.min(DecisionRow.revision))
        .where(DecisionRow.assignment_id == AssignmentRow.id)
        .correlate(AssignmentRow)
        .scalar_subquery()
    )
    with_draft = exists().where(
        WritingRow.assignment_id == AssignmentRow.id,
        WritingRow.revision == first_decided,
        WritingRow.draft_share > 0,
        # Words of the draft in what was asked make no answer of it.
        ModelDraftRow.id == WritingRow.draft_id,
        ModelDraftRow.question == WritingRow.question,
    )
    is_reviewed: Any = literal_column("assignment.review <> 'none'")  # as the partial index has it
    passed = (AssignmentRow.state == "passed") & (AssignmentRow.redo_rounds == 0)
    found = (
        select(with_draft.label("with_draft"), case((passed, 1), else_=0).label("passed"))
        .where(AssignmentRow.project_id == project_id, is_reviewed)
        .where(exists().where(DecisionRow.assignment_id == AssignmentRow.id))
        .subquery()
    )
    rows = session.execute(
        select(found.c.with_draft, func.count(), func.sum(found.c.passed)).group_by(found.c.with_draft)
    )
    counts = {bool(row[0]): (int(row[1]), int(row[2])) for row in rows}
    return Reviewed(*counts.get(True, (0, 0)), *counts.get(False, (0, 0)))


# --- what became of suggestions ---------------------------------------------------------------------


class Advised(NamedTuple):
    """A first answer with the suggestions that were shown."""

    shown: Sequence[Mapping[str, Any]]  # Any: JSON of core.answer.Shown
    answers: Mapping[str, Any]
    gold: Mapping[str, Any]
    active_ms: int


def advised(session: Session, project_id: int, *, latest: int) -> list[Advised]:
    """The latest first answers to items with suggestions."""
    has_suggestions = exists().where(SuggestionRow.project_id == project_id)
    if not session.scalar(select(has_suggestions)):
        return []
    rows = session.execute(
        select(RevisionRow.shown, RevisionRow.answers, ItemPayloadRow.gold, RevisionRow.active_ms)
        .join(AssignmentRow, AssignmentRow.id == RevisionRow.assignment_id)
        .join(ItemPayloadRow, ItemPayloadRow.item_id == AssignmentRow.item_id)
        .where(
            RevisionRow.project_id == project_id,
            RevisionRow.number == 1,
            RevisionRow.act == "submit",
        )
        .order_by(RevisionRow.id.desc())
        .limit(latest)
    )
    return [Advised(*row) for row in rows if row.shown]


def versions_of(session: Session, suggestion_ids: Iterable[int]) -> dict[int, int]:
    """The prompt version of each of these suggestions."""
    rows = session.execute(
        select(SuggestionRow.id, SuggestionRow.prompt_version_id).where(
            SuggestionRow.id.in_(values_of(session, sorted(suggestion_ids)))
        )
    )
    return {row.id: row.prompt_version_id for row in rows}


def _versions(session: Session, table: Any, project_id: int) -> list[Version]:  # Any: one of three tables
    rows = session.execute(
        select(table.id, ModelRow.name, table.version, table.created_at)
        .join(ModelRow, ModelRow.id == table.model_id)
        .where(table.project_id == project_id)
        .order_by(table.id.desc())
    )
    return [Version(*row) for row in rows]


def _of_model(project_id: int, model_id: int) -> Any:  # Any: a subquery of ids
    return select(AssistantRow.id).where(
        AssistantRow.project_id == project_id, AssistantRow.model_id == model_id
    )
