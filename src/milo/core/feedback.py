"""What one reviewer, person or judge, found in one revision of an answer, by the project's rubrics."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from milo.core.errors import Fault, InvalidInput
from milo.core.rubric import (
    NOT_APPLICABLE,
    Criterion,
    ErrorCategory,
    Rubric,
    Score,
    part_names,
    parts_of,
    score,
)
from milo.core.strict import INPUT, Whole

Source = Literal["judge", "auditor", "researcher"]
Status = Literal["passed", "redo"]
FindingStatus = Literal["ok", "uncertain", "unreadable", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a reviewer found for one criterion or one error category: exactly one of grade and count."""

    __pydantic_config__ = INPUT

    part: str  # name of the criterion or error
    grade: str | None = None  # name of the grade, or "na"
    count: Whole | None = None  # how often the error was found
    explanation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a judge said about one criterion or error; without a grade or count, why there is none."""

    part: str
    status: FindingStatus
    grade: str | None = None
    count: int | None = None
    explanation: str = ""
    confidence: float | None = None  # probability of what was said, of "No" as well; None: not told
    distribution: Mapping[str, float] = field(default_factory=dict)  # over the grades, or of "yes" and "no"
    contradicts: str | None = None  # the other grade the explanation speaks for
    reason: str | None = None  # why not "ok"

    @property
    def finding(self) -> Finding:
        """It as a reviewer's finding."""
        return Finding(part=self.part, grade=self.grade, count=self.count, explanation=self.explanation)


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricScore:
    """A reviewer's score by one rubric, or why there is none."""

    rubric: str
    score: Score | None
    reason: str | None = None


def scored(
    rubrics: Sequence[Rubric], findings: Sequence[Finding], *, only: Collection[str] | None = None
) -> tuple[RubricScore, ...]:
    """The score by each rubric; a rubric of which `only` holds nothing is left out."""
    by_part = {finding.part: finding for finding in findings}
    found = []
    for rubric in rubrics:
        names = [name for name in part_names(rubric) if only is None or name in only]
        missing = [name for name in names if name not in by_part]
        if not names:
            continue
        if missing:
            reason = "there is no verdict on " + ", ".join(missing)
            found.append(RubricScore(rubric=rubric.name, score=None, reason=reason))
            continue
        grades = {name: one.grade for name in names if (one := by_part[name]).grade is not None}
        counts = {name: one.count for name in names if (one := by_part[name]).count is not None}
        found.append(RubricScore(rubric=rubric.name, score=score(rubric, grades, counts, only=only)))
    return tuple(found)


def status_of(scores: Sequence[RubricScore]) -> Status | None:
    """REDO when any rubric says so; None when none does and one has no score, or there is none at all."""
    statuses = [one.score.status if one.score else None for one in scores]
    if "redo" in statuses:
        return "redo"
    return None if None in statuses or not statuses else "passed"


def check_findings(
    rubrics: Sequence[Rubric], findings: Sequence[Finding], *, only: Collection[str] | None = None
) -> None:
    """Raise `InvalidInput` naming every finding that is missing, given twice, or does not fit its rubric."""
    parts = {
        part.name: part
        for rubric in rubrics
        for part in parts_of(rubric)
        if only is None or part.name in only
    }
    given = [finding.part for finding in findings]
    faults = [
        Fault(f"findings.{name}", "nothing", "a grade" if isinstance(one, Criterion) else "a count")
        for name, one in parts.items()
        if name not in given
    ]
    for finding in findings:
        where = f"findings.{finding.part}"
        one = parts.get(finding.part)
        if one is None:
            faults.append(Fault(where, "a finding", "only " + (", ".join(parts) or "none")))
        elif given.count(finding.part) > 1:
            faults.append(Fault(where, "two findings", "one"))
        elif isinstance(one, Criterion):
            faults += _grade_faults(where, one, finding)
        else:
            faults += _count_faults(where, one, finding)
    if faults:
        raise InvalidInput("The review cannot be stored: " + "; ".join(map(str, faults)), tuple(faults))


def _grade_faults(where: str, criterion: Criterion, finding: Finding) -> list[Fault]:
    names = [grade.name for grade in criterion.grades] + [NOT_APPLICABLE] * criterion.allow_na
    if finding.grade in names and finding.count is None:
        return []
    found = repr(finding.grade) if finding.count is None else f"a count of {finding.count}"
    return [Fault(f"{where}.grade", found, "one of " + ", ".join(names))]


def _count_faults(where: str, error: ErrorCategory, finding: Finding) -> list[Fault]:
    most = 1000 if error.counted else 1
    if finding.grade is None and finding.count is not None and 0 <= finding.count <= most:
        return []
    found = str(finding.count) if finding.grade is None else f"the grade {finding.grade!r}"
    return [Fault(f"{where}.count", found, f"0 to {most}")]
