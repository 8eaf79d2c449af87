"""The assistant over HTTP: a draft comes token by token, is stopped, fails with a reason, and is kept."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi.testclient import TestClient
from sqlalchemy import select

from milo.config import Config
from milo.core.assistant_policy import AssistantPolicy
from milo.core.project import SubjectField
from milo.core.questions import ChatQuestion, TextQuestion
from milo.db import convert
from milo.db.session import Database
from milo.db.tables import (
    AssignmentRow,
    AssistantRow,
    ItemPayloadRow,
    ModelCallRow,
    ModelDraftRow,
    ModelRow,
    ProjectRow,
)
from milo.installation import secret_key
from milo.models.capabilities import black_png
from milo.server import listen
from milo.web.app import create_app
from milo.workflow import media, models, projects
from milo.workflow.models import ModelSetup
from tests.builders import Clock, a_database, a_member, a_project, a_spec, browser, items
from tests.scripted_endpoint import Behaviour, ScriptedEndpoint

POLICY = AssistantPolicy(model="Writer", query="question", answers="answer", most_drafts=5)
SAYS = Behaviour(default={"text": "Lima is the capital. It has ten million people."})


@dataclass(slots=True)
class Site:
    """A writing project whose assistant is an endpoint, one annotator, one researcher, two items."""

    database: Database
    folder: Path
    app: Any
    project: int
    annotator: TestClient
    researcher: TestClient
    endpoint: ScriptedEndpoint
    clock: Clock

    def task(self) -> int:
        """The next assignment of the annotator."""
        reply = self.annotator.post(f"/api/projects/{self.project}/next", json={"count": 1})
        found: int = reply.json()["tasks"][0]["assignment"]
        return found

    def ask(self, assignment: int, query: str = "What is Lima?") -> list[tuple[str, Any]]:
        """The events of a draft, to its end."""
        body = {"query": query, "answers": {}}
        reply = self.annotator.post(f"/api/assignments/{assignment}/assist", json=body)
        assert reply.status_code == 200, reply.text
        assert reply.headers["content-type"].startswith("text/event-stream")
        return events(reply.text)

    def refused(self, assignment: int, **body: Any) -> tuple[int, str]:
        """Why there is no draft."""
        sent = {"query": "What is Lima?", "answers": {}} | body
        reply = self.annotator.post(f"/api/assignments/{assignment}/assist", json=sent)
        return reply.status_code, reply.json()["detail"]

    def drafts(self, assignment: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.annotator.get(f"/api/assignments/{assignment}/drafts").json()[
            "drafts"
        ]
        return found

    def rows(self, table: Any) -> list[Any]:
        with self.database.read() as session:
            return list(session.scalars(select(table).order_by(table.id)))

    def change(self, **policy: Any) -> None:
        """Another policy from now on."""
        with self.database.write() as session:
            project = session.get_one(ProjectRow, self.project)
            settings = replace(projects.settings(project), assistant=replace(POLICY, **policy))
            project.settings = convert.as_data(convert.SETTINGS, settings)

    def change_model(self, **columns: Any) -> None:
        with self.database.write() as session:
            row = session.scalars(select(ModelRow)).one()
            for name, value in columns.items():
                setattr(row, name, value)


def a_writing_spec(**changes: Any) -> Any:
    """A topic; a question the annotator writes; an answer the assistant drafts."""
    spec = {
        "name": "Writing",
        "subject": (SubjectField(name="text", title="Topic"),),
        "questions": (
            TextQuestion(name="question", title="What is asked?", required=False, max_length=200),
            TextQuestion(name="answer", title="The answer", required=False),
        ),
        "settings": {"assistant": POLICY},
    }
    return a_spec(**{**spec, **changes})


def begin(site: Site, spec: Any, fields: dict[str, Any]) -> int:
    """The annotator's assignment of the one item of another project."""
    with site.database.write() as session:
        project = a_project(session, spec)
        person = a_member(session, project)
        (item,) = items(session, project, ["x"])
        session.get_one(ItemPayloadRow, item).fields = fields
        site.project = project.id
    site.annotator = browser(site.app, person)
    return site.task()


