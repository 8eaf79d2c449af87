"""ShareGPT, as LLaMA-Factory reads it (data/README.md): `human` at odd places, `gpt` at even ones."""

from __future__ import annotations

from typing import Any

from milo.core.training import Conversation, Misfit, Preference, PromptCompletion, in_pairs
from milo.core.turn import Turn
from milo.formats.message import Row, Shape, Sheet, with_images

#: Stands in a text for each picture; LLaMA-Factory counts them.
IMAGE_MARK = "<image>"
TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "system_tag": "system",
}


def conversation(example: PromptCompletion, shape: Shape) -> Row | Misfit:
    """`conversations`, `system` and `tools`, which are empty where there are none."""
    made = _conversations(example.prompt, shape)
    if isinstance(made, Misfit):
        return made
    system, turns = made
    row = {"conversations": [*turns, _said("gpt", example.completion)], "system": system, "tools": ""}
    return with_images(row, example.prompt, shape)


def preference(example: Preference, shape: Shape) -> Row | Misfit:
    """`conversations`, `chosen` and `rejected`; a system turn stands before the conversation's first."""
    made = _conversations(example.prompt, shape)
    if isinstance(made, Misfit):
        return made
    system, turns = made
    row = {
        "conversations": [{"from": "system", "value": system}, *turns] if system else turns,
        "chosen": _said("gpt", example.chosen),
        "rejected": _said("gpt", example.rejected),
    }
    return with_images(row, example.prompt, shape)


def marked(prompt: Conversation, first: str, shape: Shape) -> str | Misfit:
    """The first user turn with a mark for each picture; a misfit where the text holds the mark itself."""
    if not shape.has_images:
        return first
    if any(IMAGE_MARK in turn.content for turn in prompt.turns):
        return Misfit("image_mark")
    return IMAGE_MARK * len(prompt.images) + first


def dataset_info(name: str, sheet: str, file: str, shape: Shape) -> tuple[str, dict[str, Any]]:
    """The entry of `dataset_info.json` for one of the files, with its name."""
    columns = {"messages": "conversations"}
    if sheet == "preference":
        columns |= {"chosen": "chosen", "rejected": "rejected"}
    else:
        columns |= {"system": "system", "tools": "tools"}
    if shape.has_images:
        columns["images"] = "images"
    ranking = {"ranking": True} if sheet == "preference" else {}
    return f"{name}_{sheet}", {
        "file_name": file,
        "formatting": "sharegpt",
        **ranking,
        "columns": columns,
        "tags": TAGS,
    }


def _conversations(prompt: Conversation, shape: Shape) -> tuple[str, list[dict[str, str]]] | Misfit:
    pairs = in_pairs(prompt)
    if pairs is None:
        return Misfit("turn_order")
    system, earlier, last = pairs
    said = [text for pair in earlier for text in pair] + [last]
    first = marked(prompt, said[0], shape)
    if isinstance(first, Misfit):
        return first
    speakers = ("human", "gpt")
    turns = [{"from": speakers[place % 2], "value": text} for place, text in enumerate([first, *said[1:]])]
    return system, turns


def _said(speaker: str, turn: Turn) -> dict[str, str]:
    return {"from": speaker, "value": turn.content}


SHEETS = (Sheet("sft", PromptCompletion, conversation), Sheet("preference", Preference, preference))
