"""Projects, the versions of what is asked in them, and questions to the researcher."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from milo.db.tables.table import Table


class ProjectRow(Table):
    """Guideline + questions + items + settings."""

    __tablename__ = "project"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    settings: Mapped[dict[str, Any]]
    salt: Mapped[str] = mapped_column(String(32))  # of hold-out hashes
    schema_version: Mapped[int] = mapped_column(default=1)
    guideline_version: Mapped[int] = mapped_column(default=1)
    rubric_version: Mapped[int] = mapped_column(default=0, server_default="0")  # 0: there is no rubric
    reopened_seq: Mapped[int] = mapped_column(default=0)  # moves whenever a slot opens or a priority changes
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class SchemaVersionRow(Table):
    """Questions and shown fields, as of a version; never changed."""

    __tablename__ = "schema_version"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    questions: Mapped[list[Any]]
    subject: Mapped[list[Any]]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class GuidelineVersionRow(Table):
    """The guideline's sections, as of a version; never changed."""

    __tablename__ = "guideline_version"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    sections: Mapped[list[Any]]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class RubricVersionRow(Table):
    """The project's rubrics, as of a version; never changed."""

    __tablename__ = "rubric_version"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    rubrics: Mapped[list[Any]]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class InquiryRow(Table):
    """An annotator's question to the researcher about an item, with the reply."""

    __tablename__ = "inquiry"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    question: Mapped[str | None]
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str]
    asked_at: Mapped[datetime]
    reply: Mapped[str | None]
    replied_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    replied_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]  # when the asker saw the reply
    section_id: Mapped[str | None]  # the guideline clause it became
    guideline_version: Mapped[int | None]
