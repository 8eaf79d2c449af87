"""Many people, two tabs each, two servers: every item gets its answers, none twice, none lost.

Four guards keep an item from being twice in one person's hands (`tests/guards.py` names them); what is
reported without them is in `docs/decisions/0009-guards-of-claims-and-of-model-calls.md`.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from milo.db.queries import slots
from milo.db.session import Database
from milo.db.tables import ProjectRow, SlotRow
from milo.workflow import assign, people
from tests import guards
from tests.builders import NOW, a_database, a_member, a_project, a_spec, items
from tests.concurrency.outcome import FAILED, violations
from tests.concurrency.server import fast_clock, servers
from tests.concurrency.tab import Seen, Tab

OVERLAP, TABS, SERVERS, LEASE_MINUTES = 3, 2, 2, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Who works on how much; of every ten answers `overdue` are forgotten, and as many late."""

    items: int
    annotators: int
    overdue: int
    speed: float  # of their clock
    seconds: float  # after which they give up

    @property
    def each_tab_overdue(self) -> int:
        return self.items * OVERLAP * self.overdue // 10 // (self.annotators * TABS)


WHOLE = Crowd(items=1000, annotators=20, overdue=1, speed=300, seconds=180)  # a lease ends after 6 seconds
SMALL = Crowd(items=60, annotators=6, overdue=0, speed=1, seconds=60)
DOUBLE_CLAIMS = "slots of a person on an item where they have one"


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    database = a_database(tmp_path, url)
    yield database
    database.close()


@pytest.mark.slow
def test_every_item_gets_three_annotators_and_no_answer_is_lost(database: Database, tmp_path: Path) -> None:
    seen = _work(WHOLE, database, tmp_path, without=guards.asked_for(guards.CLAIMS))
    with database.read() as session:
        found = violations(session, seen, overlap=OVERLAP)
    assert found == {}, [problem for one in seen for problem in one.problems][:5]
    assert sum(one.forgotten for one in seen) >= WHOLE.items * OVERLAP * 0.08
    assert sum(one.late for one in seen) >= WHOLE.items * OVERLAP * 0.08


@pytest.mark.slow
@pytest.mark.parametrize(
    ("left", "broken"),
    [({"lock", "look"}, set()), ({"index"}, {FAILED}), ({"assignments"}, {FAILED})],
    ids=["lock-and-look", "index", "assignments"],
)
def test_each_guard_of_claims_holds_alone_though_an_index_at_the_price_of_errors(
    database: Database, tmp_path: Path, left: set[str], broken: set[str]
) -> None:
    seen = _work(SMALL, database, tmp_path, without=guards.CLAIMS.keys() - left)
    with database.read() as session:
        found = violations(session, seen, overlap=OVERLAP)
    assert found.keys() == broken


@pytest.mark.slow
def test_without_guards_items_are_claimed_twice_and_the_proof_sees_it(
    database: Database, tmp_path: Path
) -> None:
    seen = _work(SMALL, database, tmp_path, without=guards.CLAIMS)
    with database.read() as session:
        found = violations(session, seen, overlap=OVERLAP)
    assert found[DOUBLE_CLAIMS]
    assert found["items without as many annotators as the overlap"]


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


def _work(crowd: Crowd, database: Database, folder: Path, *, without: Collection[str]) -> list[Seen]:
    """What all tabs met, each in a thread of its own, when they worked without these guards."""
    logins = _set_up(crowd, database, without)
    began = time.time()
    with (
        servers(SERVERS, database.url, folder, speed=crowd.speed, began=began, without=without) as ports,
        ThreadPoolExecutor(len(logins)) as pool,
    ):
        tabs = [_tab(crowd, number, login, ports, began) for number, login in enumerate(logins)]
        return list(pool.map(Tab.work, tabs))


def _set_up(crowd: Crowd, database: Database, without: Collection[str]) -> list[people.LogIn]:
    """A project with items; a log-in for each tab, two tabs an annotator."""
    now = datetime.now(UTC)
    with database.write() as session:
        settings = {"overlap": OVERLAP, "lease_minutes": LEASE_MINUTES}
        project = a_project(session, a_spec(settings=settings))
        items(session, project, crowd.items)
        annotators = [a_member(session, project) for _ in range(crowd.annotators)]
        guards.drop_indexes(session, without)
        return [
            people.open_session(session, annotator.id, hours=24 * 365, now=now)
            for annotator in annotators
            for _ in range(TABS)
        ]


def _tab(crowd: Crowd, number: int, login: people.LogIn, ports: list[int], began: float) -> Tab:
    return Tab(
        name=f"tab{number}",
        ports=ports,
        token=login.token,
        csrf_token=login.csrf_token,
        clock=fast_clock(crowd.speed, began),
        random=Random(number),
        most_forgotten=crowd.each_tab_overdue,
        most_late=crowd.each_tab_overdue,
        gives_up_at=time.monotonic() + crowd.seconds,
    )
