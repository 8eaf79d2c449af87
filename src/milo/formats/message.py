"""Turns as messages, and what the files to train on have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from milo.core.export_options import SftColumns
from milo.core.training import Conversation, Example, Misfit
from milo.core.turn import Turn

Message = dict[str, Any]  # Any: OpenAI's content is a text or a list of parts
Row = dict[str, Any]  # Any: JSON


class Shape(NamedTuple):
    """What decides the columns of a file, beside its format: the same for all of its rows."""

    columns: SftColumns = "messages"
    has_images: bool = False  # rows have the column `images`, also those without a picture
    is_plain: bool = False  # every prompt is one user turn of text alone


class Sheet(NamedTuple):
    """One file of rows: its name without ending, which examples it holds, and how."""

    name: str
    takes: type[Example]
    row: Callable[[Any, Shape], Row | Misfit]  # Any: an example of that type
    takes_user_turns: bool = False


def messages(turns: Iterable[Turn]) -> list[Message]:
    """Each turn with `role` and `content`."""
    return [{"role": turn.role, "content": turn.content} for turn in turns]


def with_images(row: Row, prompt: Conversation, shape: Shape) -> Row:
    """The row with its pictures, where the file has pictures."""
    return row | {"images": list(prompt.images)} if shape.has_images else row
