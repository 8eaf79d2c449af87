"""Many people, two tabs each, two servers: every item gets its answers, none twice, none lost."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from milo.db.queries import slots
from milo.db.session import Database
from milo.db.tables import AnswerRow, AssignmentRow, ItemRow, ProjectRow, RevisionRow, SlotRow
from milo.workflow import assign, people
from tests.builders import NOW, a_database, a_member, a_project, a_spec, items
from tests.concurrency.server import fast_clock, servers
from tests.concurrency.tab import Seen, Tab

ITEMS, OVERLAP, ANNOTATORS, TABS, SERVERS = 1000, 3, 20, 2, 2
LEASE_MINUTES, SPEED = 30, 300.0  # a lease of half an hour ends after 6 real seconds


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    database = a_database(tmp_path, url)
    yield database
    database.close()


@pytest.mark.slow
def test_every_item_gets_three_annotators_and_no_answer_is_lost(database: Database, tmp_path: Path) -> None:
    logins = _set_up(database)
    began = time.time()
    with servers(SERVERS, database.url, tmp_path, speed=SPEED, began=began) as ports:
        seen = _work([_tab(number, login, ports, began) for number, login in enumerate(logins)])
    problems = [problem for one in seen for problem in one.problems]
    statuses = sum((one.statuses for one in seen), Counter())
    acknowledged = {id: state for one in seen for id, state in one.acknowledged.items()}

    assert problems == []
    assert set(statuses) <= {200, 409}
    assert sum(one.forgotten for one in seen) >= ITEMS * OVERLAP * 0.08
    assert sum(one.late for one in seen) >= ITEMS * OVERLAP * 0.08
    with database.read() as session:
        per_item = session.execute(
            select(AssignmentRow.item_id, AssignmentRow.annotator_id).where(
                AssignmentRow.state == "submitted"
            )
        ).all()
        by_item: dict[int, set[int]] = {}
        for item_id, annotator_id in per_item:
            by_item.setdefault(item_id, set()).add(annotator_id)
        assert len(by_item) == ITEMS
        assert {len(annotators) for annotators in by_item.values()} == {OVERLAP}
        assert len(per_item) == ITEMS * OVERLAP
        filled = session.execute(select(SlotRow.item_id, SlotRow.annotator_id, SlotRow.state)).all()
        assert {state for _, _, state in filled} == {"done"}
        assert {(i, a) for i, a, _ in filled} == set(map(tuple, per_item))
        stored = session.scalars(select(RevisionRow.client_id)).all()
        assert len(stored) == len(set(stored))
        assert set(acknowledged) == set(stored)
        assert set(session.scalars(select(ItemRow.state))) == {"labeled"}
        answered = Counter(session.scalars(select(AnswerRow.assignment_id)))
        assert set(answered.values()) == {1}
        surplus = session.scalar(
            select(func.count()).select_from(AssignmentRow).where(AssignmentRow.state == "surplus")
        )
    assert surplus == sum(state == "surplus" for state in acknowledged.values())


@pytest.mark.parametrize("has_index", [True, False])
def test_the_index_alone_keeps_two_tabs_from_one_item(
    postgres_url: str, tmp_path: Path, has_index: bool
) -> None:
    """Two claims of one person at once, neither waiting for the other: what the advisory lock prevents."""
    database = a_database(tmp_path, postgres_url)
    with database.write() as session:
        project = a_project(session, a_spec(settings={"overlap": 2}))
        items(session, project, 1)
        person = a_member(session, project)
        if not has_index:
            session.execute(text("DROP INDEX uq_slot_item_annotator"))
    with ThreadPoolExecutor(1) as other_tab:
        with database.write() as session:
            assert _claim(session, person.id)
            second = other_tab.submit(_claim_alone, database, person.id)
            wait([second], timeout=0.5)  # until it stands at the index, or is through
        if has_index:
            with pytest.raises(IntegrityError, match="uq_slot_item_annotator"):
                second.result(10)
        else:
            assert second.result(10)
    with database.read() as session:
        held = session.scalars(select(SlotRow.item_id).where(SlotRow.annotator_id == person.id)).all()
    assert len(held) == (1 if has_index else 2)
    database.close()


def test_two_tabs_that_wait_for_each_other_get_different_items(database: Database) -> None:
    with database.write() as session:
        project = a_project(session, a_spec(settings={"overlap": 2}))
        items(session, project, 8)
        person = a_member(session, project)

    def take(_: int) -> list[int]:
        with database.write() as session:
            project = session.get_one(ProjectRow, 1)
            return [t.item.id for t in assign.next_tasks(session, project, person.id, 1, now=NOW).tasks]

    with ThreadPoolExecutor(8) as tabs:
        taken = [item for one in tabs.map(take, range(8)) for item in one]
    assert sorted(taken) == list(range(1, 9))


def _claim_alone(database: Database, annotator_id: int) -> slots.Claimed | None:
    with database.write() as session:
        return _claim(session, annotator_id)


def _claim(session: Session, annotator_id: int) -> slots.Claimed | None:
    start = slots.Cursor(slots.main_queue(session, 1), -slots.END, 0, 0)
    return slots.claim(session, start, annotator_id, NOW + timedelta(minutes=30))


def _set_up(database: Database) -> list[people.LogIn]:
    """A project with items; a log-in for each tab, two tabs an annotator."""
    now = datetime.now(UTC)
    with database.write() as session:
        settings = {"overlap": OVERLAP, "lease_minutes": LEASE_MINUTES}
        project = a_project(session, a_spec(settings=settings))
        items(session, project, ITEMS)
        annotators = [a_member(session, project) for _ in range(ANNOTATORS)]
        return [
            people.open_session(session, annotator.id, hours=24 * 365, now=now)
            for annotator in annotators
            for _ in range(TABS)
        ]


def _tab(number: int, login: people.LogIn, ports: list[int], began: float) -> Tab:
    share = ITEMS * OVERLAP // 10 // (ANNOTATORS * TABS)
    return Tab(
        name=f"tab{number}",
        ports=ports,
        token=login.token,
        csrf_token=login.csrf_token,
        clock=fast_clock(SPEED, began),
        random=Random(number),
        most_forgotten=share,
        most_late=share,
    )


def _work(tabs: list[Tab]) -> list[Seen]:
    """What all tabs met, each in a thread of its own."""
    with ThreadPoolExecutor(len(tabs)) as pool:
        return list(pool.map(Tab.work, tabs, timeout=120))
