"""The next turn of a conversation: what may be asked, and what may be answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from milo.core.errors import InvalidInput
from milo.core.project import ProjectSpec, SubjectField, check_spec
from milo.core.questions import ChatAnswer, ChatQuestion
from milo.core.questions.chat import answer_faults, distance, in_words, question_faults

QUESTION = ChatQuestion(name="reply", title="What comes next?", conversation="turns", max_length=20)
SPEC = ProjectSpec(
    name="Turns",
    subject=(
        SubjectField(name="turns", title="Conversation", show="chat"),
        SubjectField(name="draft", title="Draft"),
        SubjectField(name="meta", title="Meta", show="context"),
    ),
    questions=(QUESTION,),
)


def faults_of(**changes: object) -> list[str]:
    question = replace(QUESTION, **changes)  # type: ignore[arg-type]  # fields of a test's own choice
    with pytest.raises(InvalidInput) as caught:
        check_spec(replace(SPEC, questions=(question,)))
    return [str(fault) for fault in caught.value.faults]


def test_a_turn_is_a_text_with_a_longest_length() -> None:
    assert answer_faults("here", QUESTION, ChatAnswer(value="Oak floats.")) == []
    assert [one.found for one in answer_faults("here", QUESTION, ChatAnswer(value="x" * 21))] == [
        "21 characters"
    ]
    assert [one.found for one in answer_faults("here", QUESTION, ChatAnswer(value=" \n"))] == ["no text"]


def test_turns_are_the_same_but_for_white_space() -> None:
    assert distance(ChatAnswer(value="It  floats.\n"), ChatAnswer(value="It floats.")) == 0
    assert distance(ChatAnswer(value="It floats."), ChatAnswer(value="It sinks.")) == 1


def test_in_words_a_turn_is_itself() -> None:
    assert in_words(QUESTION, ChatAnswer(value="It floats.")) == "It floats."


def test_the_conversation_is_no_candidate_for_its_own_turn() -> None:
    (fault,) = question_faults("q", replace(QUESTION, candidate="turns"))
    assert fault.where == "q.candidate"


def test_a_conversation_is_a_field_that_is_shown_as_one() -> None:
    check_spec(SPEC)
    assert faults_of(conversation="draft") == [
        "questions.reply: found field 'draft', shown as text; allowed: one shown as chat"
    ]
    assert faults_of(conversation="talk") == [
        "questions.reply: found field 'talk'; allowed: fields of the subject: turns, draft, meta"
    ]


def test_a_candidate_is_a_field_that_people_read() -> None:
    check_spec(replace(SPEC, questions=(replace(QUESTION, candidate="draft"),)))
    (fault,) = faults_of(candidate="meta")
    assert "'meta', shown as context" in fault
