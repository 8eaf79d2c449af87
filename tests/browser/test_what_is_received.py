"""What reaches an annotator's browser: no gold, nobody else's answers, no suggestion before its time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Site, expect_item, expect_saved, expect_who, log_in
from tests.browser.staging import MODEL, answer, read_rows, stage

SECRET_NOTE = "What counts as praise, asked another"
GOLD = {"sentiment": "positive"}


class Received:
    """Every text a page got from the API, read as it came, and the document it made of them."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._bodies: list[tuple[str, str]] = []
        page.route("**/api/**", self._keep)

    def _keep(self, route: Route) -> None:
        reply = route.fetch()
        self._bodies.append((route.request.url, reply.text()))
        route.fulfill(response=reply)

    def texts(self) -> list[tuple[str, str]]:
        """Address and body of every reply; and the document as it stands."""
        return [*self._bodies, ("the document", self._page.content())]

    def tasks(self) -> list[dict[str, Any]]:
        """Every task that was handed out."""
        return [
            task for url, body in self._bodies if url.endswith("/next") for task in json.loads(body)["tasks"]
        ]


def walk(page: Page, site: Site, slug: str) -> None:
    """Look at everything an annotator can open."""
    page.goto(f"{site.url}/")
    expect(page.get_by_role("main")).to_contain_text("done today")
    page.goto(f"{site.url}/p/{slug}/annotate")
    expect_item(page, "rv-0")
    page.get_by_role("button", name="Guideline").click()
    expect(page.get_by_role("complementary", name="Guideline")).to_be_visible()
    page.get_by_role("button", name="My last items").click()
    expect(page.get_by_role("complementary", name="My last items")).to_contain_text("All my answers")
    page.goto(f"{site.url}/p/{slug}/mine")
    expect(page.get_by_role("main")).to_contain_text("My answers")


def test_an_annotator_receives_no_gold_and_nobody_elses_answers(
    site: Site, page: Page, tmp_path: Path
) -> None:
    me, other = site.add("curious", "annotator"), site.add("zebedee-other", "annotator")
    rows = [{**row, "gold": GOLD} for row in read_rows("reviews.jsonl")[:6]]
    staged = stage(
        site.installation,
        "Received",
        folder=tmp_path,
        rows=rows,
        suggested=6,
        overlap=2,
        reveal="on_request",
        members={me: "annotator", other: "annotator"},
    )
    for _ in range(3):
        answer(staged, other, "negative", inquiry=SECRET_NOTE)
    log_in(page, site, "curious")
    received = Received(page)
    walk(page, site, staged.slug)
    page.goto(f"{site.url}/p/{staged.slug}/annotate")
    expect_item(page, "rv-001")
    page.keyboard.press("1")
    expect_who(page, "Positive", "You")
    page.keyboard.press("Enter")
    expect_item(page, "rv-002")
    expect_saved(page, "Saved")

    texts = received.texts()
    assert len(texts) > 8
    tasks = received.tasks()
    assert {task["item"]["external_id"] for task in tasks} >= {"rv-001", "rv-002", "rv-003", "rv-004"}
    assert all(task["suggestions"] == [] for task in tasks)
    for words in ('"gold"', "distribution", MODEL, "zebedee", "Zebedee", SECRET_NOTE):
        where = [address for address, text in texts if words in text]
        assert not where, f"{words!r} is in {where}"
    assert all(task["answers"] is None and task["draft"] is None for task in tasks)

    # Asked for, the suggestion of this one item comes, and of no other.
    page.keyboard.press("h")
    expect(page.get_by_role("radio", name="Model: ").first).to_be_visible()
    revealed = [address for address, text in received.texts() if '"distribution"' in text]
    assert len(revealed) == 1
    assert revealed[0].endswith("/suggestions")


def test_a_person_outside_the_project_receives_nothing_of_it(site: Site, page: Page, tmp_path: Path) -> None:
    site.add("outsider", "annotator")
    staged = stage(site.installation, "Not theirs", folder=tmp_path, rows=2)
    log_in(page, site, "outsider")
    received = Received(page)
    page.goto(f"{site.url}/p/{staged.slug}/annotate")
    expect(page.get_by_role("main")).to_contain_text("There is nothing here")
    assert not [address for address, text in received.texts() if "Not theirs" in text or "rv-001" in text]
