"""Explanations and the passages they quote."""

from __future__ import annotations

from milo.core.model_call import ModelReply
from milo.core.project import SubjectField
from milo.core.questions import ChoiceQuestion, Option
from milo.core.suggestion import Evidence, Suggestion
from milo.roles.explanation import explain_request, read_explanation
from milo.roles.prompting import Prompting

PROMPTING = Prompting(
    subject=(
        SubjectField(name="text", title="Text"),
        SubjectField(name="secret", title="Secret", show="hidden"),
    )
)
QUESTION = ChoiceQuestion(
    name="mood",
    title="How does it feel?",
    options=(Option(name="good", label="Good"), Option(name="bad", label="Bad")),
)
FIELDS = {"text": "🎂 A cake! I never had one so good.", "secret": "so good"}


def a_reply(text: str) -> ModelReply:
    return ModelReply(
        text=text,
        top_logprobs=None,
        input_tokens=1,
        output_tokens=1,
        evaluated_tokens=1,
        cost_usd=None,
        latency_ms=1.0,
        finish_reason="stop",
        model="m",
    )


def test_the_request_names_the_proposed_answer_last() -> None:
    proposed = Suggestion(question="mood", status="ok", distribution={"good": 0.4, "bad": 0.6})
    text = explain_request(PROMPTING, QUESTION, proposed, FIELDS).messages[-1].text
    assert text.index("A cake!") < text.index("How does it feel?") < text.index("The proposed answer is: Bad")


def test_a_quote_that_stands_in_the_subject_is_evidence_in_code_points() -> None:
    explanation = read_explanation(PROMPTING, a_reply('It says "so good."'), FIELDS, option="good")
    assert explanation is not None
    assert explanation.text == 'It says "so good."'
    assert explanation.evidence == (
        Evidence(field="text", quote="so good.", start=26, end=34, option="good"),
    )
    assert FIELDS["text"][26:34] == "so good."


def test_a_full_stop_inside_the_quotation_marks_does_no_harm() -> None:
    explanation = read_explanation(PROMPTING, a_reply("As in “A cake.”"), FIELDS)
    assert explanation is not None
    assert [(one.quote, one.start) for one in explanation.evidence] == [("A cake", 2)]


def test_a_quote_that_is_not_there_word_for_word_is_no_evidence() -> None:
    explanation = read_explanation(PROMPTING, a_reply('It says "So Good" and "the best".'), FIELDS)
    assert explanation is not None
    assert explanation.evidence == ()


def test_nothing_said_is_no_explanation() -> None:
    assert read_explanation(PROMPTING, a_reply("<think>Hm.</think> "), FIELDS) is None
