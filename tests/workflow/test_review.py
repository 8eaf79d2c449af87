"""The way of an answer through review: who is asked, what it decides, and the way back to its annotator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from milo.core.errors import Conflict, Forbidden, InvalidInput
from milo.core.feedback import Finding
from milo.core.review_policy import Decision
from milo.db.queries import reviews
from milo.db.tables import AssignmentRow
from milo.workflow import assign, calibration, own_feedback, own_work, review_report
from milo.workflow.review import Review, store_review
from tests.builders import NEGATIVE, NOW, POSITIVE
from tests.workflow.review_desk import (
    AUDITED,
    BAD,
    GOOD,
    JUDGED,
    ReviewDesk,
    a_review_desk,
    as_reviewer,
    findings,
)

BOTH = {"rules": [{"by": "judge"}, {"by": "auditor"}]}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ReviewDesk]:
    desk = a_review_desk(tmp_path, AUDITED)
    yield desk
    desk.database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ReviewDesk]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    desk = a_review_desk(tmp_path, BOTH, url)
    yield desk
    desk.database.close()


def sent(desk: ReviewDesk, count: int = 1) -> list[Any]:
    """Submitted answers of a new annotator."""
    desk.items(count)
    tasks = list(desk.next(desk.person(), count).tasks)
    for task in tasks:
        desk.submit(task)
    return tasks


# --- whom an answer waits for -----------------------------------------------------------------------


def test_without_a_policy_nothing_waits_and_reviewers_are_offered_nothing(desk: ReviewDesk) -> None:
    desk.policy(rules=[])
    (task,) = sent(desk)
    assert desk.assignment(task).review == "none"
    found = desk.next_review(desk.reviewer())
    assert (found.review, found.queue.due) == (None, 0)
    assert found.empty is not None
    assert found.empty.reason == "none_due"


def test_an_answer_the_policy_picks_waits_and_its_item_is_in_review(desk: ReviewDesk) -> None:
    (task,) = sent(desk)
    row = desk.assignment(task)
    assert (row.state, row.review, row.asked_person, row.review_rank) == ("submitted", "due", "auditor", 2)
    assert desk.item_state(row.item_id) == "in_review"


def test_the_first_answers_of_each_annotator_are_asked_about_beyond_the_share(desk: ReviewDesk) -> None:
    desk.policy(rules=[{"by": "auditor", "share": 0.0, "first_of_each": 2}])
    tasks = sent(desk, 4)
    assert [desk.assignment(task).review for task in tasks] == ["due", "due", "none", "none"]
    assert desk.take_review(desk.reviewer()).picked.by == "first_of_annotator"


def test_what_every_answer_is_asked_about_was_not_picked_for_being_among_the_first(desk: ReviewDesk) -> None:
    desk.policy(rules=[{"by": "auditor", "first_of_each": 2}])
    sent(desk)
    assert desk.take_review(desk.reviewer()).picked.by == "auditor"


def test_progress_tells_reviewers_what_waits_and_annotators_what_came_back(desk: ReviewDesk) -> None:
    desk.items(2)
    person, auditor = desk.person(), desk.reviewer()
    first, second = desk.next(person, 2).tasks
    for task in (first, second):
        desk.submit(task)
    desk.review(auditor, first, BAD)
    with desk.database.read() as session:
        project = desk._project(session)
        own = own_work.progress(session, project, person.id, "annotator", since=NOW)
        others = own_work.progress(session, project, auditor.person.id, "auditor", since=NOW)
        (back,) = own_work.page(session, project, person.id, status="redo", limit=20, cursor=None).items
        passed = own_work.page(session, project, person.id, status="passed", limit=20, cursor=None).items
    assert (own.to_redo, own.to_review, own.has_rubric) == (1, None, True)
    assert (others.to_redo, others.to_review) == (0, 1)
    assert (back.assignment, passed) == (first.assignment, ())


def test_an_annotators_own_share_is_used(desk: ReviewDesk) -> None:
    desk.items(2)
    watched, trusted = desk.person("watched"), desk.person("trusted")
    with desk.database.read() as session:
        pseudonym = reviews.pseudonym(session, desk.project_id, watched.id)
    desk.policy(rules=[{"by": "auditor", "share": 0.0, "annotators": {pseudonym: 1.0}}])
    for person, review in ((watched, "due"), (trusted, "none")):
        task = desk.take(person)
        desk.submit(task)
        assert desk.assignment(task).review == review


def test_a_skip_or_a_rejection_waits_for_no_review(desk: ReviewDesk) -> None:
    (one, two) = sent(desk, 2)
    desk.skip(desk.reopen(one))
    desk.reject(desk.reopen(two))
    for task in (one, two):
        row = desk.assignment(task)
        assert (row.review, row.review_rank, row.asked_person) == ("none", None, None)


def test_an_answer_only_a_judge_is_asked_about_may_be_reviewed_last_until_a_judge_binds(
    desk: ReviewDesk,
) -> None:
    desk.policy(rules=[{"by": "judge"}])
    (task,) = sent(desk)
    assert (desk.assignment(task).judge_due, desk.assignment(task).review_rank) == (True, 9)
    desk.judge_earns()
    assert desk.assignment(task).review_rank is None
    with desk.database.read() as session:
        due = reviews.due_for_judge(session, desk.project_id, after=0, limit=10)
        assert due == [task.assignment]
        assert reviews.due_for_judge(session, desk.project_id, after=due[0], limit=10) == []


# --- the queue --------------------------------------------------------------------------------------


def test_two_reviewers_never_hold_the_same_answer(either: ReviewDesk) -> None:
    sent(either, 2)
    one, two, three = either.reviewer(), either.reviewer(), either.reviewer("researcher")
    first, second = either.take_review(one), either.take_review(two)
    assert first.assignment != second.assignment
    assert either.take_review(one).assignment == first.assignment  # a reloaded page finds it again
    found = either.next_review(three)
    assert found.empty is not None
    assert found.empty.reason == "all_claimed"
    either.clock.pass_minutes(31)
    assert either.take_review(three).assignment == first.assignment


def test_an_answer_that_was_given_back_comes_after_the_others(either: ReviewDesk) -> None:
    tasks = sent(either, 2)
    auditor = either.reviewer()
    first = either.take_review(auditor)
    either.give_back(auditor, first)
    second = either.take_review(auditor)
    assert {first.assignment, second.assignment} == {task.assignment for task in tasks}
    either.give_back(auditor, second)
    assert either.take_review(auditor).assignment == first.assignment


def test_the_queue_is_in_the_order_of_ranks(desk: ReviewDesk) -> None:
    desk.policy(redo_rounds=0, rules=[{"by": "judge"}, {"by": "auditor", "share": 0.5}])
    tasks = sent(desk, 6)
    desk.judge(tasks[-1], BAD)
    assert desk.assignment(tasks[-1]).review_rank == 0
    auditor = desk.reviewer()
    ranks = []
    for _ in tasks:
        task = desk.take_review(auditor)
        ranks.append(desk.assignment(task).review_rank or 0)
        desk.review(auditor, task, GOOD)
    assert ranks == sorted(ranks)
    assert ranks[0] == 0


def test_nobody_reviews_their_own_answer(desk: ReviewDesk) -> None:
    desk.items(1)
    own = as_reviewer(desk.researcher, "researcher")
    task = desk.take(desk.researcher)
    desk.submit(task)
    assert desk.next_review(own).review is None
    for attempt in (
        lambda: desk.next_review(own, task.assignment),
        lambda: desk.review(own, task, GOOD),
    ):
        with pytest.raises(Forbidden, match="your own answer"):
            attempt()


def test_an_auditor_does_not_take_what_only_researchers_are_asked_about(desk: ReviewDesk) -> None:
    desk.policy(rules=[{"by": "researcher"}])
    (task,) = sent(desk)
    auditor, researcher = desk.reviewer(), desk.reviewer("researcher")
    assert desk.next_review(auditor).review is None
    with pytest.raises(Forbidden, match="A researcher is asked about this answer"):
        desk.review(auditor, task, GOOD)
    assert desk.take_review(researcher).assignment == task.assignment


def test_a_researcher_may_take_what_auditors_are_asked_about(desk: ReviewDesk) -> None:
    sent(desk)
    assert desk.take_review(desk.reviewer("researcher")).picked.by == "auditor"


def test_a_reviewer_who_was_dealt_enough_gets_no_more(desk: ReviewDesk) -> None:
    desk.policy(rules=[{"by": "auditor", "per_reviewer": 1}])
    sent(desk, 2)
    one, two = desk.reviewer(), desk.reviewer()
    desk.review(one, desk.take_review(one), GOOD)
    found = desk.next_review(one)
    assert found.empty is not None
    assert (found.empty.reason, found.queue.reviewed_today, found.queue.dealt) == ("dealt_out", 1, 1)
    assert desk.next_review(two).review is not None


def test_a_project_without_a_rubric_says_so(tmp_path: Path) -> None:
    desk = a_review_desk(tmp_path, {}, rubrics=())
    (task,) = sent(desk)
    auditor = desk.reviewer()
    found = desk.next_review(auditor)
    assert found.empty is not None
    assert found.empty.reason == "no_rubric"
    with pytest.raises(Conflict, match="The project has no rubric"):
        desk.review(auditor, task, {})
    desk.database.close()


# --- what a reviewer receives -----------------------------------------------------------------------


def test_the_judge_is_shown_after_the_own_findings_alone(desk: ReviewDesk) -> None:
    desk.policy(**BOTH)
    (task,) = sent(desk)
    desk.judge(task, BAD, binds=False)
    auditor = desk.reviewer()
    taken = desk.take_review(auditor)
    assert (taken.judge, taken.judge_waits) == (None, True)
    with pytest.raises(InvalidInput, match=r"findings\.tone: found nothing; allowed: a grade"):
        desk.reveal_judge(auditor, taken, {"accuracy": "good", "slip": 0})
    opinion = desk.reveal_judge(auditor, taken, GOOD)
    assert opinion is not None
    assert (opinion.model, opinion.status, opinion.binds) == ("judge-14b", "redo", False)
    desk.review(auditor, taken, BAD, agreements={"accuracy": "agree"})
    kept = desk.feedback(task)[-1]
    assert kept.own_findings is not None
    assert [one["grade"] for one in kept.own_findings] == ["good", "good", None]
    assert (kept.judged_by, kept.agreements) == (opinion.feedback, {"accuracy": "agree"})
    assert desk.assignment(task).state == "redo"  # what was stored in the end counts


def test_what_was_found_first_stays_when_the_judge_is_asked_for_again(desk: ReviewDesk) -> None:
    desk.policy(**BOTH)
    (task,) = sent(desk)
    desk.judge(task, BAD, binds=False)
    auditor = desk.reviewer()
    taken = desk.take_review(auditor)
    desk.reveal_judge(auditor, taken, GOOD)
    desk.reveal_judge(auditor, taken, BAD)
    again = desk.take_review(auditor)
    assert again.judge is not None
    assert again.own is not None
    assert again.own.findings == findings(GOOD)


def test_the_judge_can_be_shown_at_once_or_never(desk: ReviewDesk) -> None:
    desk.policy(**BOTH, reveal_judge="immediate")
    (task,) = sent(desk)
    desk.judge(task, GOOD, binds=False)
    auditor = desk.reviewer()
    assert desk.take_review(auditor).judge is not None
    desk.policy(reveal_judge="never")
    taken = desk.take_review(auditor)
    assert (taken.judge, taken.judge_waits) == (None, False)
    with pytest.raises(Forbidden, match="do not see what the judge said"):
        desk.reveal_judge(auditor, taken, GOOD)


def test_agreement_with_a_judge_nobody_was_shown_is_refused(desk: ReviewDesk) -> None:
    (task,) = sent(desk)
    with pytest.raises(InvalidInput, match="none: no verdict of a judge was shown"):
        desk.review(desk.reviewer(), task, GOOD, agreements={"tone": "agree"})


def test_a_reviewer_asked_about_some_criteria_grades_those_alone(desk: ReviewDesk) -> None:
    desk.policy(rules=[{"by": "auditor", "criteria": ["tone"]}])
    (task,) = sent(desk)
    auditor = desk.reviewer()
    assert desk.take_review(auditor).only == ("tone",)
    with pytest.raises(InvalidInput, match=r"findings\.accuracy: found a finding; allowed: only tone"):
        desk.review(auditor, task, GOOD)
    stored = desk.review(auditor, task, {"tone": "good"})
    assert stored.status == "passed"
    assert stored.scores[0].score is not None
    assert stored.scores[0].score.left_out == ("accuracy", "slip")


# --- storing a review -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ({"accuracy": "good", "tone": "good"}, r"findings\.slip: found nothing; allowed: a count"),
        (GOOD | {"wit": "good"}, r"findings\.wit: found a finding; allowed: only accuracy, tone, slip"),
        (GOOD | {"tone": "fine"}, r"findings\.tone\.grade: found 'fine'; allowed: one of insufficient, "),
        (GOOD | {"accuracy": "na"}, r"findings\.accuracy\.grade: found 'na'; allowed: one of"),
        (GOOD | {"tone": 2}, r"findings\.tone\.grade: found a count of 2"),
        (GOOD | {"slip": "good"}, r"findings\.slip\.count: found the grade 'good'; allowed: 0 to 1000"),
        (GOOD | {"slip": -1}, r"findings\.slip\.count: found -1; allowed: 0 to 1000"),
    ],
)
def test_a_review_that_does_not_fit_the_rubric_is_refused_by_name(
    desk: ReviewDesk, found: dict[str, Any], message: str
) -> None:
    (task,) = sent(desk)
    with pytest.raises(InvalidInput, match=message):
        desk.review(desk.reviewer(), task, found)
    assert desk.assignment(task).state == "submitted"


def test_two_findings_on_one_part_are_refused(desk: ReviewDesk) -> None:
    (task,) = sent(desk)
    auditor = desk.reviewer()
    twice = (*findings(GOOD), Finding(part="tone", grade="good"))
    twice_said = Review(client_id="x", revision=1, findings=twice)
    with desk.database.write() as session:
        row = session.get_one(AssignmentRow, task.assignment)
        project = desk._project(session)
        with pytest.raises(InvalidInput, match="found two findings"):
            store_review(session, project, row, twice_said, by=auditor, now=desk.clock())


def test_a_passed_answer_is_done_and_says_by_whom(either: ReviewDesk) -> None:
    (task,) = sent(either)
    auditor = either.reviewer()
    stored = either.review(auditor, either.take_review(auditor), GOOD)
    assert (stored.decision, stored.state) == (Decision(status="passed", by="auditor"), "passed")
    assert (stored.label, stored.status) == ("Auditor", "passed")
    row = either.assignment(task)
    assert (row.review, row.review_rank, either.item_state(row.item_id)) == ("passed", None, "done")


def test_a_review_sent_twice_has_one_effect_and_one_reply(desk: ReviewDesk) -> None:
    (task,) = sent(desk)
    auditor = desk.reviewer()
    replies = [desk.review(auditor, task, BAD, client_id="once") for _ in range(3)]
    assert replies[0] == replies[1] == replies[2]
    assert len(desk.feedback(task)) == 1
    assert desk.assignment(task).redo_rounds == 1
    with pytest.raises(Conflict, match="was used for another review"):
        desk.review(desk.reviewer(), task, BAD, client_id="once")


def test_a_review_of_an_older_revision_is_a_conflict_with_what_stands(desk: ReviewDesk) -> None:
    (task,) = sent(desk)
    auditor = desk.reviewer()
    taken = desk.take_review(auditor)
    desk.submit(desk.reopen(task), NEGATIVE)
    with pytest.raises(Conflict, match="about revision 1; by now revision 3 stands") as caught:
        desk.review(auditor, taken, GOOD, revision=taken.revision)
    assert caught.value.current == {
        "revision": 3,
        "state": "submitted",
        "submitted_at": desk.clock().isoformat(),
    }


def test_an_answer_in_its_annotators_hand_cannot_be_reviewed(desk: ReviewDesk) -> None:
    (task,) = sent(desk)
    auditor = desk.reviewer()
    taken = desk.take_review(auditor)
    desk.reopen(task)
    with pytest.raises(Conflict, match="The annotator has this answer in hand"):
        desk.review(auditor, taken, GOOD)
    assert desk.next_review(desk.reviewer()).review is None


def test_an_answer_given_back_unchanged_waits_again(desk: ReviewDesk) -> None:
    (task,) = sent(desk)
    desk.release(desk.reopen(task))
    row = desk.assignment(task)
    assert (row.state, row.review, row.review_rank) == ("submitted", "due", 2)
    taken = desk.take_review(desk.reviewer())
    assert (taken.revision, row.revision) == (1, 2)  # the newest that holds answers


# --- the judge --------------------------------------------------------------------------------------


def test_a_binding_judge_decides_alone_where_no_person_was_asked(desk: ReviewDesk) -> None:
    desk.policy(**JUDGED)
    good, bad = sent(desk, 2)
    desk.judge(good, GOOD)
    desk.judge(bad, BAD)
    assert desk.assignment(good).state == "passed"
    assert desk.assignment(bad).state == "redo"
    assert desk.decisions(bad) == [(1, "redo", "judge")]


def test_a_judge_that_does_not_bind_cannot_send_work_back(desk: ReviewDesk) -> None:
    desk.policy(**JUDGED)
    (task,) = sent(desk)
    desk.judge(task, BAD, binds=False)
    row = desk.assignment(task)
    assert (row.state, row.review, row.review_rank, row.judge_due) == ("submitted", "due", 9, False)
    assert desk.decisions(task) == []
    assert desk.take_review(desk.reviewer()).picked.by == "judge"


def test_a_judges_passed_waits_for_the_person_who_was_asked_too_but_its_redo_does_not(
    either: ReviewDesk,
) -> None:
    good, bad = sent(either, 2)
    either.judge(good, GOOD)
    either.judge(bad, BAD)
    assert (either.assignment(good).state, either.assignment(good).review) == ("submitted", "due")
    assert either.assignment(bad).state == "redo"


@pytest.mark.parametrize("status", ["uncertain", "unreadable", "failed"])
def test_a_verdict_that_is_none_gives_no_status_and_the_answer_goes_to_a_person(
    desk: ReviewDesk, status: str
) -> None:
    desk.policy(**JUDGED)
    (task,) = sent(desk)
    desk.judge(task, GOOD, tone={"status": status, "grade": None, "reason": "said nothing of use"})
    (told,) = desk.feedback(task)
    assert (told.status, told.reason) == (None, "no verdict: tone: said nothing of use")
    row = desk.assignment(task)
    assert (row.state, row.review, row.review_rank) == ("submitted", "due", 2)


def test_a_card_that_meets_the_bar_lets_verdicts_act_that_were_advice(desk: ReviewDesk) -> None:
    desk.policy(**JUDGED)
    good, bad = sent(desk, 2)
    desk.judge(good, GOOD, binds=False)
    desk.judge(bad, BAD, binds=False)
    assert desk.judge_earns() == 2
    assert [desk.assignment(task).state for task in (good, bad)] == ["passed", "redo"]
    assert desk.judge_earns() == 0


def test_a_later_verdict_of_a_judge_changes_nothing_that_a_person_decided(desk: ReviewDesk) -> None:
    desk.policy(**BOTH)
    (task,) = sent(desk)
    desk.review(desk.reviewer(), task, GOOD)
    desk.judge(task, BAD)
    assert desk.assignment(task).state == "passed"
    assert desk.decisions(task) == [(1, "passed", "auditor")]


def test_a_judgement_stored_twice_is_stored_once(desk: ReviewDesk) -> None:
    desk.policy(**JUDGED)
    (task,) = sent(desk)
    desk.judge(task, BAD)
    desk.judge(task, BAD)
    assert len(desk.feedback(task)) == 1
    assert desk.assignment(task).redo_rounds == 1


def test_a_verdict_that_comes_while_the_annotator_looks_acts_when_the_answer_is_given_back(
    desk: ReviewDesk,
) -> None:
    desk.policy(**JUDGED)
    (task,) = sent(desk)
    opened = desk.reopen(task)
    desk.judge(task, BAD)
    assert desk.assignment(task).state == "leased"
    desk.release(opened)
    assert desk.assignment(task).state == "redo"


def test_a_verdict_on_an_answer_that_was_replaced_decides_nothing(desk: ReviewDesk) -> None:
    desk.policy(**JUDGED)
    (task,) = sent(desk)
    opened = desk.reopen(task)
    desk.judge(task, BAD)
    desk.submit(opened, NEGATIVE)
    row = desk.assignment(task)
    assert (row.state, row.review, row.judge_due) == ("submitted", "due", True)


# --- who overrides whom -----------------------------------------------------------------------------


def test_a_researcher_overrides_an_auditor_who_overrides_the_judge(either: ReviewDesk) -> None:
    (task,) = sent(either)
    auditor, researcher = either.reviewer(), either.reviewer("researcher")
    either.judge(task, BAD)
    either.review(auditor, task, GOOD)
    assert (either.assignment(task).state, either.assignment(task).redo_rounds) == ("passed", 0)
    either.review(researcher, task, BAD)
    assert either.assignment(task).state == "redo"
    assert either.decisions(task) == [
        (1, "redo", "judge"),
        (1, "passed", "auditor"),
        (1, "redo", "researcher"),
    ]
    with pytest.raises(Forbidden, match="A researcher has decided this answer: redo"):
        either.review(auditor, task, GOOD)


def test_a_reviewer_may_change_their_own_review_but_not_that_of_a_colleague(desk: ReviewDesk) -> None:
    (task,) = sent(desk)
    auditor = desk.reviewer()
    desk.review(auditor, task, BAD)
    with pytest.raises(Forbidden, match="An auditor has decided this answer: redo"):
        desk.review(desk.reviewer(), task, GOOD)
    opened = desk.take_review(auditor, task.assignment)
    assert opened.own is not None
    assert opened.own.findings == findings(BAD)
    desk.review(auditor, opened, GOOD)
    assert desk.assignment(task).state == "passed"


# --- the way back -----------------------------------------------------------------------------------


def test_what_is_sent_back_stands_first_in_its_annotators_queue_with_the_feedback(
    either: ReviewDesk,
) -> None:
    either.items(3)
    person, other = either.person(), either.person()
    task = either.take(person)
    either.submit(task, NEGATIVE)
    either.review(either.reviewer(), task, BAD)
    assert either.assignment(task).state == "redo"
    assert all(one.assignment != task.assignment for one in either.next(other).tasks)
    first, second = either.next(person, 2).tasks
    assert (first.assignment, first.answers, second.redo) == (task.assignment, NEGATIVE, None)
    assert first.redo is not None
    assert (first.redo.round, first.redo.rounds, first.redo.answers) == (1, 2, NEGATIVE)
    (told,) = first.redo.feedback
    assert (told.source, told.label, told.status) == ("auditor", "Auditor", "redo")
    assert [rubric.name for rubric in first.redo.rubrics] == ["quality"]
    assert either.item_state(task.item.id) == "in_work"


def test_a_resubmission_is_reviewed_by_who_sent_it_back_though_the_policy_no_longer_asks(
    desk: ReviewDesk,
) -> None:
    desk.policy(**BOTH)
    by_person, by_judge = sent(desk, 2)
    desk.review(desk.reviewer("researcher"), by_person, BAD)
    desk.judge(by_judge, BAD)
    desk.policy(rules=[{"by": "judge", "share": 0.0}])
    for task in (by_person, by_judge):
        desk.submit(desk.redo(task), NEGATIVE)
    row = desk.assignment(by_person)
    assert (row.asked_person, row.review_rank, row.review) == ("researcher", 1, "due")
    row = desk.assignment(by_judge)
    assert (row.asked_judge, row.judge_due, row.review) == (True, True, "due")
    desk.policy(rules=[])
    assert desk.assignment(by_judge).asked_person == "auditor"  # no judge is left to ask


def test_a_reviewer_of_a_resubmission_has_what_was_sent_back_beside_it(desk: ReviewDesk) -> None:
    (task,) = sent(desk)
    auditor = desk.reviewer()
    desk.review(auditor, task, BAD, note="Read it again.")
    desk.submit(desk.redo(task), NEGATIVE)
    again = desk.take_review(auditor)
    assert (again.round, again.picked.by, again.answers) == (1, "redo", NEGATIVE)
    assert again.previous is not None
    assert (again.previous.revision, again.previous.answers) == (1, POSITIVE)
    assert again.previous.feedback[0].note == "Read it again."
    desk.review(auditor, again, GOOD)
    assert desk.assignment(task).state == "passed"
    assert desk.decisions(task) == [(1, "redo", "auditor"), (3, "passed", "auditor")]


def test_a_lease_that_ends_leaves_the_answer_to_be_redone(desk: ReviewDesk) -> None:
    (task,) = sent(desk)
    desk.review(desk.reviewer(), task, BAD)
    desk.redo(task)
    desk.clock.pass_minutes(31)
    desk.next(desk.person())  # somebody asks for work, and leases that are over are ended
    assert desk.assignment(task).state == "redo"
    desk.release(desk.redo(task))
    assert (desk.assignment(task).state, desk.slots(task.item.id)) == ("redo", ["done"])


def test_a_mended_answer_that_comes_after_its_lease_is_stored_all_the_same(desk: ReviewDesk) -> None:
    (task,) = sent(desk)
    desk.review(desk.reviewer(), task, BAD)
    mending = desk.redo(task)
    desk.clock.pass_minutes(31)
    desk.next(desk.person())
    assert desk.submit(mending, NEGATIVE).state == "submitted"
    assert (desk.assignment(task).review, desk.assignment(task).review_rank) == ("due", 1)


def test_only_what_was_sent_back_can_be_redone(desk: ReviewDesk) -> None:
    (task,) = sent(desk)
    with pytest.raises(Conflict, match=r"Only an answer that was sent back can be redone; .* 'submitted'"):
        desk.redo(task)


def test_an_answer_being_mended_is_not_reviewed(desk: ReviewDesk) -> None:
    (task,) = sent(desk)
    desk.review(desk.reviewer(), task, BAD)
    desk.redo(task)
    with pytest.raises(Conflict, match="The annotator is mending this answer now"):
        desk.review(desk.reviewer("researcher"), task, GOOD)


def test_after_the_allowed_rounds_a_judges_redo_is_left_to_a_person(desk: ReviewDesk) -> None:
    desk.policy(**JUDGED, redo_rounds=1)
    (task,) = sent(desk)
    desk.judge(task, BAD)
    desk.submit(desk.redo(task))
    desk.judge(task, BAD)
    row = desk.assignment(task)
    assert (row.state, row.review, row.review_rank, row.redo_rounds) == ("submitted", "due", 0, 1)
    taken = desk.take_review(desk.reviewer())
    assert (taken.picked.by, taken.last_chance) == ("escalated", True)


def test_a_persons_redo_at_the_limit_gives_the_item_to_somebody_else(either: ReviewDesk) -> None:
    either.policy(rules=[{"by": "auditor"}], redo_rounds=0)
    (item,) = either.items(1)
    person, other = either.person(), either.person()
    task = either.take(person)
    either.submit(task)
    auditor = either.reviewer()
    assert either.take_review(auditor).last_chance
    assert either.review(auditor, task, BAD).state == "withdrawn"
    assert either.slots(item) == ["open"]
    assert either.next(person).tasks == ()
    replaced = either.take(other)
    assert (replaced.item.id, replaced.redo) == (item, None)
    assert either.decisions(task) == [(1, "redo", "auditor")]


def test_an_annotator_who_stays_away_is_replaced_after_the_set_time(either: ReviewDesk) -> None:
    either.policy(rules=[{"by": "auditor"}], redo_hours=2)
    (item,) = either.items(1)
    person, other = either.person(), either.person()
    task = either.take(person)
    either.submit(task)
    either.review(either.reviewer(), task, BAD)
    either.clock.pass_minutes(119)
    assert either.next(other).tasks == ()
    either.clock.pass_minutes(2)
    assert either.take(other).item.id == item
    assert either.assignment(task).state == "withdrawn"
    assert either.next(person).tasks == ()


def test_reviewers_at_work_replace_absent_annotators_too(desk: ReviewDesk) -> None:
    (task,) = sent(desk)
    auditor = desk.reviewer()
    desk.review(auditor, task, BAD)
    desk.clock.pass_minutes(72 * 60 + 1)
    desk.next_review(auditor)
    assert desk.assignment(task).state == "withdrawn"


@pytest.mark.parametrize("act", ["submit", "reject"])
def test_what_comes_after_the_withdrawal_is_kept_as_surplus(either: ReviewDesk, act: str) -> None:
    either.policy(rules=[{"by": "auditor"}], redo_hours=2)
    (item,) = either.items(1)
    person, other = either.person(), either.person()
    task = either.take(person)
    either.submit(task)
    either.review(either.reviewer(), task, BAD)
    held = either.redo(task)
    either.clock.pass_minutes(121)
    replaced = either.take(other)
    assert either.assignment(task).state == "withdrawn"
    receipt = either.submit(held, NEGATIVE) if act == "submit" else either.reject(held)
    assert (receipt.state, receipt.revision) == ("surplus", 3)
    row = either.assignment(task)
    assert (row.slot_id, row.review, row.review_rank, row.judge_due) == (None, "none", None, False)
    assert either.submit(replaced).state == "submitted"
    assert either.slots(item) == ["done"]
    assert either.submit(task, client_id=receipt.client_id).state == "surplus"  # sent again


def test_a_withdrawn_answer_is_not_taken_up_again_by_its_author(desk: ReviewDesk) -> None:
    desk.policy(redo_rounds=0)
    (item,) = desk.items(1)
    person = desk.person()
    task = desk.take(person)
    desk.submit(task)
    desk.review(desk.reviewer(), task, BAD)
    assert desk.submit(task, expected=1).state == "surplus"
    with desk.database.read() as session:
        (entry,) = own_work.page(
            session, desk._project(session), person.id, status="all", limit=5, cursor=None
        ).items
    assert (entry.state, entry.can_reopen) == ("surplus", False)
    with pytest.raises(Conflict, match="somebody else"):
        desk.reopen(task)
    assert desk.slots(item) == ["open"]
    assert desk.next(person).tasks == ()


def test_a_skip_after_the_withdrawal_is_kept_and_changes_nothing(desk: ReviewDesk) -> None:
    desk.policy(redo_rounds=0)
    (task,) = sent(desk)
    desk.review(desk.reviewer(), task, BAD)
    assert desk.skip(task).state == "withdrawn"
    assert [row.act for row in desk.revisions(task)] == ["submit", "skip"]


# --- what annotators learn --------------------------------------------------------------------------


def test_an_annotator_sees_what_was_found_once_it_is_decided(desk: ReviewDesk) -> None:
    desk.policy(**BOTH)
    (task,) = sent(desk)
    desk.judge(task, BAD, binds=False)

    def told() -> own_feedback.OwnFeedback:
        with desk.database.read() as session:
            row = session.get_one(AssignmentRow, task.assignment)
            return own_feedback.of_assignment(session, desk._project(session), row)

    assert told().revisions[0].feedback == ()
    desk.review(desk.reviewer(), task, BAD | {"accuracy": "minimum"})
    found = told()
    (revision,) = found.revisions
    assert revision.decision is not None
    assert (revision.decision.status, revision.decision.by) == ("redo", "auditor")
    assert [(one.label, one.binds) for one in revision.feedback] == [("LLM QA", False), ("Auditor", True)]
    assert found.can_redo
    assert found.enough == "One of these is enough: “Accuracy” at Good; no “Slip”."
    assert (found.first_pass.n, found.first_pass.passed) == (1, 0)
    assert [one.kind for one in found.history] == ["submitted", "feedback", "feedback", "decided"]


def test_the_list_counts_what_is_to_be_redone_what_is_new_and_what_was_seen(desk: ReviewDesk) -> None:
    desk.items(3)
    person, auditor = desk.person(), desk.reviewer()
    tasks = list(desk.next(person, 3).tasks)
    for task in tasks:
        desk.submit(task)
    for task, graded in zip(tasks, (GOOD, BAD, GOOD), strict=True):
        desk.review(auditor, task, graded)
    with desk.database.write() as session:
        own_feedback.see(session, session.get_one(AssignmentRow, tasks[0].assignment), now=desk.clock())
    with desk.database.read() as session:
        project = desk._project(session)
        found = own_feedback.listed(session, project, person.id, source="all", status="all", cursor=None)
        redo = own_feedback.listed(session, project, person.id, source="auditor", status="redo", cursor=None)
        none = own_feedback.listed(session, project, person.id, source="judge", status="all", cursor=None)
        with pytest.raises(InvalidInput, match="The status 'late' is unknown; allowed: passed, redo, all"):
            own_feedback.listed(session, project, person.id, source="all", status="late", cursor=None)
    assert (found.counts.redo, found.counts.new, found.counts.seen) == (1, 1, 1)
    assert [one.assignment for one in found.items] == [tasks[n].assignment for n in (1, 2, 0)]
    assert [(one.score, one.max_score, one.seen) for one in found.items] == [
        (55.0, 100.0, False),
        (100.0, 100.0, False),
        (100.0, 100.0, True),
    ]
    assert [one.assignment for one in redo.items] == [tasks[1].assignment]
    assert none.items == ()


def test_what_is_to_be_redone_comes_first_page_by_page_then_what_is_new_then_the_rest(
    desk: ReviewDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_feedback, "LIST_LIMIT", 2)
    desk.items(8)
    person, auditor = desk.person(), desk.reviewer()
    tasks = list(desk.next(person, 8).tasks)
    for task in tasks:
        desk.submit(task)
    for number, task in enumerate(tasks[:7]):
        desk.review(auditor, task, BAD if number in (0, 3, 5) else GOOD)
    for number in (0, 2, 6):
        with desk.database.write() as session:
            row = session.get_one(AssignmentRow, tasks[number].assignment)
            own_feedback.see(session, row, now=desk.clock())
    desk.redo(tasks[3])  # in hand, and still to be redone

    def page(cursor: str | None) -> own_feedback.FeedbackList:
        with desk.database.read() as session:
            return own_feedback.listed(
                session, desk._project(session), person.id, source="all", status="all", cursor=cursor
            )

    first = page(None)
    desk.review(auditor, tasks[7], BAD)  # what comes meanwhile shifts nothing
    told, cursor = list(first.items), first.next_cursor
    while cursor is not None:
        found = page(cursor)
        told += found.items
        cursor = found.next_cursor
    assert [one.assignment for one in told] == [tasks[n].assignment for n in (5, 3, 0, 4, 1, 6, 2)]
    assert [one.can_redo for one in told] == [True] * 3 + [False] * 4
    assert [one.assignment for one in page(None).items] == [tasks[n].assignment for n in (7, 5)]
    for wrong in ("3_1", "1", "1_", "0_-2", "1_٣", "_1"):
        with pytest.raises(InvalidInput, match="cannot be read"):
            page(wrong)


def test_an_annotator_replies_once_and_to_people_alone(desk: ReviewDesk) -> None:
    desk.policy(**JUDGED)
    desk.items(2)
    person = desk.person()
    one, two = desk.next(person, 2).tasks
    desk.submit(one)
    desk.submit(two)
    desk.judge(one, GOOD)
    desk.review(desk.reviewer(), two, GOOD)

    def reply(task: Any, text: str) -> Any:
        with desk.database.write() as session:
            row = reviews.feedback_of(session, [task.assignment])[0].row
            return own_feedback.reply(session, row, by=person.id, text=text, now=desk.clock())

    with pytest.raises(Forbidden, match="A model does not read replies"):
        reply(one, "Why?")
    told = reply(two, "Thank you.")
    assert (told.reply.text, told.can_reply) == ("Thank you.", False)
    assert reply(two, "Thank you.").reply == told.reply
    with pytest.raises(Conflict, match="there is one reply"):
        reply(two, "And yet.")


def test_how_one_does_over_time_is_told_by_criterion_and_week(desk: ReviewDesk) -> None:
    desk.items(2)
    person, auditor = desk.person(), desk.reviewer()
    for found in (BAD | {"tone": "na"}, GOOD):
        task = desk.take(person)
        desk.submit(task)
        desk.review(auditor, task, found)
        desk.clock.pass_minutes(7 * 24 * 60)
        desk.policy(redo_hours=24 * 90)
    with desk.database.read() as session:
        project = desk._project(session)
        weekly = own_feedback.over_time(session, project, person.id)
        quality = review_report.quality(session, project)
    by_part = {part.part: [(w.week, round(w.mean, 3)) for w in part.weeks] for part in weekly.parts}
    assert by_part["accuracy"][0] == ("2026-W10", 0.333)
    assert [week for week, _ in by_part["tone"]] != ["2026-W10"]  # not applicable counts nowhere
    assert [(one.name, one.first_pass.n) for one in quality.annotators] == [(person.name, 2)]


# --- coverage and calibration -----------------------------------------------------------------------


def test_coverage_says_by_whom_answers_are_reviewed_and_how_they_came_out(either: ReviewDesk) -> None:
    tasks = sent(either, 4)
    either.judge(tasks[0], BAD)
    either.review(either.reviewer(), tasks[0], GOOD)
    either.review(either.reviewer(), tasks[1], BAD)
    either.review(either.reviewer("researcher"), tasks[1], BAD)
    either.judge(tasks[2], BAD)
    with either.database.read() as session:
        found = review_report.coverage(session, either._project(session))
    assert (found.answers, found.judged, found.audited, found.researched) == (4, 2, 2, 1)
    assert (found.by_two, found.passed, found.redo, found.waiting) == (1, 1, 2, 1)
    assert (found.first_pass.n, found.first_pass.passed) == (3, 1)
    assert (found.decided_by.judge, found.decided_by.auditor, found.decided_by.researcher) == (1, 1, 1)
    assert found.active_ms.first == 500


def test_reviewers_grade_the_calibration_set_first_and_it_decides_nothing(either: ReviewDesk) -> None:
    tasks = sent(either, 3)
    one, two = either.reviewer("auditor", "one"), either.reviewer("auditor", "two")
    with either.database.write() as session:
        calibration.draw(session, either._project(session), 2, now=either.clock())
    for reviewer, found in ((one, GOOD), (two, GOOD | {"tone": "minimum"})):
        for done in range(2):
            next_one = either.next_review(reviewer)
            assert next_one.review is not None
            assert next_one.review.is_calibration
            assert next_one.queue.calibration is not None
            assert next_one.queue.calibration.done == done
            either.review(reviewer, next_one.review, found)
        assert not either.take_review(reviewer).is_calibration
    assert {either.assignment(task).state for task in tasks} == {"submitted"}
    with either.database.read() as session:
        report = calibration.report(session, either._project(session), one)
    assert [(r.name, r.done, round(r.agreement or 0, 3)) for r in report.reviewers] == [
        ("One", 2, 0.667),
        ("Two", 2, 0.667),
    ]
    assert {part.part: part.agreement for part in report.parts} == {
        "accuracy": 1.0,
        "tone": 0.0,
        "slip": 1.0,
    }


def test_a_reviewer_sees_how_others_grade_only_after_grading_themselves(desk: ReviewDesk) -> None:
    sent(desk, 1)
    one, two, late = desk.reviewer(), desk.reviewer(), desk.reviewer()
    with desk.database.write() as session:
        calibration.draw(session, desk._project(session), 1, now=desk.clock())
    for reviewer in (one, two):
        desk.review(reviewer, desk.take_review(reviewer), GOOD)
    with desk.database.read() as session:
        project = desk._project(session)
        assert calibration.report(session, project, late).parts == ()
        assert calibration.report(session, project, one).parts != ()


def test_a_set_larger_than_the_answers_there_are_is_refused(desk: ReviewDesk) -> None:
    sent(desk, 2)
    with (
        desk.database.write() as session,
        pytest.raises(Conflict, match="There are 2 answers to draw 3 from"),
    ):
        calibration.draw(session, desk._project(session), 3, now=desk.clock())


def test_the_slots_of_a_project_fit_after_a_withdrawal(desk: ReviewDesk) -> None:
    desk.policy(redo_rounds=0)
    (task,) = sent(desk)
    desk.review(desk.reviewer(), task, BAD)
    with desk.database.write() as session:
        assert assign.fit_slots(session, desk._project(session), after=0) is None
        assert session.scalars(select(AssignmentRow.state)).all() == ["withdrawn"]
    assert desk.slots(task.item.id) == ["open"]
