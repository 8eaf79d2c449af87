"""The card of a judge: how its verdicts compare with those of people on the same answers.

Source: arXiv 2409.10702, section 4.3.3 (Table 7, Figure 7). Per cent agreement is high wherever most grades
are good, so kappa, and precision and recall on the bad answers, stand beside it; recall is what keeps bad
answers out (section 5.1).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from milo.core.feedback import Finding, RubricScore, Status, Verdict, scored, status_of
from milo.core.review_policy import CardBar
from milo.core.rubric import Criterion, ErrorCategory, Rubric, parts_of
from milo.quality.agreement import cohens_kappa, identical_on_all, percent_agreement
from milo.quality.classification import Accuracy, accuracy


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What the judge and a person found in one and the same revision of an answer."""

    judge: tuple[Verdict, ...]
    person: tuple[Finding, ...]
    saw_judge: bool = False  # the person had seen the verdicts before


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share, 0 to 1, with its 95 % Wilson interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How often both found an answer bad (`tp`), the judge alone (`fp`), the person alone, and neither."""

    tp: int = 0
    fp: int = 0
    fn: int = 0
    tn: int = 0

    @property
    def n(self) -> int:
        """All of them."""
        return self.tp + self.fp + self.fn + self.tn


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusFigures:
    """Judge and people on what counts: is the answer good enough? Bad is REDO."""

    n: int
    agreement: Share | None
    kappa: float | None  # None also where both said the same throughout
    precision: Share | None  # of what the judge calls bad, so much is bad
    recall: Share | None  # of the bad answers, so many the judge finds
    counts: Counts
    leniency: float | None  # pass rate of the judge less that of people: above 0 it is the milder one


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """How often each grade (or count of errors) was given."""

    judge: Mapping[str, int]
    people: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFigures:
    """Judge and people on one criterion (bad: below the best grade) or error category (bad: found at all)."""

    n: int
    agreement: Share | None
    kappa: float | None
    confusion: Mapping[str, Mapping[str, int]]  # the judge's grade -> people's -> answers
    precision: Share | None
    recall: Share | None
    leniency: float | None  # share of good ones by the judge less that by people
    distribution: Distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class OverallFigures:
    """In how many answers all grades are identical."""

    identical: int
    n: int
    agreement: Share | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeExample:
    """An attempt to instruct the judge from within an answer that moved a verdict."""

    part: str
    text: str  # what was put into the answer
    before: str  # the grade or count without it
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """How often instructions within an answer moved the judge, beside sentences that instruct nothing."""

    attempts: int
    flips: int
    control_flips: int
    rate: float
    control_rate: float
    examples: tuple[ProbeExample, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeCard:
    """What is known of a judge from answers that people reviewed as well."""

    n: int  # answers with a verdict of the judge and the findings of a person
    saw_judge: int  # of these, so many where the person had seen the verdict first
    status: StatusFigures
    parts: Mapping[str, PartFigures]
    overall: OverallFigures
    disagreeing: Mapping[str, int]  # answers that differ somewhere, by the number of parts that agree
    contradictions: int  # verdicts whose explanation speaks for another grade
    uncertain: int  # verdicts without a grade, as they stand in no figure above
    unreadable: int
    failed: int
    probe: Probe | None = None
    newest: int = 0  # id of the newest feedback that is in it


@dataclass(frozen=True, slots=True, kw_only=True)
class BarCheck:
    """One demand of the bar; without a value it is not met."""

    name: str
    value: float | None
    at_least: float
    is_met: bool


def judge_card(
    rubrics: Sequence[Rubric], pairs: Sequence[Pair], *, probe: Probe | None = None, newest: int = 0
) -> JudgeCard:
    """The card from pairs of findings by these rubrics.

    A verdict that is uncertain, unreadable or failed is no grade: it is counted, and stands in no agreement,
    as an answer without verdict goes to a person and so is neither found nor missed. Both statuses are worked
    out over the parts the person graded, for who was asked about four criteria decides on four.
    """
    parts = {part.name: part for rubric in rubrics for part in parts_of(rubric)}
    graded = [_graded(parts, pair) for pair in pairs]
    statuses = [found for pair in pairs if (found := _statuses(rubrics, parts, pair)) is not None]
    whole = [
        both for pair, both in zip(pairs, graded, strict=True) if both and len(both) == _asked(parts, pair)
    ]
    same = identical_on_all(
        [([one for one, _ in both.values()], [other for _, other in both.values()]) for both in whole]
    )
    verdicts = [verdict for pair in pairs for verdict in pair.judge]
    told = Counter(verdict.status for verdict in verdicts)
    return JudgeCard(
        n=len(pairs),
        saw_judge=sum(pair.saw_judge for pair in pairs),
        status=_status_figures(statuses),
        parts={
            name: _part_figures(part, [both[name] for both in graded if name in both])
            for name, part in parts.items()
        },
        overall=OverallFigures(
            identical=same.identical, n=same.n, agreement=_share(accuracy(same.identical, same.n))
        ),
        disagreeing={str(agreeing): answers for agreeing, answers in same.agreeing.items()},
        contradictions=sum(verdict.contradicts is not None for verdict in verdicts),
        uncertain=told["uncertain"],
        unreadable=told["unreadable"],
        failed=told["failed"],
        probe=probe,
        newest=newest,
    )


def meets_bar(card: JudgeCard, bar: CardBar) -> tuple[BarCheck, ...]:
    """Each demand of the bar with what the card says; the judge may send work back when all are met.

    A figure that cannot be measured meets nothing: without a bad answer among those reviewed, nobody knows
    whether the judge would have found it.
    """
    status = card.status
    figures = (
        ("reviewed", float(status.n), float(bar.reviewed)),
        ("recall", status.recall.value if status.recall else None, bar.recall),
        ("precision", status.precision.value if status.precision else None, bar.precision),
        ("kappa", status.kappa, bar.kappa),
    )
    return tuple(
        BarCheck(name=name, value=value, at_least=at_least, is_met=value is not None and value >= at_least)
        for name, value, at_least in figures
    )


def binds(card: JudgeCard, bar: CardBar) -> bool:
    """Whether the card meets the whole bar."""
    return all(check.is_met for check in meets_bar(card, bar))


def _asked(parts: Mapping[str, object], pair: Pair) -> int:
    return sum(finding.part in parts for finding in pair.person)


def _graded(parts: Mapping[str, object], pair: Pair) -> dict[str, tuple[str, str]]:
    """The grades of judge and person on each part that both graded."""
    verdicts = {verdict.part: verdict for verdict in pair.judge if verdict.status == "ok"}
    return {
        finding.part: (_grade(verdicts[finding.part].finding), _grade(finding))
        for finding in pair.person
        if finding.part in verdicts and finding.part in parts
    }


def _grade(finding: Finding) -> str:
    return finding.grade if finding.grade is not None else str(finding.count or 0)


def _statuses(
    rubrics: Sequence[Rubric], parts: Mapping[str, object], pair: Pair
) -> tuple[Status, Status] | None:
    only = {finding.part for finding in pair.person} & set(parts)
    sure = [verdict.finding for verdict in pair.judge if verdict.status == "ok"]
    judge = status_of(_scored(rubrics, sure, only))
    person = status_of(_scored(rubrics, pair.person, only))
    return None if judge is None or person is None else (judge, person)


def _scored(
    rubrics: Sequence[Rubric], findings: Sequence[Finding], only: set[str]
) -> tuple[RubricScore, ...]:
    return scored(rubrics, [finding for finding in findings if finding.part in only], only=only)


def _status_figures(statuses: Sequence[tuple[Status, Status]]) -> StatusFigures:
    counts = _counts((judge == "redo", person == "redo") for judge, person in statuses)
    return StatusFigures(
        n=len(statuses),
        agreement=_share(percent_agreement(statuses)),
        kappa=cohens_kappa(statuses),
        precision=_precision(counts),
        recall=_recall(counts),
        counts=counts,
        leniency=_leniency(counts),
    )


def _part_figures(part: Criterion | ErrorCategory, grades: Sequence[tuple[str, str]]) -> PartFigures:
    bad = _bad_grades(part)
    counts = _counts((_is_bad(bad, judge), _is_bad(bad, person)) for judge, person in grades)
    confusion: dict[str, dict[str, int]] = {}
    for (judge, person), answers in sorted(Counter(grades).items()):
        confusion.setdefault(judge, {})[person] = answers
    return PartFigures(
        n=len(grades),
        agreement=_share(percent_agreement(grades)),
        kappa=cohens_kappa(grades),
        confusion=confusion,
        precision=_precision(counts),
        recall=_recall(counts),
        leniency=_leniency(counts),
        distribution=Distribution(
            judge=_spread(part, [judge for judge, _ in grades]),
            people=_spread(part, [person for _, person in grades]),
        ),
    )


def _bad_grades(part: Criterion | ErrorCategory) -> frozenset[str] | None:
    """The grades below the best; None for an error, where every count above nought is bad."""
    if isinstance(part, ErrorCategory):
        return None
    return frozenset(grade.name for grade in part.grades if grade.level < part.levels)


def _is_bad(bad: frozenset[str] | None, grade: str) -> bool:
    return grade != "0" if bad is None else grade in bad


def _spread(part: Criterion | ErrorCategory, grades: Sequence[str]) -> dict[str, int]:
    """How often each grade of the scale was given, those never given among them; counts that were given."""
    found = Counter(grades)
    names = [grade.name for grade in part.grades] if isinstance(part, Criterion) else []
    return {name: found[name] for name in [*names, *sorted(set(found) - set(names))]}


def _counts(is_bad: Iterable[tuple[bool, bool]]) -> Counts:
    found = Counter(is_bad)
    return Counts(tp=found[True, True], fp=found[True, False], fn=found[False, True], tn=found[False, False])


def _precision(counts: Counts) -> Share | None:
    return _share(accuracy(counts.tp, counts.tp + counts.fp))


def _recall(counts: Counts) -> Share | None:
    return _share(accuracy(counts.tp, counts.tp + counts.fn))


def _leniency(counts: Counts) -> float | None:
    return (counts.fn - counts.fp) / counts.n if counts.n else None


def _share(found: Accuracy | None) -> Share | None:
    return None if found is None else Share(value=found.value, low=found.low, high=found.high)
