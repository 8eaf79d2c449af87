"""Prompt templates: Markdown with `{{placeholders}}` and a comment line before each message."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from milo.core.errors import Fault, InvalidInput

MARKER = re.compile(r"^<!--\s*(\w+)\s*-->\s*$")
PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
ROLES = ("system", "user", "assistant")

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class TemplateMessage:
    """One message with its placeholders not yet filled."""

    role: Role
    text: str


def read_template(
    text: str, allowed: Collection[str], *, name: str = "template"
) -> tuple[TemplateMessage, ...]:
    """The messages of a template; refuses unknown placeholders and roles with their line.

    A template without comment lines is one user message.

    >>> read_template("<!-- system -->\\nBe kind.\\n<!-- user -->\\n{{item}}", {"item"})[1].text
    '{{item}}'
    """
    faults: list[Fault] = []
    messages: list[tuple[str, list[str]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        marker = MARKER.match(line)
        if marker:
            messages.append((marker.group(1), []))
            if marker.group(1) not in ROLES:
                faults.append(Fault(name, repr(line.strip()), "a comment with " + ", ".join(ROLES), number))
            continue
        if not messages:
            messages.append(("user", []))
        messages[-1][1].append(line)
        faults += _placeholder_faults(line, number, allowed, name)
    if not any("".join(lines).strip() for _, lines in messages):
        faults.append(Fault(name, "no text", "at least one message"))
    if faults:
        raise InvalidInput(
            "The prompt template cannot be used: " + "; ".join(map(str, faults)), tuple(faults)
        )
    return tuple(
        TemplateMessage(cast(Role, role), "\n".join(lines).strip())
        for role, lines in messages
        if "".join(lines).strip()
    )


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with each placeholder replaced once: what a value holds is never read as a placeholder.

    Lines left empty by empty values collapse.

    >>> fill("{{item}}\\n\\n{{help}}\\n\\nQ?", {"item": "{{help}}", "help": ""})
    '{{help}}\\n\\nQ?'
    """
    lines = []
    for line in text.splitlines():
        filled = PLACEHOLDER.sub(lambda found: values[found.group(1)], line).rstrip()
        if filled or not line.strip():
            lines.append(filled)
    kept = [line for at, line in enumerate(lines) if line or (at > 0 and lines[at - 1])]
    return "\n".join(kept).strip()


def _placeholder_faults(line: str, number: int, allowed: Collection[str], name: str) -> list[Fault]:
    names = "one of " + ", ".join(f"{{{{{one}}}}}" for one in sorted(allowed))
    return [
        Fault(name, f"{{{{{found}}}}}", names, number)
        for found in PLACEHOLDER.findall(line)
        if found not in allowed
    ]
