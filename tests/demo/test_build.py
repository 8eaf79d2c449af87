"""The demo is built without a model, and no screen of it is empty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from milo.config import Config
from milo.db.queries import projects as project_queries
from milo.db.tables import (
    AnswerRow,
    AssignmentRow,
    InquiryRow,
    ItemRow,
    JobRow,
    ModelRow,
    ProjectRow,
    SuggestionRow,
    UnitRow,
)
from milo.demo import story
from milo.demo.build import Demo, build
from milo.installation import Installation, open_installation
from milo.workflow import items, progress, projects


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, Demo]]:
    installation = open_installation(Config(data_dir=tmp_path_factory.mktemp("demo")))
    yield installation, build(installation, now=datetime.now(UTC))
    installation.database.close()


@pytest.fixture
def session(built: tuple[Installation, Demo]) -> Iterator[Session]:
    with built[0].database.read() as session:
        yield session


def count(session: Session, table: type, *conditions: object) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0  # type: ignore[arg-type]


def test_all_items_are_there_and_some_work_is_done(session: Session) -> None:
    assert count(session, ItemRow) == 90
    assert count(session, AssignmentRow, AssignmentRow.state == "submitted") == len(story.read()["answers"])
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
    model = session.scalars(select(ModelRow).where(ModelRow.provider == "replay")).one()
    assert "(recorded)" in model.name
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
