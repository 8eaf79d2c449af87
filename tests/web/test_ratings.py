"""Ratings, examples, the card, the report and the preview over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from milo.core.annotator_task import AnnotatorTask
from milo.db.tables import ModelRow
from tests.builders import an_app, browser
from tests.workflow.rating_desk import BETTER, DRAFT, RatingDesk, a_rating_desk, written


@dataclass(slots=True)
class Site:
    """An annotator with a draft in hand, and the researcher."""

    desk: RatingDesk
    annotator: TestClient
    other: TestClient
    researcher: TestClient
    task: AnnotatorTask
    draft: int

    @property
    def project(self) -> str:
        return f"/api/projects/{self.desk.project_id}"

    def rate(self, client: TestClient, **rating: Any) -> Any:
        body = {"rated": "draft", "target": self.draft, "thumb": "down", **rating}
        return client.put(f"/api/assignments/{self.task.assignment}/ratings", json=body)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    desk = a_rating_desk(tmp_path)
    app = an_app(desk.database, tmp_path, desk.clock)
    desk.items(2)
    ann, ben = desk.person("ann"), desk.person("ben")
    task = desk.take(ann)
    draft = desk.model_draft(task, DRAFT, query="Which snake?")
    yield Site(desk, browser(app, ann), browser(app, ben), browser(app, desk.researcher), task, draft)
    desk.database.close()


def test_a_draft_is_rated_and_a_reload_shows_it(site: Site) -> None:
    reply = site.rate(site.annotator, complaints=["made_up"], note="No.")
    said = {"thumb": "down", "complaints": ["made_up"], "note": "No."}
    assert reply.json() == {"rating": said}
    mine = site.annotator.get(f"/api/assignments/{site.task.assignment}/ratings").json()
    assert mine == {"ratings": [{"rated": "draft", "target": site.draft, "part": "", "rating": said}]}
    resumed = site.annotator.post(f"{site.project}/next", json={"resume": True}).json()
    assert [draft["rating"] for draft in resumed["tasks"][0]["assist"]["drafts"]] == [said]
    drafts = site.annotator.get(f"/api/assignments/{site.task.assignment}/drafts").json()["drafts"]
    assert [draft["rating"] for draft in drafts] == [said]
    assert site.rate(site.annotator, thumb=None).json() == {"rating": None}


def test_what_cannot_be_rated_is_said_in_words(site: Site) -> None:
    wrong = site.rate(site.annotator, thumb="up", complaints=["wrong"])
    assert wrong.status_code == 422
    assert "complaints only with the thumb down" in wrong.json()["detail"]
    assert site.rate(site.annotator, complaints=["dull"]).status_code == 422
    assert site.rate(site.annotator, target=999).status_code == 404
    assert site.rate(site.other).status_code == 404, "another annotator's assignment"
    assert site.rate(site.researcher).status_code == 404, "nor may a researcher speak for somebody"


def test_a_case_becomes_an_example_and_is_deleted(site: Site) -> None:
    site.rate(site.annotator, complaints=["wrong"])
    site.desk.submit(site.task, written())
    (case,) = site.researcher.get(f"{site.project}/ratings?rated=draft&thumb=down").json()["items"]
    assert (case["text"], case["sent"]["value"], case["why_no_example"]) == (DRAFT, BETTER, None)
    made = site.researcher.post(f"{site.project}/examples", json={"rating": case["rating"]})
    assert made.status_code == 200, made.text
    assert (made.json()["query"], made.json()["answer"]["value"]) == ("Which snake?", BETTER)
    listed = site.researcher.get(f"{site.project}/examples").json()
    assert [one["id"] for one in listed["examples"]] == [made.json()["id"]]
    assert site.annotator.get(f"{site.project}/ratings").status_code == 403
    assert site.annotator.delete(f"/api/examples/{made.json()['id']}").status_code == 403
    assert site.researcher.delete(f"/api/examples/{made.json()['id']}").status_code == 204
    assert site.researcher.get(f"{site.project}/examples").json()["examples"] == []


def test_everybody_reads_the_card_and_researchers_the_report(site: Site) -> None:
    site.rate(site.annotator, complaints=["made_up"])
    card = site.annotator.get(f"{site.project}/assistant").json()
    assert (card["model"], card["answers"], card["sees"]) == ("scripted", "response", [])
    assert card["measured"]["drafts"] == 1
    assert card["measured"]["made_up"] == 1
    report = site.researcher.get(f"{site.project}/assistant/report").json()
    assert report["drafts"][0]["thumbs"]["made_up"] == 1
    assert report["drafts"][0]["first_token_ms"] == {"median": 120.0, "n": 1}
    assert site.annotator.get(f"{site.project}/assistant/report").status_code == 403


def test_a_prompt_is_tried_before_it_is_used(site: Site) -> None:
    policy = {"model": "scripted", "answers": "response", "fields": ["text"], "max_words": 50}
    body = {"item": site.task.item.id, "query": "Is it safe?", "assistant": policy}
    shown = site.researcher.post(f"{site.project}/assistant/preview", json=body).json()
    assert [one["role"] for one in shown["messages"]] == ["system", "user"]
    assert shown["messages"][0]["text"] == "Use at most 50 words."
    assert "Is it safe?" in shown["messages"][1]["text"]
    unknown = {**body, "assistant": policy | {"fields": ["colour"]}}
    refused = site.researcher.post(f"{site.project}/assistant/preview", json=unknown)
    assert (refused.status_code, "any of text" in refused.json()["detail"]) == (422, True)
    nobody = {**body, "assistant": policy | {"model": "nobody"}}
    assert site.researcher.post(f"{site.project}/assistant/preview", json=nobody).status_code == 409
    assert site.annotator.post(f"{site.project}/assistant/preview", json=body).status_code == 403


def test_the_card_names_no_key_and_no_address_of_the_model(site: Site) -> None:
    with site.desk.database.write() as session:
        model = session.query(ModelRow).one()
        model.base_url = "http://10.0.0.7/v1"
    assert "10.0.0.7" not in site.annotator.get(f"{site.project}/assistant").text
