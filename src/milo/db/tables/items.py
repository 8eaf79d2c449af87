"""Items and the files they came in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from milo.db.tables.table import Table


class ImportRow(Table):
    """One file coming in; its items are visible when it is done."""

    __tablename__ = "import"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), index=True)
    filename: Mapped[str]
    format: Mapped[str] = mapped_column(String(10))
    path: Mapped[str]  # the spooled file
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10))  # loading | done | failed | removed
    rows_read: Mapped[int] = mapped_column(default=0)
    imported: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)  # rows of the file that are committed
    error: Mapped[str | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class RejectedRow(Table):
    """A row of a file that could not be imported, and why."""

    __tablename__ = "rejected_row"

    import_id: Mapped[int] = mapped_column(ForeignKey("import.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str]
    excerpt: Mapped[str]


class ItemRow(Table):
    """One review subject, without its payload."""

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("project_id", "external_id"),
        # Partial: an import fills these in its last step, in order; lists never meet what is not visible.
        Index(
            "ix_item_project_state",
            "project_id",
            "state",
            "id",
            "visible",  # else SQLite looks it up in the table, and counts a million items in 0.5 s
            sqlite_where=text("visible = 1"),  # as SQLAlchemy writes `ItemRow.visible`, else it is not used
            postgresql_where=text("visible"),
        ),
        Index(
            "ix_item_project_id",
            "project_id",
            "id",
            sqlite_where=text("visible = 1"),  # as SQLAlchemy writes `ItemRow.visible`, else it is not used
            postgresql_where=text("visible"),
        ),
        Index(
            "ix_item_gold",
            "project_id",
            "state",
            "id",
            sqlite_where=text("has_gold = 1"),
            postgresql_where=text("has_gold"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("import.id"), index=True)
    row: Mapped[int | None]  # its row in the file
    external_id: Mapped[str] = mapped_column(String(300))
    content_hash: Mapped[str] = mapped_column(String(32))  # looked up through `ItemContentRow`
    excerpt: Mapped[str]  # the first words of the subject, for lists
    category: Mapped[str | None]
    language: Mapped[str | None] = mapped_column(String(35))
    has_gold: Mapped[bool] = mapped_column(default=False)
    visible: Mapped[bool] = mapped_column(default=False)  # its import is done
    state: Mapped[str] = mapped_column(String(12), default="new")  # see core.assignment.ItemState
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class ItemContentRow(Table):
    """Which item holds a content. Written when an import ends, sorted by hash: entered row by row, an index
    on hashes made a million items cost 20 s more."""

    __tablename__ = "item_content"
    __table_args__ = ({"sqlite_with_rowid": False},)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"), primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(32), primary_key=True)
    item_id: Mapped[int] = mapped_column(primary_key=True)  # no foreign key: its check is a seek a row


class ItemPayloadRow(Table):
    """What an item holds."""

    __tablename__ = "item_payload"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    fields: Mapped[dict[str, Any]]
    gold: Mapped[dict[str, Any]] = mapped_column(default=dict)
    meta: Mapped[dict[str, Any]] = mapped_column(
        default=dict
    )  # keys of the row milo has no use for; exported as given
