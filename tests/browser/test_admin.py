"""An administrator adds a person and gives roles; that person logs in."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, expect_closed, expect_item, log_in
from tests.browser.staging import stage

NEW_PASSWORD = "correct horse"


def test_a_person_who_was_added_logs_in_and_has_the_role_that_was_set(
    site: Site, page: Page, browser: Browser, tmp_path: Path
) -> None:
    site.add("admin", "admin")
    staged = stage(site.installation, "Shared", folder=tmp_path)
    log_in(page, site, "admin")
    page.get_by_label("Signed in as Admin").click()
    page.get_by_role("link", name="People").click()
    page.get_by_role("button", name="Add a person").click()
    dialog = page.get_by_role("dialog", name="Add a person")
    dialog.get_by_label("Name", exact=True).fill("New person")
    dialog.get_by_label("Log-in name").fill("newcomer")
    dialog.get_by_label("Password").fill("short")
    dialog.get_by_role("button", name="Add a person").click()
    expect(dialog.get_by_role("alert")).to_contain_text("10")
    dialog.get_by_label("Password").fill(NEW_PASSWORD)
    dialog.get_by_role("button", name="Add a person").click()
    expect_closed(page)
    row = page.get_by_role("row").filter(has_text="newcomer")
    expect(row).to_contain_text("Annotator")
    expect(row).to_contain_text("Active")

    other = browser.new_context(locale="en-GB")
    theirs = other.new_page()
    log_in(theirs, site, "newcomer")
    expect(theirs.get_by_role("main")).to_contain_text("You are in no project yet")

    page.goto(f"{site.url}/p/{staged.slug}/people")
    page.get_by_label("Log-in name").fill("newcomer")
    page.get_by_role("button", name="Add to the project").click()
    role = page.get_by_label("Role of New person")
    expect(role).to_have_value("annotator")
    theirs.reload()
    theirs.get_by_role("listitem").filter(has_text="Shared").get_by_role("link", name="Annotate").click()
    expect_item(theirs, "rv-001")

    with page.expect_response(lambda reply: reply.request.method == "PUT" and "/members" in reply.url):
        role.select_option("Auditor")
    expect(role).to_have_value("auditor")
    theirs.goto(site.url)
    card = theirs.get_by_role("listitem").filter(has_text="Shared")
    expect(card).to_contain_text("Auditor")
    expect(card.get_by_role("link", name="Annotate")).to_have_count(0)
    expect(card.get_by_role("link", name="Open")).to_be_visible()

    page.goto(f"{site.url}/people")
    row.get_by_role("button", name="Disable").click()
    expect(row).to_contain_text("Disabled")
    theirs.goto(site.url)
    expect(theirs.get_by_role("button", name="Log in")).to_be_visible()
    other.close()
