"""Bringing items in: a file is uploaded, looked at, and imported by a job."""

from __future__ import annotations

import io
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter, ValidationError

from milo.core.errors import InvalidInput
from milo.db.queries import imports as import_queries
from milo.db.tables import ImportRow
from milo.formats import csv_file
from milo.web.caller import Who
from milo.workflow import import_items, import_preview, jobs
from milo.workflow.import_items import FileFormat
from milo.workflow.import_preview import Preview

router = APIRouter(prefix="/api")

SHOWN_REJECTED = 100
PREVIEW_BYTES = 1_000_000
PARQUET_PREVIEW_BYTES = 500_000_000  # where its rows are stands at a Parquet file's end
_CHUNK = 1024 * 1024
_FILE_BODY = {
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
_MAPPING = TypeAdapter(dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRow:
    """A row of a file that was not imported; `row` counts as an editor or a spreadsheet does."""

    row: int
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A file coming in. Its items can be seen and claimed once it is `done`."""

    id: int
    project: int
    filename: str
    format: FileFormat
    state: Literal["loading", "done", "failed", "removed"]
    rows_read: int
    imported: int
    duplicates: int
    rejected: int
    rejected_rows: list[RejectedRow]
    error: str | None
    started_at: datetime
    ended_at: datetime | None
    job: int | None = None


@router.post("/projects/{p}/items", status_code=202, openapi_extra={"requestBody": _FILE_BODY})
async def import_file(
    p: str,
    who: Who,
    filename: Annotated[str, Query(min_length=1, max_length=300)] = "upload",
    format: FileFormat | None = None,
    mapping: str = "",
) -> Import:
    """Take the file in the body; a job imports it. Without `format` the name's ending decides.

    `mapping` is a JSON object: subject field, `item_id`, `category`, `language`, `gold` or `gold.<question>`
    to the name of the column.
    """
    columns = _columns(mapping)
    path = await run_in_threadpool(_place, p, who)
    try:
        await _spool(who.request.stream(), path)
        return await run_in_threadpool(_start, p, who, path, filename, format, columns)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@router.post("/projects/{p}/imports/preview", openapi_extra={"requestBody": _FILE_BODY})
async def preview_file(
    p: str,
    who: Who,
    filename: Annotated[str, Query(min_length=1, max_length=300)] = "upload",
    format: FileFormat | None = None,
) -> Preview:
    """What the beginning of a file holds, and which column probably is which field; nothing is stored.

    A Parquet file must come whole, with 500 MB at most; of others the beginning is enough, 1 MB at most.
    """
    if (format or import_items.guessed_format(filename)) == "parquet":
        return await _preview_whole(p, who, filename)
    start = bytearray()
    async for chunk in who.request.stream():
        start += chunk
        if len(start) > PREVIEW_BYTES:
            raise InvalidInput(f"The body has over {PREVIEW_BYTES:,} bytes; send the beginning of the file.")
    return await run_in_threadpool(_preview, p, who, io.BytesIO(start), filename, format)


@router.get("/projects/{p}/imports")
def list_imports(p: str, who: Who) -> list[Import]:
    """The last 50 imports of a project, newest first, without their rejected rows."""
    with who.read() as scope:
        project = scope.project(p)
        return [_as_import(row, []) for row in import_queries.listed(scope.session, project.id)]


@router.get("/imports/{m}")
def read_import(m: int, who: Who) -> Import:
    """How far an import is, with the first 100 rejected rows."""
    with who.read() as scope:
        row, _ = scope.find(ImportRow, m)
        rejected = import_queries.rejected(scope.session, m, limit=SHOWN_REJECTED)
        return _as_import(row, [RejectedRow(row=r.row, reason=r.reason, excerpt=r.excerpt) for r in rejected])


@router.get("/imports/{m}/rejected", response_class=StreamingResponse)
async def download_rejected(m: int, who: Who) -> StreamingResponse:
    """Every rejected row with its number and reason, as CSV."""

    def name() -> str:
        with who.read() as scope:
            scope.find(ImportRow, m)
            return f"import-{m}-rejected.csv"

    filename = await run_in_threadpool(name)
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return StreamingResponse(_rejected_csv(who, m), media_type="text/csv; charset=utf-8", headers=headers)


async def _rejected_csv(who: Who, import_id: int) -> AsyncIterator[bytes]:
    def part(after: int) -> list[tuple[int, str, str]]:
        with who.database.read() as session:
            rows = import_queries.rejected(session, import_id, after=after, limit=1000)
            return [(row.row, row.reason, row.excerpt) for row in rows]

    yield b"row,reason,excerpt\n"
    after = -1
    while rows := await run_in_threadpool(part, after):
        yield b"".join(csv_file.write_rows(rows))
        after = rows[-1][0]


async def _spool(stream: AsyncIterator[bytes], path: Path) -> None:
    """Write a body to a file, a megabyte at a time and off the event loop."""
    file = await run_in_threadpool(path.open, "xb")
    try:
        pending, size = [], 0
        async for chunk in stream:
            pending.append(chunk)
            size += len(chunk)
            if size >= _CHUNK:
                await run_in_threadpool(file.writelines, pending)
                pending, size = [], 0
        await run_in_threadpool(file.writelines, pending)
    finally:
        await run_in_threadpool(file.close)


def _place(p: str, who: Who) -> Path:
    """Where the upload of somebody who may import goes."""
    with who.read() as scope:
        project = scope.project(p)
        folder: Path = _data_dir(who) / "uploads" / str(project.id)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / secrets.token_hex(12)


def _data_dir(who: Who) -> Path:
    folder: Path = who.request.app.state.config.data_dir
    return folder.expanduser().resolve()


def _start(
    p: str, who: Who, path: Path, filename: str, format: FileFormat | None, columns: dict[str, str]
) -> Import:
    with who.write() as scope:
        project = scope.project(p)
        row = import_items.start(
            scope.session,
            project,
            filename=filename,
            path=path,
            format=format,
            mapping=columns,
            by=scope.person,
            now=scope.now,
        )
        job = jobs.enqueue(
            scope.session, project.id, "import", {"import": row.id}, now=scope.now, by=scope.person.id
        )
        return _as_import(row, [], job.id)


async def _preview_whole(p: str, who: Who, filename: str) -> Preview:
    path = await run_in_threadpool(_place, p, who)
    try:
        await _spool(_at_most(who.request.stream(), PARQUET_PREVIEW_BYTES), path)
        with path.open("rb") as file:
            return await run_in_threadpool(_preview, p, who, file, filename, "parquet")
    finally:
        path.unlink(missing_ok=True)


async def _at_most(stream: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in stream:
        size += len(chunk)
        if size > most:
            raise InvalidInput(f"The file has over {most:,} bytes; import it with `milo import` instead.")
        yield chunk


def _preview(p: str, who: Who, file: BinaryIO, filename: str, format: FileFormat | None) -> Preview:
    with who.read() as scope:
        return import_preview.preview(scope.session, scope.project(p), file, filename=filename, format=format)


def _columns(mapping: str) -> dict[str, str]:
    if not mapping:
        return {}
    try:
        return _MAPPING.validate_json(mapping)
    except ValidationError as error:
        raise InvalidInput(
            f'mapping is {mapping[:120]!r}; allowed is JSON such as {{"text": "Comment"}}'
        ) from error


def _as_import(row: ImportRow, rejected: list[RejectedRow], job: int | None = None) -> Import:
    return Import(
        id=row.id,
        project=row.project_id,
        filename=row.filename,
        format=row.format,  # type: ignore[arg-type]  # checked when it was stored
        state=row.state,  # type: ignore[arg-type]  # likewise
        rows_read=row.rows_read,
        imported=row.imported,
        duplicates=row.duplicates,
        rejected=row.rejected,
        rejected_rows=rejected,
        error=row.error,
        started_at=row.started_at,
        ended_at=row.ended_at,
        job=job,
    )
