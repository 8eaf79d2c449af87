"""What of an item is shown, and in which order: the fields of a schema version, without the hidden ones."""

from __future__ import annotations

from sqlalchemy.orm import Session

from milo.core.questions.order import orders
from milo.core.task_item import TaskItem
from milo.db.queries.assignments import Subject
from milo.db.tables import ProjectRow
from milo.workflow import projects


def orders_of(
    session: Session, project: ProjectRow, schema_version: int, item_id: int
) -> dict[str, tuple[str, ...]]:
    """For each comparing question its fields as A, B, ...: for this item the same on every screen."""
    questions = projects.questions(session, project.id, schema_version)
    return orders(questions, salt=project.salt, item=item_id)


def shown(session: Session, project_id: int, schema_version: int, subject: Subject) -> TaskItem:
    """The item as everybody who works on it sees it."""
    fields = projects.subject_fields(session, project_id, schema_version)
    return TaskItem(
        id=subject.id,
        external_id=subject.external_id,
        fields={
            field.name: subject.fields[field.name]
            for field in fields
            if field.show != "hidden" and field.name in subject.fields
        },
        language=subject.language,
    )
