"""Projects: made from a specification, and changed by new versions of schema and guideline."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from milo.core.errors import NotFound
from milo.core.guideline import Guideline, Section
from milo.core.person import Person
from milo.core.project import ProjectSpec, Settings, SubjectField, check_spec
from milo.core.questions import Question
from milo.core.rubric import Rubric
from milo.db import convert
from milo.db.queries import projects as project_queries
from milo.db.tables import GuidelineVersionRow, ProjectRow, QueueRow, RubricVersionRow, SchemaVersionRow
from milo.workflow import jobs, people


def create(session: Session, spec: ProjectSpec, *, by: Person | None, now: datetime) -> ProjectRow:
    """A new project with its first schema and guideline; who makes it becomes its researcher."""
    check_spec(spec)
    project = ProjectRow(
        slug=_free_slug(session, spec.slug or spec.name),
        name=spec.name,
        description=spec.description,
        settings=convert.as_data(convert.SETTINGS, spec.settings),
        salt=secrets.token_hex(16),
        rubric_version=0,
        created_by=by.id if by else None,
        created_at=now,
    )
    session.add(project)
    session.flush()
    session.add(QueueRow(project_id=project.id, name="main"))
    _add_schema(session, project, 1, spec, by, now)
    _add_guideline(session, project, 1, spec.guideline.sections, by, now)
    if spec.rubrics:
        _add_rubrics(session, project, spec, by, now)
    if by is not None:
        people.add_member(session, project.id, by.id, "researcher", now=now)
    people.note(session, by, "create_project", project.slug, {}, now)
    session.flush()
    return project


def change(
    session: Session, project: ProjectRow, spec: ProjectSpec, *, by: Person, now: datetime
) -> ProjectRow:
    """The project as `spec` says: what differs becomes a new version; the slug stays.

    Work in progress keeps the version it began with.
    """
    check_spec(spec)
    before = spec_of(session, project)
    project.name, project.description = spec.name, spec.description
    if (before.questions, before.subject) != (spec.questions, spec.subject):
        project.schema_version += 1
        _add_schema(session, project, project.schema_version, spec, by, now)
    if before.guideline != spec.guideline:
        project.guideline_version += 1
        _add_guideline(session, project, project.guideline_version, spec.guideline.sections, by, now)
    if before.rubrics != spec.rubrics:
        _add_rubrics(session, project, spec, by, now)
    if before.settings != spec.settings:
        project.settings = convert.as_data(convert.SETTINGS, spec.settings)
        project.reopened_seq += 1
    if before.settings.preselect_at != spec.settings.preselect_at:
        jobs.enqueue(session, project.id, "preselect", {}, now=now, by=by.id)
    people.note(session, by, "change_project", project.slug, {}, now)
    session.flush()
    return project


def add_clause(session: Session, project: ProjectRow, section: Section, *, by: Person, now: datetime) -> int:
    """The number of the new guideline version that holds this section, replaced if its id is there."""
    sections = [
        s for s in guideline_sections(session, project.id, project.guideline_version) if s.id != section.id
    ]
    project.guideline_version += 1
    _add_guideline(session, project, project.guideline_version, (*sections, section), by, now)
    session.flush()
    return project.guideline_version


def spec_of(session: Session, project: ProjectRow) -> ProjectSpec:
    """The project's newest version as one specification."""
    return ProjectSpec(
        name=project.name,
        slug=project.slug,
        description=project.description,
        subject=subject_fields(session, project.id, project.schema_version),
        questions=questions(session, project.id, project.schema_version),
        guideline=Guideline(sections=guideline_sections(session, project.id, project.guideline_version)),
        rubrics=rubrics(session, project.id, project.rubric_version),
        settings=settings(project),
    )


def settings(project: ProjectRow) -> Settings:
    """The project's settings."""
    return convert.SETTINGS.validate_python(project.settings)


def has_assistant(project: ProjectRow) -> bool:
    """Whether a model writes drafts here; asked with every task and submit, so nothing else is read."""
    return (project.settings.get("assistant") or {}).get("model") is not None


