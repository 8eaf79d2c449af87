"""The table of states and moves."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milo.core.assignment import COUNTING, MOVES, AssignmentState, item_state, move
from milo.core.errors import Conflict

STATES = get_args(AssignmentState)


def test_every_state_has_a_row_and_every_target_is_a_state() -> None:
    assert set(MOVES) == set(STATES)
    assert {target for targets in MOVES.values() for target in targets} <= set(STATES)


def test_what_comes_for_a_withdrawn_assignment_is_kept_and_nothing_more() -> None:
    assert MOVES["withdrawn"] == {"surplus"}


def test_work_in_hand_can_always_be_given_back_or_handed_in() -> None:
    assert {"open", "submitted", "skipped", "rejected"} <= MOVES["leased"]


def test_a_passed_answer_is_not_taken_back_by_its_author() -> None:
    with pytest.raises(Conflict, match="'passed' cannot become 'leased'; it can become: redo, withdrawn"):
        move("passed", "leased")


@given(st.sampled_from(STATES), st.sampled_from(STATES))
def test_a_move_is_made_exactly_when_the_table_has_it(
    current: AssignmentState, target: AssignmentState
) -> None:
    if target in MOVES[current]:
        assert move(current, target) == target
    else:
        with pytest.raises(Conflict):
            move(current, target)


@given(st.lists(st.sampled_from(STATES), max_size=6), st.integers(1, 4))
def test_an_item_is_never_done_with_an_answer_in_redo(states: list[AssignmentState], overlap: int) -> None:
    if "redo" in states:
        assert item_state(states, overlap) == "in_work"


@given(st.lists(st.sampled_from(STATES), max_size=6), st.integers(1, 4))
def test_an_item_with_too_few_answers_is_not_labeled(states: list[AssignmentState], overlap: int) -> None:
    if sum(state in COUNTING for state in states) < overlap:
        assert item_state(states, overlap) in ("new", "in_work")


def test_an_item_that_everybody_rejected_is_rejected() -> None:
    assert item_state(["rejected", "rejected"], 2) == "rejected"
    assert item_state(["rejected", "submitted"], 2) == "labeled"
    assert item_state(["passed", "passed"], 2) == "done"
