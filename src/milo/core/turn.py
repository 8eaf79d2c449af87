"""A conversation as the value of an item's field: its turns, in order."""

from __future__ import annotations

from typing import NamedTuple

from milo.core.errors import InvalidInput

LONGEST_ROLE = 60


class Turn(NamedTuple):
    """What one speaker said; `role` is a free word, such as user, assistant or agent."""

    role: str
    content: str


def turns_of(value: object) -> tuple[Turn, ...]:
    """The turns of a conversation; raises `InvalidInput` saying which turn is none, and why.

    >>> turns_of([{"role": "user", "content": "It broke."}])
    (Turn(role='user', content='It broke.'),)
    """
    if not isinstance(value, list):
        raise InvalidInput(
            f'a conversation is {value!r:.60}; allowed is a list of {{"role": "...", "content": "..."}}'
        )
    if not value:
        raise InvalidInput("a conversation has no turn; allowed are one or more")
    return tuple(_turn(number, turn) for number, turn in enumerate(value, start=1))


def _turn(number: int, turn: object) -> Turn:
    if not isinstance(turn, dict) or turn.keys() != {"role", "content"}:
        found = (
            "the keys " + ", ".join(map(str, turn)) if isinstance(turn, dict) and turn else f"{turn!r:.60}"
        )
        raise InvalidInput(f"turn {number} of a conversation is {found}; allowed are role and content")
    role, content = turn["role"], turn["content"]
    if (
        not isinstance(role, str)
        or not role.strip()
        or len(role) > LONGEST_ROLE
        or len(role.splitlines()) > 1
    ):
        allowed = f"one line of 1 to {LONGEST_ROLE} characters"
        raise InvalidInput(f"the role of turn {number} is {role!r:.80}; allowed is {allowed}")
    if not isinstance(content, str):
        raise InvalidInput(f"the content of turn {number} is {content!r:.60}; allowed is text")
    return Turn(role, content)
