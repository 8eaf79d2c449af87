"""From a file to labels over HTTP: upload, preview, import, item table, progress, export, download."""

from __future__ import annotations

import csv
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from fastapi.testclient import TestClient
from pyarrow import parquet
from sqlalchemy import select

from milo.config import Config
from milo.core.person import Person
from milo.core.project import Settings, SubjectField
from milo.db.session import Database
from milo.db.tables import ItemRow
from milo.installation import Installation
from milo.worker import Worker
from milo.workflow import import_items
from tests.builders import Clock, a_database, a_member, a_person, a_project, a_spec, an_app, browser


@dataclass
class Place:
    """A project with a researcher and an annotator at their browsers."""

    database: Database
    folder: Path
    clock: Clock
    project: int
    researcher: TestClient
    annotator: TestClient
    outsider: TestClient

    def run(self, job: int) -> dict[str, Any]:
        """Do a job as the worker does."""
        installation = Installation(Config(data_dir=self.folder), self.folder, self.database)
        Worker(installation, stop=threading.Event(), clock=self.clock).run_one(job)
        found: dict[str, Any] = self.researcher.get(f"/api/jobs/{job}").json()
        return found

    def upload(self, content: bytes | str, **query: str) -> dict[str, Any]:
        """Upload a file and import it; the import at its end."""
        reply = self.researcher.post(f"/api/projects/{self.project}/items", content=content, params=query)
        assert reply.status_code == 202, reply.text
        assert self.run(reply.json()["job"])["state"] == "done"
        found: dict[str, Any] = self.researcher.get(f"/api/imports/{reply.json()['id']}").json()
        return found

    def label(self, sentiment: str) -> int:
        """One answer of the annotator; the item's id."""
        task = self.annotator.post(f"/api/projects/{self.project}/next", json={"count": 1}).json()["tasks"][0]
        sent = {
            "client_id": f"c{task['assignment']}",
            "expected_revision": 0,
            "schema_version": 1,
            "answers": {"sentiment": {"kind": "choice", "value": sentiment}},
            "active_ms": 2000,
            "wall_ms": 3000,
        }
        reply = self.annotator.post(f"/api/assignments/{task['assignment']}/submit", json=sent)
        assert reply.status_code == 200, reply.text
        item: int = task["item"]["id"]
        return item


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with a_place(tmp_path) as place:
        yield place


@contextmanager
def a_place(folder: Path, **changes: Any) -> Iterator[Place]:
    database, clock = a_database(folder), Clock()
    with database.write() as session:
        researcher: Person = a_person(session, role="researcher")
        project = a_project(session, a_spec(**changes), by=researcher)
        annotator, outsider = a_member(session, project), a_person(session)
    app = an_app(database, folder, clock)
    yield Place(
        database,
        folder,
        clock,
        project.id,
        browser(app, researcher),
        browser(app, annotator),
        browser(app, outsider),
    )
    database.close()


def a_file(count: int, **more: Any) -> str:
    return "".join(json.dumps({"id": f"r{n}", "text": f"Review {n}", **more}) + "\n" for n in range(count))


def test_an_upload_is_imported_by_a_job_and_its_spooled_file_goes(place: Place) -> None:
    done = place.upload(a_file(3) + "oops\n" + a_file(1), filename="reviews.jsonl")
    assert (done["state"], done["rows_read"], done["imported"], done["duplicates"], done["rejected"]) == (
        *("done", 5, 3, 1),
        1,
    )
    assert done["rejected_rows"][0]["row"] == 4
    assert not [path for path in (place.folder / "uploads").rglob("*") if path.is_file()]
    listed = place.researcher.get(f"/api/projects/{place.project}/imports").json()
    assert [one["filename"] for one in listed] == ["reviews.jsonl"]


