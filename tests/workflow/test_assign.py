"""Who gets which item, when, and what they see of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from milo.core.errors import InvalidInput
from milo.core.project import SubjectField
from milo.core.questions import PairwiseQuestion
from milo.db.tables import ClaimCursorRow, ItemContentRow, ItemPayloadRow, ItemRow, SlotRow
from milo.workflow import people
from milo.workflow.assign import fit_slots, is_held_out, preview
from tests.builders import NEGATIVE, NOW, a_project, a_spec, items
from tests.workflow.desk import Desk, a_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = a_desk(tmp_path)
    yield desk
    desk.database.close()


def test_items_are_handed_out_in_their_order_each_once(desk: Desk) -> None:
    ids = desk.items(4)
    person = desk.person()
    got = [task.item.id for task in desk.next(person, 3).tasks]
    got += [task.item.id for task in desk.next(person, 3).tasks]
    assert got == ids


def test_nobody_gets_an_item_twice_though_its_other_slots_are_open(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, a_spec(settings={"overlap": 3}))
    (item,) = desk.items(1)
    person = desk.person()
    assert len(desk.next(person, 10).tasks) == 1
    assert desk.next(person, 10).tasks == ()
    assert desk.slots(item) == ["leased", "open", "open"]
    desk.database.close()


def test_the_index_refuses_a_second_slot_of_an_item_to_one_person(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, a_spec(settings={"overlap": 2}))
    desk.items(1)
    person = desk.person()
    take_all = update(SlotRow).values(state="leased", annotator_id=person.id)
    with pytest.raises(IntegrityError, match="slot"), desk.database.write() as session:
        session.execute(take_all)
    desk.database.close()


def test_a_lower_priority_number_goes_first(desk: Desk) -> None:
    first, second = desk.items(2)
    with desk.database.write() as session:
        session.execute(update(SlotRow).where(SlotRow.item_id == second).values(priority=0))
    assert [task.item.id for task in desk.next(desk.person(), 2).tasks] == [second, first]


def test_a_slot_for_one_person_is_theirs_alone(desk: Desk) -> None:
    (item,) = desk.items(1)
    chosen, other = desk.person(), desk.person()
    with desk.database.write() as session:
        session.execute(update(SlotRow).values(only_annotator_id=chosen.id))
    assert desk.next(other).tasks == ()
    assert desk.take(chosen).item.id == item


def test_a_lease_that_is_over_goes_to_others_and_moves_the_counter(desk: Desk) -> None:
    (item,) = desk.items(1)
    slow, quick = desk.person(), desk.person()
    task = desk.take(slow)
    assert task.lease_until == NOW + timedelta(minutes=30)
    before = desk.reopened_seq()
    desk.clock.pass_minutes(29)
    assert desk.next(quick).tasks == ()
    desk.clock.pass_minutes(2)
    assert desk.take(quick).item.id == item
    assert desk.reopened_seq() > before
    assert desk.assignment(task).state == "open"


def test_one_may_take_again_what_one_let_expire(desk: Desk) -> None:
    desk.items(1)
    person = desk.person()
    first = desk.take(person)
    desk.clock.pass_minutes(31)
    again = desk.take(person)
    assert (again.assignment, again.revision) == (first.assignment, 0)


def test_a_cursor_passes_over_what_was_seen_and_starts_over_when_a_slot_opens(desk: Desk) -> None:
    desk.items(3)
    skipper, other = desk.person(), desk.person()
    first, second = desk.next(skipper, 2).tasks
    assert desk.take(other).item.id == second.item.id + 1
    desk.skip(first)
    assert desk.take(other).item.id == first.item.id


def test_nothing_left_is_remembered_until_something_opens(desk: Desk) -> None:
    (item,) = desk.items(1)
    person, other = desk.person(), desk.person()
    task = desk.take(other)
    assert desk.next(person).tasks == ()
    with desk.database.read() as session:
        cursor = session.get_one(ClaimCursorRow, (1, person.id))
    assert cursor.priority > 10**18
    with desk.database.write() as session:  # behind the counter's back: not looked for
        session.execute(update(SlotRow).values(state="open", annotator_id=None, lease_until=None))
    assert desk.next(person).tasks == ()
    with desk.database.write() as session:
        session.execute(update(SlotRow).values(state="leased", annotator_id=other.id, lease_until=NOW))
    desk.release(task)
    assert desk.take(person).item.id == item


@pytest.mark.parametrize(
    ("overlap", "situation", "reason"),
    [
        (1, "no items", "none_imported"),
        (1, "paused", "paused"),
        (1, "others hold it", "all_leased"),
        (2, "you did it", "only_done_by_you"),
        (1, "you did it", "all_done"),
    ],
)
def test_nothing_left_says_why(tmp_path: Path, overlap: int, situation: str, reason: str) -> None:
    desk = a_desk(tmp_path, a_spec(settings={"overlap": overlap}))
    person, other = desk.person(), desk.person()
    if situation != "no items":
        desk.items(1)
    match situation:
        case "paused":
            desk.change(settings={"paused": True})
        case "others hold it":
            desk.take(other)
        case "you did it":
            desk.submit(desk.take(person))
    reply = desk.next(person)
    assert reply.tasks == ()
    assert reply.empty is not None
    assert reply.empty.reason == reason
    assert reply.empty.text.endswith(".")
    frees_at = NOW + timedelta(minutes=30) if reason == "all_leased" else None
    assert reply.empty.next_lease_frees_at == frees_at
    desk.database.close()


def test_a_page_that_is_loaded_again_finds_its_tasks(desk: Desk) -> None:
    desk.items(4)
    person = desk.person()
    held = [task.assignment for task in desk.next(person, 2).tasks]
    again = [task.assignment for task in desk.next(person, 3, resume=True).tasks]
    assert again[:2] == held
    assert len(again) == 3


@pytest.mark.parametrize("count", [0, 11])
def test_a_count_outside_its_range_is_refused(desk: Desk, count: int) -> None:
    with pytest.raises(InvalidInput, match="1 to 10"):
        desk.next(desk.person(), count)


def test_hidden_fields_and_gold_stay_on_the_server(tmp_path: Path) -> None:
    spec = a_spec(
        subject=(
            SubjectField(name="text", title="Review"),
            SubjectField(name="source", title="Source", show="hidden"),
        )
    )
    desk = a_desk(tmp_path, spec)
    (item,) = desk.items(["Good."])
    with desk.database.write() as session:
        payload = session.get_one(ItemPayloadRow, item)
        payload.fields = {"text": "Good.", "source": "SECRET", "undeclared": "SECRET"}
        payload.gold = {"sentiment": {"kind": "choice", "value": "SECRET", "confidence": None}}
    task = desk.take(desk.person())
    assert task.item.fields == {"text": "Good."}
    assert "SECRET" not in str(asdict(task))
    desk.database.close()


def test_suggestions_come_with_the_task_only_when_the_policy_shows_them(desk: Desk) -> None:
    (item,) = desk.items(1)
    desk.suggest(item)
    (suggestion,) = desk.take(desk.person()).suggestions
    assert suggestion.preselected == ("positive",)
    assert suggestion.model.name == "scripted"


@pytest.mark.parametrize("reveal", ["after_choice", "on_request", "never"])
def test_no_suggestion_leaves_the_server_before_its_time(tmp_path: Path, reveal: str) -> None:
    desk = a_desk(tmp_path, a_spec(settings={"reveal": reveal}))
    (item,) = desk.items(1)
    desk.suggest(item)
    task = desk.take(desk.person())
    assert task.suggestions == ()
    assert task.reveal.policy == reveal
    assert desk.assignment(task).revealed_at is None
    desk.database.close()


def test_the_reveal_policy_of_an_assignment_outlives_a_change_of_the_setting(desk: Desk) -> None:
    (item,) = desk.items(1)
    person = desk.person()
    desk.change(settings={"reveal": "never"})
    desk.take(person)
    desk.change(settings={"reveal": "immediate"})
    desk.suggest(item)
    (task,) = desk.next(person, resume=True).tasks
    assert (task.reveal.policy, task.suggestions) == ("never", ())


def test_held_out_items_show_no_suggestion_and_are_the_same_for_everybody(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, a_spec(settings={"overlap": 2, "holdout_share": 0.5}))
    for item in desk.items(10):
        desk.suggest(item)
    first, second = (desk.next(desk.person(), 10).tasks for _ in range(2))
    held_out = [task.item.id for task in first if task.reveal.held_out]
    assert 0 < len(held_out) < 10
    assert held_out == [task.item.id for task in second if task.reveal.held_out]
    assert all(bool(task.suggestions) != task.reveal.held_out for task in first)
    desk.database.close()


def test_the_share_of_held_out_items_is_the_one_asked_for() -> None:
    share = sum(is_held_out("salt", item, 0.2) for item in range(5000)) / 5000
    assert share == pytest.approx(0.2, abs=0.02)
    assert not any(is_held_out("salt", item, 0.0) for item in range(100))
    assert all(is_held_out("salt", item, 1.0) for item in range(100))


def test_the_next_item_after_a_change_of_the_guideline_shows_what_changed(desk: Desk) -> None:
    desk.items(4)
    person = desk.person()
    assert desk.take(person).guideline_changed is None
    desk.submit(desk.take(person))
    section = {"id": "task", "title": "Task", "kind": "task", "body": "Judge the verdict."}
    desk.change(guideline={"sections": [section]})
    task = desk.take(person)
    changed = task.guideline_changed
    assert changed is not None
    assert (changed.from_version, changed.to_version) == (1, 2)
    assert [(s.id, s.before, s.after) for s in changed.sections] == [("task", "Judge.", "Judge the verdict.")]
    desk.submit(task)
    assert desk.take(person).guideline_changed is None


def test_new_people_are_not_told_of_changes_before_their_time(desk: Desk) -> None:
    desk.items(1)
    desk.change(guideline={"sections": []})
    assert desk.take(desk.person()).guideline_changed is None


def test_work_in_progress_keeps_its_version(desk: Desk) -> None:
    desk.items(2)
    person = desk.person()
    begun, untouched = desk.next(person, 2).tasks
    desk.draft(begun, 1)
    desk.change(questions=[{"kind": "text", "name": "why", "title": "Why?"}])
    desk.clock.pass_minutes(31)
    again = {task.assignment: task for task in desk.next(person, 2).tasks}
    assert again[begun.assignment].schema_version == 1
    assert again[begun.assignment].draft is not None
    assert again[untouched.assignment].schema_version == 2
    assert desk.submit(again[begun.assignment]).state == "submitted"


def test_one_is_reminded_of_ones_own_answer_to_the_same_text_elsewhere(desk: Desk) -> None:
    person, stranger = desk.person(), desk.person()
    with desk.database.write() as session:
        other = a_project(session)
        for someone in (person, stranger):
            people.add_member(session, other.id, someone.id, "annotator", now=NOW)
        (twin,) = items(session, other, ["The same words."])
        row = session.get_one(ItemRow, twin)
        session.add(ItemContentRow(project_id=other.id, content_hash=row.content_hash, item_id=twin))
    elsewhere = Desk(desk.database, other.id, desk.researcher, desk.clock, desk.numbers)
    desk.change(settings={"overlap": 2})
    desk.items(["The same words."])
    elsewhere.submit(elsewhere.take(person), NEGATIVE)
    seen = desk.take(person).seen_before
    assert seen is not None
    assert seen.answers == NEGATIVE
    assert seen.submitted_at == NOW
    assert desk.take(stranger).seen_before is None


def test_trying_as_an_annotator_shows_tasks_and_stores_nothing(desk: Desk) -> None:
    item, _ = desk.items(2)
    desk.suggest(item)
    with desk.database.write() as session:
        project = desk._project(session)
        tasks = preview(session, project, desk.researcher.id, 5, now=desk.clock()).tasks
    assert [task.item.id for task in tasks] == [item, item + 1]
    assert [len(task.suggestions) for task in tasks] == [1, 0]
    assert all(task.assignment < 0 for task in tasks)
    assert desk.slots(item) == ["open"]
    assert desk.item_state(item) == "new"
    assert [task.item.id for task in desk.next(desk.person(), 5).tasks] == [item, item + 1]


def test_a_higher_overlap_asks_for_more_answers_to_items_that_are_there(desk: Desk) -> None:
    first, second = desk.items(2)
    one, two = desk.person(), desk.person()
    desk.submit(desk.take(one))
    desk.change(settings={"overlap": 2})
    fit(desk)
    assert (desk.slots(first), desk.slots(second)) == (["done", "open"], ["open", "open"])
    assert desk.item_state(first) == "in_work"
    assert [task.item.id for task in desk.next(two, 3).tasks] == [second, first]
    assert fit(desk) == []


def test_a_lower_overlap_takes_back_only_what_nobody_has(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, a_spec(settings={"overlap": 3}))
    first, second = desk.items(2)
    people = [desk.person() for _ in range(2)]
    for person in people:
        desk.submit(desk.take(person))
    desk.change(settings={"overlap": 1})
    fit(desk)
    assert desk.slots(first) == ["done", "done", "withdrawn"]
    assert desk.slots(second) == ["open", "withdrawn", "withdrawn"]
    assert (desk.item_state(first), desk.item_state(second)) == ("labeled", "new")
    desk.database.close()


def fit(desk: Desk) -> list[str]:
    """Fit the slots to the overlap; what changed in them."""
    with desk.database.write() as session:
        before = session.scalars(select(SlotRow.state).order_by(SlotRow.id)).all()
        assert fit_slots(session, desk._project(session), after=0) is None
        after = session.scalars(select(SlotRow.state).order_by(SlotRow.id)).all()
        return [] if before == after else list(after)


def test_an_items_state_follows_its_assignments(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, a_spec(settings={"overlap": 2}))
    (item,) = desk.items(1)
    first, second = desk.person(), desk.person()
    states = [desk.item_state(item)]
    task = desk.take(first)
    states.append(desk.item_state(item))
    desk.release(task)
    states.append(desk.item_state(item))
    desk.submit(desk.take(first))
    states.append(desk.item_state(item))
    desk.submit(desk.take(second))
    states.append(desk.item_state(item))
    assert states == ["new", "in_work", "new", "in_work", "labeled"]
    desk.database.close()


def test_the_claim_walks_its_indexes_and_sorts_nothing(desk: Desk) -> None:
    from milo.db.queries import slots

    with desk.database.write() as session:
        parameters = {"queue": 1, "priority": 0, "slot": 0, "annotator": 1, "lease": "2026-01-01"}
        plan = session.connection().exec_driver_sql(
            "EXPLAIN QUERY PLAN " + str(slots._CLAIM_SQLITE), parameters
        )
        steps = "\n".join(row[3] for row in plan)
    assert steps.count("ix_slot_claim (queue_id=? AND state=? AND priority=? AND id>?)") == 1
    assert steps.count("ix_slot_claim (queue_id=? AND state=? AND priority>?)") == 1
    assert steps.count("uq_assignment_annotator_item (annotator_id=? AND item_id=?)") == 2
    assert "TEMP B-TREE" not in steps
    assert "SCAN" not in steps


def test_everybody_compares_in_the_same_order_and_sides_change_with_the_item(tmp_path: Path) -> None:
    spec = a_spec(
        subject=tuple(SubjectField(name=name, title=name) for name in ("text", "left", "right")),
        questions=(PairwiseQuestion(name="better", title="Which?", first="left", second="right"),),
        settings={"overlap": 2},
    )
    desk = a_desk(tmp_path, spec)
    desk.items(10)
    seen = [[task.orders for task in desk.next(desk.person(), 10).tasks] for _ in range(2)]
    assert seen[0] == seen[1]
    assert {orders["better"] for orders in seen[0]} == {("left", "right"), ("right", "left")}
    desk.database.close()
