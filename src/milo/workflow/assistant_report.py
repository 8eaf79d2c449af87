"""What came of models' help: by model and version, what was said of it and how people relied on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from random import Random
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from milo.db.queries import assistant_reports as reports
from milo.db.queries.assistant_reports import RatingCount, Speed, Written
from milo.db.tables import ProjectRow
from milo.quality.reliance_report import (
    Advised,
    HoldOut,
    Median,
    OverReliance,
    Thumbs,
    WritingFigures,
    hold_out,
    median_of,
    over_reliance,
    writing_figures,
)

#: Rows that medians and reliance rest on, the latest ones of each kind.
LATEST = 5_000


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
    thumbs = _thumbs(session, project.id)
    return AssistantReport(
        drafts=_drafts(session, project.id, thumbs),
        suggestions=_suggestions(session, project.id, thumbs),
        verdicts=_verdicts(session, project.id, thumbs),
        hold_out=hold_out(reports.first_answers(session, project.id, latest=LATEST), Random(project.id)),
        latest=LATEST,
    )


class _Subject(NamedTuple):
    """What ratings are counted of: kind, version, and the question or part."""

    rated: str
    version_id: int | None
    about: str


def _thumbs(session: Session, project_id: int) -> dict[_Subject, Thumbs]:
    """The ratings of a project, added up; of drafts all questions together, verdicts and checks as one."""
    counts: dict[_Subject, Counter[str]] = {}
    for one in reports.ratings(session, project_id):
        subject = _subject(one)
        counts.setdefault(subject, Counter())[one.thumb] += one.ratings
        for complaint in reports.complaints_from(one.complaints):
            counts[subject][complaint] += one.ratings
    return {subject: Thumbs(**count) for subject, count in counts.items()}


def _subject(one: RatingCount) -> _Subject:
    match one.rated:
        case "draft":
            return _Subject("draft", one.version_id, "")
        case "suggestion":
            return _Subject("suggestion", one.version_id, one.question)
        case _:
            return _Subject("verdict", one.version_id, one.part)


def _drafts(session: Session, project_id: int, thumbs: Mapping[_Subject, Thumbs]) -> tuple[DraftFigures, ...]:
    versions = reports.assistants(session, project_id)
    counts: dict[int, Counter[str]] = {}
    for one in reports.drafts_by_status(session, [version.id for version in versions]):
        counts.setdefault(one.assistant_id, Counter())[one.status] += one.drafts
        counts[one.assistant_id]["cut"] += one.cut
    speeds: dict[int, list[Speed]] = {}
    for speed in reports.speeds(session, project_id, latest=LATEST):
        speeds.setdefault(speed.assistant_id, []).append(speed)
    texts: dict[int, list[Written]] = {}
    for text in reports.written(session, project_id, latest=LATEST):
        texts.setdefault(text.assistant_id, []).append(text)
    return tuple(
        DraftFigures(
            model=version.model,
            version=version.version,
            since=version.created_at,
            drafts=sum(n for status, n in count.items() if status != "cut"),
            done=count["done"],
            stopped=count["stopped"],
            failed=count["failed"],
            abstained=count["abstained"],
            generating=count["generating"],
            cut=count["cut"],
            tokens_per_second=median_of(_rate(speed) for speed in speeds.get(version.id, ())),
            first_token_ms=median_of(speed.first_token_ms for speed in speeds.get(version.id, ())),
            thumbs=thumbs.get(_Subject("draft", version.id, ""), Thumbs()),
            writing=writing_figures(texts.get(version.id, ())),
        )
        for version in versions
        if (count := counts.get(version.id))
    )


def _rate(speed: Speed) -> float | None:
    """Tokens a second from the first one on; None where there is nothing to measure."""
    if speed.output_tokens is None or speed.first_token_ms is None:
        return None
    writing_ms = speed.generation_ms - speed.first_token_ms
    return (
        (speed.output_tokens - 1) * 1000 / writing_ms if writing_ms > 0 and speed.output_tokens > 1 else None
    )


def _suggestions(
    session: Session, project_id: int, thumbs: Mapping[_Subject, Thumbs]
) -> tuple[SuggestionFigures, ...]:
    """Of each prompt version the questions that were rated or answered after a preselection."""
    advised = _advised(session, project_id)
    rated = {(one.version_id, one.about) for one in thumbs if one.rated == "suggestion"}
    return tuple(
        SuggestionFigures(
            model=version.model,
            version=version.version,
            question=question,
            thumbs=thumbs.get(_Subject("suggestion", version.id, question), Thumbs()),
            reliance=over_reliance(advised.get((version.id, question), ())),
        )
        for version in reports.prompt_versions(session, project_id)
        for question in sorted({name for id, name in (*rated, *advised) if id == version.id})
    )


def _advised(session: Session, project_id: int) -> dict[tuple[int, str], list[Advised]]:
    """First answers after a preselection was seen, by prompt version and question."""
    rows = reports.advised(session, project_id, latest=LATEST)
    seen = [
        (one, row)
        for row in rows
        for one in row.shown
        if one["preselected"] and one["revealed_at"] and one["question"] in row.answers
    ]
    versions = reports.versions_of(session, {one["suggestion"] for one, _ in seen})
    found: dict[tuple[int, str], list[Advised]] = {}
    for one, row in seen:
        question, version = one["question"], versions.get(one["suggestion"])
        if version is not None:
            answer = row.answers[question]
            gold = row.gold.get(question) if answer["kind"] in ("choice", "choices") else None
            advised = Advised(
                preselected=frozenset(one["preselected"]),
                answer=_said(answer),
                gold=None if gold is None else _said(gold),
                active_ms=row.active_ms,
            )
            found.setdefault((version, question), []).append(advised)
    return found


def _said(answer: Mapping[str, Any]) -> frozenset[str]:  # Any: JSON of an answer
    """The options an answer holds, or its text."""
    value = answer["value"]
    return frozenset((value,) if isinstance(value, str) else value)


def _verdicts(
    session: Session, project_id: int, thumbs: Mapping[_Subject, Thumbs]
) -> tuple[VerdictFigures, ...]:
    """By judge and part; the newest judge first."""
    judges = {one.id: one for one in reports.judges(session, project_id)}
    counts: dict[tuple[str, str, str], Counter[str]] = {}
    for subject, said in thumbs.items():
        judge = judges.get(subject.version_id or 0)
        if subject.rated == "verdict" and judge is not None:
            counts[judge.model, judge.version, subject.about] = Counter(asdict(said))
    for one in reports.ratings_of_checks(session, project_id, latest=LATEST):
        key = (one.model or "", one.version or "", one.part)
        counts.setdefault(key, Counter()).update([one.thumb, *one.complaints])
    newest = {(judge.model, judge.version): -id for id, judge in judges.items()}
    return tuple(
        VerdictFigures(model=model, version=version, part=part, thumbs=Thumbs(**count))
        for (model, version, part), count in sorted(
            counts.items(), key=lambda pair: (newest.get(pair[0][:2], 0), pair[0])
        )
    )
