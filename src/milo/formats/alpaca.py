"""Alpaca, as LLaMA-Factory reads it (data/README.md): instruction, input, output, and what came before."""

from __future__ import annotations

from typing import Any

from milo.core.training import Conversation, Judgement, Misfit, PromptCompletion, in_pairs
from milo.formats.message import Row, Shape, Sheet, with_images
from milo.formats.sharegpt import marked


def row(example: PromptCompletion, shape: Shape) -> Row | Misfit:
    """`instruction`, `input`, `output`, `system`, `history`."""
    return _row(example.prompt, example.completion.content, shape)


def judgement(example: Judgement, shape: Shape) -> Row | Misfit:
    """The same with `kto_tag`."""
    made = _row(example.prompt, example.completion.content, shape)
    return made if isinstance(made, Misfit) else made | {"kto_tag": example.label}


def dataset_info(name: str, sheet: str, file: str, shape: Shape) -> tuple[str, dict[str, Any]]:
    """The entry of `dataset_info.json` for one of the files, with its name."""
    columns = {
        "prompt": "instruction",
        "query": "input",
        "response": "output",
        "system": "system",
        "history": "history",
    }
    if sheet == "kto":
        columns["kto_tag"] = "kto_tag"
    if shape.has_images:
        columns["images"] = "images"
    return f"{name}_{sheet}", {"file_name": file, "formatting": "alpaca", "columns": columns}


def _row(prompt: Conversation, output: str, shape: Shape) -> Row | Misfit:
    pairs = in_pairs(prompt)
    if pairs is None:
        return Misfit("turn_order")
    system, history, last = pairs
    instruction, given = (prompt.asked, prompt.given) if prompt.asked else (last, "")
    first = marked(prompt, history[0][0] if history else instruction, shape)
    if isinstance(first, Misfit):
        return first
    if history:
        history = [(first, history[0][1]), *history[1:]]
    else:
        instruction = first
    made = {
        "instruction": instruction,
        "input": given,
        "output": output,
        "system": system,
        "history": [list(pair) for pair in history],
    }
    return with_images(made, prompt, shape)


SHEETS = (Sheet("sft", PromptCompletion, row), Sheet("kto", Judgement, judgement))
