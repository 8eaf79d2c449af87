"""An auditor sees everything of a project and changes nothing in it."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, log_in
from tests.browser.staging import answer, stage


def test_an_auditor_reads_items_and_progress_and_is_offered_nothing_else(
    site: Site, page: Page, tmp_path: Path
) -> None:
    auditor, worker = site.add("auditor", "auditor"), site.add("worker", "annotator")
    staged = stage(
        site.installation,
        "Audited",
        folder=tmp_path,
        suggested=4,
        members={auditor: "auditor", worker: "annotator"},
    )
    answered = answer(staged, worker, "positive", inquiry="Is irony praise?")
    log_in(page, site, "auditor")
    card = page.get_by_role("listitem").filter(has_text="Audited")
    expect(card.get_by_role("link", name="Annotate")).to_have_count(0)
    card.get_by_role("link", name="Open").click()

    expect(page.get_by_role("row").filter(has_text="Worker")).to_contain_text("1")
    tabs = page.get_by_role("navigation", name="Project").get_by_role("link")
    expect(tabs).to_have_text(["Overview", "Data", "Review", "Inquiries"])
    offers = re.compile(
        "^(Import items|Import a file|Export|Pre-annotate|Try as|Pause|Reply|Add people)( |$)"
    )
    expect(page.get_by_role("link", name=offers)).to_have_count(0)
    expect(page.get_by_role("button", name=offers)).to_have_count(0)

    tabs.filter(has_text="Data").click()
    page.get_by_role("link", name=answered).click()
    record = page.get_by_role("complementary", name=f"Record {answered}")
    expect(record).to_contain_text("Worker")
    expect(record).to_contain_text("Revision 1")
    tabs.filter(has_text="Inquiries").click()
    expect(page.get_by_role("main")).to_contain_text("Is irony praise?")
    expect(page.get_by_role("button", name="Send the reply")).to_have_count(0)

    token = page.request.get(f"{site.url}/api/me").json()["csrf_token"]
    here = f"{site.url}/api/projects/{staged.slug}"
    acts = {
        "next": {"count": 1},
        "jobs": {"kind": "export", "format": "jsonl"},
        "items?format=jsonl&filename=more.jsonl": {"text": "one more"},
        "bench": {"model": 1},
    }
    for path, body in acts.items():
        refused = page.request.post(f"{here}/{path}", data=body, headers={"X-CSRF-Token": token})
        assert refused.status == 403, f"POST {path}: {refused.status} {refused.text()}"
    assert page.request.patch(here, data={"name": "Mine"}, headers={"X-CSRF-Token": token}).status == 403
    assert len(staged.revisions()) == 1


def test_the_screens_that_an_auditor_may_not_use_say_so(site: Site, page: Page, tmp_path: Path) -> None:
    staged = stage(
        site.installation, "Closed", folder=tmp_path, members={site.add("outside", "auditor"): "auditor"}
    )
    log_in(page, site, "outside")
    for screen in ("annotate", "import", "export", "guideline", "models", "people", "try"):
        page.goto(f"{site.url}/p/{staged.slug}/{screen}")
        expect(page.get_by_role("alert").first).to_contain_text("permission")