def test_a_cancelled_upload_leaves_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    reply = place.researcher.post(
        f"/api/projects/{place.project}/items", content=a_file(10), params={"filename": "a.jsonl"}
    ).json()
    register = import_items._Work._register

    def cancelled(work: Any) -> None:
        place.researcher.post(f"/api/jobs/{reply['job']}/cancel")
        register(work)

    monkeypatch.setattr(import_items._Work, "_register", cancelled)
    assert place.run(reply["job"])["state"] == "cancelled"
    seen = place.researcher.get(f"/api/imports/{reply['id']}").json()
    assert (seen["state"], seen["imported"]) == ("removed", 10)
    with place.database.read() as session:
        assert not session.scalars(select(ItemRow.id)).all()
    assert not [path for path in (place.folder / "uploads").rglob("*") if path.is_file()]


def test_every_rejected_row_is_a_download_though_the_reply_holds_a_hundred(place: Place) -> None:
    done = place.upload("=oops,\n" * 1500, filename="bad.jsonl")
    assert (done["rejected"], len(done["rejected_rows"])) == (1500, 100)
    reply = place.researcher.get(f"/api/imports/{done['id']}/rejected")
    rows = list(csv.DictReader(io.StringIO(reply.text)))
    assert (len(rows), rows[-1]["row"]) == (1500, "1500")
    assert rows[0]["excerpt"].startswith("'=")
    assert "attachment" in reply.headers["content-disposition"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"filename": "a.xlsx"}, "allowed are jsonl, json, csv, tsv"),
        ({"filename": "a.csv", "mapping": '{"body": "x"}'}, "one of text, item_id"),
        ({"filename": "a.csv", "mapping": "body=x"}, "allowed is JSON such as"),
    ],
)
def test_an_upload_that_cannot_be_read_is_refused_and_not_kept(
    place: Place, query: dict[str, str], told: str
) -> None:
    reply = place.researcher.post(f"/api/projects/{place.project}/items", content=b"x", params=query)
    assert reply.status_code == 422
    assert told in reply.json()["detail"]
    assert not [path for path in (place.folder / "uploads").rglob("*") if path.is_file()]


def test_annotators_and_outsiders_bring_nothing_in_and_take_nothing_out(place: Place) -> None:
    place.upload(a_file(1), filename="a.jsonl")
    asked = [
        ("POST", f"/api/projects/{place.project}/items?filename=a.jsonl"),
        ("POST", f"/api/projects/{place.project}/imports/preview?filename=a.jsonl"),
        ("POST", f"/api/projects/{place.project}/media"),
        ("GET", "/api/imports/1"),
        ("GET", "/api/imports/1/rejected"),
        ("GET", "/api/items/1"),
        ("GET", f"/api/projects/{place.project}/items"),
        ("GET", f"/api/projects/{place.project}/progress"),
        ("GET", f"/api/projects/{place.project}/exports/counts"),
    ]
    for method, path in asked:
        assert place.annotator.request(method, path, content=b"{}").status_code == 403, path
        assert place.outsider.request(method, path, content=b"{}").status_code == 404, path


def test_a_preview_shows_rows_and_finds_the_columns(place: Place) -> None:
    head = "\ufeffNr;Comment;Sentiment\n" + "".join(f"{n};Text {n};positive\n" for n in range(20)) + "21;cu"
    reply = place.researcher.post(
        f"/api/projects/{place.project}/imports/preview", content=head.encode(), params={"filename": "a.csv"}
    )
    seen = reply.json()
    assert (seen["format"], seen["columns"], len(seen["rows"])) == ("csv", ["Nr", "Comment", "Sentiment"], 5)
    assert seen["suggested_mapping"]["text"] == "Comment"
    assert seen["bad_rows"] == []


@pytest.mark.parametrize(
    ("head", "format"), [('{"a": 1}\n', "jsonl"), ('[{"a": 1}, {"a"', "json"), ("a\tb\n1\t2\n", "tsv")]
)
def test_a_preview_guesses_the_format_where_the_name_does_not_tell(
    place: Place, head: str, format: str
) -> None:
    reply = place.researcher.post(f"/api/projects/{place.project}/imports/preview", content=head)
    assert (reply.json()["format"], len(reply.json()["rows"])) == (format, 1)


