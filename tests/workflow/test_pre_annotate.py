"""Pre-annotation from the queue to suggestions, with scripted models."""

from __future__ import annotations

import asyncio
import dataclasses
import threading
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select

from milo.core.errors import InvalidInput, MiloError, ModelFailure
from milo.core.guideline import Guideline, Section
from milo.core.model_call import Model, ModelReply, ModelRequest, Piece, TokenLogprob, pieces_of_reply
from milo.core.model_config import ModelConfig
from milo.core.project import ProjectSpec, SubjectField
from milo.core.questions import ChoiceAnswer, ChoiceQuestion, Option
from milo.db.queries import jobs as job_queries
from milo.db.queries import units as unit_queries
from milo.db.session import Database
from milo.db.tables import (
    ExampleRow,
    ItemPayloadRow,
    ItemRow,
    JobRow,
    ModelCallRow,
    ModelRow,
    ProjectRow,
    PromptVersionRow,
    SuggestionRow,
    UnitRow,
)
from milo.models import open_model
from milo.models.capabilities import black_png
from milo.models.replay import Recording
from milo.workflow import bench, examples, jobs, media, models, pre_annotate, preselection, projects
from milo.workflow.bench import BenchOptions
from milo.workflow.examples import ExampleInput
from milo.workflow.jobs import LEASE, JobCancelled, JobRun
from milo.workflow.models import ModelSetup
from milo.workflow.pre_annotate import PreAnnotation
from tests.builders import NEGATIVE, NOW, POSITIVE, Clock, a_database, a_person, a_project, a_spec, items

SECRET = Fernet.generate_key()
POSITIVE_WORDS = {"rules": [{"when": "good|love", "answers": {"Positive": 0.9, "Negative": 0.1}}]}
SENTIMENT = a_spec(questions=a_spec().questions[:1])


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = a_database(tmp_path)
    yield database
    database.close()


async def no_sleep(seconds: float) -> None:
    """Time of its own for back-off: a test does not wait."""
    await asyncio.sleep(0)


@dataclass
class Counting:
    """A model that answers Positive to all, counts, and does what a test tells it beforehand."""

    name: str = "Counting"
    version: str = "counting-1"
    before: Callable[[int], None] = lambda number: None
    cost_usd: float | None = None
    requests: list[ModelRequest] = field(default_factory=list)
    asked_at_once: int = 0
    most_at_once: int = 0

    async def ask(self, request: ModelRequest) -> ModelReply:
        self.requests.append(request)
        number = len(self.requests)
        self.asked_at_once += 1
        self.most_at_once = max(self.most_at_once, self.asked_at_once)
        try:
            await asyncio.sleep(0.001)
            self.before(number)
        finally:
            self.asked_at_once -= 1
        candidates = (TokenLogprob("Positive", -0.1), TokenLogprob("Negative", -2.5))
        return ModelReply(
            text="Positive",
            top_logprobs=(candidates,),
            input_tokens=10,
            output_tokens=1,
            evaluated_tokens=10,
            cost_usd=self.cost_usd,
            latency_ms=1.0,
            finish_reason="stop",
            model=self.version,
        )

    async def stream(self, request: ModelRequest) -> AsyncGenerator[Piece, None]:
        for piece in pieces_of_reply(await self.ask(request)):
            yield piece

    async def close(self) -> None:
        pass


def a_model(database: Database, params: Mapping[str, Any] | None = None, **setup: Any) -> int:
    """A stored scripted model: it knows good words from others, unless `params` say otherwise."""
    default = {"answers": {"Negative": 0.8, "Positive": 0.2}}
    found = POSITIVE_WORDS | {"default": default} if params is None else dict(params)
    with database.write() as session:
        given = {"name": "Rules", "provider": "scripted", "model": "rules", "params": found} | setup
        wanted = ModelSetup(**given)
        return models.add(session, wanted, secret=SECRET, now=NOW).id


def a_filled_project(database: Database, count: int = 3, spec: ProjectSpec = SENTIMENT) -> int:
    with database.write() as session:
        project = a_project(session, spec)
        items(session, project, [f"{'good' if n % 2 else 'bad'} number {n}" for n in range(count)])
        return project.id


