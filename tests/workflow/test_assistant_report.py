"""The report and the card of an assistant: figures worked out by hand, and none before it is measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from milo.core.annotator_task import AnnotatorTask
from milo.core.answer import Answers
from milo.core.questions import Answer, ChoiceAnswer, TextAnswer
from milo.core.submission import SentSuggestion
from milo.core.writing import Edit, Writing
from milo.db.tables import (
    AssignmentRow,
    AssistantRow,
    ItemPayloadRow,
    ModelDraftRow,
    ModelRow,
    ProjectRow,
    RatingRow,
)
from milo.quality.reliance_report import Median, Thumbs
from milo.workflow import assistant_preview
from milo.workflow.assistant_card import AssistantMeasured
from milo.workflow.assistant_preview import AssistantPrompt, PreviewInput
from tests.builders import items
from tests.workflow.rating_desk import BETTER, DRAFT, RatingDesk, a_rating_desk, written
from tests.workflow.review_desk import AUDITED, BAD, GOOD

#: Of its nine words the first five are the draft's; from the draft's ten it is five edits away.
HALF = "The red bands warn birds. I would stay away."


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RatingDesk]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    desk = a_rating_desk(tmp_path, AUDITED, url)
    yield desk
    desk.database.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RatingDesk]:
    desk = a_rating_desk(tmp_path, AUDITED)
    yield desk
    desk.database.close()


def a_season(desk: RatingDesk) -> None:
    """Five answers: one before there was an assistant, one held out, three with drafts."""
    ann, auditor = desk.person("ann"), desk.reviewer()
    desk.items(5)
    early = desk.take(ann)
    desk.submit(early, written(), active_ms=5_000)
    desk.review(auditor, early, GOOD)
    desk.clock.pass_minutes(60)
    copied = desk.take(ann)
    stopped = desk.model_draft(copied, "The red", status="stopped")
    kept = desk.model_draft(copied, DRAFT)
    desk.set_draft(stopped, output_tokens=3, first_token_ms=200, generation_ms=1200)  # 2 tokens in 1 s
    desk.set_draft(kept, output_tokens=11, first_token_ms=400, generation_ms=2400)  # 10 tokens in 2 s
    desk.submit(copied, written(DRAFT), active_ms=10_000, generation_ms=2_000)
    half = desk.take(ann)
    mixed = desk.model_draft(half, DRAFT)
    desk.set_draft(mixed, output_tokens=9, first_token_ms=600, generation_ms=1600)  # 8 tokens in 1 s
    edits = (
        Edit(at_ms=2500, start=0, inserted="The red bands warn birds.", source="draft", draft=mixed),
        Edit(at_ms=4000, start=25, inserted=" I would stay away."),
    )
    desk.submit(half, written(HALF), active_ms=20_000, writing={"response": Writing(edits=edits)})
    own = desk.take(ann)
    silent = desk.model_draft(own, "I don't know.", status="abstained")
    desk.set_draft(silent, output_tokens=None, first_token_ms=None, is_cut=True)
    desk.submit(own, written(), active_ms=60_000)
    hold_out(desk, held := desk.take(ann))
    desk.submit(held, written(), active_ms=40_000)
    desk.rate(ann, copied, "draft", kept, "up")
    desk.rate(ann, half, "draft", mixed, "down", "wrong", "made_up")
    desk.rate(ann, own, "draft", silent, "down", "made_up")
    desk.review(auditor, copied, GOOD)
    desk.review(auditor, half, BAD)


def hold_out(desk: RatingDesk, task: AnnotatorTask) -> None:
    with desk.database.write() as session:
        session.get_one(AssignmentRow, task.assignment).assist_held_out = True


def test_drafts_are_counted_by_version_with_what_became_of_them(either: RatingDesk) -> None:
    a_season(either)
    (found,) = either.report().drafts
    assert (found.model, found.version) == ("scripted", "a1")
    assert (found.drafts, found.done, found.stopped, found.abstained, found.failed) == (4, 2, 1, 1, 0)
    assert (found.generating, found.cut) == (0, 1)
    assert found.tokens_per_second == Median(median=5.0, n=3)
    assert found.first_token_ms == Median(median=400.0, n=3)
    assert found.thumbs == Thumbs(up=1, down=2, wrong=1, made_up=2)
    writing = found.writing
    assert (writing.answers, writing.used, writing.unchanged) == (3, 2, 1)
    assert writing.share == Median(median=5 / 9, n=3)
    assert writing.edit_distance == Median(median=2.5, n=2)
    assert writing.first_edit_ms == Median(median=2500.0, n=1)
    assert writing.pasted == {"draft": 25}


def test_time_and_first_pass_stand_beside_items_the_assistant_was_held_out_from(either: RatingDesk) -> None:
    a_season(either)
    found = either.report().hold_out
    assert found.offered.active_seconds == Median(median=20.0, n=3)
    assert found.held_out.active_seconds == Median(median=40.0, n=1)
    assert found.drafted.waiting_seconds == Median(median=0.0, n=3)
    assert (found.offered.decided, found.offered.passed_first) == (2, 1)
    assert (found.held_out.decided, found.held_out.passed_first) == (0, 0)
    assert found.undrafted.answers == 0
    assert found.difference_seconds is None


def test_the_card_says_what_was_measured_here(either: RatingDesk) -> None:
    a_season(either)
    card = either.card()
    assert card is not None
    assert card.measured == AssistantMeasured(
        drafts=4,
        rated=3,
        made_up=2,
        wrong=1,
        too_long=0,
        off_guideline=0,
        reviewed_with_draft=2,
        passed_with_draft=1,
        reviewed_without=1,
        passed_without=1,
    )


def test_another_version_is_counted_apart(desk: RatingDesk) -> None:
    ann = desk.person("ann")
    desk.items(2)
    first, second = desk.take(ann), desk.take(ann)
    desk.model_draft(first, DRAFT)
    old = desk.model_draft(second, DRAFT)
    desk.rate(ann, second, "draft", old, "up")
    with desk.database.write() as session:
        model = session.scalars(select(ModelRow)).one()
        newer = AssistantRow(
            project_id=desk.project_id, model_id=model.id, version="a2", config={}, created_at=desk.clock()
        )
        session.add(newer)
        session.flush()
        id = newer.id
    new = desk.model_draft(second, BETTER)
    desk.set_draft(new, assistant_id=id)
    desk.rate(ann, second, "draft", new, "down", "too_long")
    desk.submit(second, written(DRAFT))
    newest, oldest = desk.report().drafts
    assert [(one.version, one.drafts, one.thumbs) for one in (newest, oldest)] == [
        ("a2", 1, Thumbs(down=1, too_long=1)),
        ("a1", 2, Thumbs(up=1)),
    ]
    assert oldest.writing.used == 1, "the text came from the older version's draft"
    assert newest.writing.answers == 0


def test_a_text_that_was_written_again_counts_as_it_stands(desk: RatingDesk) -> None:
    ann = desk.person("ann")
    desk.items(1)
    task = desk.take(ann)
    desk.model_draft(task, DRAFT)
    desk.submit(task, written(DRAFT))
    desk.review(desk.reviewer(), task, BAD)
    desk.submit(desk.redo(task), written(BETTER))
    (found,) = desk.report().drafts
    assert (found.writing.answers, found.writing.used, found.writing.unchanged) == (1, 0, 0)
    card = desk.card()
    assert card is not None
    assert card.measured is not None
    assert (card.measured.reviewed_with_draft, card.measured.passed_with_draft) == (1, 0)


def test_what_was_decided_first_tells_whether_a_draft_was_in_it(desk: RatingDesk) -> None:
    ann = desk.person("ann")
    desk.items(1)
    task = desk.take(ann)
    desk.model_draft(task, DRAFT)
    desk.submit(task, written(BETTER))
    desk.review(desk.reviewer(), task, BAD)
    desk.submit(desk.redo(task), written(DRAFT))
    card = desk.card()
    assert card is not None
    assert card.measured is not None
    assert (card.measured.reviewed_with_draft, card.measured.reviewed_without) == (0, 1)


def test_words_of_a_draft_in_what_was_asked_make_no_answer_of_it(desk: RatingDesk) -> None:
    ann = desk.person("ann")
    desk.items(1)
    task = desk.take(ann)
    desk.model_draft(task, DRAFT)
    asked = {"query": TextAnswer(value="Do the red bands warn birds?")}
    desk.submit(task, {**asked, **written(BETTER)})
    assert [one.draft_share for one in desk.writings(task)] == [0, 0]
    desk.review(desk.reviewer(), task, GOOD)
    card = desk.card()
    assert card is not None
    assert card.measured is not None
    assert (card.measured.reviewed_with_draft, card.measured.reviewed_without) == (0, 1)
    assert desk.report().drafts[0].writing.used == 0


def test_suggestions_tell_how_often_wrong_ones_were_confirmed(either: RatingDesk) -> None:
    ann = either.person("ann")
    positive: Answer = ChoiceAnswer(value="positive")
    negative: Answer = ChoiceAnswer(value="negative")
    given: list[tuple[Answer | None, Answer, int]] = [  # gold, answer, active time
        (positive, positive, 1_000),
        (positive, negative, 4_000),
        (negative, positive, 2_000),
        (negative, negative, 8_000),
        (None, positive, 3_000),
    ]
    for gold, answer, active_ms in given:
        item = an_item(either, None if gold is None else {"sentiment": gold})
        suggestion = either.suggest(item)
        task = either.take(ann)
        either.submit(task, {"sentiment": answer}, active_ms=active_ms)
    either.rate(ann, task, "suggestion", suggestion, "down", "off_guideline")
    unsure = an_item(either, {"sentiment": positive})
    either.suggest(unsure, preselected=())
    either.submit(either.take(ann), {"sentiment": positive})
    (found,) = either.report().suggestions
    assert (found.model, found.version, found.question) == ("scripted", "abc", "sentiment")
    assert found.thumbs == Thumbs(down=1, off_guideline=1)
    reliance = found.reliance
    assert (reliance.shown, reliance.kept) == (5, 3)
    assert (reliance.wrong_shown, reliance.wrong_confirmed) == (2, 1)
    assert (reliance.right_shown, reliance.right_overridden) == (2, 1)
    assert reliance.agreed_seconds == Median(median=2.0, n=3)
    assert reliance.disagreed_seconds == Median(median=6.0, n=2)


def test_a_suggestion_that_stayed_hidden_was_no_advice(desk: RatingDesk) -> None:
    desk.change(settings={"reveal": "on_request"})
    item = an_item(desk, {"sentiment": ChoiceAnswer(value="negative")})
    suggestion = desk.suggest(item)
    said = SentSuggestion(suggestion=suggestion, preselected=("positive",), revealed_at=None)
    desk.submit(desk.take(desk.person()), {"sentiment": ChoiceAnswer(value="positive")}, shown=(said,))
    assert desk.report().suggestions == ()


def an_item(desk: RatingDesk, gold: Answers | None) -> int:
    with desk.database.write() as session:
        (item,) = items(session, session.get_one(ProjectRow, desk.project_id), 1, gold)
        return item


def test_verdicts_and_checks_are_counted_by_judge_and_part(either: RatingDesk) -> None:
    either.policy(rules=[{"by": "judge"}])
    ann = either.person("ann")
    either.items(1)
    task = either.take(ann)
    check = either.check(ann, task, GOOD)
    either.rate(ann, task, "check", check, "down", "wrong", part="accuracy")
    with either.database.write() as session:
        session.scalars(select(RatingRow)).one().version_id = None  # as before the judge judged anything
    either.submit(task, written())
    either.judge(task, BAD)
    (feedback,) = either.feedback(task)
    either.rate(ann, task, "verdict", feedback.id, "up", part="accuracy")
    either.rate(ann, task, "verdict", feedback.id, "down", "made_up", part="tone")
    found = either.report().verdicts
    assert [(one.model, one.version, one.part, one.thumbs) for one in found] == [
        ("judge-14b", "j1", "accuracy", Thumbs(up=1, down=1, wrong=1)),
        ("judge-14b", "j1", "tone", Thumbs(down=1, made_up=1)),
    ]


def test_a_rating_that_was_taken_back_is_counted_nowhere(desk: RatingDesk) -> None:
    ann = desk.person("ann")
    desk.items(1)
    task = desk.take(ann)
    draft = desk.model_draft(task, DRAFT)
    desk.rate(ann, task, "draft", draft, "down", "wrong")
    desk.rate(ann, task, "draft", draft, None)
    assert desk.report().drafts[0].thumbs == Thumbs()


def test_nothing_is_said_before_anything_was_measured(desk: RatingDesk) -> None:
    found = desk.report()
    assert (found.drafts, found.suggestions, found.verdicts) == ((), (), ())
    assert found.hold_out.offered.active_seconds == Median(median=None, n=0)
    card = desk.card()
    assert card is not None
    assert card.measured is None
    assert card.version is None, "its model is not there"


def test_a_project_without_an_assistant_has_no_card(tmp_path: Path) -> None:
    desk = a_rating_desk(tmp_path, model=None)
    try:
        assert desk.card() is None
    finally:
        desk.database.close()


# --- what it sees -----------------------------------------------------------------------------------


def a_model(desk: RatingDesk, **columns: object) -> None:
    with desk.database.write() as session:
        session.add(
            ModelRow(name="scripted", provider="scripted", model="s", created_at=desk.clock(), **columns)
        )


def test_the_card_says_what_the_assistant_sees(desk: RatingDesk) -> None:
    a_model(desk, card={"licence": "Apache-2.0"})
    bare = desk.card()
    assert bare is not None
    assert (bare.sees, bare.sees_pictures, bare.sees_guideline, bare.instructions_shown) == (
        (),
        False,
        False,
        False,
    )
    assert bare.model_card == {"licence": "Apache-2.0"}
    desk.change(
        settings={
            "assistant": {
                "model": "scripted",
                "answers": "response",
                "query": "query",
                "fields": ["text"],
                "guideline": True,
                "instructions": "Be brief.",
                "max_words": 80,
                "may_not_know": True,
            }
        }
    )
    card = desk.card()
    assert card is not None
    assert (card.sees, card.sees_guideline, card.instructions_shown) == (("Review",), True, True)
    assert (card.answers, card.query, card.query_is_field) == ("response", "query", False)
    assert (card.max_words, card.may_not_know) == (80, True)
    assert card.version is not None
    assert card.version != bare.version


def test_the_preview_is_the_prompt_that_would_be_sent(desk: RatingDesk) -> None:
    a_model(desk)
    first, second = desk.items(["A ringed snake.", "A toad."])
    policy = desk.project_policy()
    shown = preview(desk, PreviewInput(query="Is it dangerous?", assistant=policy))
    assert shown.item == first
    assert [(one.role, one.text) for one in shown.messages] == [("user", "Is it dangerous?")]
    assert shown.tokens == 4, "sixteen characters"
    more = replace(policy, fields=("text",), instructions="Be brief.")
    told = preview(desk, PreviewInput(item=second, query="Is it dangerous?", assistant=more))
    assert [one.role for one in told.messages] == ["system", "user"]
    assert told.messages[0].text == "Be brief."
    assert "A toad." in told.messages[1].text
    assert told.version != shown.version
    with desk.database.read() as session:
        assert session.scalars(select(ModelDraftRow)).all() == []
        assert session.scalars(select(AssistantRow)).all() == []


def test_pictures_are_told_and_counted_but_not_read(desk: RatingDesk) -> None:
    a_model(desk, capabilities={"reachable": True, "images": True})
    desk.change(
        subject=[
            {"name": "text", "title": "Review"},
            {"name": "photo", "title": "Photo", "show": "image", "required": False},
        ]
    )
    (item,) = desk.items(1)
    with desk.database.write() as session:
        payload = session.get_one(ItemPayloadRow, item)
        payload.fields = {**payload.fields, "photo": "nowhere.png"}
    card = desk.card()
    assert card is not None
    assert (card.sees, card.sees_pictures) == ((), True)
    shown = preview(desk, PreviewInput(query="What is it?", assistant=desk.project_policy()))
    assert [(one.text, one.pictures) for one in shown.messages] == [("What is it?", 1)]
    only_text = replace(desk.project_policy(), fields=("text",))
    assert preview(desk, PreviewInput(query="What?", assistant=only_text)).messages[0].pictures == 0


def test_what_the_item_asks_is_filled_in_from_it(desk: RatingDesk) -> None:
    a_model(desk)
    desk.items(["Which bulb fits?"])
    desk.change(settings={"assistant": {"model": "scripted", "answers": "response", "query": "text"}})
    shown = preview(desk, PreviewInput(query="not this", assistant=desk.project_policy()))
    assert [one.text for one in shown.messages] == ["Which bulb fits?"]
    card = desk.card()
    assert card is not None
    assert (card.query, card.query_is_field, card.sees) == ("text", True, ())


def test_the_preview_leaves_the_items_own_example_out(desk: RatingDesk) -> None:
    a_model(desk)
    first, second = desk.items(["A ringed snake.", "A toad."])
    answer = written()["response"]
    desk.add_example(item=first, question="response", query="What is it?", answer=answer)
    own = preview(desk, PreviewInput(item=first, query="And this?", assistant=desk.project_policy()))
    other = preview(desk, PreviewInput(item=second, query="And this?", assistant=desk.project_policy()))
    assert [one.text for one in own.messages] == ["And this?"]
    assert [one.text for one in other.messages] == ["What is it?", BETTER, "And this?"]
    assert own.version == other.version, "a version does not depend on the item"


def preview(desk: RatingDesk, wanted: PreviewInput) -> AssistantPrompt:
    with desk.database.read() as session:
        project = session.get_one(ProjectRow, desk.project_id)
        return assistant_preview.preview(session, project, wanted)