@pytest.fixture
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    with ScriptedEndpoint(getattr(request, "param", SAYS)) as endpoint:
        database = a_database(tmp_path)
        clock = Clock()
        with database.write() as session:
            project = a_project(session, a_writing_spec())
            people = [a_member(session, project), a_member(session, project, role="researcher")]
            items(session, project, ["Peru", "Chile"])
            setup = ModelSetup(
                name="Writer",
                provider="openai_compatible",
                model="m",
                base_url=endpoint.url,
                params={"timeout_seconds": 5},
            )
            models.add(session, setup, secret=secret_key(tmp_path), now=project.created_at)
            id = project.id
        app = create_app(database, Config(data_dir=tmp_path), clock=clock)
        annotator, researcher = (browser(app, person) for person in people)
        yield Site(database, tmp_path, app, id, annotator, researcher, endpoint, clock)
        database.close()


def behaving(**behaviour: Any) -> pytest.MarkDecorator:
    """The endpoint behaves so."""
    return pytest.mark.parametrize("site", [replace(SAYS, **behaviour)], indirect=True)


class TestADraft:
    def test_comes_token_by_token_and_is_kept(self, site: Site) -> None:
        task = site.task()
        found = site.ask(task)
        names = [name for name, _ in found]
        assert names == ["started", *["piece"] * 9, "done"]
        started, draft = found[0][1], found[-1][1]
        assert started == {"draft": draft["id"], "number": 1, "model": "Writer", "version": draft["version"]}
        assert "".join(piece["text"] for _, piece in found[1:-1]) == draft["text"]
        assert (draft["status"], draft["tokens"], draft["is_cut"]) == ("done", 9, False)
        assert draft["query"] == "What is Lima?"
        assert draft["model"] == {"name": "Writer", "model": "m", "recorded": False}
        assert site.drafts(task) == [draft]
        (call,) = site.rows(ModelCallRow)
        assert (call.role, call.reply, call.finish_reason) == ("assistant", draft["text"], "stop")
        assert [message["parts"] for message in call.messages] == [
            [{"kind": "text", "text": "What is Lima?"}]
        ]
        assert site.rows(ModelDraftRow)[0].call_id == call.id

    def test_is_asked_with_the_query_alone(self, site: Site) -> None:
        site.ask(site.task())
        body = site.endpoint.calls.last_body or {}
        assert body["messages"] == [{"role": "user", "content": "What is Lima?"}]
        assert (body["max_tokens"], body["temperature"]) == (400, 0.7)

    @behaving(probabilities=(0.9, 0.9, 0.9, 0.9, 0.2, 0.2, 0.2, 0.2, 0.2))
    def test_says_where_the_model_was_unsure(self, site: Site) -> None:
        found = site.ask(site.task())
        assert [piece["p"] for name, piece in found if name == "piece"][3:5] == [0.9, 0.2]
        draft = found[-1][1]
        (passage,) = draft["unsure"]
        assert draft["text"][passage["start"] : passage["end"]] == "It has ten million people."
        assert passage["probability"] == pytest.approx(0.2)
        assert draft["probability"] == pytest.approx(0.39, abs=0.01)

    @behaving(default={"text": "<script>alert(1)</script> & <b>so</b>"})
    def test_is_plain_data_whatever_stands_in_it(self, site: Site) -> None:
        assert site.ask(site.task())[-1][1]["text"] == "<script>alert(1)</script> & <b>so</b>"

    @behaving(default={"text": "I don't know."})
    def test_in_which_the_model_says_that_it_does_not_know_abstained(self, site: Site) -> None:
        name, draft = site.ask(site.task())[-1]
        assert (name, draft["status"], draft["text"]) == ("done", "abstained", "I don't know.")

    def test_again_is_another_sample_and_another_number(self, site: Site) -> None:
        task = site.task()
        for _ in range(2):
            site.ask(task)
        assert [draft["number"] for draft in site.drafts(task)] == [1, 2]
        assert site.endpoint.calls.answered == 2
        assert len(site.rows(AssistantRow)) == 1

    def test_that_was_paid_for_is_played_from_storage(self, site: Site) -> None:
        first = site.ask(site.task())[-1][1]
        with site.database.write() as session:  # as after a restore: the call is there, the draft is not
            session.query(ModelDraftRow).delete()
        again = site.ask(site.rows(AssignmentRow)[0].id)[-1][1]
        assert again["text"] == first["text"]
        assert site.endpoint.calls.total == 1
        assert site.rows(ModelDraftRow)[0].cost_usd == 0.0

    def test_is_prefilled_with_the_field_that_holds_what_is_asked(self, site: Site) -> None:
        site.change(query="text", fields=("text",))
        draft = site.ask(site.task(), query="something else")[-1][1]
        assert draft["query"] == "Peru"
        assert (site.endpoint.calls.last_body or {})["messages"] == [{"role": "user", "content": "Peru"}]

    def test_has_another_version_once_the_policy_says_more(self, site: Site) -> None:
        task = site.task()
        first = site.ask(task)[-1][1]["version"]
        site.change(instructions="Be kind.")
        assert site.ask(task)[-1][1]["version"] != first
        assert (site.endpoint.calls.last_body or {})["messages"][0] == {
            "role": "system",
            "content": "Be kind.",
        }
        config = site.rows(AssistantRow)[1].config
        assert config["assisting"]["policy"]["instructions"] == "Be kind."

    def test_belongs_to_its_annotator_alone(self, site: Site) -> None:
        task = site.task()
        site.ask(task)
        assert site.researcher.get(f"/api/assignments/{task}/drafts").status_code == 404
        sent = site.researcher.post(f"/api/assignments/{task}/assist", json={"query": "?", "answers": {}})
        assert sent.status_code == 404


