"""What the beginning of a file holds, before anything is imported."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from milo.core.errors import InvalidInput
from milo.db.tables import ProjectRow
from milo.formats import csv_file, json_array, jsonl, parquet
from milo.formats.row import BadRow, Row
from milo.workflow import projects
from milo.workflow.import_items import FileFormat, guessed_format
from milo.workflow.row_mapping import suggested

SHOWN_ROWS = 5
SHOWN_CHARACTERS = 300
LOOKED_AT = 1_000_000  # bytes by which a format is guessed


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The first rows of a file, and what milo makes of them."""

    format: FileFormat
    columns: list[str]
    rows: list[dict[str, Any]]  # Any: whatever JSON can hold; long texts are cut
    bad_rows: list[str]  # reasons, with their row
    suggested_mapping: dict[str, str]


def preview(
    session: Session, project: ProjectRow, file: BinaryIO, *, filename: str, format: FileFormat | None
) -> Preview:
    """The first five rows of a file.

    `file` may hold its beginning only, with the last row cut off; a Parquet file must be whole.
    """
    known = format or guessed_format(filename) or _looks_like(file)
    found = list(islice(_rows(file, known), SHOWN_ROWS + 1))
    rows = [row for row in found if isinstance(row, Row)][:SHOWN_ROWS]
    bad = [f"row {row.number}: {row.reason}" for row in found if isinstance(row, BadRow)]
    if known == "json" and rows:
        bad = [reason for reason in bad if "ends inside the list" not in reason]
    columns = list(dict.fromkeys(column for row in rows for column in row.data))
    return Preview(
        format=known,
        columns=columns,
        rows=[{name: _cut(value) for name, value in row.data.items()} for row in rows],
        bad_rows=bad,
        suggested_mapping=suggested(
            projects.subject_fields(session, project.id, project.schema_version),
            projects.questions(session, project.id, project.schema_version),
            columns,
        ),
    )


def _rows(file: BinaryIO, format: FileFormat) -> Iterator[Row | BadRow]:
    match format:
        case "parquet":
            return parquet.read(file)
        case "json":
            return json_array.read(file)
        case "jsonl":
            return jsonl.read(_whole_lines(file))
        case _:
            return csv_file.read(_whole_lines(file), delimiter="\t" if format == "tsv" else None)


def _whole_lines(file: BinaryIO) -> BinaryIO:
    start = file.read()
    return io.BytesIO(start[: start.rfind(b"\n") + 1] or start)


def _looks_like(file: BinaryIO) -> FileFormat:
    """The format by the first bytes, where the name tells nothing."""
    start = file.read(LOOKED_AT)
    file.seek(0)
    if start.startswith(parquet.MAGIC):
        return "parquet"
    text = start.removeprefix(jsonl.BOM).lstrip()
    if not text:
        raise InvalidInput("The file is empty.")
    if text.startswith(b"{"):
        return "jsonl"
    if text.startswith(b"["):
        return "json"
    header = text.partition(b"\n")[0]
    return "tsv" if header.count(b"\t") > header.count(b",") else "csv"


def _cut(value: Any) -> Any:  # Any: whatever JSON can hold
    if isinstance(value, str) and len(value) > SHOWN_CHARACTERS:
        return value[:SHOWN_CHARACTERS] + "…"
    return value
