"""Labels leave: only those that may, with a ledger that adds up, and they come back as they left."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from milo.core.answer import Answers
from milo.core.assignment import AssignmentState
from milo.core.errors import InvalidInput
from milo.core.export_options import EXPORTABLE, ExportOptions
from milo.core.person import Person
from milo.core.project import Settings
from milo.core.questions import ChoiceAnswer, TextAnswer
from milo.core.submission import Act, Rejection, Submission
from milo.db.queries import imports
from milo.db.session import Database
from milo.db.tables import (
    AssignmentRow,
    FeedbackRow,
    ImportRow,
    InquiryRow,
    ItemRow,
    JudgeRow,
    MembershipRow,
    ModelCallRow,
    ModelRow,
    PersonRow,
    ProjectRow,
    PromptVersionRow,
    RevisionRow,
    SlotRow,
    SuggestionRow,
)
from milo.workflow import annotate, assign, export, import_items, own_feedback, people
from tests.builders import NEGATIVE, NOW, POSITIVE, Clock, a_database, a_member, a_project, a_spec, items
from tests.workflow.review_desk import BAD, GOOD, RUBRIC, ReviewDesk, a_review_desk

LABELS = ExportOptions()
ALL = ExportOptions(states=EXPORTABLE, include_unlabeled=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    database = a_database(tmp_path, url)
    yield database
    database.close()


def a_worked_project(database: Database, *, overlap: int = 2, count: int = 6) -> int:
    """Two annotators at work: answers, an edit, a skip, a rejection, suggestions seen, a model call."""
    with database.write() as session:
        project = a_project(session, a_spec(settings=Settings(overlap=overlap)))
        first, second = a_member(session, project), a_member(session, project)
        ids = items(session, project, count, gold=POSITIVE)
        suggest(session, project, ids[0])
        ask(session, project, ids[1], first)
    answer(database, project.id, first, [POSITIVE, NEGATIVE, "skip", "reject", POSITIVE])
    answer(database, project.id, second, [NEGATIVE, POSITIVE])
    with database.write() as session:
        row = session.scalars(select(AssignmentRow).order_by(AssignmentRow.id)).all()[1]
        found = session.get_one(ProjectRow, project.id)
        now = NOW + timedelta(minutes=9)
        annotate.reopen(session, found, row, Act(client_id=f"again-{row.id}"), now=now)
        annotate.submit(session, found, row, sent(f"edit-{row.id}", COMPLAINT, row.revision), now=now)
    return project.id


COMPLAINT: Answers = {
    "sentiment": ChoiceAnswer(value="negative", confidence="sure"),
    "complaint": TextAnswer(value='=SUM(1) "broke", twice\nand again 😀'),
}


def sent(client_id: str, answers: Answers, revision: int = 0) -> Submission:
    return Submission(
        client_id=client_id,
        schema_version=1,
        answers=answers,
        expected_revision=revision,
        active_ms=4000,
        wall_ms=5000,
        blurred_ms=500,
    )


def answer(database: Database, project_id: int, person: Person, acts: Sequence[Answers | str]) -> None:
    for number, act in enumerate(acts):
        now = NOW + timedelta(seconds=30 * number)
        with database.write() as session:
            project = session.get_one(ProjectRow, project_id)
            task = assign.next_tasks(session, project, person.id, 1, now=now).tasks[0]
            row = session.get_one(AssignmentRow, task.assignment)
            id = f"{person.id}-{number}-{project_id}"
            if act == "skip":
                annotate.skip(session, project, row, Act(client_id=id, active_ms=900, wall_ms=900), now=now)
            elif act == "reject":
                no = Rejection(client_id=id, reason="other", note="Cut off, twice.", active_ms=1)
                annotate.reject(session, project, row, no, now=now)
            else:
                assert not isinstance(act, str)
                annotate.submit(session, project, row, sent(id, act), now=now)


def suggest(session: Any, project: ProjectRow, item_id: int) -> None:
    model = ModelRow(name=f"scripted-{project.id}", provider="scripted", model="rules", created_at=NOW)
    session.add(model)
    session.flush()
    version = PromptVersionRow(
        project_id=project.id, model_id=model.id, version="p4", config={}, created_at=NOW
    )
    session.add(version)
    session.flush()
    common = {"project_id": project.id, "item_id": item_id, "created_at": NOW}
    session.add(
        SuggestionRow(
            **common,
            question="sentiment",
            prompt_version_id=version.id,
            status="ok",
            distribution={"positive": 0.9, "negative": 0.1},
            preselected=["positive"],
            option_mass=0.97,
            top_option="positive",
            top_confidence=0.9,
            explanation={"text": "It says so.", "evidence": []},
        )
    )
    session.add(
        ModelCallRow(
            **common,
            request_hash=f"{project.id:064d}",
            role="pre_annotator",
            model_id=model.id,
            model="rules",
            messages=[],
            input_tokens=30,
            output_tokens=1,
            cost_usd=0.0004,
            latency_ms=830.5,
        )
    )


def ask(session: Any, project: ProjectRow, item_id: int, person: Person) -> None:
    session.add(
        InquiryRow(
            project_id=project.id,
            item_id=item_id,
            question="sentiment",
            asked_by=person.id,
            text="Is irony negative?",
            asked_at=NOW,
            reply="Yes.",
            replied_at=NOW,
            section_id="irony",
        )
    )


def written(
    database: Database, project_id: int, folder: Path, options: ExportOptions = LABELS
) -> export.Written:
    return export.write(database, project_id, options, data_dir=folder, name="out")


def rows_of(done: export.Written) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.path.read_text("utf-8").splitlines()]


def bring(database: Database, file: Path, folder: Path, **changes: Any) -> int:
    """The id of an empty project into which the file was imported, every row of it."""
    with database.write() as session:
        project = a_project(session, a_spec(**changes))
        row = import_items.start(
            session, project, filename=file.name, path=file, format=None, mapping={}, by=None, now=NOW
        )
    import_items.run(database, row.id, data_dir=folder, clock=Clock())
    with database.read() as session:
        stored = session.get_one(type(row), row.id)
        assert (stored.state, stored.error, stored.rejected) == ("done", None, 0)
    return project.id


def test_by_default_answers_leave_and_the_ledger_names_the_rest(database: Database, tmp_path: Path) -> None:
    done = written(database, a_worked_project(database), tmp_path)
    rows = rows_of(done)
    assert len(rows) == done.ledger.exported == 5
    assert dict(done.ledger.excluded) == {"skipped": 1, "rejected": 1}
    assert done.ledger.annotations == 7 == done.ledger.exported + done.ledger.excluded.total()
    assert {row["annotation"]["status"] for row in rows} == {"accepted_unreviewed"}
    with database.read() as session:
        sent_at_all = session.scalar(select(func.count(RevisionRow.assignment_id.distinct())))
        answered = select(func.count(AssignmentRow.item_id.distinct())).where(AssignmentRow.revision > 0)
        items_in_all = session.scalar(select(func.count()).select_from(ItemRow))
        untouched = (items_in_all or 0) - (session.scalar(answered) or 0)
    assert done.ledger.annotations == sent_at_all
    assert done.ledger.unlabeled_items == untouched


def test_a_row_holds_who_when_how_long_and_what_the_model_offered(database: Database, tmp_path: Path) -> None:
    rows = rows_of(written(database, a_worked_project(database), tmp_path))
    row = rows[0]
    annotation = row["annotation"]
    assert row["data"]["text"].startswith("Review")
    assert row["gold"]["sentiment"]["value"] == "positive"
    assert annotation["annotator"].startswith("a")
    assert (annotation["active_ms"], annotation["wall_ms"], annotation["blurred_ms"]) == (4000, 5000, 500)
    assert annotation["guideline_version"] == 1
    assert annotation["origin"] == {"sentiment": {"": "model_confirmed"}}
    suggestion = annotation["assist"]["suggestions"][0]
    assert suggestion["shown"] is True
    assert suggestion["options"] == [
        {"option": "positive", "p": 0.9, "preselected": True, "changed": False},
        {"option": "negative", "p": 0.1, "preselected": False, "changed": False},
    ]
    assert row["model_calls"][0]["usd"] == 0.0004
    (inquiry,) = next(row["inquiries"] for row in rows if row["inquiries"])
    assert (inquiry["text"], inquiry["reply"]) == ("Is irony negative?", "Yes.")
    assert inquiry["asked_by"] == annotation["annotator"]
    edited = next(row["annotation"] for row in rows if row["annotation"]["earlier"])
    assert (edited["revision"], edited["active_ms"]) == (3, 8000)
    assert [one["act"] for one in edited["earlier"]] == ["submit", "reopen"]
    assert edited["value"]["complaint"]["value"].startswith("=SUM(1)")


def test_no_name_and_no_login_leaves(database: Database, tmp_path: Path) -> None:
    project = a_worked_project(database)
    with database.write() as session:
        session.execute(update(PersonRow).values(name="Somebody Named", login=PersonRow.login + ".secret"))
    for format in ("jsonl", "csv"):
        options = ExportOptions(format=format, states=EXPORTABLE, include_unlabeled=True)
        text = written(database, project, tmp_path, options).path.read_text("utf-8")
        assert "Somebody Named" not in text
        assert ".secret" not in text


def test_work_of_somebody_who_left_the_project_is_exported_as_before(
    database: Database, tmp_path: Path
) -> None:
    project = a_worked_project(database)
    before = written(database, project, tmp_path, ALL).path.read_bytes()
    with database.write() as session:
        people.set_members(session, project, {}, by=None, now=NOW + timedelta(hours=1))
    assert written(database, project, tmp_path, ALL).path.read_bytes() == before


def test_what_leaves_comes_back_the_same(database: Database, tmp_path: Path) -> None:
    done = written(database, a_worked_project(database), tmp_path, ALL)
    first = sorted(done.path.read_bytes().splitlines())
    assert len(first) == done.ledger.annotations + done.ledger.unlabeled_items
    copy = bring(database, done.path, tmp_path, settings=Settings(overlap=2))
    again = written(database, copy, tmp_path, ALL)
    assert sorted(again.path.read_bytes().splitlines()) == first
    with database.read() as session:
        stand_ins = session.scalars(select(PersonRow).where(PersonRow.login.startswith("imported."))).all()
        assert len(stand_ins) == 2
        assert all(person.password_hash is None and person.disabled_at is not None for person in stand_ins)
        states = [
            session.scalars(
                select(ItemRow.state).where(ItemRow.project_id == id).order_by(ItemRow.external_id)
            ).all()
            for id in (1, copy)
        ]
        assert states[0] == states[1]
        open_slots = [
            session.scalar(
                select(func.count())
                .select_from(SlotRow)
                .join(ItemRow, ItemRow.id == SlotRow.item_id)
                .where(ItemRow.project_id == id, SlotRow.state == "open")
            )
            for id in (1, copy)
        ]
        assert open_slots[0] == open_slots[1]


def a_reviewed_desk(folder: Path, url: str) -> ReviewDesk:
    """Four answers: passed by judge and auditor, mended after a REDO, overridden by a researcher, unsure."""
    desk = a_review_desk(folder, {"rules": [{"by": "judge"}, {"by": "auditor"}]}, url)
    desk.items(4)
    person, auditor, researcher = desk.person(), desk.reviewer(), desk.reviewer("researcher")
    tasks = list(desk.next(person, 4).tasks)
    for task in tasks:
        desk.submit(task)
    desk.judge(tasks[0], GOOD)
    desk.review(auditor, tasks[0], GOOD, note="Fine.", active_ms=900)
    desk.judge(tasks[1], BAD)
    desk.submit(desk.redo(tasks[1]), NEGATIVE)
    desk.judge(tasks[1], GOOD)
    desk.review(auditor, tasks[1], GOOD)
    desk.judge(tasks[2], BAD, binds=False)
    desk.review(auditor, tasks[2], BAD)
    with desk.database.write() as session:
        row = session.scalars(select(FeedbackRow).where(FeedbackRow.source == "auditor")).all()[-1]
        own_feedback.reply(session, row, by=person.id, text="I see it otherwise.", now=desk.clock())
    desk.review(researcher, tasks[2], GOOD)
    desk.judge(tasks[3], GOOD, tone={"status": "uncertain", "grade": None, "reason": "0.4 sure"})
    desk.policy(rules=[])
    return desk


@pytest.fixture(params=["sqlite", "postgresql"])
def reviewed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ReviewDesk]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    desk = a_reviewed_desk(tmp_path, url)
    yield desk
    desk.database.close()


def test_reviews_and_decisions_come_back_the_same(reviewed: ReviewDesk, tmp_path: Path) -> None:
    database = reviewed.database
    done = written(database, reviewed.project_id, tmp_path, ALL)
    first = sorted(done.path.read_bytes().splitlines())
    told = [json.loads(line) for line in first]
    assert [row["annotation"]["status"] for row in told] == ["passed"] * 3 + ["accepted_unreviewed"]
    assert [row["annotation"]["redo_rounds"] for row in told] == [0, 1, 0, 0]
    assert [len(row["qa"]) for row in told] == [2, 3, 3, 1]
    copy = bring(database, done.path, tmp_path, rubrics=(RUBRIC,))
    again = written(database, copy, tmp_path, ALL)
    assert sorted(again.path.read_bytes().splitlines()) == first
    assert standing(database, copy) == standing(database, reviewed.project_id)
    with database.read() as session:
        assert not any(session.scalars(select(JudgeRow.binds).where(JudgeRow.project_id == copy)))


def standing(database: Database, project_id: int) -> list[Any]:
    """The states of items and assignments, by item."""
    with database.read() as session:
        rows = session.execute(
            select(ItemRow.external_id, ItemRow.state, AssignmentRow.state, AssignmentRow.review)
            .join(AssignmentRow, AssignmentRow.item_id == ItemRow.id)
            .where(ItemRow.project_id == project_id)
            .order_by(ItemRow.external_id)
        )
        return [tuple(row) for row in rows]


def test_a_judge_of_the_project_is_not_taken_for_one_that_came_in(tmp_path: Path) -> None:
    """Ids under which judges' feedback is stored count up in each installation."""
    desk = a_review_desk(tmp_path, {"rules": [{"by": "judge"}]})
    desk.items(1)
    person = desk.person()
    task = desk.take(person)
    desk.submit(task)
    with desk.database.write() as session:
        session.add(
            FeedbackRow(
                project_id=desk.project_id,
                item_id=task.item.id,
                assignment_id=task.assignment,
                revision=2,
                client_id=f"judge-1-{task.assignment}-1",
                source="judge",
                rubric_version=1,
                findings=[],
                scores=[],
                created_at=NOW,
            )
        )
    for _ in range(2):
        desk.judge(task, GOOD)
    assert [row.client_id for row in desk.feedback(task)][1:] == [f"judge-1-{task.assignment}-1-here"]
    assert desk.assignment(task).state == "passed"
    desk.database.close()


