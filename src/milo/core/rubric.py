"""Rubrics: what makes an answer good, as graded criteria and as errors that cost points.

Source: arXiv 2409.10702, section 3.2, equations 1 and 2, and Table A3 (grades may be missing on a scale).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from milo.core.errors import Fault
from milo.core.questions.option import name_faults
from milo.core.strict import INPUT, Flag, Whole

#: How strictly a judge reads a criterion, from 1 (forgiving) to 5 (severe).
HARSHNESS = (1, 2, 3, 4, 5)

NOT_APPLICABLE = "na"

#: `{{name}}` in a text of a rubric names a field of the subject, or a question for its answer.
REFERENCE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """One grade of a criterion. Levels may be missing: 1 and 3 alone is a scale of three."""

    __pydantic_config__ = INPUT

    name: str
    label: str
    level: Whole  # 1 is the lowest
    definition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One thing an answer is graded for."""

    __pydantic_config__ = INPUT

    name: str
    title: str
    weight: float
    grades: tuple[Grade, ...]
    definition: str = ""
    allow_na: Flag = False  # may be found not applicable
    harshness: Whole = 3

    @property
    def levels(self) -> int:
        """The number of levels of the scale: g_i of equation 2."""
        return max((grade.level for grade in self.grades), default=0)

    def grade(self, name: str) -> Grade:
        """The grade of this name; raises `KeyError`."""
        return {grade.name: grade for grade in self.grades}[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorCategory:
    """A kind of error, and the points each occurrence costs."""

    __pydantic_config__ = INPUT

    name: str
    title: str
    penalty: float  # e_i of equation 1
    definition: str = ""
    counted: Flag = True  # every occurrence counts; otherwise it is there or not
    harshness: Whole = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """Graded criteria and error categories of one score; an answer below the threshold is to be redone."""

    __pydantic_config__ = INPUT

    name: str
    title: str
    threshold: float  # a score equal to it passes
    max_score: float = 100.0  # M of both equations
    criteria: tuple[Criterion, ...] = ()
    errors: tuple[ErrorCategory, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A score with what it rests on."""

    raw: float  # may be below nought
    shown: float  # raw, between 0 and the maximum
    status: Literal["passed", "redo"]
    parts: Mapping[str, float]  # points of each criterion, points off of each error (nought or below)
    not_applicable: tuple[str, ...] = ()  # graded N/A: their weight went to the others
    left_out: tuple[str, ...] = ()  # not asked of this reviewer: their weight went to the others


def score(
    rubric: Rubric,
    grades: Mapping[str, str],
    counts: Mapping[str, int],
    *,
    only: Collection[str] | None = None,
) -> Score:
    """`S = M * sum w_i g_j / g_i - sum e_i m_i`, the weights renormalised over what was graded.

    `grades` gives the name of the grade of each criterion, or "na"; `counts` how often each error was found.
    With `only` a reviewer was asked about these criteria and errors alone. Without a criterion that applies
    the first term is M. Raises `KeyError` for a criterion or error that is asked about and not given.

    >>> five = tuple(Grade(name=str(n), label=str(n), level=n) for n in range(1, 6))
    >>> weights = {"a": 0.3, "b": 0.3, "c": 0.4}
    >>> graded = tuple(Criterion(name=n, title=n, weight=w, grades=five) for n, w in weights.items())
    >>> rubric = Rubric(name="r", title="R", threshold=0.7, max_score=1.0, criteria=graded)
    >>> found = score(rubric, {"a": "3", "b": "2", "c": "5"}, {})
    >>> round(found.raw, 9), found.status
    (0.7, 'passed')
    """
    asked = [criterion for criterion in rubric.criteria if only is None or criterion.name in only]
    applicable = [criterion for criterion in asked if grades[criterion.name] != NOT_APPLICABLE]
    total = sum(criterion.weight for criterion in applicable)
    parts = {
        criterion.name: rubric.max_score
        * (criterion.weight / total)
        * (criterion.grade(grades[criterion.name]).level / criterion.levels)
        for criterion in applicable
    }
    first = sum(parts.values()) if applicable else rubric.max_score
    errors = [error for error in rubric.errors if only is None or error.name in only]
    off = {error.name: -error.penalty * counts[error.name] for error in errors}
    raw = round(first + sum(off.values()), 9)  # 0.18 + 0.12 + 0.4 is to reach a threshold of 0.7
    return Score(
        raw=raw,
        shown=min(max(raw, 0.0), rubric.max_score),
        status="passed" if raw >= rubric.threshold else "redo",
        parts=parts | off,
        not_applicable=tuple(c.name for c in asked if grades[c.name] == NOT_APPLICABLE),
        left_out=tuple(name for name in part_names(rubric) if only is not None and name not in only),
    )


def part_names(rubric: Rubric) -> tuple[str, ...]:
    """The names of its criteria and errors, in order."""
    return tuple(part.name for part in parts_of(rubric))


def parts_of(rubric: Rubric) -> tuple[Criterion | ErrorCategory, ...]:
    """Its criteria, then its errors."""
    return (*rubric.criteria, *rubric.errors)


def rubric_faults(rubrics: Sequence[Rubric], fields: Sequence[str], questions: Sequence[str]) -> list[Fault]:
    """What is wrong with a project's rubrics, given the names of its fields and questions."""
    faults = []
    names = [rubric.name for rubric in rubrics]
    parts = [name for rubric in rubrics for name in part_names(rubric)]
    for rubric in rubrics:
        where = f"rubrics.{rubric.name}"
        faults += name_faults(where, rubric.name)
        if names.count(rubric.name) > 1:
            faults.append(Fault(where, f"name {rubric.name!r} twice", "each name once"))
        faults += _whole_faults(where, rubric)
        for criterion in rubric.criteria:
            faults += _criterion_faults(f"{where}.criteria.{criterion.name}", criterion)
        for error in rubric.errors:
            faults += _error_faults(f"{where}.errors.{error.name}", error)
        faults += _reference_faults(where, rubric, (*fields, *questions))
        faults += [
            Fault(where, f"name {name!r} twice", "each criterion and error of all rubrics once")
            for name in sorted(set(part_names(rubric)))
            if parts.count(name) > 1
        ]
    return faults


def references(rubric: Rubric) -> Iterator[tuple[str, str]]:
    """Where a text of the rubric names a field or an answer, and the name."""
    texts = [("description", rubric.description)]
    for criterion in rubric.criteria:
        texts.append((f"criteria.{criterion.name}.definition", criterion.definition))
        for grade in criterion.grades:
            texts.append((f"criteria.{criterion.name}.grades.{grade.name}.definition", grade.definition))
    texts += [(f"errors.{error.name}.definition", error.definition) for error in rubric.errors]
    for where, text in texts:
        for name in REFERENCE.findall(text):
            yield where, name


def with_titles(text: str, titles: Mapping[str, str]) -> str:
    """The text with each reference as the title people and models read at the field or answer.

    >>> with_titles("Answers all of {{query}}.", {"query": "Query"})
    'Answers all of "Query".'
    """
    return REFERENCE.sub(lambda found: f'"{titles.get(found.group(1), found.group(1))}"', text)


def _whole_faults(where: str, rubric: Rubric) -> list[Fault]:
    faults = []
    if not rubric.criteria and not rubric.errors:
        faults.append(Fault(where, "neither criteria nor errors", "at least one of them"))
    if not 0 < rubric.max_score <= 1e6:
        faults.append(Fault(f"{where}.max_score", f"{rubric.max_score:g}", "more than 0, at most 1,000,000"))
    elif not rubric.threshold <= rubric.max_score:
        faults.append(
            Fault(f"{where}.threshold", f"{rubric.threshold:g}", f"at most max_score, {rubric.max_score:g}")
        )
    total = sum(criterion.weight for criterion in rubric.criteria)
    if rubric.criteria and abs(total - 1) > 1e-6:
        faults.append(Fault(f"{where}.criteria", f"weights that sum to {total:g}", "weights that sum to 1"))
    return faults


def _criterion_faults(where: str, criterion: Criterion) -> list[Fault]:
    faults = name_faults(where, criterion.name) + _harshness_faults(where, criterion.harshness)
    if not criterion.title.strip():
        faults.append(Fault(f"{where}.title", "nothing", "a title to show"))
    if not 0 < criterion.weight <= 1:
        faults.append(Fault(f"{where}.weight", f"{criterion.weight:g}", "more than 0, at most 1"))
    if len(criterion.grades) < 2:
        faults.append(Fault(f"{where}.grades", f"{len(criterion.grades)} grade(s)", "at least 2"))
    for kind in ("name", "label", "level"):
        values = [getattr(grade, kind) for grade in criterion.grades]
        for value in sorted({value for value in values if values.count(value) > 1}):
            faults.append(Fault(f"{where}.grades", f"{kind} {value!r} twice", f"each {kind} once"))
    for grade in criterion.grades:
        faults += name_faults(f"{where}.grades.{grade.name}", grade.name)
        if grade.name == NOT_APPLICABLE:
            faults.append(Fault(f"{where}.grades", "a grade named 'na'", "allow_na: true for that"))
        if not 1 <= grade.level <= 20:
            faults.append(Fault(f"{where}.grades.{grade.name}.level", str(grade.level), "1 to 20"))
        if not grade.label.strip():
            faults.append(Fault(f"{where}.grades.{grade.name}.label", "nothing", "a label to show"))
    return faults


def _error_faults(where: str, error: ErrorCategory) -> list[Fault]:
    faults = name_faults(where, error.name) + _harshness_faults(where, error.harshness)
    if not error.title.strip():
        faults.append(Fault(f"{where}.title", "nothing", "a title to show"))
    if not 0 <= error.penalty <= 1e6:
        faults.append(Fault(f"{where}.penalty", f"{error.penalty:g}", "0 to 1,000,000 points"))
    return faults


def _harshness_faults(where: str, harshness: int) -> list[Fault]:
    if harshness in HARSHNESS:
        return []
    return [Fault(f"{where}.harshness", str(harshness), "1 (forgiving) to 5 (severe)")]


def _reference_faults(where: str, rubric: Rubric, known: Sequence[str]) -> list[Fault]:
    allowed = "a field of the subject or a question: " + ", ".join(known)
    return [
        Fault(f"{where}.{place}", f"{{{{{name}}}}}", allowed)
        for place, name in references(rubric)
        if name not in known
    ]
