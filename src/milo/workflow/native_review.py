"""Reviews and decisions of an exported row as an import reads them; `native_row` writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, cast

from pydantic import AwareDatetime, Field, TypeAdapter

from milo.core.errors import InvalidInput
from milo.core.feedback import Finding, RubricScore, Source, Status, Verdict, check_findings
from milo.core.rubric import NOT_APPLICABLE, Rubric, parts_of
from milo.db import convert
from milo.workflow.native_annotation import AnnotationRow, Count, Pseudonym

ClientId = Annotated[str, Field(min_length=1, max_length=64)]
Number = Annotated[int, Field(ge=1, lt=2**31)]

#: The rubrics of a version of the project; none where there is no such version.
RubricsOf = Callable[[int], Sequence[Rubric]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedRow:
    """What one reviewer found in one revision, as a row tells it."""

    source: Literal["llm_judge", "auditor", "researcher"]
    reviewer: Pseudonym | None = None
    model: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    judge_version: Annotated[str, Field(min_length=1, max_length=16)] | None = None
    revision: Number
    rubric: Annotated[str, Field(pattern=r"^r[1-9][0-9]{0,8}$")]
    criteria: tuple[dict[str, Any], ...]  # Any: findings, checked by themselves
    status: Literal["PASSED", "REDO"] | None
    reason: str | None = None
    scores: tuple[RubricScore, ...] = ()
    only: tuple[str, ...] | None = None
    binds: bool = True
    note: str = ""
    active_ms: Count = 0
    own_criteria: tuple[Finding, ...] | None = None
    agreements: dict[str, Literal["agree", "disagree"]] = field(default_factory=dict)
    reply: str | None = None
    replied_at: AwareDatetime | None = None
    client_id: ClientId
    created_at: AwareDatetime

    @property
    def by(self) -> Source:
        """What kind of reviewer it was, as milo stores it."""
        return "judge" if self.source == "llm_judge" else self.source

    @property
    def rubric_version(self) -> int:
        """The version of the project's rubrics it was reviewed by."""
        return int(self.rubric[1:])

    @property
    def outcome(self) -> Status | None:
        """The status as milo stores it."""
        return None if self.status is None else cast(Status, self.status.lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedRow:
    """What stood for a revision from a moment on, as a row tells it."""

    revision: Number
    status: Literal["PASSED", "REDO"]
    by: Source
    decided_at: AwareDatetime
    feedback: ClientId | None = None


_REVIEWED = TypeAdapter(tuple[ReviewedRow, ...])
_DECIDED = TypeAdapter(tuple[DecidedRow, ...])


def reviewed_of(
    native: Mapping[str, Any], annotation: AnnotationRow | None, rubrics_of: RubricsOf
) -> tuple[ReviewedRow, ...]:
    """The reviews of a row, checked against its revisions and the project's rubrics."""
    read = convert.parsed(_REVIEWED, native.get("qa") or (), "the reviews")
    for one in read:
        _check_revision("a review", one.revision, annotation)
        if (one.by == "judge") != (one.reviewer is None):
            raise InvalidInput("a review has a reviewer where a person made it, and none where a judge did")
        if one.by == "judge" and (one.model is None or one.judge_version is None):
            raise InvalidInput("a judge's review has no model or no judge_version")
        _check_parts(one, rubrics_of(one.rubric_version))
    if len({one.client_id for one in read}) < len(read):
        raise InvalidInput("two reviews have the same client_id")
    return read


def decided_of(annotation: AnnotationRow | None, reviewed: Sequence[ReviewedRow]) -> tuple[DecidedRow, ...]:
    """The decisions of an annotation, checked against its revisions and reviews."""
    if annotation is None:
        return ()
    read = convert.parsed(_DECIDED, annotation.decisions, "the decisions")
    known = {(one.client_id, one.revision) for one in reviewed}
    for one in read:
        _check_revision("a decision", one.revision, annotation)
        if one.feedback is not None and (one.feedback, one.revision) not in known:
            raise InvalidInput(f"a decision rests on the review {one.feedback!r}, which is not in the row")
    last = [one.status for one in read if one.revision == annotation.revision]
    if last and last[-1] == "REDO":
        raise InvalidInput("the annotation was sent back: the last decision on its last revision is REDO")
    return read


def findings_of(reviewed: ReviewedRow) -> tuple[Finding, ...] | tuple[Verdict, ...]:
    """What was found: a judge's verdicts, a person's findings."""
    data = [
        {name: value for name, value in one.items() if name not in ("name", "grade", "of", "grade_name")}
        | {"part": one.get("name"), "grade": one.get("grade_name")}
        for one in reviewed.criteria
    ]
    if reviewed.by == "judge":
        return convert.parsed(convert.VERDICTS, data, "the verdicts of a review")
    return convert.parsed(convert.FINDINGS, data, "the findings of a review")


def _check_revision(what: str, number: int, annotation: AnnotationRow | None) -> None:
    if annotation is None:
        raise InvalidInput(f"{what} is about an annotation, and the row has none")
    numbers = [sent.revision for sent in (*annotation.earlier, annotation) if sent.act == "submit"]
    if number not in numbers:
        allowed = ", ".join(map(str, numbers)) or "none: nothing was answered"
        raise InvalidInput(f"{what} is about revision {number}; allowed: {allowed}")


def _check_parts(reviewed: ReviewedRow, rubrics: Sequence[Rubric]) -> None:
    if not rubrics:
        raise InvalidInput(
            f"a review was made by the rubric {reviewed.rubric}, which the project does not have"
        )
    parts = {part.name: part for rubric in rubrics for part in parts_of(rubric)}
    found = findings_of(reviewed)
    for name in (*(one.part for one in found), *(reviewed.only or ()), *reviewed.agreements):
        if name not in parts:
            raise InvalidInput(
                f"a review is about {name!r}, which the rubric {reviewed.rubric} does not have;"
                f" allowed: {', '.join(parts)}"
            )
    if reviewed.by != "judge":
        check_findings(rubrics, cast(Sequence[Finding], found), only=reviewed.only)
        return
    for one in found:
        grades = [grade.name for grade in getattr(parts[one.part], "grades", ())]
        if one.grade is not None and one.grade not in (*grades, NOT_APPLICABLE):
            raise InvalidInput(
                f"{one.part} was graded {one.grade!r}; allowed: {', '.join(grades) or 'a count'}"
            )
