"""Who is asked about which answers, and whose verdict stands."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.core.feedback import Source
from milo.core.review_policy import (
    RANK,
    Asked,
    Decision,
    Opinion,
    ReviewPolicy,
    ReviewRule,
    asked_about,
    criteria_of,
    decide,
    policy_faults,
)

SOURCES: tuple[Source, ...] = ("judge", "auditor", "researcher")
OPINIONS = st.builds(
    Opinion,
    source=st.sampled_from(SOURCES),
    status=st.sampled_from(["passed", "redo", None]),
    binds=st.booleans(),
)
ASKED = st.builds(Asked, judge=st.booleans(), person=st.sampled_from(["auditor", "researcher", None]))


def asked(
    policy: ReviewPolicy, count: int = 2000, *, annotator: str = "a1", earlier: int = 99
) -> list[Asked]:
    return [asked_about(policy, "salt", n, annotator=annotator, earlier=earlier) for n in range(count)]


# --- who is asked -----------------------------------------------------------------------------------


def test_without_rules_nobody_is_asked() -> None:
    assert not any(one.anybody for one in asked(ReviewPolicy(), 100))


def test_a_share_is_drawn_the_same_each_time_and_is_about_that_large() -> None:
    policy = ReviewPolicy(rules=(ReviewRule(by="auditor", share=0.1),))
    picked = [one.person == "auditor" for one in asked(policy)]
    assert picked == [one.person == "auditor" for one in asked(policy)]
    assert 150 < sum(picked) < 250


def test_a_larger_share_keeps_everything_a_smaller_one_picked() -> None:
    few, many = (
        [one.person is not None for one in asked(ReviewPolicy(rules=(ReviewRule(by="auditor", share=s),)))]
        for s in (0.1, 0.3)
    )
    assert all(large for small, large in zip(few, many, strict=True) if small)


def test_the_draws_for_judge_and_auditor_are_independent() -> None:
    rules = (ReviewRule(by="judge", share=0.5), ReviewRule(by="auditor", share=0.5))
    found = asked(ReviewPolicy(rules=rules), 4000)
    both = sum(one.judge and one.person is not None for one in found)
    assert 850 < both < 1150


def test_the_first_answers_and_the_own_share_of_an_annotator_come_on_top() -> None:
    rule = ReviewRule(by="auditor", share=0.0, first_of_each=3, annotators={"a7": 1.0})
    policy = ReviewPolicy(rules=(rule,))
    assert all(one.person for one in asked(policy, 10, earlier=2))
    assert not any(one.person for one in asked(policy, 10, earlier=3))
    assert all(one.person for one in asked(policy, 10, annotator="a7"))


def test_where_auditor_and_researcher_are_asked_the_auditor_may_take_it() -> None:
    rules = (ReviewRule(by="researcher"), ReviewRule(by="auditor"))
    assert asked(ReviewPolicy(rules=rules), 1) == [Asked(person="auditor")]


def test_criteria_are_limited_for_each_kind_of_reviewer() -> None:
    policy = ReviewPolicy(rules=(ReviewRule(by="judge", criteria=("tone",)), ReviewRule(by="auditor")))
    assert criteria_of(policy, "judge") == frozenset({"tone"})
    assert criteria_of(policy, "auditor") is None
    assert criteria_of(policy, "researcher") is None


# --- what stands ------------------------------------------------------------------------------------


def test_a_researcher_overrides_an_auditor_who_overrides_the_judge() -> None:
    """Every order of the three, and every way they disagree."""
    for statuses in product(("passed", "redo"), repeat=3):
        by_source = dict(zip(SOURCES, statuses, strict=True))
        for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)):
            opinions = [Opinion(source=SOURCES[n], status=by_source[SOURCES[n]]) for n in order]  # type: ignore[arg-type]  # passed or redo
            found = decide(Asked(judge=True, person="auditor"), opinions)
            assert found == Decision(status=by_source["researcher"], by="researcher")  # type: ignore[arg-type]
            without = [one for one in opinions if one.source != "researcher"]
            assert decide(Asked(judge=True, person="auditor"), without) == Decision(
                status=by_source["auditor"],  # type: ignore[arg-type]
                by="auditor",
            )


def test_a_judges_redo_acts_at_once_and_its_passed_waits_for_the_person_who_was_asked() -> None:
    passed, redo = Opinion(source="judge", status="passed"), Opinion(source="judge", status="redo")
    for person in ("auditor", "researcher"):
        assert decide(Asked(judge=True, person=person), [passed]) is None
        assert decide(Asked(judge=True, person=person), [redo]) == Decision(status="redo", by="judge")
    assert decide(Asked(judge=True), [passed]) == Decision(status="passed", by="judge")


@pytest.mark.parametrize("status", ["passed", "redo"])
def test_a_judge_that_does_not_bind_decides_nothing(status: str) -> None:
    assert decide(Asked(judge=True), [Opinion(source="judge", status=status, binds=False)]) is None  # type: ignore[arg-type]


def test_a_judge_without_a_status_decides_nothing_though_it_once_had_one() -> None:
    opinions = [Opinion(source="judge", status="passed"), Opinion(source="judge", status=None)]
    assert decide(Asked(judge=True), opinions) is None


@given(ASKED, st.lists(OPINIONS, max_size=6))
def test_what_stands_is_what_somebody_said(who: Asked, opinions: Sequence[Opinion]) -> None:
    found = decide(who, opinions)
    people = [one for one in opinions if one.source != "judge" and one.status]
    if found is None:
        assert not people
        return
    assert any((one.source, one.status) == (found.by, found.status) for one in opinions)
    assert all(RANK[one.source] <= RANK[found.by] for one in people)


@given(ASKED, st.lists(OPINIONS, max_size=6), OPINIONS)
def test_nobody_is_overridden_from_below(who: Asked, opinions: list[Opinion], later: Opinion) -> None:
    before = decide(who, opinions)
    if before is not None and RANK[later.source] < RANK[before.by]:
        assert decide(who, [*opinions, later]) == before


# --- what cannot be a policy ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        (ReviewPolicy(rules=(ReviewRule(by="judge", share=1.2),)), "rules.judge.share: found 1.2"),
        (ReviewPolicy(rules=(ReviewRule(by="judge", criteria=("wit",)),)), "found 'wit'; allowed: criteria"),
        (ReviewPolicy(rules=(ReviewRule(by="judge"), ReviewRule(by="judge"))), "found two rules for judge"),
        (ReviewPolicy(redo_rounds=21), "settings.review.redo_rounds: found 21; allowed: 0 to 20"),
        (ReviewPolicy(redo_hours=0), "settings.review.redo_hours: found 0; allowed: 1 to 2160"),
        (ReviewPolicy(rules=(ReviewRule(by="auditor", per_reviewer=0),)), "per_reviewer: found 0"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_by_name(policy: ReviewPolicy, told: str) -> None:
    assert told in "; ".join(map(str, policy_faults(policy, ["tone"])))


def test_rules_without_a_rubric_are_refused() -> None:
    (fault,) = policy_faults(ReviewPolicy(rules=(ReviewRule(by="judge"),)), [])
    assert "found rules without a rubric" in str(fault)
