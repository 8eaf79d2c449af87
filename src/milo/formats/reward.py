"""Reward models with TRL's RewardTrainer: two whole dialogues, the prompt implicit in both."""

from __future__ import annotations

from milo.core.training import Preference
from milo.formats.message import Row, Shape, Sheet, messages, with_images


def row(example: Preference, shape: Shape) -> Row:
    """`chosen` and `rejected`, each the conversation with its last turn."""
    turns = example.prompt.turns
    made: Row = {
        "chosen": messages((*turns, example.chosen)),
        "rejected": messages((*turns, example.rejected)),
    }
    return with_images(made, example.prompt, shape)


SHEETS = (Sheet("reward", Preference, row),)
