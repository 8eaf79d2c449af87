"""OpenAI's format for direct preference optimisation. The platform may not be open to new users."""

from __future__ import annotations

from milo.core.training import Preference
from milo.formats import message, openai_chat
from milo.formats.message import Row, Shape, Sheet


def row(example: Preference, shape: Shape) -> Row:
    """`input`, `preferred_output` and `non_preferred_output`."""
    return {
        "input": {
            "messages": openai_chat.messages(example.prompt),
            "tools": [],
            "parallel_tool_calls": True,
        },
        "preferred_output": message.messages([example.chosen]),
        "non_preferred_output": message.messages([example.rejected]),
    }


SHEETS = (Sheet("openai-preference", Preference, row),)
