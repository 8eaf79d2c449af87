"""Labels leave: counts before, the finished files with their ledgers after. A job makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse

from milo.db.queries import exports as export_queries
from milo.db.queries import items as item_queries
from milo.db.tables import ExportRow
from milo.web.caller import Who
from milo.workflow import export
from milo.workflow.export import ExportCounts

router = APIRouter(prefix="/api")

_MEDIA_TYPES = {
    ".jsonl": "application/x-ndjson",
    ".csv": "text/csv; charset=utf-8",
    ".zip": "application/zip",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A finished file. `ledger` adds up: annotations = exported + the sum of excluded."""

    id: int
    project: int
    job: int | None
    format: str
    options: Mapping[str, Any]  # Any: as they were asked for
    bytes: int
    cut: int
    ledger: Mapping[str, Any]
    filename: str
    created_at: datetime


@router.get("/projects/{p}/exports/counts")
def count_exportable(p: str, who: Who) -> ExportCounts:
    """How many annotations stand in each state, before anything is made."""
    with who.read() as scope:
        project = scope.project(p)
        items = sum(item_queries.counts_by_state(scope.session, project.id).values())
        return export.counts(scope.session, project, items)


@router.get("/projects/{p}/exports")
def list_exports(p: str, who: Who) -> list[Export]:
    """The last 50 exports, newest first."""
    with who.read() as scope:
        project = scope.project(p)
        return [_as_export(row, project.slug) for row in export_queries.listed(scope.session, project.id)]


@router.get("/exports/{e}")
def read_export(e: int, who: Who) -> Export:
    """A finished export with its ledger."""
    with who.read() as scope:
        row, project = scope.find(ExportRow, e)
        return _as_export(row, project.slug)


@router.get("/exports/{e}/file", response_class=FileResponse)
def download_export(e: int, who: Who) -> FileResponse:
    """The file; a broken download goes on where it stopped (`Range`)."""
    with who.read() as scope:
        row, project = scope.find(ExportRow, e)
        name = _filename(row, project.slug)
    path = export.file_of(row)
    return FileResponse(path, media_type=_MEDIA_TYPES[path.suffix], filename=name)


def _as_export(row: ExportRow, slug: str) -> Export:
    return Export(
        id=row.id,
        project=row.project_id,
        job=row.job_id,
        format=row.format,
        options=row.options,
        bytes=row.bytes,
        cut=row.cut,
        ledger=row.ledger,
        filename=_filename(row, slug),
        created_at=row.created_at,
    )


def _filename(row: ExportRow, slug: str) -> str:
    ending = Path(row.path).suffix
    kind = "" if ending == f".{row.format}" else f"-{row.format}"
    return f"{slug}{kind}-{row.created_at:%Y%m%d-%H%M%S}{ending}"
