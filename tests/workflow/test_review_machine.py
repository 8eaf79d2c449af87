"""Whatever annotators, reviewers, judges and time do: a REDO never leaves, and nothing sent is lost."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import func, select

from milo.core.assignment import COUNTING, item_state
from milo.core.errors import Conflict, Forbidden
from milo.core.export_options import EXPORTABLE, ExportOptions
from milo.db.queries import exports
from milo.db.tables import AssignmentRow, DecisionRow, FeedbackRow, ItemRow, RevisionRow, SlotRow
from milo.workflow import export
from milo.workflow.leaving import fate
from tests.builders import NEGATIVE, POSITIVE
from tests.workflow.review_desk import BAD, GOOD, ReviewDesk, a_review_desk, as_reviewer

OVERLAP, ITEMS, PEOPLE = 2, 3, 3
WHICH = st.integers(0, 20)
FOUND = st.sampled_from([GOOD, BAD])

POLICIES: list[dict[str, Any]] = [
    {"rules": []},
    {"rules": [{"by": "judge"}]},
    {"rules": [{"by": "auditor"}]},
    {"rules": [{"by": "judge"}, {"by": "auditor", "share": 0.5}]},
    {"rules": [{"by": "researcher", "share": 0.5}], "redo_rounds": 0},
    {"rules": [{"by": "auditor", "share": 0.0, "first_of_each": 1}], "redo_rounds": 1},
]


class Reviewing(RuleBasedStateMachine):
    """Two annotators and a researcher who answers too, an auditor, a judge; three items, two answers each."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        policy = {"rules": [{"by": "judge"}, {"by": "auditor", "share": 0.5}], "redo_hours": 1}
        self.desk: ReviewDesk = a_review_desk(Path(self.folder.name), policy, settings={"overlap": OVERLAP})
        self.items = self.desk.items(ITEMS)
        self.people = [self.desk.person() for _ in range(PEOPLE - 1)] + [self.desk.researcher]
        researcher = as_reviewer(self.desk.researcher, "researcher")
        self.reviewers = [self.desk.reviewer(), self.desk.reviewer(), researcher]
        self.tasks: dict[int, Any] = {}
        self.sent: set[str] = set()
        self.cuts: set[int] = {0}
        for who in range(PEOPLE):
            self.answer(who, POSITIVE)

    def teardown(self) -> None:
        self.desk.database.close()
        self.folder.cleanup()

    # --- what happens ---

    @rule(who=st.integers(0, PEOPLE - 1), answers=st.sampled_from([POSITIVE, NEGATIVE]))
    def answer(self, who: int, answers: Any) -> None:
        """Somebody answers what is next for them: what was sent back, or something new."""
        for task in self.desk.next(self.people[who]).tasks:
            self.tasks[task.assignment] = task
            self.sent.add(self.desk.submit(task, answers).client_id)

    @rule(who=st.integers(0, PEOPLE - 1), count=st.integers(1, 3))
    def take(self, who: int, count: int) -> None:
        tasks = self.desk.next(self.people[who], count).tasks
        came_back = [task.redo is not None for task in tasks]
        assert came_back == sorted(came_back, reverse=True)
        for task in tasks:
            self.tasks[task.assignment] = task

    @rule(which=WHICH, answers=st.sampled_from([POSITIVE, NEGATIVE]))
    def submit(self, which: int, answers: Any) -> None:
        task = self._pick(which)
        if task is None:
            return
        client_id, row = self.desk.an_id(), self.desk.assignment(task)
        try:
            receipt = self.desk.submit(task, answers, client_id=client_id, expected=row.revision)
        except Conflict:
            assert row.state in ("passed", "skipped")  # a reviewer's or the annotator's own word stands
            return
        self.sent.add(receipt.client_id)
        if row.state == "withdrawn":
            assert receipt.state == "surplus"
        if receipt.state == "submitted" and row.redo_rounds:
            assert self.desk.assignment(task).review == "due"  # who sent it back looks again

    @rule(which=WHICH, act=st.sampled_from(["skip", "reject", "reopen", "redo", "release"]))
    def act(self, which: int, act: str) -> None:
        task = self._pick(which)
        if task is not None:
            with contextlib.suppress(Conflict):
                getattr(self.desk, act)(task)

    @rule(who=st.integers(0, PEOPLE - 1), found=FOUND)
    def review_next(self, who: int, found: dict[str, Any]) -> None:
        by = self.reviewers[who]
        task = self.desk.next_review(by).review
        if task is not None:
            self._cut()
            self.desk.review(by, task, found)

    @rule(who=st.integers(0, PEOPLE - 1), which=WHICH, found=FOUND)
    def review_any(self, who: int, which: int, found: dict[str, Any]) -> None:
        task = self._pick(which)
        if task is not None:
            with contextlib.suppress(Conflict, Forbidden):
                self.desk.review(self.reviewers[who], task, found)

    @rule(which=WHICH, found=FOUND, kind=st.sampled_from(["binds", "binds", "advises", "is unsure"]))
    def judge(self, which: int, found: dict[str, Any], kind: str) -> None:
        task = self._pick(which)
        if task is not None and self.desk.answered(task.assignment):
            unsure = {"tone": {"status": "uncertain", "reason": "0.4 sure"}} if kind == "is unsure" else {}
            self.desk.judge(task, found, binds=kind != "advises", **unsure)

    @rule(
        which=WHICH,
        who=st.integers(0, PEOPLE - 1),
        then=st.sampled_from(["mend", "skip", "reject", "release"]),
    )
    def send_back(self, which: int, who: int, then: str) -> None:
        """A reviewer finds fault with an answer, and its annotator sends it again or gives up."""
        self.review_any(who, which, BAD)
        self._cut()
        self.act(which, "redo")
        if then == "mend":
            self.submit(which, NEGATIVE)
        else:
            self.act(which, then)

    @rule(which=WHICH, who=st.integers(0, PEOPLE - 1), answers=st.sampled_from([POSITIVE, NEGATIVE]))
    def mend_too_late(self, which: int, who: int, answers: Any) -> None:
        """What was sent back is taken up, others are given the item, and then it comes."""
        self.review_any(who, which, BAD)
        self.act(which, "redo")
        self.wait(61)
        self.take((who + 1) % PEOPLE, 3)
        self.submit(which, answers)

    @rule(binds=st.booleans())
    def judge_is_measured(self, binds: bool) -> None:
        self.desk.judge_earns(binds)

    @rule(policy=st.sampled_from(POLICIES))
    def change_policy(self, policy: dict[str, Any]) -> None:
        self.desk.policy(**policy)

    @rule(minutes=st.sampled_from([1, 31, 61]))
    def wait(self, minutes: int) -> None:
        self.desk.clock.pass_minutes(minutes)

    # --- what holds ---

    @invariant()
    def no_redo_is_ever_exported_as_a_label(self) -> None:
        """At the newest cut and at every earlier one, as an export that began then would write it now."""
        self._cut()
        sent_back = self._sent_back()
        due = {row.id for row in self._all(AssignmentRow) if row.state == "submitted" and row.review == "due"}
        for cut in self.cuts:
            with self.desk.database.read() as session:
                rows, _ = exports.last_revisions(session, self.desk.project_id, after=0, cut=cut, limit=1000)
            leaving = [row for row in rows if fate(row, ExportOptions(), takes_unreviewed=True)[0]]
            for row in leaving:
                assert (row.assignment_id, row.number) not in sent_back
                assert row.state_now not in ("redo", "withdrawn")
                if not row.is_superseded:
                    assert row.assignment_id not in due

    @invariant()
    def the_file_and_its_ledger_agree(self) -> None:
        written = export.write(
            self.desk.database,
            self.desk.project_id,
            ExportOptions(states=EXPORTABLE),
            data_dir=Path(self.folder.name),
            name="labels",
        )
        ledger = written.ledger
        assert ledger.annotations == ledger.exported + sum(ledger.excluded.values())
        rows = [json.loads(line) for line in written.path.read_text().splitlines()]
        assert len(rows) == ledger.exported == sum(ledger.statuses.values())
        for row in rows:
            annotation = row["annotation"]
            last = [one for one in annotation["decisions"] if one["revision"] == annotation["revision"]]
            if annotation["status"] == "passed":
                assert last[-1]["status"] == "PASSED"
            assert not last or last[-1]["status"] == "PASSED"

    @invariant()
    def item_states_are_derived(self) -> None:
        by_item: dict[int, list[Any]] = {item: [] for item in self.items}
        waiting = dict.fromkeys(self.items, 0)
        for row in self._all(AssignmentRow):
            by_item[row.item_id].append(row.state)
            waiting[row.item_id] += row.state == "submitted" and row.review == "due"
        for item in self._all(ItemRow):
            assert item.state == item_state(by_item[item.id], OVERLAP, waiting=waiting[item.id])

    @invariant()
    def states_say_what_was_decided_last(self) -> None:
        with self.desk.database.read() as session:
            decisions = {
                (row.assignment_id, row.revision): row.status
                for row in session.scalars(select(DecisionRow).order_by(DecisionRow.id))
            }
        for row in self._all(AssignmentRow):
            stands = decisions.get((row.id, self.desk.answered(row.id)))
            if row.state in ("passed", "redo"):
                assert stands == row.state == row.review
            if row.state == "submitted":
                assert stands is None
                assert row.review in ("none", "due")
            if row.review_rank is not None:
                assert row.review == "due"
            assert row.redo_rounds >= 0

    @invariant()
    def what_waits_for_nobody_is_not_waited_for(self) -> None:
        """An answer that is due stands in a queue: the judge's, or the reviewers'."""
        for row in self._all(AssignmentRow):
            if row.state == "submitted" and row.review == "due":
                assert row.judge_due or row.review_rank is not None

    @invariant()
    def nobody_reviews_their_own(self) -> None:
        authors = {row.id: row.annotator_id for row in self._all(AssignmentRow)}
        for row in self._all(FeedbackRow):
            assert row.person_id is None or row.person_id != authors[row.assignment_id]

    @invariant()
    def everything_that_was_acknowledged_is_still_there(self) -> None:
        assert self.sent <= {row.client_id for row in self._all(RevisionRow)}

    @invariant()
    def slots_are_held_by_those_who_fill_them(self) -> None:
        holders = {row.slot_id: row for row in self._all(AssignmentRow) if row.slot_id is not None}
        for slot in self._all(SlotRow):
            row = holders.get(slot.id)
            assert (slot.state == "open") == (row is None)
            if row is not None:
                assert (slot.state == "done") == (row.state in COUNTING)

    def _cut(self) -> None:
        with self.desk.database.read() as session:
            self.cuts.add(session.scalar(select(func.max(RevisionRow.id))) or 0)

    def _sent_back(self) -> set[tuple[int, int]]:
        """The revisions for which REDO stands."""
        stands = {(row.assignment_id, row.revision): row.status for row in self._all(DecisionRow)}
        return {revision for revision, status in stands.items() if status == "redo"}

    def _pick(self, which: int) -> Any:
        return self.tasks[sorted(self.tasks)[which % len(self.tasks)]] if self.tasks else None

    def _all(self, table: Any) -> list[Any]:
        with self.desk.database.read() as session:
            return list(session.scalars(select(table).order_by(table.id)))


Reviewing.TestCase.settings = settings(max_examples=25, stateful_step_count=20)
TestReviewing = Reviewing.TestCase
