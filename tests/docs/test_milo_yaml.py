"""The reference of `milo.yaml` names every key there is, and its examples can be used."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from milo.core.assistant_policy import AssistantPolicy
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
from milo.core.rubric import Criterion, ErrorCategory, Grade, Rubric

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "milo-yaml.md").read_text(encoding="utf-8")
BLOCKS: list[dict[str, Any]] = [
    yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
]
SMALLEST = BLOCKS[0]
NOUNS = [
    ProjectSpec, SubjectField, ChoiceQuestion, ChoicesQuestion, TextQuestion,
    ChatQuestion, PairwiseQuestion, RankingQuestion,
    Option, ShownIf, Guideline, Section, Rubric, Criterion, Grade, ErrorCategory,
    Settings, ReviewPolicy, ReviewRule, CardBar, AssistantPolicy,
]  # fmt: skip


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: str(noun.__name__))
def test_every_key_is_on_the_page(noun: Any) -> None:
    missing = [field.name for field in dataclasses.fields(noun) if f"`{field.name}`" not in PAGE]
    assert missing == []


def test_the_settings_of_the_page_are_all_there_are_with_their_defaults() -> None:
    table = PAGE[PAGE.index("\n## settings") : PAGE.index("`reveal` is one of")]
    shown = dict(re.findall(r"^\| `(\w+)` \| `?([^|`]+?)`? \|", table, re.MULTILINE))
    defaults = {
        field.name: "see below"
        if field.default is dataclasses.MISSING
        else "none"
        if field.default is None
        else str(field.default)
        for field in dataclasses.fields(Settings)
    }
    assert {name: value.lower() for name, value in shown.items()} == {
        name: value.lower() for name, value in defaults.items()
    }


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: "-".join(block))
def test_every_example_makes_a_project_together_with_the_smallest_file(block: dict[str, Any]) -> None:
    check_spec(TypeAdapter(ProjectSpec).validate_python({**SMALLEST, **block}))
