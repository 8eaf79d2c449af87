"""A Hugging Face dataset folder: a file of rows for each shape there are rows of, and a card of facts.

The `datasets` library reads it as it is, with its pictures where they are included.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from milo.formats import dpo, kto, sft
from milo.formats.message import Shape, Sheet

SIZES = ((1000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")
_ABOUT = {
    "sft": "conversations that end with what a person wrote (`messages`)",
    "dpo": "two completions of a prompt, one better than the other (`prompt`, `chosen`, `rejected`)",
    "kto": "one completion of a prompt, good or bad (`prompt`, `completion`, `label`)",
}


def sheets(shape: Shape) -> tuple[Sheet, ...]:
    """Conversations, preferences and judgements; those without a row are not in the folder."""
    return (*sft.sheets(shape._replace(columns="messages")), *dpo.SHEETS, *kto.SHEETS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the card says; nothing here is a judgement."""

    name: str
    rows: Mapping[str, int]  # by sheet, those with rows
    paths: Mapping[str, str]  # sheet -> its file, or its folder where pictures are included
    has_images: bool
    includes_images: bool
    languages: Sequence[str]
    annotations: int
    annotators: int
    statuses: Mapping[str, int]
    excluded: Mapping[str, int]
    left_out: Mapping[str, int]
    sources: Mapping[str, int] = field(default_factory=dict)
    guideline_versions: Mapping[int, int] = field(default_factory=dict)  # version -> annotations
    models: Mapping[str, int] = field(default_factory=dict)  # model and version -> texts most came from
    written: int = 0  # texts whose making was recorded
    draft_share: float | None = None  # mean over them
    with_draft: int = 0
    edit_distance: float | None = None  # mean over those with a draft
    milo_version: str = ""


def card(facts: Facts) -> str:
    """README.md: the header other tools read, then how the rows were made."""
    header = yaml.safe_dump(_header(facts), sort_keys=False, allow_unicode=True)
    return f"---\n# license: who publishes this chooses it.\n{header}---\n\n" + "\n".join(_body(facts)) + "\n"


def _header(facts: Facts) -> dict[str, Any]:  # Any: YAML
    most = max(facts.rows.values(), default=0)
    size = next((name for limit, name in SIZES if most < limit), "n>1M")
    header: dict[str, Any] = {"pretty_name": facts.name}
    if languages := sorted(one for one in facts.languages if _LANGUAGE.fullmatch(one)):
        header["language"] = languages
    header["task_categories"] = ["image-text-to-text" if facts.has_images else "text-generation"]
    header["size_categories"] = [size]
    header["tags"] = ["milo", "human-annotated"]
    if facts.rows:
        header["configs"] = [
            {"config_name": name, **_where(facts, name), **({"default": True} if place == 0 else {})}
            for place, name in enumerate(facts.rows)
        ]
    return header


def _where(facts: Facts, name: str) -> dict[str, str]:
    return {"data_dir" if facts.includes_images else "data_files": facts.paths[name]}


def _body(facts: Facts) -> Sequence[str]:
    exported = facts.annotations - sum(facts.excluded.values())
    people = _of(facts.annotators, "person", "people")
    lines = [f"# {_line(facts.name)}", "", "| Configuration | Rows | What a row is |", "|---|---|---|"]
    lines += [f"| `{name}` | {count} | {_ABOUT[name]} |" for name, count in facts.rows.items()]
    lines += [
        "",
        "## How it was made",
        "",
        f"- Written and compared by {people} in milo {facts.milo_version}.",
        f"- Of {_of(facts.annotations, 'answer', 'answers')} {exported} are here, by status: "
        f"{_counted(facts.statuses)}.",
        f"- Answers left out: {_counted(facts.excluded)}.",
        f"- Rows left out: {_counted(facts.left_out)}.",
        f"- Rows by source: {_counted(facts.sources)}.",
        f"- Answers by version of the guideline: {_counted(facts.guideline_versions)}.",
    ]
    if facts.models:
        lines.append(f"- Texts by the model of the draft they began with: {_counted(facts.models)}.")
    if facts.draft_share is not None:
        lines.append(
            f"- Share of words from a draft, over {_of(facts.written, 'text', 'texts')}: "
            f"mean {facts.draft_share:.2f}."
        )
    if facts.edit_distance is not None:
        lines.append(
            f"- Words changed from the draft, over {_of(facts.with_draft, 'text', 'texts')}: "
            f"mean {facts.edit_distance:.1f}."
        )
    if facts.draft_share is None:
        lines.append("- How much of the texts models drafted was not measured.")
    if facts.has_images and not facts.includes_images:
        lines.append("- Pictures are named by their addresses within milo; they are not in this folder.")
    return lines


def _counted(counts: Mapping[Any, int]) -> str:  # Any: a name or a version
    return ", ".join(f"{_line(str(name))}: {count}" for name, count in sorted(counts.items())) or "none"


def _of(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _line(text: str) -> str:
    return " ".join(text.split())
