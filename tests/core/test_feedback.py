"""What reviewers found: checked against the rubric, scored, and never guessed."""

from __future__ import annotations

import pytest

from milo.core.errors import InvalidInput
from milo.core.feedback import Finding, Verdict, check_findings, scored, status_of
from milo.core.improvement import improvements, in_words
from milo.core.rubric import Criterion, ErrorCategory, Grade, Rubric

GRADES = (Grade(name="bad", label="Bad", level=1), Grade(name="good", label="Good", level=2))
STYLE = Rubric(
    name="style",
    title="Style",
    threshold=60.0,
    criteria=(Criterion(name="tone", title="Tone", weight=1.0, grades=GRADES, allow_na=True),),
)
ERRORS = Rubric(
    name="errors",
    title="Errors",
    threshold=90.0,
    errors=(
        ErrorCategory(name="major", title="Major", penalty=20.0),
        ErrorCategory(name="typed", title="Typed", penalty=5.0, counted=False),
    ),
)
BOTH = (STYLE, ERRORS)


def found(tone: str = "good", major: int = 0, typed: int = 0) -> list[Finding]:
    return [
        Finding(part="tone", grade=tone),
        Finding(part="major", count=major),
        Finding(part="typed", count=typed),
    ]


def test_any_rubric_below_its_threshold_means_redo() -> None:
    assert status_of(scored(BOTH, found())) == "passed"
    assert status_of(scored(BOTH, found(tone="bad"))) == "redo"
    assert status_of(scored(BOTH, found(major=1))) == "redo"


def test_without_a_verdict_on_everything_there_is_no_score_and_no_status() -> None:
    style, errors = scored(BOTH, found()[1:])
    assert (style.score, style.reason) == (None, "there is no verdict on tone")
    assert errors.score is not None
    assert status_of([style, errors]) is None
    assert status_of([]) is None


def test_a_rubric_that_is_surely_below_means_redo_whatever_is_missing_in_another() -> None:
    assert status_of(scored(BOTH, found(major=1)[1:])) == "redo"


def test_a_rubric_nothing_of_which_was_asked_is_left_out() -> None:
    (only,) = scored(BOTH, found()[:1], only=["tone"])
    assert only.rubric == "style"


@pytest.mark.parametrize(
    ("findings", "told"),
    [
        (found()[:2], "findings.typed: found nothing; allowed: a count"),
        (found()[1:], "findings.tone: found nothing; allowed: a grade"),
        (
            [*found(), Finding(part="wit", count=0)],
            "findings.wit: found a finding; allowed: only tone, major",
        ),
        ([*found(), Finding(part="tone", grade="bad")], "findings.tone: found two findings; allowed: one"),
        (found(tone="fine"), "findings.tone.grade: found 'fine'; allowed: one of bad, good, na"),
        (found(typed=2), "findings.typed.count: found 2; allowed: 0 to 1"),
        (found(major=1001), "findings.major.count: found 1001; allowed: 0 to 1000"),
        ([Finding(part="tone", count=1), *found()[1:]], "findings.tone.grade: found a count of 1"),
    ],
)
def test_findings_that_do_not_fit_are_refused_by_name(findings: list[Finding], told: str) -> None:
    with pytest.raises(InvalidInput, match="The review cannot be stored") as caught:
        check_findings(BOTH, findings)
    assert told in str(caught.value)


def test_a_part_that_was_not_asked_is_refused() -> None:
    check_findings(BOTH, found()[:1], only=["tone"])
    with pytest.raises(InvalidInput, match=r"findings\.major: found a finding; allowed: only tone"):
        check_findings(BOTH, found(), only=["tone"])


def test_a_judges_verdict_reads_as_a_finding_without_what_only_judges_say() -> None:
    verdict = Verdict(part="tone", status="ok", grade="bad", explanation="Rude.", confidence=0.8)
    assert verdict.finding == Finding(part="tone", grade="bad", explanation="Rude.")


# --- what would have been enough --------------------------------------------------------------------


def test_every_single_change_that_would_do_is_named() -> None:
    assert in_words(improvements(BOTH, found(tone="bad"))) == "Enough: “Tone” at Good."
    assert in_words(improvements([ERRORS], found(major=1)[1:])) == "Enough: no “Major”."
    two = improvements(
        [Rubric(name="r", title="R", threshold=80, errors=ERRORS.errors)], found(major=1, typed=1)[1:]
    )
    assert in_words(two) == "One of these is enough: no “Major”; no “Typed”."


def test_where_no_single_change_is_enough_none_is_named() -> None:
    assert in_words(improvements(BOTH, found(tone="bad", major=1))) is None


def test_of_an_answer_that_passed_nothing_is_asked() -> None:
    assert improvements(BOTH, found()) == ()
