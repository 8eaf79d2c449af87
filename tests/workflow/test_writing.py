"""How texts came about: every edit kept, what a model wrote found in the texts, and no answer lost for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from milo.core.annotator_task import AnnotatorTask
from milo.core.assistant_policy import AssistantPolicy
from milo.core.errors import InvalidInput
from milo.core.project import ProjectSpec, SubjectField
from milo.core.questions import Answer, ChatAnswer, ChatQuestion, TextAnswer, TextQuestion
from milo.core.review_policy import ReviewPolicy, ReviewRule
from milo.core.writing import MOST_EDITS, Edit, EditSource, Writing, replayed
from milo.db import convert
from milo.db.tables import DraftRow, ItemPayloadRow, ProjectRow
from milo.workflow.assign import is_held_out
from tests.builders import a_member, a_spec, an_app, browser
from tests.workflow.desk import Desk, a_desk
from tests.workflow.review_desk import RUBRIC

DRAFT = "Red bands stand out against snow."
OWN = "I saw that once in winter."
CAPTION = "Evening at the point, still lit every night."


def a_writing_spec(**policy: Any) -> ProjectSpec:
    """A question that somebody asks, and the response, which an assistant drafts."""
    assistant = AssistantPolicy(model="scripted", answers="response", query="query", **policy)
    return a_spec(
        questions=(
            TextQuestion(name="query", title="Query", required=False),
            TextQuestion(name="response", title="Response", required=False),
        ),
        settings={"assistant": assistant},
    )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = a_desk(tmp_path, a_writing_spec())
    yield desk
    desk.database.close()


def a_task(desk: Desk) -> AnnotatorTask:
    desk.items([CAPTION])
    return desk.take(desk.person())


def response(text: str) -> dict[str, Answer]:
    return {"response": TextAnswer(value=text)}


def put(text: str, source: EditSource = "outside", draft: int | None = None, *, start: int = 0) -> Edit:
    return Edit(at_ms=900, start=start, inserted=text, source=source, is_paste=True, draft=draft)


def typed(text: str, base: str = "") -> dict[str, Writing]:
    edits = (Edit(at_ms=1200, start=len(base), inserted=text),)
    return {"response": Writing(edits=edits, base=base)}


def edits_of(desk: Desk, task: AnnotatorTask) -> Sequence[Edit]:
    (row,) = desk.writings(task)
    return convert.EDITS.validate_python(row.edits)


# --- what is kept -----------------------------------------------------------------------------------


def test_what_was_typed_is_kept_edit_by_edit(desk: Desk) -> None:
    task = a_task(desk)
    edits = (
        Edit(at_ms=1500, start=0, inserted="I saw"),
        Edit(at_ms=2500, start=0, removed=1, inserted="We"),
    )
    desk.submit(task, response("We saw"), writing={"response": Writing(edits=edits)})
    (row,) = desk.writings(task)
    assert (row.revision, row.question, row.is_complete, row.words) == (1, "response", True, 2)
    assert (row.draft_id, row.draft_share, row.edit_distance) == (None, 0, None)
    assert (row.pasted, row.first_edit_ms) == ({}, 1500)
    assert tuple(edits_of(desk, task)) == edits


@st.composite
def a_writing(draw: st.DrawFn) -> Writing:
    """A record as a browser makes it: each edit lies within the text as it then stands."""
    text, edits = "", []
    characters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
    for at_ms in range(draw(st.integers(0, 8))):
        start = draw(st.integers(0, len(text)))
        removed = draw(st.integers(0, len(text) - start))
        inserted = draw(st.text(characters, max_size=12))
        source: EditSource = draw(st.sampled_from(["typed", "draft", "subject", "own", "outside"]))
        draft = draw(st.sampled_from([None, 1, 77]))
        edits.append(
            Edit(
                at_ms=at_ms,
                start=start,
                removed=removed,
                inserted=inserted,
                source=source,
                is_paste=draw(st.booleans()),
                draft=draft,
            )
        )
        text = text[:start] + inserted + text[start + removed :]
    return Writing(edits=tuple(edits))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writing=a_writing())
def test_any_sequence_of_edits_leads_to_what_was_sent(desk: Desk, writing: Writing) -> None:
    text = replayed(writing)
    assert text is not None
    task = a_task(desk)
    desk.submit(task, response(text), writing={"response": writing})
    (row,) = desk.writings(task)
    kept = Writing(edits=tuple(edits_of(desk, task)), base=row.base)
    assert row.is_complete
    assert replayed(kept) == text
    assert desk.revisions(task)[0].answers["response"]["value"] == text
    assert sum(row.pasted.values()) <= sum(len(edit.inserted) for edit in writing.edits)


@pytest.mark.parametrize(
    "edits",
    [
        (Edit(at_ms=0, start=5, inserted="late"),),
        (Edit(at_ms=0, start=0, inserted="ab"), Edit(at_ms=1, start=1, removed=9)),
        (Edit(at_ms=0, start=-1, inserted="ab"),),
        (Edit(at_ms=0, start=0, inserted="something else"),),
        (Edit(at_ms=-3, start=0, removed=-1, inserted=OWN),),
    ],
)
def test_a_record_with_a_hole_is_kept_and_costs_no_answer(desk: Desk, edits: tuple[Edit, ...]) -> None:
    task = a_task(desk)
    assert desk.submit(task, response(OWN), writing={"response": Writing(edits=edits)}).revision == 1
    (row,) = desk.writings(task)
    assert (row.is_complete, len(row.edits), row.words) == (False, len(edits), 6)


@pytest.mark.parametrize(
    "edits",
    [
        tuple(Edit(at_ms=n, start=0, inserted="x") for n in range(MOST_EDITS + 1)),
        (Edit(at_ms=0, start=0, inserted="x" * 1_000_001),),
        (Edit(at_ms=0, start=0, inserted="\x00"),),
        (Edit(at_ms=0, start=0, inserted="\ud83d"), Edit(at_ms=0, start=1, inserted="\ude00")),
    ],
    ids=["too many", "too much", "a NUL character", "halves of one character"],
)
def test_what_cannot_be_kept_is_left_out_and_costs_no_answer(desk: Desk, edits: tuple[Edit, ...]) -> None:
    task = a_task(desk)
    written = {"response": Writing(edits=edits), "unknown": Writing()}
    desk.draft(task, 1, response(OWN), written)
    with desk.database.read() as session:
        assert session.get_one(DraftRow, task.assignment).writing == {}
    assert desk.submit(task, response(OWN), writing=written).revision == 1
    (row,) = desk.writings(task)
    assert (row.is_complete, row.edits, row.base) == (False, [], "")


def test_an_answer_without_a_record_is_measured_all_the_same(desk: Desk) -> None:
    task = a_task(desk)
    desk.model_draft(task, DRAFT)
    desk.submit(task, response(DRAFT))
    (row,) = desk.writings(task)
    assert (row.is_complete, row.draft_share, row.words) == (False, 1, 6)


def test_the_same_client_id_stores_one_writing(desk: Desk) -> None:
    task = a_task(desk)
    for _ in range(3):
        desk.submit(task, response(OWN), client_id="once", writing=typed(OWN))
    assert len(desk.writings(task)) == 1


def test_what_is_written_again_begins_with_what_was_sent(desk: Desk) -> None:
    task = a_task(desk)
    desk.submit(task, response(OWN), writing=typed(OWN))
    again = desk.reopen(task)
    desk.submit(again, response(OWN + " Twice."), writing=typed(" Twice.", base=OWN))
    rows = desk.writings(task)
    assert [(row.revision, row.is_complete, row.base) for row in rows] == [(1, True, ""), (3, True, OWN)]


def test_a_record_that_begins_with_a_text_nobody_knows_is_not_complete(desk: Desk) -> None:
    task = a_task(desk)
    desk.submit(task, response("From nowhere. Mine."), writing=typed(" Mine.", base="From nowhere."))
    (row,) = desk.writings(task)
    assert not row.is_complete


def test_a_record_may_begin_with_the_turn_that_is_to_be_corrected(tmp_path: Path) -> None:
    spec = a_spec(
        subject=(
            SubjectField(name="text", title="Conversation", show="chat"),
            SubjectField(name="turn", title="Reply"),
        ),
        questions=(ChatQuestion(name="reply", title="Reply", conversation="text", candidate="turn"),),
    )
    desk = a_desk(tmp_path, spec)
    (item,) = desk.items(1)
    with desk.database.write() as session:
        session.get_one(ItemPayloadRow, item).fields = {"text": [], "turn": "Hello, how are you?"}
    task = desk.take(desk.person())
    writing = Writing(base="Hello, how are you?", edits=(Edit(at_ms=10, start=0, removed=7),))
    desk.submit(task, {"reply": ChatAnswer(value="how are you?")}, writing={"reply": writing})
    (row,) = desk.writings(task)
    assert row.is_complete
    assert row.pasted == {}
    desk.database.close()


def test_a_record_may_begin_with_a_suggestion(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, a_writing_spec())
    (item,) = desk.items(1)
    desk.suggest(item, question="response", distribution={}, preselected=(), text="A tower by the sea.")
    task = desk.take(desk.person())
    base = "A tower by the sea."
    desk.submit(task, response(base + " At night."), writing=typed(" At night.", base=base))
    assert desk.writings(task)[0].is_complete
    assert desk.revisions(task)[0].origins["response"] == {"": "model_edited"}
    desk.database.close()


def test_what_was_begun_comes_back_with_how_it_was_written(desk: Desk) -> None:
    desk.items(1)
    person = desk.person()
    task = desk.take(person)
    written = typed("I saw")
    desk.draft(task, 2, response("I saw"), written)
    desk.draft(task, 1, response("I"), typed("I"))
    (again,) = desk.next(person, resume=True).tasks
    assert again.draft is not None
    assert again.draft.writing == written


# --- what came from a model -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "share", "distance", "origin"),
    [
        (DRAFT, 1, 0, "model_confirmed"),
        (f"  {DRAFT}\n", 1, 0, "model_confirmed"),
        ("Red bands stand out against snow!", 1, 0, "model_edited"),
        (f"{DRAFT} {OWN}", 0.5, 6, "model_edited"),
        (OWN, 0, None, "human"),
    ],
)
def test_share_and_distance_say_who_decided(
    desk: Desk, text: str, share: float, distance: int | None, origin: str
) -> None:
    task = a_task(desk)
    draft = desk.model_draft(task, DRAFT)
    desk.submit(task, {"query": TextAnswer(value="Why red?"), **response(text)})
    query, row = desk.writings(task)
    assert (query.question, query.draft_share) == ("query", 0)
    assert (row.draft_share, row.edit_distance) == (share, distance)
    assert row.draft_id == (draft if share else None)
    assert desk.revisions(task)[0].origins == {"query": {"": "human"}, "response": {"": origin}}
    assert [source for _, _, source in desk.answers(task)] == ["human", origin]


def test_a_query_that_its_draft_repeats_is_still_the_persons(desk: Desk) -> None:
    task = a_task(desk)
    desk.model_draft(task, f"Why are the bands red? {DRAFT}")
    desk.submit(task, {"query": TextAnswer(value="Why are the bands red?"), **response(DRAFT)})
    query, _ = desk.writings(task)
    assert (query.draft_id, query.draft_share, query.edit_distance) == (None, 0, None)
    assert desk.revisions(task)[0].origins["query"] == {"": "human"}


def test_the_share_is_that_of_all_drafts_and_the_distance_that_to_the_chief_one(desk: Desk) -> None:
    task = a_task(desk)
    desk.model_draft(task, DRAFT)
    second = desk.model_draft(task, "White walls shine in the bright sun.")
    desk.submit(task, response(f"{DRAFT} White walls shine in the bright sun, as I know."))
    (row,) = desk.writings(task)
    assert (row.draft_share, row.draft_id, row.edit_distance, row.words) == (0.8125, second, 9, 16)


@pytest.mark.parametrize(
    ("pasted", "said", "found"),
    [
        (DRAFT, "outside", "draft"),
        (DRAFT.upper(), "own", "draft"),
        (DRAFT, "typed", "draft"),
        (CAPTION, "outside", "subject"),
        (CAPTION, "own", "subject"),
        ("Why are the bands red?", "outside", "own"),
        ("Words of another page altogether.", "own", "outside"),
        ("Words of another page altogether.", "subject", "outside"),
        ("Words of another page, and then: red bands stand out", "outside", "outside"),
        ("two words", "own", "own"),
        ("two words", "typed", "outside"),
    ],
)
def test_where_pasted_text_is_from_is_read_from_the_texts(
    desk: Desk, pasted: str, said: EditSource, found: str
) -> None:
    task = a_task(desk)
    draft = desk.model_draft(task, DRAFT)
    answers = {"query": TextAnswer(value="Why are the bands red?"), **response(pasted)}
    desk.submit(task, answers, writing={"response": Writing(edits=(put(pasted, said),))})
    _, row = desk.writings(task)
    (edit,) = convert.EDITS.validate_python(row.edits)
    assert row.pasted == {found: len(pasted)}
    assert (edit.source, edit.draft) == (found, draft if found == "draft" else None)


def test_text_that_is_cut_and_put_elsewhere_is_ones_own(desk: Desk) -> None:
    task = a_task(desk)
    moved = "I saw that once. "
    edits = (
        Edit(at_ms=1, start=0, inserted=moved + "Snow fell."),
        Edit(at_ms=2, start=0, removed=len(moved)),
        put(moved, "outside", start=len("Snow fell.")),
    )
    desk.submit(task, response("Snow fell." + moved), writing={"response": Writing(edits=edits)})
    assert desk.writings(task)[0].pasted == {"own": len(moved)}


def test_a_draft_of_somebody_elses_is_no_source(tmp_path: Path) -> None:
    spec = a_writing_spec()
    desk = a_desk(tmp_path, replace(spec, settings=replace(spec.settings, overlap=2)))
    desk.items(1)
    theirs, mine = desk.take(desk.person()), desk.take(desk.person())
    foreign = desk.model_draft(theirs, DRAFT)
    edits = (put(DRAFT, "draft", foreign), put("Two words", "draft", foreign))
    desk.submit(mine, response("Two words" + DRAFT), writing={"response": Writing(edits=edits)})
    (row,) = desk.writings(mine)
    assert row.pasted == {"outside": len(DRAFT) + len("Two words")}
    assert (row.draft_id, row.draft_share) == (None, 0)
    assert foreign not in [edit.draft for edit in edits_of(desk, mine)]
    assert mine.assist is not None
    assert mine.assist.drafts == ()
    desk.database.close()


def test_what_was_taken_from_a_draft_before_its_end_came_from_it(desk: Desk) -> None:
    task = a_task(desk)
    draft = desk.model_draft(task, "", status="generating")
    edits = (put(DRAFT, "draft", draft),)
    desk.submit(task, response(DRAFT), writing={"response": Writing(edits=edits)})
    (row,) = desk.writings(task)
    assert (row.draft_share, row.draft_id, row.pasted) == (1, draft, {"draft": len(DRAFT)})


# --- copying ----------------------------------------------------------------------------------------


def test_copying_beyond_the_limit_is_refused_where_the_project_blocks_it(tmp_path: Path) -> None:
    desk = a_desk(tmp_path, a_writing_spec(copying="block", copy_limit=0.5))
    task = a_task(desk)
    desk.model_draft(task, DRAFT)
    with pytest.raises(InvalidInput, match=r"found 55% of its words from drafts; allowed: at most 50%"):
        desk.submit(task, response(f"{DRAFT} I saw that once, truly."))
    assert desk.revisions(task) == []
    assert desk.assignment(task).state == "leased"
    half = {"query": TextAnswer(value=DRAFT), **response(f"{DRAFT} {OWN}")}
    assert desk.submit(task, half).state == "submitted"  # the limit itself, and a question nobody drafts
    desk.database.close()


@pytest.mark.parametrize("copying", ["warn", "allow"])
def test_copying_is_stored_where_the_project_lets_it_pass(tmp_path: Path, copying: str) -> None:
    desk = a_desk(tmp_path, a_writing_spec(copying=copying, copy_limit=0.1))
    task = a_task(desk)
    desk.model_draft(task, DRAFT)
    desk.submit(task, response(DRAFT))
    assert desk.writings(task)[0].draft_share == 1
    desk.database.close()


# --- what tasks say of it, and what it costs --------------------------------------------------------


def test_a_task_comes_with_its_drafts_the_latest_last(desk: Desk) -> None:
    desk.items(1)
    person = desk.person()
    task = desk.take(person)
    assert task.assist is not None
    assert (task.assist.held_out, task.assist.drafts) == (False, ())
    desk.model_draft(task, DRAFT, query="Why?")
    desk.model_draft(task, "And now.", status="stopped")
    (again,) = desk.next(person, resume=True).tasks
    assert again.assist is not None
    drafts = again.assist.drafts
    assert [(one.number, one.text, one.status) for one in drafts] == [
        (1, DRAFT, "done"),
        (2, "And now.", "stopped"),
    ]
    assert (drafts[0].model.name, drafts[0].version, drafts[0].query) == ("scripted", "a1", "Why?")


def test_without_an_assistant_a_task_knows_of_none(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    desk.items(1)
    assert desk.take(desk.person()).assist is None
    desk.database.close()


def test_items_without_the_assistant_are_drawn_apart_from_those_without_suggestions(tmp_path: Path) -> None:
    spec = a_writing_spec(holdout_share=0.5)
    spec = replace(spec, settings=replace(spec.settings, holdout_share=0.5, overlap=2))
    desk = a_desk(tmp_path, spec)
    desk.items(40)
    one, other = desk.person(), desk.person()
    tasks = [task for _ in range(4) for task in desk.next(one, 10).tasks]
    drawn = [task.assist.held_out for task in tasks if task.assist is not None]
    assert 8 < sum(drawn) < 32
    assert drawn != [task.reveal.held_out for task in tasks]
    assert [desk.assignment(task).assist_held_out for task in tasks] == drawn
    theirs = [task for _ in range(4) for task in desk.next(other, 10).tasks]
    assert [task.assist.held_out for task in theirs if task.assist is not None] == drawn
    desk.database.close()


def test_a_salted_hash_draws_the_wanted_share() -> None:
    drawn = sum(is_held_out("salt:assistant", item, 0.2) for item in range(5_000))
    assert 900 < drawn < 1_100


def test_without_an_assistant_claims_and_submits_read_nothing_of_drafts(tmp_path: Path) -> None:
    desk = a_desk(tmp_path)
    desk.items(1)
    person = desk.person()
    statements: list[str] = []

    def noted(_c: Any, _k: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(desk.database.engine, "before_cursor_execute", noted)
    desk.submit(desk.take(person))
    tables = ("model_draft", "writing ", "assistant", "rating")
    assert statements
    assert [one for one in statements if any(f" {table}" in one for table in tables)] == []
    desk.database.close()


def test_waiting_for_a_draft_is_a_part_of_the_whole_time(desk: Desk) -> None:
    desk.items(2)
    person = desk.person()
    desk.submit(one := desk.take(person), response(OWN), active_ms=500, wall_ms=800, generation_ms=300)
    desk.submit(two := desk.take(person), response(OWN), active_ms=500, wall_ms=800, generation_ms=301)
    assert [desk.revisions(task)[0].suspect for task in (one, two)] == [False, True]
    assert [desk.revisions(task)[0].generation_ms for task in (one, two)] == [300, 301]


# --- who else sees it -------------------------------------------------------------------------------


def test_the_record_of_an_item_holds_drafts_and_writings_of_each_person(desk: Desk, tmp_path: Path) -> None:
    task = a_task(desk)
    draft = desk.model_draft(task, DRAFT)
    edits = (put(DRAFT, "draft", draft), Edit(at_ms=1500, start=len(DRAFT), inserted=" I know."))
    desk.submit(task, response(f"{DRAFT} I know."), writing={"response": Writing(edits=edits)})
    client = browser(an_app(desk.database, tmp_path, desk.clock), desk.researcher)
    (assignment,) = client.get(f"/api/items/{task.item.id}").json()["assignments"]
    assert [(one["text"], one["status"]) for one in assignment["drafts"]] == [(DRAFT, "done")]
    (written,) = assignment["writings"]
    assert (written["draft_id"], written["draft_share"], written["edit_distance"]) == (draft, 0.75, 2)
    assert [edit["source"] for edit in written["edits"]] == ["draft", "typed"]
    assert (written["is_complete"], written["pasted"]) == (True, {"draft": len(DRAFT)})
    assert assignment["assist_held_out"] is False


@pytest.mark.parametrize("blind", [True, False])
def test_a_review_shows_no_draft(tmp_path: Path, blind: bool) -> None:
    spec = a_writing_spec()
    policy = ReviewPolicy(rules=(ReviewRule(by="auditor"),), blind=blind)
    spec = replace(spec, rubrics=(RUBRIC,), settings=replace(spec.settings, review=policy))
    desk = a_desk(tmp_path, spec)
    task = a_task(desk)
    desk.model_draft(task, "SECRET-OF-A-DRAFT")
    desk.submit(task, response(OWN), writing=typed(OWN))
    with desk.database.write() as session:
        auditor = a_member(session, session.get_one(ProjectRow, desk.project_id), role="auditor")
    client = browser(an_app(desk.database, tmp_path, desk.clock), auditor)
    reply = client.post("/api/projects/reviews/review/next", json={})
    assert OWN in reply.text
    assert "SECRET-OF-A-DRAFT" not in reply.text
    desk.database.close()
