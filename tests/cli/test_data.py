"""`milo import`, `preannotate` and `export`, as somebody types them."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from milo.cli import app
from milo.core.errors import InvalidInput, MiloError, NotFound

# A command leaves its database open, as its process ends with it.
pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)

RULES = {"rules": [{"when": "love", "answers": {"Positive": 0.9, "Negative": 0.1}}]}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder with an installation and a project of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MILO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("MILO_DATABASE_URL", raising=False)
    milo("project create Reviews --template review_sentiment")
    (tmp_path / "rules.json").write_text(json.dumps(RULES))
    milo("model add Rules --provider scripted --params rules.json")
    yield tmp_path
    gc.collect()


def milo(line: str) -> Result:
    """Run a command; what it raises is raised."""
    return CliRunner().invoke(app, line.split(), catch_exceptions=False, standalone_mode=False)


def data(line: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(milo(f"{line} --json").stdout)
    return found


def test_rows_come_in_are_proposed_for_and_leave(folder: Path) -> None:
    (folder / "reviews.jsonl").write_text('{"text": "I love it"}\n{"text": "I love it"}\nnothing\n')
    imported = data("import reviews reviews.jsonl")
    assert (imported["imported"], imported["duplicates"], imported["rejected"]) == (1, 1, 1)
    asked = data("preannotate reviews --model Rules")
    assert (asked["state"], asked["done"], asked["total"]) == ("done", 1, 1)
    assert data("preannotate reviews --model Rules")["total"] == 0, "nothing is asked twice"
    milo("export reviews --out out/labels.jsonl --unlabeled")
    (row,) = map(json.loads, (folder / "out" / "labels.jsonl").read_text().splitlines())
    assert row["data"] == {"text": "I love it"}
    assert row["suggestions"][0]["options"][0]["p"] > 0.8


def test_rows_to_train_on_leave_with_what_was_left_out(folder: Path) -> None:
    row = {"item_id": "1", "data": {"text": "Bad."}, "annotation": {"annotator": "a1", "client_id": "c1"}}
    value = {"remark": {"kind": "text", "value": "It broke."}}
    (folder / "own.yaml").write_text(
        "name: Own\nsubject: [{name: text, title: Text}]\n"
        "questions: [{name: remark, kind: text, title: Remark}]\n"
    )
    milo("project create --file own.yaml")
    row["annotation"] |= {"value": value, "origin": {"remark": {"": "human"}}}  # type: ignore[operator]  # JSON
    (folder / "rows.jsonl").write_text(json.dumps(row))
    milo("import own rows.jsonl")
    shown = milo("export own --format sft --out sft.jsonl").stdout
    assert shown == "1 row from 1 of 1 annotations are in sft.jsonl.\n"
    (sft,) = map(json.loads, (folder / "sft.jsonl").read_text().splitlines())
    assert sft["messages"][1] == {"role": "assistant", "content": "It broke."}
    told = milo("export own --format dpo --out dpo.jsonl").stdout.splitlines()
    assert told[1:] == ["  left out, no_draft: 1", "  rows left out, no_draft: 1"]
    ledger = data("export own --format hf --out own.zip")["ledger"]
    assert isinstance(ledger, dict)
    assert ledger["sources"] == {"written": 2}


def test_a_file_that_cannot_be_read_at_all_is_an_error_with_its_reason(folder: Path) -> None:
    (folder / "reviews.csv").write_text("text,text\na,b\n")
    with pytest.raises(MiloError, match="not imported: The header names the column 'text' twice"):
        milo("import reviews reviews.csv")


@pytest.mark.parametrize(
    ("line", "kind", "message"),
    [
        ("import nowhere rules.json", NotFound, "no project 'nowhere'"),
        ("import reviews rules.json --map text", InvalidInput, "--map is 'text'; allowed is NAME=VALUE"),
        ("import reviews rules.json --map title=text", InvalidInput, "mapping.title"),
        ("preannotate reviews --model Other", NotFound, "there are: Rules"),
        ("preannotate reviews --model Rules --style loud", InvalidInput, "allowed are question, option"),
        ("preannotate reviews --model Rules --without task,", InvalidInput, "no section 'task,'"),
        ("preannotate reviews --model Rules --template text=none.md", InvalidInput, "cannot be read"),
        ("export reviews --out labels.xml", InvalidInput, "'xml'; allowed are jsonl, csv"),
        ("export reviews --format hf --out hf.jsonl", InvalidInput, "hf is written to a file ending in .zip"),
        (
            "export reviews --format sft --columns x --out a.jsonl",
            InvalidInput,
            "messages, prompt-completion",
        ),
        ("export reviews --format sft --images all --out a.jsonl", InvalidInput, "allowed are link, include"),
        (
            "export reviews --format sft --question x --out a.jsonl",
            InvalidInput,
            "no question 'x'; there",
        ),
        ("export reviews --out labels.csv --state redo", InvalidInput, "'redo' cannot be exported"),
    ],
)
def test_a_mistake_says_what_was_found_and_what_is_allowed(
    line: str, kind: type[MiloError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        milo(line)