def queued(database: Database, project: int, **wanted: Any) -> int:
    with database.write() as session:
        row = session.get_one(ProjectRow, project)
        return pre_annotate.enqueue(session, row, PreAnnotation(**wanted), by=None, now=NOW).id


def taken(database: Database, job: int, model: Model | None = None) -> JobRun:
    """The job in the hands of this test, over the model of its own or the stored one."""
    with database.write() as session:
        row = session.get_one(JobRow, job)
        job_queries.take_this(session, row, owner="test", now=NOW, lease=LEASE)
        return JobRun(
            database=database,
            id=job,
            project_id=row.project_id,
            config=dict(row.config),
            owner="test",
            fence=row.fence,
            data_dir=Path(database.url.removeprefix("sqlite:///")).parent,
            secret=SECRET,
            open_model=(lambda config: model) if model is not None else open_model,
            clock=Clock(),
            sleep=no_sleep,
        )


def done(database: Database, job: int, model: Model | None = None) -> Mapping[str, Any]:
    """Do the job; its result."""
    run = taken(database, job, model)
    result = pre_annotate.run(run)
    jobs.finish(run, "done", result=result)
    return result


def add_example(database: Database, project: int, *, item: int, value: str) -> int:
    """The id of an example that answers the sentiment of an item."""
    with database.write() as session:
        wanted = ExampleInput(item=item, question="sentiment", answer=ChoiceAnswer(value=value))
        person = a_person(session, role="researcher")
        row = session.get_one(ProjectRow, project)
        return examples.add(session, row, wanted, by=person, now=NOW).id


def row_of(database: Database, job: int) -> JobRow:
    with database.read() as session:
        return session.get_one(JobRow, job)


def count(database: Database, table: Any) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def suggestions(database: Database) -> list[SuggestionRow]:
    with database.read() as session:
        return list(session.scalars(select(SuggestionRow).order_by(SuggestionRow.item_id, SuggestionRow.id)))


