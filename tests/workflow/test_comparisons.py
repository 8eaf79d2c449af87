"""Texts are compared blind: handed out under letters, kept by field, exported and brought back the same."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from milo.core.annotator_task import AnnotatorTask
from milo.core.answer import Answers
from milo.core.errors import InvalidInput
from milo.core.export_options import ExportOptions
from milo.core.person import Person
from milo.core.project import ProjectSpec, Settings, SubjectField
from milo.core.questions import (
    ChatAnswer,
    ChatQuestion,
    PairwiseAnswer,
    PairwiseQuestion,
    RankingAnswer,
    RankingQuestion,
    TextQuestion,
)
from milo.db.queries import imports
from milo.db.tables import ItemPayloadRow, ProjectRow
from milo.roles import pre_annotator
from milo.roles.judge import judged_text
from milo.roles.judging import Judging
from milo.workflow import export, import_items, own_work
from tests.builders import NOW, Clock, a_project
from tests.workflow.desk import Desk, a_desk

TURNS = [{"role": "user", "content": "Does oak float?"}]
ROWS = [
    {
        "id": f"i{number}",
        "talk": TURNS,
        "one": f"Yes {number}.",
        "two": f"No {number}.",
        "three": f"Perhaps {number}.",
    }
    for number in range(8)
]
SPEC = ProjectSpec(
    name="Comparisons",
    subject=(
        SubjectField(name="talk", title="Conversation", show="chat"),
        SubjectField(name="one", title="Small model"),
        SubjectField(name="two", title="Large model"),
        SubjectField(name="three", title="Person"),
    ),
    questions=(
        PairwiseQuestion(name="better", title="Which is better?", first="one", second="two", ties="two"),
        RankingQuestion(name="order", title="Order them", fields=("one", "two", "three")),
        ChatQuestion(name="reply", title="What comes next?", conversation="talk"),
    ),
    settings=Settings(overlap=2),
)
ANSWERS: Answers = {
    "better": PairwiseAnswer(value="second", confidence="fairly"),
    "order": RankingAnswer(value=(("two",), ("one", "three"))),
    "reply": ChatAnswer(value="It floats,\nas nearly all wood does."),
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = a_desk(tmp_path, SPEC)
    with desk.database.write() as session:
        session.get_one(ProjectRow, desk.project_id).salt = "tide"  # under it both orders of two occur
    bring(desk, tmp_path, ROWS)
    yield desk
    desk.database.close()


def bring(desk: Desk, folder: Path, rows: list[Any] | Path, project_id: int = 0) -> int:
    """Import rows or a file; the id of the import."""
    file = rows if isinstance(rows, Path) else folder / "rows.jsonl"
    if not isinstance(rows, Path):
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with desk.database.write() as session:
        project = session.get_one(ProjectRow, project_id or desk.project_id)
        started = import_items.start(
            session, project, filename=file.name, path=file, format=None, mapping={}, by=None, now=NOW
        ).id
    import_items.run(desk.database, started, data_dir=folder, clock=Clock())
    return started


def all_tasks(desk: Desk, person: Person) -> dict[str, AnnotatorTask]:
    return {task.item.external_id: task for task in desk.next(person, len(ROWS)).tasks}


def gold_of(desk: Desk, external_id: str) -> dict[str, Any]:
    with desk.database.read() as session:
        rows = session.query(ItemPayloadRow).all()
        found = {row.fields.get("one"): row.gold for row in rows}
    return {name: answer["value"] for name, answer in found[external_id].items()}


def test_everybody_gets_an_item_under_the_same_letters_and_items_differ(desk: Desk) -> None:
    first, second = all_tasks(desk, desk.person()), all_tasks(desk, desk.person())
    assert {name: task.orders for name, task in first.items()} == {
        name: task.orders for name, task in second.items()
    }
    orders = {task.orders["better"] for task in first.values()}
    assert orders == {("one", "two"), ("two", "one")}
    assert all(sorted(task.orders["order"]) == ["one", "three", "two"] for task in first.values())


def test_an_annotator_reads_letters_in_the_own_list_never_fields_or_titles(desk: Desk) -> None:
    person = desk.person()
    task = desk.take(person)
    desk.submit(task, ANSWERS)
    with desk.database.read() as session:
        project = session.get_one(ProjectRow, desk.project_id)
        (entry,) = own_work.page(session, project, person.id, status="all", cursor=None, limit=9).items
    letter = "AB"[task.orders["better"].index("two")]
    assert entry.answers_summary.startswith(f"{letter} · ")
    order = task.orders["order"]
    best, one, three = ("ABC"[order.index(name)] for name in ("two", "one", "three"))
    assert f"{best} > {one} = {three}" in entry.answers_summary
    assert "model" not in entry.answers_summary


def test_an_answer_that_the_question_does_not_allow_is_refused(desk: Desk) -> None:
    task = desk.take(desk.person())
    with pytest.raises(InvalidInput, match="one of first, second, both_good, both_bad"):
        desk.submit(task, {**ANSWERS, "better": PairwiseAnswer(value="tie")})
    with pytest.raises(InvalidInput, match="each once of one, two, three"):
        desk.submit(task, {**ANSWERS, "order": RankingAnswer(value=(("one",), ("two",)))})


@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_answers_leave_by_field_and_come_back_the_same(desk: Desk, tmp_path: Path, format: Any) -> None:
    person = desk.person()
    for _ in range(3):
        desk.submit(desk.take(person), ANSWERS)
    first = written(desk, desk.project_id, tmp_path, format)
    if format == "csv":
        (row, *_) = csv.DictReader(first.read_text("utf-8").splitlines(keepends=True))
        told = (row["answer.better"], row["answer.order"], row["confidence.better"])
        assert told == ("second", "two > one = three", "fairly")
    else:
        told_value = json.loads(first.read_text("utf-8").splitlines()[0])["annotation"]["value"]
        assert told_value["order"]["value"] == [["two"], ["one", "three"]]
    with desk.database.write() as session:
        copy = a_project(session, SPEC).id
    started = bring(desk, tmp_path, first, copy)
    with desk.database.read() as session:
        assert imports.rejected(session, started, limit=9) == []
    again = written(desk, copy, tmp_path, format)
    assert answers_in(again, format) == answers_in(first, format)
    assert len(answers_in(first, format)) == 3


def written(desk: Desk, project_id: int, folder: Path, format: Any) -> Path:
    options = ExportOptions(format=format)
    done = export.write(desk.database, project_id, options, data_dir=folder, name=f"out-{project_id}")
    return done.path


def answers_in(file: Path, format: str) -> dict[str, Any]:
    if format == "csv":
        rows = csv.DictReader(file.read_text("utf-8").splitlines(keepends=True))
        return {row["item_id"]: [cell for name, cell in row.items() if "answer." in name] for row in rows}
    lines = map(json.loads, file.read_text("utf-8").splitlines())
    return {row["item_id"]: row["annotation"]["value"] for row in lines}


@pytest.mark.parametrize(
    ("gold", "better", "order"),
    [
        ({"better": "first", "order": "three > one = two"}, "first", [["three"], ["one", "two"]]),
        ({"better": "two", "order": ["two", "one", "three"]}, "second", [["two"], ["one"], ["three"]]),
        (
            {"better": "both good", "order": [["one", "two"], "three"]},
            "both_good",
            [["one", "two"], ["three"]],
        ),
    ],
)
def test_known_answers_are_taken_as_people_write_them(
    desk: Desk, tmp_path: Path, gold: Mapping[str, Any], better: str, order: list[list[str]]
) -> None:
    bring(desk, tmp_path, [{**ROWS[0], "id": "known", "one": "Known.", "gold": gold}])
    assert gold_of(desk, "Known.") == {"better": better, "order": order}


def test_a_known_answer_that_fits_no_text_is_refused_with_what_is_allowed(desk: Desk, tmp_path: Path) -> None:
    rows = [{**ROWS[0], "id": "x", "one": "X", "gold": {"better": "four"}}]
    started = bring(desk, tmp_path, rows)
    with desk.database.read() as session:
        (bad,) = imports.rejected(session, started, limit=9)
    assert "'four'" in bad.reason
    assert "first, second, both_good, both_bad, or the better field: one or two" in bad.reason


def test_a_judge_reads_the_titles_it_sees_in_the_subject() -> None:
    judging = Judging(description="", subject=SPEC.subject, questions=SPEC.questions, rubrics=())
    fields: dict[str, Any] = dict(ROWS[0])
    text = judged_text(judging, fields, ANSWERS)
    assert "Large model > Small model = Person" in text
    assert "Answer to 'Which is better?': Large model" in text
    assert "It floats,\nas nearly all wood does." in text


def test_no_model_is_asked_for_a_comparison() -> None:
    asked = pre_annotator.asked((*SPEC.questions, TextQuestion(name="why", title="Why?")))
    assert [question.name for question in asked] == ["reply", "why"]
