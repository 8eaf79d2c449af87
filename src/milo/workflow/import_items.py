"""A file comes in: rows in short transactions, then the items are opened to view and claim all at once.

The same function serves the command line, which reads the file itself, and the job of an upload.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Literal, cast, get_args

import orjson
from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from milo.core.errors import Conflict, InvalidInput, NotFound
from milo.core.person import Person
from milo.core.project import Settings
from milo.db.queries import annotated_items, imports
from milo.db.queries.imports import Content
from milo.db.session import Database
from milo.db.tables import (
    ImportRow,
    ItemContentRow,
    ItemPayloadRow,
    ItemRow,
    ProjectRow,
    QueueRow,
    RejectedRow,
)
from milo.formats import csv_file, json_array, jsonl, parquet
from milo.formats.row import DEFAULT_LIMITS, BadRow, Limits, Row
from milo.workflow import import_annotations, projects
from milo.workflow.contents import Contents
from milo.workflow.jobs import JobCancelled, JobRun
from milo.workflow.row_mapping import Incoming, RowMapping, adopting

FileFormat = Literal["jsonl", "json", "csv", "tsv", "parquet"]

#: A write transaction holds up everybody else's answers, so batches shrink and grow towards this.
GOAL_SECONDS = 0.015
LARGEST_BATCH = 2000
LARGEST_BATCH_BYTES = 4_000_000

_ITEM = (
    "id",
    "project_id",
    "import_id",
    "row",
    "external_id",
    "content_hash",
    "excerpt",
    "category",
    "language",
)
_ITEM_FIXED = ("has_gold", "visible", "state", "revision", "created_at")

Writing = Callable[[], AbstractContextManager[Session]]


def start(
    session: Session,
    project: ProjectRow,
    *,
    filename: str,
    path: Path,
    format: str | None,
    mapping: Mapping[str, str],
    by: Person | None,
    now: datetime,
) -> ImportRow:
    """A new import of a file, in state `loading`; `run` does it.

    Where an import of this very file was interrupted, that one is returned, to go on where it stopped.
    """
    known = guessed_format(filename) if format is None else format
    if known not in get_args(FileFormat):
        allowed = ", ".join(get_args(FileFormat))
        raise InvalidInput(f"The format of {filename!r} is {known or 'unknown'}; allowed are {allowed}.")
    if known == "parquet":
        parquet.require()
    _mapping_of(session, project, mapping, Path(), None)  # raises when it names what is not there
    interrupted = imports.loading(session, project.id, str(path))
    if interrupted is not None:
        if interrupted.mapping != dict(mapping) or interrupted.format != known:
            raise Conflict(
                f"An import of {filename!r} was interrupted; finish it first, with its format and mapping:"
                f" {interrupted.format}, {interrupted.mapping}."
            )
        return interrupted
    row = ImportRow(
        project_id=project.id,
        filename=filename,
        format=known,
        path=str(path),
        mapping=dict(mapping),
        state="loading",
        created_by=by.id if by else None,
        started_at=now,
    )
    session.add(row)
    session.flush()
    return row


def guessed_format(filename: str) -> FileFormat | None:
    """The format by the ending of a name; None when it tells nothing.

    >>> guessed_format("reviews.NDJSON")
    'jsonl'
    """
    endings: dict[str, FileFormat] = {
        "jsonl": "jsonl",
        "ndjson": "jsonl",
        "json": "json",
        "csv": "csv",
        "tsv": "tsv",
        "tab": "tsv",
        "parquet": "parquet",
    }
    return endings.get(filename.rpartition(".")[2].lower())


def rows_of(path: Path, format: str, limits: Limits = DEFAULT_LIMITS) -> Iterator[Row | BadRow]:
    """The rows of a file."""
    with path.open("rb", buffering=1024 * 1024) as file:
        match format:
            case "jsonl":
                yield from jsonl.read(file, limits)
            case "json":
                yield from json_array.read(file, limits)
            case "parquet":
                yield from parquet.read(file, limits)
            case _:
                yield from csv_file.read(file, limits, delimiter="\t" if format == "tsv" else None)


def job(run: JobRun) -> Mapping[str, Any]:
    """The import as a job: `config` names it. Cancelled before its items are shown, it is taken back."""
    import_id = run.config["import"]

    def write() -> AbstractContextManager[Session]:
        if not work.is_opening:
            run.check()
        return run.commit(done=work.position, total=max(work.rows_expected, work.position))

    work = _Work(run.database, import_id, run.data_dir, run.clock, write)
    try:
        state = work.run()
    except JobCancelled:
        remove(run.database, import_id, data_dir=run.data_dir, now=run.clock())
        raise
    if state != "done":
        with run.database.read() as session:
            reason = _import(session, import_id).error
        raise InvalidInput(reason or f"Import {import_id} was taken back; upload the file again.")
    return {"import": import_id}


def run(
    database: Database,
    import_id: int,
    *,
    data_dir: Path,
    clock: Callable[[], datetime],
    limits: Limits = DEFAULT_LIMITS,
) -> None:
    """Do an import to its end; one that was interrupted goes on where it stopped.

    A file that cannot be read at all leaves the import `failed` with the reason; it does not raise.
    """
    lock = data_dir / "locks" / f"import-{import_id}"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"Another process is at import {import_id} right now.") from None
        _Work(database, import_id, data_dir, clock, database.write, limits).run()
    lock.unlink(missing_ok=True)


def remove(database: Database, import_id: int, *, data_dir: Path, now: datetime) -> None:
    """Take back an import none of whose items anybody has seen; raises `Conflict` once they are shown."""
    with database.read() as session:
        row = _import(session, import_id)
        path = Path(row.path)
        if row.state == "done" or imports.is_any_visible(session, import_id):
            raise Conflict(f"The items of import {import_id} are shown; people may have worked on them.")
    while True:
        with database.write() as session:
            found = imports.contents_of(session, import_id, after=0, limit=300)
            imports.delete_items(session, [content.item_id for content in found])
            if not found:
                row = _import(session, import_id)
                row.state, row.ended_at = "removed", now
                break
    if _is_upload(path, data_dir):
        path.unlink(missing_ok=True)


@dataclass(slots=True)
class _Work:
    """One import under way."""

    database: Database
    import_id: int
    data_dir: Path
    clock: Callable[[], datetime]
    write: Writing
    limits: Limits = DEFAULT_LIMITS
    position: int = 0
    rows_expected: int = 0
    has_earlier: bool = False
    batch_size: int = 250
    is_opening: bool = False
    transactions: int = 0
    contents: Contents = field(default_factory=Contents)

    def run(self) -> str:
        """Do the import to its end; the state it then has."""
        with self.database.read() as session:
            row = _import(session, self.import_id)
            if row.state != "loading":
                return row.state
            project = session.get_one(ProjectRow, row.project_id)
            path, format, settings = Path(row.path), row.format, projects.settings(project)
            mapping = _mapping_of(
                session, project, row.mapping, self.data_dir, _folder(path, self.data_dir), self.limits
            )
            self.position = row.position
            self.has_earlier = imports.has_contents(session, project.id)
        try:
            self._resume()
            self.rows_expected = _rows_expected(path, format)
            self._load(rows_of(path, format, self.limits), mapping)
        except (InvalidInput, OSError) as error:
            self._fail(str(error))
            return "failed"
        self._register()
        self.contents = Contents()  # they are stored now; what opens the items wants the memory
        with self.write():  # the last moment to cancel
            self.is_opening = True
        self._open(settings)
        if _is_upload(path, self.data_dir):
            path.unlink(missing_ok=True)
        return "done"

    def _resume(self) -> None:
        """Learn again what the items already stored hold."""
        if self.position == 0:
            return
        after = 0
        with self.database.read() as session:
            while found := imports.contents_of(session, self.import_id, after=after, limit=5000):
                self.contents.add(found)
                after = found[-1].item_id

    def _load(self, rows: Iterator[Row | BadRow], mapping: RowMapping) -> None:
        skipped = self.position
        rows = islice(rows, skipped, None)
        pending: list[Incoming | BadRow] = []
        size = 0
        for row in rows:
            one = mapping.item(row) if isinstance(row, Row) else row
            pending.append(one)
            size += row.size if isinstance(row, Row) else 0
            if len(pending) >= self.batch_size or size > LARGEST_BATCH_BYTES:
                self._store(pending, mapping)
                pending, size = [], 0
        if pending:
            self._store(pending, mapping)

    def _store(self, rows: list[Incoming | BadRow], mapping: RowMapping) -> None:
        """One batch: its good rows as items, its bad ones as rejected, its position."""
        rejected = [row for row in rows if isinstance(row, BadRow)]
        incoming = [row for row in rows if isinstance(row, Incoming)]
        fresh, again = self._without_duplicates(incoming)
        with self.write() as session:
            began = time.perf_counter()
            row = _import(session, self.import_id)
            duplicates = len(again)
            if self.has_earlier:
                known = imports.known_contents(session, row.project_id, [one.content_hash for one in fresh])
                duplicates += sum(one.content_hash in known and not one.has_annotation for one in fresh)
                fresh = [one for one in fresh if one.content_hash not in known]
            stored, refused = self._insert(session, row, fresh)
            rejected += refused
            came = {one.number for one in fresh} - {bad.number for bad in refused}
            native = [
                one
                for one in incoming
                if one.native is not None and (one.number in came or one.has_annotation)
            ]
            if native:
                now = self.clock()
                rejected += import_annotations.attach(session, row, native, mapping.questions, now=now)
            _insert_rejected(session, self.import_id, rejected)
            self.position += len(rows)
            row.position = row.rows_read = self.position
            row.imported += len(stored)
            row.duplicates += duplicates
            row.rejected += len(rejected)
            session.flush()
            seconds = time.perf_counter() - began
        self.contents.add(stored)
        self._adapt(len(rows), seconds)
        self._shorten_log()

    def _without_duplicates(self, rows: list[Incoming]) -> tuple[list[Incoming], list[Incoming]]:
        """The rows whose content is new to this file, and the others that bring nothing."""
        known = self.contents.known([row.content_hash for row in rows])
        fresh, again = [], []
        for row in rows:
            if row.content_hash in known:
                if not row.has_annotation:
                    again.append(row)
                continue
            known.add(row.content_hash)
            fresh.append(row)
        return fresh, again

    def _insert(
        self, session: Session, row: ImportRow, incoming: Sequence[Incoming]
    ) -> tuple[list[Content], list[BadRow]]:
        if not incoming:
            return [], []
        ids = imports.next_ids(session, cast(Table, ItemRow.__table__), len(incoming))
        fixed = (False, "new", 1, imports.as_stored(session, self.clock()))
        project_id, import_id = row.project_id, row.id
        new = imports.insert_many(
            session,
            cast(Table, ItemRow.__table__),
            _ITEM + _ITEM_FIXED,
            [
                (
                    id,
                    project_id,
                    import_id,
                    one.number,
                    one.external_id or f"{import_id}-{one.number}",
                    one.content_hash,
                    one.excerpt,
                    one.category,
                    one.language,
                    bool(one.gold),
                    *fixed,
                )
                for id, one in zip(ids, incoming, strict=True)
            ],
        )
        there = set(ids) if new == len(ids) else imports.existing_ids(session, ids)
        stored = [(id, one) for id, one in zip(ids, incoming, strict=True) if id in there]
        imports.insert_many(
            session,
            cast(Table, ItemPayloadRow.__table__),
            ("item_id", "fields", "gold", "meta"),
            [(id, _json(one.fields), _json(one.gold), _json(one.meta)) for id, one in stored],
        )
        refused = [
            BadRow(
                one.number, f"the id {one.external_id!r} is taken by another item of the project", one.excerpt
            )
            for id, one in zip(ids, incoming, strict=True)
            if id not in there
        ]
        return [Content(one.content_hash, id) for id, one in stored], refused

    def _shorten_log(self) -> None:
        """Every other transaction: the log then has 600 to 900 pages, and no commit has to do it."""
        self.transactions += 1
        if self.transactions % 2 == 0:
            self.database.shorten_log()

    def _adapt(self, rows: int, seconds: float) -> None:
        wanted = rows * GOAL_SECONDS / max(seconds, 1e-6)
        self.batch_size = int(
            min(LARGEST_BATCH, max(20, self.batch_size / 2, min(wanted, self.batch_size * 2)))
        )

    def _register(self) -> None:
        """Write which item holds which content, in the order of the hashes.

        Where another import of the project ran meanwhile, what it was first to register is a duplicate here.
        """
        ordered = self.contents.in_order()
        size = 500
        while batch := list(islice(ordered, size)):
            with self.write() as session:
                began = time.perf_counter()
                row = _import(session, self.import_id)
                project_id = row.project_id
                if imports.has_overlapping(session, row):
                    batch = self._first_come(session, row, batch)
                imports.insert_many(
                    session,
                    cast(Table, ItemContentRow.__table__),
                    ("project_id", "content_hash", "item_id"),
                    [(project_id, *content) for content in batch],
                )
                seconds = time.perf_counter() - began
            size = _next_size(size, seconds)
            self._shorten_log()

    def _first_come(self, session: Session, row: ImportRow, batch: list[Content]) -> list[Content]:
        imports.lock_contents(session, row.project_id)
        known = imports.known_contents(session, row.project_id, [content.content_hash for content in batch])
        late = {c.item_id for c in batch if known.get(c.content_hash, c.item_id) != c.item_id}
        if late:
            imports.delete_items(session, sorted(late))
            row.imported -= len(late)
            row.duplicates += len(late)
        return [content for content in batch if content.item_id not in late]

    def _open(self, settings: Settings) -> None:
        size, after = 500, 0
        with self.database.read() as session:
            project_id = _import(session, self.import_id).project_id
            queue_id = session.scalars(
                select(QueueRow.id).where(QueueRow.project_id == project_id, QueueRow.name == "main")
            ).one()
            has_annotations = annotated_items.has_annotations(session, self.import_id)
        while True:
            with self.write() as session:
                began = time.perf_counter()
                run = imports.run_of_items(session, self.import_id, after=after, limit=size)
                if run is None:
                    self._end(session, "done")
                    return
                imports.open_items(session, self.import_id, run, queue_id, settings.overlap)
                if has_annotations:
                    import_annotations.settle(session, range(run[0], run[1] + 1), settings.overlap)
                seconds = time.perf_counter() - began
            after, size = run[1], _next_size(size, seconds)
            self._shorten_log()

    def _end(self, session: Session, state: str, error: str | None = None) -> None:
        row = _import(session, self.import_id)
        row.state, row.error, row.ended_at = state, error, self.clock()
        session.get_one(ProjectRow, row.project_id).reopened_seq += 1

    def _fail(self, error: str) -> None:
        with self.write() as session:
            self._end(session, "failed", error)


def _next_size(size: int, seconds: float) -> int:
    return int(min(LARGEST_BATCH, max(50, size / 2, min(size * GOAL_SECONDS / max(seconds, 1e-6), size * 2))))


def _insert_rejected(session: Session, import_id: int, rejected: Sequence[BadRow]) -> None:
    imports.insert_many(
        session,
        cast(Table, RejectedRow.__table__),
        ("import_id", "row", "reason", "excerpt"),
        [(import_id, bad.number, bad.reason, bad.excerpt) for bad in rejected],
    )


def _import(session: Session, import_id: int) -> ImportRow:
    row = session.get(ImportRow, import_id)
    if row is None:
        raise NotFound(f"There is no import {import_id}.")
    return row


def _mapping_of(
    session: Session,
    project: ProjectRow,
    mapping: Mapping[str, str],
    data_dir: Path,
    folder: Path | None,
    limits: Limits = DEFAULT_LIMITS,
) -> RowMapping:
    return RowMapping(
        projects.subject_fields(session, project.id, project.schema_version),
        projects.questions(session, project.id, project.schema_version),
        mapping,
        adopting(data_dir, project.id, folder),
        limits,
    )


def _folder(path: Path, data_dir: Path) -> Path | None:
    """Where pictures beside the file stand; an upload has none."""
    return None if _is_upload(path, data_dir) else path.parent


def _is_upload(path: Path, data_dir: Path) -> bool:
    return path.is_relative_to(data_dir / "uploads")


def _rows_expected(path: Path, format: str) -> int:
    """About how many rows there are; 0 where only reading the whole file would tell."""
    if format == "json":
        return 0
    with path.open("rb") as file:
        if format == "parquet":
            return parquet.count(file)
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1024 * 1024), b""))


def _json(value: Mapping[str, Any]) -> str:
    return orjson.dumps(value).decode() if value else "{}"