def test_a_pseudonym_of_a_reviewer_who_worked_here_is_not_shared(tmp_path: Path) -> None:
    desk = a_reviewed_desk(tmp_path, "")
    done = written(desk.database, desk.project_id, tmp_path)
    pseudonym = next(one["reviewer"] for row in rows_of(done) for one in row["qa"] if one["reviewer"])
    folder = tmp_path / "other"
    folder.mkdir()
    other = a_review_desk(folder, {"rules": [{"by": "auditor"}]})
    other.numbers = count(100)  # client ids unlike those in the file
    other.items(["Another text"])
    task = other.take(other.person())
    other.submit(task)
    auditor = other.reviewer()
    other.review(auditor, task, GOOD)
    with other.database.write() as session:
        is_auditor = MembershipRow.person_id == auditor.person.id
        session.execute(update(MembershipRow).where(is_auditor).values(pseudonym=pseudonym))
        row = import_items.start(
            session,
            session.get_one(ProjectRow, other.project_id),
            filename="out.jsonl",
            path=done.path,
            format=None,
            mapping={},
            by=None,
            now=NOW,
        )
    import_items.run(other.database, row.id, data_dir=folder, clock=Clock())
    with other.database.read() as session:
        names = {row.person_id: row.pseudonym for row in session.scalars(select(MembershipRow))}
        assert names[auditor.person.id] == pseudonym
        assert f"{pseudonym}.2" in names.values()
        assert imports.rejected(session, row.id, limit=9) == []
    for one in (desk, other):
        one.database.close()


