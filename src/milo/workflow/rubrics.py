"""Rubrics of a project: their versions side by side, and files checked against the project."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from milo.core.errors import NotFound
from milo.core.rubric import Rubric, part_names
from milo.db import convert
from milo.db.queries import judges
from milo.db.tables import ProjectRow, RubricVersionRow
from milo.formats import rubric_yaml
from milo.quality.judge_card import Share
from milo.workflow import judge_cards, projects


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedBy:
    """How well a judge finds the bad answers under a rubric version."""

    judge: int
    model: str
    version: str
    n: int  # answers people reviewed too
    precision: Share | None
    recall: Share | None
    binds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricVersionSummary:
    """A rubric version in a list, with the judges that worked by it."""

    version: int
    created_at: datetime
    created_by: str | None
    parts: tuple[str, ...]
    judges: tuple[JudgedBy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricVersion:
    """The rubrics as of a version."""

    version: int
    rubrics: tuple[Rubric, ...]
    created_at: datetime


def versions(session: Session, project: ProjectRow) -> list[RubricVersionSummary]:
    """Every rubric version, the newest first."""
    judged: dict[int, list[JudgedBy]] = defaultdict(list)
    for judge in judge_cards.every(session, project):
        status = judge.card.status if judge.card else None
        judged[judge.rubric_version].append(
            JudgedBy(
                judge=judge.id,
                model=judge.model.name,
                version=judge.version,
                n=status.n if status else 0,
                precision=status.precision if status else None,
                recall=status.recall if status else None,
                binds=judge.binds,
            )
        )
    return [
        RubricVersionSummary(
            version=row.version,
            created_at=row.created_at,
            created_by=row.created_by,
            parts=tuple(
                name for rubric in convert.RUBRICS.validate_python(row.rubrics) for name in part_names(rubric)
            ),
            judges=tuple(judged[row.version]),
        )
        for row in judges.rubric_versions(session, project.id)
    ]


def version(session: Session, project: ProjectRow, number: int) -> RubricVersion:
    """The rubrics as of a version."""
    row = session.get(RubricVersionRow, (project.id, number))
    if row is None:
        raise NotFound(f"There is no rubric version {number}.")
    return RubricVersion(
        version=number,
        rubrics=projects.rubrics(session, project.id, number),
        created_at=row.created_at,
    )


def check(session: Session, project: ProjectRow, text: str) -> rubric_yaml.Checked:
    """The rubrics of a file if the project can use them, else every fault with its line."""
    return rubric_yaml.check(
        text,
        [field.name for field in projects.subject_fields(session, project.id, project.schema_version)],
        [question.name for question in projects.questions(session, project.id, project.schema_version)],
    )
