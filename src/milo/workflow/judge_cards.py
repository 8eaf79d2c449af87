"""Judge cards: what a judge earned from answers that people reviewed too, and whether it binds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy.orm import Session

from milo.core.review_policy import RANK, CardBar
from milo.db import convert
from milo.db.queries import judges
from milo.db.queries.judges import Paired
from milo.db.tables import AssignmentRow, JudgeRow, ModelRow, ProjectRow
from milo.quality.judge_card import BarCheck, JudgeCard, Pair, Probe, binds, judge_card, meets_bar
from milo.workflow import projects

#: Below so many answers a card is measured anew with every review; above, when a hundredth part is new.
ALWAYS = 200
#: Disagreements that are listed.
MOST_LISTED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgingModel:
    """The model behind a judge."""

    id: int
    name: str
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """A judge in a list: what it is, its card, and what of the bar it meets."""

    id: int
    model: JudgingModel
    version: str
    rubric_version: int
    guideline_version: int
    harshness: dict[str, int]  # where it differs from the rubric's
    binds: bool
    bar: CardBar
    met: tuple[BarCheck, ...]
    card: JudgeCard | None
    card_at: datetime | None
    verdicts: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One part of one answer that judge and person grade differently."""

    assignment: int
    item: int
    external_id: str
    revision: int
    part: str
    judge: str  # the grade, or the count of errors
    person: str
    judge_explanation: str
    person_explanation: str
    source: str  # auditor | researcher


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeDetail(Judge):
    """A judge with the answers it disagrees about with people, the newest first."""

    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSummary:
    """The figures of a card that stand beside a verdict."""

    n: int
    recall: float | None
    precision: float | None
    kappa: float | None


def every(session: Session, project: ProjectRow) -> list[Judge]:
    """The judges of a project, the newest first."""
    found = judges.of_project(session, project.id)
    counts = judges.verdicts(session, [judge.id for judge, _ in found])
    bar = projects.settings(project).review.bar
    return [_as_judge(judge, model, bar, counts.get(judge.id, 0)) for judge, model in found]


def detail(session: Session, project: ProjectRow, judge: JudgeRow) -> JudgeDetail:
    """One judge with its disagreements."""
    model = session.get_one(ModelRow, judge.model_id)
    count = judges.verdicts(session, [judge.id]).get(judge.id, 0)
    newest_first = reversed(_counting(judges.pairs(session, judge)))
    disagreements = (found for paired in newest_first for found in _disagreements(paired))
    listed = _as_judge(judge, model, projects.settings(project).review.bar, count)
    return JudgeDetail(
        **{one.name: getattr(listed, one.name) for one in fields(listed)},
        disagreements=tuple(found for found, _ in zip(disagreements, range(MOST_LISTED), strict=False)),
    )


def measure(session: Session, project: ProjectRow, judge: JudgeRow, *, now: datetime) -> JudgeCard:
    """The card as of now, stored; with it the judge binds or no longer binds.

    Of the people who reviewed a revision the highest ranking one's newest findings count, as they were before
    the verdicts were shown, where there are such.
    """
    counting = _counting(judges.pairs(session, judge))
    known = card_of(judge)
    card = judge_card(
        projects.rubrics(session, project.id, judge.rubric_version),
        [_as_pair(paired) for paired in counting],
        probe=known.probe if known else None,
        newest=max((paired.person_feedback for paired in counting), default=0),
    )
    _store(project, judge, card, now)
    return card


def remeasure(session: Session, project: ProjectRow, judge: JudgeRow, *, now: datetime) -> list[int]:
    """Measure the card now; the assignments a judge that binds can decide come back."""
    measure(session, project, judge, now=now)
    return judges.waiting_for(session, judge.id) if judge.binds else []


def refresh(
    session: Session, project: ProjectRow, row: AssignmentRow, revision: int, *, now: datetime
) -> list[int]:
    """Measure the judges of an answer anew after a person reviewed it.

    The assignments to decide again come back: those that waited when a judge's card has just met the bar.
    """
    waiting = []
    for judge in judges.of_answer(session, row.id, revision):
        did_bind = judge.binds
        if _is_due(session, judge):
            earned = remeasure(session, project, judge, now=now)
            waiting += [] if did_bind else earned
    return sorted(set(waiting))