@pytest.mark.parametrize(
    ("where", "changes", "told"),
    [
        ("qa", {"status": "FINE"}, "status"),
        ("qa", {"revision": 7}, "a review is about revision 7; allowed: 1"),
        ("qa", {"rubric": "r3"}, "the rubric r3, which the project does not have"),
        ("qa", {"criteria": [{"name": "beauty", "grade_name": "good"}]}, "'beauty', which the rubric r1"),
        ("qa", {"criteria": []}, "accuracy"),
        ("qa", {"reviewer": None}, "has a reviewer where a person made it"),
        ("qa", {"source": "llm_judge", "reviewer": None}, "no model or no judge_version"),
        ("decisions", {"revision": 2}, "a decision is about revision 2; allowed: 1"),
        ("decisions", {"status": "MAYBE"}, "status"),
        ("decisions", {"feedback": "gone"}, "the review 'gone', which is not in the row"),
        ("decisions", {"status": "REDO"}, "the annotation was sent back"),
    ],
)
def test_a_review_that_cannot_be_is_rejected_with_its_row(
    tmp_path: Path, where: str, changes: dict[str, Any], told: str
) -> None:
    desk = a_review_desk(tmp_path, {"rules": [{"by": "auditor"}]})
    desk.items(1)
    task = desk.take(desk.person())
    desk.submit(task)
    desk.review(desk.reviewer(), task, GOOD)
    (row,) = rows_of(written(desk.database, desk.project_id, tmp_path))
    (row if where == "qa" else row["annotation"])[where][0] |= changes
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(row))
    with desk.database.write() as session:
        project = a_project(session, a_spec(rubrics=(RUBRIC,)))
        started = import_items.start(
            session, project, filename=file.name, path=file, format=None, mapping={}, by=None, now=NOW
        )
    import_items.run(desk.database, started.id, data_dir=tmp_path, clock=Clock())
    with desk.database.read() as session:
        (bad,) = imports.rejected(session, started.id, limit=9)
        assert bad.row == 1
        assert told in bad.reason
        in_copy = select(FeedbackRow.id).where(FeedbackRow.project_id == project.id)
        assert session.scalars(in_copy).all() == []
    desk.database.close()