class TestARun:
    def test_each_item_gets_a_suggestion_a_question(self, database: Database) -> None:
        project, model = a_filled_project(database, 4), a_model(database)
        job = queued(database, project, model=model, correct=False)
        done(database, job)
        found = suggestions(database)
        assert [row.preselected for row in found] == [["negative"], ["positive"]] * 2
        assert found[1].distribution == pytest.approx({"positive": 0.9, "negative": 0.1})
        assert (row_of(database, job).total, row_of(database, job).done) == (4, 4)

    def test_gold_outside_the_run_is_asked_for_the_fit_but_not_for_reasons(self, database: Database) -> None:
        project, stored = a_project_with_gold(database), a_model(database)
        model = Counting()
        done(database, queued(database, project, model=stored, explain=True, items=(1,)), model)
        reasons = [one for one in model.requests if "Explain in one" in one.messages[-1].text]
        assert len(reasons) == 1
        assert len(suggestions(database)) == 24

    def test_each_kind_of_question_is_split_into_its_units(self, database: Database) -> None:
        project = a_filled_project(database, 1, a_spec())
        rules = [
            {"question": "wrong", "text": "The lid."},
            {"question": "Positive or", "answers": {"Positive": 1}},
        ]
        model = a_model(database, {"rules": rules, "default": {"answers": {"Yes": 0.7, "No": 0.3}}})
        done(database, queued(database, project, model=model, correct=False))
        with database.read() as session:
            units = [(unit.question, unit.option, unit.status) for unit in session.scalars(select(UnitRow))]
        assert sorted(units) == [
            ("complaint", "", "ok"),
            ("sentiment", "", "ok"),
            ("topics", "price", "ok"),
            ("topics", "quality", "ok"),
        ]
        by_question = {row.question: row for row in suggestions(database)}
        assert by_question["topics"].preselected == ["price", "quality"]
        assert by_question["complaint"].text == "The lid."

    def test_calls_of_one_item_come_one_after_the_other_and_items_side_by_side(
        self, database: Database
    ) -> None:
        project = a_filled_project(database, 12, a_spec())
        model = Counting()
        at_work: Counter[str] = Counter()

        async def ask(request: ModelRequest) -> ModelReply:
            text = request.messages[-1].text.split("### Question")[0]
            at_work[text] += 1
            assert at_work[text] == 1, "two calls of one item at once"
            try:
                return await Counting.ask(model, request)
            finally:
                at_work[text] -= 1

        model.ask = ask  # type: ignore[method-assign]  # watches the order
        done(
            database, queued(database, project, model=a_model(database), correct=False, concurrency=5), model
        )
        assert 1 < model.most_at_once <= 5

    def test_the_filter_decides_which_items_are_asked(self, database: Database) -> None:
        project, model = a_filled_project(database, 6), a_model(database)
        done(database, queued(database, project, model=model, correct=False, limit=2))
        assert [row.item_id for row in suggestions(database)] == [1, 2]
        done(database, queued(database, project, model=model, correct=False, items=(5,)))
        assert [row.item_id for row in suggestions(database)] == [1, 2, 5]

    def test_a_run_with_examples_shows_them_to_every_item_but_their_own(self, database: Database) -> None:
        project, stored = a_filled_project(database, 3), a_model(database)
        add_example(database, project, item=2, value="negative")
        model = Counting()
        result = done(database, queued(database, project, model=stored, correct=False, examples=True), model)
        seen = {
            request.messages[-1].text.split("number ")[1][0]: [one.text for one in request.messages[1:-1]]
            for request in model.requests
            if "number " in request.messages[-1].text
        }
        assert seen["1"] == []
        assert [len(seen[item]) for item in ("0", "2")] == [2, 2]
        assert "good number 1" in seen["0"][0]
        assert seen["0"][1] == "Negative"
        without = done(database, queued(database, project, model=stored, correct=False), model)
        assert result["prompt_version"] != without["prompt_version"]
        assert len(suggestions(database)) == 6, "one for all items of each version"

    def test_a_run_that_has_begun_keeps_its_examples(self, database: Database) -> None:
        project, stored = a_filled_project(database, 3), a_model(database)
        example = add_example(database, project, item=1, value="negative")
        job = queued(database, project, model=stored, correct=False, examples=True, concurrency=1)
        broken = Counting()

        async def ask(request: ModelRequest) -> ModelReply:
            if "number 2" in request.messages[-1].text:
                raise ModelFailure("no route to the model", transient=True)
            return await Counting.ask(broken, request)

        broken.ask = ask  # type: ignore[method-assign]  # one item gets no reply
        with pytest.raises(MiloError, match="no route to the model"):
            pre_annotate.run(taken(database, job, broken))
        with database.write() as session:
            session.get_one(ExampleRow, example).deleted_at = NOW
        model = Counting()
        done(database, job, model)
        (last,) = (one for one in model.requests if "number 2" in one.messages[-1].text)
        assert [message.role for message in last.messages] == ["system", "user", "assistant", "user"]

    def test_an_item_that_was_changed_is_asked_again(self, database: Database) -> None:
        project, model = a_filled_project(database, 2), a_model(database)
        done(database, queued(database, project, model=model, correct=False))
        with database.write() as session:
            payload = session.get_one(ItemPayloadRow, 1)
            payload.fields = {"text": "good after all"}
            session.get_one(ItemRow, 1).revision = 2
        done(database, queued(database, project, model=model, correct=False))
        assert [row.preselected for row in suggestions(database)] == [["positive"], ["positive"]]


def test_a_run_on_postgresql_stores_the_same(tmp_path: Path, postgres_url: str) -> None:
    database = a_database(tmp_path, postgres_url)
    project = a_project_with_gold(database)
    model = a_model(database, POSITIVE_WORDS | {"default": {"answers": {"Negative": 1}}, "fail_every": 7})
    result = done(database, queued(database, project, model=model, explain=True))
    assert result["measured"]["sentiment"]["right"] == 24
    assert count(database, UnitRow) == 48
    again = queued(database, project, model=model, explain=True)
    done(database, again, Counting(version=open_model(stored_config(database, model)).version))
    assert row_of(database, again).total == 0
    database.close()


