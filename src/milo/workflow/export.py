"""Labels leave: a file of one row an annotation, and a ledger that says where every annotation went."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy.orm import Session

from milo.core.assistant_policy import drafted
from milo.core.errors import NotFound
from milo.core.export_options import ExportFormat, ExportOptions, TrainingFormat
from milo.core.person import Person
from milo.db.queries import exports
from milo.db.session import Database
from milo.db.tables import ExportRow, JobRow, ProjectRow
from milo.formats import csv_file, jsonl
from milo.workflow import feedback, jobs, native_assist, native_row, projects, training_file, training_rows
from milo.workflow.jobs import JobRun
from milo.workflow.leaving import Leaving, Ledger, Progress
from milo.workflow.training_rows import TrainingRows


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingFit:
    """Whether the project gives rows of a training format: from which questions, or what is missing."""

    questions: tuple[str, ...]
    missing: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportCounts:
    """What a download would hold, before it is made."""

    states: Mapping[str, int]  # assignments by state
    passed: int
    unreviewed: int  # no review was asked
    in_review: int  # submitted as well, and kept back until it is decided
    labels: int  # rows of the default export
    items: int
    training: Mapping[TrainingFormat, TrainingFit]


def counts(session: Session, project: ProjectRow, items: int) -> ExportCounts:
    """How many annotations stand in each state, and how many rows the default export has."""
    states = exports.counts_by_state(session, project.id)
    in_review = exports.count_in_review(session, project.id)
    passed, unreviewed = states.get("passed", 0), states.get("submitted", 0) - in_review
    takes_unreviewed = projects.settings(project).export_unreviewed
    return ExportCounts(
        states=states,
        passed=passed,
        unreviewed=unreviewed,
        in_review=in_review,
        labels=passed + (unreviewed if takes_unreviewed else 0),
        items=items,
        training={
            name: TrainingFit(questions=fit.questions, missing=fit.missing)
            for name, fit in training_rows.fits(session, project).items()
        },
    )


def enqueue(
    session: Session, project: ProjectRow, options: ExportOptions, *, by: Person, now: datetime
) -> JobRow:
    """A queued export; raises `InvalidInput` where the project has nothing of what the format holds."""
    if options.is_training:
        training_rows.check(session, project, options)
    config = {name: getattr(options, name) for name in _OPTIONS} | {"states": list(options.states)}
    return jobs.enqueue(session, project.id, "export", config, by=by.id, now=now)


def job(run: JobRun) -> Mapping[str, Any]:
    """The export as a job: `config` holds the options."""
    options = ExportOptions(**{name: value for name, value in run.config.items() if name in _OPTIONS})
    noted_at = time.monotonic()

    def note(done: int, total: int) -> None:
        nonlocal noted_at
        run.check()
        if time.monotonic() - noted_at > 1:
            noted_at = time.monotonic()
            with run.commit(done=done, total=max(done, total)):
                pass

    written = write(
        run.database, run.project_id, options, data_dir=run.data_dir, name=f"job-{run.id}", note=note
    )
    with run.commit(done=written.ledger.exported, total=written.ledger.exported) as session:
        row = keep(session, run.project_id, options, written, job_id=run.id, by=None, now=run.clock())
        return {"export": row.id, "ledger": row.ledger}


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file."""

    path: Path
    cut: int
    ledger: Ledger


def write(
    database: Database,
    project_id: int,
    options: ExportOptions,
    *,
    data_dir: Path,
    name: str,
    note: Progress = lambda done, total: None,
) -> Written:
    """Write the file of an export under the data folder, in short reads, as of one cut."""
    path = data_dir / "exports" / str(project_id) / f"{name}.{options.ending}"
    path.parent.mkdir(parents=True, exist_ok=True)
    if options.is_training:
        examples = TrainingRows(database, project_id, options, note, data_dir)
        training_file.write(examples, options, path, data_dir)
        return Written(path, examples.cut, examples.ledger)
    rows = _Rows(database, project_id, options, note)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb", buffering=1024 * 1024) as file:
        for piece in _pieces(rows, options.format):
            file.write(piece)
    unfinished.replace(path)
    return Written(path, rows.cut, rows.ledger)