def test_a_parquet_file_is_looked_at_whole_and_none_of_it_is_kept(place: Place, tmp_path: Path) -> None:
    file = io.BytesIO()
    texts = [f"{n} {'x' * 20}" for n in range(100_000)]
    parquet.write_table(pyarrow.table({"Comment": texts}), file, compression="none", use_dictionary=False)
    path = f"/api/projects/{place.project}/imports/preview"
    shown = place.researcher.post(path, params={"filename": "a.parquet"}, content=file.getvalue()).json()
    assert (shown["format"], shown["columns"], len(shown["rows"])) == ("parquet", ["Comment"], 5)
    assert shown["suggested_mapping"] == {"text": "Comment"}
    cut = place.researcher.post(path, params={"filename": "a.parquet"}, content=file.getvalue()[:1000])
    assert (cut.status_code, cut.json()["detail"][:28]) == (422, "The file is no Parquet file:")
    assert not [one for one in (tmp_path / "uploads").rglob("*") if one.is_file()]


def test_the_item_table_pages_filters_and_searches(place: Place) -> None:
    place.upload(a_file(25), filename="a.jsonl")
    answered = place.label("negative")
    path = f"/api/projects/{place.project}/items"
    page = place.researcher.get(path, params={"limit": 10}).json()
    assert (len(page["items"]), page["total"]) == (10, 25)
    seen = [item["id"] for item in page["items"]]
    while page["next_cursor"]:
        page = place.researcher.get(path, params={"limit": 10, "cursor": page["next_cursor"]}).json()
        seen += [item["id"] for item in page["items"]]
    assert len(seen) == len(set(seen)) == 25
    labeled = place.researcher.get(path, params={"state": "labeled"}).json()
    assert [item["id"] for item in labeled["items"]] == [answered]
    assert labeled["items"][0]["answered"] == {"sentiment": {"negative": 1}}
    assert labeled["items"][0]["active_ms_median"] == 2000
    found = place.researcher.get(path, params={"q": "REVIEW 13"}).json()
    assert [item["external_id"] for item in found["items"]] == ["r13"]
    assert place.researcher.get(path, params={"q": "100%"}).json()["items"] == []


def test_the_record_of_an_item_holds_everything(place: Place) -> None:
    place.upload(a_file(1, gold={"sentiment": "positive"}, source="web"), filename="a.jsonl")
    item = place.label("positive")
    record = place.researcher.get(f"/api/items/{item}").json()
    assert record["fields"] == {"text": "Review 0"}
    assert (record["meta"], record["gold"]["sentiment"]["value"]) == ({"source": "web"}, "positive")
    revision = record["assignments"][0]["revisions"][0]
    assert (revision["act"], revision["active_ms"]) == ("submit", 2000)
    assert revision["origins"] == {"sentiment": {"": "human"}}


def test_progress_counts_people_days_and_gold(place: Place) -> None:
    place.upload(a_file(4, gold={"sentiment": "positive"}), filename="a.jsonl")
    for sentiment in ("positive", "negative", "positive"):
        place.label(sentiment)
    seen = place.researcher.get(f"/api/projects/{place.project}/progress").json()
    assert seen["items"] == {"labeled": 3, "new": 1}
    assert seen["assignments"] == {"submitted": 3}
    (annotator,) = seen["annotators"]
    assert (annotator["today"], annotator["total"]) == (3, 3)
    assert (annotator["aht_seconds_median"], annotator["first_pass_seconds_median"]) == (2.0, 2.0)
    assert annotator["active_seconds_total"] == 6.0
    assert [day["answers"] for day in seen["days"]] == [0] * 13 + [3]
    (gold,) = seen["gold"]
    assert (gold["question"], gold["right"], gold["n"]) == ("sentiment", 2, 3)
    assert gold["low"] < gold["accuracy"] < gold["high"]


def test_an_export_is_counted_made_and_downloaded_in_parts(place: Place) -> None:
    place.upload(a_file(3), filename="a.jsonl")
    place.label("positive")
    place.label("negative")
    counts = place.researcher.get(f"/api/projects/{place.project}/exports/counts").json()
    assert (counts["states"], counts["labels"], counts["items"]) == ({"submitted": 2}, 2, 3)
    job = place.researcher.post(
        f"/api/projects/{place.project}/jobs", json={"kind": "export", "format": "jsonl"}
    ).json()
    done = place.run(job["id"])
    assert done["state"] == "done", done
    export = place.researcher.get(f"/api/exports/{done['result']['export']}").json()
    assert (export["ledger"]["annotations"], export["ledger"]["exported"]) == (2, 2)
    path = f"/api/exports/{export['id']}/file"
    whole = place.researcher.get(path)
    assert [json.loads(line)["item_id"] for line in whole.text.splitlines()] == ["r0", "r1"]
    part = place.researcher.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert place.annotator.get(path).status_code == 403
    assert place.outsider.get(path).status_code == 404