def bar_changed(session: Session, project: ProjectRow) -> None:
    """Hold every card against the project's bar; afterwards undecided answers are asked about anew."""
    bar = projects.settings(project).review.bar
    for judge, _ in judges.of_project(session, project.id):
        card = card_of(judge)
        judge.binds = card is not None and binds(card, bar)


def store_probe(
    session: Session, project: ProjectRow, judge: JudgeRow, probe: Probe, *, now: datetime
) -> None:
    """Put the outcome of the injection attempts on the judge's card."""
    judge.card = _card_adapter().dump_python(judge_card((), (), probe=probe), mode="json")
    measure(session, project, judge, now=now)


def card_of(judge: JudgeRow) -> JudgeCard | None:
    """The stored card; None before the first."""
    return None if judge.card is None else _card_adapter().validate_python(judge.card)


def summary(judge: JudgeRow) -> CardSummary | None:
    """The figures of its card that stand beside a verdict; None before there is a card."""
    card = card_of(judge)
    if card is None:
        return None
    status = card.status
    return CardSummary(
        n=status.n,
        recall=status.recall.value if status.recall else None,
        precision=status.precision.value if status.precision else None,
        kappa=status.kappa,
    )


def _store(project: ProjectRow, judge: JudgeRow, card: JudgeCard, now: datetime) -> None:
    judge.card = _card_adapter().dump_python(card, mode="json")
    judge.card_at = now
    judge.binds = binds(card, projects.settings(project).review.bar)


@cache
def _card_adapter() -> TypeAdapter[JudgeCard]:
    return TypeAdapter(JudgeCard)


def _is_due(session: Session, judge: JudgeRow) -> bool:
    card = card_of(judge)
    if card is None or card.n < ALWAYS:
        return True
    return judges.reviewed_since(session, judge.project_id, card.newest) >= card.n // 100


def _as_judge(judge: JudgeRow, model: ModelRow, bar: CardBar, verdicts: int) -> Judge:
    card = card_of(judge)
    return Judge(
        id=judge.id,
        model=JudgingModel(id=model.id, name=model.name, provider=model.provider),
        version=judge.version,
        rubric_version=judge.rubric_version,
        guideline_version=judge.config.get("guideline_version", 1),
        harshness=judge.config.get("judging", {}).get("harshness", {}),
        binds=judge.binds,
        bar=bar,
        met=meets_bar(card, bar) if card else (),
        card=card,
        card_at=judge.card_at,
        verdicts=verdicts,
        created_at=judge.created_at,
    )


def _counting(found: Sequence[Paired]) -> list[Paired]:
    """Of each revision the newest verdicts with the newest findings of the highest ranking person."""
    best: dict[tuple[int, int], Paired] = {}
    for paired in found:
        key = (paired.assignment_id, paired.revision)
        if key not in best or _rank(paired) >= _rank(best[key]):
            best[key] = paired
    return sorted(best.values(), key=lambda paired: paired.person_feedback)


def _rank(paired: Paired) -> tuple[int, int, int]:
    return RANK["researcher" if paired.source == "researcher" else "auditor"], *_ages(paired)


def _ages(paired: Paired) -> tuple[int, int]:
    return paired.judge_feedback, paired.person_feedback


def _as_pair(paired: Paired) -> Pair:
    own = paired.own_findings
    return Pair(
        judge=convert.VERDICTS.validate_python(paired.verdicts),
        person=convert.FINDINGS.validate_python(own or paired.findings),
        saw_judge=paired.saw_verdicts and not own,
    )


def _disagreements(paired: Paired) -> Iterator[Disagreement]:
    pair = _as_pair(paired)
    verdicts = {verdict.part: verdict for verdict in pair.judge if verdict.status == "ok"}
    for finding in pair.person:
        verdict = verdicts.get(finding.part)
        if verdict is None or (verdict.grade, verdict.count) == (finding.grade, finding.count):
            continue
        yield Disagreement(
            assignment=paired.assignment_id,
            item=paired.item_id,
            external_id=paired.external_id,
            revision=paired.revision,
            part=finding.part,
            judge=verdict.grade or str(verdict.count),
            person=finding.grade or str(finding.count),
            judge_explanation=verdict.explanation,
            person_explanation=finding.explanation,
            source=paired.source,
        )
