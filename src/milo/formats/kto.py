"""Kahneman-Tversky optimisation with TRL's KTOTrainer: one completion a row, good or bad."""

from __future__ import annotations

from milo.core.training import Judgement
from milo.formats.message import Row, Shape, Sheet, messages, with_images


def row(example: Judgement, shape: Shape) -> Row:
    """`prompt`, `completion`, `label`; texts where every prompt of the file is one turn, else messages."""
    turns = example.prompt.turns
    made: Row = {
        "prompt": turns[-1].content if shape.is_plain else messages(turns),
        "completion": example.completion.content if shape.is_plain else messages([example.completion]),
        "label": example.label,
    }
    return with_images(made, example.prompt, shape)


SHEETS = (Sheet("kto", Judgement, row),)
