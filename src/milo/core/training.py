"""What models are trained on: a prompt with what was written to it, preferred, or judged.

Text that people passed, beside what a model had drafted: paper 3.3.2. The formats of files are in `formats/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from milo.core.turn import Turn

#: Where a preference comes from: a draft that was rewritten, or a comparison of responses.
PreferenceSource = Literal["rewrite", "pairwise", "ranking"]
#: Where a row comes from: a preference, what was written, or a draft that was rated.
Source = Literal["written", "rewrite", "pairwise", "ranking", "rated"]

#: Why an answer, or a part of it, gives no row.
LeftOut = Literal[
    "between",  # neither the best nor the worst of a ranking
    "draft_abstained",  # the model said that it does not know
    "draft_empty",
    "draft_not_rated",
    "draft_rated_up",  # a draft somebody liked is no bad example
    "draft_unfinished",  # it failed, was stopped, or is still being written
    "image_mark",  # the text holds the mark that stands for a picture
    "no_answer",
    "no_draft",  # nothing of the text came from a draft
    "no_picture",  # its file is gone
    "no_prompt",  # nothing was asked and nothing shown
    "no_text",  # what was written, or one of the responses, is empty or no text
    "other_query",  # the draft answers another query than the one that was sent
    "same_text",  # both responses are the same
    "tie",
    "turn_order",  # the turns do not alternate as the format wants them
    "unchanged",  # the draft was taken as it was
    "unknown_role",  # a speaker who is neither the user nor the assistant
    "user_turn",  # the written turn is the user's
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Whose answer a row comes from, to what, and what a model had to do with it."""

    item: str
    annotation: str  # item and annotator, as in the native row
    revision: int
    annotator: str  # a pseudonym
    status: str  # passed | accepted_unreviewed | ...
    question: str
    source: Source
    model: str | None = None  # of the draft
    version: str | None = None  # of the assistant that wrote it
    draft_share: float | None = None  # of the final words, from any draft
    edit_distance: int | None = None  # words, from that draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What is answered: turns of system, user and assistant, and pictures, which are the first user turn's.

    Where the last turn is made of shown fields and of what is asked, `given` and `asked` are its two parts.
    """

    turns: tuple[Turn, ...]
    images: tuple[str, ...] = ()
    given: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptCompletion:
    """A conversation and the turn a person wrote next."""

    prompt: Conversation
    completion: Turn
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """Two turns after the same conversation, one better than the other."""

    prompt: Conversation
    chosen: Turn
    rejected: Turn
    source: PreferenceSource
    provenance: Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A turn after a conversation, and whether it is as it should be."""

    prompt: Conversation
    completion: Turn
    label: bool
    provenance: Provenance


Example = PromptCompletion | Preference | Judgement


class Misfit(NamedTuple):
    """An example that a format cannot hold."""

    reason: LeftOut


def in_pairs(conversation: Conversation) -> tuple[str, list[tuple[str, str]], str] | None:
    """System text, earlier exchanges, and the last user turn; None where user and assistant do not alternate.

    >>> in_pairs(Conversation(turns=(Turn("user", "Hi"), Turn("assistant", "Hello"), Turn("user", "Bye"))))
    ('', [('Hi', 'Hello')], 'Bye')
    """
    turns = list(conversation.turns)
    system = turns.pop(0).content if turns and turns[0].role == "system" else ""
    wanted = ["user" if place % 2 == 0 else "assistant" for place in range(len(turns))]
    if len(turns) % 2 == 0 or [turn.role for turn in turns] != wanted:
        return None
    said = [turn.content for turn in turns]
    return system, list(zip(said[:-1:2], said[1::2], strict=True)), said[-1]
