"""Answers as rows to train models on: streamed as of one cut, with a ledger of every row there could be."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, NamedTuple, get_args

import orjson
from sqlalchemy.orm import Session

from milo.core.errors import Fault, InvalidInput, NotFound
from milo.core.export_options import ExportOptions, LabelFormat, TrainingFormat
from milo.core.training import Example, Misfit, Preference, PromptCompletion, Provenance
from milo.db.queries import exports
from milo.db.queries import training as training_queries
from milo.db.queries.exports import LastRevision
from milo.db.session import Database
from milo.db.tables import ProjectRow
from milo.formats import alpaca, dpo, hugging_face, kto, openai_chat, openai_preference, reward, sft, sharegpt
from milo.formats.message import Row, Shape, Sheet
from milo.workflow import media, projects
from milo.workflow.leaving import Leaving, Ledger, Progress
from milo.workflow.training_examples import Answered, Asked, Drafted, MadeOf, asked_of

#: Folder of the pictures beside the rows.
PICTURES = "images"


@dataclass(slots=True)
class TrainingLedger(Ledger):
    """Where every annotation went, and every row it could have given.

    annotations = exported + the sum of excluded; candidates = rows + the sum of left_out.
    """

    candidates: int = 0
    rows: int = 0
    sources: Counter[str] = field(default_factory=Counter)  # of the rows
    left_out: Counter[str] = field(default_factory=Counter)

    def as_data(self) -> dict[str, Any]:
        """The ledger as JSON."""
        return Ledger.as_data(self) | {
            "sources": dict(sorted(self.sources.items())),
            "left_out": dict(sorted(self.left_out.items())),
        }


@dataclass(slots=True)
class Made:
    """How what left was made, for the card of a data set."""

    guideline_versions: Counter[int] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)  # model and version of a used draft -> texts
    annotators: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)
    written: int = 0  # texts whose making was recorded
    draft_share: float = 0.0  # summed over them
    with_draft: int = 0
    edit_distance: int = 0  # summed over those with a draft


class Fit(NamedTuple):
    """Whether a project gives rows of a format: the questions that do, or what is missing."""

    questions: tuple[str, ...]
    missing: str | None


def fit(session: Session, project: ProjectRow, options: ExportOptions) -> Fit:
    """Which questions give rows of this format."""
    by_version = _asked(session, project, options)
    return _fit(options, by_version.values())


def check(session: Session, project: ProjectRow, options: ExportOptions) -> None:
    """Raise `InvalidInput` where no question of the project gives rows of this format."""
    if options.question is not None:
        names = {
            question.name: question.kind
            for version in range(1, project.schema_version + 1)
            for question in projects.questions(session, project.id, version)
        }
        if options.question not in names:
            allowed = ", ".join(names)
            raise InvalidInput(
                f"There is no question {options.question!r}; there are: {allowed}",
                (Fault("question", repr(options.question), allowed),),
            )
    found = fit(session, project, options)
    if found.missing is not None:
        others = [name for name, one in fits(session, project).items() if one.missing is None]
        allowed = ", ".join((*get_args(LabelFormat), *others))
        raise InvalidInput(found.missing, (Fault("format", repr(options.format), allowed),))


class TrainingRows:
    """The rows of a training export with the sheets they belong to; afterwards `ledger` adds up."""

    def __init__(
        self, database: Database, project_id: int, options: ExportOptions, note: Progress, data_dir: Path
    ) -> None:
        self._options = options
        self._data_dir = data_dir
        self.ledger = TrainingLedger()
        self.made = Made()
        self._leaving = Leaving(database, project_id, options, note, self.ledger)
        self.cut = self._leaving.cut
        with database.read() as session:
            project = session.get_one(ProjectRow, project_id)
            check(session, project, options)
            self.slug, self.name = project.slug, project.name
            self._members = exports.members(session, project_id)
            self._by_version = _asked(session, project, options)
            self._has_writings = training_queries.has_writings(session, project_id)
            self._has_drafts = training_queries.has_drafts(session, project_id)
        every = self._by_version.values()
        self.shape = Shape(
            columns=options.columns if options.format == "sft" else "messages",
            has_images=any(one.has_images for one in every),
            is_plain=all(one.is_plain for one in every),
        )
        self.sheets = sheets(options.format, self.shape)
        self.pictures: dict[str, set[str]] = {sheet.name: set() for sheet in self.sheets}

    def __iter__(self) -> Iterator[tuple[str, Row]]:
        """Each row with the name of its sheet."""
        for answered in self._leaving.annotations(self._answered):
            yield from self._rows_of(*answered)
        for _ in self._leaving.unlabeled(lambda session, ids: ()):
            pass

    def _rows_of(self, row: LastRevision, answered: Answered) -> Iterator[tuple[str, Row]]:
        asked = self._by_version[row.schema_version]
        reasons: list[str] = []
        kept = 0
        for sheet in self.sheets:
            for example in asked.examples(sheet.takes, answered):
                self.ledger.candidates += 1
                made = example if isinstance(example, Misfit) else self._row(sheet, example)
                if isinstance(made, Misfit):
                    reasons.append(made.reason)
                    continue
                kept += 1
                yield sheet.name, made
        self.ledger.rows += kept
        self.ledger.left_out.update(reasons)
        if kept:
            self.ledger.exported += 1
            self.ledger.statuses[answered.provenance.status] += 1
            self._note_making(row, asked, answered)
        else:
            self.ledger.excluded[reasons[0] if reasons else "no_answer"] += 1

    def _row(self, sheet: Sheet, example: Example) -> Row | Misfit:
        said = example.chosen if isinstance(example, Preference) else example.completion
        if said.role == "user" and not sheet.takes_user_turns:
            return Misfit("user_turn")
        prompt = example.prompt
        if prompt.images and self._options.images == "include":
            try:
                included = tuple(self._picture(sheet, address) for address in prompt.images)
            except NotFound:
                return Misfit("no_picture")
            example = replace(example, prompt=replace(prompt, images=included))
        row = sheet.row(example, self.shape)
        if isinstance(row, Misfit):
            return row
        if self._options.include_provenance:
            row["metadata"] = {one.name: getattr(example.provenance, one.name) for one in fields(Provenance)}
        self.ledger.sources[example.provenance.source] += 1
        return row

    def _picture(self, sheet: Sheet, address: str) -> str:
        """What the row says of a picture that is included; raises `NotFound` where its file is gone."""
        if self._options.format.startswith("openai"):
            media_type, content = media.load(self._data_dir, address)
            return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
        name = media.name_of(address)
        media.find(self._data_dir, name)
        self.pictures[sheet.name].add(name)
        return f"{PICTURES}/{name}"

    def _note_making(self, row: LastRevision, asked: Asked, answered: Answered) -> None:
        made = self.made
        made.guideline_versions[row.guideline_version] += 1
        made.annotators.add(answered.provenance.annotator)
        if row.language:
            made.languages.add(row.language)
        for question in asked.written:
            writing = answered.writings.get(question.name)
            if writing is None:
                continue
            made.written += 1
            made.draft_share += writing.draft_share
            draft = next((one for one in answered.drafts if one.id == writing.draft), None)
            if draft is not None:
                made.with_draft += 1
                made.edit_distance += writing.edit_distance or 0
                made.models[f"{draft.model} ({draft.version})"] += 1

    # --- reading ---

    def _answered(
        self, session: Session, leaving: Sequence[tuple[LastRevision, str]]
    ) -> list[tuple[LastRevision, Answered]]:
        writings, drafts = self._making(session, [row for row, _ in leaving])
        found = []
        for row, status in leaving:
            pseudonym, _ = self._members.get(row.annotator_id, (f"p{row.annotator_id}", ""))
            provenance = Provenance(
                item=row.external_id,
                annotation=f"{row.external_id}/{pseudonym}",
                revision=row.number,
                annotator=pseudonym,
                status=status,
                question="",
                source="written",
            )
            answered = Answered(
                fields=orjson.loads(row.fields),
                answers=orjson.loads(row.answers),
                provenance=provenance,
                writings=writings.get(row.assignment_id, {}),
                drafts=drafts.get(row.assignment_id, ()),
            )
            found.append((row, answered))
        return found

    def _making(
        self, session: Session, rows: Sequence[LastRevision]
    ) -> tuple[dict[int, dict[str, MadeOf]], dict[int, list[Drafted]]]:
        """By assignment what was measured of its texts, and the drafts there were when it was sent."""
        by_id = {row.assignment_id: row for row in rows}
        ids = list(by_id)
        writings: dict[int, dict[str, MadeOf]] = {}
        drafts: dict[int, list[Drafted]] = {}
        for one in training_queries.writings(session, ids) if self._has_writings and ids else ():
            if one.revision == by_id[one.assignment_id].number:
                made = MadeOf(one.draft_id, one.draft_share, one.edit_distance)
                writings.setdefault(one.assignment_id, {})[one.question] = made
        if not (self._has_drafts and ids):
            return writings, drafts
        thumbs = _worst(training_queries.thumbs(session, ids))
        used = {made.draft for of_one in writings.values() for made in of_one.values()}
        for one in training_queries.drafts(session, ids):
            if one.id in used or one.created_at <= by_id[one.assignment_id].created_at:
                draft = Drafted(
                    id=one.id,
                    question=one.question,
                    query=one.query,
                    status=one.status,
                    text=one.text,
                    model=one.model,
                    version=one.version,
                    thumb=thumbs.get(one.id),
                )
                drafts.setdefault(one.assignment_id, []).append(draft)
        return writings, drafts


def sheets(format: str, shape: Shape) -> tuple[Sheet, ...]:
    """The files of rows a format has."""
    if format == "sft":
        return sft.sheets(shape)
    if format == "hf":
        return hugging_face.sheets(shape)
    by_format: Mapping[str, tuple[Sheet, ...]] = {
        "dpo": dpo.SHEETS,
        "kto": kto.SHEETS,
        "reward": reward.SHEETS,
        "openai-chat": openai_chat.SHEETS,
        "openai-preference": openai_preference.SHEETS,
        "sharegpt": sharegpt.SHEETS,
        "alpaca": alpaca.SHEETS,
    }
    return by_format[format]


def fits(session: Session, project: ProjectRow) -> dict[TrainingFormat, Fit]:
    """For every training format what gives rows of it, or what is missing."""
    by_version = _asked(session, project, ExportOptions())
    names: tuple[TrainingFormat, ...] = get_args(TrainingFormat)
    return {name: _fit(ExportOptions(format=name), by_version.values()) for name in names}


def _fit(options: ExportOptions, every: Collection[Asked]) -> Fit:
    takes_comparisons = any(one.takes is not PromptCompletion for one in sheets(options.format, Shape()))
    found: dict[str, None] = {}
    for asked in every:
        found |= dict.fromkeys(one.name for one in asked.written)
        if takes_comparisons:
            found |= dict.fromkeys(one.name for one in asked.compared)
    if found:
        return Fit(tuple(found), None)
    what = "a written question (text or chat)"
    if takes_comparisons:
        what += " or a comparison (pairwise or ranking)"
    if options.question is not None:
        return Fit((), f"{options.format} needs {what}; the question {options.question!r} is none")
    if notes := list(dict.fromkeys(name for asked in every for name in asked.notes)):
        told = f"the project's texts ({', '.join(notes)}) are notes, which count where they are named"
        return Fit((), f"{options.format} needs {what}; {told}")
    return Fit((), f"{options.format} needs {what}; the project has none")


def _asked(session: Session, project: ProjectRow, options: ExportOptions) -> dict[int, Asked]:
    """What each version of the schema asks."""
    policy = projects.settings(project).assistant
    return {
        version: asked_of(
            projects.subject_fields(session, project.id, version),
            projects.questions(session, project.id, version),
            policy,
            options.question,
        )
        for version in range(1, project.schema_version + 1)
    }


def _worst(rows: Sequence[Any]) -> dict[int, str]:
    """The thumb on each draft; down where several people do not agree."""
    thumbs: dict[int, str] = {}
    for row in rows:
        if thumbs.get(row.target) != "down":
            thumbs[row.target] = row.thumb
    return thumbs
