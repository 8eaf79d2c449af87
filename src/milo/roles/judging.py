"""How answers are judged: what a judge knows of the project, and the words it replies with."""

from __future__ import annotations

import hashlib
import json
import string
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any  # a question of any kind as data

from milo.core import rubric as rubric_module
from milo.core.errors import InvalidInput
from milo.core.guideline import Section
from milo.core.project import SubjectField
from milo.core.questions import Question
from milo.core.rubric import HARSHNESS, NOT_APPLICABLE, Criterion, ErrorCategory, Rubric
from milo.roles.first_token import can_be_told_apart
from milo.roles.prompting import sections_text, shipped_template
from milo.roles.template import TemplateMessage, read_template

Part = Criterion | ErrorCategory

# Changes whenever the same prompt would be built, or its reply read, differently.
READING = 1

NOT_SURE = "not sure"  # no grade can have this name: it holds a space
UNSURE = "Unsure"  # its word; not "Not sure", which begins like "No"

_SYSTEM = frozenset({"description", "guideline", "start", "end"})
_EVERY = frozenset({"name", "definition", "harshness", "words"})
PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    "judge_grade": _SYSTEM | _EVERY | {"grades", "answers"},
    "judge_error": _SYSTEM | _EVERY | {"ask"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """Everything beside subject and answer that decides what a judge is asked and how its reply is read."""

    description: str
    subject: tuple[SubjectField, ...]
    questions: tuple[Question, ...]
    rubrics: tuple[Rubric, ...]
    sections: tuple[Section, ...] = ()
    guideline_version: int = 1
    rubric_version: int = 1
    switched_off: frozenset[str] = frozenset()  # ids of sections models do not get, beside `in_prompt`
    templates: Mapping[str, str] = field(default_factory=dict)  # own texts by name; the rest as shipped
    harshness: Mapping[str, int] = field(default_factory=dict)  # by part, 1 to 5; else the rubric's
    logprobs: bool = True  # whether the endpoint gives them
    top_logprobs: int = 20
    samples: int = 1  # more than one, at a temperature, where it gives none
    temperature: float = 0.0
    uncertain_below: float = 0.5  # confidence under which a verdict is none
    least_mass: float = 0.1  # probability the possible replies must have together
    output_limit: int | None = None  # tokens, where fewer than the explanation's length asks for


def parts_of(judging: Judging, only: Collection[str] | None = None) -> tuple[Part, ...]:
    """The criteria and error categories of all rubrics in order, or those named in `only`."""
    return tuple(
        part
        for rubric in judging.rubrics
        for part in rubric_module.parts_of(rubric)
        if only is None or part.name in only
    )


def part_named(judging: Judging, name: str) -> Part:
    """The criterion or error category of this name."""
    by_name = {part.name: part for part in parts_of(judging)}
    if name not in by_name:
        raise InvalidInput(f"no rubric has a part {name!r}; there are {', '.join(by_name) or 'none'}")
    return by_name[name]


def reply_words(judging: Judging, part: Part) -> dict[str, str]:
    """What the judge writes for each grade (or "yes" and "no"), for N/A where allowed, and when unsure.

    The grades' own labels, or A, B, ... where the first token cannot tell them apart.
    """
    words = labels_of(part) | {NOT_SURE: UNSURE}
    if isinstance(part, Criterion) and judging.logprobs and not _begin_differently(tuple(words.values())):
        return dict(zip(words, string.ascii_uppercase, strict=False))
    return words


def labels_of(part: Part) -> dict[str, str]:
    """What people read for each grade, N/A included where allowed; "Yes" and "No" of an error.

    >>> labels_of(ErrorCategory(name="typo", title="Typo", penalty=1.0))
    {'yes': 'Yes', 'no': 'No'}
    """
    if isinstance(part, ErrorCategory):
        return {"yes": "Yes", "no": "No"}
    labels = {grade.name: grade.label for grade in part.grades}
    return labels | ({NOT_APPLICABLE: "N/A"} if part.allow_na else {})


def harshness_of(judging: Judging, part: Part) -> int:
    """The judging's own for this part, else the rubric's."""
    harshness = judging.harshness.get(part.name, part.harshness)
    if harshness not in HARSHNESS:
        raise InvalidInput(
            f"the harshness of {part.name!r} is {harshness}; allowed is 1 (forgiving) to 5 (severe)"
        )
    return harshness


def template_name(part: Part) -> str:
    """Which of the two templates a part is asked with."""
    return "judge_grade" if isinstance(part, Criterion) else "judge_error"


def default_template(name: str) -> str:
    """A template as shipped, to read and to start an own one from.

    >>> default_template("judge_grade").startswith("<!-- system -->")
    True
    """
    if name not in PLACEHOLDERS:
        raise InvalidInput(f"there is no prompt template {name!r}; there are {', '.join(PLACEHOLDERS)}")
    return shipped_template(name)


def messages_of(judging: Judging, name: str) -> tuple[TemplateMessage, TemplateMessage]:
    """The template's message before what is judged and the one after it, checked."""
    for own in judging.templates:
        default_template(own)
    return _read(judging.templates.get(name) or default_template(name), name)


def judging_version(judging: Judging) -> str:
    """Ten characters that differ whenever a judge would be asked, or its reply read, differently."""
    content = {
        "reading": READING,
        "templates": {name: judging.templates.get(name) or default_template(name) for name in PLACEHOLDERS},
        "guideline": [judging.guideline_version, sections_text(judging.sections, judging.switched_off)],
        "project": [
            judging.description,
            [[one.name, one.title, one.show] for one in judging.subject],
            [_as_data(one) for one in judging.questions],
        ],
        "rubrics": [judging.rubric_version, [asdict(part) for part in parts_of(judging)]],
        "harshness": {part.name: harshness_of(judging, part) for part in parts_of(judging)},
        "sampling": [judging.samples, judging.temperature, judging.logprobs, judging.top_logprobs],
        "certainty": [judging.uncertain_below, judging.least_mass, judging.output_limit],
    }
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:10]


def _as_data(question: Question) -> dict[str, Any]:
    """A question as data; settings that are not set stay out, so that versions outlive new ones."""
    return {
        name: value for name, value in asdict(question).items() if value is not None or name == "shown_if"
    }


def _begin_differently(words: tuple[str, ...]) -> bool:
    """Whether the first words differ within three letters: a token may hold no more of a long word."""
    return can_be_told_apart([word.strip()[:3] if word.strip()[:3].isalnum() else word for word in words])


@lru_cache(maxsize=64)
def _read(text: str, name: str) -> tuple[TemplateMessage, TemplateMessage]:
    messages = read_template(text, PLACEHOLDERS[name], name=f"{name}.md")
    roles = [message.role for message in messages]
    if roles != ["system", "user"]:
        raise InvalidInput(
            f"the prompt template {name}.md has the messages {', '.join(roles)}; a judge's has a system "
            "message and a user message, and what is judged stands in one of its own between them"
        )
    before, after = messages
    for marker in ("start", "end"):
        if "{{" + marker + "}}" not in before.text.replace(" ", ""):
            raise InvalidInput(
                f"the system message of the prompt template {name}.md does not say {{{{{marker}}}}}; it "
                "must, so that the model knows where what is judged begins and ends"
            )
    return before, after