class TestNothingIsAskedTwice:
    def test_a_second_run_of_the_same_prompt_asks_nothing(self, database: Database) -> None:
        project, model = a_filled_project(database), a_model(database)
        done(database, queued(database, project, model=model))
        silent = Counting(version=open_model(stored_config(database, model)).version)
        again = queued(database, project, model=model)
        done(database, again, silent)
        assert silent.requests == []
        assert row_of(database, again).total == 0

    def test_another_prompt_version_takes_the_stored_replies_where_the_prompt_is_the_same(
        self, database: Database
    ) -> None:
        project, model = a_filled_project(database), a_model(database)
        done(database, queued(database, project, model=model))
        with database.write() as session:
            row = session.get_one(ProjectRow, project)
            note = Section(id="aside", title="Aside", body="For people only.", in_prompt=False)
            spec = dataclasses.replace(
                SENTIMENT, guideline=Guideline(sections=(*SENTIMENT.guideline.sections, note))
            )
            projects.change(session, row, spec, by=a_person(session, role="researcher"), now=NOW)
        silent = Counting(version=open_model(stored_config(database, model)).version)
        done(database, queued(database, project, model=model), silent)
        assert silent.requests == []
        assert count(database, PromptVersionRow) == 2
        assert count(database, UnitRow) == 6

    def test_a_cancelled_run_keeps_what_it_has_and_goes_on_from_there(self, database: Database) -> None:
        project, stored = a_filled_project(database, 40), a_model(database)
        job = queued(database, project, model=stored, correct=False, concurrency=4)

        def cancel(number: int) -> None:
            if number == 15:
                run.cancel.set()

        first = Counting(before=cancel)
        run = taken(database, job, first)
        with pytest.raises(JobCancelled):
            pre_annotate.run(run)
        kept = count(database, UnitRow)
        assert 10 <= kept < 40
        second = Counting()
        done(database, job, second)
        assert count(database, UnitRow) == 40
        asked = [request.messages[-1].text for request in first.requests[1:] + second.requests]
        assert len(asked) == len(set(asked)) == 40