def test_csv_comes_back_the_same_as_csv(database: Database, tmp_path: Path) -> None:
    options = ExportOptions(format="csv", states=EXPORTABLE, include_unlabeled=True)
    done = written(database, a_worked_project(database), tmp_path, options)
    first = sorted(csv.reader(done.path.read_text("utf-8").splitlines(keepends=True)))
    assert len(first) == 1 + done.ledger.annotations + done.ledger.unlabeled_items
    again = written(database, bring(database, done.path, tmp_path), tmp_path, options)
    assert sorted(csv.reader(again.path.read_text("utf-8").splitlines(keepends=True))) == first


def test_a_csv_cell_that_a_spreadsheet_would_run_is_defused(database: Database, tmp_path: Path) -> None:
    done = written(database, a_worked_project(database), tmp_path, ExportOptions(format="csv"))
    rows = list(csv.DictReader(done.path.read_text("utf-8").splitlines(keepends=True)))
    assert [row["answer.complaint"] for row in rows if row["answer.complaint"]] == [
        '\'=SUM(1) "broke", twice\nand again 😀'
    ]
    assert rows[0]["annotation.active_ms"] == "4000"


def test_a_pseudonym_of_a_member_who_worked_here_is_not_shared(database: Database, tmp_path: Path) -> None:
    done = written(database, a_worked_project(database), tmp_path)
    pseudonym = rows_of(done)[0]["annotation"]["annotator"]
    with database.write() as session:
        project = a_project(session)
        member = a_member(session, project)
        session.execute(
            update(MembershipRow).where(MembershipRow.person_id == member.id).values(pseudonym=pseudonym)
        )
        items(session, project, 1)
    answer(database, project.id, member, [POSITIVE])
    with database.write() as session:
        found = session.get_one(ProjectRow, project.id)
        row = import_items.start(
            session, found, filename="out.jsonl", path=done.path, format=None, mapping={}, by=None, now=NOW
        )
    import_items.run(database, row.id, data_dir=tmp_path, clock=Clock())
    with database.read() as session:
        names = select(MembershipRow.pseudonym).where(MembershipRow.project_id == project.id)
        assert {pseudonym, f"{pseudonym}.2"} <= set(session.scalars(names))


