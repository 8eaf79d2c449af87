"""Direct preference optimisation with TRL's DPOTrainer: an explicit prompt and two completions."""

from __future__ import annotations

from milo.core.training import Preference
from milo.formats.message import Row, Shape, Sheet, messages, with_images


def row(example: Preference, shape: Shape) -> Row:
    """`prompt`, `chosen` and `rejected`, all of them lists of messages."""
    made: Row = {
        "prompt": messages(example.prompt.turns),
        "chosen": messages([example.chosen]),
        "rejected": messages([example.rejected]),
    }
    return with_images(made, example.prompt, shape)


SHEETS = (Sheet("dpo", Preference, row),)
