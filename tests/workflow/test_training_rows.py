"""What answers give to train on: hand-worked rows, every exclusion by name, and a ledger that adds up."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from milo.core.assistant_policy import AssistantPolicy
from milo.core.errors import InvalidInput
from milo.core.export_options import ExportOptions, TrainingFormat
from milo.core.project import SubjectField
from milo.core.questions import (
    ChatQuestion,
    ChoiceQuestion,
    Option,
    PairwiseQuestion,
    Question,
    TextAnswer,
    TextQuestion,
)
from milo.core.training import LeftOut
from milo.db import convert
from milo.db.session import Database
from milo.db.tables import (
    AssignmentRow,
    ItemPayloadRow,
    ItemRow,
    ProjectRow,
    RevisionRow,
    SchemaVersionRow,
    WritingRow,
)
from milo.workflow.leaving import CHUNK
from milo.workflow.training_rows import TrainingLedger, TrainingRows
from tests.builders import NOW, a_database, a_person, a_project, a_spec
from tests.workflow.desk import a_desk
from tests.workflow.workshop import (
    CAPTION,
    HELLO,
    OFFERED,
    PAIR,
    PRODUCTION,
    PROMPT,
    QUERY,
    RANKING,
    RESPONSE,
    RESPONSES,
    TALK,
    TURN,
    ADraft,
    Workshop,
    a_workshop,
)

FORMATS: tuple[TrainingFormat, ...] = get_args(TrainingFormat)
SENT = {"query": "What is it?", "response": "A red lamp."}


def said(*turns: tuple[str, str]) -> list[dict[str, str]]:
    return [{"role": role, "content": content} for role, content in turns]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else ""


@pytest.fixture
def writing(tmp_path: Path) -> Iterator[Workshop]:
    with a_workshop(tmp_path, [CAPTION], [QUERY, RESPONSE], **PRODUCTION) as workshop:
        yield workshop


@pytest.fixture
def talking(tmp_path: Path) -> Iterator[Workshop]:
    with a_workshop(tmp_path, [TALK, OFFERED], [TURN]) as workshop:
        yield workshop


@pytest.fixture
def comparing(tmp_path: Path) -> Iterator[Workshop]:
    with a_workshop(tmp_path, [PROMPT, *RESPONSES], [PAIR, RANKING]) as workshop:
        yield workshop


class TestPrompts:
    """What a completion answers."""

    def test_the_query_somebody_wrote_is_the_prompt_and_no_completion(self, writing: Workshop) -> None:
        writing.answer({"caption": "A lamp."}, SENT)
        (row,) = writing.rows("sft")
        assert row == {"messages": said(("user", "What is it?"), ("assistant", "A red lamp."))}

    def test_fields_the_assistant_sees_stand_before_the_query(self, writing: Workshop) -> None:
        writing.change(**PRODUCTION, fields=["caption"])
        writing.answer({"caption": "A lamp."}, SENT)
        (row,) = writing.rows("sft", columns="prompt-completion")
        assert row == {
            "prompt": said(("user", "Caption:\nA lamp.\n\nWhat is it?")),
            "completion": said(("assistant", "A red lamp.")),
        }

    def test_a_query_that_is_given_is_read_from_its_field(self, tmp_path: Path) -> None:
        asked = SubjectField(name="asked", title="Query")
        with a_workshop(tmp_path, [CAPTION, asked], [RESPONSE], query="asked") as workshop:
            workshop.answer({"caption": "A lamp.", "asked": "Which colour?"}, {"response": "Red."})
            (row,) = workshop.rows("sft")
        assert row == {"messages": said(("user", "Which colour?"), ("assistant", "Red."))}

    def test_without_an_assistant_every_shown_text_is_the_prompt(self, tmp_path: Path) -> None:
        note = SubjectField(name="note", title="Note", show="markdown", required=False)
        secret = SubjectField(name="secret", title="Secret", show="hidden", required=False)
        with a_workshop(tmp_path, [CAPTION, note, secret], [RESPONSE]) as workshop:
            workshop.answer({"caption": "A lamp.", "note": "*Old*", "secret": "x"}, {"response": "Red."})
            workshop.answer({"caption": "A lamp.", "secret": "x"}, {"response": "Red."})
            prompts = [row["messages"][0]["content"] for row in workshop.rows("sft")]
        assert prompts == ["Caption:\nA lamp.\n\nNote:\n*Old*", "A lamp."]

    def test_where_only_a_picture_is_shown_the_question_is_asked(self, tmp_path: Path) -> None:
        image = SubjectField(name="image", title="Picture", show="image")
        with a_workshop(tmp_path, [image], [RESPONSE]) as workshop:
            address = workshop.picture()
            workshop.answer({"image": address}, {"response": "A lamp."})
            (row,) = workshop.rows("sft")
        assert row == {
            "messages": said(("user", "The answer"), ("assistant", "A lamp.")),
            "images": [address],
        }

    def test_no_query_and_no_text_give_no_row(self, writing: Workshop) -> None:
        writing.answer({"caption": "A lamp."}, {"query": " ", "response": "Red."})
        writing.answer({"caption": "A lamp."}, {"query": "What?", "response": " "})
        writing.answer({"caption": "A lamp."}, {"query": "What?"})
        done = writing.write("sft")
        assert done.path.read_bytes() == b""
        assert done.ledger.excluded == {"no_prompt": 1, "no_text": 1, "no_answer": 1}

    def test_notes_beside_the_drafted_answer_count_only_by_name(self, tmp_path: Path) -> None:
        notes = TextQuestion(name="notes", title="Notes", required=False)
        with a_workshop(tmp_path, [CAPTION], [QUERY, RESPONSE, notes], **PRODUCTION) as workshop:
            workshop.answer({"caption": "A lamp."}, {**SENT, "notes": "Blurred."})
            assert len(workshop.rows("sft")) == 1
            (row,) = workshop.rows("sft", question="notes")
        assert row == {"messages": said(("user", "A lamp."), ("assistant", "Blurred."))}

    def test_a_reason_beside_a_comparison_is_a_note_as_well(self, tmp_path: Path) -> None:
        reason = TextQuestion(name="reason", title="Why?", required=False)
        with a_workshop(tmp_path, [PROMPT, *RESPONSES], [PAIR, reason]) as workshop:
            fields = {"prompt": "Why?", "a": "1", "b": "2"}
            workshop.answer(fields, {"better": "first", "reason": "Shorter."})
            assert [row["completion"] for row in workshop.rows("kto")] == ["1", "2"]
            assert workshop.rows("sft", question="reason")[0]["messages"][1]["content"] == "Shorter."
            with pytest.raises(InvalidInput, match=r"the project's texts \(reason\) are notes"):
                workshop.write("sft")


class TestConversations:
    """The next turn."""

    def test_a_turn_follows_the_conversation_in_roles_models_know(self, talking: Workshop) -> None:
        turns = [*HELLO, {"role": "agent", "content": "What did?"}, {"role": "Customer", "content": "It."}]
        talking.answer({"talk": turns}, {"turn": "I see."})
        (row,) = talking.rows("sft")
        assert row["messages"] == said(
            ("user", "It broke."), ("assistant", "What did?"), ("user", "It."), ("assistant", "I see.")
        )

    def test_a_corrected_turn_is_preferred_to_the_one_that_was_offered(self, talking: Workshop) -> None:
        talking.answer({"talk": HELLO, "offered": "Bad luck."}, {"turn": "I am sorry."})
        talking.answer({"talk": HELLO, "offered": "I am  sorry."}, {"turn": "I am sorry."})
        talking.answer({"talk": HELLO}, {"turn": "I am sorry."})
        done = talking.write("dpo")
        (row,) = map(orjson.loads, done.path.read_bytes().splitlines())
        assert row == {
            "prompt": said(("user", "It broke.")),
            "chosen": said(("assistant", "I am sorry.")),
            "rejected": said(("assistant", "Bad luck.")),
        }
        assert done.ledger.excluded == {"unchanged": 1, "no_draft": 1}

    @pytest.mark.parametrize(
        ("turns", "reason"),
        [
            ([*HELLO, {"role": "agent", "content": "Oh."}], "turn_order"),
            ([{"role": "system", "content": "Be kind."}], "turn_order"),
            ([{"role": "narrator", "content": "Night."}, *HELLO], "unknown_role"),
            ("no conversation", "no_prompt"),
        ],
    )
    def test_a_conversation_that_cannot_be_continued_is_counted(
        self, talking: Workshop, turns: Any, reason: str
    ) -> None:
        talking.answer({"talk": turns}, {"turn": "Yes."})
        assert talking.write("sft").ledger.excluded == {reason: 1}

    def test_a_turn_of_the_user_gives_messages_and_nothing_else(self, tmp_path: Path) -> None:
        asking = ChatQuestion(name="turn", title="What next?", conversation="talk", speaker="user")
        with a_workshop(tmp_path, [TALK], [asking]) as workshop:
            turns = [*HELLO, {"role": "assistant", "content": "What did?"}]
            workshop.answer({"talk": turns}, {"turn": "The lamp."})
            assert workshop.rows("sft")[0]["messages"][-1] == {"role": "user", "content": "The lamp."}
            for format in ("openai-chat", "kto", "alpaca"):
                assert "user_turn" in workshop.write(format).ledger.as_data()["left_out"], format
            assert workshop.write("sft", columns="prompt-completion").ledger.excluded == {"user_turn": 1}


class TestRewrites:
    """The final text is preferred to the draft most of it came from."""

    def test_a_rewritten_draft_is_rejected_and_the_final_text_chosen(self, writing: Workshop) -> None:
        writing.answer(
            {}, SENT, drafts=[ADraft(text="Not this."), ADraft(text="A lamp.")], used=1, share=0.66
        )
        (row,) = writing.rows("dpo")
        assert row == {
            "prompt": said(("user", "What is it?")),
            "chosen": said(("assistant", "A red lamp.")),
            "rejected": said(("assistant", "A lamp.")),
        }

    @pytest.mark.parametrize(
        ("draft", "used", "reason"),
        [
            (ADraft(text="A  red lamp. "), 0, "unchanged"),
            (ADraft(text="A lamp."), None, "no_draft"),
            (ADraft(text=" "), 0, "draft_empty"),
            (ADraft(text="A", status="failed"), 0, "draft_unfinished"),
            (ADraft(text="A", status="stopped"), 0, "draft_unfinished"),
            (ADraft(text="I do not know.", status="abstained"), 0, "draft_abstained"),
            (ADraft(text="A fly.", query="What flies?"), 0, "other_query"),
        ],
    )
    def test_what_is_no_rewrite_is_left_out_by_name(
        self, writing: Workshop, draft: ADraft, used: int | None, reason: str
    ) -> None:
        writing.answer({}, SENT, drafts=[draft], used=used, share=0.5)
        ledger = writing.write("dpo").ledger
        assert (ledger.exported, dict(ledger.excluded)) == (0, {reason: 1})
        assert reason in get_args(LeftOut)

    def test_a_reward_row_is_two_whole_dialogues(self, writing: Workshop) -> None:
        writing.answer({}, SENT, drafts=[ADraft(text="A lamp.", query="What is it?")], used=0)
        (row,) = writing.rows("reward")
        assert row == {
            "chosen": said(("user", "What is it?"), ("assistant", "A red lamp.")),
            "rejected": said(("user", "What is it?"), ("assistant", "A lamp.")),
        }


class TestComparisons:
    """Pairs of a comparison; ties are counted."""

    def test_the_preferred_response_is_chosen_whichever_place_it_has(self, comparing: Workshop) -> None:
        texts = {"prompt": "Why?", "a": "Since.", "b": "Because.", "c": "So."}
        for value in ("first", "second", "both_good", "both_bad"):
            comparing.answer(texts, {"better": value})
        done = comparing.write("dpo", question="better")
        rows = [orjson.loads(line) for line in done.path.read_bytes().splitlines()]
        sides = [(row["chosen"][0]["content"], row["rejected"][0]["content"]) for row in rows]
        assert sides == [("Since.", "Because."), ("Because.", "Since.")]
        assert rows[0]["prompt"] == said(("user", "Prompt:\nWhy?\n\nC:\nSo."))
        assert done.ledger.excluded == {"tie": 2}

    def test_a_ranking_gives_every_pair_of_different_groups(self, comparing: Workshop) -> None:
        texts = {"prompt": "Why?", "a": "1", "b": "2", "c": "3"}
        comparing.answer(texts, {"order": [["c"], ["a", "b"]]})
        done = comparing.write("dpo")
        rows = [orjson.loads(line) for line in done.path.read_bytes().splitlines()]
        assert [(row["chosen"][0]["content"], row["rejected"][0]["content"]) for row in rows] == [
            ("3", "1"),
            ("3", "2"),
        ]
        assert rows[0]["prompt"] == said(("user", "Why?"))
        ledger = done.ledger
        assert isinstance(ledger, TrainingLedger)
        assert (ledger.candidates, ledger.rows, dict(ledger.left_out)) == (3, 2, {"tie": 1})
        assert (ledger.exported, dict(ledger.sources)) == (1, {"ranking": 2})

    def test_the_conversation_that_was_shown_is_the_prompt(self, tmp_path: Path) -> None:
        about = SubjectField(name="about", title="About")
        pair = PairwiseQuestion(name="better", title="Better?", first="a", second="b")
        with a_workshop(tmp_path, [about, TALK, *RESPONSES[:2]], [pair]) as workshop:
            turns = [{"role": "system", "content": "Be kind."}, *HELLO]
            workshop.answer({"about": "Lamps", "talk": turns, "a": "Oh.", "b": "Ha."}, {"better": "first"})
            (row,) = workshop.rows("dpo")
        assert row["prompt"] == said(("system", "Be kind."), ("user", "About:\nLamps\n\nIt broke."))

    @pytest.mark.parametrize(
        ("a", "b", "reason"), [("x", "x", "same_text"), ("x", " ", "no_text"), ("x", ["y"], "no_text")]
    )
    def test_responses_that_cannot_be_told_apart_are_left_out(
        self, comparing: Workshop, a: Any, b: Any, reason: str
    ) -> None:
        comparing.answer({"prompt": "Why?", "a": a, "b": b, "c": "z"}, {"better": "first"})
        assert comparing.write("reward").ledger.excluded == {reason: 1}


class TestJudgements:
    """Good and bad completions, one a row."""

    def labels(self, workshop: Workshop) -> list[tuple[str, bool]]:
        return [(row["completion"], row["label"]) for row in workshop.rows("kto")]

    def test_the_final_text_is_good_and_rated_down_or_rewritten_drafts_are_bad(
        self, writing: Workshop
    ) -> None:
        drafts = [
            ADraft(text="A moon.", thumb="down", query="What is that?"),
            ADraft(text="A sun.", thumb="up"),
            ADraft(text="A star."),
            ADraft(text="A lamp."),
        ]
        writing.answer({}, SENT, drafts=drafts, used=3)
        assert writing.rows("kto") == [
            {"prompt": "What is it?", "completion": "A red lamp.", "label": True},
            {"prompt": "What is that?", "completion": "A moon.", "label": False},
            {"prompt": "What is it?", "completion": "A lamp.", "label": False},
        ]
        ledger = writing.write("kto").ledger
        assert isinstance(ledger, TrainingLedger)
        assert ledger.left_out == {"draft_rated_up": 1, "draft_not_rated": 1}
        assert ledger.sources == {"written": 1, "rated": 1, "rewrite": 1}

    def test_a_draft_of_after_the_answer_has_no_part_in_it(self, writing: Workshop) -> None:
        writing.answer({}, SENT, drafts=[ADraft(text="A moon.", thumb="down", minutes=9)])
        assert self.labels(writing) == [("A red lamp.", True)]

    def test_a_draft_that_was_taken_as_it_was_is_never_bad(self, writing: Workshop) -> None:
        writing.answer({}, SENT, drafts=[ADraft(text="A red lamp.", thumb="down")], used=0)
        assert self.labels(writing) == [("A red lamp.", True)]

    def test_a_rewritten_draft_somebody_liked_is_not_bad(self, writing: Workshop) -> None:
        writing.answer({}, SENT, drafts=[ADraft(text="A lamp.", thumb="up")], used=0)
        assert self.labels(writing) == [("A red lamp.", True)]

    @pytest.mark.parametrize(
        ("value", "labels"),
        [
            ("first", [("1", True), ("2", False)]),
            ("second", [("1", False), ("2", True)]),
            ("both_good", [("1", True), ("2", True)]),
            ("both_bad", [("1", False), ("2", False)]),
            ("tie", []),
        ],
    )
    def test_sides_of_a_pair(self, comparing: Workshop, value: str, labels: list[tuple[str, bool]]) -> None:
        comparing.answer({"prompt": "Why?", "a": "1", "b": "2"}, {"better": value})
        assert self.labels(comparing) == labels

    def test_of_a_ranking_the_best_is_good_and_the_last_bad(self, comparing: Workshop) -> None:
        texts = {"prompt": "Why?", "a": "1", "b": "2", "c": "3"}
        comparing.answer(texts, {"order": [["b"], ["a"], ["c"]]})
        comparing.answer(texts, {"order": [["a", "b", "c"]]})
        done = comparing.write("kto")
        assert self.labels(comparing) == [("2", True), ("3", False)]
        assert isinstance(done.ledger, TrainingLedger)
        assert done.ledger.left_out == {"between": 1, "tie": 3}

    def test_a_conversation_makes_every_row_one_of_messages(self, talking: Workshop) -> None:
        talking.answer({"talk": HELLO, "offered": "Ha."}, {"turn": "I am sorry."})
        assert talking.rows("kto") == [
            {
                "prompt": said(("user", "It broke.")),
                "completion": said(("assistant", text)),
                "label": label,
            }
            for text, label in (("I am sorry.", True), ("Ha.", False))
        ]


def ask_anew(session: Session, old: SchemaVersionRow, questions: list[Any]) -> None:
    """A second version of the schema with these questions."""
    session.add(
        SchemaVersionRow(
            project_id=old.project_id,
            version=2,
            questions=questions,
            subject=old.subject,
            created_at=NOW,
        )
    )
    session.execute(update(ProjectRow).values(schema_version=2))


class TestWhatLeaves:
    """Quality labels only, as of one cut, with their provenance where it is asked for."""

    def test_only_passed_and_unreviewed_answers_leave(self, tmp_path: Path, url: str) -> None:
        with a_workshop(tmp_path, [CAPTION], [QUERY, RESPONSE], url, **PRODUCTION) as workshop:
            for state in ("submitted", "passed", "redo", "skipped", "rejected", "surplus", "withdrawn"):
                workshop.answer({}, {**SENT, "response": state}, state=state)
            workshop.answer({}, SENT, decision="redo")
            done = workshop.write("sft")
            rows = map(orjson.loads, done.path.read_bytes().splitlines())
            assert [row["messages"][1]["content"] for row in rows] == ["submitted", "passed"]
            assert done.ledger.statuses == {"accepted_unreviewed": 1, "passed": 1}
            assert done.ledger.excluded["redo"] == 2
            assert len(workshop.rows("sft", include_unreviewed=False)) == 1

    def test_provenance_says_whose_answer_and_which_draft(self, tmp_path: Path, url: str) -> None:
        with a_workshop(tmp_path, [CAPTION], [QUERY, RESPONSE], url, **PRODUCTION) as workshop:
            drafts = [ADraft(text="A lamp.")]
            workshop.answer({}, SENT, state="passed", drafts=drafts, used=0, share=0.5, distance=1)
            (row,) = workshop.rows("dpo", include_provenance=True)
            (plain,) = workshop.rows("sft")
        pseudonym = row["metadata"]["annotator"]
        assert row["metadata"] == {
            "item": "i1",
            "annotation": f"i1/{pseudonym}",
            "revision": 1,
            "annotator": pseudonym,
            "status": "passed",
            "question": "response",
            "source": "rewrite",
            "model": "Scripted",
            "version": "v1",
            "draft_share": 0.5,
            "edit_distance": 1,
        }
        assert "metadata" not in plain

    def test_what_is_sent_while_the_file_is_written_stays_out(self, writing: Workshop) -> None:
        writing.answer({}, SENT)
        options = ExportOptions(format="sft")
        rows = TrainingRows(writing.database, writing.project_id, options, lambda *_: None, writing.folder)
        writing.answer({}, SENT)
        assert len(list(rows)) == 1

    def test_what_is_measured_is_the_revision_that_leaves(self, writing: Workshop) -> None:
        id = writing.answer({}, SENT, share=0.25)
        with writing.database.write() as session:
            common = {"assignment_id": id, "project_id": writing.project_id, "question": "response"}
            session.add(WritingRow(**common, revision=2, draft_share=0.75))
        (row,) = writing.rows("sft", include_provenance=True)
        assert row["metadata"]["draft_share"] == 0.25

    def test_an_answer_to_earlier_questions_is_read_with_these(self, writing: Workshop) -> None:
        writing.answer({}, SENT)
        with writing.database.write() as session:
            old = session.scalars(select(SchemaVersionRow)).one()
            asks, answers = old.questions
            ask_anew(session, old, [asks, answers | {"name": "reply"}])
        assert len(writing.rows("sft")) == 1

    def test_a_conversation_in_any_version_makes_messages_of_all_rows(self, writing: Workshop) -> None:
        writing.answer({}, SENT)
        assert writing.rows("kto")[0]["completion"] == "A red lamp."
        with writing.database.write() as session:
            old = session.scalars(select(SchemaVersionRow)).one()
            ask_anew(session, old, [*old.questions, convert.as_data(convert.QUESTIONS, (TURN,))[0]])
        assert writing.rows("kto")[0]["completion"] == said(("assistant", "A red lamp."))

    @pytest.mark.parametrize("format", FORMATS)
    def test_a_project_without_anything_of_the_kind_is_told_what_is_missing(
        self, tmp_path: Path, format: Any
    ) -> None:
        choice: Question = ChoiceQuestion(
            name="kind", title="Kind?", options=(Option(name="a", label="A"), Option(name="b", label="B"))
        )
        with a_workshop(tmp_path, [CAPTION], [choice]) as workshop:
            with pytest.raises(InvalidInput, match=f"{format} needs a written question .* has none"):
                workshop.write(format)
            with pytest.raises(InvalidInput, match="There is no question 'x'; there are: kind"):
                workshop.write(format, question="x")
            with pytest.raises(InvalidInput, match="the question 'kind' is none"):
                workshop.write(format, question="kind")

    def test_comparisons_alone_are_nothing_to_imitate(self, comparing: Workshop) -> None:
        with pytest.raises(InvalidInput, match=r"sft needs a written question \(text or chat\); "):
            comparing.write("sft")


def test_what_somebody_wrote_and_wrote_again_leaves_with_the_draft_it_began_with(tmp_path: Path) -> None:
    policy = AssistantPolicy(model="scripted", answers="response", query="query")
    spec = a_spec(questions=(QUERY, RESPONSE), settings={"assistant": policy})
    desk = a_desk(tmp_path, spec)
    desk.items(["A lamp by the sea."])
    task = desk.take(desk.person())
    desk.model_draft(task, "The lamp is lit every night of the year.", query="When?")
    for text in ("The lamp is lit every night of the year!", "The lamp is lit every night in winter."):
        answers = {"query": TextAnswer(value="When?"), "response": TextAnswer(value=text)}
        desk.submit(task, answers, expected=len(desk.revisions(task)))
        desk.reopen(task)
    desk.submit(task, answers, expected=len(desk.revisions(task)))
    options = ExportOptions(format="dpo", include_provenance=True)
    ((_, row),) = TrainingRows(desk.database, desk.project_id, options, lambda *_: None, tmp_path)
    desk.database.close()
    assert row["prompt"] == said(("user", "When?"))
    assert row["chosen"] == said(("assistant", "The lamp is lit every night in winter."))
    assert row["rejected"] == said(("assistant", "The lamp is lit every night of the year."))
    about = row["metadata"]
    assert (about["revision"], about["model"], about["version"]) == (5, "scripted", "a1")
    assert (about["draft_share"], about["edit_distance"]) == (0.75, 3)


class TestPictures:
    """Linked, or beside the rows."""

    @pytest.fixture
    def seeing(self, tmp_path: Path) -> Iterator[Workshop]:
        image = SubjectField(name="image", title="Picture", show="image", required=False)
        with a_workshop(tmp_path, [image], [QUERY, RESPONSE], **PRODUCTION) as workshop:
            yield workshop

    def test_every_row_has_the_column_and_a_link_is_an_address(self, seeing: Workshop) -> None:
        address = seeing.picture()
        seeing.answer({"image": address}, SENT)
        seeing.answer({}, SENT)
        assert [row["images"] for row in seeing.rows("sft")] == [[address], []]

    def test_openai_gets_the_picture_itself_in_the_user_turn(self, seeing: Workshop) -> None:
        seeing.answer({"image": seeing.picture(b"\x89PNG\r\n\x1a\n")}, SENT)
        (row,) = seeing.rows("openai-chat", images="include")
        picture, text = row["messages"][0]["content"]
        assert picture == {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
        assert text == {"type": "text", "text": "What is it?"}

    def test_a_picture_whose_file_is_gone_is_counted(self, seeing: Workshop) -> None:
        seeing.answer({"image": f"/api/projects/1/media/{'0' * 64}.png"}, SENT)
        assert seeing.write("sft", images="include").ledger.excluded == {"no_picture": 1}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    """One answer of each kind, and more than one reason to leave each of them out."""
    subject = [PROMPT, TALK, OFFERED, *RESPONSES]
    questions: list[Question] = [QUERY, RESPONSE, TURN, PAIR, RANKING]
    texts = {"prompt": "Why?", "talk": HELLO, "offered": "Ha.", "a": "1", "b": "2", "c": "3"}
    with a_workshop(tmp_path_factory.mktemp("mixed"), subject, questions, **PRODUCTION) as workshop:
        drafts = [ADraft(text="A lamp.", thumb="down"), ADraft(text="x", status="failed")]
        for number in range(6):
            answers = {**SENT, "turn": "Sorry.", "better": "both_good", "order": [["a"], ["b", "c"]]}
            for name in list(answers)[:number]:
                del answers[name]
            workshop.answer(texts, answers, drafts=drafts, used=number % 2)
        yield workshop


@settings(max_examples=60)
@given(
    states=st.lists(
        st.sampled_from(["submitted", "passed", "redo", "rejected", "skipped", "surplus", "leased"]),
        min_size=6,
        max_size=6,
    ),
    format=st.sampled_from(FORMATS),
    question=st.sampled_from([None, "response", "turn"]),
    unreviewed=st.sampled_from([None, True, False]),
)
def test_every_annotation_and_every_row_is_accounted_for(
    mixed: Workshop, states: list[str], format: Any, question: str | None, unreviewed: bool | None
) -> None:
    with mixed.database.write() as session:
        ids = session.scalars(select(AssignmentRow.id).order_by(AssignmentRow.id)).all()
        for id, state in zip(ids, states, strict=True):
            session.execute(update(AssignmentRow).where(AssignmentRow.id == id).values(state=state))
    options = ExportOptions(format=format, question=question, include_unreviewed=unreviewed)
    rows = TrainingRows(mixed.database, mixed.project_id, options, lambda *_: None, mixed.folder)
    made = list(rows)
    ledger = rows.ledger
    assert ledger.annotations == 6 == ledger.exported + ledger.excluded.total()
    assert ledger.candidates == ledger.rows + ledger.left_out.total()
    assert ledger.rows == len(made) == ledger.sources.total()
    assert ledger.exported == ledger.statuses.total()
    assert ledger.excluded["redo"] == states.count("redo")
    assert set(ledger.left_out) <= set(get_args(LeftOut))


def test_rows_come_before_all_is_read_and_memory_does_not_grow_with_them(tmp_path: Path) -> None:
    database = a_database(tmp_path)
    peaks = []
    for answers in (2 * CHUNK, 6 * CHUNK):
        with database.write() as session:
            project_id = a_project(session, a_spec(subject=(CAPTION,), questions=(RESPONSE,))).id
        many(database, project_id, answers)
        options = ExportOptions(format="sft")
        rows = TrainingRows(database, project_id, options, lambda *_: None, tmp_path)
        tracemalloc.start()
        stream = iter(rows)
        next(stream)
        assert rows.ledger.annotations == CHUNK
        assert 1 + sum(1 for _ in stream) == answers
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    database.close()
    assert peaks[1] < 1.2 * peaks[0]


def many(database: Database, project_id: int, answers: int) -> None:
    """So many answers of 1,000 characters, all at once."""
    sent = {"response": {"kind": "text", "value": "x" * 1000, "confidence": None}}
    common = {"project_id": project_id}
    start = project_id * 100_000
    ids = range(start + 1, start + answers + 1)
    with database.write() as session:
        person = a_person(session).id
        session.execute(
            insert(ItemRow),
            [
                {
                    **common,
                    "id": id,
                    "external_id": f"i{id}",
                    "content_hash": f"{id:032d}",
                    "excerpt": "",
                    "visible": True,
                    "created_at": NOW,
                }
                for id in ids
            ],
        )
        session.execute(insert(ItemPayloadRow), [{"item_id": id, "fields": {"caption": "A"}} for id in ids])
        session.execute(
            insert(AssignmentRow),
            [
                {
                    **common,
                    "id": id,
                    "item_id": id,
                    "annotator_id": person,
                    "state": "submitted",
                    "schema_version": 1,
                    "guideline_version": 1,
                    "revision": 1,
                }
                for id in ids
            ],
        )
        session.execute(
            insert(RevisionRow),
            [
                {
                    **common,
                    "assignment_id": id,
                    "client_id": f"c{id}",
                    "number": 1,
                    "act": "submit",
                    "state": "submitted",
                    "answers": sent,
                    "schema_version": 1,
                    "guideline_version": 1,
                    "created_at": NOW + timedelta(minutes=1),
                }
                for id in ids
            ],
        )