class TestAnItemsContent:
    def test_pictures_reach_the_model_as_they_are(self, site: Site) -> None:
        name = media.store(site.folder, black_png())
        photo = SubjectField(name="photo", title="Photo", show="image")
        spec = a_writing_spec(subject=(SubjectField(name="text", title="Topic"), photo))
        task = begin(site, spec, {"text": "Peru", "photo": media.url(2, name)})
        assert site.ask(task)[-1][0] == "done"
        (seen,) = site.endpoint.calls.images
        assert seen["sha256"] == sha256(black_png()).hexdigest()
        (message,) = (site.endpoint.calls.last_body or {})["messages"]
        assert [part["type"] for part in message["content"]] == ["image_url", "text"]
        site.change_model(capabilities={"reachable": True, "images": False})
        site.ask(task)
        assert len(site.endpoint.calls.images) == 1  # a model that sees none gets none

    def test_a_conversation_is_told_in_turns_and_nothing_need_be_asked(self, site: Site) -> None:
        talk = SubjectField(name="talk", title="Talk", show="chat")
        spec = a_writing_spec(
            subject=(talk,),
            questions=(ChatQuestion(name="reply", title="Next turn", conversation="talk"),),
            settings={"assistant": AssistantPolicy(model="Writer")},
        )
        turns = [{"role": "customer", "content": "It broke."}, {"role": "agent", "content": "What?"}]
        task = begin(site, spec, {"talk": [*turns, {"role": "customer", "content": "The chain."}]})
        draft = site.ask(task, query="")[-1][1]
        assert (draft["question"], draft["query"]) == ("reply", "")
        assert (site.endpoint.calls.last_body or {})["messages"] == [
            {"role": "user", "content": "It broke."},
            {"role": "assistant", "content": "What?"},
            {"role": "user", "content": "The chain."},
        ]


class TestWithoutADraft:
    """Each reason is said, and no model is asked."""

    @pytest.mark.parametrize(
        ("change", "status", "words"),
        [
            (lambda site: site.change(model=None), 409, "no assistant"),
            (lambda site: site.change(model="Nobody"), 409, "'Nobody', which is no model"),
            (lambda site: hold_out(site), 403, "without the assistant"),
            (lambda site: set_state(site, "submitted"), 409, "this assignment is 'submitted'"),
        ],
    )
    def test_the_reason_is_said(
        self, site: Site, change: Callable[[Site], None], status: int, words: str
    ) -> None:
        task = site.task()
        change(site)
        found = site.refused(task)
        assert found[0] == status
        assert words in found[1]
        assert site.endpoint.calls.total == 0

    def test_something_must_be_asked_and_not_too_much(self, site: Site) -> None:
        task = site.task()
        assert site.refused(task, query=" ")[0] == 422
        assert "at most 200" in site.refused(task, query="x" * 201)[1]

    def test_there_are_as_many_as_the_policy_allows(self, site: Site) -> None:
        site.change(most_drafts=1)
        task = site.task()
        site.ask(task)
        assert site.refused(task) == (
            409,
            "There are 1 drafts for this item already, as many as the project allows.",
        )

    def test_the_money_is_spent(self, site: Site) -> None:
        site.change_model(price_in_usd_per_million=0.0, price_out_usd_per_million=100_000.0)
        with site.database.write() as session:
            project = session.get_one(ProjectRow, site.project)
            project.settings = {**project.settings, "cost_cap_usd": 1.0}
        task = site.task()
        assert site.ask(task)[-1][1]["status"] == "done"
        assert site.rows(ModelDraftRow)[0].cost_usd == pytest.approx(0.9)
        status, words = site.refused(task)
        assert status == 409
        assert "0.90 USD of the 1.00 USD" in words


