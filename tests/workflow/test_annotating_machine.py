"""Any sequence of acts by several people leaves the tables in agreement (contracts 1, 3, 4)."""

from __future__ import annotations

import contextlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from milo.core.annotator_task import AnnotatorTask
from milo.core.assignment import COUNTING, MOVES, item_state
from milo.core.errors import Conflict
from milo.db.tables import AnswerRow, AssignmentRow, ItemRow, ProjectRow, RevisionRow, SlotRow
from milo.workflow import assign
from tests.builders import NEGATIVE, POSITIVE, a_spec
from tests.workflow.desk import Desk, a_desk

OVERLAP, ITEMS, PEOPLE = 2, 3, 3
WHO = st.integers(0, PEOPLE - 1)
WHICH = st.integers(0, 20)


class Annotating(RuleBasedStateMachine):
    """Three people share three items that need two answers each."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.desk: Desk = a_desk(Path(self.folder.name), a_spec(settings={"overlap": OVERLAP}))
        self.overlap = OVERLAP
        self.items = self.desk.items(ITEMS)
        self.people = [self.desk.person() for _ in range(PEOPLE)]
        self.tasks: dict[int, AnnotatorTask] = {}
        self.sent: dict[str, tuple[AnnotatorTask, Any]] = {}
        self.before: dict[int, str] = {}

    def teardown(self) -> None:
        self.desk.database.close()
        self.folder.cleanup()

    @rule(who=WHO, count=st.integers(1, 3))
    def take(self, who: int, count: int) -> None:
        for task in self.desk.next(self.people[who], count).tasks:
            self.tasks[task.assignment] = task

    @rule(minutes=st.sampled_from([1, 31]))
    def wait(self, minutes: int) -> None:
        self.desk.clock.pass_minutes(minutes)

    @rule(which=WHICH, answers=st.sampled_from([POSITIVE, NEGATIVE]))
    def submit(self, which: int, answers: Any) -> None:
        task = self._pick(which)
        if task is None:
            return
        state = self.desk.assignment(task).state
        client_id = self.desk.an_id()
        expected = self.desk.assignment(task).revision
        try:
            receipt = self.desk.submit(task, answers, client_id=client_id, expected=expected)
        except Conflict:
            assert "submitted" not in MOVES[state]  # type: ignore[index]  # a state
            assert state != "surplus"
            return
        assert receipt.state in ("submitted", "surplus")
        self.sent[client_id] = (task, receipt)

    @rule(which=WHICH)
    def send_again(self, which: int) -> None:
        if self.sent:
            client_id = sorted(self.sent)[which % len(self.sent)]
            task, receipt = self.sent[client_id]
            assert self.desk.submit(task, client_id=client_id) == receipt

    @rule(which=WHICH, act=st.sampled_from(["skip", "reject", "reopen", "extend"]))
    def act(self, which: int, act: str) -> None:
        task = self._pick(which)
        if task is not None:
            with contextlib.suppress(Conflict):
                getattr(self.desk, act)(task)

    @rule(which=WHICH)
    def release(self, which: int) -> None:
        task = self._pick(which)
        if task is not None:
            self.desk.release(task)

    @rule(overlap=st.integers(1, OVERLAP))
    def change_overlap(self, overlap: int) -> None:
        """The researcher wants fewer answers, or more again; late answers are stored all the same."""
        self.overlap = overlap
        self.desk.change(settings={"overlap": overlap})
        with self.desk.database.write() as session:
            project = session.get_one(ProjectRow, self.desk.project_id)
            assert assign.fit_slots(session, project, after=0) is None

    @invariant()
    def nobody_holds_two_slots_of_an_item(self) -> None:
        held = [(slot.item_id, slot.annotator_id) for slot in self._all(SlotRow) if slot.annotator_id]
        assert len(held) == len(set(held))

    @invariant()
    def slots_say_what_assignments_say(self) -> None:
        assignments = {row.slot_id: row for row in self._all(AssignmentRow) if row.slot_id is not None}
        for slot in self._all(SlotRow):
            row = assignments.get(slot.id)
            if slot.state in ("open", "withdrawn"):
                assert slot.annotator_id is None
                assert row is None
            else:
                assert row is not None
                assert row.annotator_id == slot.annotator_id
                assert (slot.state == "done") == (row.state in COUNTING)
                assert (slot.state == "leased") == (row.state == "leased")

    @invariant()
    def every_counting_answer_fills_a_slot(self) -> None:
        filled: dict[int, int] = {}
        for row in self._all(AssignmentRow):
            if row.state in COUNTING:
                assert row.slot_id is not None
                filled[row.item_id] = filled.get(row.item_id, 0) + 1
        assert all(count <= OVERLAP for count in filled.values())

    @invariant()
    def item_states_are_derived(self) -> None:
        by_item: dict[int, list[Any]] = {item: [] for item in self.items}
        for row in self._all(AssignmentRow):
            by_item[row.item_id].append(row.state)
        for item in self._all(ItemRow):
            assert item.state == item_state(by_item[item.id], self.overlap)

    @invariant()
    def assignments_move_as_the_table_allows(self) -> None:
        now = {row.id: row.state for row in self._all(AssignmentRow)}
        for id, state in now.items():
            before = self.before.get(id, "open")
            # One act may end a lease and begin the next.
            assert state == before or state in _reachable(before)
        self.before = now

    @invariant()
    def what_was_acknowledged_is_stored_once(self) -> None:
        stored = [row.client_id for row in self._all(RevisionRow)]
        assert len(stored) == len(set(stored))
        assert set(self.sent) <= set(stored)
        numbers: dict[int, list[int]] = {}
        for row in self._all(RevisionRow):
            numbers.setdefault(row.assignment_id, []).append(row.number)
        for row in self._all(AssignmentRow):
            assert sorted(numbers.get(row.id, [])) == list(range(1, row.revision + 1))

    @invariant()
    def answer_rows_are_those_of_the_newest_revision(self) -> None:
        rows: dict[int, list[str]] = {}
        for answer in self._all(AnswerRow):
            rows.setdefault(answer.assignment_id, []).append(answer.question)
        newest: dict[int, RevisionRow] = {}
        for revision in self._all(RevisionRow):
            if revision.act != "reopen":
                newest[revision.assignment_id] = revision
        for assignment_id, revision in newest.items():
            assert sorted(rows.get(assignment_id, [])) == sorted(revision.answers)

    def _pick(self, which: int) -> AnnotatorTask | None:
        return self.tasks[sorted(self.tasks)[which % len(self.tasks)]] if self.tasks else None

    def _all(self, table: Any) -> list[Any]:
        with self.desk.database.read() as session:
            return list(session.scalars(select(table).order_by(table.id)))


def _reachable(state: str) -> set[str]:
    once = set(MOVES[state])  # type: ignore[index]  # a state
    return once | {later for each in once for later in MOVES[each]}


Annotating.TestCase.settings = settings(max_examples=12, stateful_step_count=25)
TestAnnotating = Annotating.TestCase
