"""What the beginning of a file holds, before anything is imported."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy.orm import Session

from milo.core.errors import InvalidInput
from milo.db.tables import ProjectRow
from milo.formats import csv_file, json_array, jsonl
from milo.formats.row import BadRow, Row
from milo.workflow import projects
from milo.workflow.import_items import FileFormat, guessed_format
from milo.workflow.row_mapping import suggested

SHOWN_ROWS = 5
SHOWN_CHARACTERS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The first rows of a file, and what milo makes of them."""

    format: FileFormat
    columns: list[str]
    rows: list[dict[str, Any]]  # Any: whatever JSON can hold; long texts are cut
    bad_rows: list[str]  # reasons, with their row
    suggested_mapping: dict[str, str]


def preview(
    session: Session, project: ProjectRow, start: bytes, *, filename: str, format: FileFormat | None
) -> Preview:
    """The first five rows of a file of which `start` is the beginning; its last row may be cut off."""
    known = format or guessed_format(filename) or _looks_like(start)
    whole = start if known == "json" else start[: start.rfind(b"\n") + 1] or start
    found = list(islice(_rows(whole, known), SHOWN_ROWS + 1))
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


def _rows(start: bytes, format: FileFormat) -> Iterator[Row | BadRow]:
    file = io.BytesIO(start)
    match format:
        case "jsonl":
            return jsonl.read(file)
        case "json":
            return json_array.read(file)
        case _:
            return csv_file.read(file, delimiter="\t" if format == "tsv" else None)


def _looks_like(start: bytes) -> FileFormat:
    """The format by the first bytes, where the name tells nothing."""
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
