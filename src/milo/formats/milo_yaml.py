"""`milo.yaml`: a whole project as one readable file; what is wrong with one is said with its line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from milo.core.assistant_policy import AssistantPolicy
from milo.core.errors import Fault, InvalidInput, NotFound
from milo.core.guideline import Guideline, Section
from milo.core.project import ProjectSpec, Settings, SubjectField, check_spec
from milo.core.questions import (
    ChatQuestion,
    ChoiceQuestion,
    ChoicesQuestion,
    Option,
    PairwiseQuestion,
    RankingQuestion,
    ShownIf,
    TextQuestion,
)
from milo.core.review_policy import CardBar, ReviewPolicy, ReviewRule
from milo.formats import lined_yaml
from milo.formats.rubric_yaml import RUBRIC_KEYS

TEMPLATES = Path(__file__).parent.parent / "templates"


@dataclass(frozen=True, slots=True)
class Checked:
    """A specification, or None with what is wrong."""

    spec: ProjectSpec | None
    faults: tuple[Fault, ...]


def read(text: str) -> ProjectSpec:
    """The project of a file; raises `InvalidInput` naming line, value found and what is allowed.

    >>> read("name: A\\nsubject: []\\nquestions: []\\nsettings: {overlap: 0}")
    Traceback (most recent call last):
    ...
    milo.core.errors.InvalidInput: The file is no project: line 2, subject: found no field to show; \
allowed: at least one field that is not hidden; line 3, questions: found none; allowed: at least one \
question; line 4, settings.overlap: found 0; allowed: 1 to 50
    """
    checked = check(text)
    if checked.spec is None:
        raise InvalidInput("The file is no project: " + "; ".join(map(str, checked.faults)), checked.faults)
    return checked.spec


def check(text: str) -> Checked:
    """The specification in a file if it can be used, else every fault with its line (from 1)."""
    found = lined_yaml.read(text, SHAPE)
    return Checked(found.value, found.faults)


def write(spec: ProjectSpec) -> str:
    """The file of a project: what stands at its default is left out, long texts are blocks.

    >>> spec = template("review_sentiment")
    >>> read(write(spec)) == spec
    True
    """
    return lined_yaml.write(spec)


def templates() -> dict[str, ProjectSpec]:
    """The templates a project can begin with, by name."""
    return {path.stem: read(path.read_text("utf-8")) for path in sorted(TEMPLATES.glob("*.yaml"))}


def template(name: str) -> ProjectSpec:
    """One template; raises `NotFound` naming those there are."""
    paths = {path.stem: path for path in sorted(TEMPLATES.glob("*.yaml"))}
    if name not in paths:
        raise NotFound(f"There is no template {name!r}; there are: {', '.join(paths)}")
    return read(paths[name].read_text("utf-8"))


@cache
def _adapter() -> TypeAdapter[ProjectSpec]:
    return TypeAdapter(ProjectSpec)


SHAPE = lined_yaml.Shape(
    holds=_adapter,
    keys=ProjectSpec,
    nested={
        "subject": SubjectField,
        "choice": ChoiceQuestion,
        "choices": ChoicesQuestion,
        "text": TextQuestion,
        "chat": ChatQuestion,
        "pairwise": PairwiseQuestion,
        "ranking": RankingQuestion,
        "options": Option,
        "shown_if": ShownIf,
        "guideline": Guideline,
        "sections": Section,
        "settings": Settings,
        "review": ReviewPolicy,
        "assistant": AssistantPolicy,
        "rules": ReviewRule,
        "bar": CardBar,
        **RUBRIC_KEYS,
    },
    check=check_spec,
    wanted="name, subject, questions, ...",
)