class TestAFailure:
    @pytest.mark.parametrize(
        ("site", "words", "kept"),
        [
            (replace(SAYS, fault="cut"), "broke off", "Lima is the"),
            (replace(SAYS, fault="error"), "ran out of memory", "Lima is the"),
            (replace(SAYS, fault="malformed"), "not JSON", "Lima is the"),
            (replace(SAYS, default={"text": ""}), "answered with nothing", ""),
            (replace(SAYS, fail_every=1), "status 500", ""),
            (replace(SAYS, busy_every=1, retry_after="30"), "Too many requests. Try again in 30 s.", ""),
            (replace(SAYS, api_key="another"), "Trying again will not help", ""),
        ],
        indirect=["site"],
    )
    def test_is_told_in_words_and_keeps_what_came(self, site: Site, words: str, kept: str) -> None:
        task = site.task()
        name, problem = site.ask(task)[-1]
        assert name == "problem"
        assert words in problem["reason"]
        assert (problem["draft"]["status"], problem["draft"]["text"]) == ("failed", kept)
        (draft,) = site.drafts(task)
        assert (draft["status"], draft["text"], draft["reason"]) == ("failed", kept, problem["reason"])

    @behaving(fault="silent")
    def test_silence_ends_after_the_models_patience(self, site: Site) -> None:
        site.change_model(params={"timeout_seconds": 0.3})
        name, problem = site.ask(site.task())[-1]
        assert name == "problem"
        assert "went silent" in problem["reason"]
        assert problem["draft"]["text"] == "Lima is the"

    @behaving(busy_every=2)
    def test_that_passes_by_itself_is_asked_once_more(self, site: Site) -> None:
        task = site.task()
        assert [site.ask(task)[-1][0] for _ in range(2)] == ["done", "done"]
        assert site.endpoint.calls.statuses == {200: 2, 429: 1}

    @behaving(fault="cut", fault_after=1)
    def test_after_the_first_word_is_not_asked_again(self, site: Site) -> None:
        assert site.ask(site.task())[-1][0] == "problem"
        assert site.endpoint.calls.total == 1

    @behaving(fault="endless")
    def test_an_endless_reply_is_cut_and_left(self, site: Site) -> None:
        site.change(max_tokens=50)
        name, draft = site.ask(site.task())[-1]
        assert (name, draft["status"], draft["is_cut"]) == ("done", "done", True)
        assert 400 < len(draft["text"]) < 500
        assert site.endpoint.hung_up.wait(10)

    def test_an_endpoint_that_is_not_there_says_so(self, site: Site) -> None:
        task = site.task()
        site.change_model(base_url="http://127.0.0.1:9/v1")
        name, problem = site.ask(task)[-1]
        assert name == "problem"
        assert "cannot be reached" in problem["reason"]


@dataclass(slots=True)
class Tab:
    """A browser tab that reads a draft and can be closed in its middle."""

    site: Site
    assignment: int
    query: str = "What is Lima?"
    heard: list[tuple[str, Any]] = field(default_factory=list)
    is_closed: asyncio.Event = field(default_factory=asyncio.Event)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self) -> None:
        """The request, until it ends."""
        body = json.dumps({"query": self.query, "answers": {}}).encode()
        requests = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> Any:
            if (request := next(requests, None)) is not None:
                return request
            await self.is_closed.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body" and message["body"]:
                self.heard += events(message["body"].decode())
                self.news.set()

        await self.site.app(self._scope(), receive, send)

    async def hears(self, count: int) -> None:
        """Return once so many pieces came."""
        while len([name for name, _ in self.heard if name == "piece"]) < count:
            await asyncio.wait_for(self.news.wait(), 10)
            self.news.clear()

    def _scope(self) -> dict[str, Any]:
        client = self.site.annotator
        path = f"/api/assignments/{self.assignment}/assist"
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [
                (b"content-type", b"application/json"),
                (b"x-csrf-token", client.headers["X-CSRF-Token"].encode()),
                (b"cookie", f"milo_session={client.cookies['milo_session']}".encode()),
            ],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
        }


