"""Lists and counts stay on their indexes, however many items there are: the plans SQLite chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from milo.core.assignment import ItemState
from milo.db.queries import assistant_reports, exports, items, progress, ratings, review_reports, reviews
from milo.db.queries import examples as example_queries
from milo.db.session import Database
from milo.db.tables import AssistantRow, ModelRow, PromptVersionRow, SuggestionRow
from milo.workflow import items as item_table
from tests.builders import NOW, a_database, a_project
from tests.builders import items as some_items


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = a_database(tmp_path)
    with database.write() as session:
        some_items(session, a_project(session), 3)
    yield database
    database.close()


def plans_of(database: Database, read: Callable[[Session], Any]) -> list[str]:
    """The steps SQLite would take for each statement of a read."""
    statements: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip().startswith("SELECT"):
            statements.append((statement, parameters))

    event.listen(database._reader, "before_cursor_execute", note)
    with database.read() as session:
        read(session)
        event.remove(database._reader, "before_cursor_execute", note)
        connection = session.connection()
        return [
            row[3]
            for statement, parameters in statements
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]


@pytest.mark.parametrize("state", [None, "new"])
@pytest.mark.parametrize("search", ["", "works"])
def test_a_page_of_the_item_table_scans_and_sorts_nothing(
    database: Database, state: ItemState | None, search: str
) -> None:
    everything = plans_of(
        database, lambda session: item_table.listed(session, 1, state=state, search=search, after=1)
    )
    assert not [step for step in everything if step.startswith("SCAN")]
    plans = plans_of(
        database,
        lambda session: items.page(session, 1, state=state, search=search, after=1, limit=50),
    )
    assert "USE TEMP B-TREE FOR ORDER BY" not in plans
    index = "ix_item_project_id" if state is None else "ix_item_project_state"
    wanted = "project_id=? AND rowid>?" if state is None else "project_id=? AND state=? AND rowid>?"
    assert any(
        index in step and wanted.replace("rowid", "id") in step.replace("rowid", "id") for step in plans
    )


@pytest.mark.parametrize(
    ("count", "index"),
    [
        (lambda session: items.counts_by_state(session, 1), "ix_item_project_state"),
        (lambda session: exports.counts_by_state(session, 1), "ix_assignment_project_state"),
        (lambda session: progress.worked(session, 1), "ix_assignment_project_state"),
        (
            lambda session: progress.sent_since(session, 1, [1, 2], NOW - timedelta(days=14)),
            "ix_assignment_mine",
        ),
        (lambda session: reviews.count_redo(session, 1, 1), "ix_assignment_project_state"),
        (
            lambda session: progress.median_active_ms(session, 1, 1, ["submitted"], 5),
            "ix_assignment_project_state",
        ),
    ],
)
def test_counts_are_made_in_an_index_alone(
    database: Database, count: Callable[[Session], Any], index: str
) -> None:
    plans = plans_of(database, count)
    assert any(f"USING COVERING INDEX {index} (project_id=?" in step for step in plans), plans
    assert "USE TEMP B-TREE FOR ORDER BY" not in plans


def test_items_with_known_answers_are_found_in_their_own_index(database: Database) -> None:
    plans = plans_of(database, lambda session: progress.answers_on_gold(session, 1, latest=10))
    assert any("ix_item_gold (project_id=? AND state=?)" in step for step in plans), plans
    assert not [step for step in plans if step.startswith("SCAN item")]


@pytest.mark.parametrize("sees_all", [True, False])
def test_the_next_review_is_found_in_the_index_of_the_queue(database: Database, sees_all: bool) -> None:
    def next_due(session: Session, given_back: bool) -> Any:
        return reviews.next_due(session, 1, 1, sees_all=sees_all, now=NOW, given_back=given_back)

    for given_back in (False, True):
        plans = plans_of(database, partial(next_due, given_back=given_back))
        assert any("COVERING INDEX ix_assignment_review (project_id=?" in step for step in plans), plans
        assert "USE TEMP B-TREE FOR ORDER BY" not in plans
        assert not [step for step in plans if step.startswith("SCAN")]
    counted = plans_of(database, lambda session: reviews.count_due(session, 1, 1, sees_all=sees_all))
    assert any("COVERING INDEX ix_assignment_review (project_id=?" in step for step in counted), counted


@pytest.mark.parametrize(
    ("read", "index"),
    [
        (
            lambda session: reviews.redo(session, 1, 1, now=NOW, count=1, most=50),
            "ix_assignment_redo (project_id=? AND annotator_id=?",
        ),
        (
            lambda session: reviews.absent(session, 1, now=NOW, most=50),
            "ix_assignment_absent (project_id=? AND redo_until<?",
        ),
        (
            lambda session: reviews.due_for_judge(session, 1, after=0, limit=100),
            "ix_assignment_judge (project_id=? AND id>?",
        ),
        (
            lambda session: reviews.count_reviewed(session, 1, 1, NOW),
            "ix_feedback_person (project_id=? AND person_id=? AND created_at>?",
        ),
        (
            lambda session: reviews.listed(session, 1, ("due",), before=None, limit=30),
            "ix_assignment_reviewed (project_id=? AND review=?",
        ),
        (
            lambda session: exports.count_in_review(session, 1),
            "ix_assignment_reviewed (project_id=? AND review=?",
        ),
        (
            lambda session: progress.count_to_mend(session, 1),
            "ix_assignment_reviewed (project_id=? AND review=?",
        ),
    ],
)
def test_what_reviewers_and_judges_ask_for_has_an_index_of_its_own(
    database: Database, read: Callable[[Session], Any], index: str
) -> None:
    plans = plans_of(database, read)
    assert any(index in step.replace("rowid", "id") for step in plans), plans
    assert "USE TEMP B-TREE FOR ORDER BY" not in plans


@pytest.mark.parametrize("after", [None, (1, 7)])
def test_the_list_of_own_feedback_reads_one_annotators_answers_alone(
    database: Database, after: tuple[int, int] | None
) -> None:
    plans = plans_of(
        database,
        lambda session: review_reports.told(
            session, 1, 1, source="judge", status="redo", after=after, limit=31
        ),
    )
    plans += plans_of(database, lambda session: review_reports.count_told(session, 1, 1))
    own = "ix_assignment_mine (project_id=? AND annotator_id=?"
    assert len([step for step in plans if own in step]) == 2, plans
    assert any("ix_decision_assignment (assignment_id=?" in step for step in plans), plans
    scanned = [step for step in plans if step.startswith("SCAN")]
    assert {step.split()[1] for step in scanned} <= {"anon_1"}, scanned  # the page that was found


@pytest.mark.parametrize(
    ("read", "step"),
    [
        (
            lambda session: assistant_reports.written(session, 1, latest=5),
            "ix_writing_project (project_id=?)",
        ),
        (
            lambda session: assistant_reports.speeds(session, 1, latest=5),
            "ix_model_draft_project (project_id=?)",
        ),
        (
            lambda session: assistant_reports.first_answers(session, 1, latest=5),
            "ix_revision_project (project_id=?)",
        ),
        (
            lambda session: assistant_reports.advised(session, 1, latest=5),
            "ix_revision_project (project_id=?)",
        ),
        (
            lambda session: ratings.page(session, 1, kinds=["draft"], thumbs=["down"], before=9, limit=5),
            "ix_rating_project (project_id=? AND rated=? AND thumb=? AND id<?)",
        ),
        (
            lambda session: example_queries.of_question(session, 1, "response", not_of="x", limit=8),
            "ix_example_project (project_id=? AND question=?)",
        ),
    ],
)
def test_the_latest_of_models_work_are_read_in_the_order_of_an_index(
    database: Database, read: Callable[[Session], Any], step: str
) -> None:
    with database.write() as session:
        model = ModelRow(name="scripted", provider="scripted", model="s", created_at=NOW)
        session.add(model)
        session.flush()
        of_model = {"project_id": 1, "model_id": model.id, "config": {}, "created_at": NOW}
        prompt = PromptVersionRow(version="p1", **of_model)
        session.add_all([prompt, AssistantRow(version="a1", **of_model)])
        session.flush()
        proposed = {"item_id": 1, "question": "sentiment", "status": "ok", "created_at": NOW}
        session.add(SuggestionRow(project_id=1, prompt_version_id=prompt.id, **proposed))
    plans = plans_of(database, read)
    assert any(step in one for one in plans), plans
    assert not [one for one in plans if one.startswith("SCAN ") and one != "SCAN CONSTANT ROW"]
    assert "USE TEMP B-TREE FOR ORDER BY" not in plans


@pytest.mark.parametrize(
    ("count", "index"),
    [
        (lambda session: assistant_reports.ratings(session, 1), "ix_rating_project"),
        (lambda session: assistant_reports.rated_drafts(session, 1, 1), "ix_rating_project"),
        (lambda session: assistant_reports.reviewed(session, 1), "ix_assignment_reviewed"),
        (lambda session: assistant_reports.count_drafts(session, 1, 1), "ix_model_draft_assistant"),
        (lambda session: assistant_reports.drafts_by_status(session, [1]), "ix_model_draft_assistant"),
    ],
)
def test_models_work_is_counted_over_an_index(
    database: Database, count: Callable[[Session], Any], index: str
) -> None:
    plans = plans_of(database, count)
    assert any(index in one for one in plans), plans
    assert not [one for one in plans if one.startswith("SCAN ")]
