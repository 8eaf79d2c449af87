"""What a judge's reply says, and when it says nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.core.feedback import Verdict
from milo.core.rubric import Criterion, Grade, Rubric
from milo.roles import judge
from tests.roles.judge_builders import a_judging, reply_with

PLAIN = a_judging(logprobs=False)


def verdict(part: str, text: str) -> Verdict:
    return judge.read(PLAIN, part, reply_with(text))


@pytest.mark.parametrize(
    ("text", "grade", "explanation"),
    [
        ("Good\nIt is warm.", "good", "It is warm."),
        ("**Minimum**\n\n**Explanation:** It is short.", "minimum", "It is short."),
        ("Grade: Good - it is warm.", "good", "it is warm."),
        ("### Grade:\nGood\nIt is warm.", "good", "It is warm."),
        ("GOOD: it is warm", "good", "it is warm"),
        ('Good. "Warm" says it.', "good", '"Warm" says it.'),
        ('"Good" - "warm" says it.', "good", '"warm" says it.'),
        ("Good, because it is warm", "good", "because it is warm"),
        ("<think>Minimum? No.</think>\nGood\nIt is warm.", "good", "It is warm."),
        ('```json\n{"grade": "Minimum", "explanation": "It is short."}\n```', "minimum", "It is short."),
        ("N/A\nNobody speaks.", "na", "Nobody speaks."),
        ("Insufficent\nIt says nothing.", "insufficient", "It says nothing."),
        ("My grade is Minimum.", "minimum", ""),
    ],
)
def test_grade_and_explanation_are_read_apart(text: str, grade: str, explanation: str) -> None:
    found = verdict("tone", text)
    assert (found.status, found.grade, found.explanation) == ("ok", grade, explanation)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the reply is empty"),
        ("The answer is warm.\nGood", "the reply names no grade: 'The answer is warm. Good'"),
        ("Not Good", "the reply names no grade: 'Not Good'"),
        ("Good or Minimum", "the reply names no grade: 'Good or Minimum'"),
        ("The answer does not meet the criteria for Good.", "the reply names no grade: "),
        ('{"grade": null}', "the reply names no grade: "),
    ],
)
def test_a_first_line_without_one_grade_is_unreadable_and_never_a_default(text: str, reason: str) -> None:
    found = verdict("tone", text)
    assert (found.status, found.grade, found.count) == ("unreadable", None, None)
    assert found.reason is not None
    assert found.reason.startswith(reason)


def test_not_applicable_is_unreadable_where_it_is_not_allowed() -> None:
    assert verdict("depth", "N/A\nNothing to say.").status == "unreadable"


@given(st.text(max_size=60))
def test_any_text_gives_a_verdict_or_a_reason(text: str) -> None:
    for part in ("tone", "typo", "lie"):
        found = verdict(part, text)
        has_verdict = found.grade is not None or found.count is not None
        assert has_verdict == (found.status == "ok") == (found.reason is None)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("2\n'teh' and 'wrod'.", 2),
        ("0", 0),
        ("None.", 0),
        ("No errors were found.", 0),
        ("Three", 3),
        ("Number of errors: 4\nAll over.", 4),
        ("There are two errors.", 2),
        ('{"count": 5, "explanation": "many"}', 5),
        ("**1**\nOne.", 1),
    ],
)
def test_counted_errors_are_read_as_a_number(text: str, count: int) -> None:
    found = verdict("typo", text)
    assert (found.status, found.count, found.grade) == ("ok", count, None)


@pytest.mark.parametrize("text", ["Yes", "-1", "1.5", "1,5", "many", "1001", "a lot of 7"])
def test_what_is_no_count_is_unreadable(text: str) -> None:
    assert (verdict("typo", text).status, verdict("typo", text).count) == ("unreadable", None)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Yes\nIt says so.", 1),
        ("No", 0),
        ("**No.** All true.", 0),
        ("No such error was made.", 0),
        ("Answer: yes", 1),
    ],
)
def test_an_error_that_is_not_counted_is_there_once_or_not(text: str, count: int) -> None:
    assert (verdict("lie", text).status, verdict("lie", text).count) == ("ok", count)


def test_neither_yes_nor_no_is_unreadable() -> None:
    assert verdict("lie", "No doubt it lies.").status == "unreadable"
    assert verdict("lie", "It depends.").reason == "the reply says neither Yes nor No: 'It depends.'"


@pytest.mark.parametrize("part", ["tone", "typo", "lie"])
def test_a_judge_that_says_it_is_not_sure_gives_no_grade(part: str) -> None:
    found = verdict(part, "Unsure\nThe picture is dark.")
    assert (found.status, found.grade, found.count) == ("uncertain", None, None)
    assert found.reason == "the model says that it is not sure"
    assert found.explanation == "The picture is dark."


def test_the_confidence_is_the_probability_of_the_grade() -> None:
    found = judge.read(a_judging(), "tone", reply_with("Good\nWarm.", {"Good": 0.6, "Min": 0.2, "The": 0.2}))
    assert (found.status, found.grade) == ("ok", "good")
    assert found.confidence == pytest.approx(0.75)
    assert set(found.distribution) == {"insufficient", "minimum", "good", "na"}
    assert sum(found.distribution.values()) == pytest.approx(1)


def test_a_grade_that_is_too_improbable_is_uncertain_and_stands_in_the_distribution_alone() -> None:
    reply = reply_with("Good\nWarm.", {"Good": 0.4, "Min": 0.35, "In": 0.25})
    found = judge.read(a_judging(uncertain_below=0.5), "tone", reply)
    assert (found.status, found.grade) == ("uncertain", None)
    assert found.reason is not None
    assert found.reason.startswith("Good has a probability of 40% (at least 50%")
    assert max(found.distribution, key=lambda name: found.distribution[name]) == "good"
    assert judge.read(a_judging(uncertain_below=0.2), "tone", reply).grade == "good"


def test_a_grade_that_hardly_any_probability_fell_on_is_uncertain() -> None:
    found = judge.read(
        a_judging(), "tone", reply_with("Good\nWarm.", {"The": 0.93, "Good": 0.05, "An": 0.02})
    )
    assert found.status == "uncertain"
    assert found.reason == (
        "only 5% of the probability fell on the possible replies (at least 10% is asked for)"
    )


def test_a_word_before_the_grade_does_not_hide_its_probability() -> None:
    tokens = ({"**": 0.9, "Good": 0.1}, {"Grade": 0.9, "Good": 0.1}, {":": 1.0}, {" Good": 0.9, " Min": 0.1})
    found = judge.read(a_judging(), "tone", reply_with("**Grade: Good**\nWarm.", *tokens))
    assert found.confidence == pytest.approx(0.78, abs=0.15)
    assert found.status == "ok"


def test_a_model_that_thinks_first_has_a_grade_without_confidence() -> None:
    found = judge.read(a_judging(), "tone", reply_with("<think>Hm.</think>Good\nWarm.", {"<think>": 1.0}))
    assert (found.status, found.grade, found.confidence) == ("ok", "good", None)


def test_the_confidence_of_a_count_is_that_of_any_error_or_of_none() -> None:
    reply = reply_with("2\nBoth.", {"2": 0.5, "1": 0.3, "0": 0.2})
    found = judge.read(a_judging(), "typo", reply)
    assert (found.status, found.count) == ("ok", 2)
    assert found.confidence == pytest.approx(0.8)
    assert found.distribution == pytest.approx({"yes": 0.8, "no": 0.2})


def test_yes_and_no_have_their_probabilities() -> None:
    found = judge.read(a_judging(), "lie", reply_with("No\nTrue.", {"No": 0.7, "Yes": 0.3}))
    assert found.count == 0
    assert found.confidence == pytest.approx(0.7)
    unsure = judge.read(a_judging(), "lie", reply_with("No", {"No": 0.35, "Uns": 0.4, "Yes": 0.25}))
    assert (unsure.status, unsure.reason) == ("uncertain", "the model is not sure, with a probability of 40%")


def test_letters_are_read_as_the_grades_they_stand_for() -> None:
    grades = (Grade(name="bad", label="Very bad", level=1), Grade(name="good", label="Very good", level=2))
    rubric = Rubric(
        name="r", title="R", threshold=1, criteria=(Criterion(name="c", title="C", weight=1, grades=grades),)
    )
    judging = a_judging(rubrics=(rubric,))
    for text in ("B\nNice.", "B. Very good\nNice.", "Very good\nNice.", "B: Nice."):
        found = judge.read(judging, "c", reply_with(text, {"B": 0.9, "A": 0.1}))
        assert (found.status, found.grade, found.explanation) == ("ok", "good", "Nice.")
        assert found.confidence == pytest.approx(0.9)


def test_samples_agree_by_their_share() -> None:
    said = [verdict("tone", text) for text in ("Good\nWarm.", "Good\nKind.", "Minimum\nDry.", "Hm.")]
    found = judge.joined(PLAIN, "tone", said)
    assert (found.status, found.grade, found.confidence) == ("ok", "good", 0.5)
    assert found.explanation == "Warm."
    assert found.distribution == pytest.approx({"insufficient": 0, "minimum": 1 / 3, "good": 2 / 3, "na": 0})


def test_samples_that_do_not_agree_are_uncertain() -> None:
    tie = judge.joined(PLAIN, "tone", [verdict("tone", text) for text in ("Good", "Minimum")])
    assert (tie.status, tie.grade) == ("uncertain", None)
    assert tie.reason == "1 of 2 samples each say good and minimum"
    few = judge.joined(PLAIN, "lie", [verdict("lie", text) for text in ("Yes", "Hm", "Hm", "Hm")])
    assert few.reason == "only 1 of 4 samples say yes (at least 50% is asked for)"
    none = judge.joined(PLAIN, "lie", [verdict("lie", text) for text in ("Hm", "Hm", "Unsure")])
    assert (none.status, none.count) == ("unreadable", None)


def test_counts_of_samples_are_joined_by_their_median() -> None:
    counts = [verdict("typo", text) for text in ("2", "3", "9", "0")]
    assert judge.joined(PLAIN, "typo", counts).count == 3


def test_a_call_that_failed_is_no_verdict() -> None:
    found = judge.failed("tone", "the endpoint does not answer")
    assert (found.status, found.grade, found.count) == ("failed", None, None)
    assert judge.joined(PLAIN, "tone", [found]) == found
