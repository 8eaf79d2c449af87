"""What makes another prompt version."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from milo.core.errors import InvalidInput
from milo.core.example import ShownExample
from milo.core.guideline import Section
from milo.core.project import SubjectField
from milo.core.questions import ChoiceAnswer
from milo.roles.prompting import Prompting, default_template, guideline_text, messages_of, prompt_version

PROMPTING = Prompting(
    subject=(SubjectField(name="text", title="Text"),),
    sections=(
        Section(id="task", title="Task", body="Label it.\n"),
        Section(id="tips", title="Tips", body="Be quick."),
        Section(id="pay", title="Pay", body="By the hour.", in_prompt=False),
    ),
)


EXAMPLE = ShownExample(
    id=3, question="tone", answer=ChoiceAnswer(value="kind"), fields={"text": "Get well soon."}
)


def test_models_read_the_sections_that_are_switched_on() -> None:
    assert guideline_text(PROMPTING) == "## Task\nLabel it.\n\n## Tips\nBe quick."
    assert guideline_text(replace(PROMPTING, switched_off=frozenset({"tips"}))) == "## Task\nLabel it."


@pytest.mark.parametrize(
    "change",
    [
        {"templates": {"question": "{{item}} {{question}}"}},
        {"switched_off": frozenset({"tips"})},
        {"style": "option"},
        {"confidence": "gold"},
        {"guideline_version": 2},
        {"keys": frozenset({"tone"})},
        {"samples": 5, "temperature": 0.7},
        {"offer_not_sure": True},
        {"subject": (SubjectField(name="text", title="Comment"),)},
        {"examples": (EXAMPLE,)},
    ],
)
def test_every_setting_that_matters_makes_another_version(change: dict[str, Any]) -> None:
    assert prompt_version(replace(PROMPTING, **change)) != prompt_version(PROMPTING)


def test_the_same_settings_are_the_same_version() -> None:
    assert prompt_version(replace(PROMPTING)) == prompt_version(PROMPTING)
    shipped = replace(PROMPTING, templates={"question": default_template("question")})
    assert prompt_version(shipped) == prompt_version(PROMPTING)


@pytest.mark.parametrize(
    "change", [{"id": 4}, {"answer": ChoiceAnswer(value="rude")}, {"fields": {"text": "Get lost."}}]
)
def test_another_example_or_another_content_makes_another_version(change: dict[str, Any]) -> None:
    before, after = replace(PROMPTING, examples=(EXAMPLE,)), replace(EXAMPLE, **change)
    assert prompt_version(replace(PROMPTING, examples=(after,))) != prompt_version(before)


def test_without_examples_a_version_is_what_it_was_before_there_could_be_any() -> None:
    assert prompt_version(PROMPTING) == "844d8efd68"


def test_an_own_template_takes_the_place_of_the_shipped_one() -> None:
    own = replace(PROMPTING, templates={"question": "{{item}}\n{{question}}"})
    (message,) = messages_of(own, "question")
    assert message.text == "{{item}}\n{{question}}"
    assert len(messages_of(own, "text")) == 2


def test_an_unknown_template_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="'questions'; there are question, option_yes_no, text, explain"):
        messages_of(replace(PROMPTING, templates={"questions": "x"}), "question")
    with pytest.raises(InvalidInput, match=r"line 2, question\.md: found \{\{comment\}\}"):
        messages_of(replace(PROMPTING, templates={"question": "a\n{{comment}}"}), "question")
