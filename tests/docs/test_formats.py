"""The page on formats names every key an export has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any, get_args

import orjson
import pytest

from milo.core.draft import UnsurePassage
from milo.core.export_options import ExportOptions, LabelFormat, TrainingFormat
from milo.core.training import LeftOut, Provenance
from milo.core.writing import Edit, EditSource
from milo.db import convert
from milo.workflow import native_assist, native_row
from milo.workflow.import_items import FileFormat, guessed_format
from milo.workflow.training_rows import TrainingLedger
from tests.docs.markdown import REPOSITORY

PAGE = (REPOSITORY / "docs" / "reference" / "formats.md").read_text(encoding="utf-8")
JSON = {"fields", "gold", "meta", "answers", "origins"}


class Anything:
    """A row of a query that has every column."""

    def __getattr__(self, name: str) -> Any:
        match name:
            case "shown":
                return "[]"
            case "status":
                return "passed"
            case "findings":
                return [{"part": "right", "grade": "good", "count": None}]
            case "question":
                return "response"
            case "thumb":
                return "down"
            case "scores" | "complaints":
                return []
            case "unsure":
                return [{field.name: 0 for field in fields(UnsurePassage)}]
            case "edits":
                return convert.as_data(convert.EDITS, (Edit(at_ms=0, start=0),))
            case "pasted":
                return dict.fromkeys(get_args(EditSource), 1)
            case "preselected":
                return []
            case "distribution":
                return {"positive": 1.0}
            case _:
                return "{}" if name in JSON else 0


def a_full_row() -> dict[str, Any]:
    one = Anything()
    return native_row.annotated(
        one,
        status="passed",
        pseudonym="a1",
        role="annotator",
        earlier=[one],
        suggestions=[one],
        calls=[one],
        inquiries=[],
        decisions=[one],
        qa=[native_row.reviewed(one, reviewer="r1", levels={("right", "good"): (3, 3)})],
        assisted=native_assist.assisted(one, [one], [one], "response"),
        json=orjson.loads,
    )


def keys_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_in(inner)


def test_every_key_of_a_row_is_on_the_page() -> None:
    missing = [key for key in keys_in(a_full_row()) if f"`{key}`" not in PAGE]
    assert missing == []


def test_every_kind_of_column_of_a_csv_file_is_on_the_page() -> None:
    columns = native_row.flat_columns(["text"], ["sentiment"])
    section = PAGE[PAGE.index("\n## CSV") : PAGE.index("\n## What leaves")]
    for column in columns:
        part, _, name = column.partition(".")
        assert f"`{part}" in section
        assert part != "annotation" or f"`{name}`" in section, column


@pytest.mark.parametrize("noun", [ExportOptions, TrainingLedger], ids=lambda noun: str(noun.__name__))
def test_every_choice_and_every_line_of_the_ledger_is_on_the_page(noun: Any) -> None:
    missing = [one.name for one in fields(noun) if one.name != "format" and f"`{one.name}`" not in PAGE]
    assert missing == []


def test_every_format_and_ending_is_on_the_page() -> None:
    table = dict(re.findall(r"^\| `(\w+)` \| ((?:`\.\w+`(?:, )?)+) \|", PAGE, re.MULTILINE))
    assert table.keys() == set(get_args(FileFormat)) >= set(get_args(LabelFormat))
    for format, endings in table.items():
        for ending in re.findall(r"`\.(\w+)`", endings):
            assert guessed_format(f"file.{ending}") == format


TRAINING = PAGE[PAGE.index("\n## Files to train on") :]


def test_every_training_format_its_columns_and_every_reason_is_on_the_page() -> None:
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (?:JSON Lines|ZIP.*?) \| (.*) \|$", TRAINING, re.MULTILINE))
    assert rows.keys() == set(get_args(TrainingFormat))
    told = set(re.findall(r"`(\w+)`", TRAINING))
    assert set(get_args(LeftOut)) <= told
    assert {one.name for one in fields(Provenance)} <= told
    assert {"messages", "prompt", "completion"} <= set(re.findall(r"`(\w+)`", rows["sft"]))
