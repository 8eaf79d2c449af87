"""What reviews came to in a project: coverage, and how each annotator does. Nobody is ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median

from sqlalchemy.orm import Session

from milo.core.rubric import parts_of
from milo.db.queries import people, review_reports
from milo.db.queries.review_reports import Deciding
from milo.db.tables import ProjectRow
from milo.workflow import projects
from milo.workflow.own_feedback import LATEST, FirstPass, values_of

#: Answers whose times are looked at, the latest ones.
LATEST_TIMES = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RedoRounds:
    """How often decided answers were sent back, on average."""

    mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTimes:
    """Median active time of first answers, and of those sent again after a REDO."""

    first: float | None
    redo: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedBy:
    """Whose decision stands, in how many answers."""

    judge: int
    auditor: int
    researcher: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many answers are reviewed, by whom, and how they came out."""

    answers: int
    judged: int
    audited: int
    researched: int
    by_two: int  # by two people or more
    passed: int
    redo: int
    waiting: int
    first_pass: FirstPass
    redo_rounds: RedoRounds
    active_ms: ReviewTimes
    decided_by: DecidedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class PartQuality:
    """How somebody's answers came out in a criterion or error, from 0 to 1."""

    part: str
    title: str
    n: int
    mean: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorQuality:
    """How one annotator's reviewed answers came out."""

    name: str
    reviewed: int
    first_pass: FirstPass
    redo_rounds: RedoRounds
    parts: tuple[PartQuality, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Everybody's, by name."""

    annotators: tuple[AnnotatorQuality, ...]


def coverage(session: Session, project: ProjectRow) -> Coverage:
    """How far the reviews of a project are, and what they said."""
    counts = review_reports.count_by_review(session, project.id)
    sources = review_reports.count_by_source(session, project.id)
    decided = review_reports.count_decided(session, project.id)
    by = review_reports.count_decided_by(session, project.id)
    first, again = review_reports.times(session, project.id, latest=LATEST_TIMES)
    states = {
        state: sum(n for (one, _), n in counts.items() if one == state)
        for state in ("submitted", "passed", "redo")
    }
    mending = counts.get(("leased", "redo"), 0)
    return Coverage(
        answers=sum(states.values()) + mending,
        judged=sources.get("judge", 0),
        audited=sources.get("auditor", 0),
        researched=sources.get("researcher", 0),
        by_two=review_reports.count_by_two(session, project.id),
        passed=states["passed"],
        redo=states["redo"] + mending,
        waiting=counts.get(("submitted", "due"), 0),
        first_pass=FirstPass(n=decided.answers, passed=decided.passed_first),
        redo_rounds=RedoRounds(mean=decided.rounds / decided.answers if decided.answers else None),
        active_ms=ReviewTimes(first=median(first) if first else None, redo=median(again) if again else None),
        decided_by=DecidedBy(
            judge=by.get("judge", 0), auditor=by.get("auditor", 0), researcher=by.get("researcher", 0)
        ),
    )


def quality(session: Session, project: ProjectRow) -> Quality:
    """How the latest decided answers of each annotator came out, ordered by name."""
    by_person: dict[int, list[Deciding]] = {}
    for one in review_reports.deciding(session, project.id, None, latest=LATEST):
        by_person.setdefault(one.annotator_id, []).append(one)
    names = {person.id: person.name for _, person in people.members(session, project.id)}
    parts = [
        part
        for rubric in projects.rubrics(session, project.id, project.rubric_version)
        for part in parts_of(rubric)
    ]
    return Quality(
        annotators=tuple(
            AnnotatorQuality(
                name=names[id],
                reviewed=len({one.assignment_id for one in found}),
                first_pass=_first_pass(found),
                redo_rounds=RedoRounds(mean=_rounds(found)),
                parts=tuple(
                    PartQuality(part=part.name, title=part.title, n=len(values), mean=mean(values))
                    for part in parts
                    if (values := values_of(part, found))
                ),
            )
            for id, found in sorted(by_person.items(), key=lambda pair: names.get(pair[0], ""))
            if id in names
        )
    )


def _first_pass(found: Sequence[Deciding]) -> FirstPass:
    first: dict[int, Deciding] = {}
    for one in sorted(found, key=lambda one: -one.revision):
        first[one.assignment_id] = one
    return FirstPass(n=len(first), passed=sum(one.status == "passed" for one in first.values()))


def _rounds(found: Sequence[Deciding]) -> float:
    """How many of an annotator's decisions sent an answer back, by answer."""
    return sum(one.status == "redo" for one in found) / len({one.assignment_id for one in found})
