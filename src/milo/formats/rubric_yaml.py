"""Rubrics as a file: those of a project, as they stand in a milo.yaml, or one alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from milo.core.errors import Fault, InvalidInput
from milo.core.rubric import Criterion, ErrorCategory, Grade, Rubric, rubric_faults
from milo.core.strict import INPUT
from milo.formats import lined_yaml

TEMPLATES = Path(__file__).parent.parent / "templates" / "rubrics"

#: What stands under which key of a file with rubrics.
RUBRIC_KEYS: dict[object, Any] = {
    "rubrics": Rubric,
    "criteria": Criterion,
    "grades": Grade,
    "errors": ErrorCategory,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubrics:
    """A file with the rubrics of a project."""

    __pydantic_config__ = INPUT

    rubrics: tuple[Rubric, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """Rubrics, or None with what is wrong."""

    rubrics: tuple[Rubric, ...] | None
    faults: tuple[Fault, ...]


def check(text: str, fields: Sequence[str], questions: Sequence[str]) -> Checked:
    """The rubrics of a file if a project with these fields and questions can use them, else every fault.

    The file holds `rubrics:` with a list, or the keys of one rubric.

    >>> text = "name: tone\\ntitle: Tone\\nthreshold: 9\\nerrors: [{name: rude, title: Rude, penalty: lots}]"
    >>> for fault in check(text, ["post"], ["reply"]).faults:
    ...     print(fault)
    line 4, errors.0.penalty: found 'lots'; allowed: a valid number, unable to parse string as a number
    """
    if re.search(r"^[\"']?rubrics[\"']?\s*:", text, re.MULTILINE):
        found = lined_yaml.read(text, _shape_of_many(fields, questions))
        return Checked(found.value.rubrics if found.value else None, found.faults)
    alone = lined_yaml.read(text, _shape_of_one(fields, questions))
    return Checked((alone.value,) if alone.value else None, alone.faults)


def write(rubrics: Iterable[Rubric]) -> str:
    """The rubrics as the part `rubrics:` of a milo.yaml.

    >>> rubrics = tuple(templates().values())
    >>> check(write(rubrics), [], []).rubrics == rubrics
    True
    """
    return lined_yaml.write(Rubrics(rubrics=tuple(rubrics)))


def templates() -> dict[str, Rubric]:
    """The rubrics one can begin with, by name; they name no field and fit any project."""
    return {path.stem: _template(path) for path in sorted(TEMPLATES.glob("*.yaml"))}


def _template(path: Path) -> Rubric:
    checked = check(path.read_text("utf-8"), (), ())
    if checked.rubrics is None:
        raise InvalidInput(
            f"The template {path.stem!r} cannot be used: " + "; ".join(map(str, checked.faults))
        )
    return checked.rubrics[0]


@cache
def _many() -> TypeAdapter[Rubrics]:
    return TypeAdapter(Rubrics)


@cache
def _one() -> TypeAdapter[Rubric]:
    return TypeAdapter(Rubric)


def _shape_of_many(fields: Sequence[str], questions: Sequence[str]) -> lined_yaml.Shape[Rubrics]:
    def check_all(file: Rubrics) -> None:
        _raise(rubric_faults(file.rubrics, fields, questions))

    return lined_yaml.Shape(holds=_many, keys=Rubrics, nested=RUBRIC_KEYS, check=check_all, wanted="rubrics")


def _shape_of_one(fields: Sequence[str], questions: Sequence[str]) -> lined_yaml.Shape[Rubric]:
    def check_alone(rubric: Rubric) -> None:
        faults = rubric_faults((rubric,), fields, questions)
        prefix = f"rubrics.{rubric.name}"
        _raise(
            [replace(fault, where=fault.where.removeprefix(prefix).lstrip(".") or "name") for fault in faults]
        )

    return lined_yaml.Shape(
        holds=_one, keys=Rubric, nested=RUBRIC_KEYS, check=check_alone, wanted="name, title, threshold, ..."
    )


def _raise(faults: Sequence[Fault]) -> None:
    if faults:
        raise InvalidInput("The rubrics cannot be used", tuple(faults))