class TestFailures:
    def test_a_busy_endpoint_is_asked_again(self, database: Database) -> None:
        project = a_filled_project(database, 6)
        model = a_model(database, POSITIVE_WORDS | {"fail_every": 3, "default": {"answers": {"Negative": 1}}})
        done(database, queued(database, project, model=model, correct=False))
        assert [row.status for row in suggestions(database)] == ["ok"] * 6

    def test_all_wait_as_long_as_the_server_asks_for(self, database: Database) -> None:
        project = a_filled_project(database, 8)
        waited: list[float] = []
        clock = {"stopped_at": 0.0}

        def refuse_once(number: int) -> None:
            now = asyncio.get_running_loop().time()
            if number == 4:
                clock["stopped_at"] = now
                raise ModelFailure("slow down", transient=True, retry_after=0.2)
            if clock["stopped_at"]:
                waited.append(now - clock["stopped_at"])

        model = Counting(before=refuse_once)
        done(
            database, queued(database, project, model=a_model(database), correct=False, concurrency=1), model
        )
        assert len(waited) == 6
        assert min(waited) >= 0.2

    def test_a_permanent_failure_is_a_result_with_its_reason(self, database: Database) -> None:
        project = a_filled_project(database, 3)
        rules = [{"when": "number 1", "fail": "permanent"}]
        model = a_model(database, {"rules": rules, "default": {"answers": {"Positive": 1}}})
        job = queued(database, project, model=model, correct=False)
        done(database, job)
        assert [row.status for row in suggestions(database)] == ["ok", "failed", "ok"]
        assert row_of(database, job).failed == 1
        with database.read() as session:
            (failure,) = unit_queries.failures(session, job)
        assert (failure.item, failure.question, failure.reason) == (
            2,
            "sentiment",
            "Rules fails here by its script",
        )

    def test_a_tested_model_is_not_tried_before_the_run(self, database: Database) -> None:
        project, stored = a_filled_project(database, 2), a_model(database)
        with database.write() as session:
            session.get_one(ModelRow, stored).capabilities = {"reachable": True, "logprobs": True}
        model = Counting()
        done(database, queued(database, project, model=stored, correct=False), model)
        assert len(model.requests) == 2

    def test_a_failed_unit_is_asked_again_only_on_request(self, database: Database) -> None:
        project, stored = a_filled_project(database, 2), a_model(database)

        def refuse(number: int) -> None:
            if number == 3:
                raise ModelFailure("the context is too long", transient=False)

        done(
            database,
            queued(database, project, model=stored, correct=False, concurrency=1),
            Counting(before=refuse),
        )
        silent = Counting()
        done(database, queued(database, project, model=stored, correct=False), silent)
        assert silent.requests == []
        done(database, queued(database, project, model=stored, correct=False, retry_failed=True), silent)
        assert len(silent.requests) == 1
        assert [row.status for row in suggestions(database)] == ["ok", "ok"]

    def test_an_item_without_a_reply_is_named_and_asked_again_on_resume(self, database: Database) -> None:
        project, stored = a_filled_project(database, 3), a_model(database)
        job = queued(database, project, model=stored, correct=False, concurrency=1)
        is_down = threading.Event()
        is_down.set()
        model = Counting()

        async def ask(request: ModelRequest) -> ModelReply:
            if is_down.is_set() and "number 1" in request.messages[-1].text:
                raise ModelFailure("no route to the model", transient=True)
            return await Counting.ask(model, request)

        model.ask = ask  # type: ignore[method-assign]  # one item gets no reply
        with pytest.raises(MiloError, match=r"1 item\(s\) got no answer.*no route to the model.*Resume"):
            pre_annotate.run(taken(database, job, model))
        assert [row.item_id for row in suggestions(database)] == [1, 3]
        is_down.clear()
        done(database, job, model)
        assert [row.item_id for row in suggestions(database)] == [1, 2, 3]

    def test_a_model_that_refuses_the_first_call_ends_the_job_at_once(self, database: Database) -> None:
        def refuse(number: int) -> None:
            raise ModelFailure("Incorrect API key provided", transient=False)

        project, stored = a_filled_project(database, 50), a_model(database)
        model = Counting(before=refuse)
        with pytest.raises(MiloError, match="cannot be asked: Incorrect API key"):
            pre_annotate.run(taken(database, queued(database, project, model=stored), model))
        assert len(model.requests) == 1
        assert count(database, UnitRow) == 0

    def test_a_recorded_model_says_for_which_guideline_it_holds_replies(
        self, database: Database, tmp_path: Path
    ) -> None:
        project, path = a_filled_project(database), tmp_path / "recorded.jsonl"
        recording = Recording(Counting(), path)
        done(database, queued(database, project, model=a_model(database)), recording)
        replay = a_model(database, {"path": str(path)}, name="Large", provider="replay", model="large")
        done(database, queued(database, project, model=replay))
        with database.write() as session:
            row = session.get_one(ProjectRow, project)
            reworded = Guideline(
                sections=(Section(id="task", title="Task", kind="task", body="Judge well."),)
            )
            spec = dataclasses.replace(SENTIMENT, guideline=reworded)
            projects.change(session, row, spec, by=a_person(session), now=NOW)
            job = bench.enqueue(session, row, BenchOptions(model=replay), by=None, now=NOW).id
        with pytest.raises(
            ModelFailure, match=r"Large holds recorded replies for guideline 1 only.*guideline 2"
        ):
            bench.run(taken(database, job))

    def test_a_model_that_goes_down_ends_the_job_instead_of_failing_every_item(
        self, database: Database
    ) -> None:
        def go_down(number: int) -> None:
            if number > 5:
                raise ModelFailure("connection refused", transient=True)

        project, stored = a_filled_project(database, 200), a_model(database)
        model = Counting(before=go_down)
        with pytest.raises(MiloError, match=r"calls in a row failed.*connection refused"):
            pre_annotate.run(taken(database, queued(database, project, model=stored, correct=False), model))
        assert len(model.requests) < 60

    def test_an_item_whose_picture_is_missing_fails_alone(self, database: Database) -> None:
        project, stored = a_picture_project(database, ["/api/projects/1/media/" + "0" * 64 + ".png"])
        done(database, queued(database, project, model=stored, correct=False), Counting())
        (row,) = suggestions(database)
        assert row.status == "failed"
        assert row.reason is not None
        assert "no picture" in row.reason


class TestPictures:
    def test_a_picture_goes_into_the_prompt_as_its_bytes(self, database: Database, tmp_path: Path) -> None:
        name = media.store(tmp_path, black_png())
        project, stored = a_picture_project(database, [media.url(1, name)])
        model = Counting()
        done(database, queued(database, project, model=stored, correct=False), model)
        (picture,) = [part for part in model.requests[-1].messages[-1].parts if part.kind == "image"]
        assert (picture.media_type, picture.data) == ("image/png", black_png())


