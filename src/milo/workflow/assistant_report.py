"""What came of models' help: by model and version, what was said of it and how people relied on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from milo.db.tables import ProjectRow
from milo.quality.reliance_report import HoldOut, Median, OverReliance, Thumbs, WritingFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFigures:
    """The drafts of one assistant version."""

    model: str
    version: str
    since: datetime
    drafts: int
    done: int
    stopped: int
    failed: int
    abstained: int
    generating: int
    cut: int  # ended at the limit of tokens
    tokens_per_second: Median
    first_token_ms: Median
    thumbs: Thumbs
    writing: WritingFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionFigures:
    """The suggestions of one prompt version for one question."""

    model: str
    version: str
    question: str
    thumbs: Thumbs
    reliance: OverReliance


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictFigures:
    """What was said of one judge's verdicts on one criterion or error, checks before sending included."""

    model: str
    version: str
    part: str
    thumbs: Thumbs


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantReport:
    """All of it, newest versions first. Medians rest on the latest rows, at most `latest` of a kind."""

    drafts: tuple[DraftFigures, ...]
    suggestions: tuple[SuggestionFigures, ...]
    verdicts: tuple[VerdictFigures, ...]
    hold_out: HoldOut
    latest: int


def report(session: Session, project: ProjectRow) -> AssistantReport:
    """The report of a project."""
    raise NotImplementedError
