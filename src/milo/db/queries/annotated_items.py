"""Items that come in with annotations: stand-ins for people and models, and what is there already."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from milo.db.queries.imports import values_of
from milo.db.tables import (
    AssignmentRow,
    AssistantRow,
    FeedbackRow,
    InquiryRow,
    ItemRow,
    JudgeRow,
    MembershipRow,
    ModelCallRow,
    ModelRow,
    PersonRow,
    PromptVersionRow,
    QueueRow,
    RevisionRow,
    SuggestionRow,
)


def of_import(session: Session, import_id: int, item_ids: Sequence[int]) -> set[int]:
    """Those of the items that this import brought."""
    among = ItemRow.id.in_(values_of(session, item_ids))
    return set(session.scalars(select(ItemRow.id).where(among, ItemRow.import_id == import_id)))


def has_annotations(session: Session, import_id: int) -> bool:
    """Whether any item of the import came with an annotation."""
    came = exists().where(AssignmentRow.item_id == ItemRow.id)
    return session.scalar(select(ItemRow.id).where(ItemRow.import_id == import_id, came).limit(1)) is not None


def assigned(session: Session, item_ids: Collection[int]) -> set[tuple[int, str]]:
    """Item and pseudonym of each annotation these items have."""
    rows = session.execute(
        select(AssignmentRow.item_id, MembershipRow.pseudonym)
        .join(
            MembershipRow,
            (MembershipRow.person_id == AssignmentRow.annotator_id)
            & (MembershipRow.project_id == AssignmentRow.project_id),
        )
        .where(AssignmentRow.item_id.in_(values_of(session, list(item_ids))))
    )
    return {(row.item_id, row.pseudonym) for row in rows}


def used_client_ids(session: Session, project_id: int, client_ids: Sequence[str]) -> set[str]:
    """Those of the ids under which something was sent in the project."""
    if not client_ids:
        return set()
    among = values_of(session, client_ids)
    return {
        id
        for table in (RevisionRow, FeedbackRow)
        for id in session.scalars(
            select(table.client_id).where(table.project_id == project_id, table.client_id.in_(among))
        )
    }


def main_queue(session: Session, project_id: int) -> int:
    """The id of the project's main queue."""
    return session.scalars(
        select(QueueRow.id).where(QueueRow.project_id == project_id, QueueRow.name == "main")
    ).one()


def stand_in(session: Session, project_id: int, pseudonym: str, role: str, *, now: datetime) -> int:
    """The person who stands for a pseudonym of an export; made when there is none.

    A member who has that pseudonym but never worked in the project gets another one; where they did work, the
    stand-in gets a pseudonym that tells the two apart.
    """
    login = f"imported.{project_id}.{pseudonym}"
    id = session.scalar(select(PersonRow.id).where(PersonRow.login == login))
    if id is not None:
        return id
    person = PersonRow(login=login, name=pseudonym, password_hash=None, created_at=now, disabled_at=now)
    session.add(person)
    session.flush()
    member = MembershipRow(
        project_id=project_id,
        person_id=person.id,
        role=role,
        pseudonym=_free_pseudonym(session, project_id, pseudonym),
        created_at=now,
    )
    session.add(member)
    session.flush()
    return person.id


def _free_pseudonym(session: Session, project_id: int, wanted: str) -> str:
    """The pseudonym, taken from a member who never used it if need be; else one like it."""
    holder = session.scalar(
        select(MembershipRow).where(MembershipRow.project_id == project_id, MembershipRow.pseudonym == wanted)
    )
    if holder is None:
        return wanted
    taken = select(MembershipRow.pseudonym).where(MembershipRow.project_id == project_id)
    names = set(session.scalars(taken))
    other = next(name for number in range(2, 10_000) if (name := f"{wanted}.{number}") not in names)
    has_worked = session.scalar(
        select(AssignmentRow.id)
        .where(AssignmentRow.project_id == project_id, AssignmentRow.annotator_id == holder.person_id)
        .limit(1)
    )
    has_reviewed = session.scalar(
        select(FeedbackRow.id)
        .where(FeedbackRow.project_id == project_id, FeedbackRow.person_id == holder.person_id)
        .limit(1)
    )
    if has_worked is not None or has_reviewed is not None:
        return other
    holder.pseudonym = other
    session.flush()
    return wanted


