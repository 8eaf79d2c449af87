"""How the questions of a project are put to a model: templates, sections, style, kind of confidence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Literal

from milo.core.errors import InvalidInput
from milo.core.example import ShownExample
from milo.core.guideline import Section
from milo.core.project import SubjectField
from milo.roles.template import TemplateMessage, read_template

Style = Literal["question", "option"]
ConfidenceMethod = Literal["none", "prior", "gold", "samples"]

# Changes whenever the same prompt would be read differently.
READING = 1

PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    "question": frozenset({"guideline", "item", "question", "help", "options", "answers"}),
    "option_yes_no": frozenset({"guideline", "item", "question", "help", "option", "definition"}),
    "text": frozenset({"guideline", "item", "question", "help", "limit"}),
    "explain": frozenset({"guideline", "item", "question", "help", "answer"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompting:
    """Everything beside the item that decides what a model is asked and how its reply is read."""

    subject: tuple[SubjectField, ...]
    sections: tuple[Section, ...] = ()
    guideline_version: int = 1
    templates: Mapping[str, str] = field(default_factory=dict)  # own texts by name; the rest as shipped
    switched_off: frozenset[str] = frozenset()  # ids of sections models do not get, beside `in_prompt`
    style: Style = "question"
    confidence: ConfidenceMethod = "prior"
    keys: frozenset[str] = frozenset()  # questions answered by A, B, ... though their words differ
    samples: int = 1  # more than one, at a temperature, where an endpoint gives no log-probabilities
    temperature: float = 0.0
    logprobs: bool = True  # whether the endpoint gives them
    top_logprobs: int = 20
    offer_not_sure: bool = False  # whether "Not sure" is among the answers
    least_mass: float = 0.1  # below this much probability on the options, the model abstains
    examples: tuple[ShownExample, ...] = ()  # of all questions; an item is never shown its own


def default_template(name: str) -> str:
    """A template as shipped, to read and to start an own one from.

    >>> default_template("explain").startswith("<!-- system -->")
    True
    """
    if name not in PLACEHOLDERS:
        raise InvalidInput(f"there is no prompt template {name!r}; there are {', '.join(PLACEHOLDERS)}")
    return shipped_template(name)


def messages_of(prompting: Prompting, name: str) -> tuple[TemplateMessage, ...]:
    """The template in force, checked; an own one takes the place of the shipped one."""
    unknown = set(prompting.templates) - set(PLACEHOLDERS)
    if unknown:
        raise InvalidInput(
            f"there is no prompt template {min(unknown)!r}; there are {', '.join(PLACEHOLDERS)}"
        )
    return _read(prompting.templates.get(name) or default_template(name), name)


def guideline_text(prompting: Prompting) -> str:
    """The sections models get, as Markdown with their titles."""
    return sections_text(prompting.sections, prompting.switched_off)


def sections_text(sections: Sequence[Section], switched_off: Collection[str] = ()) -> str:
    """Those of the sections that models get, as Markdown with their titles.

    >>> sections_text([Section(id="task", kind="task", title="Task", body="Read it.")])
    '## Task\\nRead it.'
    """
    return "\n\n".join(
        f"## {section.title}\n{section.body.strip()}"
        for section in sections
        if section.in_prompt and section.id not in switched_off
    )


def prompt_version(prompting: Prompting) -> str:
    """Ten characters that differ whenever a model would be asked, or its reply read, differently."""
    content: dict[str, object] = {
        "reading": READING,
        "templates": {name: prompting.templates.get(name) or default_template(name) for name in PLACEHOLDERS},
        "guideline": [prompting.guideline_version, guideline_text(prompting)],
        "subject": [[one.name, one.title, one.show] for one in prompting.subject],
        "style": prompting.style,
        "confidence": prompting.confidence,
        "keys": sorted(prompting.keys),
        "sampling": [prompting.samples, prompting.temperature, prompting.logprobs, prompting.top_logprobs],
        "abstaining": [prompting.offer_not_sure, prompting.least_mass],
    }
    if prompting.examples:  # else the version is what it was before there could be any
        content["examples"] = [_as_data(one) for one in prompting.examples]
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:10]


def _as_data(example: ShownExample) -> list[object]:
    answer = {name: value for name, value in asdict(example.answer).items() if name != "confidence"}
    return [example.id, example.question, dict(example.fields), answer]


@lru_cache(maxsize=64)
def _read(text: str, name: str) -> tuple[TemplateMessage, ...]:
    return read_template(text, PLACEHOLDERS[name], name=f"{name}.md")


@lru_cache(maxsize=8)
def shipped_template(name: str) -> str:
    """The text of a file in `roles/prompts`."""
    return resources.files("milo.roles").joinpath("prompts", f"{name}.md").read_text("utf-8")
