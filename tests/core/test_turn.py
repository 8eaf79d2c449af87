"""A conversation is a list of turns, or the reason names the turn that is none."""

from __future__ import annotations

import pytest

from milo.core.errors import InvalidInput
from milo.core.turn import Turn, turns_of


def test_roles_are_free_words_and_contents_may_be_empty() -> None:
    said = [{"role": "customer", "content": "Hello?"}, {"role": "night shift", "content": ""}]
    assert turns_of(said) == (Turn("customer", "Hello?"), Turn("night shift", ""))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("Hello?", r"a conversation is 'Hello\?'; allowed is a list of"),
        ([], "a conversation has no turn"),
        (["Hello?"], r"turn 1 of a conversation is 'Hello\?'; allowed are role and content"),
        (
            [{"role": "user", "content": "a"}, {"speaker": "b"}],
            "turn 2 of a conversation is the keys speaker",
        ),
        ([{"role": "user", "content": "a", "name": "b"}], "turn 1 .* is the keys role, content, name"),
        ([{"role": "", "content": "a"}], "the role of turn 1 is ''; allowed is one line of 1 to 60"),
        ([{"role": "a\nb", "content": "a"}], "the role of turn 1 is"),
        ([{"role": "user", "content": None}], "the content of turn 1 is None; allowed is text"),
    ],
)
def test_what_is_no_conversation_is_named(value: object, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        turns_of(value)
