"""What people said of models' work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import Any, NamedTuple, cast

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from milo.core.draft import Complaint, Rating, Thumb
from milo.db.queries.upsert import insert_into
from milo.db.tables import (
    AssistantRow,
    CheckRow,
    ExampleRow,
    FeedbackRow,
    ItemRow,
    JobRow,
    JudgeRow,
    ModelDraftRow,
    ModelRow,
    PersonRow,
    PromptVersionRow,
    RatingRow,
    SuggestionRow,
)


def as_rating(row: RatingRow) -> Rating:
    """A row as what was said."""
    return Rating(
        thumb=cast(Thumb, row.thumb),
        complaints=cast(tuple[Complaint, ...], tuple(row.complaints)),
        note=row.note,
    )


def of_drafts(session: Session, draft_ids: Sequence[int]) -> Mapping[int, Rating]:
    """What its annotator said of each of these drafts; those that were not rated are left out."""
    if not draft_ids:
        return {}
    rows = session.scalars(
        select(RatingRow)
        .join(ModelDraftRow, ModelDraftRow.assignment_id == RatingRow.assignment_id)
        .where(
            ModelDraftRow.id.in_(draft_ids),
            RatingRow.rated == "draft",
            RatingRow.target == ModelDraftRow.id,
        )
    )
    return {row.target: as_rating(row) for row in rows}


def store(session: Session, rating: Mapping[str, Any], *, now: datetime) -> None:
    """Write a rating; an earlier one of the same person and thing gives way."""
    said = {name: rating[name] for name in ("thumb", "complaints", "note", "version_id", "question")}
    session.execute(
        insert_into(session, RatingRow).on_conflict_do_update(
            index_elements=["person_id", "rated", "target", "part"], set_={**said, "updated_at": now}
        ),
        [{**rating, "created_at": now, "updated_at": now}],
    )


def take_back(session: Session, person_id: int, rated: str, target: int, part: str) -> None:
    """Remove a rating; an example that was made of it stays."""
    which = (
        RatingRow.person_id == person_id,
        RatingRow.rated == rated,
        RatingRow.target == target,
        RatingRow.part == part,
    )
    id = session.scalar(select(RatingRow.id).where(*which))
    if id is None:
        return
    session.execute(update(ExampleRow).where(ExampleRow.rating_id == id).values(rating_id=None))
    session.execute(delete(RatingRow).where(RatingRow.id == id))


def of_assignment(session: Session, assignment_id: int, person_id: int) -> Sequence[RatingRow]:
    """The person's ratings of what models made for an assignment, oldest first."""
    return session.scalars(
        select(RatingRow)
        .where(RatingRow.assignment_id == assignment_id, RatingRow.person_id == person_id)
        .order_by(RatingRow.id)
    ).all()


class Listed(NamedTuple):
    """A rating with who gave it, and about which item."""

    row: RatingRow
    by: str
    external_id: str
    excerpt: str


def page(
    session: Session,
    project_id: int,
    *,
    kinds: Sequence[str],
    thumbs: Sequence[str],
    before: int | None,
    limit: int,
) -> list[Listed]:
    """Ratings of these kinds and thumbs, the newest first, behind the id `before`."""
    found: list[Listed] = []
    for kind, thumb in product(kinds, thumbs):  # each is read from the index in its order
        statement = (
            select(RatingRow, PersonRow.name, ItemRow.external_id, ItemRow.excerpt)
            .join(PersonRow, PersonRow.id == RatingRow.person_id)
            .join(ItemRow, ItemRow.id == RatingRow.item_id)
            .where(RatingRow.project_id == project_id, RatingRow.rated == kind, RatingRow.thumb == thumb)
            .order_by(RatingRow.id.desc())
            .limit(limit)
        )
        if before is not None:
            statement = statement.where(RatingRow.id < before)
        found += [Listed(*row) for row in session.execute(statement)]
    return sorted(found, key=lambda one: -one.row.id)[:limit]


class Said(NamedTuple):
    """What a model said, and the version that said it."""

    text: str
    query: str
    proposed: tuple[str, ...]
    model: str
    version: str


def drafts(session: Session, ids: Sequence[int]) -> dict[int, Said]:
    """These drafts as what a model said."""
    rows = session.execute(
        select(
            ModelDraftRow.id,
            ModelDraftRow.text,
            ModelDraftRow.query,
            ModelRow.name,
            AssistantRow.version,
        )
        .join(AssistantRow, AssistantRow.id == ModelDraftRow.assistant_id)
        .join(ModelRow, ModelRow.id == AssistantRow.model_id)
        .where(ModelDraftRow.id.in_(ids))
    )
    return {row.id: Said(row.text, row.query, (), row.name, row.version) for row in rows}


def suggestions(session: Session, ids: Sequence[int]) -> dict[int, Said]:
    """These suggestions as what a model said: a text, or options with the reason given."""
    rows = session.execute(
        select(SuggestionRow, ModelRow.name, PromptVersionRow.version)
        .join(PromptVersionRow, PromptVersionRow.id == SuggestionRow.prompt_version_id)
        .join(ModelRow, ModelRow.id == PromptVersionRow.model_id)
        .where(SuggestionRow.id.in_(ids))
    )
    return {
        row.id: Said(
            row.text if row.text is not None else (row.explanation or {}).get("text", ""),
            "",
            tuple(row.preselected),
            model,
            version,
        )
        for row, model, version in rows
    }


def verdicts(session: Session, ids: Sequence[int]) -> dict[tuple[int, str], Said]:
    """What judges found in these pieces of feedback, by id and part."""
    rows = session.execute(
        select(FeedbackRow.id, FeedbackRow.findings, ModelRow.name, JudgeRow.version)
        .join(JudgeRow, JudgeRow.id == FeedbackRow.judge_id)
        .join(ModelRow, ModelRow.id == JudgeRow.model_id)
        .where(FeedbackRow.id.in_(ids))
    )
    return {(row.id, one["part"]): _found(one, row.name, row.version) for row in rows for one in row.findings}


def checks(session: Session, ids: Sequence[int]) -> dict[tuple[int, str], Said]:
    """What judges found in these checks, by id and part."""
    rows = session.execute(
        select(CheckRow.id, CheckRow.verdicts, ModelRow.name, JobRow.result)
        .join(JobRow, JobRow.id == CheckRow.job_id, isouter=True)
        .join(ModelRow, ModelRow.id == JobRow.config["model"].as_integer(), isouter=True)
        .where(CheckRow.id.in_(ids))
    )
    return {
        (row.id, one["part"]): _found(one, row.name or "", (row.result or {}).get("version", ""))
        for row in rows
        for one in row.verdicts
    }


def _found(verdict: Mapping[str, Any], model: str, version: str) -> Said:  # Any: JSON of a verdict
    grade, count = verdict.get("grade"), verdict.get("count")
    proposed = () if grade is None and count is None else (grade or str(count),)
    return Said(verdict.get("explanation") or "", "", proposed, model, version)
