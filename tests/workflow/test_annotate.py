"""What annotators send: stored once, never lost, with who decided what and how long it took."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from milo.core.errors import Conflict, Forbidden, InvalidInput
from milo.core.questions import Answer, ChoiceAnswer, ChoicesAnswer, TextAnswer
from milo.core.submission import SentSuggestion
from milo.db.tables import AssignmentRow, DraftRow
from milo.workflow import own_work
from tests.builders import NEGATIVE, NOW, POSITIVE, a_spec
from tests.workflow.desk import Desk, a_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = a_desk(tmp_path)
    yield desk
    desk.database.close()


# --- submit -----------------------------------------------------------------------------------------


def test_a_submit_fills_the_slot_and_is_stored_with_its_answers(desk: Desk) -> None:
    (item,) = desk.items(1)
    task = desk.take(desk.person())
    receipt = desk.submit(task, NEGATIVE, client_id="mine")
    assert (receipt.revision, receipt.state, receipt.client_id) == (1, "submitted", "mine")
    assert desk.slots(item) == ["done"]
    assert desk.item_state(item) == "labeled"
    assert desk.answers(task) == [("sentiment", "negative", "human"), ("topics", "price", "human")]


def test_the_same_client_id_has_one_effect_and_one_reply(desk: Desk) -> None:
    desk.items(1)
    task = desk.take(desk.person())
    replies = [desk.submit(task, client_id="once") for _ in range(3)]
    assert replies[0] == replies[1] == replies[2]
    assert len(desk.revisions(task)) == 1
    assert len(desk.answers(task)) == 1
    assert desk.assignment(task).active_ms == 500


def test_the_reply_to_a_repeated_send_is_the_first_one_though_more_came_since(desk: Desk) -> None:
    desk.items(1)
    task = desk.take(desk.person())
    first = desk.submit(task, client_id="once")
    desk.submit(desk.reopen(task), NEGATIVE)
    assert desk.submit(task, client_id="once") == first
    assert desk.answers(task)[0] == ("sentiment", "negative", "human")


def test_a_client_id_of_another_assignment_is_refused(desk: Desk) -> None:
    desk.items(2)
    one, two = desk.next(desk.person(), 2).tasks
    desk.submit(one, client_id="once")
    with pytest.raises(Conflict, match="another assignment"):
        desk.submit(two, client_id="once")


def test_a_revision_conflict_shows_what_stands(desk: Desk) -> None:
    desk.items(1)
    task = desk.take(desk.person())
    desk.submit(task, NEGATIVE)
    with pytest.raises(Conflict, match="revision 0; by now revision 1") as conflict:
        desk.submit(task, POSITIVE)
    current = conflict.value.current
    assert isinstance(current, dict)
    assert current["revision"] == 1
    assert current["answers"]["sentiment"]["value"] == "negative"
    assert current["submitted_at"] == NOW.isoformat()
    assert len(desk.revisions(task)) == 1


def test_a_submit_may_follow_one_whose_number_the_client_does_not_know(desk: Desk) -> None:
    desk.items(1)
    task = desk.take(desk.person())
    desk.submit(task, client_id="first")
    assert desk.submit(task, NEGATIVE, after="first").revision == 2
    with pytest.raises(Conflict, match="sent as 'first'"):
        desk.submit(task, POSITIVE, after="first")


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ({}, "answers.sentiment: found no answer"),
        ({"sentiment": ChoiceAnswer(value="perhaps")}, "one of positive, negative"),
        ({"sentiment": TextAnswer(value="positive")}, "found 'text'; allowed: 'choice'"),
        (POSITIVE | {"mood": TextAnswer(value="x")}, "only the questions sentiment, topics, complaint"),
        (POSITIVE | {"complaint": TextAnswer(value="x")}, "the question is not shown"),
        (POSITIVE | {"topics": ChoicesAnswer(value=("none", "price"))}, "'none' alone"),
    ],
)
def test_answers_that_do_not_fit_are_refused_by_the_core(
    desk: Desk, answers: dict[str, Answer], fault: str
) -> None:
    desk.items(1)
    task = desk.take(desk.person())
    with pytest.raises(InvalidInput, match=fault):
        desk.submit(task, answers)
    assert desk.revisions(task) == []
    assert desk.assignment(task).state == "leased"


def test_answers_are_checked_against_the_schema_they_were_given_under(desk: Desk) -> None:
    desk.items(2)
    person = desk.person()
    old = desk.take(person)
    desk.change(questions=[{"kind": "text", "name": "why", "title": "Why?"}])
    assert desk.submit(old).state == "submitted"
    new = desk.take(person)
    with pytest.raises(InvalidInput, match="only the questions why"):
        desk.submit(new)
    assert desk.submit(new, {"why": TextAnswer(value="Because.")}).state == "submitted"
    assert [desk.revisions(task)[0].schema_version for task in (old, new)] == [1, 2]


def test_a_schema_version_nobody_has_is_refused(desk: Desk) -> None:
    desk.items(1)
    with pytest.raises(InvalidInput, match="schema version 7; allowed: 1 to 1"):
        desk.submit(desk.take(desk.person()), schema_version=7)


# --- after the lease --------------------------------------------------------------------------------


def test_a_late_submit_takes_its_slot_if_that_is_still_open(desk: Desk) -> None:
    (item,) = desk.items(1)
    task = desk.take(desk.person())
    desk.release(task)
    assert desk.slots(item) == ["open"]
    assert desk.submit(task).state == "submitted"
    assert desk.slots(item) == ["done"]


def test_a_late_submit_nobody_noticed_is_an_ordinary_one(desk: Desk) -> None:
    (item,) = desk.items(1)
    task = desk.take(desk.person())
    desk.clock.pass_minutes(500)
    assert desk.submit(task).state == "submitted"
    assert desk.slots(item) == ["done"]


def test_a_late_submit_whose_slot_is_taken_is_kept_as_surplus(desk: Desk) -> None:
    (item,) = desk.items(1)
    late, quick = desk.person(), desk.person()
    task = desk.take(late)
    desk.clock.pass_minutes(31)
    desk.submit(desk.take(quick))
    receipt = desk.submit(task, NEGATIVE, client_id="late")
    assert receipt.state == "surplus"
    assert desk.slots(item) == ["done"]
    assert desk.item_state(item) == "labeled"
    assert desk.answers(task)[0] == ("sentiment", "negative", "human")
    assert desk.submit(task, NEGATIVE, client_id="late") == receipt


def test_surplus_that_is_edited_stays_surplus(desk: Desk) -> None:
    desk.items(1)
    late, quick = desk.person(), desk.person()
    task = desk.take(late)
    desk.clock.pass_minutes(31)
    desk.submit(desk.take(quick))
    desk.submit(task)
    assert desk.submit(task, NEGATIVE, expected=1).state == "surplus"
    assert desk.submit(desk.reopen(task)).state == "surplus"


def test_a_lease_can_be_extended_while_one_works(desk: Desk) -> None:
    desk.items(1)
    person, other = desk.person(), desk.person()
    task = desk.take(person)
    for _ in range(4):
        desk.clock.pass_minutes(20)
        desk.extend(task)
    assert desk.next(other).tasks == ()


def test_an_ended_lease_is_taken_up_again_if_the_slot_is_free_and_else_refused(desk: Desk) -> None:
    desk.items(1)
    person, other = desk.person(), desk.person()
    task = desk.take(person)
    desk.release(task)
    desk.extend(task)
    assert desk.assignment(task).state == "leased"
    desk.release(task)
    desk.take(other)
    with pytest.raises(Conflict, match="still stored"):
        desk.extend(task)


# --- skip, reject, release, reopen ------------------------------------------------------------------


def test_a_skipped_item_goes_to_others_and_never_back(desk: Desk) -> None:
    (item,) = desk.items(1)
    person, other = desk.person(), desk.person()
    task = desk.take(person)
    desk.skip(task)
    assert desk.slots(item) == ["open"]
    assert desk.next(person).tasks == ()
    assert desk.take(other).item.id == item


def test_a_rejected_item_counts_towards_the_overlap(desk: Desk) -> None:
    (item,) = desk.items(1)
    task = desk.take(desk.person())
    desk.reject(task, "rendering")
    assert desk.slots(item) == ["done"]
    assert desk.item_state(item) == "rejected"
    assert desk.next(desk.person()).tasks == ()
    assert desk.revisions(task)[0].reject_reason == "rendering"


def test_a_rejection_for_another_reason_says_which(desk: Desk) -> None:
    desk.items(1)
    task = desk.take(desk.person())
    with pytest.raises(InvalidInput, match="note: found nothing"):
        desk.reject(task, "other")
    desk.reject(task, "other", "It is a recipe.")
    assert desk.revisions(task)[0].note == "It is a recipe."


def test_released_work_is_open_for_everybody(desk: Desk) -> None:
    (item,) = desk.items(1)
    person = desk.person()
    task = desk.take(person)
    desk.release(task)
    desk.release(task)
    assert desk.slots(item) == ["open"]
    assert desk.take(person).item.id == item


@pytest.mark.parametrize("act", ["submit", "skip", "reject"])
def test_what_was_sent_can_be_taken_up_again_and_sent_otherwise(desk: Desk, act: str) -> None:
    (item,) = desk.items(1)
    task = desk.take(desk.person())
    getattr(desk, act)(task)
    again = desk.reopen(task)
    assert (again.state, again.revision) == ("leased", 2)
    assert again.answers == (POSITIVE if act == "submit" else None)
    assert desk.submit(again, NEGATIVE).state == "submitted"
    assert desk.slots(item) == ["done"]
    assert [r.act for r in desk.revisions(task)] == [act, "reopen", "submit"]
    assert desk.answers(task)[0] == ("sentiment", "negative", "human")


def test_reopening_twice_with_one_id_is_once(desk: Desk) -> None:
    desk.items(1)
    task = desk.take(desk.person())
    desk.submit(task)
    assert desk.reopen(task, "undo") == desk.reopen(task, "undo")
    assert len(desk.revisions(task)) == 2


def test_a_reopened_answer_stands_again_when_the_lease_ends_or_is_given_back(desk: Desk) -> None:
    (item,) = desk.items(1)
    task = desk.take(desk.person())
    desk.submit(task)
    desk.reopen(task)
    assert desk.item_state(item) == "in_work"
    desk.release(task)
    assert (desk.assignment(task).state, desk.slots(item)) == ("submitted", ["done"])
    desk.reopen(task)
    desk.clock.pass_minutes(31)
    assert desk.next(desk.person()).tasks == ()
    assert (desk.assignment(task).state, desk.item_state(item)) == ("submitted", "labeled")


def test_a_skip_that_is_undone_after_another_took_the_slot_ends_as_surplus(desk: Desk) -> None:
    desk.items(1)
    person, other = desk.person(), desk.person()
    task = desk.take(person)
    desk.skip(task)
    desk.submit(desk.take(other))
    assert desk.submit(desk.reopen(task)).state == "surplus"


def test_reviewed_work_cannot_be_reopened(desk: Desk) -> None:
    desk.items(1)
    task = desk.take(desk.person())
    desk.submit(task)
    with desk.database.write() as session:
        session.get_one(AssignmentRow, task.assignment).state = "passed"
    with pytest.raises(Conflict, match="'passed' cannot become 'leased'"):
        desk.reopen(task)


def test_redo_returns_to_the_same_annotator(desk: Desk) -> None:
    (item,) = desk.items(1)
    task = desk.take(desk.person())
    desk.submit(task)
    with desk.database.write() as session:
        session.get_one(AssignmentRow, task.assignment).state = "redo"
    assert desk.submit(desk.reopen(task), NEGATIVE).state == "submitted"
    assert desk.slots(item) == ["done"]


def test_a_skip_takes_the_answers_back(desk: Desk) -> None:
    desk.items(1)
    task = desk.take(desk.person())
    desk.submit(task)
    desk.skip(desk.reopen(task))
    assert desk.answers(task) == []


# --- drafts -----------------------------------------------------------------------------------------


def test_a_draft_comes_back_with_the_task(desk: Desk) -> None:
    desk.items(1)
    person = desk.person()
    task = desk.take(person)
    desk.draft(task, 1, {"topics": ChoicesAnswer(value=("price",))})
    (again,) = desk.next(person, resume=True).tasks
    assert again.draft is not None
    assert (again.draft.seq, dict(again.draft.answers)) == (1, {"topics": ChoicesAnswer(value=("price",))})


def test_an_older_draft_never_overwrites_a_newer_one(desk: Desk) -> None:
    desk.items(1)
    person = desk.person()
    task = desk.take(person)
    assert desk.draft(task, 2, NEGATIVE) == 2
    assert desk.draft(task, 1, POSITIVE) == 2
    assert desk.draft(task, 2, POSITIVE) == 2
    (again,) = desk.next(person, resume=True).tasks
    assert again.draft is not None
    assert dict(again.draft.answers) == NEGATIVE


def test_a_draft_that_comes_after_the_submit_is_ignored(desk: Desk) -> None:
    desk.items(1)
    task = desk.take(desk.person())
    desk.draft(task, 1)
    desk.submit(task)
    desk.draft(task, 2, NEGATIVE)
    with desk.database.read() as session:
        assert session.get(DraftRow, task.assignment) is None
    assert desk.reopen(task).draft is None


def test_a_draft_of_impossible_answers_is_refused(desk: Desk) -> None:
    desk.items(1)
    with pytest.raises(InvalidInput, match="one of positive, negative"):
        desk.draft(desk.take(desk.person()), 1, {"sentiment": ChoiceAnswer(value="perhaps")})


# --- handling time ----------------------------------------------------------------------------------


def test_times_of_all_revisions_add_up_and_each_keeps_its_own(desk: Desk) -> None:
    desk.items(1)
    task = desk.take(desk.person())
    desk.submit(task, active_ms=1000, wall_ms=3000, blurred_ms=500)
    desk.submit(desk.reopen(task), active_ms=200, wall_ms=400)
    row = desk.assignment(task)
    assert (row.active_ms, row.wall_ms) == (1200, 3400)
    submits = [r for r in desk.revisions(task) if r.act == "submit"]
    assert [(r.active_ms, r.wall_ms, r.blurred_ms) for r in submits] == [(1000, 3000, 500), (200, 400, 0)]


@pytest.mark.parametrize("name", ["active_ms", "wall_ms", "blurred_ms"])
def test_negative_times_are_refused(desk: Desk, name: str) -> None:
    desk.items(1)
    task = desk.take(desk.person())
    with pytest.raises(InvalidInput, match=f"{name}: found -1"):
        desk.submit(task, **{name: -1})  # type: ignore[arg-type]  # one of three numbers


@pytest.mark.parametrize(
    ("wall_ms", "is_suspect"), [(30 * 60_000 + 5_000, False), (30 * 60_000 + 5_001, True)]
)
def test_a_wall_time_beyond_the_lease_and_five_seconds_is_marked_not_cut(
    desk: Desk, wall_ms: int, is_suspect: bool
) -> None:
    desk.items(1)
    task = desk.take(desk.person())
    desk.submit(task, wall_ms=wall_ms)
    (revision,) = desk.revisions(task)
    assert (revision.wall_ms, revision.suspect) == (wall_ms, is_suspect)


def test_parts_longer_than_the_whole_are_marked(desk: Desk) -> None:
    desk.items(1)
    task = desk.take(desk.person())
    desk.submit(task, active_ms=900, blurred_ms=200, wall_ms=1000)
    assert desk.revisions(task)[0].suspect


# --- who decided ------------------------------------------------------------------------------------


def test_a_preselected_option_that_is_submitted_was_confirmed(desk: Desk) -> None:
    (item,) = desk.items(1)
    id = desk.suggest(item)
    task = desk.take(desk.person())
    sent = SentSuggestion(suggestion=id, preselected=("positive",), revealed_at=NOW.isoformat())
    desk.submit(task, POSITIVE, shown=(sent,))
    assert desk.answers(task) == [("sentiment", "positive", "model_confirmed")]
    assert desk.revisions(task)[0].origins == {"sentiment": {"": "model_confirmed"}}


def test_another_option_than_the_preselected_one_is_the_persons_own(desk: Desk) -> None:
    (item,) = desk.items(1)
    desk.suggest(item)
    task = desk.take(desk.person())
    desk.submit(task, NEGATIVE)
    assert desk.answers(task)[0] == ("sentiment", "negative", "human")


def test_origin_is_per_option_where_many_can_be_chosen(desk: Desk) -> None:
    (item,) = desk.items(1)
    desk.suggest(item, "topics", {"price": 0.9, "quality": 0.2, "none": 0.1}, ["price"])
    task = desk.take(desk.person())
    desk.submit(task, POSITIVE | {"topics": ChoicesAnswer(value=("price", "quality"))})
    origins = desk.revisions(task)[0].origins["topics"]
    assert origins == {"price": "model_confirmed", "quality": "human"}


def test_what_milo_showed_was_shown_whether_or_not_the_client_says_so(desk: Desk) -> None:
    (item,) = desk.items(1)
    desk.suggest(item)
    task = desk.take(desk.person())
    desk.submit(task, POSITIVE, shown=())
    assert desk.answers(task) == [("sentiment", "positive", "model_confirmed")]


def test_what_was_never_revealed_decided_nothing_whatever_the_client_says(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, a_spec(settings={"reveal": "on_request"}))
    (item,) = desk.items(1)
    id = desk.suggest(item)
    task = desk.take(desk.person())
    sent = SentSuggestion(suggestion=id, preselected=("positive",), revealed_at=NOW.isoformat())
    desk.submit(task, POSITIVE, shown=(sent,))
    assert desk.answers(task) == [("sentiment", "positive", "human")]
    desk.database.close()


def test_a_text_that_was_changed_is_the_models_edited(desk: Desk) -> None:
    (item,) = desk.items(1)
    desk.suggest(item, "complaint", {}, [], text="It leaks.")
    person = desk.person()
    task = desk.take(person)
    desk.submit(task, NEGATIVE | {"complaint": TextAnswer(value="It leaks a lot.")})
    assert desk.answers(task)[-1] == ("complaint", None, "model_edited")
    desk.submit(desk.reopen(task), NEGATIVE | {"complaint": TextAnswer(value="It leaks.")})
    assert desk.answers(task)[-1] == ("complaint", None, "model_confirmed")


@pytest.mark.parametrize(
    ("suggestion", "preselected", "fault"),
    [(99, (), "the item has no suggestions"), (None, ("perhaps",), "one of positive, negative")],
)
def test_shown_suggestions_that_cannot_be_are_refused(
    desk: Desk, suggestion: int | None, preselected: tuple[str, ...], fault: str
) -> None:
    (item,) = desk.items(1)
    id = suggestion or desk.suggest(item)
    task = desk.take(desk.person())
    with pytest.raises(InvalidInput, match=fault):
        desk.submit(task, shown=(SentSuggestion(suggestion=id, preselected=preselected),))


def test_suggestions_are_revealed_on_request_or_after_a_choice_and_this_is_kept(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, a_spec(settings={"reveal": "after_choice"}))
    (item,) = desk.items(1)
    id = desk.suggest(item)
    task = desk.take(desk.person())
    with pytest.raises(Forbidden, match="own choice"):
        desk.reveal(task)
    desk.draft(task, 1, NEGATIVE)
    assert [suggestion.id for suggestion in desk.reveal(task)] == [id]
    assert desk.assignment(task).revealed_at == NOW
    sent = SentSuggestion(suggestion=id, preselected=("positive",), revealed_at=NOW.isoformat())
    desk.submit(task, POSITIVE, shown=(sent,))
    assert desk.answers(task)[0] == ("sentiment", "positive", "model_confirmed")
    desk.database.close()


@pytest.mark.parametrize("settings", [{"reveal": "never"}, {"holdout_share": 1.0}])
def test_held_out_items_reveal_nothing(tmp_path: Path, settings: dict[str, object]) -> None:
    desk = a_desk(tmp_path, a_spec(settings=settings))
    (item,) = desk.items(1)
    desk.suggest(item)
    task = desk.take(desk.person())
    with pytest.raises(Forbidden, match="No suggestions"):
        desk.reveal(task)
    desk.database.close()


# --- one's own work ---------------------------------------------------------------------------------


def test_own_work_is_listed_latest_first_in_pages(desk: Desk) -> None:
    desk.items(5)
    person, other = desk.person(), desk.person()
    tasks = desk.next(person, 3).tasks
    desk.submit(desk.take(other))
    for task in tasks:
        desk.clock.pass_minutes(1)
        desk.submit(task, NEGATIVE)
    with desk.database.read() as session:
        project = desk._project(session)
        first = own_work.page(session, project, person.id, status="all", limit=2, cursor=None)
        second = own_work.page(session, project, person.id, status="all", limit=2, cursor=first.next_cursor)
    listed = [entry.assignment for entry in (*first.items, *second.items)]
    assert listed == [task.assignment for task in reversed(tasks)]
    assert second.next_cursor is None
    assert first.items[0].answers_summary == "Negative · Price"
    assert first.items[0].can_reopen


def test_own_work_can_be_asked_for_by_what_became_of_it(desk: Desk) -> None:
    desk.items(3)
    person = desk.person()
    done, skipped, rejected = desk.next(person, 3).tasks
    desk.submit(done)
    desk.skip(skipped)
    desk.reject(rejected)
    with desk.database.read() as session:
        project = desk._project(session)
        for status, task in (("submitted", done), ("skipped", skipped), ("rejected", rejected)):
            page = own_work.page(session, project, person.id, status=status, limit=20, cursor=None)
            assert [entry.assignment for entry in page.items] == [task.assignment]
        progress = own_work.progress(session, project, person.id, "annotator", since=NOW)
    assert (progress.today, progress.total, progress.goal) == (2, 2, 60)
    assert (progress.project_done, progress.project_total) == (2, 3)


@pytest.mark.parametrize("cursor", ["", "x_1", "2026-01-01_1", "2026-01-01T00:00:00+00:00_x"])
def test_a_cursor_that_cannot_be_read_is_refused(desk: Desk, cursor: str) -> None:
    with desk.database.read() as session, pytest.raises(InvalidInput, match="cursor"):
        own_work.page(session, desk._project(session), 1, status="all", limit=20, cursor=cursor)