class TestConfidence:
    def test_without_gold_the_models_leaning_is_divided_out_and_called_uncalibrated(
        self, database: Database
    ) -> None:
        project = a_filled_project(database, 2)
        leaning = {"answers": {"Positive": 0.8, "Negative": 0.2}}
        rules = [{"when": "bad", "answers": {"Positive": 0.6, "Negative": 0.4}}]
        model = a_model(database, {"rules": rules, "default": leaning})
        result = done(database, queued(database, project, model=model))
        assert result["confidence"] == "prior"
        bad, good = suggestions(database)
        assert good.distribution == pytest.approx({"positive": 0.5, "negative": 0.5})
        assert bad.preselected == ["negative"]
        with database.read() as session:
            line = preselection.at_threshold(session, session.get_one(ProjectRow, project), 0.7)
        assert (line.preselected, line.total, line.calibrated) == (1, 2, False)

    def test_enough_gold_calibrates_and_measures_the_model(self, database: Database) -> None:
        project, model = a_project_with_gold(database), a_model(database)
        result = done(database, queued(database, project, model=model))
        assert result["confidence"] == "gold"
        assert (
            result["measured"]["sentiment"] | {"auc": 1.0, "n": 24, "right": 24}
            == result["measured"]["sentiment"]
        )
        with database.read() as session:
            card = session.get_one(ModelRow, model).card
            line = preselection.at_threshold(session, session.get_one(ProjectRow, project), 0.5)
        assert card is not None
        assert card["measured"]["items"] == 24
        assert card["measured"]["not_useful_for"] == []
        assert (line.gold.right, line.gold.n, line.calibrated) == (24, 24, True)

    def test_the_card_says_where_the_model_is_no_better_than_luck(self, database: Database) -> None:
        project = a_project_with_gold(database)
        model = a_model(database, {"default": {"answers": {"Positive": 0.9, "Negative": 0.1}}})
        done(database, queued(database, project, model=model))
        with database.read() as session:
            card = session.get_one(ModelRow, model).card
        assert card is not None
        assert card["measured"]["not_useful_for"] == ["Positive or negative?"]

    def test_without_log_probabilities_the_shares_of_samples_are_the_confidence(
        self, database: Database
    ) -> None:
        project = a_filled_project(database, 1)
        default = {"answers": {"Positive": 0.5, "Negative": 0.5}}
        model = a_model(database, {"default": default, "logprobs": False})
        result = done(database, queued(database, project, model=model, samples=4))
        assert result["confidence"] == "samples"
        assert count(database, UnitRow) == 4
        (row,) = suggestions(database)
        assert row.distribution["positive"] in (0, 0.25, 0.5, 0.75, 1)


class TestExplanations:
    def test_each_suggestion_is_explained_with_what_it_quotes(self, database: Database) -> None:
        project = a_filled_project(database, 2)
        rules = [
            {"question": "Explain", "text": 'It says "number 1".'},
            {"when": "", "question": "Positive or", "answers": {"Positive": 1}},
        ]
        job = queued(
            database, project, model=a_model(database, {"rules": rules}), correct=False, explain=True
        )
        done(database, job)
        explanation = suggestions(database)[1].explanation
        assert explanation is not None
        assert explanation["text"] == 'It says "number 1".'
        assert [passage["quote"] for passage in explanation["evidence"]] == ["number 1"]
        assert (row_of(database, job).total, row_of(database, job).done) == (4, 4)


class TestCost:
    def test_a_run_that_would_cost_more_than_the_cap_is_refused(self, database: Database) -> None:
        project = a_filled_project(database, 3)
        model = a_model(database, price_in_usd_per_million=1_000_000.0)
        with pytest.raises(InvalidInput, match=r"would cost about .* the cap is 1\.00"):
            queued(database, project, model=model, cost_cap_usd=1.0)

    def test_a_run_stops_before_the_cap_and_goes_on_with_a_higher_one(self, database: Database) -> None:
        project, stored = a_filled_project(database, 20), a_model(database)
        job = queued(database, project, model=stored, correct=False, cost_cap_usd=0.1, concurrency=2)
        model = Counting(cost_usd=0.01)
        run = taken(database, job, model)
        with pytest.raises(MiloError, match=r"Stopped before the cost cap of 0\.10 USD"):
            pre_annotate.run(run)
        assert len(model.requests) == 10
        assert row_of(database, job).cost_usd == pytest.approx(0.1)
        jobs.finish(run, "failed")
        with database.write() as session:
            jobs.resume(session, session.get_one(JobRow, job), config={"cost_cap_usd": 1.0})
        done(database, job, model)
        assert count(database, UnitRow) == 20
        assert row_of(database, job).cost_usd == pytest.approx(0.21)


