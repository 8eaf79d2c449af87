"""The parts that several kinds of question share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from milo.core.errors import Fault
from milo.core.strict import INPUT, Flag

NAME_PATTERN = re.compile(r"[a-z][a-z0-9_]{0,62}")

Confidence = Literal["unsure", "fairly", "sure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One answer a question offers."""

    __pydantic_config__ = INPUT

    name: str
    label: str
    definition: str = ""
    examples: tuple[str, ...] = ()
    exclusive: Flag = False  # choosing it clears the others; only in `choices`
    key: str | None = None  # own key instead of its number


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownIf:
    """A question is asked only if an earlier one has one of these options as answer."""

    __pydantic_config__ = INPUT

    question: str
    any_of: tuple[str, ...]


def name_faults(where: str, name: str) -> list[Fault]:
    """Whether a name can stand in URLs, files and columns."""
    if NAME_PATTERN.fullmatch(name):
        return []
    return [Fault(where, repr(name), "a-z first, then a-z, 0-9 and _, 63 characters at most")]


def option_faults(where: str, options: tuple[Option, ...]) -> list[Fault]:
    """Whether options are at least two, with own names and keys."""
    faults = []
    if len(options) < 2:
        faults.append(Fault(f"{where}.options", f"{len(options)} option(s)", "at least 2"))
    names = [option.name for option in options]
    keys = [option.key for option in options if option.key is not None]
    for kind, values in (("name", names), ("key", keys)):
        for value in sorted({value for value in values if values.count(value) > 1}):
            faults.append(Fault(f"{where}.options", f"{kind} {value!r} twice", f"each {kind} once"))
    for option in options:
        faults += name_faults(f"{where}.options.{option.name}", option.name)
        if not option.label.strip():
            faults.append(Fault(f"{where}.options.{option.name}.label", "nothing", "a label to show"))
        if option.key is not None and not re.fullmatch(r"[1-9a-z]", option.key):
            faults.append(Fault(f"{where}.options.{option.name}.key", repr(option.key), "one of 1-9, a-z"))
    return faults
