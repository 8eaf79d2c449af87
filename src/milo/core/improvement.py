"""Which single improvement would have let an answer pass."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from milo.core.feedback import Finding, scored, status_of
from milo.core.rubric import Criterion, ErrorCategory, Grade, Rubric, parts_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Improvement:
    """One criterion graded higher, or one error not made."""

    part: str
    title: str
    grade: str | None  # label of the lowest grade that is enough; None: the error is gone

    def __str__(self) -> str:
        return f"no “{self.title}”" if self.grade is None else f"“{self.title}” at {self.grade}"


def improvements(
    rubrics: Sequence[Rubric], findings: Sequence[Finding], *, only: Collection[str] | None = None
) -> tuple[Improvement, ...]:
    """Every single change of a finding that alone turns REDO into PASSED; none when it passed.

    >>> two = (Grade(name="bad", label="Bad", level=1), Grade(name="good", label="Good", level=2))
    >>> tone = Criterion(name="tone", title="Tone", weight=1.0, grades=two)
    >>> rubric = Rubric(name="r", title="R", threshold=80, criteria=(tone,))
    >>> [str(one) for one in improvements([rubric], [Finding(part="tone", grade="bad")])]
    ['“Tone” at Good']
    """
    if status_of(scored(rubrics, findings, only=only)) != "redo":
        return ()
    parts = {part.name: part for rubric in rubrics for part in parts_of(rubric)}
    found = []
    for finding in findings:
        for better, improvement in _better(parts.get(finding.part), finding):
            changed = [better if one is finding else one for one in findings]
            if status_of(scored(rubrics, changed, only=only)) == "passed":
                found.append(improvement)
                break
    return tuple(found)


def in_words(found: Sequence[Improvement]) -> str | None:
    """What would have been enough, as a sentence; None when nothing alone is."""
    if not found:
        return None
    return ("One of these is enough: " if len(found) > 1 else "Enough: ") + "; ".join(map(str, found)) + "."


def _better(
    part: Criterion | ErrorCategory | None, finding: Finding
) -> Iterator[tuple[Finding, Improvement]]:
    """The finding as it would be with the answer mended in this point, the least change first."""
    if isinstance(part, ErrorCategory):
        if finding.count:
            yield replace(finding, count=0), Improvement(part=part.name, title=part.title, grade=None)
        return
    grades: dict[str, Grade] = {} if part is None else {grade.name: grade for grade in part.grades}
    if part is None or finding.grade not in grades:
        return
    level = grades[finding.grade].level
    for grade in sorted(part.grades, key=lambda one: one.level):
        if grade.level > level:
            improved = Improvement(part=part.name, title=part.title, grade=grade.label)
            yield replace(finding, grade=grade.name), improved