class TestWhatIsRefused:
    def test_a_section_the_guideline_does_not_have(self, database: Database) -> None:
        project, model = a_filled_project(database), a_model(database)
        with pytest.raises(InvalidInput, match="no section 'colour'"):
            queued(database, project, model=model, sections=("colour",))

    def test_a_template_with_an_unknown_placeholder(self, database: Database) -> None:
        project, model = a_filled_project(database), a_model(database)
        with pytest.raises(InvalidInput, match="weather"):
            queued(database, project, model=model, templates={"question": "{{weather}}"})


class TestPreselection:
    def test_a_changed_threshold_applies_to_what_is_stored_without_asking(self, database: Database) -> None:
        project, model = a_filled_project(database, 2), a_model(database)
        done(database, queued(database, project, model=model, correct=False))
        calls = count(database, ModelCallRow)
        with database.write() as session:
            row = session.get_one(ProjectRow, project)
            higher = dataclasses.replace(SENTIMENT.settings, preselect_at=0.85)
            spec = dataclasses.replace(SENTIMENT, settings=higher)
            projects.change(session, row, spec, by=a_person(session, role="researcher"), now=NOW)
            id = job_queries.listed(session, project)[0].id
        assert preselection.run(taken(database, id)) == {"changed": 1}
        assert [row.preselected for row in suggestions(database)] == [[], ["positive"]]
        assert count(database, ModelCallRow) == calls

    def test_the_line_counts_at_any_threshold(self, database: Database) -> None:
        project, model = a_filled_project(database, 4), a_model(database)
        done(database, queued(database, project, model=model, correct=False))
        with database.read() as session:
            row = session.get_one(ProjectRow, project)
            counts = [preselection.at_threshold(session, row, at).preselected for at in (0.5, 0.85, 0.95)]
        assert counts == [4, 2, 0]

    def test_a_newer_suggestion_takes_the_place_of_an_older_one_item_by_item(
        self, database: Database
    ) -> None:
        project, model = a_filled_project(database, 4), a_model(database)
        done(database, queued(database, project, model=model, correct=False))
        sure = a_model(database, {"default": {"answers": {"Positive": 1}}}, name="Sure")
        done(database, queued(database, project, model=sure, correct=False, items=(1,)))
        with database.read() as session:
            line = preselection.at_threshold(session, session.get_one(ProjectRow, project), 0.85)
        assert (line.preselected, line.models) == (3, ("Sure", "Rules"))

    def test_a_project_without_suggestions_has_a_line_too(self, database: Database) -> None:
        project = a_filled_project(database, 4)
        with database.read() as session:
            line = preselection.at_threshold(session, session.get_one(ProjectRow, project), 0.5)
        assert (line.preselected, line.total, line.models) == (0, 4, ())


def a_project_with_gold(database: Database) -> int:
    """24 items with known answers, half of each, which the scripted model tells apart."""
    with database.write() as session:
        project = a_project(session, SENTIMENT)
        items(session, project, [f"good {n}" for n in range(12)], gold={"sentiment": POSITIVE["sentiment"]})
        items(session, project, [f"bad {n}" for n in range(12)], gold={"sentiment": NEGATIVE["sentiment"]})
        return project.id


def a_picture_project(database: Database, references: list[str]) -> tuple[int, int]:
    """A project that shows pictures, one item a reference, and a model for it."""
    options = (Option(name="positive", label="Positive"), Option(name="negative", label="Negative"))
    spec = ProjectSpec(
        name="Pictures",
        subject=(SubjectField(name="picture", title="Picture", show="image"),),
        questions=(ChoiceQuestion(name="mood", title="Which mood?", options=options),),
    )
    with database.write() as session:
        project = a_project(session, spec)
        for id, reference in zip(items(session, project, references), references, strict=True):
            session.get_one(ItemPayloadRow, id).fields = {"picture": reference}
        found = project.id
    return found, a_model(database)


def stored_config(database: Database, model: int) -> ModelConfig:
    with database.read() as session:
        return models.config_of(session.get_one(ModelRow, model), SECRET)
