from __future__ import annotations

import pytest

from milo.core.errors import InvalidInput, NotFound
from milo.formats import milo_yaml
from tests.builders import a_spec

GOOD = milo_yaml.TEMPLATES.joinpath("review_sentiment.yaml").read_text("utf-8")


def line_of(text: str) -> int:
    return GOOD.splitlines().index(next(line for line in GOOD.splitlines() if text in line)) + 1


@pytest.mark.parametrize("name", list(milo_yaml.templates()))
def test_a_template_survives_being_written_and_read(name: str) -> None:
    spec = milo_yaml.template(name)
    assert milo_yaml.read(milo_yaml.write(spec)) == spec


def test_any_project_survives_being_written_and_read() -> None:
    spec = a_spec(description="a: b # no comment\n  indented ", settings={"overlap": 3, "paused": True})
    assert milo_yaml.read(milo_yaml.write(spec)) == spec


@pytest.mark.parametrize(
    ("right", "wrong", "where", "found", "allowed", "lines_down"),
    [
        ("name: positive", "name: yes", "questions.0.options.0.name", "'yes'", "text; put it in quotes", 0),
        ("overlap: 1", "overlap: no", "settings.overlap", "'no'", "integer", 0),
        ("overlap: 1", "overlap: 99", "settings.overlap", "99", "1 to 50", 0),
        ("kind: choice", "kind: chioce", "questions.0.kind", "'chioce'", "choice, choices, text", 0),
        ("kind: task", "kind: job", "guideline.sections.0.kind", "'job'", "'workflow'", 0),
        ("label: Positive", "lable: Positive", "questions.0.options.0.lable", "'lable'", "label", 0),
        ("settings:", "settings:\n  colour: red", "settings.colour", "'colour'", "overlap", 1),
        ("slug: rev", "name: b\nslug: rev", "name", "twice", "each key once", 0),
        ("label: Negative", "label: N\n        key: ab", "options.negative.key", "'ab'", "1-9", 1),
    ],
)
def test_a_fault_names_line_value_found_and_what_is_allowed(
    right: str, wrong: str, where: str, found: str, allowed: str, lines_down: int
) -> None:
    faults = milo_yaml.check(GOOD.replace(right, wrong, 1)).faults
    fault = next(fault for fault in faults if fault.where.endswith(where))
    assert fault.line == line_of(right) + lines_down
    assert found in fault.found
    assert allowed in fault.allowed


COMPARING = """\
name: Comparisons
subject:
  - {name: talk, title: Conversation, show: chat}
  - {name: one, title: Response 1}
  - {name: two, title: Response 2}
questions:
  - name: better
    kind: pairwise
    title: Which is better?
    first: one
    second: two
  - name: order
    kind: ranking
    title: Order them
    fields: [one, two]
  - name: reply
    kind: chat
    title: What comes next?
    conversation: talk
    aim_min_words: 5
  - name: why
    kind: text
    title: Why?
    aim_max_words: 40
"""


def test_comparisons_turns_and_aims_survive_being_written_and_read() -> None:
    spec = milo_yaml.read(COMPARING)
    assert [question.kind for question in spec.questions] == ["pairwise", "ranking", "chat", "text"]
    assert milo_yaml.read(milo_yaml.write(spec)) == spec


@pytest.mark.parametrize(
    ("right", "wrong", "where", "found", "allowed"),
    [
        ("second: two", "second: one", "better.second", "'one'", "another field than the first"),
        ("second: two", "second: too", "questions.better", "'too'", "talk, one, two"),
        (
            "first: one",
            "first: one\n    ties: three",
            "questions.0.ties",
            "'three'",
            "'none', 'one' or 'two'",
        ),
        ("fields: [one, two]", "fields: [one]", "order.fields", "1 fields", "2 to 20"),
        ("conversation: talk", "conversation: one", "questions.reply", "shown as text", "one shown as chat"),
        ("conversation: talk", "talk: talk", "questions.2.talk", "'talk'", "conversation"),
        ("aim_max_words: 40", "aim_max_words: 0", "why.aim_max_words", "0", "1 to 20000 words"),
    ],
)
def test_faults_of_comparisons_and_turns_name_their_line(
    right: str, wrong: str, where: str, found: str, allowed: str
) -> None:
    faults = milo_yaml.check(COMPARING.replace(right, wrong, 1)).faults
    fault = next(fault for fault in faults if fault.where.endswith(where))
    assert fault.line is not None
    block = COMPARING.splitlines()[: fault.line]
    assert any(line.startswith("questions:") for line in block), "the line is not among the questions"
    assert found in fault.found
    assert allowed in fault.allowed


def test_a_fault_of_meaning_has_its_line_too() -> None:
    wrong = GOOD.replace(
        "question: sentiment\n      title: Examples", "question: tone\n      title: Examples"
    )
    (fault,) = milo_yaml.check(wrong).faults
    assert str(fault) == (
        f"line {line_of('id: sentiment_examples') + 2}, guideline.sentiment_examples.question: "
        "found 'tone'; allowed: one of sentiment"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a",
        "name: [a",
        "\x00",
        "name: &a x\nslug: *a",
        "a: !!python/object/apply:os.system [x]",
        "? [a]\n: b",
        "1: 2",
        "name: 5",
        "[" * 200,
        "[" * 100_000,
        "questions: [{kind: [1]}]",
        "questions: {a: 1}",
    ],
)
def test_what_is_no_project_is_refused_with_a_line(text: str) -> None:
    checked = milo_yaml.check(text)
    assert checked.spec is None
    assert checked.faults
    assert all(fault.line is not None and fault.line >= 1 for fault in checked.faults)


def test_reading_raises_with_every_fault() -> None:
    with pytest.raises(InvalidInput, match=r"line 1, subject.*line 2, questions"):
        milo_yaml.read("{name: A, subject: [],\n questions: []}")


def test_an_unknown_template_names_those_there_are() -> None:
    with pytest.raises(NotFound, match="review_sentiment"):
        milo_yaml.template("nothing")
