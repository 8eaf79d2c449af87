"""An order of several: what may be answered, and how far two orders are apart."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy.stats import kendalltau

from milo.core.answer import in_words
from milo.core.questions import RankingAnswer, RankingQuestion
from milo.core.questions.ranking import answer_faults, distance, parsed, places, question_faults

FIELDS = ("a", "b", "c", "d", "e")
QUESTION = RankingQuestion(name="order", title="Order them", fields=FIELDS)


def ranked(text: str) -> RankingAnswer:
    return RankingAnswer(value=parsed(text))


@some.composite
def orders(draw: some.DrawFn, *, ties: bool = True) -> RankingAnswer:
    names = draw(some.permutations(FIELDS))
    groups: list[tuple[str, ...]] = []
    for name in names:
        if groups and ties and draw(some.booleans()):
            groups[-1] = (*groups[-1], name)
        else:
            groups.append((name,))
    return RankingAnswer(value=tuple(groups))


@given(orders(), orders())
def test_the_distance_is_symmetric_none_for_the_same_and_at_most_one(
    one: RankingAnswer, other: RankingAnswer
) -> None:
    assert distance(one, other) == distance(other, one)
    assert distance(one, one) == 0
    assert 0 <= distance(one, other) <= 1


@given(orders(), orders(), orders())
def test_the_way_over_a_third_order_is_never_shorter(
    one: RankingAnswer, other: RankingAnswer, third: RankingAnswer
) -> None:
    assert distance(one, other) <= distance(one, third) + distance(third, other) + 1e-9


@given(orders(), orders(), some.permutations(FIELDS))
def test_what_the_fields_are_called_does_not_matter(
    one: RankingAnswer, other: RankingAnswer, names: list[str]
) -> None:
    new = dict(zip(FIELDS, names, strict=True))

    def renamed(answer: RankingAnswer) -> RankingAnswer:
        return RankingAnswer(value=tuple(tuple(new[name] for name in group) for group in answer.value))

    assert distance(renamed(one), renamed(other)) == pytest.approx(distance(one, other))


@given(orders(), some.randoms(use_true_random=False))
def test_in_which_order_tied_texts_are_named_does_not_matter(answer: RankingAnswer, chance: object) -> None:
    turned = RankingAnswer(value=tuple(tuple(reversed(group)) for group in answer.value))
    assert distance(answer, turned) == 0


@given(orders(ties=False), orders(ties=False))
def test_without_ties_it_is_kendalls_tau_as_scipy_has_it(one: RankingAnswer, other: RankingAnswer) -> None:
    first, second = (places(answer.value) for answer in (one, other))
    tau = kendalltau([first[name] for name in FIELDS], [second[name] for name in FIELDS]).statistic
    assert distance(one, other) == pytest.approx((1 - tau) / 2)


@given(orders(), orders())
def test_a_second_way_of_counting_gives_the_same(one: RankingAnswer, other: RankingAnswer) -> None:
    def sides(answer: RankingAnswer) -> dict[tuple[str, str], str]:
        at = {name: number for number, group in enumerate(answer.value) for name in group}
        return {
            (x, y): "=" if at[x] == at[y] else "<" if at[x] < at[y] else ">"
            for x, y in combinations(FIELDS, 2)
        }

    first, second = sides(one), sides(other)
    points = sum(
        0 if first[pair] == second[pair] else 0.5 if "=" in first[pair] + second[pair] else 1
        for pair in first
    )
    assert distance(one, other) == pytest.approx(points / 10)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("a > b > c > d > e", "e > d > c > b > a", 1),
        ("a > b > c > d > e", "b > a > c > d > e", 0.1),
        ("a > b > c > d > e", "a = b > c > d > e", 0.05),
        ("a = b = c = d = e", "a > b > c > d > e", 0.5),
    ],
)
def test_known_distances(one: str, other: str, apart: float) -> None:
    assert distance(ranked(one), ranked(other)) == pytest.approx(apart)


@given(orders())
def test_an_order_survives_being_written_and_read(answer: RankingAnswer) -> None:
    assert answer_faults("here", QUESTION, answer) == []
    assert parsed(in_words(QUESTION, answer, {})) == answer.value


@pytest.mark.parametrize(
    "text", ["", "a > b", "a > b > c > d > e > e", "a > b > c > d > f", "a > > b > c > d = e"]
)
def test_an_order_names_every_field_once(text: str) -> None:
    (fault,) = answer_faults("answers.order", QUESTION, ranked(text))
    assert fault.allowed == "each once of a, b, c, d, e"


def test_ties_may_be_forbidden() -> None:
    strict = RankingQuestion(name="order", title="Order them", fields=FIELDS, ties=False)
    assert answer_faults("here", strict, ranked("a > b > c > d > e")) == []
    assert [fault.found for fault in answer_faults("here", strict, ranked("a = b > c > d > e"))] == ["a tie"]


def test_a_ranking_has_two_fields_to_twenty_each_once() -> None:
    assert question_faults("q", QUESTION) == []
    one = RankingQuestion(name="order", title="Order them", fields=("a",))
    assert [str(fault) for fault in question_faults("q", one)] == [
        "q.fields: found 1 fields; allowed: 2 to 20"
    ]
    twice = RankingQuestion(name="order", title="Order them", fields=("a", "b", "a"))
    assert [fault.found for fault in question_faults("q", twice)] == ["'a' twice"]


def test_in_words_an_order_has_the_titles_of_its_fields() -> None:
    titles = dict(zip(FIELDS, "ABCDE", strict=True))
    assert in_words(QUESTION, ranked("b > a = c > d > e"), titles) == "B > A = C > D > E"
