"""An annotator at work: by keys alone, with the network cut, with the log-in expired, with nothing left."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Route, expect
from sqlalchemy import delete, select

from milo.db.tables import AssignmentRow, DraftRow, LoginSessionRow
from tests.browser.conftest import (
    PASSWORD,
    Site,
    expect_closed,
    expect_item,
    expect_saved,
    expect_who,
    log_in,
    option,
)
from tests.browser.staging import MODEL, Stage, stage

SENTIMENTS = {"1": "Positive", "2": "Negative"}


def start(page: Page, site: Site, login: str, staged: Stage) -> None:
    """Log in and open the labeling screen."""
    log_in(page, site, login)
    page.goto(f"{site.url}/p/{staged.slug}/annotate")


def choose(page: Page, item: str, key: str) -> None:
    """Answer the one question of a review by its key."""
    expect_item(page, item)
    page.keyboard.press(key)
    expect_who(page, SENTIMENTS[key], "You")


def label(page: Page, item: str, key: str) -> None:
    """Answer the one question of a review by its key and submit: the item leaves the screen."""
    choose(page, item, key)
    page.keyboard.press("Enter")
    expect_gone(page, item)


def expect_gone(page: Page, item: str) -> None:
    """The item is not on screen any more."""
    expect(page.get_by_role("heading", level=1).filter(has_text=item)).to_have_count(0)


def expect_focus(page: Page, question: str) -> None:
    """The question that keys answer now."""
    expect(page.locator(f"#question-{question}")).to_have_attribute("data-active", "true")


def submits(staged: Stage) -> list[str]:
    """The items of all stored submits, in order."""
    return [item for item, act in staged.acts() if act == "submit"]


def test_items_are_done_by_keys_alone_and_each_answer_says_where_it_comes_from(
    site: Site, page: Page, tmp_path: Path
) -> None:
    person = site.add("keys", "annotator")
    staged = stage(
        site.installation,
        "Keys",
        folder=tmp_path,
        content="comments.jsonl",
        rows=8,
        suggested=6,
        members={person: "annotator"},
    )
    start(page, site, "keys", staged)
    expect(page.get_by_role("dialog")).to_contain_text("A model suggests answers here")
    expect(page.get_by_role("dialog")).to_contain_text(MODEL)
    expect(page.get_by_role("button", name="Understood")).to_be_focused()
    page.keyboard.press("Enter")
    expect_closed(page)

    # What the model proposes is marked as its own until somebody acts on it.
    expect_item(page, "cc-001")
    for proposed in ("Fully relevant", "Informative or insightful", "Personal experience or view", "Yes"):
        expect_who(page, proposed, "Model")
    expect(page.get_by_role("contentinfo")).to_contain_text("Enter confirms 4 suggestions and submits")
    page.keyboard.press("a")
    expect_who(page, "Fully relevant", "Confirmed")
    expect_focus(page, "characteristics")
    page.keyboard.press("x")
    expect_who(page, "Informative or insightful", "Rejected")
    expect_who(page, "Personal experience or view", "Rejected")
    page.keyboard.press("3")
    expect_who(page, "Emotional support", "You")
    page.keyboard.press("z")
    expect(option(page, "Emotional support")).not_to_be_checked()
    page.keyboard.press("Shift+Z")
    expect_who(page, "Emotional support", "You")
    page.keyboard.press("1")
    expect_who(page, "Informative or insightful", "Confirmed")
    page.keyboard.press("j")
    expect_focus(page, "civil")
    page.keyboard.press("n")
    expect_who(page, "No", "You")
    expect_who(page, "Yes", "Rejected")
    expect(page.get_by_role("contentinfo")).to_contain_text("Enter submits")
    page.keyboard.press("Enter")

    # The last submit is taken back, changed and sent again.
    expect_item(page, "cc-002")
    page.keyboard.press("z")
    expect_item(page, "cc-001")
    expect_who(page, "No", "You")
    expect_focus(page, "relevance")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect_focus(page, "civil")
    page.keyboard.press("y")
    expect_who(page, "Yes", "Confirmed")
    page.keyboard.press("Enter")

    expect_item(page, "cc-002")
    page.keyboard.press("s")
    expect(page.get_by_text("cc-002 skipped")).to_be_visible()
    expect_item(page, "cc-003")
    page.keyboard.press("Shift+S")
    expect(page.get_by_role("dialog", name="Reject this item")).to_be_visible()
    page.keyboard.press("3")
    expect_closed(page)

    expect_item(page, "cc-004")
    page.keyboard.press("f")
    dialog = page.get_by_role("dialog", name="Ask the researcher")
    expect(dialog.get_by_label("Question", exact=True)).to_be_focused()
    page.keyboard.type("Does a recipe count as advice?")
    expect(dialog.get_by_label("Question", exact=True)).to_have_value("Does a recipe count as advice?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Your question was sent")).to_be_visible()
    expect_closed(page)
    page.keyboard.press("q")
    guideline = page.get_by_role("complementary", name="Guideline")
    expect(guideline.get_by_role("heading", name="Relevance", exact=True)).to_be_in_viewport()
    page.keyboard.press("q")
    expect(guideline).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Reject with a reason")
    page.keyboard.press("Escape")
    expect_closed(page)
    page.keyboard.press("=")
    expect_who(page, "Emotional support", "You")
    expect_who(page, "Personal experience or view", "Rejected")
    page.keyboard.press("Enter")

    expect_item(page, "cc-005")
    expect(page.get_by_role("contentinfo")).to_contain_text("Enter confirms 4 suggestions and submits")
    page.keyboard.press("Enter")  # confirms what is preselected, as the footer says
    expect_item(page, "cc-006")
    expect_saved(page, "Saved")

    acts = staged.acts()
    assert [act for item, act in acts if item != "cc-001"] == ["skip", "reject", "submit", "submit"]
    assert {act for item, act in acts if item == "cc-001"} <= {"submit", "reopen"}
    last = {item: revision for (item, _), revision in zip(acts, staged.revisions(), strict=True)}
    assert last["cc-001"].origins == {
        "relevance": {"": "model_confirmed"},
        "characteristics": {"informative": "model_confirmed", "supportive": "human"},
        "civil": {"": "model_confirmed"},
    }
    assert last["cc-004"].answers == last["cc-001"].answers
    assert set(last["cc-005"].origins["characteristics"].values()) == {"model_confirmed"}


def drafts_sent(staged: Stage) -> list[str]:
    """The sentiment in each draft that the server has."""
    with staged.installation.database.read() as session:
        wanted = (
            select(DraftRow)
            .join(AssignmentRow, AssignmentRow.id == DraftRow.assignment_id)
            .where(AssignmentRow.project_id == staged.project)
        )
        return [draft.answers["sentiment"]["value"] for draft in session.scalars(wanted)]


def test_a_draft_survives_a_reload_and_is_there_on_another_machine(
    site: Site, page: Page, browser: Browser, tmp_path: Path
) -> None:
    person = site.add("drafts", "annotator")
    staged = stage(site.installation, "Drafts", folder=tmp_path, members={person: "annotator"})
    start(page, site, "drafts", staged)
    reloaded: list[Frame] = []
    page.on("framenavigated", lambda frame: reloaded.append(frame))
    page.route("**/draft", lambda route: route.continue_() if reloaded else route.abort())
    choose(page, "rv-001", "2")
    assert drafts_sent(staged) == []  # only this machine has it
    page.reload()
    expect_item(page, "rv-001")
    expect_who(page, "Negative", "You")
    expect_saved(page, "Saved")
    assert drafts_sent(staged) == ["negative"]
    choose(page, "rv-001", "1")
    expect_saved(page, "Saved")
    assert drafts_sent(staged) == ["positive"]
    page.close()
    elsewhere = browser.new_context(locale="en-GB")
    other = elsewhere.new_page()
    start(other, site, "drafts", staged)
    expect_item(other, "rv-001")
    expect_who(other, "Positive", "You")
    elsewhere.close()


def test_work_goes_on_while_the_network_is_cut_and_every_answer_arrives_once(
    site: Site, context: BrowserContext, page: Page, tmp_path: Path
) -> None:
    person = site.add("cut", "annotator")
    staged = stage(site.installation, "Cut", folder=tmp_path, members={person: "annotator"})
    start(page, site, "cut", staged)
    expect_item(page, "rv-001")
    context.set_offline(True)
    for number, key in enumerate("121", start=1):
        label(page, f"rv-00{number}", key)
    expect_item(page, "rv-004")
    expect_saved(page, "Offline, 3 waiting")
    expect(page.get_by_text("3 answers wait to be sent")).to_be_visible()
    assert submits(staged) == []
    context.set_offline(False)
    expect_saved(page, "Saved")
    expect(page.get_by_text("wait to be sent")).to_be_hidden()
    assert submits(staged) == ["rv-001", "rv-002", "rv-003"]
    values = [revision.answers["sentiment"]["value"] for revision in staged.revisions()]
    assert values == ["positive", "negative", "positive"]
    label(page, "rv-004", "1")
    expect_item(page, "rv-005")


def test_answers_made_without_the_network_arrive_although_another_screen_was_opened(
    site: Site, context: BrowserContext, page: Page, tmp_path: Path
) -> None:
    person = site.add("left", "annotator")
    staged = stage(site.installation, "Left", folder=tmp_path, members={person: "annotator"})
    log_in(page, site, "left")
    page.goto(f"{site.url}/p/{staged.slug}/mine")
    expect(page.get_by_role("main")).to_contain_text("Nothing here yet")
    bar = page.get_by_role("banner")
    expect(bar).not_to_contain_text("to be sent")
    bar.get_by_role("link", name="Label").click()
    expect_item(page, "rv-001")
    context.set_offline(True)
    label(page, "rv-001", "1")
    label(page, "rv-002", "2")
    expect_saved(page, "Offline, 2 waiting")
    page.get_by_role("button", name="My last items").click()
    page.get_by_role("link", name="All my answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My answers")
    expect(bar).to_contain_text("2 answers wait to be sent")
    assert submits(staged) == []
    context.set_offline(False)
    rows = page.get_by_role("main").get_by_role("listitem")
    expect(rows.filter(has_text="rv-001")).to_be_visible()
    expect(rows.filter(has_text="rv-002")).to_be_visible()
    expect(bar).not_to_contain_text("to be sent")
    assert submits(staged) == ["rv-001", "rv-002"]


def test_an_answer_whose_reply_was_lost_and_one_never_sent_are_there_once_after_a_reload(
    site: Site, page: Page, tmp_path: Path
) -> None:
    person = site.add("reload", "annotator")
    staged = stage(site.installation, "Reload", folder=tmp_path, members={person: "annotator"})
    start(page, site, "reload", staged)
    lost: list[str] = []

    def lose_the_reply(route: Route) -> None:
        if not lost:
            route.fetch()
        lost.append(route.request.url)
        route.abort()

    page.route("**/submit", lose_the_reply)
    label(page, "rv-001", "1")
    label(page, "rv-002", "2")
    expect_saved(page, "Offline, 2 waiting")
    assert submits(staged) == ["rv-001"]
    page.unroute("**/submit")
    page.reload()
    expect_item(page, "rv-003")
    expect_saved(page, "Saved")
    assert submits(staged) == ["rv-001", "rv-002"]


def test_an_expired_log_in_is_renewed_in_place_and_nothing_is_lost(
    site: Site, page: Page, tmp_path: Path
) -> None:
    person = site.add("expired", "annotator")
    staged = stage(site.installation, "Expired", folder=tmp_path, members={person: "annotator"})
    start(page, site, "expired", staged)
    label(page, "rv-001", "1")
    choose(page, "rv-002", "2")
    expect_saved(page, "Saved")  # all of it, so that the submit is the first to meet the end of the log-in
    with site.installation.database.write() as session:
        session.execute(delete(LoginSessionRow).where(LoginSessionRow.person_id == person.id))
    page.keyboard.press("Enter")
    expect_item(page, "rv-003")
    dialog = page.get_by_role("dialog", name="Log in again")
    expect(dialog.get_by_label("Log-in name")).to_have_value("expired")
    expect(dialog.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect_item(page, "rv-003")
    expect_saved(page, "Saved")
    label(page, "rv-003", "1")
    expect_item(page, "rv-004")
    expect_saved(page, "Saved")
    assert submits(staged) == ["rv-001", "rv-002", "rv-003"]


def test_an_empty_queue_says_why_and_own_answers_can_be_opened_again(
    site: Site, page: Page, tmp_path: Path
) -> None:
    person = site.add("empty", "annotator")
    staged = stage(site.installation, "Empty", folder=tmp_path, rows=2, members={person: "annotator"})
    start(page, site, "empty", staged)
    label(page, "rv-001", "1")
    label(page, "rv-002", "1")
    expect(page.get_by_role("main")).to_contain_text("All done")
    expect_saved(page, "Saved")
    page.get_by_role("link", name="My answers").click()
    rows = page.get_by_role("main").get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("rv-002")
    rows.filter(has_text="rv-001").get_by_role("button", name="Open again").click()
    expect_item(page, "rv-001")
    expect_who(page, "Positive", "You")
    label(page, "rv-001", "2")
    expect(page.get_by_role("main")).to_contain_text("All done")
    expect_saved(page, "Saved")
    assert [
        revision.answers["sentiment"]["value"] for revision in staged.revisions() if revision.act == "submit"
    ] == [
        "positive",
        "positive",
        "negative",
    ]


def test_a_paused_project_and_one_without_items_say_so(site: Site, page: Page, tmp_path: Path) -> None:
    person = site.add("paused", "annotator")
    paused = stage(site.installation, "Paused", folder=tmp_path, members={person: "annotator"}, paused=True)
    bare = stage(site.installation, "Bare", folder=tmp_path, rows=0, members={person: "annotator"})
    start(page, site, "paused", paused)
    expect(page.get_by_role("main")).to_contain_text("The project is paused")
    page.goto(f"{site.url}/p/{bare.slug}/annotate")
    expect(page.get_by_role("main")).to_contain_text("No items yet")


@pytest.mark.parametrize("policy", ["on_request", "after_choice"])
def test_hidden_suggestions_appear_when_the_policy_says_so(
    policy: str, site: Site, page: Page, tmp_path: Path
) -> None:
    person = site.add(policy, "annotator")
    staged = stage(
        site.installation,
        policy,
        folder=tmp_path,
        suggested=3,
        members={person: "annotator"},
        reveal=policy,
    )
    start(page, site, policy, staged)
    expect_item(page, "rv-001")
    expect(option(page, "Negative")).to_have_accessible_name("Negative")
    expect(page.get_by_text(re.compile("Model: "))).to_have_count(0)
    page.keyboard.press("h" if policy == "on_request" else "1")
    expect(option(page, "Negative")).to_have_accessible_name(re.compile("Model: \\d+ %"))