def test_a_file_to_train_on_is_made_and_named_by_its_format(place: Place) -> None:
    place.upload(a_file(2), filename="a.jsonl")
    place.label("negative")
    jobs = f"/api/projects/{place.project}/jobs"
    for format, ending, media_type in (
        ("sft", ".jsonl", "application/x-ndjson"),
        ("hf", ".zip", "application/zip"),
    ):
        job = place.researcher.post(jobs, json={"kind": "export", "format": format}).json()
        done = place.run(job["id"])
        export = place.researcher.get(f"/api/exports/{done['result']['export']}").json()
        ledger = export["ledger"]
        assert (ledger["rows"], ledger["candidates"], ledger["excluded"]) == (0, 0, {"no_answer": 1})
        assert export["filename"].startswith(f"reviews-{format}-")
        assert export["filename"].endswith(ending)
        file = place.researcher.get(f"/api/exports/{export['id']}/file")
        assert file.headers["content-type"] == media_type


def test_what_a_project_cannot_give_to_train_on_is_said_before_and_refused(tmp_path: Path) -> None:
    choice = next(one for one in a_spec().questions if one.name == "sentiment")
    with a_place(tmp_path, questions=(choice,)) as place:
        base = f"/api/projects/{place.project}"
        training = place.researcher.get(f"{base}/exports/counts").json()["training"]
        assert training["sft"] == {
            "questions": [],
            "missing": "sft needs a written question (text or chat); the project has none",
        }
        refused = place.researcher.post(f"{base}/jobs", json={"kind": "export", "format": "dpo"})
        assert refused.status_code == 422
        assert "or a comparison (pairwise or ranking); the project has none" in refused.text
        unknown = {"kind": "export", "format": "sft", "question": "tone"}
        assert "there are: sentiment" in place.researcher.post(f"{base}/jobs", json=unknown).text


def test_a_picture_is_stored_once_and_served_as_what_it_is(tmp_path: Path) -> None:
    subject = (
        SubjectField(name="text", title="Text"),
        SubjectField(name="image", title="Picture", show="image"),
    )
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 100
    with a_place(tmp_path, subject=subject, settings=Settings()) as place:
        path = f"/api/projects/{place.project}/media"
        first = place.researcher.post(path, content=png)
        assert first.status_code == 201
        assert place.researcher.post(path, content=png).json() == first.json()
        done = place.upload(
            json.dumps({"text": "a", "image": first.json()["url"]}) + "\n", filename="a.jsonl"
        )
        assert done["imported"] == 1
        served = place.annotator.get(first.json()["url"])
        assert (served.content, served.headers["content-type"]) == (png, "image/png")
        assert served.headers["x-content-type-options"] == "nosniff"
        assert place.outsider.get(first.json()["url"]).status_code == 404
        clip = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00" + bytes(range(256)) * 100_000  # over 20 MB
        video = place.researcher.post(path, content=clip).json()["url"]
        part = place.annotator.get(video, headers={"Range": "bytes=100-199"})
        assert (part.status_code, part.content) == (206, clip[100:200])
        assert part.headers["content-type"] == "video/mp4"
        long = place.researcher.post(path, content=png + bytes(20_000_000))
        assert long.json()["detail"] == "The picture has over 20,000,000 bytes; that is the most allowed."
        assert not list((tmp_path / "media").glob("*.part"))
        page = place.researcher.post(path, content=b"<svg onload=alert(1)>")
        assert page.status_code == 422
        for name in ("../../milo.db", "0" * 64 + ".png", "x"):
            assert place.researcher.get(f"{path}/{name}").status_code == 404