def keep(
    session: Session,
    project_id: int,
    options: ExportOptions,
    written: Written,
    *,
    job_id: int | None,
    by: int | None,
    now: datetime,
) -> ExportRow:
    """Write down a finished export."""
    row = ExportRow(
        project_id=project_id,
        job_id=job_id,
        format=options.format,
        options=asdict(options) | {"states": list(options.states)},
        path=str(written.path),
        bytes=written.path.stat().st_size,
        cut=written.cut,
        ledger=written.ledger.as_data(),
        created_by=by,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def file_of(row: ExportRow) -> Path:
    """The file of an export; raises `NotFound` when somebody removed it."""
    path = Path(row.path)
    if not path.is_file():
        raise NotFound(f"The file of export {row.id} is no longer there; export again.")
    return path


_OPTIONS = tuple(ExportOptions.__dataclass_fields__)


class _Rows:
    """The rows of an export, read chunk by chunk; afterwards `ledger` adds up."""

    def __init__(self, database: Database, project_id: int, options: ExportOptions, note: Progress) -> None:
        self._project_id = project_id
        self._options = options
        self._json: native_row.FromText = orjson.Fragment if options.format == "jsonl" else orjson.loads
        self._leaving = Leaving(database, project_id, options, note)
        self.ledger = self._leaving.ledger
        self.cut = self._leaving.cut
        with database.read() as session:
            project = session.get_one(ProjectRow, project_id)
            self._members = exports.members(session, project_id)
            self.fields = [
                f.name for f in projects.subject_fields(session, project.id, project.schema_version)
            ]
            self.questions = [q.name for q in projects.questions(session, project.id, project.schema_version)]
            self._is_reviewed = exports.has_feedback(session, project_id)
            self._has_drafts = exports.has_drafts(session, project_id)
            self._has_writings = exports.has_writings(session, project_id)
            self._drafted = _drafted(session, project)
        self._levels: dict[int, native_row.Levels] = {}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        yield from self._leaving.annotations(self._annotated)
        yield from self._leaving.unlabeled(self._unlabeled)

    def _annotated(self, session: Session, leaving: Sequence[tuple[Any, str]]) -> list[dict[str, Any]]:
        found = list(self._rows(session, leaving))
        self.ledger.exported += len(found)
        return found

    def _unlabeled(self, session: Session, ids: Sequence[int]) -> list[dict[str, Any]]:
        found = list(self._unlabeled_rows(session, ids)) if self._options.include_unlabeled else []
        self.ledger.exported_unlabeled += len(found)
        return found

    def _rows(self, session: Session, leaving: Sequence[tuple[Any, str]]) -> Iterator[dict[str, Any]]:
        item_ids = {row.item_id for row, _ in leaving}
        suggestions = _by(exports.suggestions(session, item_ids), "item_id")
        calls = _by(exports.model_calls(session, item_ids), "item_id")
        inquiries = self._inquiries(session, item_ids)
        reviewed = [row.assignment_id for row, _ in leaving] if self._is_reviewed else []
        decisions = _by(exports.decisions(session, reviewed) if reviewed else (), "assignment_id")
        qa = self._feedback(session, reviewed)
        assisted = self._assisted(session, [row.assignment_id for row, _ in leaving])
        edited = [row.assignment_id for row, _ in leaving if row.number > 1]
        earlier = _by(exports.earlier_revisions(session, edited, self.cut), "assignment_id")
        for row, status in leaving:
            pseudonym, role = self._member(row.annotator_id)
            self.ledger.statuses[status] += 1
            yield native_row.annotated(
                row,
                status=status,
                pseudonym=pseudonym,
                role=role,
                earlier=[one for one in earlier.get(row.assignment_id, ()) if one.number < row.number],
                suggestions=suggestions.get(row.item_id, ()),
                calls=calls.get(row.item_id, ()),
                inquiries=inquiries.get(row.item_id, []),
                decisions=[one for one in decisions.get(row.assignment_id, ()) if one.revision <= row.number],
                qa=[one for one in qa.get(row.assignment_id, ()) if one["revision"] <= row.number],
                assisted=assisted(row),
                json=self._json,
            )

    def _assisted(
        self, session: Session, assignment_ids: Sequence[int]
    ) -> Callable[[Any], Mapping[str, Any]]:
        """What drafts contributed to each of these; asked for only where there are any."""
        drafts = exports.drafts(session, assignment_ids) if self._has_drafts else ()
        with_edits = self._options.include_edits and self._options.format == "jsonl"
        writings = (
            exports.writings(session, assignment_ids, with_edits=with_edits) if self._has_writings else ()
        )
        by_draft, by_writing = _by(drafts, "assignment_id"), _by(writings, "assignment_id")
        return lambda row: native_assist.assisted(
            row, by_draft.get(row.assignment_id, ()), by_writing.get(row.assignment_id, ()), self._drafted
        )

    def _feedback(self, session: Session, assignment_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
        found = _by(exports.feedback(session, assignment_ids) if assignment_ids else (), "assignment_id")
        return {
            id: [
                native_row.reviewed(
                    row,
                    reviewer=None if row.person_id is None else self._member(row.person_id)[0],
                    levels=self._rubric(session, row.rubric_version),
                )
                for row in rows
            ]
            for id, rows in found.items()
        }

    def _rubric(self, session: Session, version: int) -> native_row.Levels:
        """The levels of every grade of a rubric version."""
        if version not in self._levels:
            rubrics = feedback.rubrics_of(session, self._project_id, version)
            self._levels[version] = {
                (criterion.name, grade.name): (grade.level, criterion.levels)
                for rubric in rubrics
                for criterion in rubric.criteria
                for grade in criterion.grades
            }
        return self._levels[version]

    def _inquiries(self, session: Session, item_ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
        found = _by(exports.inquiries(session, item_ids), "item_id")
        return {
            item_id: [native_row.inquiry(row, self._member(row.asked_by)[0]) for row in rows]
            for item_id, rows in found.items()
        }

    def _member(self, person_id: int) -> tuple[str, str]:
        """Pseudonym and role; an administrator who never was a member is told by their number."""
        return self._members.get(person_id, (f"p{person_id}", "annotator"))

    def _unlabeled_rows(self, session: Session, ids: Sequence[int]) -> Iterator[dict[str, Any]]:
        suggestions = _by(exports.suggestions(session, ids), "item_id")
        calls = _by(exports.model_calls(session, ids), "item_id")
        inquiries = self._inquiries(session, ids)
        for item in exports.items(session, ids):
            id = item.item_id
            yield native_row.unlabeled(
                item, suggestions.get(id, ()), calls.get(id, ()), inquiries.get(id, []), self._json
            )


def _drafted(session: Session, project: ProjectRow) -> str | None:
    """The question the assistant answers, or would answer: the last one that is written."""
    questions = projects.questions(session, project.id, project.schema_version)
    question = drafted(projects.settings(project).assistant, questions)
    return None if question is None else question.name


def _pieces(rows: _Rows, format: ExportFormat) -> Iterator[bytes]:
    if format == "jsonl":
        yield from jsonl.write(rows)
        return
    columns = native_row.flat_columns(rows.fields, rows.questions)
    yield from csv_file.write(columns, (native_row.flat(row, rows.fields, rows.questions) for row in rows))


def _by(rows: Sequence[Any], name: str) -> dict[int, list[Any]]:
    grouped: dict[int, list[Any]] = {}
    for row in rows:
        grouped.setdefault(getattr(row, name), []).append(row)
    return grouped
