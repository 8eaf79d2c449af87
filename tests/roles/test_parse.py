"""From a model's words to an option."""

from __future__ import annotations

import pytest

from milo.roles.parse import NotSure, Parsed, Unreadable, parse_option, parse_text

WORDS = {"full": "Fully relevant", "some": "Somewhat relevant", "none": "Not relevant"}
KEYS = {"full": "A", "some": "B", "none": "C"}
YES_NO = {"yes": "Yes", "no": "No"}


@pytest.mark.parametrize(
    ("text", "words", "option"),
    [
        ("Fully relevant", WORDS, "full"),  # exact
        ("  **Not relevant.**\n", WORDS, "none"),  # punctuation
        ("SOMEWHAT RELEVANT", WORDS, "some"),  # case
        ("Answer: Not relevant", WORDS, "none"),  # lead-in
        ("The correct answer is: somewhat relevant!", WORDS, "some"),
        ("I would call it somewhat relevant, as it names the cake.", WORDS, "some"),  # in a sentence
        ("Somwhat relevent", WORDS, "some"),  # misspelled
        ("Somewhat", WORDS, "some"),  # cut off
        ('{"answer": "Fully relevant"}', WORDS, "full"),  # JSON
        ('```json\n{"answer": "No"}\n```', YES_NO, "no"),
        ("<think>Not relevant? Or yes.</think>Fully relevant", WORDS, "full"),  # thinking out loud
        ("B", KEYS, "some"),
        ("(b)", KEYS, "some"),
        ("B. Somewhat relevant", KEYS, "some"),
        ("Yes, a lot of it.", YES_NO, "yes"),
        ("Ｙｅｓ", YES_NO, "yes"),  # full-width
    ],
)
def test_an_option_is_read(text: str, words: dict[str, str], option: str) -> None:
    assert parse_option(text, words) == Parsed(option)


@pytest.mark.parametrize(
    ("text", "words", "reason"),
    [
        ("Both of them", WORDS, "names no option: 'Both of them'"),
        ("Fully relevant or not relevant", WORDS, "names several options"),
        ("", WORDS, "is empty"),
        ("A nice day", KEYS, "names no option"),
        ("Yes and no", YES_NO, "names several options"),
        ("x" * 500, YES_NO, "..."),
    ],
)
def test_what_cannot_be_read_says_why(text: str, words: dict[str, str], reason: str) -> None:
    found = parse_option(text, words)
    assert isinstance(found, Unreadable)
    assert reason in found.reason
    assert len(found.reason) < 200


@pytest.mark.parametrize("text", ["I am not sure.", "Unsure", "I don't know", "One cannot tell from this."])
def test_not_knowing_is_an_answer_of_its_own(text: str) -> None:
    assert isinstance(parse_option(text, WORDS), NotSure)


def test_a_proposed_text_loses_only_its_wrapping() -> None:
    assert parse_text('"A cake, they said."', max_length=100) == "A cake, they said."
    assert parse_text("  ", max_length=100) == Unreadable("is empty")
    assert parse_text("abcd", max_length=3) == Unreadable("has 4 characters; at most 3 are allowed")
