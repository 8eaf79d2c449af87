"""OpenAI's chat format for fine-tuning: `messages`, with pictures as parts of the first user turn."""

from __future__ import annotations

from collections.abc import Sequence

from milo.core.training import Conversation, PromptCompletion
from milo.formats import message
from milo.formats.message import Message, Row, Shape, Sheet


def row(example: PromptCompletion, shape: Shape) -> Row:
    """`messages` alone."""
    return {"messages": messages(example.prompt) + message.messages([example.completion])}


def messages(prompt: Conversation) -> list[Message]:
    """The turns; the first of the user begins with the pictures, where there are any."""
    made = message.messages(prompt.turns)
    first = next((one for one in made if one["role"] == "user"), None)
    if prompt.images and first is not None:
        first["content"] = [*_pictures(prompt.images), {"type": "text", "text": first["content"]}]
    return made


def _pictures(images: Sequence[str]) -> list[Message]:
    return [{"type": "image_url", "image_url": {"url": address}} for address in images]


SHEETS = (Sheet("openai-chat", PromptCompletion, row),)