def test_what_is_sent_while_the_file_is_written_stays_out(database: Database, tmp_path: Path) -> None:
    project = a_worked_project(database)
    rows = export._Rows(database, project, ExportOptions(), lambda done, total: None)
    with database.write() as session:
        late = a_member(session, session.get_one(ProjectRow, project))
        session.get_one(ProjectRow, project).reopened_seq += 1
    answer(database, project, late, [POSITIVE])
    assert len(list(rows)) == 5
    assert rows.ledger.annotations == 7


def test_an_answer_that_was_sent_back_cannot_be_asked_for() -> None:
    with pytest.raises(InvalidInput, match="'redo' cannot be exported; allowed: any of passed, submitted"):
        ExportOptions(states=("redo",))


def test_unreviewed_answers_can_be_left_out(database: Database, tmp_path: Path) -> None:
    done = written(database, a_worked_project(database), tmp_path, ExportOptions(include_unreviewed=False))
    assert (done.ledger.exported, done.ledger.excluded["unreviewed"]) == (0, 5)


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, int, Path]]:
    folder = tmp_path_factory.mktemp("worked")
    database = a_database(folder)
    yield database, a_worked_project(database), folder
    database.close()


STATES: list[AssignmentState] = ["submitted", "passed", "redo", "rejected", "skipped", "surplus", "withdrawn"]


