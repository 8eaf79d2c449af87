"""A researcher's work from nothing to a file of labels, and trying the form without a trace."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from milo.db.tables import Table
from tests.browser.conftest import Site, expect_closed, expect_who, log_in, understand
from tests.browser.staging import MODEL, RULES, answer, find_stage, read_rows, stage

REVIEWS = read_rows("reviews.jsonl")[:24]
TEXTS = {str(row["id"]): str(row["text"]) for row in REVIEWS}


def a_file() -> str:
    """A table under names of its own: 24 reviews, one of them twice, and one row without a text."""
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(["number", "words", "verdict"])
    for row in REVIEWS:
        rows.writerow([row["id"], row["text"], row.get("gold", {}).get("sentiment", "")])
    rows.writerow(["again", REVIEWS[0]["text"], ""])
    rows.writerow(["nothing", "", ""])
    return written.getvalue()


def drop(page: Page, name: str, text: str) -> None:
    """Drop a file on the place for it."""
    dropped = page.evaluate_handle(
        """([name, text]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([text], name));
            return transfer;
        }""",
        [name, text],
    )
    page.locator("label.drop").dispatch_event("drop", {"dataTransfer": dropped})


def tab(page: Page, name: str) -> None:
    """Go to a part of the project."""
    page.get_by_role("navigation", name="Project").get_by_role("link", name=name, exact=True).click()


def test_a_project_goes_from_a_template_to_a_file_of_labels(site: Site, page: Page) -> None:
    site.add("maker", "researcher")
    worker = site.add("worker", "annotator")
    log_in(page, site, "maker")
    make_project(page)
    staged = find_stage(site.installation, "film-reviews")
    import_file(page)
    staged.add_member(worker, "annotator")
    add_model(page, site)
    try_the_prompt_and_start(page, site)
    edit_the_guideline(page)
    answered = [
        answer(staged, worker, "positive", inquiry="Is irony praise?"),
        answer(staged, worker, "negative"),
    ]
    reply_with_a_clause(page)
    look_at_items(page, answered)
    export(page, answered)


def make_project(page: Page) -> None:
    page.get_by_role("link", name="New project").click()
    page.get_by_role("radio", name=re.compile("Review sentiment")).check()
    page.get_by_label("Name").fill("Film reviews")
    page.get_by_role("button", name="Create project").click()
    expect(page.get_by_role("complementary", name="Preview of the form")).to_contain_text(
        "Is the review positive"
    )


def import_file(page: Page) -> None:
    tab(page, "Overview")
    page.get_by_role("link", name="Import a file").click()
    drop(page, "reviews.csv", a_file())
    mapping = page.get_by_role("region", name="reviews.csv", exact=True)
    expect(mapping.get_by_role("row")).to_have_count(6)  # names and the first five
    mapping.get_by_label("number").select_option("Id")
    mapping.get_by_label("words").select_option("")
    expect(mapping).to_contain_text("No column fills the field Review")
    expect(mapping.get_by_role("button", name="Import")).to_be_disabled()
    mapping.get_by_label("words").select_option("Review")
    mapping.get_by_label("verdict").select_option("Known answer: Is the review positive or negative?")
    mapping.get_by_role("button", name="Import").click()
    ledger = page.get_by_role("region", name="Import of reviews.csv")
    expect(ledger).to_contain_text("26 rows = 24 imported + 1 duplicates + 1 rejected")
    rejected = ledger.get_by_role("table").get_by_role("row")
    expect(rejected).to_have_count(2)
    expect(rejected.nth(1)).to_contain_text(re.compile("^27"))


def add_model(page: Page, site: Site) -> None:
    tab(page, "Models")
    page.get_by_role("link", name="Add a model").click()
    page.get_by_role("banner").get_by_role("link", name="milo").wait_for()
    page.get_by_role("button", name="Add a model").first.click()
    dialog = page.get_by_role("dialog", name="Add a model")
    dialog.get_by_label("Kind").select_option("Scripted")
    dialog.get_by_label("Name").fill(MODEL)
    dialog.get_by_label("Parameters").fill(json.dumps({**RULES, "latency_ms": 100}))
    dialog.get_by_role("button", name="Add a model").click()
    expect_closed(page)
    card = page.get_by_role("region", name=MODEL)
    card.get_by_role("button", name="Test").click()
    expect(card.get_by_role("list", name="What it can do")).to_contain_text("Log-probabilities")
    page.goto(f"{site.url}/p/film-reviews/models")


def try_the_prompt_and_start(page: Page, site: Site) -> None:
    page.get_by_role("button", name="Try on ten items").click()
    result = page.get_by_role("region", name="Tried on 10 items")
    expect(result).to_contain_text("known answers")
    expect(result.get_by_role("article")).to_have_count(10)
    first = result.get_by_role("article").first
    first.get_by_text("1 filled prompt").click()
    expect(first).to_contain_text(TEXTS["rv-001"][:60])
    page.get_by_role("button", name="Start pre-annotation").click()
    job = page.get_by_role("region", name=f"Pre-annotating with {MODEL}")
    expect(job.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "24", timeout=20_000)
    expect(job).to_contain_text("100 %")
    threshold = page.get_by_role("region", name="Preselection")
    expect(threshold).to_contain_text("24 of 24 preselected")
    expect(threshold).to_contain_text("gold answers")
    threshold.get_by_role("slider").fill("1")
    expect(threshold).to_contain_text("0 of 24 preselected")


def edit_the_guideline(page: Page) -> None:
    tab(page, "Guideline and form")
    page.get_by_role("navigation", name="Parts of the project").get_by_role(
        "button", name="Guideline"
    ).click()
    titles = page.get_by_label("Title", exact=True)
    before = titles.count()
    page.get_by_role("button", name="Add a section").click()
    expect(titles).to_have_count(before + 1)
    titles.last.fill("Spoilers")
    page.get_by_label("Text", exact=True).last.fill("A spoiler alone makes no review negative.")
    expect(page.get_by_role("contentinfo")).to_contain_text("guideline v2, annotators see what changed")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("contentinfo")).to_contain_text("Everything is saved.")


def reply_with_a_clause(page: Page) -> None:
    tab(page, "Inquiries")
    asked = page.get_by_role("article", name="Question by Worker")
    expect(asked).to_contain_text("Is irony praise?")
    asked.get_by_label("Reply").fill("Judge what is meant.")
    asked.get_by_text("Make it a clause of the guideline").click()
    asked.get_by_label("Title of the section").fill("Irony")
    asked.get_by_role("button", name="Send and publish the clause").click()
    expect(page.get_by_role("main")).to_contain_text("No open questions")
    tab(page, "Overview")
    expect(page.get_by_role("main")).to_contain_text("guideline v3 · form v1")


def look_at_items(page: Page, answered: list[str]) -> None:
    tab(page, "Data")
    items = page.get_by_role("region", name="Items")
    expect(items.get_by_role("row")).to_have_count(25)
    words = TEXTS["rv-003"][:40]
    page.get_by_role("searchbox", name="Find in texts and ids").fill(words)
    page.keyboard.press("Enter")
    expect(items.get_by_role("row")).to_have_count(2)
    expect(items.get_by_role("row").nth(1)).to_contain_text("rv-003")
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_label("State").select_option("Labeled")
    expect(items.get_by_role("row")).to_have_count(1 + len(answered))
    items.get_by_role("link", name=answered[0]).click()
    record = page.get_by_role("complementary", name=f"Record {answered[0]}")
    expect(record).to_contain_text(TEXTS[answered[0]])
    expect(record).to_contain_text("Revision 1")
    expect(record).to_contain_text("Is irony praise?")
    expect(record).to_contain_text("Judge what is meant.")
    expect(record).to_contain_text("1 model call")


def export(page: Page, answered: list[str]) -> None:
    tab(page, "Export")
    page.get_by_role("button", name="Export 2 answers").click()
    link = page.get_by_role("link", name="Download")
    expect(page.get_by_role("main")).to_contain_text("Exported and left out add up to all 2 answers.")
    with page.expect_download() as download:
        link.click()
    lines = [json.loads(line) for line in Path(download.value.path()).read_text("utf-8").splitlines()]
    labels = [(line["item_id"], line["annotation"]["value"]["sentiment"]["value"]) for line in lines]
    assert labels == [(answered[0], "positive"), (answered[1], "negative")]
    assert [line["data"]["text"] for line in lines] == [TEXTS[name] for name in answered]


def test_trying_the_form_as_an_annotator_stores_nothing(site: Site, page: Page, tmp_path: Path) -> None:
    person = site.add("trier", "researcher")
    staged = stage(site.installation, "Tried", folder=tmp_path, suggested=3, members={person: "researcher"})
    log_in(page, site, "trier")
    page.goto(f"{site.url}/p/{staged.slug}")
    before = rows_stored(site)
    page.get_by_role("link", name="Try as annotator").click()
    understand(page)
    for number in range(1, 6):
        expect(page.get_by_role("status").filter(has_text="Nothing is stored.")).to_contain_text(
            f"item {number} of 5"
        )
        page.keyboard.press("2")
        expect_who(page, "Negative", "(You|Confirmed)")
        page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("That was the last item to try")
    assert rows_stored(site) == before


def rows_stored(site: Site) -> dict[str, Any]:
    """How many rows each table has."""
    with site.installation.database.read() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table))
            for table in Table.metadata.sorted_tables
        }
