"""Answers fit their questions, and each part knows who decided it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.core.answer import Shown, check_answers, is_asked, origins
from milo.core.errors import InvalidInput
from milo.core.questions import (
    Answer,
    ChoiceAnswer,
    ChoiceQuestion,
    ChoicesAnswer,
    ChoicesQuestion,
    Option,
    ShownIf,
    TextAnswer,
    TextQuestion,
)

RELEVANCE = ChoiceQuestion(
    name="relevance",
    title="How relevant is it?",
    options=(Option(name="fully", label="Fully"), Option(name="not", label="Not at all")),
)
TRAITS = ChoicesQuestion(
    name="traits",
    title="Which apply?",
    options=(
        Option(name="funny", label="Funny"),
        Option(name="kind", label="Kind"),
        Option(name="none", label="None", exclusive=True),
    ),
)
WHY = TextQuestion(
    name="why", title="Why not?", max_length=5, shown_if=ShownIf(question="relevance", any_of=("not",))
)
QUESTIONS = (RELEVANCE, TRAITS, WHY)


def faults_of(answers: dict[str, Answer], *, complete: bool = True) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        check_answers(QUESTIONS, answers, complete=complete)
    return [str(fault) for fault in caught.value.faults]


def test_complete_answers_are_accepted() -> None:
    check_answers(
        QUESTIONS,
        {"relevance": ChoiceAnswer(value="fully"), "traits": ChoicesAnswer(value=("funny", "kind"))},
    )


def test_every_fault_is_named_with_what_was_found_and_what_is_allowed() -> None:
    faults = faults_of(
        {"relevance": ChoiceAnswer(value="partly"), "traits": ChoicesAnswer(value=("none", "kind"))}
    )
    assert faults == [
        "answers.relevance: found 'partly'; allowed: one of fully, not",
        "answers.traits: found none, kind; allowed: 'none' alone, or the others without it",
    ]


def test_a_required_question_needs_an_answer_only_when_it_is_shown() -> None:
    shown: dict[str, Answer] = {
        "relevance": ChoiceAnswer(value="not"),
        "traits": ChoicesAnswer(value=("none",)),
    }
    assert faults_of(shown) == ["answers.why: found no answer; allowed: an answer of kind 'text'"]
    check_answers(QUESTIONS, {**shown, "why": TextAnswer(value="off")})


def test_an_answer_to_a_question_that_is_not_shown_is_refused() -> None:
    answers: dict[str, Answer] = {
        "relevance": ChoiceAnswer(value="fully"),
        "traits": ChoicesAnswer(value=("kind",)),
        "why": TextAnswer(value="off"),
    }
    assert "none: the question is not shown" in faults_of(answers)[0]


def test_the_wrong_kind_an_unknown_question_and_a_long_text_are_refused() -> None:
    faults = faults_of(
        {
            "relevance": TextAnswer(value="fully"),
            "traits": ChoicesAnswer(value=("funny", "funny")),
            "why": TextAnswer(value="far too long"),
            "mood": TextAnswer(value="?"),
        },
        complete=False,
    )
    assert len(faults) == 4
    assert faults[0].startswith("answers.mood")


@pytest.mark.parametrize(
    ("value", "fault"), [("a\x00", "a NUL character"), ("\ud83d", "half of a character")]
)
def test_what_no_database_and_no_reply_can_hold_is_refused(value: str, fault: str) -> None:
    answers: dict[str, Answer] = {"relevance": ChoiceAnswer(value="not"), "why": TextAnswer(value=value)}
    assert fault in faults_of(answers, complete=False)[0]


def test_a_draft_may_be_incomplete() -> None:
    check_answers(QUESTIONS, {"traits": ChoicesAnswer(value=("kind",))}, complete=False)


def test_a_confirmed_preselection_is_told_apart_from_an_own_choice() -> None:
    shown = Shown(
        suggestion=1, question="traits", preselected=("funny", "kind"), revealed_at="2026-01-01T00:00:00Z"
    )
    assert origins(ChoicesAnswer(value=("funny", "none")), shown) == {
        "funny": "model_confirmed",
        "none": "human",
    }


def test_a_suggestion_nobody_saw_decided_nothing() -> None:
    unseen = Shown(suggestion=1, question="relevance", preselected=("fully",), revealed_at=None)
    assert origins(ChoiceAnswer(value="fully"), unseen) == {"": "human"}
    assert origins(ChoiceAnswer(value="fully"), None) == {"": "human"}


def test_a_proposed_text_that_was_changed_counts_as_edited() -> None:
    shown = Shown(suggestion=1, question="why", preselected=("off",), revealed_at="2026-01-01T00:00:00Z")
    assert origins(TextAnswer(value="off"), shown) == {"": "model_confirmed"}
    assert origins(TextAnswer(value="offer"), shown) == {"": "model_edited"}


@given(st.lists(st.sampled_from(["funny", "kind", "none"]), max_size=4))
def test_an_exclusive_option_never_stands_beside_another(values: list[str]) -> None:
    answers: dict[str, Answer] = {
        "relevance": ChoiceAnswer(value="fully"),
        "traits": ChoicesAnswer(value=tuple(values)),
    }
    is_valid = bool(values) and len(set(values)) == len(values) and ("none" not in values or len(values) == 1)
    if is_valid:
        check_answers(QUESTIONS, answers)
    else:
        assert faults_of(answers)


def test_a_question_that_depends_on_an_open_one_is_not_asked() -> None:
    assert not is_asked(WHY, {})
    assert is_asked(WHY, {"relevance": ChoiceAnswer(value="not")})