def questions(session: Session, project_id: int, version: int) -> tuple[Question, ...]:
    """The questions of a schema version."""
    return _parsed_questions(_schema(session, project_id, version)[0])


def subject_fields(session: Session, project_id: int, version: int) -> tuple[SubjectField, ...]:
    """The shown fields of a schema version."""
    return _parsed_subject(_schema(session, project_id, version)[1])


def guideline_sections(session: Session, project_id: int, version: int) -> tuple[Section, ...]:
    """The sections of a guideline version."""
    row = session.get(GuidelineVersionRow, (project_id, version))
    if row is None:
        raise NotFound(f"There is no guideline version {version}.")
    return convert.SECTIONS.validate_python(row.sections)


def rubrics(session: Session, project_id: int, version: int) -> tuple[Rubric, ...]:
    """The rubrics of a version; none of version 0, which is before there was any."""
    if version == 0:
        return ()
    row = session.get(RubricVersionRow, (project_id, version))
    if row is None:
        raise NotFound(f"There is no rubric version {version}.")
    return convert.RUBRICS.validate_python(row.rubrics)


def _schema(session: Session, project_id: int, version: int) -> tuple[str, str]:
    """Read once a session: a version never changes."""
    key = ("schema", project_id, version)
    if key not in session.info:
        found = project_queries.schema(session, project_id, version)
        if found is None:
            raise NotFound(f"There is no schema version {version}.")
        session.info[key] = found
    schema: tuple[str, str] = session.info[key]
    return schema


# Parsed once per content: a schema version is read with every task and every submit.
@lru_cache(maxsize=256)
def _parsed_questions(data: str) -> tuple[Question, ...]:
    return convert.QUESTIONS.validate_json(data)


@lru_cache(maxsize=256)
def _parsed_subject(data: str) -> tuple[SubjectField, ...]:
    return convert.SUBJECT.validate_json(data)


def _add_schema(
    session: Session, project: ProjectRow, version: int, spec: ProjectSpec, by: Person | None, now: datetime
) -> None:
    session.add(
        SchemaVersionRow(
            project_id=project.id,
            version=version,
            questions=convert.as_data(convert.QUESTIONS, spec.questions),
            subject=convert.as_data(convert.SUBJECT, spec.subject),
            created_by=by.id if by else None,
            created_at=now,
        )
    )


def _add_guideline(
    session: Session,
    project: ProjectRow,
    version: int,
    sections: tuple[Section, ...],
    by: Person | None,
    now: datetime,
) -> None:
    session.add(
        GuidelineVersionRow(
            project_id=project.id,
            version=version,
            sections=convert.as_data(convert.SECTIONS, sections),
            created_by=by.id if by else None,
            created_at=now,
        )
    )


def _add_rubrics(
    session: Session, project: ProjectRow, spec: ProjectSpec, by: Person | None, now: datetime
) -> None:
    project.rubric_version += 1
    session.add(
        RubricVersionRow(
            project_id=project.id,
            version=project.rubric_version,
            rubrics=convert.as_data(convert.RUBRICS, spec.rubrics),
            created_by=by.id if by else None,
            created_at=now,
        )
    )


def _free_slug(session: Session, wanted: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")[:60] or "project"
    if base.isdecimal():
        base = f"project-{base}"  # a bare number would read as an id
    taken = set(session.scalars(select(ProjectRow.slug).where(ProjectRow.slug.startswith(base))))
    return next(slug for slug in _candidates(base) if slug not in taken)


def _candidates(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def merged(spec: ProjectSpec, changes: Mapping[str, Any]) -> ProjectSpec:
    """The specification with the named parts replaced; settings are merged one by one."""
    data = convert.as_data(convert.SPEC, spec)
    new_settings = data["settings"] | dict(changes.get("settings") or {})
    return convert.parsed(
        convert.SPEC, data | {**changes, "settings": new_settings}, "The project cannot be read"
    )