class TestStopping:
    @behaving(fault="silent")
    def test_frees_the_model_at_once_and_keeps_what_came(self, site: Site) -> None:
        task = site.task()

        async def watch() -> None:
            tab = Tab(site, task)
            reading = asyncio.create_task(tab.read())
            await tab.hears(3)
            tab.is_closed.set()
            await asyncio.wait_for(reading, 10)
            await ended(site)
            assert await asyncio.to_thread(site.endpoint.hung_up.wait, 10)

        asyncio.run(watch())
        (draft,) = site.drafts(task)
        assert (draft["status"], draft["text"], draft["reason"]) == ("stopped", "Lima is the", None)
        assert site.rows(ModelCallRow) == []

    @behaving(latency_ms=60_000)
    def test_before_the_first_word_frees_the_model_too(self, site: Site) -> None:
        task = site.task()

        async def watch() -> None:
            tab = Tab(site, task)
            reading = asyncio.create_task(tab.read())
            assert await asyncio.to_thread(site.endpoint.asked.wait, 10)
            tab.is_closed.set()
            await asyncio.wait_for(reading, 10)
            await ended(site)

        asyncio.run(watch())
        assert [draft["status"] for draft in site.drafts(task)] == ["stopped"]

    @behaving(fault="silent")
    def test_the_next_draft_ends_the_one_before(self, site: Site) -> None:
        task = site.task()

        async def watch() -> None:
            first, second = Tab(site, task), Tab(site, task)
            reading = asyncio.create_task(first.read())
            await first.hears(3)
            next = asyncio.create_task(second.read())
            await second.hears(3)
            await asyncio.wait_for(reading, 10)
            assert first.heard[-1][0] == "done"
            assert first.heard[-1][1]["status"] == "stopped"
            second.is_closed.set()
            await asyncio.wait_for(next, 10)
            await ended(site)

        asyncio.run(watch())
        assert [draft["status"] for draft in site.drafts(task)] == ["stopped", "stopped"]

    @behaving(fault="silent")
    def test_a_draft_whose_server_died_is_shown_as_stopped_and_ended_by_the_next(self, site: Site) -> None:
        task = site.task()
        site.change_model(params={"timeout_seconds": 0.3})
        site.ask(task)
        with site.database.write() as session:
            session.scalars(select(ModelDraftRow)).one().status = "generating"
        assert site.drafts(task)[0]["status"] == "generating"
        site.clock.pass_minutes(12)
        assert site.drafts(task)[0]["status"] == "stopped"
        site.ask(task)
        assert [row.status for row in site.rows(ModelDraftRow)] == ["stopped", "failed"]


class TestOverTheNetwork:
    @behaving(fault="silent")
    def test_a_connection_that_ends_frees_the_model_while_it_is_silent(self, site: Site) -> None:
        task = site.task()
        with served(site.app) as port, connected(site, port, task) as page:
            page.close()
            assert site.endpoint.hung_up.wait(10)
        assert [draft["status"] for draft in site.drafts(task)] == ["stopped"]

    @behaving(fault="silent")
    def test_a_server_that_ends_keeps_what_came(self, site: Site) -> None:
        task = site.task()
        with contextlib.ExitStack() as open_page, served(site.app) as port:
            open_page.enter_context(connected(site, port, task))
        assert [(draft["status"], draft["text"]) for draft in site.drafts(task)] == [
            ("stopped", "Lima is the")
        ]


@contextmanager
def connected(site: Site, port: int, task: int) -> Iterator[socket.socket]:
    """A page that asked for a draft and heard three words of it."""
    client = site.annotator
    body = json.dumps({"query": "What is Lima?", "answers": {}})
    head = [
        f"POST /api/assignments/{task}/assist HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"X-CSRF-Token: {client.headers['X-CSRF-Token']}",
        f"Cookie: milo_session={client.cookies['milo_session']}",
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=10) as page:
        page.sendall("\r\n".join([*head, "", body]).encode())
        heard = b""
        while heard.count(b"event: piece") < 3:
            heard += page.recv(4096)
        yield page


@contextmanager
def served(app: Any) -> Iterator[int]:
    """The port of a real server on the application; it has ended, and stored all, with the block."""
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(30)


async def ended(site: Site) -> None:
    """Return once no draft is being written any more."""
    for drafting in list(site.app.state.draftings.running.values()):
        await asyncio.wait_for(drafting.wait(), 10)


def hold_out(site: Site) -> None:
    with site.database.write() as session:
        session.scalars(select(AssignmentRow)).one().assist_held_out = True


def set_state(site: Site, state: str) -> None:
    with site.database.write() as session:
        session.scalars(select(AssignmentRow)).one().state = state


def events(text: str) -> list[tuple[str, Any]]:
    found = []
    for block in text.strip().split("\n\n"):
        if block and not block.startswith(":"):
            name, data = block.split("\n")
            found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found
