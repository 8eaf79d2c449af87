"""The guideline: one structured text that annotators read and prompts are built from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from milo.core.errors import Fault
from milo.core.questions.option import name_faults
from milo.core.strict import INPUT, Flag

SectionKind = Literal["task", "workflow", "question", "example", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the guideline, in Markdown."""

    __pydantic_config__ = INPUT

    id: str
    title: str
    body: str
    kind: SectionKind = "note"
    question: str | None = None  # the question it explains
    in_prompt: Flag = True  # whether models read it too
    inquiry: int | None = None  # the annotator's question it answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Guideline:
    """All sections, in reading order."""

    __pydantic_config__ = INPUT

    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionChange:
    """What changed in one section between two versions; None where it was not there."""

    id: str
    title: str
    before: str | None
    after: str | None


def section_faults(sections: Sequence[Section], questions: Sequence[str]) -> list[Fault]:
    """What is wrong with the sections, given the names of the questions."""
    faults = []
    ids = [section.id for section in sections]
    for section in sections:
        where = f"guideline.{section.id}"
        faults += name_faults(where, section.id)
        if ids.count(section.id) > 1:
            faults.append(Fault(where, f"id {section.id!r} twice", "each id once"))
        if section.question is not None and section.question not in questions:
            faults.append(
                Fault(f"{where}.question", repr(section.question), "one of " + ", ".join(questions))
            )
    return faults


def changes(before: Sequence[Section], after: Sequence[Section]) -> list[SectionChange]:
    """The sections that were added, removed or reworded, in the order of the newer guideline."""
    old = {section.id: section for section in before}
    new = {section.id: section for section in after}
    found = [
        SectionChange(id, section.title, old[id].body if id in old else None, section.body)
        for id, section in new.items()
        if id not in old or (old[id].title, old[id].body) != (section.title, section.body)
    ]
    return found + [SectionChange(id, s.title, s.body, None) for id, s in old.items() if id not in new]
