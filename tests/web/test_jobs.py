"""Models, jobs, the prompt bench and metrics as their screens use them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from milo.config import Config
from milo.db.session import Database
from milo.db.tables import ModelRow
from milo.installation import Installation
from milo.worker import run_or_enqueue
from tests.builders import POSITIVE, a_database, a_member, a_person, a_project, a_spec, an_app, browser, items
from tests.scripted_endpoint import Behaviour, ScriptedEndpoint

GOOD_OR_BAD = {
    "rules": [{"when": "good", "answers": {"Positive": 0.9, "Negative": 0.1}}],
    "default": {"answers": {"Positive": 0.2, "Negative": 0.8}},
}


@dataclass(slots=True)
class Place:
    """A project of three items with its researcher and an administrator."""

    installation: Installation
    researcher: TestClient
    admin: TestClient
    items: list[int]

    def work(self, job: int) -> None:
        """Do a queued job, as the worker would."""
        assert run_or_enqueue(self.installation, job)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = a_database(tmp_path)
    yield database
    database.close()


@pytest.fixture
def place(database: Database, tmp_path: Path) -> Place:
    with database.write() as session:
        project = a_project(session, a_spec(questions=a_spec().questions[:1]))
        researcher = a_member(session, project, "rita", "researcher")
        admin = a_person(session, "ada", "admin")
        found = items(session, project, ["good tea", "bad tea"])
        found += items(session, project, ["good cake"], gold={"sentiment": POSITIVE["sentiment"]})
    app = an_app(database, tmp_path)
    installation = Installation(Config(data_dir=tmp_path), tmp_path, database)
    return Place(installation, browser(app, researcher), browser(app, admin), found)


def a_model(place: Place, **setup: Any) -> int:
    body = {"name": "Rules", "provider": "scripted", "model": "rules", "params": GOOD_OR_BAD} | setup
    reply = place.admin.post("/api/models", json=body)
    assert reply.status_code == 201, reply.text
    return int(reply.json()["id"])


def started(place: Place, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    reply = place.researcher.post(f"/api/projects/reviews/{path}", json=body)
    assert reply.status_code == 202, reply.text
    job: dict[str, Any] = reply.json()
    return job


class TestModels:
    def test_a_key_is_stored_encrypted_and_never_shown(self, place: Place, database: Database) -> None:
        setup = {"provider": "openai_compatible", "base_url": "http://127.0.0.1:1/v1", "params": {}}
        id = a_model(place, api_key="sk-very-secret", **setup)
        for reply in (
            place.admin.get("/api/models"),
            place.admin.patch(f"/api/models/{id}", json={"name": "E"}),
        ):
            assert "sk-very-secret" not in reply.text
        assert place.admin.get("/api/models").json()[0]["has_api_key"] is True
        with database.read() as session:
            stored = session.get_one(ModelRow, id).api_key_encrypted
        assert stored is not None
        assert b"sk-very-secret" not in stored

    def test_a_field_that_is_not_sent_stays_and_an_empty_key_removes_it(self, place: Place) -> None:
        id = a_model(place, api_key="sk-1", price_in_usd_per_million=0.5)
        changed = place.admin.patch(f"/api/models/{id}", json={"name": "Other"}).json()
        assert (changed["name"], changed["has_api_key"], changed["price_in_usd_per_million"]) == (
            "Other",
            True,
            0.5,
        )
        changed = place.admin.patch(
            f"/api/models/{id}", json={"api_key": "", "price_in_usd_per_million": None}
        ).json()
        assert (changed["has_api_key"], changed["price_in_usd_per_million"]) == (False, None)

    def test_a_deleted_model_is_gone_and_its_name_free(self, place: Place) -> None:
        id = a_model(place)
        assert place.admin.delete(f"/api/models/{id}").status_code == 204
        assert place.admin.get("/api/models").json() == []
        assert place.admin.delete(f"/api/models/{id}").status_code == 404
        a_model(place)

    def test_what_cannot_be_used_is_refused_with_what_is_allowed(self, place: Place) -> None:
        body = {"name": "E", "provider": "openai_compatible", "model": "m", "base_url": "nowhere"}
        reply = place.admin.post("/api/models", json=body)
        assert reply.status_code == 422
        assert reply.json()["errors"][0]["where"] == "base_url"
        a_model(place)
        same_name = place.admin.post(
            "/api/models", json={"name": "Rules", "provider": "scripted", "model": "r"}
        )
        assert same_name.status_code == 409

    def test_a_test_says_what_the_endpoint_can_do_and_keeps_it(self, place: Place) -> None:
        with ScriptedEndpoint(Behaviour(images=False)) as endpoint:
            id = a_model(place, provider="openai_compatible", base_url=endpoint.url, params={})
            found = place.admin.post(f"/api/models/{id}/test").json()
        assert (found["reachable"], found["logprobs"], found["images"]) == (True, True, False)
        assert place.admin.get("/api/models").json()[0]["capabilities"] == found

    def test_a_test_of_an_endpoint_that_is_not_there_says_why(self, place: Place) -> None:
        id = a_model(place, provider="openai_compatible", base_url="http://127.0.0.1:9/v1", params={})
        found = place.admin.post(f"/api/models/{id}/test").json()
        assert found["reachable"] is False
        assert "cannot be reached" in found["error"]


class TestPreAnnotation:
    def test_a_run_is_queued_done_and_listed(self, place: Place) -> None:
        job = started(place, "jobs", {"kind": "preannotate", "model": a_model(place)})
        assert job["state"] == "queued"
        place.work(job["id"])
        shown = place.researcher.get(f"/api/jobs/{job['id']}").json()
        assert (shown["state"], shown["done"], shown["total"], shown["failed"]) == ("done", 3, 3, 0)
        assert [one["id"] for one in place.researcher.get("/api/projects/reviews/jobs").json()] == [job["id"]]

    def test_failures_are_listed_with_their_reason(self, place: Place) -> None:
        rules = {"rules": [{"when": "bad", "fail": "permanent"}], "default": {"answers": {"Positive": 1}}}
        body = {"kind": "preannotate", "model": a_model(place, params=rules), "correct": False}
        job = started(place, "jobs", body)
        place.work(job["id"])
        (failure,) = place.researcher.get(f"/api/jobs/{job['id']}/failures").json()
        assert failure | {"item": place.items[1], "question": "sentiment", "status": "failed"} == failure
        assert failure["reason"] == "Rules fails here by its script"

    def test_a_queued_run_can_be_cancelled_and_resumed(self, place: Place) -> None:
        job = started(place, "jobs", {"kind": "preannotate", "model": a_model(place)})
        assert place.researcher.post(f"/api/jobs/{job['id']}/cancel").json()["state"] == "cancelled"
        resumed = place.researcher.post(f"/api/jobs/{job['id']}/resume", json={"cost_cap_usd": 2.5}).json()
        assert (resumed["state"], resumed["cost_cap_usd"]) == ("queued", 2.5)
        assert place.researcher.post(f"/api/jobs/{job['id']}/resume").status_code == 409

    @pytest.mark.parametrize(
        "body",
        [
            {"kind": "dance"},
            {"kind": "preannotate"},
            {"kind": "preannotate", "model": 1, "styl": "option"},
            {"kind": "preannotate", "model": 1, "sections": ["colour"]},
            {"kind": "preannotate", "model": 1, "limit": 0},
        ],
    )
    def test_a_body_that_cannot_be_used_is_refused(self, place: Place, body: dict[str, Any]) -> None:
        a_model(place)
        assert place.researcher.post("/api/projects/reviews/jobs", json=body).status_code == 422

    def test_the_live_line_tells_how_many_are_preselected_and_how_right_that_is(self, place: Place) -> None:
        job = started(place, "jobs", {"kind": "preannotate", "model": a_model(place), "correct": False})
        place.work(job["id"])
        line = place.researcher.get("/api/projects/reviews/preselection?at=0.85").json()
        assert line["at"] == 0.85
        assert (line["preselected"], line["total"], line["gold"]) == (2, 3, {"right": 1, "n": 1})


class TestTheBench:
    def test_ten_items_are_shown_with_prompts_suggestions_and_a_forecast(self, place: Place) -> None:
        job = started(place, "bench", {"model": a_model(place), "correct": False})
        assert place.researcher.get(f"/api/jobs/{job['id']}/bench").status_code == 409
        place.work(job["id"])
        found = place.researcher.get(f"/api/jobs/{job['id']}/bench").json()
        first = found["items"][0]
        assert first["item"]["excerpt"] == "bad tea" or first["item"]["excerpt"] == "good tea"
        by_excerpt = {one["item"]["excerpt"]: one for one in found["items"]}
        assert by_excerpt["good cake"]["gold"] == {"sentiment": ["positive"]}
        assert by_excerpt["bad tea"]["suggestions"]["sentiment"]["preselected"] == ["negative"]
        assert "bad tea" in by_excerpt["bad tea"]["prompts"][0]["messages"][-1]["parts"][0]["text"]
        assert found["forecast"]["calls"] == 3
        assert found["forecast"]["tokens"] > 0

    def test_comparisons_are_left_to_people_and_the_bench_says_so(self, place: Place) -> None:
        spec = place.researcher.get("/api/projects/reviews").json()
        fields = [{"name": name, "title": name} for name in ("text", "one", "two")]
        better = {"kind": "pairwise", "name": "better", "title": "Better?", "first": "one", "second": "two"}
        body = {"subject": fields, "questions": [*spec["questions"], better]}
        assert place.researcher.patch("/api/projects/reviews", json=body).status_code == 200
        job = started(place, "bench", {"model": a_model(place), "correct": False})
        place.work(job["id"])
        found = place.researcher.get(f"/api/jobs/{job['id']}/bench").json()
        assert list(found["not_asked"]) == ["better"]
        assert "left to people" in found["not_asked"]["better"]
        assert {name for one in found["items"] for name in one["suggestions"]} == {"sentiment"}
        place.researcher.patch("/api/projects/reviews", json={"questions": [better]})
        wanted = {"model": a_model(place, name="Another"), "correct": False}
        refused = place.researcher.post("/api/projects/reviews/bench", json=wanted)
        assert refused.status_code == 422
        assert "nothing to answer" in refused.json()["detail"]

    def test_another_prompt_shows_which_answers_flip(self, place: Place) -> None:
        flips = {"when": "bad", "question": "Be kind", "answers": {"Positive": 0.9, "Negative": 0.1}}
        model = a_model(place, params=GOOD_OR_BAD | {"rules": [flips, *GOOD_OR_BAD["rules"]]})
        place.work(started(place, "bench", {"model": model, "correct": False})["id"])
        own = "{{item}}\n\n### Question: {{question}} Be kind.\n{{options}}\nAnswer {{answers}}."
        kinder = {"model": model, "correct": False, "templates": {"question": own}}
        job = started(place, "bench", kinder)
        place.work(job["id"])
        found = place.researcher.get(f"/api/jobs/{job['id']}/bench").json()
        flipped = {one["item"]["excerpt"]: (one["previous"], one["flipped"]) for one in found["items"]}
        assert flipped == {
            "good tea": ({"sentiment": ["positive"]}, []),
            "bad tea": ({"sentiment": ["negative"]}, ["sentiment"]),
            "good cake": ({"sentiment": ["positive"]}, []),
        }

    def test_a_run_after_the_bench_asks_only_what_the_bench_did_not(self, place: Place) -> None:
        with ScriptedEndpoint() as endpoint:
            model = a_model(place, provider="openai_compatible", base_url=endpoint.url, params={})
            bench = started(place, "bench", {"model": model, "items": place.items[:2]})
            place.work(bench["id"])
            before = endpoint.calls.total
            run = started(place, "jobs", {"kind": "preannotate", "model": model})
            place.work(run["id"])
            assert endpoint.calls.total == before + 1

    def test_the_templates_can_be_read(self, place: Place) -> None:
        templates = place.researcher.get("/api/projects/reviews/prompts").json()["templates"]
        assert {one["name"] for one in templates} >= {"question", "option_yes_no", "explain"}
        assert all("{{item}}" in one["body"] for one in templates)


class TestMetrics:
    def test_requests_jobs_and_calls_are_counted_by_route_not_by_address(self, place: Place) -> None:
        job = started(place, "jobs", {"kind": "preannotate", "model": a_model(place), "correct": False})
        place.work(job["id"])
        place.researcher.get(f"/api/jobs/{job['id']}")
        text = place.researcher.get("/metrics").text
        assert 'milo_requests_total{method="GET",route="/api/jobs/{j}",status="200"} 1.0' in text
        assert 'milo_jobs{kind="preannotate",state="done"} 1.0' in text
        assert "milo_model_calls 4.0" in text


def test_two_runs_of_two_models_do_not_wait_for_each_other(place: Place) -> None:
    """The second is done while the first one's endpoint holds its replies back."""
    from milo.worker import Worker

    slow = {"latency_ms": 400.0, **GOOD_OR_BAD}
    first = started(
        place, "jobs", {"kind": "preannotate", "model": a_model(place, params=slow), "correct": False}
    )
    quick = started(
        place, "jobs", {"kind": "preannotate", "model": a_model(place, name="Quick"), "correct": False}
    )
    stop, waiting = threading.Event(), threading.Event()
    worker = threading.Thread(target=Worker(place.installation, stop=stop).run)
    worker.start()
    try:
        for _ in range(400):
            states = [place.researcher.get(f"/api/jobs/{job['id']}").json() for job in (first, quick)]
            if states[1]["state"] == "done":
                break
            waiting.wait(0.01)
    finally:
        stop.set()
        worker.join(15)
    assert states[1]["state"] == "done"
    assert states[0]["state"] == "running"
