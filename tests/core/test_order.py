"""Compared texts stand as A, B, ... in an order that is the same for everybody and favours nobody."""

from __future__ import annotations

from collections import Counter

from milo.core.questions import PairwiseQuestion, RankingQuestion, TextQuestion
from milo.core.questions.order import orders

BETTER = PairwiseQuestion(name="better", title="Which?", first="left", second="right")
RANKED = RankingQuestion(name="ranked", title="Order?", fields=("one", "two", "three"))
ITEMS = range(1, 6_001)


def test_each_response_stands_first_equally_often() -> None:
    firsts = Counter(orders([BETTER], salt="s", item=item)["better"][0] for item in ITEMS)
    assert abs(firsts["left"] - firsts["right"]) < 4 * len(ITEMS) ** 0.5  # four standard deviations


def test_each_order_of_several_is_drawn_equally_often() -> None:
    drawn = Counter(orders([RANKED], salt="s", item=item)["ranked"] for item in ITEMS)
    assert len(drawn) == 6
    assert max(abs(count - 1_000) for count in drawn.values()) < 4 * (6_000 * 1 / 6 * 5 / 6) ** 0.5


def test_the_order_of_an_item_is_always_the_same_and_another_with_another_salt() -> None:
    drawn = [orders([BETTER, RANKED], salt="s", item=item) for item in range(40)]
    assert drawn == [orders([BETTER, RANKED], salt="s", item=item) for item in range(40)]
    assert drawn != [orders([BETTER, RANKED], salt="t", item=item) for item in range(40)]


def test_only_comparing_questions_have_an_order_and_no_field_is_lost() -> None:
    found = orders([TextQuestion(name="why", title="Why?"), BETTER, RANKED], salt="s", item=1)
    assert {name: sorted(fields) for name, fields in found.items()} == {
        "better": ["left", "right"],
        "ranked": ["one", "three", "two"],
    }
