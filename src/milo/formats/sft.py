"""Supervised fine-tuning with TRL's SFTTrainer: conversations that end with what a person wrote.

TRL, docs/source/dataset_formats.md; columns read by trl 1.16.0.
"""

from __future__ import annotations

from milo.core.training import PromptCompletion
from milo.formats.message import Row, Shape, Sheet, messages, with_images


def row(example: PromptCompletion, shape: Shape) -> Row:
    """`messages`, or `prompt` and `completion`, all of them lists of messages."""
    completion = messages([example.completion])
    if shape.columns == "messages":
        made: Row = {"messages": messages(example.prompt.turns) + completion}
    else:
        made = {"prompt": messages(example.prompt.turns), "completion": completion}
    return with_images(made, example.prompt, shape)


def sheets(shape: Shape) -> tuple[Sheet, ...]:
    """The one file; without a prompt apart, the last turn may be the user's."""
    return (Sheet("sft", PromptCompletion, row, takes_user_turns=shape.columns == "messages"),)
