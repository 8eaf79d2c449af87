"""Rules as a model."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import pytest

from milo.core.errors import InvalidInput, ModelFailure
from milo.core.model_call import Message, ModelReply, ModelRequest, TextPart
from milo.core.model_config import ModelConfig
from milo.models.scripted import Scripted

LOVE = {"when": "love|great", "answers": {"Positive": 0.9, "Negative": 0.1}}


def a_model(*rules: dict[str, Any], **params: Any) -> Scripted:
    params = {"rules": list(rules), "default": {"answers": {"Positive": 0.2, "Negative": 0.8}}} | params
    return Scripted(ModelConfig(id=1, name="Rules", provider="scripted", model="rules-1", params=params))


def ask(model: Scripted, item: str, question: str = "Is it good?", **settings: Any) -> ModelReply:
    text = f'### Text:\n"""\n{item}\n"""\n### Question: {question}'
    request = ModelRequest(
        messages=(Message("system", (TextPart("Love is great."),)), Message("user", (TextPart(text),))),
        **settings,
    )
    return asyncio.run(model.ask(request))


def test_the_first_rule_found_in_the_item_decides() -> None:
    model = a_model(LOVE)
    reply = ask(model, "I LOVE it", top_logprobs=5)
    assert reply.text == "Positive"
    assert reply.top_logprobs is not None
    assert {c.token: round(math.exp(c.logprob), 3) for c in reply.top_logprobs[0]} == {
        "Positive": 0.9,
        "Negative": 0.1,
    }
    assert ask(model, "It broke").text == "Negative"


def test_guideline_and_question_do_not_set_off_a_rule_for_the_item() -> None:
    assert ask(a_model(LOVE), "It broke", "Is it great?").text == "Negative"


def test_a_rule_can_ask_for_the_question_too() -> None:
    model = a_model({"when": "sorry", "question": "support", "answers": {"Yes": 1.0}})
    assert ask(model, "So sorry", "Does it give support?").text == "Yes"
    assert ask(model, "So sorry", "Is it funny?").text == "Negative"


def test_option_words_become_keys_where_the_prompt_lists_keys() -> None:
    assert ask(a_model(LOVE), "Great", "Which one?\nA. Negative\nB. Positive").text == "B"


def test_samples_differ_and_repeat() -> None:
    model = a_model()
    texts = [ask(model, "x", temperature=1.0, sample=n).text for n in range(40)]
    assert texts == [ask(model, "x", temperature=1.0, sample=n).text for n in range(40)]
    assert 25 <= texts.count("Negative") <= 39


def test_a_rule_can_write_a_text_or_fail() -> None:
    model = a_model({"when": "write", "text": "A text."}, {"when": "break", "fail": "permanent"})
    assert ask(model, "write").text == "A text."
    with pytest.raises(ModelFailure) as caught:
        ask(model, "break")
    assert not caught.value.transient


def test_each_nth_request_can_fail_for_a_moment() -> None:
    model = a_model(fail_every=3)
    ask(model, "a"), ask(model, "b")
    with pytest.raises(ModelFailure) as caught:
        ask(model, "c")
    assert caught.value.transient


def test_without_log_probabilities_only_the_text_comes() -> None:
    assert ask(a_model(logprobs=False), "x", top_logprobs=5).top_logprobs is None


def test_other_rules_are_another_version() -> None:
    assert a_model(LOVE).version != a_model().version
    assert a_model(LOVE).version == a_model(LOVE).version


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"when": "(", "text": "x"}, "no regular expression"),
        ({"when": "x"}, "no answer; it must have exactly one of answers, text, fail"),
        ({"text": "x", "fail": "permanent"}, "text and fail"),
        ({"answers": {"Yes": -1}}, "weight of 0 or more"),
        ({"answers": ["Yes"]}, "weight of 0 or more"),
        ({"wen": "x", "text": "y"}, "no parameter 'wen'"),
        ({"fail": "often"}, "'transient' or 'permanent'"),
        ("love", "must be an object"),
    ],
)
def test_a_bad_rule_is_refused_with_what_is_allowed(rule: Any, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        a_model(rule)


def test_an_item_in_a_message_of_its_own_sets_off_rules_for_the_item() -> None:
    model = a_model(LOVE)
    messages = tuple(Message("user", (TextPart(text),)) for text in ("I love it", "Is it good?"))
    assert asyncio.run(model.ask(ModelRequest(messages=messages))).text == "Positive"
    assert asyncio.run(model.ask(ModelRequest(messages=messages[::-1]))).text == "Negative"