def model(session: Session, name: str, *, now: datetime) -> int:
    """The model of this name; an unknown one is noted as deleted, so that nobody can ask it."""
    id = session.scalar(select(ModelRow.id).where(ModelRow.name == name))
    if id is not None:
        return id
    row = ModelRow(name=name, provider="replay", model=name, created_at=now, deleted_at=now)
    session.add(row)
    session.flush()
    return row.id


def prompt_version(session: Session, project_id: int, model_name: str, version: str, *, now: datetime) -> int:
    """The prompt version of this name; an unknown one is noted without what it asked."""
    model_id = model(session, model_name, now=now)
    id = session.scalar(
        select(PromptVersionRow.id).where(
            PromptVersionRow.project_id == project_id,
            PromptVersionRow.model_id == model_id,
            PromptVersionRow.version == version,
        )
    )
    if id is not None:
        return id
    row = PromptVersionRow(
        project_id=project_id, model_id=model_id, version=version, config={"imported": True}, created_at=now
    )
    session.add(row)
    session.flush()
    return row.id


def assistant(session: Session, project_id: int, model_name: str, version: str, *, now: datetime) -> int:
    """The assistant of this model and version; an unknown one is noted without what it was told."""
    model_id = model(session, model_name, now=now)
    id = session.scalar(
        select(AssistantRow.id).where(
            AssistantRow.project_id == project_id,
            AssistantRow.model_id == model_id,
            AssistantRow.version == version,
        )
    )
    if id is not None:
        return id
    row = AssistantRow(
        project_id=project_id, model_id=model_id, version=version, config={"imported": True}, created_at=now
    )
    session.add(row)
    session.flush()
    return row.id


def judge(
    session: Session, project_id: int, model_name: str, version: str, *, rubric_version: int, now: datetime
) -> int:
    """The judge of this model and version; an unknown one is noted, and does not bind."""
    model_id = model(session, model_name, now=now)
    id = session.scalar(
        select(JudgeRow.id).where(
            JudgeRow.project_id == project_id, JudgeRow.model_id == model_id, JudgeRow.version == version
        )
    )
    if id is not None:
        return id
    row = JudgeRow(
        project_id=project_id,
        model_id=model_id,
        version=version,
        config={"imported": True},
        rubric_version=rubric_version,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def suggestion_ids(session: Session, item_ids: Iterable[int]) -> dict[tuple[int, str, str, str], int]:
    """The ids of the suggestions for these items by item, question, model and prompt version."""
    rows = session.execute(
        select(
            SuggestionRow.id,
            SuggestionRow.item_id,
            SuggestionRow.question,
            ModelRow.name,
            PromptVersionRow.version,
        )
        .join(PromptVersionRow, PromptVersionRow.id == SuggestionRow.prompt_version_id)
        .join(ModelRow, ModelRow.id == PromptVersionRow.model_id)
        .where(SuggestionRow.item_id.in_(values_of(session, list(item_ids))))
    )
    return {(row.item_id, row.question, row.name, row.version): row.id for row in rows}


def with_calls(session: Session, item_ids: Iterable[int]) -> set[int]:
    """Those of the items about which a model was asked."""
    among = ModelCallRow.item_id.in_(values_of(session, list(item_ids)))
    return {id for id in session.scalars(select(ModelCallRow.item_id).where(among)) if id is not None}


def with_inquiries(session: Session, item_ids: Iterable[int]) -> set[int]:
    """Those of the items about which somebody asked."""
    among = InquiryRow.item_id.in_(values_of(session, list(item_ids)))
    return set(session.scalars(select(InquiryRow.item_id).where(among)))