@settings(max_examples=40)
@given(
    states=st.lists(st.sampled_from([*STATES, "leased"]), min_size=7, max_size=7),
    wanted=st.sets(st.sampled_from(EXPORTABLE)),
    format=st.sampled_from(["jsonl", "csv"]),
    unreviewed=st.sampled_from([None, True, False]),
)
def test_an_answer_that_was_sent_back_never_leaves_whatever_is_asked(
    worked: tuple[Database, int, Path], states: list[str], wanted: set[str], format: Any, unreviewed: Any
) -> None:
    database, project, folder = worked
    with database.write() as session:
        for id, state in enumerate(states, start=1):
            session.execute(update(AssignmentRow).where(AssignmentRow.id == id).values(state=state))
    options = ExportOptions(format=format, states=tuple(wanted), include_unreviewed=unreviewed)
    done = written(database, project, folder, options)
    with database.read() as session:
        sent_back = select(RevisionRow.client_id).join(AssignmentRow).where(AssignmentRow.state == "redo")
        client_ids = set(session.scalars(sent_back))
    text = done.path.read_text("utf-8")
    assert not [id for id in client_ids if id in text]
    assert done.ledger.annotations == 7 == done.ledger.exported + done.ledger.excluded.total()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"value": {"sentiment": {"kind": "choice", "value": "lovely"}}}, "one of positive, negative"),
        ({"origin": {}}, "no origin for sentiment"),
        ({"active_ms": -1}, "active_ms"),
        ({"annotator": "no spaces"}, "annotator"),
        ({"status": "redo"}, "status"),
        ({"earlier": [{"active_ms": 9000, "client_id": "x"}]}, "less than those of its earlier revisions"),
        ({"note": "a NUL: \x00"}, "holds a NUL character"),
        ({"client_id": "c1"}, "client_id 'c1' was sent before"),
    ],
)
def test_an_annotation_that_cannot_be_is_rejected_and_its_item_stays(
    database: Database, tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    good = {
        "annotator": "a1",
        "value": {"sentiment": {"kind": "choice", "value": "positive"}},
        "origin": {"sentiment": {"": "human"}},
        "active_ms": 10,
        "client_id": "c1",
    }
    rows = [
        {"item_id": "one", "data": {"text": "One"}, "annotation": good},
        {"item_id": "two", "data": {"text": "Two"}, "annotation": good | {"client_id": "c2"} | changes},
        {"item_id": "one", "data": {"text": "One"}, "annotation": good | {"client_id": "c3"}},
    ]
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with database.write() as session:
        row = import_items.start(
            session,
            a_project(session),
            filename=file.name,
            path=file,
            format=None,
            mapping={},
            by=None,
            now=NOW,
        )
    import_items.run(database, row.id, data_dir=tmp_path, clock=Clock())
    with database.read() as session:
        reasons = {bad.row: bad.reason for bad in imports.rejected(session, row.id, limit=9)}
        assert set(reasons) == {2, 3}
        assert told in reasons[2]
        assert reasons[3] == "annotator 'a1' has an annotation of this item already"
        items_left = 1 if "note" in changes else 2  # a row that cannot be stored at all brings no item
        assert session.get_one(ImportRow, row.id).imported == items_left
        assert len(session.scalars(select(AssignmentRow.id)).all()) == 1
