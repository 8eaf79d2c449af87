"""Corrected cases become examples; models are shown them, but never for the item they came from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from milo.core.annotator_task import AnnotatorTask
from milo.core.errors import Conflict, InvalidInput, NotFound
from milo.core.person import Person
from milo.core.questions import Answer, ChoiceAnswer, TextAnswer
from tests.workflow.rating_desk import BETTER, DRAFT, RatingDesk, a_rating_desk, written
from tests.workflow.review_desk import AUDITED, BAD, GOOD


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RatingDesk]:
    desk = a_rating_desk(tmp_path)
    yield desk
    desk.database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RatingDesk]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    desk = a_rating_desk(tmp_path, url=url)
    yield desk
    desk.database.close()


def a_rated_draft(desk: RatingDesk, ann: Person | None = None) -> tuple[AnnotatorTask, int]:
    """A task that was answered after its draft was rated down, and the rating's id."""
    desk.items(1)
    ann = ann or desk.person()
    task = desk.take(ann)
    draft = desk.model_draft(task, DRAFT, query="Which snake is it?")
    desk.rate(ann, task, "draft", draft, "down", "wrong")
    desk.submit(task, written())
    return task, desk.cases().items[0].rating


def test_a_corrected_draft_becomes_an_example(either: RatingDesk) -> None:
    desk = either
    _, rating = a_rated_draft(desk)
    example = desk.add_example(rating=rating)
    assert (example.question, example.query) == ("response", "Which snake is it?")
    assert example.answer == TextAnswer(value=BETTER)
    assert (example.model_text, example.rating, example.is_shown) == (DRAFT, rating, True)
    assert desk.cases().items[0].example == example.id
    assert desk.examples().examples == (example,)


def test_what_is_not_reviewed_yet_or_was_sent_back_is_no_example(desk: RatingDesk) -> None:
    desk.policy(**AUDITED)
    task, rating = a_rated_draft(desk)
    assert desk.cases().items[0].why_no_example == "the answer waits for its review"
    with pytest.raises(Conflict, match="waits for its review"):
        desk.add_example(rating=rating)
    auditor = desk.reviewer()
    desk.review(auditor, task, BAD)
    with pytest.raises(Conflict, match="the answer was sent back"):
        desk.add_example(rating=rating)
    again = desk.redo(task)
    desk.submit(again, written("A coral snake."))
    desk.review(auditor, task, GOOD)
    assert desk.add_example(rating=rating).answer == TextAnswer(value="A coral snake.")


def test_a_suggestion_that_was_corrected_becomes_one_and_a_verdict_never(desk: RatingDesk) -> None:
    (item,) = desk.items(1)
    suggestion = desk.suggest(item)
    ann = desk.person()
    task = desk.take(ann)
    check = desk.check(ann, task, GOOD)
    desk.rate(ann, task, "check", check, "down", part="tone")
    desk.rate(ann, task, "suggestion", suggestion, "down", "wrong")
    desk.submit(task, {"sentiment": ChoiceAnswer(value="negative")})
    proposed, checked = desk.cases().items
    example = desk.add_example(rating=proposed.rating)
    assert (example.question, example.model_text) == ("sentiment", "positive")
    assert example.answer == ChoiceAnswer(value="negative")
    with pytest.raises(Conflict, match="no answer that could be shown"):
        desk.add_example(rating=checked.rating)


def test_an_answered_item_becomes_one_directly(either: RatingDesk) -> None:
    desk = either
    (item,) = desk.items(1)
    with pytest.raises(Conflict, match="has no label for 'response' yet"):
        desk.add_example(item=item, question="response")
    desk.submit(desk.take(desk.person()), written())
    assert desk.add_example(item=item, question="response").answer == TextAnswer(value=BETTER)
    own: Answer = TextAnswer(value="A milk snake.")
    example = desk.add_example(item=item, question="response", query="And this?", answer=own)
    assert (example.answer, example.query) == (own, "And this?")
    assert [one.id for one in desk.examples().examples] == [example.id], "one an item and question"


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({}, "found neither; allowed: exactly one"),
        ({"rating": 1, "item": 1}, "found both"),
        ({"item": 1, "question": "colour"}, "found 'colour'; allowed: one of query, response, sentiment"),
        ({"item": 1, "question": "response", "query": "x" * 10_001}, "found 10001 characters"),
        ({"item": 1, "question": "sentiment", "answer": ChoiceAnswer(value="red")}, "sentiment"),
    ],
)
def test_what_cannot_be_an_example_is_said(desk: RatingDesk, wanted: dict[str, object], said: str) -> None:
    desk.items(1)
    with pytest.raises(InvalidInput, match=said):
        desk.add_example(**wanted)


def test_ratings_and_items_of_another_project_do_not_exist(desk: RatingDesk) -> None:
    with pytest.raises(NotFound, match="no rating 99"):
        desk.add_example(rating=99)
    with pytest.raises(NotFound, match="no item 99"):
        desk.add_example(item=99, question="response", answer=TextAnswer(value="?"))


def test_an_example_is_never_shown_for_its_own_item_or_the_same_content(either: RatingDesk) -> None:
    desk = either
    first, twin, other = desk.items(["A snake.", "A snake.", "A toad."])
    example = desk.add_example(item=first, question="response", answer=TextAnswer(value="Coral."))
    assert desk.shown_to_models(not_of_item=other) == [example.id]
    assert desk.shown_to_models(not_of_item=first) == []
    assert desk.shown_to_models(not_of_item=twin) == []
    assert desk.shown_to_models("sentiment", not_of_item=other) == []


def test_the_newest_eight_are_shown_oldest_first(desk: RatingDesk) -> None:
    items = desk.items(11)
    made = [
        desk.add_example(item=item, question="response", answer=TextAnswer(value=f"No. {item}")).id
        for item in items[:10]
    ]
    assert desk.shown_to_models(not_of_item=items[10]) == made[2:]
    assert desk.shown_to_models() == made[2:], "as a version is made from them"
    assert desk.shown_to_models(not_of_item=items[9]) == made[1:9], "another one takes its place"
    listed = desk.examples()
    assert [one.id for one in listed.examples if one.is_shown] == made[2:]
    assert listed.most_shown == 8
    desk.delete_example(made[9])
    assert desk.shown_to_models() == made[1:9]
    assert len(desk.examples().examples) == 9


def test_an_example_outlives_the_rating_it_was_made_from(either: RatingDesk) -> None:
    desk = either
    ann = desk.person()
    task, rating = a_rated_draft(desk, ann)
    example = desk.add_example(rating=rating)
    desk.rate(ann, task, "draft", desk.cases().items[0].target, None)
    (left,) = desk.examples().examples
    assert (left.id, left.rating, left.model_text) == (example.id, None, None)
