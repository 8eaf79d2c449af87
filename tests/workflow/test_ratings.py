"""What annotators say of what models made: one rating a thing and part, and the last word counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from milo.core.draft import Rating
from milo.core.errors import InvalidInput, NotFound
from milo.db.queries import ratings as rating_queries
from milo.db.tables import ModelDraftRow, RatingRow, SuggestionRow
from tests.workflow.rating_desk import DRAFT, RatingDesk, a_rating_desk, written
from tests.workflow.review_desk import AUDITED, BAD, GOOD, JUDGED


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RatingDesk]:
    desk = a_rating_desk(tmp_path)
    yield desk
    desk.database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def judged(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RatingDesk]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    desk = a_rating_desk(tmp_path, JUDGED, url)
    yield desk
    desk.database.close()


def test_the_last_word_on_a_draft_counts(desk: RatingDesk) -> None:
    desk.items(1)
    ann = desk.person("ann")
    task = desk.take(ann)
    draft = desk.model_draft(task, DRAFT)
    assert desk.rate(ann, task, "draft", draft, "up") == Rating(thumb="up")
    said = desk.rate(ann, task, "draft", draft, "down", "made_up", "wrong", note=" Kingsnakes are not. ")
    assert said == Rating(thumb="down", complaints=("wrong", "made_up"), note="Kingsnakes are not.")
    (given,) = desk.rated(ann, task)
    assert (given.rated, given.target, given.part, given.rating) == ("draft", draft, "", said)
    with desk.database.read() as session:
        assert rating_queries.of_drafts(session, [draft]) == {draft: said}


def test_a_rating_is_taken_back(desk: RatingDesk) -> None:
    desk.items(1)
    ann = desk.person("ann")
    task = desk.take(ann)
    draft = desk.model_draft(task, DRAFT)
    desk.rate(ann, task, "draft", draft, "down", "wrong")
    assert desk.rate(ann, task, "draft", draft, None) is None
    assert desk.rate(ann, task, "draft", draft, None) is None, "twice is the same as once"
    assert desk.rated(ann, task) == ()


def test_the_rating_keeps_the_version_it_speaks_of(desk: RatingDesk) -> None:
    (item,) = desk.items(1)
    suggestion = desk.suggest(item)
    ann = desk.person("ann")
    task = desk.take(ann)
    draft = desk.model_draft(task, DRAFT)
    desk.rate(ann, task, "draft", draft, "up")
    desk.rate(ann, task, "suggestion", suggestion, "up")
    with desk.database.read() as session:
        rows = {row.rated: row for row in session.scalars(select(RatingRow))}
        drafted, proposed = rows["draft"], rows["suggestion"]
        assert (drafted.question, proposed.question) == ("response", "sentiment")
        assert drafted.version_id == session.get_one(ModelDraftRow, draft).assistant_id
        assert proposed.version_id == session.get_one(SuggestionRow, suggestion).prompt_version_id


def test_reasons_stand_with_a_thumb_down_alone(desk: RatingDesk) -> None:
    desk.items(1)
    ann = desk.person("ann")
    task = desk.take(ann)
    draft = desk.model_draft(task, DRAFT)
    with pytest.raises(InvalidInput, match="too_long with the thumb up; allowed: complaints only with"):
        desk.rate(ann, task, "draft", draft, "up", "too_long")
    with pytest.raises(InvalidInput, match="note: found 2001 characters; allowed: at most 2000"):
        desk.rate(ann, task, "draft", draft, "down", note="x" * 2001)
    with pytest.raises(InvalidInput, match="part: found 'tone'; allowed: nothing: it is rated as a whole"):
        desk.rate(ann, task, "draft", draft, "down", part="tone")
    assert desk.rated(ann, task) == ()


def test_drafts_of_others_and_suggestions_that_were_not_shown_cannot_be_rated(desk: RatingDesk) -> None:
    desk.change(settings={"overlap": 2, "reveal": "on_request"})
    (item,) = desk.items(1)
    suggestion = desk.suggest(item)
    ann, ben = desk.person("ann"), desk.person("ben")
    hers, his = desk.take(ann), desk.take(ben)
    draft = desk.model_draft(hers, DRAFT)
    with pytest.raises(NotFound, match=f"no draft {draft} that was shown to you"):
        desk.rate(ben, his, "draft", draft, "down")
    with pytest.raises(NotFound, match=f"no suggestion {suggestion} that was shown to you"):
        desk.rate(ann, hers, "suggestion", suggestion, "down")
    desk.reveal(hers)
    assert desk.rate(ann, hers, "suggestion", suggestion, "down") == Rating(thumb="down")


def test_a_verdict_is_rated_part_by_part_once_it_is_decided(judged: RatingDesk) -> None:
    desk = judged
    desk.items(1)
    ann = desk.person("ann")
    task = desk.take(ann)
    desk.submit(task, written())
    desk.judge(task, BAD, binds=False)
    (feedback,) = desk.feedback(task)
    with pytest.raises(NotFound, match="no verdict"):
        desk.rate(ann, task, "verdict", feedback.id, "down", part="accuracy")
    desk.judge_earns()
    desk.rate(ann, task, "verdict", feedback.id, "down", "wrong", part="accuracy")
    desk.rate(ann, task, "verdict", feedback.id, "up", part="tone")
    with pytest.raises(InvalidInput, match="found ''; allowed: accuracy, tone, slip"):
        desk.rate(ann, task, "verdict", feedback.id, "down")
    assert [(one.part, one.rating.thumb) for one in desk.rated(ann, task)] == [
        ("accuracy", "down"),
        ("tone", "up"),
    ]


def test_an_auditors_feedback_is_no_models_work(desk: RatingDesk) -> None:
    desk.policy(**AUDITED)
    desk.items(1)
    ann = desk.person("ann")
    task = desk.take(ann)
    desk.submit(task, written())
    desk.review(desk.reviewer(), task, BAD)
    (feedback,) = desk.feedback(task)
    with pytest.raises(NotFound, match="no verdict"):
        desk.rate(ann, task, "verdict", feedback.id, "down", part="accuracy")


def test_a_check_is_rated_by_who_asked_for_it(desk: RatingDesk) -> None:
    desk.change(settings={"overlap": 2})
    desk.items(1)
    ann, ben = desk.person("ann"), desk.person("ben")
    hers, his = desk.take(ann), desk.take(ben)
    check = desk.check(ann, hers, GOOD)
    desk.rate(ann, hers, "check", check, "up", part="tone")
    with pytest.raises(NotFound, match="no check"):
        desk.rate(ben, his, "check", check, "up", part="tone")
    (given,) = desk.rated(ann, hers)
    assert (given.rated, given.target, given.part) == ("check", check, "tone")


def test_a_case_shows_what_the_model_wrote_and_what_was_sent_in_the_end(desk: RatingDesk) -> None:
    (item,) = desk.items(["A ringed snake crosses the path."])
    ann = desk.person("ann")
    task = desk.take(ann)
    draft = desk.model_draft(task, DRAFT, query="What is it?")
    desk.rate(ann, task, "draft", draft, "down", "made_up", note="No.")
    (before,) = desk.cases().items
    assert (before.sent, before.state, before.example) == (None, "leased", None)
    assert before.why_no_example == "nothing was sent for the item yet, or it was taken up again"
    desk.submit(task, written())
    (case,) = desk.cases().items
    assert (case.model, case.version, case.query, case.text) == ("scripted", "a1", "What is it?", DRAFT)
    assert case.sent == written()["response"]
    assert (case.by, case.thumb, case.complaints, case.note) == ("Ann", "down", ("made_up",), "No.")
    assert (case.item.id, case.item.excerpt) == (item, "A ringed snake crosses the path.")
    assert case.why_no_example is None


def test_cases_of_all_kinds_come_page_by_page(judged: RatingDesk) -> None:
    desk = judged
    (item,) = desk.items(1)
    suggestion = desk.suggest(item)
    ann = desk.person("ann")
    task = desk.take(ann)
    draft = desk.model_draft(task, DRAFT)
    check = desk.check(ann, task, GOOD)
    desk.rate(ann, task, "draft", draft, "up")
    desk.rate(ann, task, "suggestion", suggestion, "down", "wrong")
    desk.rate(ann, task, "check", check, "up", part="tone")
    desk.submit(task, written())
    desk.judge(task, BAD)
    (feedback,) = desk.feedback(task)
    desk.rate(ann, task, "verdict", feedback.id, "down", part="accuracy")
    first = desk.cases(limit=3)
    rest = desk.cases(limit=3, cursor=first.next_cursor)
    assert [one.rated for one in (*first.items, *rest.items)] == [
        "verdict",
        "check",
        "suggestion",
        "draft",
    ]
    assert rest.next_cursor is None
    verdict, checked, proposed, _ = (*first.items, *rest.items)
    assert (verdict.model, verdict.version, verdict.proposed) == ("judge-14b", "j1", ("insufficient",))
    assert (verdict.part, verdict.text, verdict.sent) == ("accuracy", "Read.", None)
    assert (checked.model, checked.version, checked.proposed) == ("judge-14b", "j1", ("good",))
    assert (proposed.model, proposed.version, proposed.proposed) == ("scripted", "abc", ("positive",))
    assert [one.rated for one in desk.cases(thumb="down").items] == ["verdict", "suggestion"]
    assert [one.rated for one in desk.cases(rated="draft").items] == ["draft"]
    for wrong in ({"rated": "drafts"}, {"thumb": "left"}, {"limit": 0}, {"cursor": "x"}):
        with pytest.raises(InvalidInput):
            desk.cases(**wrong)
