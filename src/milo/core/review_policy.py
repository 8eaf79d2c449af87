"""Who reviews which answers, and what their verdicts do: the policy of a project and its decisions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from milo.core.errors import Fault
from milo.core.feedback import Source, Status
from milo.core.strict import INPUT, Flag, Whole

RevealJudge = Literal["after_own", "immediate", "never"]

#: Whose verdict stands: the later ones override the earlier ones.
RANK: dict[Source, int] = {"judge": 1, "auditor": 2, "researcher": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRule:
    """A share of the answers that one kind of reviewer is asked about."""

    __pydantic_config__ = INPUT

    by: Source
    share: float = 1.0  # of all answers, drawn by a salted hash: the same answers for everybody
    first_of_each: Whole = 0  # and the first so many answers of every annotator
    annotators: dict[str, float] = field(default_factory=dict)  # own shares, by pseudonym
    criteria: tuple[str, ...] = ()  # criteria and errors they are asked about; empty: all
    per_reviewer: Whole | None = None  # how many each reviewer is dealt at most


@dataclass(frozen=True, slots=True, kw_only=True)
class CardBar:
    """What a judge's card must reach before its verdicts can send work back."""

    __pydantic_config__ = INPUT

    reviewed: Whole = 20  # annotations that people reviewed as well
    recall: float = 0.7  # share of the bad answers it finds
    precision: float = 0.6  # share of what it calls bad that is bad
    kappa: float = 0.2  # agreement on the status beyond chance


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPolicy:
    """How answers are reviewed. Without rules nothing is, and answers leave as `accepted_unreviewed`."""

    __pydantic_config__ = INPUT

    rules: tuple[ReviewRule, ...] = ()
    redo_rounds: Whole = 2  # so often an answer goes back; then a person decides
    redo_hours: Whole = 72  # so long it is kept for its annotator; then another takes the item
    reveal_judge: RevealJudge = "after_own"
    blind: Flag = True  # reviewers see no names and no drafts
    check: Flag = False  # annotators may ask the judge before they submit
    judge: str | None = None  # name of the model that judges
    bar: CardBar = field(default_factory=CardBar)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whom the policy asks about one answer."""

    judge: bool = False
    person: Literal["auditor", "researcher"] | None = None

    @property
    def anybody(self) -> bool:
        """Whether the answer waits for a review at all."""
        return self.judge or self.person is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """One reviewer's newest status on an answer; a judge whose card is not good enough does not bind."""

    source: Source
    status: Status | None
    binds: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What stands, and by whom."""

    status: Status
    by: Source


def decide(asked: Asked, opinions: Sequence[Opinion]) -> Decision | None:
    """What stands after these opinions, in the order they came; None while the answer waits.

    A researcher overrides an auditor, who overrides the judge. A person need not wait for the judge. A
    judge's REDO acts at once; its PASSED waits for the person who was asked too. A judge that does not
    bind decides nothing.
    """
    people = [one for one in opinions if one.source != "judge" and one.status is not None]
    if people:
        highest = max(RANK[one.source] for one in people)
        last = [one for one in people if RANK[one.source] == highest][-1]
        assert last.status is not None
        return Decision(status=last.status, by=last.source)
    judged = [one for one in opinions if one.source == "judge" and one.binds]
    if not judged or judged[-1].status is None:
        return None
    if judged[-1].status == "redo" or asked.person is None:
        return Decision(status=judged[-1].status, by="judge")
    return None


def asked_about(policy: ReviewPolicy, salt: str, assignment: int, *, annotator: str, earlier: int) -> Asked:
    """Whom the policy asks about an assignment, the same whenever it is asked.

    `annotator` is the pseudonym, `earlier` how many items they answered before this one.
    """
    picked = {
        rule.by
        for rule in policy.rules
        if earlier < rule.first_of_each
        or _draw(salt, rule.by, assignment) < rule.annotators.get(annotator, rule.share)
    }
    person: Literal["auditor", "researcher"] | None = None
    if "researcher" in picked:
        person = "researcher"
    if "auditor" in picked:
        person = "auditor"  # researchers may take what auditors are asked about
    return Asked(judge="judge" in picked, person=person)


def criteria_of(policy: ReviewPolicy, by: Source) -> frozenset[str] | None:
    """The criteria and errors this kind of reviewer is asked about; None for all."""
    rules = [rule for rule in policy.rules if rule.by == by]
    if not rules or any(not rule.criteria for rule in rules):
        return None
    return frozenset(name for rule in rules for name in rule.criteria)


def policy_faults(policy: ReviewPolicy, parts: Sequence[str]) -> list[Fault]:
    """What is wrong with a policy, given the names of all criteria and errors."""
    faults = []
    where = "settings.review"
    if policy.rules and not parts:
        faults.append(Fault(f"{where}.rules", "rules without a rubric", "a rubric to review by"))
    for rule in policy.rules:
        place = f"{where}.rules.{rule.by}"
        shares = [("share", rule.share), *((f"annotators.{n}", s) for n, s in rule.annotators.items())]
        faults += [Fault(f"{place}.{n}", f"{s:g}", "0 to 1") for n, s in shares if not 0 <= s <= 1]
        if not 0 <= rule.first_of_each <= 10_000:
            faults.append(Fault(f"{place}.first_of_each", str(rule.first_of_each), "0 to 10,000"))
        if rule.per_reviewer is not None and not 1 <= rule.per_reviewer <= 100_000:
            faults.append(Fault(f"{place}.per_reviewer", str(rule.per_reviewer), "1 to 100,000"))
        allowed = "criteria and errors of the rubrics: " + ", ".join(parts)
        faults += [Fault(f"{place}.criteria", repr(n), allowed) for n in rule.criteria if n not in parts]
    names = [rule.by for rule in policy.rules]
    for name in sorted({name for name in names if names.count(name) > 1}):
        faults.append(Fault(f"{where}.rules", f"two rules for {name}", "one rule a kind of reviewer"))
    faults += _range_faults(where, policy)
    return faults


def _range_faults(where: str, policy: ReviewPolicy) -> list[Fault]:
    ranges = {
        "redo_rounds": (policy.redo_rounds, 0, 20),
        "redo_hours": (policy.redo_hours, 1, 24 * 90),
        "bar.reviewed": (policy.bar.reviewed, 1, 100_000),
        "bar.recall": (policy.bar.recall, 0, 1),
        "bar.precision": (policy.bar.precision, 0, 1),
        "bar.kappa": (policy.bar.kappa, -1, 1),
    }
    return [
        Fault(f"{where}.{name}", f"{value:g}", f"{low} to {high}")
        for name, (value, low, high) in ranges.items()
        if not low <= value <= high
    ]


def _draw(salt: str, by: str, assignment: int) -> float:
    digest = hashlib.sha256(f"{salt}:review:{by}:{assignment}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
