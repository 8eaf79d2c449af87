"""Prompt templates a researcher can write."""

from __future__ import annotations

import pytest

from milo.core.errors import InvalidInput
from milo.roles.prompting import PLACEHOLDERS, default_template
from milo.roles.template import fill, read_template


def test_comments_part_the_messages() -> None:
    text = "<!-- system -->\nBe brief.\n\n<!-- user -->\n{{item}}\nWell?\n"
    assert [(one.role, one.text) for one in read_template(text, {"item"})] == [
        ("system", "Be brief."),
        ("user", "{{item}}\nWell?"),
    ]


def test_a_template_without_comments_is_one_user_message() -> None:
    (message,) = read_template("{{item}} Well?", {"item"})
    assert message.role == "user"


def test_an_unknown_placeholder_is_named_with_its_line_and_what_is_allowed() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_template("{{item}}\n\n{{comment}}", {"item", "question"}, name="question.md")
    (fault,) = caught.value.faults
    assert (fault.line, fault.where, fault.found) == (3, "question.md", "{{comment}}")
    assert fault.allowed == "one of {{item}}, {{question}}"


def test_an_unknown_role_and_an_empty_template_are_refused() -> None:
    with pytest.raises(InvalidInput, match="line 1, template: found '<!-- robot -->'"):
        read_template("<!-- robot -->\nHello", set())
    with pytest.raises(InvalidInput, match="no text"):
        read_template("<!-- user -->\n\n", set())


def test_what_a_value_holds_is_not_read_as_a_placeholder() -> None:
    assert fill("{{item}} {{ question }}", {"item": "{{question}}", "question": "Q"}) == "{{question}} Q"


def test_lines_that_stay_empty_leave_no_gap_but_the_values_keep_theirs() -> None:
    values = {"item": "a\n\n\nb", "help": ""}
    assert fill("{{item}}\n{{help}}\n\n{{help}}\n\nQ?", values) == "a\n\n\nb\n\nQ?"


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_the_shipped_templates_can_be_read(name: str) -> None:
    messages = read_template(default_template(name), PLACEHOLDERS[name])
    text = "".join(message.text for message in messages)
    assert text.index("{{guideline}}") < text.index("{{item}}") < text.index("{{question}}")
