"""Drafts leave with the answers they helped to write, and come back with them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from milo.core.draft import RatingInput
from milo.core.errors import InvalidInput
from milo.core.export_options import EXPORTABLE, ExportOptions
from milo.core.questions import Answer, TextAnswer
from milo.core.writing import Edit, Writing
from milo.db.tables import AssignmentRow, ModelDraftRow, RatingRow, WritingRow
from milo.workflow import import_items, native_annotation, ratings
from milo.workflow.native_assist import assisted
from tests.builders import NOW, a_project
from tests.workflow.desk import Desk, a_desk
from tests.workflow.test_export import bring, rows_of, written
from tests.workflow.test_writing import DRAFT, OWN, a_writing_spec

QUESTIONS = a_writing_spec().questions
SECOND = "White walls shine in the bright sun."


class PowerCut(Exception):
    """The machine stops in the middle of something."""


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    desk = a_desk(tmp_path, a_writing_spec(), url)
    yield desk
    desk.database.close()


def response(text: str) -> dict[str, Answer]:
    return {"query": TextAnswer(value="Why red?"), "response": TextAnswer(value=text)}


def a_drafted_project(desk: Desk) -> None:
    """Three answers: from two drafts, one rated, and sent again; one's own; a draft that was made later."""
    desk.items(3)
    person = desk.person()
    first, second, third = desk.next(person, 3).tasks
    one = desk.model_draft(first, DRAFT, query="Why red?")
    two = desk.model_draft(first, SECOND, status="stopped")
    desk.model_draft(first, "Nothing of this was taken over.")
    with desk.database.write() as session:
        draft = session.get_one(ModelDraftRow, one)
        draft.unsure = [{"start": 0, "end": 9, "probability": 0.2}]
        draft.probability = 0.7
        row = session.get_one(AssignmentRow, first.assignment)
        said = RatingInput(rated="draft", target=one, thumb="down", complaints=("made_up", "too_long"))
        ratings.rate(session, row, said, by=person, now=desk.clock())
    text = f"{SECOND} {DRAFT} I know."
    edits = (
        Edit(at_ms=700, start=0, inserted=SECOND + " ", source="draft", draft=two),
        Edit(at_ms=900, start=len(SECOND) + 1, inserted=DRAFT, source="draft", draft=one, is_paste=True),
        Edit(at_ms=1900, start=len(f"{SECOND} {DRAFT}"), inserted=" I know."),
    )
    record = {"response": Writing(edits=edits), "query": Writing()}
    desk.submit(first, response(text), writing=record, generation_ms=100)
    again = {"response": Writing(base=text, edits=(Edit(at_ms=50, start=0, removed=len(SECOND) + 1),))}
    desk.submit(desk.reopen(first), response(f"{DRAFT} I know."), writing=again)
    desk.submit(second, response(OWN), writing={"response": Writing(edits=(Edit(at_ms=1, start=0),))})
    desk.submit(third, response(OWN))
    desk.clock.pass_minutes(5)
    desk.model_draft(third, DRAFT)


def test_a_row_says_which_drafts_there_were_and_how_much_of_the_text_came_from_them(
    desk: Desk, tmp_path: Path
) -> None:
    a_drafted_project(desk)
    rows = rows_of(written(desk.database, desk.project_id, tmp_path))
    first = next(row["annotation"] for row in rows if row["annotation"]["revision"] == 3)
    assist = first["assist"]
    assert [(one["number"], one["status"], one["used"]) for one in assist["drafts"]] == [
        (1, "done", True),
        (2, "stopped", False),
        (3, "done", False),
    ]
    draft = assist["drafts"][0]
    assert (draft["model"], draft["prompt_version"], draft["text"]) == ("scripted", "a1", DRAFT)
    assert (draft["query"], draft["tokens"], draft["first_token_ms"]) == ("Why red?", 6, 120)
    assert draft["unsure"] == [{"start": 0, "end": 9, "probability": 0.2}]
    assert (assist["final_from_model_ratio"], assist["edit_distance"]) == (0.75, 2)
    assert assist["feedback"] == {"rating": -1, "reason": "made_up|too_long", "note": ""}
    assert first["origin"] == {"query": {"": "human"}, "response": {"": "model_edited"}}
    assert first["generation_ms"] == 100
    told = [(one["question"], one["revision"], one["draft"]) for one in assist["writing"]]
    assert told == [("query", 1, None), ("response", 1, 2), ("query", 3, None), ("response", 3, 1)]
    assert "edits" not in assist["writing"][0]
    own = [row["annotation"]["assist"] for row in rows if row["annotation"]["revision"] == 1]
    assert [(one["drafts"], one["final_from_model_ratio"], one["feedback"]) for one in own] == [
        ([], 0, None),
        ([], 0, None),
    ]


def test_all_drafts_of_which_words_stand_in_the_text_were_used(desk: Desk, tmp_path: Path) -> None:
    desk.items(1)
    task = desk.take(desk.person())
    for text in (DRAFT, SECOND, "Nothing of this was taken over.", ""):
        desk.model_draft(task, text)
    desk.submit(task, response(f"{SECOND} {DRAFT}"))
    (row,) = rows_of(written(desk.database, desk.project_id, tmp_path))
    assert [one["used"] for one in row["annotation"]["assist"]["drafts"]] == [True, True, False, False]


