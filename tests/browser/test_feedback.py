"""Annotators read what was found in their answers, mend what came back, and may ask the judge beforehand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select

from milo.core.person import Person
from milo.core.review_policy import ReviewPolicy, ReviewRule
from milo.db.tables import AssignmentRow, CheckRow, FeedbackRow, ProjectRow
from milo.installation import secret_key
from milo.workflow import models, projects
from milo.workflow.models import ModelSetup
from tests.browser.conftest import (
    Site,
    expect_closed,
    expect_item,
    expect_saved,
    expect_who,
    log_in,
)
from tests.browser.review_staging import audit, judge, reviewed, verdict
from tests.browser.staging import Stage, answer, wait_until

#: Says "Good" to every criterion and finds no error.
KIND = {"rules": [{"question": "Slip", "text": "No\nThere is none."}], "default": {"text": "Good\nIt fits."}}


def assignment(staged: Stage, annotator: Person) -> AssignmentRow:
    """The first one of somebody."""
    with staged.installation.database.read() as session:
        own = select(AssignmentRow).where(
            AssignmentRow.project_id == staged.project, AssignmentRow.annotator_id == annotator.id
        )
        return session.scalars(own.order_by(AssignmentRow.id).limit(1)).one()


def test_what_came_back_is_read_mended_and_passes(site: Site, page: Page, tmp_path: Path) -> None:
    worker, auditor = site.add("mends1", "annotator"), site.add("audits2", "auditor")
    staged = reviewed(site.installation, "Mended", tmp_path, {worker: "annotator", auditor: "auditor"})
    name = answer(staged, worker, "positive")
    judge(staged, verdict("right", "good"), verdict("guideline", "good"), verdict("slip", count=0))
    audit(staged, auditor, 1, "insufficient", explanation="It is ironic.")
    log_in(page, site, "mends1")
    page.goto(f"{site.url}/p/{staged.slug}/mine")
    tab = page.get_by_role("link", name="Feedback")
    expect(tab).to_contain_text("1 to redo")
    with page.expect_response(re.compile("/feedback/seen$")):
        tab.click()

    main = page.get_by_role("main")
    expect(main).to_contain_text("60.0, and 80 passes.")
    expect(main).to_contain_text("Enough: “Right” at Minimum.")
    card = main.get_by_role("region", name="Right", exact=True)
    expect(card).to_contain_text("It is ironic.")
    expect(card).to_contain_text("the auditor said otherwise")
    expect(main).to_contain_text("1 criterion with the best grade by all: By the guideline")
    assert "Audits2" not in page.content()  # reviewers are not named

    page.keyboard.press("x")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why?").fill("It may be, but I read it so.")
    page.keyboard.press("Control+Enter")
    expect_closed(page)
    expect(main.get_by_role("region", name="Comments")).to_contain_text("It may be, but I read it so.")
    expect(page.get_by_role("button", name="I disagree")).to_have_count(0)  # there is one reply

    page.keyboard.press("Enter")
    expect_item(page, name)
    expect(page.get_by_role("banner")).to_contain_text("Redo, round 1 of 2")
    beside = page.get_by_role("complementary", name="Beside the form")
    expect(beside).to_contain_text("It is ironic.")
    expect(beside).to_contain_text("Nothing yet: the form holds what you sent.")
    expect_who(page, "Positive", "You")
    page.keyboard.press("2")
    expect_who(page, "Negative", "You")
    expect(beside.get_by_role("region", name="What you changed")).to_contain_text("now chosen")
    page.keyboard.press("Enter")
    expect_saved(page, "Saved")
    wait_until(lambda: assignment(staged, worker).state == "submitted", "the mended answer to arrive")

    audit(staged, auditor, assignment(staged, worker).revision, "good")
    page.goto(f"{site.url}/p/{staged.slug}/feedback")
    expect(main).to_contain_text("PASSED")
    expect(main).to_contain_text("100.0, and 80 passes.")
    expect(page.get_by_role("button", name="Redo")).to_have_count(0)
    history = page.get_by_role("complementary", name="Score and history")
    expect(history).to_contain_text("Auditor sent it back")
    expect(history).to_contain_text("Auditor passed it")
    expect(history).to_contain_text("0 of your last 1 answer passed the first time.")
    main.get_by_role("checkbox", name="Show what I changed").check()
    expect(main).to_contain_text("no longer chosen")


def test_the_list_steps_by_keys_and_what_was_opened_is_seen(site: Site, page: Page, tmp_path: Path) -> None:
    worker, auditor = site.add("mends2", "annotator"), site.add("audits3", "auditor")
    staged = reviewed(site.installation, "Listed", tmp_path, {worker: "annotator", auditor: "auditor"})
    names = [answer(staged, worker, "positive") for _ in range(3)]
    for right in ("good", "insufficient", "good"):
        audit(staged, auditor, 1, right)
    log_in(page, site, "mends2")
    page.goto(f"{site.url}/p/{staged.slug}/feedback")
    listed = page.get_by_role("navigation", name="Answers with feedback")
    here = listed.locator("[aria-current]")
    expect(listed.get_by_role("link")).to_have_count(3)
    expect(here).to_contain_text("REDO")
    page.keyboard.press("j")
    expect(here).to_contain_text("PASSED")
    expect(page.get_by_role("main")).to_contain_text(names[2])
    page.keyboard.press("k")
    expect(page.get_by_role("main")).to_contain_text(names[1])

    def unseen() -> list[int]:
        with site.installation.database.read() as session:
            rows = session.scalars(select(FeedbackRow).where(FeedbackRow.project_id == staged.project))
            return [row.id for row in rows if row.seen_at is None]

    wait_until(lambda: len(unseen()) == 1, "two of three to be seen")
    listed.get_by_label("Feedback from").select_option("LLM QA")
    expect(page.get_by_role("main")).to_contain_text("Nothing from this source")


def test_a_question_about_feedback_goes_to_the_researcher(site: Site, page: Page, tmp_path: Path) -> None:
    worker, auditor = site.add("mends3", "annotator"), site.add("audits4", "auditor")
    staged = reviewed(site.installation, "Asked", tmp_path, {worker: "annotator", auditor: "auditor"})
    answer(staged, worker, "positive")
    audit(staged, auditor, 1, "insufficient")
    log_in(page, site, "mends3")
    page.goto(f"{site.url}/p/{staged.slug}/feedback")
    expect(page.get_by_role("main")).to_contain_text("REDO")
    page.keyboard.press("f")
    page.get_by_role("dialog").get_by_label("Question", exact=True).fill("Is irony praise?")
    page.keyboard.press("Control+Enter")
    expect_closed(page)
    expect(page.locator(".toast")).to_be_visible()


def test_the_judge_advises_before_an_answer_is_sent_and_holds_nobody_up(
    site: Site, page: Page, tmp_path: Path
) -> None:
    worker = site.add("mends4", "annotator")
    policy = ReviewPolicy(rules=(ReviewRule(by="auditor"),), judge="Kind judge", check=True)
    staged = reviewed(site.installation, "Checked", tmp_path, {worker: "annotator"}, review=policy)
    setup = ModelSetup(name="Kind judge", provider="scripted", model="rules", params=KIND)
    with site.installation.database.write() as session:
        models.add(session, setup, secret=secret_key(site.installation.data_dir), now=datetime.now(UTC))
    log_in(page, site, "mends4")
    page.goto(f"{site.url}/p/{staged.slug}/annotate")
    expect_item(page, "rv-001")
    page.keyboard.press("1")
    expect_who(page, "Positive", "You")
    page.keyboard.press("c")
    advice = page.get_by_role("region", name="Check my answer")
    expect(advice).to_contain_text("It would score 100.0; 80 passes.", timeout=30_000)
    expect(advice.get_by_role("listitem")).to_have_count(3)
    expect(advice).to_contain_text("It fits.")
    expect(advice).to_contain_text("Advice only")

    def shown() -> bool:
        with site.installation.database.read() as session:
            checks = session.scalars(select(CheckRow).where(CheckRow.project_id == staged.project))
            return [check.shown_at is not None for check in checks] == [True]

    wait_until(shown, "the check to be seen")
    page.keyboard.press("2")
    expect(advice).to_contain_text("You changed the answer since")

    with site.installation.database.write() as session:
        project = session.get_one(ProjectRow, staged.project)
        spec = projects.spec_of(session, project)
        gone = replace(spec.settings, review=replace(policy, judge="Gone judge"))
        projects.change(session, project, replace(spec, settings=gone), by=worker, now=datetime.now(UTC))
    page.keyboard.press("c")
    expect(advice).to_contain_text("The judge is unavailable, submit without it.")
    page.keyboard.press("Enter")
    expect_item(page, "rv-002")
    expect(advice).to_have_count(0)
