"""The demo is built without a model, and no screen of it is empty."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Literal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from milo.config import Config
from milo.db.queries import projects as project_queries
from milo.db.queries.people import as_person
from milo.db.tables import (
    AnswerRow,
    AssignmentRow,
    AssistantRow,
    DecisionRow,
    FeedbackRow,
    InquiryRow,
    ItemRow,
    JobRow,
    JudgeRow,
    ModelDraftRow,
    ModelRow,
    PersonRow,
    ProjectRow,
    RatingRow,
    SuggestionRow,
    UnitRow,
    WritingRow,
)
from milo.demo import story
from milo.demo.build import Demo, build
from milo.installation import Installation, open_installation
from milo.workflow import (
    assign,
    export,
    items,
    judge_cards,
    judge_queue,
    progress,
    projects,
    review_queue,
)
from milo.workflow.review import Reviewer


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, Demo]]:
    installation = open_installation(Config(data_dir=tmp_path_factory.mktemp("demo")))
    yield installation, build(installation, now=datetime.now(UTC))
    installation.database.close()


@pytest.fixture
def session(built: tuple[Installation, Demo]) -> Iterator[Session]:
    with built[0].database.read() as session:
        yield session


@contextmanager
def reading(built: tuple[Installation, Demo]) -> Iterator[tuple[Session, ProjectRow]]:
    """The project of written answers; what is done in the block is not kept."""
    with built[0].database.write() as session:
        project = project_queries.find(session, built[1].projects["written"])
        assert project is not None
        yield session, project
        session.rollback()


def count(session: Session, table: type, *conditions: object) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0  # type: ignore[arg-type]


def test_all_items_are_there_and_some_work_is_done(session: Session) -> None:
    assert count(session, ItemRow) == 115
    answered = AssignmentRow.state.in_(("submitted", "passed", "redo"))
    assert count(session, AssignmentRow, answered) == len(story.read()["answers"]) + 4
    assert count(session, AssignmentRow, AssignmentRow.state == "rejected") == 2


def test_a_review_that_breaks_off_was_rejected_and_nobody_gets_it_again(
    session: Session, built: tuple[Installation, Demo]
) -> None:
    reviews = project_queries.find(session, built[1].projects["reviews"])
    assert reviews is not None
    found = progress.of_project(session, reviews, datetime.now(UTC))
    assert found.items == {"new": 48, "labeled": 11, "rejected": 1}
    assert [person.rejected for person in found.annotators] == [1]
    page = items.listed(session, reviews.id, state="rejected")
    assert [item.external_id for item in page.items] == ["rv-006"]


def test_what_was_written_with_drafts_keeps_drafts_edits_and_what_was_said_of_them(session: Session) -> None:
    drafts = session.scalars(select(ModelDraftRow).order_by(ModelDraftRow.id)).all()
    assert [draft.status for draft in drafts] == ["abstained", *["done"] * 6]
    responses = session.scalars(
        select(WritingRow).where(WritingRow.question == "response").order_by(WritingRow.assignment_id)
    ).all()
    assert all(writing.is_complete for writing in responses)
    assert [round(writing.draft_share, 2) for writing in responses] == [0.11, 0.0, 0.0, 0.21]
    thumbs = session.execute(select(RatingRow.thumb, func.count()).group_by(RatingRow.thumb)).all()
    assert {row[0]: row[1] for row in thumbs} == {"up": 3, "down": 4}


def test_the_recorded_writer_is_the_assistant_of_yesterday_and_the_embedded_model_todays(
    session: Session, built: tuple[Installation, Demo]
) -> None:
    project = project_queries.find(session, built[1].projects["pictures"])
    assert project is not None
    assert projects.settings(project).assistant.model == "Qwen2.5-Coder 0.5B Instruct, 4 bit"
    earlier = session.scalars(
        select(ModelRow.provider).join(AssistantRow, AssistantRow.model_id == ModelRow.id)
    )
    assert list(earlier) == ["replay"]


def test_every_known_comment_has_recorded_suggestions_but_for_the_call_that_failed(session: Session) -> None:
    with_any = session.scalar(select(func.count(SuggestionRow.item_id.distinct())))
    failed = session.scalars(
        select(ItemRow.external_id)
        .join(UnitRow, UnitRow.item_id == ItemRow.id)
        .where(UnitRow.status == "failed")
    )
    assert with_any == 24
    assert set(failed) == {"cc-019"}


def test_the_first_comments_say_why_and_point_at_the_text(session: Session) -> None:
    first = select(SuggestionRow).join(ItemRow, ItemRow.id == SuggestionRow.item_id)
    rows = session.scalars(first.where(ItemRow.external_id == "cc-004")).all()
    explained = [row.explanation for row in rows if row.explanation]
    assert len(explained) == 3
    assert any(explanation["evidence"] for explanation in explained)


def test_the_recorded_model_says_what_it_measured_and_where_it_is_not_useful(session: Session) -> None:
    model = session.scalars(select(ModelRow).where(ModelRow.name.endswith("(recorded)"))).one()
    assert model.provider == "replay"
    assert model.card is not None
    assert model.card["measured"]["items"] == 24
    assert model.card["measured"]["not_useful_for"]


def test_people_disagree_about_one_comment(session: Session) -> None:
    (told,) = story.read()["disagreements"]
    given = session.scalars(
        select(AnswerRow.option)
        .join(ItemRow, ItemRow.id == AnswerRow.item_id)
        .where(ItemRow.external_id == told["item"], AnswerRow.question == told["question"])
    )
    assert set(given) == {told["first_annotator"], told["second_annotator"]}


def test_a_question_to_the_researcher_became_a_clause_of_the_guideline(session: Session) -> None:
    inquiry = session.scalars(select(InquiryRow)).one()
    project = session.get_one(ProjectRow, inquiry.project_id)
    sections = projects.guideline_sections(session, project.id, project.guideline_version)
    assert inquiry.reply
    assert project.guideline_version == 2
    assert [section.inquiry for section in sections if section.id == inquiry.section_id] == [inquiry.id]


def test_two_jobs_wait_for_the_embedded_model(session: Session, built: tuple[Installation, Demo]) -> None:
    waiting = session.scalars(select(JobRow.id).where(JobRow.state == "queued")).all()
    assert tuple(waiting) == built[1].waiting_jobs


def test_an_answer_that_was_sent_back_waits_first_for_each_annotator_with_the_reasons(
    built: tuple[Installation, Demo],
) -> None:
    for login, item, reason in (
        ("first-annotator", "wa-04", "where the tour starts"),
        ("second-annotator", "wa-09", "musuem"),
    ):
        with reading(built) as (session, project):
            row = session.scalars(select(PersonRow).where(PersonRow.login == login)).one()
            tasks = assign.next_tasks(session, project, row.id, 2, now=datetime.now(UTC)).tasks
            assert tasks[0].item.external_id == item
            assert tasks[0].redo is not None
            given = [one for one in tasks[0].redo.feedback if one.source == "auditor"]
            assert reason in " ".join(one.explanation for one in given[0].findings)
            assert tasks[1].redo is None


def test_a_mended_answer_passed_and_what_was_sent_back_is_no_label(
    built: tuple[Installation, Demo],
) -> None:
    with reading(built) as (session, project):
        rows = session.execute(
            select(ItemRow.external_id, AssignmentRow.state, AssignmentRow.redo_rounds)
            .join(AssignmentRow, AssignmentRow.item_id == ItemRow.id)
            .where(ItemRow.project_id == project.id, AssignmentRow.state.in_(("passed", "redo")))
        ).all()
        assert {(row.external_id, row.state) for row in rows if row.redo_rounds} == {
            ("wa-02", "passed"),
            ("wa-04", "redo"),
            ("wa-09", "redo"),
        }
        counted = export.counts(session, project, 16)
        assert (counted.labels, counted.states["redo"], counted.in_review) == (5, 2, 5)


def test_the_auditor_and_the_researcher_find_answers_to_review(
    built: tuple[Installation, Demo],
) -> None:
    sources: tuple[Literal["auditor", "researcher"], ...] = ("auditor", "researcher")
    for source in sources:
        with reading(built) as (session, project):
            row = session.scalars(select(PersonRow).where(PersonRow.login == source)).one()
            reviewer = Reviewer(person=as_person(row), source=source)
            found = review_queue.next_review(
                session, project, reviewer, assignment=None, now=datetime.now(UTC)
            )
            assert found.queue.due == 5
            assert found.review is not None


def test_the_judge_is_advice_alone_and_its_card_says_what_people_found(
    built: tuple[Installation, Demo],
) -> None:
    with reading(built) as (session, project):
        (judge,) = judge_cards.every(session, project)
        assert "recorded judge" in judge.model.name
        assert judge.card is not None
        status = judge.card.status
        assert status.n == 8  # seven answers, one of them twice
        assert status.recall is not None
        assert status.precision is not None
        assert (status.recall.value, status.precision.value, status.kappa) == (
            1.0,
            3 / 8,
            0.0,
        )  # all sent back
        assert not judge.binds
        assert next(check.name for check in judge.met if not check.is_met) == "reviewed"
        assert judge_cards.detail(session, project, session.get_one(JudgeRow, judge.id)).disagreements
        decided = session.scalars(select(DecisionRow.by)).all()
        assert set(decided) == {"auditor"}


def test_three_answers_wait_for_the_judge_to_look_at_them_live(
    built: tuple[Installation, Demo],
) -> None:
    with reading(built) as (session, project):
        waiting = session.scalars(
            select(ItemRow.external_id)
            .join(AssignmentRow, AssignmentRow.item_id == ItemRow.id)
            .where(AssignmentRow.project_id == project.id, AssignmentRow.judge_due)
            .order_by(ItemRow.id)
        ).all()
        assert waiting == ["wa-06", "wa-11", "wa-12"]
        assert judge_queue.is_any_due(session, now=datetime.now(UTC))


def test_feedback_was_read_and_replied_to(built: tuple[Installation, Demo]) -> None:
    with reading(built) as (session, _):
        given = session.scalars(select(FeedbackRow).where(FeedbackRow.reply.is_not(None))).one()
        assert given.source == "auditor"
        assert given.status == "redo"