@pytest.mark.parametrize("include_edits", [True, False])
def test_what_drafts_contributed_comes_back_the_same(desk: Desk, tmp_path: Path, include_edits: bool) -> None:
    a_drafted_project(desk)
    options = ExportOptions(states=EXPORTABLE, include_unlabeled=True, include_edits=include_edits)
    done = written(desk.database, desk.project_id, tmp_path, options)
    first = sorted(done.path.read_bytes().splitlines())
    spec = a_writing_spec()
    copy = bring(desk.database, done.path, tmp_path, questions=spec.questions, settings=spec.settings)
    again = written(desk.database, copy, tmp_path, options)
    assert sorted(again.path.read_bytes().splitlines()) == first
    assert (b'"edits"' in b"".join(first)) is include_edits


def test_with_edits_a_row_tells_every_one_and_names_drafts_by_their_number(
    desk: Desk, tmp_path: Path
) -> None:
    a_drafted_project(desk)
    options = ExportOptions(include_edits=True)
    rows = rows_of(written(desk.database, desk.project_id, tmp_path, options))
    assist = next(row["annotation"]["assist"] for row in rows if row["annotation"]["revision"] == 3)
    begun = next(one for one in assist["writing"] if (one["question"], one["revision"]) == ("response", 1))
    assert begun["is_complete"] is True
    assert [(edit["source"], edit["draft"]) for edit in begun["edits"]] == [
        ("draft", 2),
        ("draft", 1),
        ("typed", None),
    ]
    assert begun["pasted"] == {"draft": len(SECOND) + 1 + len(DRAFT)}


def test_a_csv_file_has_the_share_and_the_distance(desk: Desk, tmp_path: Path) -> None:
    a_drafted_project(desk)
    options = ExportOptions(format="csv")
    with written(desk.database, desk.project_id, tmp_path, options).path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = [(row["assist.final_from_model_ratio"], row["assist.edit_distance"]) for row in rows]
    assert sorted(found) == [("0.0", ""), ("0.0", ""), ("0.75", "2")]
    assert sorted(row["annotation.generation_ms"] for row in rows) == ["0", "0", "100"]


def test_items_without_the_assistant_leave_and_come_back_as_such(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, a_writing_spec(holdout_share=1.0))
    desk.items(1)
    desk.submit(desk.take(desk.person()), response(OWN))
    done = written(desk.database, desk.project_id, tmp_path)
    assert [row["annotation"]["assist"]["held_out"] for row in rows_of(done)] == [True]
    copy = bring(desk.database, done.path, tmp_path, questions=QUESTIONS)
    again = written(desk.database, copy, tmp_path)
    assert [row["annotation"]["assist"]["held_out"] for row in rows_of(again)] == [True]
    desk.database.close()


def test_an_import_that_is_taken_back_takes_its_drafts_along(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_drafted_project(desk)
    file = written(desk.database, desk.project_id, tmp_path).path

    def stored() -> list[int]:
        with desk.database.read() as session:
            tables = (ModelDraftRow, RatingRow, WritingRow)
            return [len(session.scalars(select(table.project_id)).all()) for table in tables]

    before = stored()
    with desk.database.write() as session:
        project = a_project(session, a_writing_spec())
        row = import_items.start(
            session, project, filename=file.name, path=file, format=None, mapping={}, by=None, now=NOW
        )
    with monkeypatch.context() as patched:
        patched.setattr(import_items._Work, "_register", lambda self: (_ for _ in ()).throw(PowerCut))
        with pytest.raises(PowerCut):
            import_items.run(desk.database, row.id, data_dir=tmp_path, clock=desk.clock)
    assert stored() == [before[0] + 3, before[1] + 1, before[2] * 2]
    import_items.remove(desk.database, row.id, data_dir=tmp_path, now=NOW)
    assert stored() == before


def test_what_was_written_after_the_cut_stays_out() -> None:
    row = SimpleNamespace(number=1, created_at=NOW, assist_held_out=False)
    written = {
        "question": "response",
        "words": 3,
        "draft_share": 0.0,
        "edit_distance": None,
        "draft_id": None,
        "pasted": {},
        "first_edit_ms": None,
        "edits": None,
    }
    told = [SimpleNamespace(revision=number, **written) for number in (1, 3)]
    assert [one["revision"] for one in assisted(row, [], told, "response")["writing"]] == [1]


A_DRAFT = {"number": 1, "question": "response", "model": "m", "prompt_version": "v", "text": "Red."}


@pytest.mark.parametrize(
    ("assist", "fault"),
    [
        ({"drafts": [A_DRAFT, A_DRAFT]}, "same number"),
        ({"drafts": [A_DRAFT], "writing": [{"question": "response", "revision": 1, "draft": 2}]}, "draft 2"),
        ({"drafts": [{**A_DRAFT, "feedback": {"rating": -1, "reason": "dull"}}]}, "rated 'dull'"),
        ({"drafts": [{**A_DRAFT, "feedback": {"rating": 5}}]}, "rating"),
        ({"writing": [{"question": "response", "revision": 1}] * 2}, "twice"),
        ({"writing": [{"question": "q", "revision": 1, "final_from_model_ratio": 2}]}, "final_from_model"),
    ],
)
def test_what_does_not_fit_together_is_refused_with_the_reason(assist: dict[str, Any], fault: str) -> None:
    row = {"annotation": {"annotator": "a1", "assist": assist, "value": {}}}
    with pytest.raises(InvalidInput, match=fault):
        native_annotation.annotation_of(row, QUESTIONS)
